//! Reading a published folder back, to show one lead with its rows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StructArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type};
use thiserror::Error;

use crate::indicators::card;
use crate::indicators::card::Scheme;
use crate::ledger::book::line_key;
use crate::ledger::contract::cell::{Cell, Day, Fen};
use crate::ledger::decode::read::{self, ParquetFile, files};
use crate::ledger::subject::Grain;
use crate::outcomes::grade::Route;
use crate::report::dossier::{BeforeView, LeadView, ReasonView};
use crate::report::record::RecordView;
use crate::report::voucher::{self, RECORDED, Row};
use crate::worklist::lead::AsMuch;
use crate::worklist::previous::Listed;

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

const CELLS: [&str; 21] = [
    "lead",
    "level",
    "office",
    "place",
    "picked_by",
    "grain",
    "subject",
    "name",
    "village",
    "rank",
    "score",
    "p_value",
    "q_value",
    "false_at_most",
    "probability_at_most",
    "money",
    "recoverable",
    "order_value",
    "minutes",
    "scheme",
    "due",
];

const ROWS: [&str; 13] = [
    "lead",
    "indicator",
    "scheme",
    "belongs",
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

/// The dossier of the lead of this id in a published folder.
///
/// # Errors
/// If the folder holds no published tables, or they cannot be read.
pub fn lead(folder: &Path, id: &str) -> Result<Option<LeadView>, Error> {
    let mut found = None;
    for batch in batches(folder, "leads")? {
        let cells = columns("leads", &batch, &CELLS)?;
        let [ids, ..] = cells.as_slice() else { continue };
        let Some(row) = ids.iter().position(|own| own == id) else { continue };
        let bare = bare(across(&cells, row))?;
        let clear =
            list(&batch, row, "clear").and_then(|list| texts(list.column_by_name("indicator")?));
        let clear = clear.unwrap_or_default();
        let first = columns("leads", &batch, &["first_listed"])?;
        let first_listed = first.first().and_then(|it| it.get(row)).map_or(Day::NONE, |it| day(it));
        let (reasons, before) = (reasons(&batch, row)?, before(&batch, row)?);
        found = Some(LeadView { first_listed, before, reasons, clear, ..bare });
    }
    let Some(mut lead) = found else { return Ok(None) };
    for batch in batches(folder, "evidence")? {
        let cells = columns("evidence", &batch, &ROWS)?;
        let recorded = columns("evidence", &batch, &RECORDED.map(voucher::published))?;
        for at in 0..batch.num_rows() {
            let cells: [String; 13] = across(&cells, at);
            if cells.first().is_some_and(|own| own == id) {
                let own = across::<{ RECORDED.len() }>(&recorded, at);
                let own = RECORDED.into_iter().zip(own).filter(|(_, cell)| !cell.is_empty());
                take(&mut lead, cells, own.collect())?;
            }
        }
    }
    take_records(folder, &mut lead)?;
    Ok(Some(lead))
}

/// Takes in the rows of registers behind a lead; runs of earlier versions publish none.
fn take_records(folder: &Path, lead: &mut LeadView) -> Result<(), Error> {
    let batches = match batches(folder, "records") {
        Err(Error::NoTable { .. }) => Vec::new(),
        other => other?,
    };
    for batch in batches {
        let names = ["lead", "indicator", "scheme", "table", "village", "money"];
        let cells = columns("records", &batch, &names)?;
        for at in 0..batch.num_rows() {
            let [id, indicator, scheme, table, village, money] = across(&cells, at);
            if id != lead.id {
                continue;
            }
            let missing = Error::NoColumn { table: "records", column: "cells" };
            let row = list(&batch, at, "cells").ok_or(missing)?;
            let texts = |column: &'static str| {
                let cells = row.column_by_name(column).and_then(texts);
                cells.ok_or(Error::NoColumn { table: "records", column })
            };
            let cells = texts("column")?.into_iter().zip(texts("cell")?).collect();
            let record = RecordView { table, village, money: fen(&money), cells };
            let place = place_of(&mut lead.records, record);
            lead.reason_mut(&indicator, &scheme)?.records.push(place);
        }
    }
    Ok(())
}

/// The place of something among others, where it is put if it is not there.
fn place_of<T: PartialEq>(all: &mut Vec<T>, one: T) -> usize {
    all.iter().position(|own| *own == one).unwrap_or_else(|| {
        all.push(one);
        all.len() - 1
    })
}

impl LeadView {
    /// The reason of an indicator; counts of several schemes have one name.
    fn reason_mut(&mut self, indicator: &str, scheme: &str) -> Result<&mut ReasonView, Error> {
        let scheme = Scheme::of(scheme);
        let is_own = |it: &&mut ReasonView| it.indicator == indicator && it.scheme == scheme;
        let missing = Error::NoColumn { table: "leads", column: "reasons" };
        self.reasons.iter_mut().find(is_own).ok_or(missing)
    }
}

/// The leads of a published folder whose offices' codes begin with the county's, to carry them over to the next list.
///
/// # Errors
/// If the folder holds no published tables, or they cannot be read.
pub fn listed(folder: &Path, county: &str, published: Day) -> Result<Vec<Listed>, Error> {
    let mut all: BTreeMap<String, Listed> = BTreeMap::new();
    for batch in batches(folder, "leads")? {
        let cells =
            columns("leads", &batch, &["lead", "office", "grain", "subject", "name", "due"])?;
        // Lists of earlier versions do not say since when a lead is listed.
        let first = batch.column_by_name("first_listed").and_then(texts).unwrap_or_default();
        for row in 0..batch.num_rows() {
            let [id, office, grain, key, name, due] = across(&cells, row);
            let first_listed = first.get(row).map_or(published, |text| day(text));
            let listed = earlier([id, office, grain, key, name], (first_listed, day(&due)), true);
            if let Some(own) = listed.filter(|it| it.office.starts_with(county)) {
                all.insert(own.id.clone(), own);
            }
        }
    }
    for left in dropped_before(folder, county)? {
        all.entry(left.id.clone()).or_insert(left);
    }
    for batch in batches(folder, "evidence")? {
        let names = ["lead", "belongs", "village", "voucher", "line", "date"];
        let cells = columns("evidence", &batch, &names)?;
        for row in 0..batch.num_rows() {
            let [lead, belongs, village, voucher, line, date] = across(&cells, row);
            let own =
                all.get_mut(&lead).filter(|it| it.grain == Grain::Payment && belongs == "true");
            if let Some(own) = own {
                own.payments.insert(line_key((&village, day(&date)), &voucher, &line));
            }
        }
    }
    Ok(all.into_values().collect())
}

/// A lead of an earlier list without its payments; none if its kind of subject is not known.
fn earlier(
    [id, office, grain, key, name]: [String; 5],
    (first_listed, due): (Day, Day),
    is_listed: bool,
) -> Option<Listed> {
    let (grain, payments) = (Grain::of(&grain)?, BTreeSet::new());
    Some(Listed { id, office, grain, key, name, first_listed, due, payments, is_listed })
}

/// The leads of earlier lists that nobody concluded; runs of earlier versions do not keep their due days.
fn dropped_before(folder: &Path, county: &str) -> Result<Vec<Listed>, Error> {
    let names = ["lead", "office", "grain", "subject", "name", "first_listed", "due", "why"];
    let batches = match batches(folder, "dropped") {
        Err(Error::NoTable { .. }) => Vec::new(),
        other => other?,
    };
    let mut all = Vec::new();
    for batch in batches.iter().filter(|it| it.column_by_name("due").is_some()) {
        let cells = columns("dropped", batch, &names)?;
        for row in 0..batch.num_rows() {
            let [id, office, grain, key, name, first, due, why] = across(&cells, row);
            let days = (day(&first), day(&due));
            let left = earlier([id, office, grain, key, name], days, false);
            all.extend(left.filter(|it| it.office.starts_with(county) && why != "concluded"));
        }
    }
    Ok(all)
}

/// A dossier without its reasons and rows.
fn bare(cells: [String; 21]) -> Result<LeadView, Error> {
    let [
        id,
        level,
        office,
        place,
        picked_by,
        grain,
        key,
        name,
        village,
        rank,
        score,
        p_value,
        q_value,
        false_at_most,
        probability_at_most,
        money,
        recoverable,
        order_value,
        minutes,
        scheme,
        due,
    ] = cells;
    let unknown = |column| Error::NoColumn { table: "leads", column };
    let real = |text: &str| text.parse().unwrap_or(f64::NAN);
    let count = |text: &str| text.parse().unwrap_or(0);
    Ok(LeadView {
        level: level.parse().map_err(|_| unknown("level"))?,
        selection: if picked_by == Route::Random.word() { Route::Random } else { Route::List },
        grain: Grain::of(&grain).ok_or(unknown("grain"))?,
        place: count(&place),
        rank: count(&rank),
        score: real(&score),
        p_value: real(&p_value),
        q_value: real(&q_value),
        false_at_most: count(&false_at_most),
        probability_at_most: real(&probability_at_most),
        money: fen(&money),
        recoverable: fen(&recoverable),
        order_value: fen(&order_value),
        minutes: real(&minutes),
        scheme: Scheme::of(&scheme),
        due: day(&due),
        id,
        office,
        key,
        name,
        village,
        known: Vec::new(),
        first_listed: Day::NONE,
        before: None,
        reasons: Vec::new(),
        clear: Vec::new(),
        rows: Vec::new(),
        records: Vec::new(),
    })
}

/// What was concluded about a lead before.
fn before(batch: &RecordBatch, row: usize) -> Result<Option<BeforeView>, Error> {
    let names = [
        "concluded",
        "concluded_grade",
        "concluded_lead",
        "uncovered",
        "uncovered_money",
        "new_indicators",
    ];
    let cells = columns("leads", batch, &names)?;
    let [concluded, grade, lead, uncovered, money, indicators] = across(&cells, row);
    Ok((!concluded.is_empty()).then(|| BeforeView {
        day: day(&concluded),
        grade,
        lead,
        uncovered: uncovered.parse().unwrap_or(0),
        money: fen(&money),
        indicators: indicators.split_whitespace().map(str::to_owned).collect(),
    }))
}

/// Takes in one row of the evidence.
fn take(
    lead: &mut LeadView,
    cells: [String; 13],
    recorded: BTreeMap<&'static str, String>,
) -> Result<(), Error> {
    let [
        _,
        indicator,
        scheme,
        belongs,
        village,
        voucher,
        line,
        date,
        account,
        amount,
        payee,
        approver,
        summary,
    ] = cells;
    let row = Row {
        date: day(&date),
        village,
        voucher,
        line: line.parse().unwrap_or(0),
        account,
        amount: fen(&amount),
        payee,
        approver,
        summary,
        belongs: belongs == "true",
        recorded,
    };
    let place = place_of(&mut lead.rows, row);
    lead.reason_mut(&indicator, &scheme)?.rows.push(place);
    Ok(())
}

/// An amount written in yuan.
pub(super) fn fen(text: &str) -> Fen {
    let digits = text.replace('.', "");
    digits.parse().map_or(Fen::NONE, Fen)
}

pub(super) fn day(text: &str) -> Day {
    text.parse().map_or(Day::NONE, Day::of)
}

/// One row of columns.
pub(super) fn across<const N: usize>(columns: &[Vec<String>], row: usize) -> [String; N] {
    std::array::from_fn(|place| {
        columns.get(place).and_then(|cells| cells.get(row)).cloned().unwrap_or_default()
    })
}

pub(super) fn batches(folder: &Path, table: &'static str) -> Result<Vec<RecordBatch>, Error> {
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

pub(super) fn columns(
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

/// The rows of a column of lists.
pub(super) fn list(batch: &RecordBatch, row: usize, column: &str) -> Option<StructArray> {
    let lists = batch.column_by_name(column)?.as_list_opt::<i32>()?;
    (row < lists.len()).then(|| lists.value(row).as_struct_opt().cloned()).flatten()
}

fn reasons(batch: &RecordBatch, row: usize) -> Result<Vec<ReasonView>, Error> {
    let missing = Error::NoColumn { table: "leads", column: "reasons" };
    let fields = list(batch, row, "reasons").ok_or(missing)?;
    let texts = |name: &str| fields.column_by_name(name).and_then(texts).unwrap_or_default();
    let reals = |name: &str| fields.column_by_name(name).and_then(reals).unwrap_or_default();
    let (indicator, scheme) = (texts("indicator"), texts("scheme"));
    let [value, peers_median, p, contribution] =
        ["value", "peers_median", "p", "contribution"].map(reals);
    let [facts, as_much, of] = ["facts", "as_much", "of"].map(texts);
    let compared = |row: usize| {
        let whole = |cells: &[String]| cells.get(row)?.parse().ok();
        let grain = card(indicator.get(row)?)?.grain;
        Some(AsMuch { grain, subjects: whole(&as_much)?, of: whole(&of)? })
    };
    let reason = |row: usize| ReasonView {
        indicator: indicator.get(row).cloned().unwrap_or_default(),
        scheme: scheme.get(row).and_then(|word| Scheme::of(word)),
        value: value.get(row).copied().flatten(),
        peers_median: peers_median.get(row).copied().flatten(),
        p: p.get(row).copied().flatten(),
        as_much: compared(row),
        contribution: contribution.get(row).copied().flatten().unwrap_or(0.0),
        rows: Vec::new(),
        records: Vec::new(),
        facts: facts.get(row).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default(),
    };
    Ok((0..fields.len()).map(reason).collect())
}

fn reals(array: &ArrayRef) -> Option<Vec<Option<f64>>> {
    let array = cast(array, &DataType::Float64).ok()?;
    Some(array.as_primitive::<Float64Type>().iter().collect())
}

/// Any column as text.
pub(super) fn texts(array: &ArrayRef) -> Option<Vec<String>> {
    let array = cast(array, &DataType::Utf8).ok()?;
    Some(array.as_string::<i32>().iter().map(|text| text.unwrap_or("").to_owned()).collect())
}
