//! Reading a published folder back, to show one lead with its rows.

use std::path::{Path, PathBuf};

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type};
use thiserror::Error;

use crate::ledger::read::{self, ParquetFile, files};

/// Why a lead cannot be shown.
#[derive(Debug, Error)]
pub enum Error {
    /// A table cannot be read.
    #[error(transparent)]
    Read(#[from] read::Error),
    /// The folder holds no such table.
    #[error("{}: no published table `{table}` here; give the folder of a run with --out", folder.display())]
    NoTable {
        /// The folder.
        folder: PathBuf,
        /// The table.
        table: &'static str,
    },
    /// A table lacks a column that this version publishes.
    #[error(
        "the table `{table}` has no readable column `{column}`; it was published by another version"
    )]
    NoColumn {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
}

/// One reason as it was published.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PublishedReason {
    /// The indicator, the plain column, or `payments`.
    pub indicator: String,
    /// The scheme that it speaks for.
    pub scheme: String,
    /// What was measured.
    pub value: Option<f64>,
    /// The median of all subjects asked.
    pub peers_median: Option<f64>,
    /// The share of subjects that read at least as much.
    pub p: Option<f64>,
    /// What it added to the score.
    pub contribution: Option<f64>,
}

/// A lead as it was published; every cell as text.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// Lead id, level, grain, subject, village, rank, score, p-value, money, scheme, due.
    pub cells: Vec<(&'static str, String)>,
    /// The reasons, the strongest first.
    pub reasons: Vec<PublishedReason>,
    /// The rows: indicator, village, voucher, line, date, account, amount, payee, approver, summary.
    pub rows: Vec<[String; 10]>,
}

const CELLS: [&str; 11] = [
    "lead", "level", "grain", "subject", "village", "rank", "score", "p_value", "money", "scheme",
    "due",
];
/// The columns of a row, in order.
pub const ROWS: [&str; 10] = [
    "indicator",
    "village",
    "voucher",
    "line",
    "date",
    "account",
    "amount",
    "payee",
    "approver",
    "summary",
];

/// The lead of this id in a published folder, with its rows.
///
/// # Errors
/// If the folder holds no published tables, or they cannot be read.
pub fn lead(folder: &Path, id: &str) -> Result<Option<Published>, Error> {
    let mut found = None;
    for batch in batches(folder, "leads")? {
        let cells = columns("leads", &batch, &CELLS)?;
        let [ids, ..] = cells.as_slice() else { continue };
        let Some(row) = ids.iter().position(|own| own == id) else { continue };
        let cell = |(name, cells): (&&'static str, &Vec<String>)| {
            (*name, cells.get(row).cloned().unwrap_or_default())
        };
        let cells = CELLS.iter().zip(&cells).map(cell).collect();
        found = Some(Published { cells, reasons: reasons(&batch, row)?, rows: Vec::new() });
    }
    let Some(mut lead) = found else { return Ok(None) };
    for batch in batches(folder, "evidence")? {
        let leads = columns("evidence", &batch, &["lead"])?;
        let cells = columns("evidence", &batch, &ROWS)?;
        let own = leads.iter().flatten().enumerate().filter(|(_, own)| *own == id);
        lead.rows.extend(own.map(|(row, _)| across(&cells, row)));
    }
    Ok(Some(lead))
}

/// One row of columns.
fn across<const N: usize>(columns: &[Vec<String>], row: usize) -> [String; N] {
    std::array::from_fn(|place| {
        columns.get(place).and_then(|cells| cells.get(row)).cloned().unwrap_or_default()
    })
}

fn batches(folder: &Path, table: &'static str) -> Result<Vec<RecordBatch>, Error> {
    let mut found = files(&folder.join(format!("{table}.parquet")))?;
    found.extend(files(&folder.join(table))?);
    if found.is_empty() {
        return Err(Error::NoTable { folder: folder.to_owned(), table });
    }
    let mut all = Vec::new();
    for path in found {
        all.extend(ParquetFile::open(&path)?.batches()?);
    }
    Ok(all)
}

fn columns(
    table: &'static str,
    batch: &RecordBatch,
    names: &[&'static str],
) -> Result<Vec<Vec<String>>, Error> {
    let column = |name: &&'static str| {
        let array = batch.column_by_name(name).and_then(texts);
        array.ok_or(Error::NoColumn { table, column: name })
    };
    names.iter().map(column).collect()
}

fn reasons(batch: &RecordBatch, row: usize) -> Result<Vec<PublishedReason>, Error> {
    let missing = Error::NoColumn { table: "leads", column: "reasons" };
    let lists = batch.column_by_name("reasons").and_then(|array| array.as_list_opt::<i32>());
    let Some(list) = lists.filter(|lists| row < lists.len()).map(|lists| lists.value(row)) else {
        return Err(missing);
    };
    let Some(fields) = list.as_struct_opt() else { return Err(missing) };
    let texts = |name: &str| fields.column_by_name(name).and_then(texts).unwrap_or_default();
    let reals = |name: &str| fields.column_by_name(name).and_then(reals).unwrap_or_default();
    let (indicator, scheme) = (texts("indicator"), texts("scheme"));
    let [value, peers_median, p, contribution] =
        ["value", "peers_median", "p", "contribution"].map(reals);
    let reason = |row: usize| PublishedReason {
        indicator: indicator.get(row).cloned().unwrap_or_default(),
        scheme: scheme.get(row).cloned().unwrap_or_default(),
        value: value.get(row).copied().flatten(),
        peers_median: peers_median.get(row).copied().flatten(),
        p: p.get(row).copied().flatten(),
        contribution: contribution.get(row).copied().flatten(),
    };
    Ok((0..fields.len()).map(reason).collect())
}

fn reals(array: &ArrayRef) -> Option<Vec<Option<f64>>> {
    let array = cast(array, &DataType::Float64).ok()?;
    Some(array.as_primitive::<Float64Type>().iter().collect())
}

/// Any column as text; numbers with three digits that count.
fn texts(array: &ArrayRef) -> Option<Vec<String>> {
    if array.data_type().is_floating() {
        let show = |real: Option<f64>| real.map(super::terminal::short).unwrap_or_default();
        return reals(array).map(|reals| reals.into_iter().map(show).collect());
    }
    let array = cast(array, &DataType::Utf8).ok()?;
    Some(array.as_string::<i32>().iter().map(|text| text.unwrap_or("").to_owned()).collect())
}
