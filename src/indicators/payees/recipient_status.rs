#![doc = include_str!("recipient_status.md")]

use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::book::chart;
use crate::ledger::book::index::PayeeIx;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<RecipientStatus>(card! {
    "recipient_status",
    grain: Grain::Payment,
    class: Class::Match,
    scheme: Scheme::Ghost,
    scale: Scale::rule(0.01),
    requires: &["ledger.payee", "people"],
    basis: &[],
    simulated_schemes: &["deceased_payee"],
});

params! {
    struct RecipientStatus {
        grace: i32 = 60, within(0..=3_660),
            "days after a death in which arrears are paid",
            "死亡后补发欠款的天数";
        youngest: i32 = 16, within(0..=100),
            "age below which a person is too young",
            "低于此年龄视为年幼";
        oldest: i32 = 80, within(0..=200),
            "age above which a person is too old for wages",
            "领取工资的年龄上限";
    }
}

/// A person who was paid, as the register of people has it.
#[derive(Debug, Clone, Copy)]
struct Person {
    id: Id,
    birth_year: Option<i32>,
    died: Option<Day>,
}

/// What speaks against a payment to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Dead(Day),
    Young(i32),
    Old(i32),
}

impl Person {
    /// The person that a payee is, if a birth or a death is recorded.
    fn of(book: &Book, payee: PayeeIx) -> Option<Self> {
        let (people, id) = (&book.companions.people, book.person_of(book.payees[payee]));
        let row = book.companions.person(id)?;
        let birth_year = people.birth_year.at(row).some().map(|year| year.0);
        let died = people.death_date.at(row).some();
        (birth_year.is_some() || died.is_some()).then_some(Self { id, birth_year, died })
    }

    /// What is told of a payment: of one after the death also how many there are.
    fn fact(self, own: &[Seen], one: Seen, status: Status) -> Fact {
        let person = Value::Person(self.id);
        let (day, amount) = (one.day, Fen(one.amount));
        match status {
            Status::Dead(died) => {
                let after = own.iter().filter(|one| one.day > died);
                let after: Vec<Fen> = after.map(|one| Fen(one.amount)).collect();
                fact!(
                    "dead", ["payee", "date"],
                    person: person, died: died, day: day, days: day.0 - died.0, count: after.len(),
                    sum: after.into_iter().sum::<Fen>(),
                )
            }
            Status::Young(age) => fact!(
                "young", ["payee", "date"],
                person: person, age: age.max(0), class: one.class, amount: amount,
            ),
            Status::Old(age) => fact!(
                "old", ["payee", "date"], person: person, age: age, class: one.class, amount: amount,
            ),
        }
    }
}

impl RecipientStatus {
    fn status(&self, person: Person, one: Seen) -> Option<Status> {
        let is_late = |died: &Day| one.day.0 > died.0.saturating_add(self.grace);
        if let Some(died) = person.died.filter(is_late) {
            return Some(Status::Dead(died));
        }
        let age = one.day.year() - person.birth_year?;
        match one.class {
            _ if age < self.youngest => Some(Status::Young(age)),
            chart::Class::Wage if age > self.oldest => Some(Status::Old(age)),
            _ => None,
        }
    }
}

impl Measure for RecipientStatus {
    type Context = ();
    type Groups = PayeeIx;

    fn context(&self, _: &Book) {}

    fn measure(&self, book: &Book, (): &(), group: Group<'_, PayeeIx>, out: &mut Out) {
        let Some(person) = Person::of(book, group.number) else { return };
        let own: Vec<Seen> = seen(book, group.payments).filter(|one| one.amount > 0).collect();
        for one in &own {
            let status = self.status(person, *one);
            let value = if status.is_some() { 1.0 } else { 0.0 };
            out.put(one.payment, value, own.len(), || status.map(|_| one.line));
            out.tell(one.payment, || status.map(|status| person.fact(&own, *one, status)));
        }
    }
}
