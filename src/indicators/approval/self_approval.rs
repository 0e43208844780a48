#![doc = include_str!("self_approval.md")]

use crate::indicators::basis::ACCOUNTING_LAW;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::seen;
use crate::ledger::book::Book;
use crate::ledger::book::index::PersonIx;
use crate::ledger::contract::cell::{Cell, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<SelfApproval>(card! {
    "self_approval",
    grain: Grain::Payment,
    class: Class::Rule,
    scheme: Scheme::KinBenefit,
    scale: Scale::rule(0.01),
    requires: &["ledger.payee", "ledger.approver"],
    basis: &[ACCOUNTING_LAW],
    simulated_schemes: &["self_approval"],
});

params! {
    struct SelfApproval {
        handler: f64 = 0.5, within(0.0..=1.0),
            "value where the approver is the handler, not the payee",
            "审批人是经手人而不是收款人时的指标值";
    }
}

impl Measure for SelfApproval {
    type Context = ();
    type Groups = PersonIx;

    fn context(&self, _: &Book) {}

    fn measure(&self, book: &Book, (): &(), group: Group<'_, PersonIx>, out: &mut Out) {
        let approver = book.officials[group.number];
        for one in seen(book, group.payments).filter(|one| one.is_chosen()) {
            let handler = book.lines.handler.at(one.line);
            let payee = one.payee(book).map(|payee| book.payees[payee]);
            let is_payee = payee.is_some_and(|payee| book.person_of(payee) == approver);
            let value = match (is_payee, handler == approver && handler != Id::NONE) {
                (true, _) => 1.0,
                (false, true) => self.handler,
                (false, false) => 0.0,
            };
            out.put(one.payment, value, 1, || (value > 0.0).then_some(one.line));
            let approver = Value::Post(approver, one.line);
            out.tell(one.payment, || match (is_payee, value > 0.0) {
                (true, _) => Some(fact!("payee", ["approver", "payee"], approver: approver)),
                (false, true) => {
                    Some(fact!("handler", ["approver", "handler"], approver: approver))
                }
                (false, false) => None,
            });
        }
    }
}
