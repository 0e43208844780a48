//! Validation: converts decoded tables to a book and rejects invalid lines.
//!
//! Invalid lines are rejected, never corrected, since a guessed amount would change the ranking. Every rejection is
//! reported with its row and reason, and the sums before and after.

use std::collections::BTreeMap;

use rayon::slice::ParallelSliceMut;
use serde::{Deserialize, Serialize};

use crate::convert::row32;
use crate::ledger::book::chart::{Chart, Classes};
use crate::ledger::book::index::{IxVec, LineIx};
use crate::ledger::book::side::Side;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id, Int};
use crate::ledger::contract::defect::{Action, Defect, Totals, masked};
use crate::ledger::contract::names::Names;
use crate::ledger::contract::schema::{LEDGER, Lines};
use crate::ledger::contract::table::Need;
use crate::ledger::decode::Raw;
use crate::params::{any, params, within};

/// The bookkeeping method of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// Double entry: the debits of every voucher equal its credits.
    #[default]
    Double,
    /// Single entry, a register of payments: each debit line is a payment without a balancing credit.
    Single,
}

params! {
    /// The `[ledger]` table of a pipeline.
    pub struct Settings {
        pub entry: Entry = Entry::Double, any,
            "double: each voucher's debits equal its credits. single: a register of payments, each debit line one.";
        pub from: jiff::civil::Date = jiff::civil::Date::constant(1949, 10, 1), any,
            "The first day that a voucher may have.";
        pub to: Option<jiff::civil::Date> = None, any,
            "The last day that a voucher may have. Without it, a year after the as-of date." => "2024-12-31";
        pub max_refused: f64 = 0.2, within(0.0..=1.0),
            "The share of refused rows above which nothing is believed and the run stops.";
        pub classes: Classes = Classes::default(), any,
            "Classes of expense by chart and first-level account, as the limits table names them.";
    }
}

/// Validated lines in the book's order, with derived columns.
#[derive(Debug, Default)]
pub(in crate::ledger) struct Conformed {
    pub(in crate::ledger) lines: Lines,
    pub(in crate::ledger) sides: IxVec<LineIx, Side>,
    pub(in crate::ledger) charts: IxVec<LineIx, Chart>,
    pub(in crate::ledger) vouchers: Vec<LineIx>,
    pub(in crate::ledger) defects: Vec<Defect>,
    pub(in crate::ledger) read: Totals,
    pub(in crate::ledger) kept: Totals,
    /// The number of lines with accounts that are not in the chart, by account; they are kept and reported.
    pub(in crate::ledger) strange_accounts: BTreeMap<String, usize>,
}

/// The state of the validation of rows.
struct RowChecks<'a> {
    raw: &'a Raw,
    names: &'a Names,
    refused: Vec<bool>,
    defects: Vec<Defect>,
}

impl RowChecks<'_> {
    fn tell(&mut self, row: usize, column: &str, action: Action, value: &str, reason: String) {
        let (file, row_in_file) = self.raw.origin(row);
        self.defects.push(Defect {
            table: LEDGER.name,
            file: file.to_owned(),
            row: row_in_file,
            column: column.to_owned(),
            action,
            value: masked(value),
            reason,
        });
    }

    /// Rejects a row; only the first reason is reported.
    fn refuse(&mut self, row: usize, column: &str, value: &str, reason: String) {
        let Some(refused) = self.refused.get_mut(row) else { return };
        if !std::mem::replace(refused, true) {
            self.tell(row, column, Action::RowRefused, value, reason);
        }
    }

    fn keeps(&self, row: usize) -> bool {
        !self.refused.get(row).copied().unwrap_or(true)
    }
}

/// Validates the ledger of one source. `county` is the county in the folder's name, if any.
pub(in crate::ledger) fn conform(
    mut raw: Raw,
    names: &Names,
    settings: &Settings,
    last_day: Day,
    county: Option<&str>,
) -> Conformed {
    let rows = raw.rows;
    let mut lines = Lines::from_cells(rows, |column| raw.take(column));
    let mut checks =
        RowChecks { raw: &raw, names, refused: vec![false; rows], defects: Vec::new() };

    let sides = names.map(side);
    let side_of = |id: Id| sides.get(id.0 as usize).copied().flatten();
    let mut read = Totals::default();
    for row in 0..rows {
        read.add(side_of(lines.side.at(row)), lines.amount.at(row));
    }

    tell_faults(&mut checks);
    refuse_empty(&mut checks, &lines);
    let villages = names.map(|code| village_fault(code, county));
    let first_day = Day::of(settings.from);
    for row in 0..rows {
        let village = lines.village.at(row);
        if let Some(Some(reason)) = villages.get(village.0 as usize) {
            checks.refuse(row, "village", names.get(village), reason.clone());
        }
        if side_of(lines.side.at(row)).is_none() {
            let value = names.get(lines.side.at(row));
            checks.refuse(row, "side", value, "expected debit or credit (借 or 贷)".to_owned());
        }
        let date = lines.date.at(row);
        if date < first_day || date > last_day {
            let reason = format!("the date must lie from {first_day} to {last_day}");
            checks.refuse(row, "date", &date.to_string(), reason);
        }
    }
    let charts = charts(&mut checks, &lines);
    number_lines(&mut lines);
    let months = months(&lines);
    let mut order = order(&checks, &lines, &months);
    refuse_repeats(&mut checks, &lines, &months, &order);
    order.retain(|row| checks.keeps(*row as usize));
    if settings.entry == Entry::Double {
        refuse_unbalanced(&mut checks, &lines, &months, &order, &side_of);
        order.retain(|row| checks.keeps(*row as usize));
    }

    let RowChecks { mut defects, .. } = checks;
    defects.sort();
    let sides: IxVec<LineIx, Side> =
        order.iter().filter_map(|row| side_of(lines.side.at(*row as usize))).collect();
    let charts: IxVec<LineIx, Chart> =
        order.iter().filter_map(|row| charts.get(*row as usize).copied()).collect();
    let vouchers = starts(&lines, &months, &order);
    let lines = lines.gather(&order);
    let mut kept = Totals::default();
    for (row, side) in sides.iter_enumerated() {
        kept.add(Some(*side), lines.amount.at(row));
    }
    let strange_accounts = strange_accounts(&lines, &charts, names);
    Conformed { lines, sides, charts, vouchers, defects, read, kept, strange_accounts }
}

/// Parses debit or credit in the usual spellings.
pub fn side(word: &str) -> Option<Side> {
    match word.to_ascii_lowercase().as_str() {
        "debit" | "dr" | "d" | "借" | "借方" => Some(Side::Debit),
        "credit" | "cr" | "c" | "贷" | "贷方" => Some(Side::Credit),
        _ => None,
    }
}

/// Whether the text is the code of a village: a division code of 12 digits.
pub fn is_village(code: &str) -> bool {
    code.len() == 12 && code.bytes().all(|byte| byte.is_ascii_digit())
}

/// The error in a village's division code, if any.
fn village_fault(code: &str, county: Option<&str>) -> Option<String> {
    if !is_village(code) {
        return Some("expected a division code of 12 digits".to_owned());
    }
    let county = county.filter(|county| !code.starts_with(county));
    county.map(|county| format!("the file lies in the folder of county {county}"))
}

/// Reports cells that could not be parsed, and rejects the row if the column is required.
fn tell_faults(checks: &mut RowChecks<'_>) {
    let raw = checks.raw;
    for fault in &raw.faults {
        if fault.field.need == Need::Required {
            checks.refuse(fault.row, fault.field.name, &fault.value, fault.reason.clone());
        } else {
            let reason = fault.reason.clone();
            checks.tell(fault.row, fault.field.name, Action::CellEmptied, &fault.value, reason);
        }
    }
}

fn refuse_empty(checks: &mut RowChecks<'_>, lines: &Lines) {
    let empty = "the cell is empty, and the contract requires it";
    let is_numbered = lines.line.is_recorded();
    for row in 0..lines.rows {
        if is_numbered && lines.line.at(row) == Int::NONE {
            let reason = "the line has no number, though other lines have one";
            checks.refuse(row, "line", "", reason.to_owned());
        }
        let cells = [
            ("village", lines.village.at(row) == Id::NONE),
            ("voucher", lines.voucher.at(row) == Id::NONE),
            ("date", lines.date.at(row) == Day::NONE),
            ("account", lines.account.at(row) == Id::NONE),
            ("side", lines.side.at(row) == Id::NONE),
            ("amount", lines.amount.at(row) == Fen::NONE),
        ];
        if let Some((column, _)) = cells.into_iter().find(|(_, is_empty)| *is_empty) {
            checks.refuse(row, column, "", empty.to_owned());
        }
    }
}

/// The chart of each row: from its column, otherwise from its date.
fn charts(checks: &mut RowChecks<'_>, lines: &Lines) -> Vec<Chart> {
    let names = checks.names;
    let by_name = names.map(Chart::named);
    let of_row = |row: usize| {
        let by_date = Chart::on(lines.date.at(row));
        let Some(id) = lines.chart.at(row).some() else { return by_date };
        let chart = by_name.get(id.0 as usize).copied().flatten();
        if chart.is_none() {
            let reason = "expected the chart of accounts 2004 or 2024".to_owned();
            checks.refuse(row, "chart", names.get(id), reason);
        }
        chart.unwrap_or(by_date)
    };
    (0..lines.rows).map(of_row).collect()
}

/// The month of each row; voucher numbers may be reused in another month.
pub(crate) fn months(lines: &Lines) -> Vec<i32> {
    // Consecutive rows often have the same day, so the last result is cached.
    let mut last = (Day::NONE, 0);
    let month = |date: &Day| {
        if *date != last.0 {
            last = (*date, date.month());
        }
        last.1
    };
    lines.date.cells().iter().map(month).collect()
}

/// Numbers the lines of vouchers in order of appearance if no row has a line number.
fn number_lines(lines: &mut Lines) {
    if lines.line.is_recorded() {
        return;
    }
    let months = months(lines);
    let key = |row: u32| {
        let at = row as usize;
        (lines.village.at(at), months.get(at).copied(), lines.voucher.at(at), row)
    };
    let rows = row32(lines.rows);
    let mut order: Vec<_> = (0..rows).map(key).collect();
    order.par_sort_unstable();
    let mut numbers = vec![Int::NONE; lines.rows];
    let mut last = None;
    let mut number = 0;
    for (village, month, voucher, row) in order {
        let voucher = Some((village, month, voucher));
        number = if voucher == last { number + 1 } else { 1 };
        last = voucher;
        if let Some(place) = numbers.get_mut(row as usize) {
            *place = Int(number);
        }
    }
    lines.line = crate::ledger::contract::table::Col::new(numbers);
}

/// The accepted rows, sorted by village, month, voucher and line. Rows with the same key are either identical or all
/// rejected, so the order of files only determines which copy is reported as the first.
fn order(checks: &RowChecks<'_>, lines: &Lines, months: &[i32]) -> Vec<u32> {
    let key = |row: u32| {
        let at = row as usize;
        let month = months.get(at).copied().unwrap_or(0);
        (lines.village.at(at), month, lines.voucher.at(at), lines.line.at(at), row)
    };
    let rows = row32(lines.rows);
    let kept = (0..rows).filter(|row| checks.keeps(*row as usize));
    let mut keys: Vec<_> = kept.map(key).collect();
    if !keys.is_sorted() {
        keys.par_sort_unstable();
    }
    keys.into_iter().map(|(.., row)| row).collect()
}

/// Handles rows with the same key: identical rows count once, different rows are all rejected.
fn refuse_repeats(checks: &mut RowChecks<'_>, lines: &Lines, months: &[i32], order: &[u32]) {
    let key = |row: &u32| {
        let at = *row as usize;
        let month = months.get(at);
        (lines.village.at(at), month, lines.voucher.at(at), lines.line.at(at))
    };
    for same in order.chunk_by(|a, b| key(a) == key(b)).filter(|same| same.len() > 1) {
        let Some((first, others)) = same.split_first() else { continue };
        let first = *first as usize;
        let is_copy = others.iter().all(|other| lines.is_same(first, *other as usize));
        let value = checks.names.get(lines.voucher.at(first));
        if is_copy {
            let (file, row) = checks.raw.origin(first);
            let reason = format!("the same line stands in {file} row {row}");
            for other in others {
                checks.refuse(*other as usize, "line", value, reason.clone());
            }
        } else {
            let reason = "two different lines have this village, month, voucher and line";
            for row in same {
                checks.refuse(*row as usize, "line", value, reason.to_owned());
            }
        }
    }
}

fn is_same_voucher(lines: &Lines, months: &[i32], a: u32, b: u32) -> bool {
    let (a, b) = (a as usize, b as usize);
    lines.voucher.at(a) == lines.voucher.at(b)
        && months.get(a) == months.get(b)
        && lines.village.at(a) == lines.village.at(b)
}

/// Rejects all lines of unbalanced vouchers.
fn refuse_unbalanced(
    checks: &mut RowChecks<'_>,
    lines: &Lines,
    months: &[i32],
    order: &[u32],
    side_of: &impl Fn(Id) -> Option<Side>,
) {
    for voucher in order.chunk_by(|a, b| is_same_voucher(lines, months, *a, *b)) {
        let mut sums = Totals::default();
        for row in voucher {
            sums.add(side_of(lines.side.at(*row as usize)), lines.amount.at(*row as usize));
        }
        if sums.debit_fen == sums.credit_fen {
            continue;
        }
        let yuan = |fen: i128| Fen(i64::try_from(fen).unwrap_or(i64::MAX)).to_string();
        let reason = format!(
            "debits {} and credits {} of this voucher differ (lines refused before are not counted)",
            yuan(sums.debit_fen),
            yuan(sums.credit_fen)
        );
        for row in voucher {
            let value = checks.names.get(lines.voucher.at(*row as usize));
            checks.refuse(*row as usize, "amount", value, reason.clone());
        }
    }
}

/// The first line of each voucher in the order, and one past the last line.
pub(crate) fn starts(lines: &Lines, months: &[i32], order: &[u32]) -> Vec<LineIx> {
    let mut starts = vec![LineIx::from(0)];
    let mut next = 0;
    for voucher in order.chunk_by(|a, b| is_same_voucher(lines, months, *a, *b)) {
        next += voucher.len();
        starts.push(LineIx::from(next));
    }
    starts
}

fn strange_accounts(
    lines: &Lines,
    charts: &IxVec<LineIx, Chart>,
    names: &Names,
) -> BTreeMap<String, usize> {
    let known = |chart: Chart| names.map(|code| chart.knows(code));
    let (old, new) = (known(Chart::Of2004), known(Chart::Of2024));
    let mut strange: BTreeMap<Id, usize> = BTreeMap::new();
    for (account, chart) in lines.account.cells().iter().zip(charts) {
        let known = if *chart == Chart::Of2004 { &old } else { &new };
        if !known.get(account.0 as usize).copied().unwrap_or(false) {
            *strange.entry(*account).or_default() += 1;
        }
    }
    strange.into_iter().map(|(account, rows)| (names.get(account).to_owned(), rows)).collect()
}
