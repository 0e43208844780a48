//! One condition of an own rule: a column of the ledger and what it must hold.

use crate::indicators::fact::Value;
use crate::ledger::book::Book;
use crate::ledger::book::index::LineIx;
use crate::ledger::contract::cell::{Cell, Day, Fen, Flag, Id};
use crate::ledger::contract::table::{AnyCol, Field, Kind};

/// A condition on a column of the ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The column.
    pub field: &'static Field,
    /// What it must hold.
    pub test: Test,
}

/// What a cell must hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// One of these texts.
    Is(Vec<String>),
    /// None of these texts.
    IsNot(Vec<String>),
    /// A text that begins with one of these.
    Starts(Vec<String>),
    /// A text that contains one of these.
    Contains(Vec<String>),
    /// A number from the first on and below the second; money in yuan.
    Number(Option<f64>, Option<f64>),
    /// A day from the first on and before the second.
    Day(Option<Day>, Option<Day>),
    /// A day so many days after that of another column: from the first number on and below the second.
    After(&'static Field, (Option<i32>, Option<i32>)),
    /// Yes or no.
    Flag(bool),
    /// Something, or nothing.
    Recorded(bool),
    /// The same as another column, or another than it.
    Same(&'static Field, bool),
}

/// The blank of a sentence in which the days between two columns stand.
pub(super) const DAYS: &str = "days";

impl Condition {
    /// The columns that it reads.
    pub(super) fn fields(&self) -> impl Iterator<Item = &'static Field> + use<> {
        let other = match &self.test {
            Test::After(other, _) | Test::Same(other, _) => Some(*other),
            _ => None,
        };
        std::iter::once(self.field).chain(other)
    }

    /// Whether a line meets it; none where what it asks for is not recorded.
    pub(super) fn holds(&self, book: &Book, line: LineIx) -> Option<bool> {
        let texts = |any: &dyn Fn(&str) -> bool| Some(any(text(book, self.field, line)?));
        match &self.test {
            Test::Is(all) => texts(&|cell| all.iter().any(|it| it == cell)),
            Test::IsNot(all) => texts(&|cell| all.iter().all(|it| it != cell)),
            Test::Starts(all) => texts(&|cell| all.iter().any(|it| cell.starts_with(it))),
            Test::Contains(all) => texts(&|cell| all.iter().any(|it| cell.contains(it))),
            Test::Number(from, below) => {
                let cell = number(book, self.field, line)?;
                Some(from.is_none_or(|it| cell >= it) && below.is_none_or(|it| cell < it))
            }
            Test::Day(from, before) => {
                let cell = day(book, self.field, line)?;
                Some(from.is_none_or(|it| cell >= it) && before.is_none_or(|it| cell < it))
            }
            Test::After(other, (from, below)) => {
                let days = day(book, self.field, line)?.0 - day(book, other, line)?.0;
                Some(from.is_none_or(|it| days >= it) && below.is_none_or(|it| days < it))
            }
            Test::Flag(wanted) => match book.lines.column(self.field.name)? {
                AnyCol::Flag(column) => {
                    column.at(line).some().map(|flag| (flag == Flag::Yes) == *wanted)
                }
                _ => None,
            },
            Test::Recorded(wanted) => {
                Some(book.lines.column(self.field.name)?.is_filled(line) == *wanted)
            }
            Test::Same(other, wanted) => {
                Some((id(book, self.field, line)? == id(book, other, line)?) == *wanted)
            }
        }
    }

    /// What a line holds in its columns, by the names of the blanks of its sentence.
    pub(super) fn cells(&self, book: &Book, line: LineIx) -> Vec<(&'static str, Value)> {
        let own = self.fields().filter_map(|field| Some((field.name, value(book, field, line)?)));
        let mut cells: Vec<_> = own.collect();
        if let Test::After(other, _) = self.test
            && let Some((later, earlier)) = day(book, self.field, line).zip(day(book, other, line))
        {
            cells.push((DAYS, Value::Count((later.0 - earlier.0).unsigned_abs().into())));
        }
        cells
    }
}

/// The id in a column of text; a payee is the person that the register of payees names.
fn id(book: &Book, field: &Field, line: LineIx) -> Option<Id> {
    match book.lines.column(field.name)? {
        AnyCol::Text(column) => {
            let id = column.at(line).some()?;
            Some(if field.name == "payee" { book.person_of(id) } else { id })
        }
        _ => None,
    }
}

fn text<'b>(book: &'b Book, field: &Field, line: LineIx) -> Option<&'b str> {
    match book.lines.column(field.name)? {
        AnyCol::Text(column) => column.at(line).some().map(|id| book.names.get(id)),
        _ => None,
    }
}

fn number(book: &Book, field: &Field, line: LineIx) -> Option<f64> {
    match book.lines.column(field.name)? {
        AnyCol::Money(column) => column.at(line).some().map(Fen::yuan),
        AnyCol::Int(column) => column.at(line).some().map(|count| f64::from(count.0)),
        AnyCol::Real(column) => column.at(line).some().map(|it| it.0),
        _ => None,
    }
}

fn day(book: &Book, field: &Field, line: LineIx) -> Option<Day> {
    match book.lines.column(field.name)? {
        AnyCol::Day(column) => column.at(line).some(),
        AnyCol::Moment(column) => column.at(line).some()?.day().some(),
        _ => None,
    }
}

/// Columns that hold persons.
const PERSONS: [&str; 6] =
    ["handler", "witness", "approver", "cosigner", "township_reviewer", "clerk"];

/// Numbers that an auditor looks up.
const REFERENCES: [&str; 4] = ["document_no", "decision", "contract", "project"];

fn value(book: &Book, field: &Field, line: LineIx) -> Option<Value> {
    Some(match book.lines.column(field.name)? {
        AnyCol::Text(column) => {
            let id = column.at(line).some()?;
            match field.name {
                "payee" => Value::Person(book.person_of(id)),
                name if PERSONS.contains(&name) => Value::Person(id),
                name if REFERENCES.contains(&name) => Value::Reference(id),
                "document" | "method" => Value::Kind(id),
                _ => Value::Text(id),
            }
        }
        AnyCol::Day(column) => Value::Day(column.at(line).some()?),
        AnyCol::Moment(column) => Value::Moment(column.at(line).some()?),
        AnyCol::Money(column) => Value::Money(column.at(line).some()?),
        AnyCol::Int(column) => Value::Number(f64::from(column.at(line).some()?.0)),
        AnyCol::Real(column) => Value::Number(column.at(line).some()?.0),
        // The sentence of the condition says which of the two it is.
        AnyCol::Flag(_) => return None,
    })
}

/// A bound as a person reads it.
pub(super) fn shown(bound: f64, kind: Kind) -> String {
    let text =
        if kind == Kind::Money { Fen::of_yuan(bound).to_string() } else { bound.to_string() };
    text.strip_suffix(".00").unwrap_or(&text).to_owned()
}
