//! Which row of the table of subsidies each payment of a scheme pays.

use std::collections::BTreeMap;

use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PaymentIx, RosterIx};
use crate::ledger::book::period::Period;
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Paid {
    day: Day,
    payment: PaymentIx,
    amount: Fen,
}

/// Whose row or payment it is, a person or an account, and of which scheme.
type Key = (Id, Id);

/// The rows of the table of subsidies and the payments of them.
#[derive(Debug, Default)]
pub struct Rosters {
    /// The rows of each person and scheme, by period.
    rows: Vec<(Key, Period, Row)>,
    of_payment: IxVec<PaymentIx, Option<RosterIx>>,
    /// The payments of each row, first the one that it is paired with.
    paid: Vec<(RosterIx, u32, PaymentIx)>,
}

impl Rosters {
    /// Pairs payments with rows of the same person and scheme; where the person is on no roster of the scheme, with
    /// rows of the same account.
    pub(super) fn of(book: &Book) -> Self {
        let mut rosters = Self {
            rows: rows(book, |row| book.companions.subsidies.person.at(row)),
            of_payment: IxVec::of(None, book.payments.len()),
            paid: Vec::new(),
        };
        let persons = rosters.rows.clone();
        let left = rosters.pair(
            &persons,
            payments(book, |payment| {
                book.payments.payee[payment].map(|payee| book.person_of(book.payees[payee]))
            }),
        );
        let mut accounts = rows(book, |row| book.companions.subsidies.payee_account.at(row));
        rosters.paid.sort_unstable();
        accounts.retain(|(.., row)| rosters.payments(row.row).next().is_none());
        let account =
            |payment: PaymentIx| book.lines.payee_account.at(book.payments.line[payment]).some();
        let left = left
            .into_iter()
            .filter_map(|((_, scheme), paid)| Some(((account(paid.payment)?, scheme), paid)));
        let mut left: Vec<(Key, Paid)> = left.collect();
        left.sort_unstable();
        rosters.pair(&accounts, left);
        rosters.paid.sort_unstable();
        rosters
    }

    /// Pairs payments with rows of the same key; returns those of keys without any row.
    fn pair(
        &mut self,
        rows: &[(Key, Period, Row)],
        payments: Vec<(Key, Paid)>,
    ) -> Vec<(Key, Paid)> {
        let mut left = Vec::new();
        for own in payments.chunk_by(|a, b| a.0 == b.0) {
            let Some((key, _)) = own.first() else { continue };
            let rows: Vec<Row> = of_key(rows, *key).map(|(.., row)| *row).collect();
            if rows.is_empty() {
                left.extend_from_slice(own);
            } else if rows.len() <= MOST && own.len() <= MOST {
                self.assign(&standing(own.iter().map(|(_, paid)| *paid)), &rows);
            }
        }
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

fn of_key(
    rows: &[(Key, Period, Row)],
    key: Key,
) -> impl DoubleEndedIterator<Item = &(Key, Period, Row)> {
    let from = rows.partition_point(|(own, ..)| *own < key);
    let to = rows.partition_point(|(own, ..)| *own <= key);
    rows.get(from..to).unwrap_or(&[]).iter()
}

/// The rows of the table whose key and period are known, sorted.
fn rows(book: &Book, owner: impl Fn(usize) -> Id) -> Vec<(Key, Period, Row)> {
    let table = &book.companions.subsidies;
    let mut periods: BTreeMap<Id, Option<Period>> = BTreeMap::new();
    let mut all = Vec::new();
    for row in 0..table.rows {
        let word = table.period.at(row);
        let period = *periods.entry(word).or_insert_with(|| Period::of(book.names.get(word)));
        let key = (owner(row), table.scheme.at(row));
        if let Some(period) = period.filter(|_| key.0 != Id::NONE && key.1 != Id::NONE) {
            let amount = table.amount.at(row);
            all.push((key, period, Row { row: row.into(), period, amount }));
        }
    }
    all.sort_unstable();
    all
}

/// The payments of schemes with their keys, sorted by key and day.
fn payments(book: &Book, owner: impl Fn(PaymentIx) -> Option<Id>) -> Vec<(Key, Paid)> {
    let of_scheme = |(payment, line): (PaymentIx, _)| {
        let scheme = book.lines.scheme.at(line).some()?;
        let (day, amount) = (book.payments.day[payment], book.payments.amount[payment]);
        Some(((owner(payment).unwrap_or(Id::NONE), scheme), Paid { day, payment, amount }))
    };
    let lines = book.payments.line.iter_enumerated().map(|(payment, line)| (payment, *line));
    let mut all: Vec<(Key, Paid)> = lines.filter_map(of_scheme).collect();
    all.sort_unstable();
    all
}

/// The payments that no later red entry took back.
fn standing(all: impl Iterator<Item = Paid>) -> Vec<Paid> {
    let mut kept: Vec<Paid> = Vec::new();
    for one in all {
        if one.amount.0 > 0 {
            kept.push(one);
        } else if let Some(place) = kept.iter().rposition(|it| it.amount.0 == -one.amount.0) {
            kept.remove(place);
        }
    }
    kept
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

#[cfg(test)]
mod tests {
    use crate::ledger::book::index::PaymentIx;
    use crate::ledger::sample;

    const ROSTER: &str = "person,scheme,period,amount,payee_account\n\
        li,ELDER,2024Q1,300,A1\nli,ELDER,2024Q2,300,A1\nli,ELDER,2024Q3,300,A1\nwu,ELDER,2024Q1,300,A2\n";

    /// The row of each payment, from 1; 0 for none.
    fn rows(ledger: &str) -> Vec<usize> {
        let book = sample::book(&[("ledger", ledger), ("subsidies", ROSTER)]);
        let row = |payment| book.rosters().row(payment).map_or(0, |row| usize::from(row) + 1);
        PaymentIx::all(book.payments.len()).map(row).collect()
    }

    #[test]
    fn each_payment_has_the_row_of_its_period() {
        let ledger = "date,payee,scheme,amount\n2024-03-20,li,ELDER,300\n2024-06-20,li,ELDER,300\n\
            2024-06-20,li,,300\n2024-09-20,li,LAND,300\n2024-09-20,li,ELDER,450\n";
        assert_eq!(rows(ledger), [1, 2, 0, 0, 3]);
    }

    #[test]
    fn arrears_take_the_row_that_was_not_paid_and_a_second_payment_that_of_the_first() {
        let ledger = "date,payee,scheme,amount\n2024-06-20,li,ELDER,300\n2024-06-21,li,ELDER,300\n\
            2024-06-22,li,ELDER,300\n2024-09-20,li,ELDER,300\n";
        assert_eq!(rows(ledger), [1, 2, 2, 3]);
    }

    #[test]
    fn a_payment_that_was_taken_back_pays_nothing() {
        let ledger = "date,payee,scheme,amount\n2024-03-20,li,ELDER,300\n2024-03-21,li,ELDER,-300\n\
            2024-03-22,li,ELDER,300\n";
        assert_eq!(rows(ledger), [0, 0, 1]);
    }

    #[test]
    fn a_payee_on_no_roster_is_known_by_the_account() {
        let ledger = "date,payee,scheme,amount,payee_account\n2024-03-20,son,ELDER,300,A2\n\
            2024-03-20,son,ELDER,300,A9\n2024-03-21,li,ELDER,300,A2\n";
        assert_eq!(rows(ledger), [4, 0, 1]);
    }

    #[test]
    fn what_is_paid_more_than_a_year_later_pays_another_thing() {
        assert_eq!(rows("date,payee,scheme,amount\n2026-03-20,li,ELDER,300\n"), [0]);
    }
}
