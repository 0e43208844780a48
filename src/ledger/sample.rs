//! Small books from CSV, for examples and tests.

use crate::ledger::book::Book;
use crate::ledger::book::conform::{Entry, Settings};
use crate::ledger::book::open::assemble;
use crate::ledger::contract::cell::{Cell, Day, Id};
use crate::ledger::contract::names::{Collector, Names};
use crate::ledger::contract::parse;
use crate::ledger::contract::schema::TABLES;
use crate::ledger::contract::table::{Cells, Field, Kind, Table};
use crate::ledger::decode::{Raw, Span};

/// Default values of ledger columns that the CSV omits.
const DEFAULTS: &[(&str, &str)] = &[
    ("village", "990101101201"),
    ("date", "2024-03-01"),
    ("account", "513"),
    ("side", "debit"),
    ("amount", "100"),
];

/// Builds a book from tables, each a name and a CSV with a header.
///
/// The ledger is single-entry; a row without a voucher number gets a unique one.
///
/// # Panics
/// If a table or column is not in the contract, a cell cannot be parsed, or a row is rejected.
pub(crate) fn book(tables: &[(&str, &str)]) -> Book {
    kept_as(Entry::Single, tables)
}

/// As [`book`], with the given bookkeeping method.
pub(crate) fn kept_as(entry: Entry, tables: &[(&str, &str)]) -> Book {
    let mut columns = Vec::new();
    for (name, csv) in tables {
        let table: &'static Table = TABLES.iter().find(|table| table.name == *name).unwrap();
        columns.push((table, parse_csv(table, csv)));
    }
    let collectors: Vec<&Collector> = columns
        .iter()
        .flat_map(|(_, (_, columns))| {
            columns.iter().filter_map(|(.., collector)| collector.as_ref())
        })
        .collect();
    let (names, ids) = Names::rank(&collectors);
    let mut ids = ids.into_iter();
    let mut raws = Vec::new();
    for (table, (rows, parsed)) in columns {
        let mut raw = Raw::empty(rows);
        raw.spans = vec![Span { file: format!("{}.csv", table.name), start: 0 }];
        for (field, mut cells, collector) in parsed {
            if let (Some(_), Cells::Text(cells)) = (collector, &mut cells) {
                let ids = ids.next().unwrap();
                for cell in cells.iter_mut().filter(|cell| **cell != Id::NONE) {
                    *cell = ids[cell.0 as usize];
                }
            }
            raw.columns.push((field.name, cells));
        }
        raws.push((table, raw));
    }
    let settings = Settings { entry, ..Settings::default() };
    let (mut books, intake) = assemble(names, raws, None, &settings, Day(40_000)).unwrap();
    assert_eq!(intake.defects, [], "a worked example has no faulty row");
    books.pop().unwrap_or_default()
}

type Column = (&'static Field, Cells, Option<Collector>);

fn parse_csv(table: &'static Table, csv: &str) -> (usize, Vec<Column>) {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let mut header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let mut rows: Vec<Vec<String>> =
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    if table.name == "ledger" {
        let numbers = (1..).map(|number| format!("v-{number:04}"));
        let vouchers: Vec<String> = numbers.take(rows.len()).collect();
        let count = rows.len();
        let all = DEFAULTS.iter().map(|(name, word)| (*name, vec![(*word).to_owned(); count]));
        for (name, cells) in all.chain([("voucher", vouchers)]) {
            if !header.iter().any(|column| column == name) {
                header.push(name.to_owned());
                for (row, cell) in rows.iter_mut().zip(cells) {
                    row.push(cell);
                }
            }
        }
    }
    let column = |(place, name): (usize, &String)| {
        let field = table.field(name).unwrap_or_else(|| panic!("{}.{name}", table.name));
        let cells: Vec<&str> = rows.iter().map(|row| row[place].trim()).collect();
        let (cells, collector) = cells_of(field, &cells);
        (field, cells, collector)
    };
    (rows.len(), header.iter().enumerate().map(column).collect())
}

fn cells_of(field: &Field, words: &[&str]) -> (Cells, Option<Collector>) {
    fn each<T: Cell, E: std::fmt::Debug>(
        words: &[&str],
        parse: fn(&str) -> Result<T, E>,
    ) -> Vec<T> {
        let cell = |word: &&str| if word.is_empty() { T::NONE } else { parse(word).unwrap() };
        words.iter().map(cell).collect()
    }
    let cells = match field.kind {
        Kind::Text | Kind::List => {
            let mut collector = Collector::default();
            let ids = words.iter().map(|word| collector.intern(word)).collect();
            return (Cells::Text(ids), Some(collector));
        }
        Kind::Day => Cells::Day(each(words, parse::day)),
        Kind::Moment => Cells::Moment(each(words, parse::moment)),
        Kind::Money => Cells::Money(each(words, parse::money)),
        Kind::Int => Cells::Int(each(words, parse::int)),
        Kind::Real => Cells::Real(each(words, parse::real)),
        Kind::Flag => Cells::Flag(each(words, parse::flag)),
    };
    (cells, None)
}
