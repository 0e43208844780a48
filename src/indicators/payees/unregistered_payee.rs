#![doc = include_str!("unregistered_payee.md")]

use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::{PayeeIx, PaymentIx};
use crate::ledger::contract::cell::{Cell, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<UnregisteredPayee>(card! {
    "unregistered_payee",
    grain: Grain::Payment,
    class: Class::Match,
    scheme: Scheme::Ghost,
    scale: Scale::rule(0.1),
    requires: &["ledger.payee", "payees"],
    basis: &[],
    simulated_schemes: &["ghost_payee"],
});

params! {
    struct UnregisteredPayee {
        most: f64 = 0.1, within(0.0..=1.0),
            "largest share of the county's payments to unknown payees; beyond it the register is incomplete and nothing is measured",
            "全县付给未登记收款人的笔数占比上限；超过即视为登记表不完整，不作衡量";
    }
}

/// Whether neither the register of payees nor that of people has the payee. A line without an id has the name for one.
fn is_unknown(book: &Book, payee: PayeeIx) -> bool {
    let id = book.payees[payee];
    let people = &book.companions.people;
    book.companions.payee(id).is_none()
        && book.companions.person(id).is_none()
        && namesake(book, id).is_none()
        && !(0..people.rows).any(|row| people.name.at(row) == id)
}

/// The payments of a group that were paid out.
fn paid<'a>(book: &'a Book, payments: &'a [PaymentIx]) -> impl Iterator<Item = Seen> + 'a {
    seen(book, payments).filter(|one| one.amount > 0)
}

/// The registered payee whose name stands on the line.
fn namesake(book: &Book, name: Id) -> Option<Id> {
    let register = &book.companions.payees;
    let row = (0..register.rows).find(|row| register.name.at(*row) == name)?;
    register.payee.at(row).some()
}

/// Who was paid as the voucher has it, how often, and into which account.
fn facts(book: &Book, payee: PayeeIx, own: &[Seen], one: Seen) -> Vec<Fact> {
    let (lines, at) = (&book.lines, one.line);
    let sum: Fen = own.iter().map(|one| Fen(one.amount)).sum();
    let id = Value::Text(book.payees[payee]);
    let name = lines.payee_name.at(at).some();
    let mut facts = vec![match name {
        Some(name) => fact!(
            "named", ["payee", "payee_name"],
            name: Value::Text(name), payee: id, count: own.len(), sum: sum,
        ),
        None => fact!("unnamed", ["payee"], payee: id, count: own.len(), sum: sum),
    }];
    let other = name.and_then(|name| namesake(book, name));
    facts.extend(
        other.map(|other| fact!("namesake", ["payee", "payee_name"], other: Value::Text(other))),
    );
    let account = lines.payee_account.at(at).some().map(Value::Text);
    facts.extend(account.map(|account| fact!("account", ["payee_account"], account: account)));
    facts
}

impl Measure for UnregisteredPayee {
    /// Whether the register is complete enough to ask for payees in it.
    type Context = bool;
    type Groups = PayeeIx;

    fn context(&self, book: &Book) -> bool {
        let (mut unknown, mut all) = (0, 0);
        for payee in book.payees.keys() {
            let many = paid(book, book.by_payee().group(payee)).count();
            all += many;
            unknown += if is_unknown(book, payee) { many } else { 0 };
        }
        book.companions.payees.rows > 0 && float(unknown) <= self.most * float(all)
    }

    fn measure(&self, book: &Book, is_asked: &bool, group: Group<'_, PayeeIx>, out: &mut Out) {
        if !*is_asked {
            return;
        }
        let value = if is_unknown(book, group.number) { 1.0 } else { 0.0 };
        let all: Vec<Seen> = paid(book, group.payments).collect();
        for own in all.chunk_by(|a, b| a.village == b.village) {
            for one in own {
                out.put(one.payment, value, own.len(), || (value > 0.0).then_some(one.line));
                out.tell(one.payment, || {
                    if value > 0.0 { facts(book, group.number, own, *one) } else { Vec::new() }
                });
            }
        }
    }
}
