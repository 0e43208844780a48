#![doc = include_str!("approval_outside_term.md")]

use crate::indicators::basis::{COLLECTIVE_FINANCE, VILLAGERS_LAW};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::indicator::{Group, Groups, Indicator, Measure, Out};
use crate::indicators::seen::seen;
use crate::ledger::book::Book;
use crate::ledger::book::terms::Term;
use crate::ledger::contract::cell::{Day, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<ApprovalOutsideTerm>(card! {
    "approval_outside_term",
    grain: Grain::Payment,
    class: Class::Rule,
    scheme: Scheme::Procedure,
    scale: Scale::rule(0.005),
    requires: &["ledger.approver", "posts"],
    basis: &[VILLAGERS_LAW, COLLECTIVE_FINANCE],
    simulated_schemes: &["signed_out_of_term"],
});

params! {
    struct ApprovalOutsideTerm {
        grace: i32 = 30, within(0..=366),
            "days of handover before and after a term",
            "任期前后视为交接的天数";
    }
}

impl ApprovalOutsideTerm {
    /// The days by which a day lies outside every term in the village, beyond the grace; while suspended,
    /// the days since then. Nothing for somebody who never held a post there.
    fn days(&self, terms: &[Term], village: Id, day: Day) -> Option<i32> {
        let own = || terms.iter().filter(|term| term.village == village);
        let holding = || own().filter(|term| term.holds(day));
        if holding().any(|term| !term.is_suspended) {
            return Some(0);
        }
        if let Some(since) = holding().map(|term| term.start).max() {
            return Some(day.0.saturating_sub(since.0).saturating_add(1));
        }
        let distance = |term: &Term| {
            let before = term.start.0.saturating_sub(day.0);
            before.max(day.0.saturating_sub(term.end.0))
        };
        own().map(distance).min().map(|days| days.saturating_sub(self.grace).max(0))
    }
}

impl Measure for ApprovalOutsideTerm {
    type Context = ();
    const GROUPS: Groups = Groups::ByApprover;

    fn context(&self, _: &Book) {}

    fn measure(&self, book: &Book, (): &(), group: Group<'_>, out: &mut Out) {
        let Some(approver) = book.officials.get(group.number as usize) else { return };
        let terms = book.terms.of_person(*approver);
        for one in seen(book, group.payments).filter(|one| one.is_signed_for()) {
            let Some(village) = book.villages.get(one.village as usize) else { continue };
            let day = one.approved(book).unwrap_or(one.day);
            if let Some(days) = self.days(terms, *village, day) {
                out.put(one.payment, f64::from(days), 1, || (days > 0).then_some(one.line));
            }
        }
    }
}
