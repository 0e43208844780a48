#![doc = include_str!("approval_outside_term.md")]

use crate::indicators::basis::{COLLECTIVE_FINANCE, VILLAGERS_LAW};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::PersonIx;
use crate::ledger::book::terms::Term;
use crate::ledger::contract::cell::{Cell, Day, Id};
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
        own()
            .map(|term| distance(term, day))
            .min()
            .map(|days| days.saturating_sub(self.grace).max(0))
    }
}

/// The days by which a day lies before or after a term.
fn distance(term: &Term, day: Day) -> i32 {
    let before = term.start.0.saturating_sub(day.0);
    before.max(day.0.saturating_sub(term.end.0))
}

/// The term that the approval lies outside of, or the suspension that it falls in.
fn outside(book: &Book, terms: &[Term], one: Seen) -> Option<Fact> {
    let village = book.villages[one.village];
    let (approved, paid) = (one.approved(book), one.day);
    let day = approved.unwrap_or(paid);
    let own = || terms.iter().filter(|term| term.village == village);
    let near = own().min_by_key(|term| distance(term, day))?;
    if let Some(since) = own().filter(|term| term.holds(day)).map(|term| term.start).max() {
        return since.some().map(|since| suspended(near.person, since, approved, paid));
    }
    let who = Value::Person(near.person);
    let (post, start, end) = (Value::Office(near.post), near.start, near.end);
    let days = distance(near, day);
    Some(match (day < start, approved) {
        (true, Some(approved)) => fact!(
            "before", ["approver", "approved"],
            approver: who, approved: approved, post: post, start: start, days: days,
        ),
        (true, None) => fact!(
            "before_paid", ["approver", "date"],
            approver: who, paid: paid, post: post, start: start, days: days,
        ),
        (false, Some(approved)) => fact!(
            "after", ["approver", "approved"],
            approver: who, approved: approved, post: post, end: end, days: days,
        ),
        (false, None) => fact!(
            "after_paid", ["approver", "date"],
            approver: who, paid: paid, post: post, end: end, days: days,
        ),
    })
}

fn suspended(person: Id, since: Day, approved: Option<Day>, paid: Day) -> Fact {
    let who = Value::Person(person);
    match approved {
        Some(approved) => fact!(
            "suspended", ["approver", "approved"],
            approver: who, approved: approved, since: since, days: approved.0 - since.0,
        ),
        None => fact!(
            "suspended_paid", ["approver", "date"],
            approver: who, paid: paid, since: since, days: paid.0 - since.0,
        ),
    }
}

impl Measure for ApprovalOutsideTerm {
    type Context = ();
    type Groups = PersonIx;

    fn context(&self, _: &Book) {}

    fn measure(&self, book: &Book, (): &(), group: Group<'_, PersonIx>, out: &mut Out) {
        let approver = book.officials[group.number];
        let terms = book.terms.of_person(approver);
        for one in seen(book, group.payments).filter(|one| one.is_signed_for()) {
            let village = book.villages[one.village];
            let day = one.approved(book).unwrap_or(one.day);
            if let Some(days) = self.days(terms, village, day) {
                out.put(one.payment, f64::from(days), 1, || (days > 0).then_some(one.line));
                out.tell(one.payment, || outside(book, terms, one).filter(|_| days > 0));
            }
        }
    }
}
