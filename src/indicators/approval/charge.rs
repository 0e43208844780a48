//! The time in which somebody signs for a village.

use crate::ledger::book::Book;
use crate::ledger::book::index::{PaymentIx, VillageIx};
use crate::ledger::contract::cell::Day;

/// One approver's payments in one village, and the time from the first to the last of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Charge<'a> {
    pub(super) village: VillageIx,
    pub(super) from: Day,
    pub(super) to: Day,
    pub(super) payments: &'a [PaymentIx],
    /// At least half of what the village paid in that time.
    pub(super) is_usual: bool,
}

/// The villages for which an approver signs, given all payments that he approved.
pub(super) fn charges<'a>(
    book: &'a Book,
    payments: &'a [PaymentIx],
) -> impl Iterator<Item = Charge<'a>> + 'a {
    let village = |payment: &PaymentIx| book.payments.village[*payment];
    let day = |payment: &PaymentIx| book.payments.day[*payment];
    let charge = move |own: &'a [PaymentIx]| {
        let village = village(own.first()?);
        let (from, to) = (day(own.first()?), day(own.last()?));
        let all = book.by_village().group(village);
        let before = |limit: Day| all.partition_point(|payment| day(payment) < limit);
        let of_that_time = before(Day(to.0.saturating_add(1))) - before(from);
        let is_usual = own.len() * 2 >= of_that_time;
        Some(Charge { village, from, to, payments: own, is_usual })
    };
    payments.chunk_by(move |a, b| village(a) == village(b)).filter_map(charge)
}
