//! Payments that stay under a limit and were not decided as a whole.

use crate::indicators::seen::Seen;
use crate::ledger::book::Book;
use crate::ledger::contract::cell::Id;

/// What one voucher pays the payee under one limit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paid {
    pub(super) one: Seen,
    pub(super) limit: i64,
    /// The printed number of its voucher, which begins anew with the months.
    pub(super) voucher: Id,
}

impl Paid {
    /// The payment, if it stays under a limit; what was decided collectively avoided nothing.
    pub(super) fn under_limit(book: &Book, one: Seen) -> Option<Self> {
        let limit = one.limit_above(book).filter(|_| one.is_undecided(book))?;
        let voucher = book.lines.voucher.at(one.line);
        Some(Self { one, limit, voucher })
    }

    /// Whether two payments stand on one voucher.
    pub(super) fn is_beside(&self, other: &Self) -> bool {
        let key = |paid: &Self| (paid.one.village, paid.one.day, paid.voucher);
        key(self) == key(other)
    }
}

/// Whether a sum reaches so many times the limit.
#[expect(clippy::cast_precision_loss, reason = "sums of money are below 2^53 fen")]
pub(super) fn is_beyond(sum: i64, limit: i64, ratio: f64) -> bool {
    sum as f64 >= ratio * limit as f64
}
