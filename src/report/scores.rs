//! A table of scored rows, read back.

use std::path::{Path, PathBuf};

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Float64Type};
use thiserror::Error;

use crate::evaluate::scored::{self, Row, Scored};
use crate::ledger::contract::cell::{Cell, Day, Fen};
use crate::ledger::decode::column;
use crate::ledger::decode::read::{self, ParquetFile};
use crate::ledger::subject::Grain;
use crate::report::evaluated::SCORES;
use crate::scoring::evidence::trained::Split;

/// Why a table of scored rows could not be read.
#[derive(Debug, Error)]
pub enum Error {
    /// The file could not be opened.
    #[error(transparent)]
    Open(#[from] read::Error),
    /// What it holds is no table of scored rows.
    #[error("reading {}", path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<Wrong>,
    },
}

/// What is wrong with a table of scored rows.
#[derive(Debug, Error)]
pub enum Wrong {
    /// It lacks a column.
    #[error("there is no column `{name}`; the file has {columns}")]
    NoColumn {
        /// The column.
        name: &'static str,
        /// Those that it has.
        columns: String,
    },
    /// A column is damaged or of another type.
    #[error("column `{name}`")]
    Column {
        /// The column.
        name: &'static str,
        /// What is wrong with it.
        source: column::Error,
    },
    /// A number is missing.
    #[error("column `{name}` has {cells} empty cells")]
    Empty {
        /// The column.
        name: &'static str,
        /// Its empty cells.
        cells: usize,
    },
    /// An amount is beyond what can be counted in fen.
    #[error("column `{name}` holds an amount that is too large")]
    TooLarge {
        /// The column.
        name: &'static str,
    },
    /// The columns do not have the same number of cells.
    #[error("the columns differ in length")]
    Length,
    /// A kind of subject is not known.
    #[error("`grain` must be payment, payee, official or village, but is `{found}`")]
    Grain {
        /// The word.
        found: String,
    },
    /// A split is not known.
    #[error("`split` must be held_out or later, but is `{found}`")]
    Split {
        /// The word.
        found: String,
    },
    /// A cell is out of its range, or a subject stands twice.
    #[error(transparent)]
    Rows(#[from] scored::Error),
}

/// Where the scores of a folder lie; a file is meant itself.
pub fn place(path: &Path) -> PathBuf {
    if path.is_dir() { path.join(SCORES) } else { path.to_owned() }
}

/// Reads a table of scored rows, whose columns may stand in any order and as any type that says the same.
///
/// # Errors
/// If the file is damaged, a column is missing or of another type, or a cell is empty or out of its range.
pub fn read(path: &Path) -> Result<Scored, Error> {
    let file = ParquetFile::open(path)?;
    let scored = rows(&file).and_then(|rows| Ok(Scored::of(rows)?));
    scored.map_err(|source| Error::Table { path: path.to_owned(), source: Box::new(source) })
}

fn rows(file: &ParquetFile) -> Result<Vec<Row>, Wrong> {
    let grains = words(file, "grain")?;
    let mut subjects = words(file, "subject")?.into_iter();
    let mut villages = words(file, "village")?.into_iter();
    let dates = column(file, "date", &DataType::Date32)?;
    let mut dates = dates.as_primitive::<Date32Type>().iter();
    let (mut amounts, mut recovered) =
        (money(file, "amount")?.into_iter(), money(file, "recovered")?.into_iter());
    let (mut scores, mut p_values) =
        (reals(file, "score")?.into_iter(), reals(file, "p_value")?.into_iter());
    let mut splits = words(file, "split")?.into_iter();
    let found = column(file, "found", &DataType::Boolean)?;
    let mut found = found.as_boolean().iter();
    let mut schemes = words(file, "scheme")?.into_iter();
    let mut cases = words(file, "case")?.into_iter();
    let row = |grain: String| {
        Ok(Row {
            grain: grain_of(&grain)?,
            subject: subjects.next().ok_or(Wrong::Length)?,
            village: villages.next().ok_or(Wrong::Length)?,
            date: dates.next().ok_or(Wrong::Length)?.map_or(Day::NONE, Day),
            amount: amounts.next().ok_or(Wrong::Length)?,
            score: scores.next().ok_or(Wrong::Length)?,
            p_value: p_values.next().ok_or(Wrong::Length)?,
            split: split_of(&splits.next().ok_or(Wrong::Length)?)?,
            found: found.next().ok_or(Wrong::Length)?,
            scheme: schemes.next().ok_or(Wrong::Length)?,
            case: cases.next().ok_or(Wrong::Length)?,
            recovered: recovered.next().ok_or(Wrong::Length)?,
        })
    };
    grains.into_iter().map(row).collect()
}

fn grain_of(word: &str) -> Result<Grain, Wrong> {
    Grain::of(word).ok_or_else(|| Wrong::Grain { found: word.to_owned() })
}

fn split_of(word: &str) -> Result<Split, Wrong> {
    let split = word.parse::<Split>().ok();
    split.ok_or_else(|| Wrong::Split { found: word.to_owned() })
}

/// One column as this type.
fn column(file: &ParquetFile, name: &'static str, kind: &DataType) -> Result<ArrayRef, Wrong> {
    let Some((index, _)) = file.schema().column_with_name(name) else {
        let names: Vec<&str> =
            file.schema().fields().iter().map(|field| field.name().as_str()).collect();
        return Err(Wrong::NoColumn { name, columns: names.join(", ") });
    };
    column::column(file, index, kind).map_err(|source| Wrong::Column { name, source })
}

/// A column of text; an empty cell is empty text.
fn words(file: &ParquetFile, name: &'static str) -> Result<Vec<String>, Wrong> {
    let cells = column(file, name, &DataType::Utf8)?;
    Ok(cells.as_string::<i32>().iter().map(|cell| cell.unwrap_or_default().to_owned()).collect())
}

/// A column of numbers without empty cells.
fn reals(file: &ParquetFile, name: &'static str) -> Result<Vec<f64>, Wrong> {
    let cells = column(file, name, &DataType::Float64)?;
    if cells.null_count() > 0 {
        return Err(Wrong::Empty { name, cells: cells.null_count() });
    }
    Ok(cells.as_primitive::<Float64Type>().values().to_vec())
}

/// A column of yuan.
fn money(file: &ParquetFile, name: &'static str) -> Result<Vec<Fen>, Wrong> {
    let cells = column(file, name, &DataType::Decimal128(18, 2))?;
    let fen = |cell: Option<i128>| match cell.map(i64::try_from) {
        None => Ok(Fen::NONE),
        Some(Ok(fen)) => Ok(Fen(fen)),
        Some(Err(_)) => Err(Wrong::TooLarge { name }),
    };
    cells.as_primitive::<Decimal128Type>().iter().map(fen).collect()
}
