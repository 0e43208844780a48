//! The sections of a notice.

use super::content::{Cell, Item, Table};
use super::masked::Masked;
use crate::ledger::book::Book;
use crate::ledger::book::chart::Chart;
use crate::ledger::book::index::{LineIx, VillageIx};
use crate::ledger::book::period::Period;
use crate::ledger::book::side::{Flow, Side};
use crate::ledger::contract::cell::{Cell as _, Fen, Id};
use crate::words::mask::shown;
use crate::words::table::{Lang, Word};

/// Payments from this sum on are told one by one.
const FLOOR: Fen = Fen(100_000);

/// What the sections are made of.
struct Made<'a> {
    book: &'a Book,
    village: VillageIx,
    code: Id,
    period: Period,
    lang: Lang,
    names: Masked<'a>,
}

/// The sections of a village's notice, and those for which nothing is recorded.
pub(super) fn of(
    book: &Book,
    village: VillageIx,
    (period, lang): (Period, Lang),
    items: &[Item],
) -> (Vec<Table>, Vec<Word>) {
    let (code, names) = (book.villages[village], Masked::of(book, village, lang));
    let made = Made { book, village, code, period, lang, names };
    let mut tables = vec![
        made.accounts(Word::PostingIncome, items.iter().filter(|it| it.is_income)),
        made.accounts(Word::PostingExpense, items.iter().filter(|it| !it.is_income)),
        made.payments(),
    ];
    let tables_of = &book.companions;
    let recorded = [
        (Word::PostingSubsidies, (tables_of.subsidies.rows > 0).then(|| made.subsidies())),
        (Word::PostingLeases, (tables_of.leases.rows > 0).then(|| made.leases())),
        (Word::PostingAdvances, (tables_of.advances.rows > 0).then(|| made.advances())),
    ];
    let mut absent = Vec::new();
    for (word, section) in recorded {
        match section {
            Some(section) => tables.push(section),
            None => absent.push(word),
        }
    }
    tables.push(made.money());
    (tables, absent)
}

impl Made<'_> {
    /// An account with the name of its first level.
    fn account(&self, code: &str) -> String {
        match Chart::on(self.period.first).name(code) {
            Some(names) => format!("{} {}", shown(code), self.lang.of(names)),
            None => shown(code),
        }
    }

    fn accounts<'i>(&self, title: Word, items: impl Iterator<Item = &'i Item> + Clone) -> Table {
        let row = |it: &Item| vec![Cell::Text(self.account(&it.account)), Cell::Money(it.amount)];
        let sum = items.clone().map(|it| it.amount).sum();
        Table {
            title,
            columns: vec![Word::Account, Word::Amount],
            rows: items.map(row).collect(),
            sum: Some(sum),
        }
    }

    /// The village's lines of the period.
    fn lines(&self) -> impl Iterator<Item = LineIx> + '_ {
        let range = self.book.lines_of(&self.book.vouchers_of(self.village));
        let lines = &self.book.lines;
        LineIx::within(&range).filter(|line| self.period.holds(lines.date.at(*line)))
    }

    /// Payments from the floor on, in the order of days.
    fn payments(&self) -> Table {
        let (book, lines) = (self.book, &self.book.lines);
        let is_large = |line: &LineIx| {
            book.flows[*line] == Flow::Out && lines.amount.at(*line).0.abs() >= FLOOR.0
        };
        let mut all: Vec<LineIx> = self.lines().filter(is_large).collect();
        all.sort_by_key(|line| (lines.date.at(*line), *line));
        let row = |line: &LineIx| {
            let payee = (lines.payee.at(*line), lines.payee_name.at(*line));
            let is_known = payee != (Id::NONE, Id::NONE);
            let payee = is_known.then(|| self.names.payee(payee.0, payee.1.some()));
            vec![
                Cell::Day(lines.date.at(*line)),
                Cell::Text(self.account(book.names.get(lines.account.at(*line)))),
                Cell::Text(payee.unwrap_or_default()),
                Cell::Text(self.names.text(book.names.get(lines.summary.at(*line)))),
                Cell::Money(lines.amount.at(*line)),
            ]
        };
        Table {
            title: Word::PostingPayments,
            columns: vec![Word::Date, Word::Account, Word::Payee, Word::Summary, Word::Amount],
            rows: all.iter().map(row).collect(),
            sum: Some(all.iter().map(|line| lines.amount.at(*line)).sum()),
        }
    }

    /// The rows of rosters whose period ends within that of the notice.
    fn subsidies(&self) -> Table {
        let (names, table) = (&self.book.names, &self.book.companions.subsidies);
        let is_own = |row: &usize| {
            let period = Period::of(names.get(table.period.at(*row)));
            table.village.at(*row) == self.code
                && period.is_some_and(|it| self.period.holds(it.last))
        };
        let mut all: Vec<usize> = (0..table.rows).filter(is_own).collect();
        all.sort_by_key(|row| (table.scheme.at(*row), table.person.at(*row), *row));
        let row = |row: &usize| {
            vec![
                Cell::Text(self.names.text(names.get(table.scheme.at(*row)))),
                Cell::Text(self.names.person(table.person.at(*row))),
                Cell::Money(table.amount.at(*row)),
            ]
        };
        let amounts = all.iter().filter_map(|row| table.amount.at(*row).some());
        Table {
            title: Word::PostingSubsidies,
            columns: vec![Word::PostingScheme, Word::PostingPerson, Word::Amount],
            rows: all.iter().map(row).collect(),
            sum: Some(amounts.sum()),
        }
    }

    /// Leases in force at the end of the period.
    fn leases(&self) -> Table {
        let (names, table) = (&self.book.names, &self.book.companions.leases);
        let day = self.period.last;
        let is_own = |row: &usize| {
            let starts = table.start.at(*row).some().is_none_or(|it| it <= day);
            let ends = table.end.at(*row).some().is_none_or(|it| it >= day);
            table.village.at(*row) == self.code && starts && ends
        };
        let row = |row: usize| {
            vec![
                Cell::Text(self.names.text(names.get(table.asset.at(row)))),
                Cell::Number(table.area_mu.at(row).0),
                Cell::Text(self.names.payee(table.tenant.at(row), None)),
                Cell::Day(table.end.at(row)),
                Cell::Money(table.rent_per_year.at(row)),
            ]
        };
        Table {
            title: Word::PostingLeases,
            columns: vec![
                Word::PostingAsset,
                Word::PostingArea,
                Word::PostingTenant,
                Word::PostingEnd,
                Word::PostingRent,
            ],
            rows: (0..table.rows).filter(is_own).map(row).collect(),
            sum: None,
        }
    }

    /// Advances that were open at the end of the period.
    fn advances(&self) -> Table {
        let (table, day) = (&self.book.companions.advances, self.period.last);
        let is_open = |row: &usize| {
            let settled = table.settled.at(*row).some().is_some_and(|it| it <= day);
            table.village.at(*row) == self.code && table.date.at(*row) <= day && !settled
        };
        let all: Vec<usize> = (0..table.rows).filter(is_open).collect();
        let row = |row: &usize| {
            vec![
                Cell::Text(self.names.person(table.person.at(*row))),
                Cell::Day(table.date.at(*row)),
                Cell::Money(table.amount.at(*row)),
            ]
        };
        Table {
            title: Word::PostingAdvances,
            columns: vec![Word::PostingPerson, Word::Date, Word::Amount],
            rows: all.iter().map(row).collect(),
            sum: Some(all.iter().map(|row| table.amount.at(*row)).sum()),
        }
    }

    /// What came into cash and bank and went out in the period.
    fn money(&self) -> Table {
        let (book, lines) = (self.book, &self.book.lines);
        let row = |root: &str| {
            let is_own =
                |line: &LineIx| Chart::root(book.names.get(lines.account.at(*line))) == root;
            let of = |side: Side| -> Fen {
                let own = self.lines().filter(is_own).filter(|line| book.sides[*line] == side);
                own.map(|line| lines.amount.at(line)).sum()
            };
            let (received, paid) = (of(Side::Debit), of(Side::Credit));
            let change = Fen(received.0 - paid.0);
            let mut cells = vec![Cell::Text(self.account(root))];
            cells.extend([received, paid, change].map(Cell::Money));
            cells
        };
        Table {
            title: Word::PostingMoney,
            columns: vec![
                Word::Account,
                Word::PostingReceived,
                Word::PostingPaid,
                Word::PostingChange,
            ],
            rows: ["101", "102"].iter().map(|root| row(root)).collect(),
            sum: None,
        }
    }
}
