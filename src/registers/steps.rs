//! What a payment must go through by the limits of its region: signatures, stamp, decision, tender, and how it may be paid.

use crate::ledger::book::chart::Class;
use crate::ledger::book::limit_words::Duty;
use crate::ledger::book::limits::LimitIndex;
use crate::ledger::contract::cell::{Cell, Day, Fen, Flag, Id, Int};
use crate::ledger::contract::names::Names;
use crate::ledger::contract::schema::{Decisions, Limits};

/// The share of those entitled who must vote on a collective decision.
pub const QUORUM: f64 = 0.666;

/// The days that the notice of a decision must hang.
pub const NOTICE_DAYS: i32 = 3;

/// A band of amounts of one class of expense, and what a payment in it must go through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// The class of expense.
    pub class: Class,
    /// The first amount.
    pub from: Fen,
    /// The first amount above the band; none for the highest.
    pub to: Option<Fen>,
    /// The region whose limits they are.
    pub region: Id,
    /// The first day on which the limits are in force.
    pub since: Day,
    /// Signatures and acts, in the order in which they are asked for.
    pub duties: Vec<Duty>,
    /// Whether a tender is asked for.
    pub is_tendered: bool,
    /// The largest amount that may be paid in cash.
    pub cash_max: Option<Fen>,
}

/// The limits of a county.
#[derive(Debug, Clone, Copy)]
pub struct Steps<'a> {
    /// By village, class and day.
    pub index: &'a LimitIndex,
    /// The rows.
    pub table: &'a Limits,
    /// The strings of the rows.
    pub names: &'a Names,
}

impl Steps<'_> {
    /// The bands of a class in a village on a day, ascending; none without limits.
    pub fn bands(&self, village: &str, class: Class, day: Day) -> Vec<Band> {
        let rows = self.index.bands(village, class, day);
        let next = rows.iter().skip(1).map(|(from, _)| Some(*from)).chain([None]);
        rows.iter()
            .zip(next)
            .map(|((from, row), next)| self.band(class, (*from, next), *row as usize))
            .collect()
    }

    /// The band of an amount; none below the first band, and without limits.
    pub fn band_of(&self, village: &str, (class, day): (Class, Day), amount: Fen) -> Option<Band> {
        let bands = self.bands(village, class, day);
        bands.into_iter().rfind(|band| band.from <= amount)
    }

    fn band(&self, class: Class, (from, next): (Fen, Option<Fen>), row: usize) -> Band {
        let table = self.table;
        Band {
            class,
            from,
            to: next.or(table.to_amount.at(row).some()),
            region: table.region.at(row),
            since: table.valid_from.at(row),
            duties: table.duties(row, self.names).collect(),
            is_tendered: table.tender.at(row) == Flag::Yes,
            cash_max: table.cash_max.at(row).some(),
        }
    }
}

/// What a collective decision lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortfall {
    /// No day of a vote is recorded.
    NotVoted,
    /// The vote is later than the payment.
    VotedLater(Day),
    /// No more than half of those who voted were for it.
    NotPassed(Int, Int),
    /// Fewer than [`QUORUM`] of those entitled voted.
    NoQuorum(Int, Int),
    /// No notice is recorded.
    NotPosted,
    /// The notice hung fewer than [`NOTICE_DAYS`] before the payment.
    PostedBriefly(i32),
}

/// What a row of decisions lacks for a payment on a day. Votes and notices that are not recorded of any decision count
/// for none.
pub fn shortfalls(table: &Decisions, row: usize, day: Day) -> Vec<Shortfall> {
    let voted = match table.voted.at(row).some() {
        None => table.voted.is_recorded().then_some(Shortfall::NotVoted),
        Some(voted) => (voted > day).then_some(Shortfall::VotedLater(voted)),
    };
    let (entitled, cast) = (table.entitled.at(row).some(), table.votes_cast.at(row).some());
    let passed = table.votes_for.at(row).some().zip(cast);
    let passed = passed.filter(|(votes, cast)| votes.0.saturating_mul(2) <= cast.0);
    let present = cast.zip(entitled);
    let present =
        present.filter(|(cast, entitled)| f64::from(cast.0) < QUORUM * f64::from(entitled.0));
    let posted = match table.posted_from.at(row).some() {
        None => table.posted_from.is_recorded().then_some(Shortfall::NotPosted),
        Some(from) => {
            let to = table.posted_to.at(row).some().map_or(day, |to| to.min(day));
            let days = to.0.saturating_sub(from.0).saturating_add(1).max(0);
            (days < NOTICE_DAYS).then_some(Shortfall::PostedBriefly(days))
        }
    };
    let of_the_vote = [
        voted,
        passed.map(|(votes, cast)| Shortfall::NotPassed(votes, cast)),
        present.map(|(cast, entitled)| Shortfall::NoQuorum(cast, entitled)),
    ];
    of_the_vote.into_iter().chain([posted]).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::{Shortfall, Steps, shortfalls};
    use crate::ledger::book::chart::Class;
    use crate::ledger::book::limit_words::Duty;
    use crate::ledger::contract::cell::{Day, Fen, Int};
    use crate::ledger::sample;

    #[test]
    fn a_band_reaches_to_the_next_and_asks_for_what_its_row_says() {
        let limits = "region,expense_class,from_amount,valid_from,requires,tender,cash_max\n\
            990101,non-production,0,2020-01-01,经手人、证明人、审批,,1000\n\
            990101,non-production,2000,2020-01-01,审批+会签+监委会盖章+镇级审核+集体决策,yes,\n";
        let book = sample::book(&[("ledger", "amount\n1\n"), ("limits", limits)]);
        let steps =
            Steps { index: &book.limits, table: &book.companions.limits, names: &book.names };
        let day = Day(19_783);
        let bands = steps.bands("990101101201", Class::NonProduction, day);
        assert_eq!(bands.len(), 2);
        assert_eq!((bands[0].from, bands[0].to), (Fen(0), Some(Fen(200_000))));
        assert_eq!(bands[0].duties, [Duty::Handler, Duty::Witness, Duty::Approver]);
        assert_eq!((bands[0].is_tendered, bands[0].cash_max), (false, Some(Fen(100_000))));
        let of = |amount| steps.band_of("990101101201", (Class::NonProduction, day), Fen(amount));
        assert_eq!(of(199_999), Some(bands[0].clone()));
        let high = of(200_000).unwrap();
        assert_eq!((high.duties.len(), high.is_tendered, high.to), (5, true, None));
        assert_eq!(of(-1), None);
        assert!(steps.bands("990101101201", Class::Wage, day).is_empty());
    }

    #[test]
    fn a_decision_is_voted_by_enough_and_posted_long_enough_before_the_payment() {
        let decisions = "decision,voted,posted_from,posted_to,votes_for,votes_cast,entitled\n\
            D1,2024-02-01,2024-02-02,2024-02-08,30,40,47\nD2,2024-03-05,2024-03-06,,10,20,47\n\
            D3,,,,,,\nD4,2024-02-01,2024-02-02,2024-02-03,,,\n";
        let book = sample::book(&[("ledger", "amount\n1\n"), ("decisions", decisions)]);
        let of = |row| shortfalls(&book.companions.decisions, row, Day(19_783));
        assert_eq!(of(0), []);
        assert_eq!(
            of(1),
            [
                Shortfall::VotedLater(Day(19_787)),
                Shortfall::NotPassed(Int(10), Int(20)),
                Shortfall::NoQuorum(Int(20), Int(47)),
                Shortfall::PostedBriefly(0)
            ]
        );
        assert_eq!(of(2), [Shortfall::NotVoted, Shortfall::NotPosted]);
        assert_eq!(of(3), [Shortfall::PostedBriefly(2)]);
    }
}
