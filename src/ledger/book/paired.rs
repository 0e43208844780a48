//! Pairs the payments of a book with the rows of its table of subsidies.

use std::collections::BTreeMap;

use crate::ledger::book::Book;
use crate::ledger::book::index::PaymentIx;
use crate::ledger::book::period::Period;
use crate::ledger::book::rosters::{Key, Listed, Paid, Rosters, Row};
use crate::ledger::contract::cell::{Cell, Id};

/// Pairs payments with rows of the same person and scheme; where the person is on no roster of the scheme, with rows of the
/// same account that are not paid otherwise.
pub(super) fn rosters(book: &Book) -> Rosters {
    let table = &book.companions.subsidies;
    let persons = rows(book, |row| table.person.at(row));
    let mut rosters = Rosters::new(persons.clone(), book.payments.len());
    let left = rosters.pair(&persons, &payments(book));
    let mut accounts = rows(book, |row| table.payee_account.at(row));
    accounts.retain(|(.., row)| rosters.payments(row.row).next().is_none());
    let account =
        |payment: PaymentIx| book.lines.payee_account.at(book.payments.line[payment]).some();
    let left = left
        .into_iter()
        .filter_map(|((_, scheme), paid)| Some(((account(paid.payment)?, scheme), paid)));
    let mut left: Vec<(Key, Paid)> = left.collect();
    left.sort_unstable();
    rosters.pair(&accounts, &left);
    rosters
}

/// The rows of the table whose key and period are known, sorted.
fn rows(book: &Book, owner: impl Fn(usize) -> Id) -> Vec<Listed> {
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

/// The payments of schemes by the payee's person, sorted by day within each; without a payee the person is empty.
fn payments(book: &Book) -> Vec<(Key, Paid)> {
    let of_scheme = |(payment, line): (PaymentIx, _)| {
        let scheme = book.lines.scheme.at(line).some()?;
        let (day, amount) = (book.payments.day[payment], book.payments.amount[payment]);
        let payee = book.payments.payee[payment];
        let person = payee.map_or(Id::NONE, |payee| book.person_of(book.payees[payee]));
        Some(((person, scheme), Paid { day, payment, amount }))
    };
    let lines = book.payments.line.iter_enumerated().map(|(payment, line)| (payment, *line));
    let mut all: Vec<(Key, Paid)> = lines.filter_map(of_scheme).collect();
    all.sort_unstable();
    all
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
