//! The months that a county's payments span, and a village's payments month by month.

use crate::indicators::seen::Seen;
use crate::ledger::book::Book;
use crate::ledger::book::index::PaymentIx;
use crate::ledger::contract::cell::Day;

/// The months from a book's first payment to its last.
#[derive(Debug, Default)]
pub(in crate::indicators) struct Months {
    /// The number of the first month: months since the year 0.
    first: i32,
    /// The first day of each month, and of the one after the last.
    starts: Vec<Day>,
}

/// The first day of a month since the year 0.
fn first_day(month: i32) -> Day {
    let year = i16::try_from(month.div_euclid(12)).unwrap_or(0);
    let of_year = i8::try_from(month.rem_euclid(12) + 1).unwrap_or(1);
    Day::of(jiff::civil::Date::new(year, of_year, 1).unwrap_or(jiff::civil::Date::ZERO))
}

impl Months {
    /// The months of a book.
    pub(in crate::indicators) fn of(book: &Book) -> Self {
        let day = |payment: &PaymentIx| book.payments.day[*payment];
        let groups = || book.by_village().groups();
        let first = groups().filter_map(|group| group.first().map(day)).min();
        let last = groups().filter_map(|group| group.last().map(day)).max();
        let Some((first, last)) = first.zip(last) else { return Self::default() };
        let (first, last) = (first.month(), last.month());
        Self { first, starts: (first..=last + 1).map(first_day).collect() }
    }

    /// How many there are.
    pub(in crate::indicators) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// The place of a month among them.
    pub(in crate::indicators) fn place(&self, year: i32, month: i32) -> Option<usize> {
        let place = usize::try_from(year * 12 + month - 1 - self.first).ok()?;
        (place < self.len()).then_some(place)
    }

    /// The first day of the month at a place.
    pub(in crate::indicators) fn first_day(&self, place: usize) -> Option<Day> {
        self.starts.get(place).copied()
    }

    /// The years of which they hold a day.
    pub(in crate::indicators) fn years(&self) -> std::ops::RangeInclusive<i32> {
        let last = self.first + i32::try_from(self.len()).unwrap_or(0) - 1;
        self.first.div_euclid(12)..=last.div_euclid(12)
    }

    /// The payments of one village in each month, in order; a month without payments is empty.
    pub(in crate::indicators) fn split<'a>(
        &'a self,
        book: &'a Book,
        payments: &'a [PaymentIx],
    ) -> impl Iterator<Item = &'a [PaymentIx]> {
        let mut rest = payments;
        self.starts.iter().skip(1).map(move |next| {
            let cut = rest.partition_point(|payment| book.payments.day[*payment] < *next);
            let (month, later) = rest.split_at_checked(cut).unwrap_or_default();
            rest = later;
            month
        })
    }
}

/// The amount, in fen, that only a share `1 - q` of the payments exceeds; 0 without payments.
pub(in crate::indicators) fn quantile_of_amounts(mut amounts: Vec<i64>, q: f64) -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a share of a length"
    )]
    let place = (q.clamp(0.0, 1.0) * amounts.len().saturating_sub(1) as f64) as usize;
    if amounts.is_empty() { 0 } else { *amounts.select_nth_unstable(place).1 }
}

/// The sum of some payments in yuan, each counted up to `most` fen.
#[expect(clippy::cast_precision_loss, reason = "sums of money are below 2^53 fen")]
pub(in crate::indicators) fn yuan_up_to(most: i64, payments: impl Iterator<Item = Seen>) -> f64 {
    payments.map(|one| one.amount.min(most)).sum::<i64>() as f64 / 100.0
}
