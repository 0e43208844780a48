#![doc = include_str!("recipient_status.md")]

use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::book::chart;
use crate::ledger::book::index::PayeeIx;
use crate::ledger::contract::cell::{Cell, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<RecipientStatus>(card! {
    "recipient_status",
    grain: Grain::Payment,
    class: Class::Match,
    scheme: Scheme::Ghost,
    scale: Scale::rule(0.01),
    requires: &["ledger.payee", "people.birth_year"],
    basis: &[],
    simulated_schemes: &["ghost_payee"],
});

params! {
    struct RecipientStatus {
        youngest: i32 = 16, within(0..=100),
            "age below which a person is too young",
            "低于此年龄视为年幼";
        oldest: i32 = 80, within(0..=200),
            "age above which a person is too old for wages",
            "领取工资的年龄上限";
    }
}

/// What speaks against a payment to somebody born in this year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Young(i32),
    Old(i32),
}

impl RecipientStatus {
    fn status(&self, birth_year: i32, one: Seen) -> Option<Status> {
        let age = one.day.year() - birth_year;
        match one.class {
            _ if age < self.youngest => Some(Status::Young(age)),
            chart::Class::Wage if age > self.oldest => Some(Status::Old(age)),
            _ => None,
        }
    }
}

fn fact(person: Id, one: Seen, status: Status) -> Fact {
    let (person, amount) = (Value::Person(person), Fen(one.amount));
    match status {
        Status::Young(age) => fact!(
            "young", ["payee", "date"],
            person: person, age: age.max(0), class: one.class, amount: amount,
        ),
        Status::Old(age) => fact!(
            "old", ["payee", "date"], person: person, age: age, class: one.class, amount: amount,
        ),
    }
}

impl Measure for RecipientStatus {
    type Context = ();
    type Groups = PayeeIx;

    fn context(&self, _: &Book) {}

    fn measure(&self, book: &Book, (): &(), group: Group<'_, PayeeIx>, out: &mut Out) {
        let person = book.person_of(book.payees[group.number]);
        let row = book.companions.person(person);
        let born = row.and_then(|row| book.companions.people.birth_year.at(row).some());
        let Some(born) = born else { return };
        let own: Vec<Seen> = seen(book, group.payments).filter(|one| one.amount > 0).collect();
        for one in &own {
            let status = self.status(born.0, *one);
            let value = if status.is_some() { 1.0 } else { 0.0 };
            out.put(one.payment, value, own.len(), || status.map(|_| one.line));
            out.tell(one.payment, || status.map(|status| fact(person, *one, status)));
        }
    }
}
