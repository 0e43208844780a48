#![doc = include_str!("collective_decision_missing.md")]

use crate::indicators::basis::{COLLECTIVE_FINANCE, LOCAL_LIMITS, VILLAGERS_LAW};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::indicator::{Group, Groups, Indicator, Measure, Out};
use crate::indicators::recorded::{Recorded, Roles};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::contract::cell::{Cell, Day, Id, Int};
use crate::ledger::subject::Grain;
use crate::params::{params, within};

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
        quorum: f64 = 0.666, within(0.0..=1.0),
            "share of those entitled who must vote",
            "投票人数应占应到人数的比例";
        posted: i32 = 3, within(0..=366),
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
    book.lines.decision.at(one.line as usize)
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

impl CollectiveDecisionMissing {
    fn decided(&self, book: &Book, row: usize, paid: i64) -> Decided {
        let table = &book.companions.decisions;
        let amount = table.amount.at(row).some();
        let votes = table.votes_cast.at(row).some().zip(table.entitled.at(row).some());
        let days = table.posted_from.at(row).some().zip(table.posted_to.at(row).some());
        let is_below =
            |(cast, entitled): (Int, Int)| f64::from(cast.0) < self.quorum * f64::from(entitled.0);
        let is_brief =
            |(from, to): (Day, Day)| to.0.saturating_sub(from.0).saturating_add(1) < self.posted;
        Decided {
            voted: table.voted.at(row),
            is_exceeded: amount.is_some_and(|amount| self.is_exceeded(paid, amount.0)),
            is_informal: votes.is_some_and(is_below) || days.is_some_and(is_brief),
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
        let first = one.approved(book).map_or(one.day, |approved| approved.min(one.day));
        let is_late = decided.voted.some().is_some_and(|voted| first < voted);
        if is_late || decided.is_exceeded {
            1.0
        } else if decided.is_informal {
            self.formal
        } else {
            0.0
        }
    }
}

impl Measure for CollectiveDecisionMissing {
    type Context = Decisions;
    const GROUPS: Groups = Groups::ByVillage;

    fn context(&self, book: &Book) -> Decisions {
        let paid = paid(book).into_iter().enumerate();
        let decisions = paid.map(|(row, paid)| self.decided(book, row, paid)).collect();
        Decisions { recorded: Recorded::of(book), decisions }
    }

    fn measure(&self, book: &Book, county: &Decisions, group: Group<'_>, out: &mut Out) {
        for one in seen(book, group.payments).filter(|one| one.is_signed_for()) {
            let Some(asked) = county.recorded.asked(book, one) else { continue };
            if asked.and(Roles::DECISION).and(county.recorded.held(one)).is_empty() {
                continue;
            }
            let value = self.value(book, county, one);
            out.put(one.payment, value, 1, || (value > 0.0).then_some(one.line));
        }
    }
}
