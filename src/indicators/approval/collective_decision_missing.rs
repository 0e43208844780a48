#![doc = include_str!("collective_decision_missing.md")]

use super::band::band;
use crate::indicators::basis::{COLLECTIVE_FINANCE, LOCAL_LIMITS, VILLAGERS_LAW};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::recorded::{Recorded, Roles};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::VillageIx;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id, Int};
use crate::ledger::subject::Grain;
use crate::params::{params, within};
use crate::registers::steps::{NOTICE_DAYS, QUORUM};

pub(super) static INDICATOR: Indicator = Indicator::of::<CollectiveDecisionMissing>(card! {
    "collective_decision_missing",
    grain: Grain::Payment,
    class: Class::Rule,
    scheme: Scheme::Procedure,
    scale: Scale::rule(0.04),
    requires: &["ledger.decision", "limits.requires"],
    basis: &[VILLAGERS_LAW, COLLECTIVE_FINANCE, LOCAL_LIMITS],
    simulated_schemes: &["bypassed_procedure"],
});

params! {
    struct CollectiveDecisionMissing {
        formal: f64 = 0.5, within(0.0..=1.0),
            "value where only quorum or notice falls short",
            "仅投票人数或公示天数不足时的指标值";
        quorum: f64 = QUORUM, within(0.0..=1.0),
            "share of those entitled who must vote",
            "投票人数应占应到人数的比例";
        posted: i32 = NOTICE_DAYS, within(0..=366),
            "days of notice required",
            "应当公示的天数";
        tolerance: f64 = 0.1, within(0.0..=10.0),
            "share of the decided amount that may be paid beyond it",
            "可以超出决策金额的比例";
    }
}

/// What is known of one decision.
#[derive(Debug, Clone, Copy)]
struct Decided {
    /// The empty cell where no vote is recorded.
    voted: Day,
    /// All payments under it, in fen.
    paid: i64,
    is_exceeded: bool,
    /// Too few votes were cast, or the notice hung too briefly.
    is_informal: bool,
}

#[derive(Debug)]
struct Decisions {
    recorded: Recorded,
    /// By row of the table of decisions.
    decisions: Vec<Decided>,
}

fn decision(book: &Book, one: Seen) -> Id {
    book.lines.decision.at(one.line)
}

/// The payments under each decision, in fen, by row of the table.
fn paid(book: &Book) -> Vec<i64> {
    let mut paid = vec![0_i64; book.companions.decisions.rows];
    for village in book.by_village().groups() {
        for one in seen(book, village) {
            let id = decision(book, one).some();
            let row = id.and_then(|id| book.companions.decision(id));
            if let Some(sum) = row.and_then(|row| paid.get_mut(row)) {
                *sum = sum.saturating_add(one.amount);
            }
        }
    }
    paid
}

/// The days of a notice, the first and the last among them.
fn lasted(from: Day, to: Day) -> i32 {
    to.0.saturating_sub(from.0).saturating_add(1)
}

impl CollectiveDecisionMissing {
    fn is_below(&self, (cast, entitled): (Int, Int)) -> bool {
        f64::from(cast.0) < self.quorum * f64::from(entitled.0)
    }

    fn is_brief(&self, (from, to): (Day, Day)) -> bool {
        lasted(from, to) < self.posted
    }

    fn decided(&self, book: &Book, row: usize, paid: i64) -> Decided {
        let table = &book.companions.decisions;
        let amount = table.amount.at(row).some();
        let votes = table.votes_cast.at(row).some().zip(table.entitled.at(row).some());
        let days = table.posted_from.at(row).some().zip(table.posted_to.at(row).some());
        Decided {
            voted: table.voted.at(row),
            paid,
            is_exceeded: amount.is_some_and(|amount| self.is_exceeded(paid, amount.0)),
            is_informal: votes.is_some_and(|votes| self.is_below(votes))
                || days.is_some_and(|days| self.is_brief(days)),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "sums of money are below 2^53 fen")]
    fn is_exceeded(&self, paid: i64, decided: i64) -> bool {
        paid as f64 > (1.0 + self.tolerance) * decided as f64
    }

    fn value(&self, book: &Book, county: &Decisions, one: Seen) -> f64 {
        let Some(id) = decision(book, one).some() else { return 1.0 };
        let decided = book.companions.decision(id).and_then(|row| county.decisions.get(row));
        let Some(decided) = decided else {
            // Without any table of decisions, the number on the voucher is all there is.
            return if county.decisions.is_empty() { 0.0 } else { 1.0 };
        };
        if is_late(book, *decided, one) || decided.is_exceeded {
            1.0
        } else if decided.is_informal {
            self.formal
        } else {
            0.0
        }
    }
}

/// Whether the payment or its approval came before the vote.
fn is_late(book: &Book, decided: Decided, one: Seen) -> bool {
    let first = one.approved(book).map_or(one.day, |approved| approved.min(one.day));
    decided.voted.some().is_some_and(|voted| first < voted)
}

/// What came before the vote, and by how many days.
fn order(book: &Book, id: Id, voted: Day, one: Seen) -> Fact {
    let decision = Value::Reference(id);
    match one.approved(book).filter(|approved| *approved < one.day) {
        Some(approved) => fact!(
            "late_approval", ["decision", "approved"],
            decision: decision, voted: voted, approved: approved, days: voted.0 - approved.0,
        ),
        None => fact!(
            "late_payment", ["decision", "date"],
            decision: decision, voted: voted, paid: one.day, days: voted.0 - one.day.0,
        ),
    }
}

/// By how much the payments under a decision exceed it.
fn excess(book: &Book, id: Id, row: usize, paid: i64) -> Option<Fact> {
    let decided = book.companions.decisions.amount.at(row).some()?;
    Some(fact!(
        "exceeded", ["decision", "amount"],
        decision: Value::Reference(id), paid: Fen(paid), decided: decided, over: Fen(paid.saturating_sub(decided.0)),
    ))
}

impl CollectiveDecisionMissing {
    /// What is missing from a payment with a value above zero.
    fn lacks(&self, book: &Book, county: &Decisions, one: Seen) -> Vec<Fact> {
        let Some(id) = decision(book, one).some() else {
            let asked =
                band(book, one).map(|band| fact!("none", ["amount", "decision"]).with(band));
            return asked.into_iter().collect();
        };
        let Some(row) = book.companions.decision(id) else {
            let unknown = fact!("unknown", ["decision"], decision: Value::Reference(id));
            let asked = band(book, one).map(|band| unknown.with(band));
            return asked.into_iter().collect();
        };
        let Some(decided) = county.decisions.get(row) else { return Vec::new() };
        let late = is_late(book, *decided, one).then(|| order(book, id, decided.voted, one));
        let excess = decided.is_exceeded.then(|| excess(book, id, row, decided.paid)).flatten();
        let found: Vec<Fact> = late.into_iter().chain(excess).collect();
        if found.is_empty() { self.form(book, id, row) } else { found }
    }

    /// Too few votes, or too short a notice.
    fn form(&self, book: &Book, id: Id, row: usize) -> Vec<Fact> {
        let table = &book.companions.decisions;
        let votes = table.votes_cast.at(row).some().zip(table.entitled.at(row).some());
        let days = table.posted_from.at(row).some().zip(table.posted_to.at(row).some());
        let few = votes.filter(|votes| self.is_below(*votes)).map(|(cast, entitled)| {
            fact!(
                "quorum", ["decision"],
                decision: Value::Reference(id), cast: cast.0, entitled: entitled.0,
                share: Value::Share(f64::from(cast.0) / f64::from(entitled.0)),
                required: Value::Share(self.quorum),
            )
        });
        let brief = days.filter(|days| self.is_brief(*days)).map(|(from, to)| {
            fact!(
                "notice", ["decision"],
                decision: Value::Reference(id), from: from, to: to, days: lasted(from, to).max(0),
                required: self.posted,
            )
        });
        few.into_iter().chain(brief).collect()
    }
}

impl Measure for CollectiveDecisionMissing {
    type Context = Decisions;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> Decisions {
        let paid = paid(book).into_iter().enumerate();
        let decisions = paid.map(|(row, paid)| self.decided(book, row, paid)).collect();
        Decisions { recorded: Recorded::of(book), decisions }
    }

    fn measure(&self, book: &Book, county: &Decisions, group: Group<'_, VillageIx>, out: &mut Out) {
        for one in seen(book, group.payments).filter(|one| one.is_signed_for()) {
            let Some(asked) = county.recorded.asked(book, one) else { continue };
            if asked.and(Roles::DECISION).and(county.recorded.held(one)).is_empty() {
                continue;
            }
            let value = self.value(book, county, one);
            out.put(one.payment, value, 1, || (value > 0.0).then_some(one.line));
            if value > 0.0 {
                out.tell(one.payment, || self.lacks(book, county, one));
            }
        }
    }
}
