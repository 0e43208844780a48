//! Which row of the table of subsidies each payment of a scheme pays.

use crate::ledger::book::index::{IxVec, PaymentIx, RosterIx};
use crate::ledger::book::period::Period;
use crate::ledger::book::red_entries::standing;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};

/// Days after the end of a period in which it is still paid.
const LATE: i32 = 366;
/// Days before the beginning of a period in which it is already paid.
const EARLY: i32 = 31;
/// Days that a payment of another amount than that of the row counts as farther away.
const OTHER_AMOUNT: i32 = 15;
/// A person or account with more rows or payments of one scheme collects for others, and nothing is paired.
const MOST: usize = 400;

/// A row of the table of subsidies whose period can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// The row.
    pub row: RosterIx,
    /// Its period.
    pub period: Period,
    /// Its amount; the empty cell if none is recorded.
    pub amount: Fen,
}

/// A payment of a scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Paid {
    pub(super) day: Day,
    pub(super) payment: PaymentIx,
    pub(super) amount: Fen,
}

/// Whose row or payment it is, a person or an account, and of which scheme.
pub(super) type Key = (Id, Id);

/// A row with its key and period.
pub(super) type Listed = (Key, Period, Row);

/// The rows of the table of subsidies and the payments of them.
#[derive(Debug, Default)]
pub struct Rosters {
    /// The rows of each person and scheme, by period.
    rows: Vec<Listed>,
    of_payment: IxVec<PaymentIx, Option<RosterIx>>,
    /// The payments of each row, first the one that it is paired with.
    paid: Vec<(RosterIx, u32, PaymentIx)>,
}

impl Rosters {
    /// No row is paired yet of these, which are sorted.
    pub(super) fn new(rows: Vec<Listed>, payments: usize) -> Self {
        Self { rows, of_payment: IxVec::of(None, payments), paid: Vec::new() }
    }

    /// Pairs payments with rows of the same key, both sorted; returns those of keys without any row.
    pub(super) fn pair(&mut self, rows: &[Listed], payments: &[(Key, Paid)]) -> Vec<(Key, Paid)> {
        let mut left = Vec::new();
        for own in payments.chunk_by(|a, b| a.0 == b.0) {
            let Some((key, _)) = own.first() else { continue };
            let rows: Vec<Row> = of_key(rows, *key).map(|(.., row)| *row).collect();
            if rows.is_empty() {
                left.extend_from_slice(own);
            } else if rows.len() <= MOST && own.len() <= MOST {
                self.assign(
                    &standing(own.iter().map(|(_, paid)| *paid), |paid| paid.amount.0),
                    &rows,
                );
            }
        }
        self.paid.sort_unstable();
        left
    }

    /// Gives each payment its row: that of its pair, or else the nearest, which is then paid more than once.
    fn assign(&mut self, payments: &[Paid], rows: &[Row]) {
        for (place, (paid, pair)) in (1..).zip(payments.iter().zip(pairs(payments, rows))) {
            let nearest = || {
                let near = rows.iter().filter_map(|row| Some((distance(*paid, *row)?, row.row)));
                near.min().map(|(_, row)| row)
            };
            let is_pair = pair.is_some();
            if let Some(row) =
                pair.and_then(|place| rows.get(place)).map(|row| row.row).or_else(nearest)
            {
                self.of_payment[paid.payment] = Some(row);
                self.paid.push((row, if is_pair { 0 } else { place }, paid.payment));
            }
        }
    }

    /// The row that a payment pays.
    pub fn row(&self, payment: PaymentIx) -> Option<RosterIx> {
        self.of_payment[payment]
    }

    /// The payments of a row, first the one that it is paired with.
    pub fn payments(&self, row: RosterIx) -> impl Iterator<Item = PaymentIx> {
        let from = self.paid.partition_point(|(own, ..)| *own < row);
        let rest = self.paid.get(from..).unwrap_or(&[]).iter();
        rest.take_while(move |(own, ..)| *own == row).map(|(.., payment)| *payment)
    }

    /// The rows of a person in a scheme, by period.
    pub fn of_person(&self, person: Id, scheme: Id) -> impl DoubleEndedIterator<Item = Row> {
        of_key(&self.rows, (person, scheme)).map(|(.., row)| *row)
    }
}

fn of_key(rows: &[Listed], key: Key) -> impl DoubleEndedIterator<Item = &Listed> {
    let from = rows.partition_point(|(own, ..)| *own < key);
    let to = rows.partition_point(|(own, ..)| *own <= key);
    rows.get(from..to).unwrap_or(&[]).iter()
}

/// How far a payment is from the period of a row; none if it is too far to pay it.
fn distance(paid: Paid, row: Row) -> Option<i32> {
    let (early, late) = (row.period.first.0 - paid.day.0, paid.day.0 - row.period.last.0);
    let differs = row.amount != Fen::NONE && row.amount != paid.amount;
    let more = if differs { OTHER_AMOUNT } else { 0 };
    (early <= EARLY && late <= LATE).then(|| early.max(late).max(0) + more)
}

/// For each payment the place of its row: as many pairs as there can be in the order of time, and of these the nearest.
#[expect(clippy::indexing_slicing, reason = "places up to the number of payments and of rows")]
fn pairs(payments: &[Paid], rows: &[Row]) -> Vec<Option<usize>> {
    let width = rows.len() + 1;
    // The number of pairs and, negative, the sum of their distances for the first payments and rows.
    let mut best = vec![(0_i32, 0_i32); (payments.len() + 1) * width];
    let together = |best: &[(i32, i32)], i: usize, j: usize| {
        let far = distance(payments[i], rows[j])?;
        let (count, sum) = best[i * width + j];
        Some((count + 1, sum - far))
    };
    for i in 0..payments.len() {
        for j in 0..rows.len() {
            let apart = best[i * width + j + 1].max(best[(i + 1) * width + j]);
            best[(i + 1) * width + j + 1] =
                together(&best, i, j).map_or(apart, |pair| pair.max(apart));
        }
    }
    let mut found = vec![None; payments.len()];
    let (mut i, mut j) = (payments.len(), rows.len());
    while i > 0 && j > 0 {
        let here = best[i * width + j];
        if here == best[i * width + j - 1] {
            j -= 1;
        } else if here == best[(i - 1) * width + j] {
            i -= 1;
        } else {
            (i, j) = (i - 1, j - 1);
            found[i] = Some(j);
        }
    }
    found
}
