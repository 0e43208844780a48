//! Tables of the contract: named fields with a kind, and typed columns.

use std::collections::HashMap;
use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field as ArrowField, Schema, TimeUnit};

use crate::ledger::contract::cell::{Cell, Day, Fen, Flag, Id, Int, Moment, Real};

/// The type of a field in the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A code or a text.
    Text,
    /// A calendar date.
    Day,
    /// A local date and time.
    Moment,
    /// Yuan with two decimals.
    Money,
    /// An integer.
    Int,
    /// A measured quantity.
    Real,
    /// Yes or no.
    Flag,
    /// A list of words.
    List,
}

impl Kind {
    /// The Arrow type for writing this kind.
    pub fn arrow(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Day => DataType::Date32,
            // Parquet has no unit of seconds: other readers would see plain integers.
            Self::Moment => DataType::Timestamp(TimeUnit::Millisecond, None),
            Self::Money => DataType::Decimal128(18, 2),
            Self::Int => DataType::Int32,
            Self::Real => DataType::Float64,
            Self::Flag => DataType::Boolean,
            Self::List => {
                DataType::List(Arc::new(ArrowField::new_list_field(DataType::Utf8, true)))
            }
        }
    }

    /// The unit in the field's metadata.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Text | Self::List => "text",
            Self::Day => "day",
            Self::Moment => "local time, to the second",
            Self::Money => "yuan",
            Self::Int | Self::Real => "number",
            Self::Flag => "yes/no",
        }
    }
}

/// Whether a field is required.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The table cannot be read without the field, and rows with an empty cell are rejected.
    Required,
    /// Without the field, indicators that require it are not computed.
    Optional,
}

/// One field of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The name in the files.
    pub name: &'static str,
    /// The type.
    pub kind: Kind,
    /// Whether the field is required.
    pub need: Need,
    /// The meaning in English.
    pub en: &'static str,
    /// The meaning in Chinese.
    pub zh: &'static str,
    /// A simulated example value.
    pub example: &'static str,
    /// The valid words; empty if any text is valid.
    pub values: &'static [&'static str],
}

/// One table of the contract.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// The name: a file `name.parquet` or a folder `name/`.
    pub name: &'static str,
    /// The meaning of a row in English.
    pub about: &'static str,
    /// The meaning of a row in Chinese.
    pub about_zh: &'static str,
    /// The fields of the key.
    pub key: &'static [&'static str],
    /// All fields.
    pub fields: &'static [Field],
}

impl Table {
    /// The field with this name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The Arrow schema for writing, with a description and a unit on each field.
    pub fn arrow(&self) -> Schema {
        let fields = self.fields.iter().map(|field| {
            let nullable = field.need == Need::Optional;
            let words = [("description", field.en), ("description_zh", field.zh)];
            let words = words.into_iter().chain([("unit", field.kind.unit())]);
            let words: HashMap<_, _> =
                words.map(|(key, word)| (key.to_owned(), word.to_owned())).collect();
            ArrowField::new(field.name, field.kind.arrow(), nullable).with_metadata(words)
        });
        Schema::new(fields.collect::<Vec<_>>())
    }
}

/// Types that identify a row of a table.
pub trait Row {
    /// The row number.
    fn row(self) -> usize;
}

impl Row for usize {
    #[inline]
    fn row(self) -> usize {
        self
    }
}

/// A column: one cell per row, or no cells if it is not recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Col<T>(Vec<T>);

impl<T> Default for Col<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Cell> Col<T> {
    /// A column with these cells.
    pub fn new(cells: Vec<T>) -> Self {
        Self(cells)
    }

    /// The cell of a row; empty if the column or the row does not exist.
    #[inline]
    pub fn at(&self, row: impl Row) -> T {
        let row = row.row();
        debug_assert!(self.0.is_empty() || row < self.0.len(), "row {row} of {}", self.0.len());
        self.0.get(row).copied().unwrap_or(T::NONE)
    }

    /// All cells in row order; none if the column is not recorded.
    pub fn cells(&self) -> &[T] {
        &self.0
    }

    /// Sets the cell of a row; no effect if the column or the row does not exist.
    pub(crate) fn set(&mut self, row: impl Row, cell: T) {
        if let Some(place) = self.0.get_mut(row.row()) {
            *place = cell;
        }
    }

    /// Appends a cell; no effect if the column is not recorded.
    pub(crate) fn push(&mut self, cell: T) {
        if !self.0.is_empty() {
            self.0.push(cell);
        }
    }

    /// Whether any row holds a value.
    pub fn is_recorded(&self) -> bool {
        self.0.iter().any(|cell| *cell != T::NONE)
    }

    /// The number of rows that hold a value.
    pub fn filled(&self) -> usize {
        self.0.iter().filter(|cell| **cell != T::NONE).count()
    }

    /// The number of rows in a range that hold a value.
    pub fn filled_in(&self, rows: &Range<usize>) -> usize {
        let cells = self.0.get(rows.clone()).unwrap_or(&[]);
        cells.iter().filter(|cell| **cell != T::NONE).count()
    }

    /// The cells of a range of rows.
    #[must_use]
    pub fn slice(&self, rows: &Range<usize>) -> Self {
        Self(self.0.get(rows.clone()).unwrap_or(&[]).to_vec())
    }

    /// The given rows in the given order.
    #[must_use]
    pub fn gather(self, rows: &[u32]) -> Self {
        let is_in_place = rows.len() == self.0.len()
            && rows.iter().zip(0_u32..).all(|(row, place)| *row == place);
        if self.0.is_empty() || is_in_place {
            return self;
        }
        Self(rows.iter().map(|row| self.at(*row as usize)).collect())
    }
}

/// A column of any kind, as a field's name finds it.
#[derive(Debug, Clone, Copy)]
pub enum AnyCol<'a> {
    /// Codes and texts.
    Text(&'a Col<Id>),
    /// Dates.
    Day(&'a Col<Day>),
    /// Moments.
    Moment(&'a Col<Moment>),
    /// Money.
    Money(&'a Col<Fen>),
    /// Counts.
    Int(&'a Col<Int>),
    /// Quantities.
    Real(&'a Col<Real>),
    /// Yes or no.
    Flag(&'a Col<Flag>),
}

/// The cells of one decoded column of any kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Cells {
    /// Interned strings.
    Text(Vec<Id>),
    /// Dates.
    Day(Vec<Day>),
    /// Moments.
    Moment(Vec<Moment>),
    /// Money.
    Money(Vec<Fen>),
    /// Counts.
    Int(Vec<Int>),
    /// Quantities.
    Real(Vec<Real>),
    /// Yes or no.
    Flag(Vec<Flag>),
}

/// Conversion of cells to a column of one type; an unrecorded column if there are none.
pub(crate) trait FromCells: Sized {
    fn from_cells(cells: Option<Cells>) -> Self;
}

macro_rules! from_cells {
    ($($cell:ident $kind:ident),*) => {$(
        impl FromCells for Col<$cell> {
            fn from_cells(cells: Option<Cells>) -> Self {
                match cells {
                    Some(Cells::$kind(cells)) => Self::new(cells),
                    _ => Self::new(Vec::new()),
                }
            }
        }

        impl<'a> From<&'a Col<$cell>> for AnyCol<'a> {
            fn from(column: &'a Col<$cell>) -> Self {
                Self::$kind(column)
            }
        }
    )*

        impl AnyCol<'_> {
            /// Whether a row holds a value.
            pub fn is_filled(self, row: impl Row) -> bool {
                match self {
                    $(Self::$kind(column) => column.at(row) != $cell::NONE,)*
                }
            }
        }
    };
}
from_cells!(Id Text, Day Day, Moment Moment, Fen Money, Int Int, Real Real, Flag Flag);
