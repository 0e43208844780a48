//! The notices that stand, added up by period and account.

use super::notices::Notice;
use crate::ledger::book::period::Period;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};

/// Days that a notice is to stand at least.
pub const STAND: i32 = 7;

/// The fewest amounts of a notice from which its unit is told.
const FEW: usize = 3;

/// The notices of one account and period.
#[derive(Debug)]
pub(super) struct Posted {
    pub(super) period: Period,
    pub(super) account: Id,
    pub(super) rows: Vec<usize>,
    pub(super) sum: i64,
    /// How far the sum may be from the ledger by rounding.
    pub(super) tolerance: i64,
    pub(super) first_day: Day,
    pub(super) is_removed: bool,
    pub(super) is_changed: bool,
}

/// One yuan in fen: notices are often in whole yuan.
pub(super) const ROUND: i64 = 100;

pub(super) fn key(posted: &Posted) -> (Period, Id) {
    (posted.period, posted.account)
}

/// The notices that stand, added up by period and account. Of a section that was posted again the latest notice stands.
pub(super) fn standing(notices: &[Notice]) -> Vec<Posted> {
    let is_told = |it: &&Notice| it.account != Id::NONE && it.amount != Fen::NONE;
    let told: Vec<Notice> = notices.iter().filter(is_told).copied().collect();
    let mut all: Vec<Posted> = Vec::new();
    for same in told.chunk_by(|a, b| (a.period, a.account) == (b.period, b.account)) {
        let Some(first) = same.first() else { continue };
        let mut posted = Posted {
            period: first.period,
            account: first.account,
            rows: Vec::new(),
            sum: 0,
            tolerance: 0,
            first_day: Day::NONE,
            is_removed: false,
            is_changed: false,
        };
        for section in same.chunk_by(|a, b| a.section == b.section) {
            add_section(&mut posted, section);
        }
        all.push(posted);
    }
    for own in all.chunk_by_mut(|a, b| a.period == b.period) {
        let unit = unit(own);
        for posted in own {
            let rows = i64::try_from(posted.rows.len()).unwrap_or(1);
            posted.tolerance = unit.saturating_mul(rows);
        }
    }
    all
}

/// Adds a section of an account, its rows sorted by their first day.
fn add_section(posted: &mut Posted, section: &[Notice]) {
    let sum = |rows: &[Notice]| rows.iter().map(|it| it.amount.0).sum::<i64>();
    let mut days = section.chunk_by(|a, b| a.posted == b.posted).rev();
    let Some(latest) = days.next() else { return };
    posted.is_changed |= days.any(|earlier| sum(earlier) != sum(latest));
    posted.sum += sum(latest);
    posted.rows.extend(latest.iter().map(|it| it.row));
    let first = section.iter().filter_map(|it| it.posted.some()).min();
    let known = posted.first_day.some();
    posted.first_day = known.into_iter().chain(first).min().unwrap_or(Day::NONE);
    posted.is_removed |= latest.iter().any(stood_briefly);
}

/// Whether a notice was taken down before [`STAND`] days.
fn stood_briefly(notice: &Notice) -> bool {
    let days = notice.removed.some().zip(notice.posted.some());
    days.is_some_and(|(removed, posted)| removed.0.saturating_sub(posted.0) < STAND)
}

/// The largest power of ten that divides all amounts of a notice, up to a thousand yuan and one yuan at least.
fn unit(notice: &[Posted]) -> i64 {
    let told = || notice.iter().map(|it| it.sum).filter(|sum| *sum != 0);
    let divides = |unit: &i64| told().count() >= FEW && told().all(|sum| sum % unit == 0);
    [100_000, 10_000, 1_000].into_iter().find(divides).unwrap_or(ROUND)
}
