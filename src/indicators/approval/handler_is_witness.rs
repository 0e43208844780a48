#![doc = include_str!("handler_is_witness.md")]

use crate::indicators::basis::{ACCOUNTING_BASICS, ACCOUNTING_LAW};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::VillageIx;
use crate::ledger::contract::cell::{Cell, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<HandlerIsWitness>(card! {
    "handler_is_witness",
    grain: Grain::Payment,
    class: Class::Rule,
    scheme: Scheme::Procedure,
    scale: Scale::rule(0.01),
    requires: &["ledger.witness"],
    basis: &[ACCOUNTING_BASICS, ACCOUNTING_LAW],
    simulated_schemes: &["hollow_signatures"],
});

params! {
    struct HandlerIsWitness {
        handler: f64 = 0.5, within(0.0..=1.0),
            "value where the witness is the handler, not the approver",
            "证明人是经手人而不是审批人时的指标值";
    }
}

impl HandlerIsWitness {
    /// Nothing where there is no witness, or nobody to compare the witness with.
    fn value(&self, book: &Book, one: Seen) -> Option<f64> {
        let (lines, at) = (&book.lines, one.line);
        let witness = lines.witness.at(at).some()?;
        let others = [lines.approver.at(at), lines.handler.at(at)];
        let is_known = others.iter().any(|other| *other != Id::NONE);
        let value = match others.map(|other| other == witness) {
            [true, _] => 1.0,
            [false, true] => self.handler,
            [false, false] => 0.0,
        };
        is_known.then_some(value)
    }
}

/// In which other roles the witness signed.
fn roles(book: &Book, one: Seen) -> Option<Fact> {
    let (lines, at) = (&book.lines, one.line);
    let person = lines.witness.at(at).some()?;
    let witness = Value::Post(person, at);
    match [lines.approver.at(at), lines.handler.at(at)].map(|other| other == person) {
        [true, true] => {
            Some(fact!("all_three", ["handler", "witness", "approver"], witness: witness))
        }
        [true, false] => Some(fact!("approver", ["witness", "approver"], witness: witness)),
        [false, true] => Some(fact!("handler", ["witness", "handler"], witness: witness)),
        [false, false] => None,
    }
}

impl Measure for HandlerIsWitness {
    type Context = ();
    type Groups = VillageIx;

    fn context(&self, _: &Book) {}

    fn measure(&self, book: &Book, (): &(), group: Group<'_, VillageIx>, out: &mut Out) {
        for one in seen(book, group.payments).filter(|one| one.is_signed_for()) {
            if let Some(value) = self.value(book, one) {
                out.put(one.payment, value, 1, || (value > 0.0).then_some(one.line));
                out.tell(one.payment, || roles(book, one).filter(|_| value > 0.0));
            }
        }
    }
}
