//! A table of scored rows, read back.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Float64Type};

use super::numbers;
use crate::evaluate::scored::{Row, Scored};
use crate::ledger::contract::cell::{Cell, Day, Fen};
use crate::ledger::decode::read::ParquetFile;
use crate::ledger::subject::Grain;
use crate::report::evaluated::SCORES;
use crate::scoring::evidence::trained::Split;

/// Where the scores of a folder lie; a file is meant itself.
pub(super) fn place(path: &Path) -> PathBuf {
    if path.is_dir() { path.join(SCORES) } else { path.to_owned() }
}

/// Reads a table of scored rows, whose columns may stand in any order and as any type that says the same.
///
/// # Errors
/// If the file is damaged, a column is missing or of another type, or a cell is empty or out of its range.
pub(super) fn read(path: &Path) -> anyhow::Result<Scored> {
    let file = ParquetFile::open(path)?;
    rows(&file)
        .and_then(|rows| Ok(Scored::of(rows)?))
        .with_context(|| format!("reading {}", path.display()))
}

fn rows(file: &ParquetFile) -> anyhow::Result<Vec<Row>> {
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
    let short = "the columns differ in length";
    let row = |grain: String| {
        Ok(Row {
            grain: grain_of(&grain)?,
            subject: subjects.next().context(short)?,
            village: villages.next().context(short)?,
            date: dates.next().context(short)?.map_or(Day::NONE, Day),
            amount: amounts.next().context(short)?,
            score: scores.next().context(short)?,
            p_value: p_values.next().context(short)?,
            split: split_of(&splits.next().context(short)?)?,
            found: found.next().context(short)?,
            scheme: schemes.next().context(short)?,
            case: cases.next().context(short)?,
            recovered: recovered.next().context(short)?,
        })
    };
    grains.into_iter().map(row).collect()
}

fn grain_of(word: &str) -> anyhow::Result<Grain> {
    let Some(grain) = Grain::of(word) else {
        bail!("`grain` must be payment, payee, official or village, but is `{word}`");
    };
    Ok(grain)
}

fn split_of(word: &str) -> anyhow::Result<Split> {
    let Some(split) = Split::ALL.into_iter().find(|split| split.word() == word) else {
        bail!("`split` must be held_out or later, but is `{word}`");
    };
    Ok(split)
}

/// One column as this type.
fn column(file: &ParquetFile, name: &str, kind: &DataType) -> anyhow::Result<ArrayRef> {
    let Some((index, _)) = file.schema().column_with_name(name) else {
        let names: Vec<&str> =
            file.schema().fields().iter().map(|field| field.name().as_str()).collect();
        bail!("there is no column `{name}`; the file has {}", names.join(", "));
    };
    numbers::column(file, index, kind).with_context(|| format!("column `{name}`"))
}

/// A column of text; an empty cell is empty text.
fn words(file: &ParquetFile, name: &str) -> anyhow::Result<Vec<String>> {
    let cells = column(file, name, &DataType::Utf8)?;
    Ok(cells.as_string::<i32>().iter().map(|cell| cell.unwrap_or_default().to_owned()).collect())
}

/// A column of numbers without empty cells.
fn reals(file: &ParquetFile, name: &str) -> anyhow::Result<Vec<f64>> {
    let cells = column(file, name, &DataType::Float64)?;
    ensure!(cells.null_count() == 0, "column `{name}` has {} empty cells", cells.null_count());
    Ok(cells.as_primitive::<Float64Type>().values().to_vec())
}

/// A column of yuan.
fn money(file: &ParquetFile, name: &str) -> anyhow::Result<Vec<Fen>> {
    let cells = column(file, name, &DataType::Decimal128(18, 2))?;
    let fen = |cell: Option<i128>| match cell.map(i64::try_from) {
        None => Ok(Fen::NONE),
        Some(Ok(fen)) => Ok(Fen(fen)),
        Some(Err(_)) => bail!("column `{name}` holds an amount that is too large"),
    };
    cells.as_primitive::<Decimal128Type>().iter().map(fen).collect()
}
