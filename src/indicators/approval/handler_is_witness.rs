#![doc = include_str!("handler_is_witness.md")]

use crate::indicators::basis::{ACCOUNTING_BASICS, ACCOUNTING_LAW};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::indicator::{Group, Groups, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
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
        let (lines, at) = (&book.lines, one.line as usize);
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

impl Measure for HandlerIsWitness {
    type Context = ();
    const GROUPS: Groups = Groups::ByVillage;

    fn context(&self, _: &Book) {}

    fn measure(&self, book: &Book, (): &(), group: Group<'_>, out: &mut Out) {
        for one in seen(book, group.payments).filter(|one| one.is_signed_for()) {
            if let Some(value) = self.value(book, one) {
                out.put(one.payment, value, 1, || (value > 0.0).then_some(one.line));
            }
        }
    }
}
