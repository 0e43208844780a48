//! The import report: results for each table, file and village.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::control::{Cases, VillageTotals, yuan};
use super::header::Header;
use super::mapping::{Mapping, Origin};
use super::no_entry::NoEntryReason;
use super::rejection::Rejection;
use super::rows::{Money, Rows};
use super::sheet::Sheet;
use super::sums::Difference;

/// The number of refusals in a report.
const SHOWN: usize = 5;

/// Control total of one column and side, in fen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Total {
    /// The sum over all rows whose amount could be parsed.
    pub read: i128,
    /// The sum over the rows that were written.
    pub written: i128,
}

/// The rows and the money of a table or of one of its sheets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows read.
    pub read: u64,
    /// Entries written; a row may have several.
    pub written: u64,
    /// Rows that are not entries.
    pub left_out: u64,
    /// Rows refused.
    pub rejected: u64,
    /// The money of each column and side.
    pub totals: BTreeMap<String, Total>,
}

impl Counts {
    /// Adds the counts of a sheet.
    pub(super) fn add(&mut self, sheet: &Self) {
        self.read += sheet.read;
        self.written += sheet.written;
        self.left_out += sheet.left_out;
        self.rejected += sheet.rejected;
        for (name, total) in &sheet.totals {
            let sum = self.totals.entry(name.clone()).or_default();
            sum.read += total.read;
            sum.written += total.written;
        }
    }
}

/// The result for one sheet.
#[derive(Debug, Clone, Default)]
pub struct SheetReport {
    /// The file, with the sheet.
    pub name: String,
    /// The format of the file.
    pub form: String,
    /// The row number of the header.
    pub header: u64,
    /// Its rows and money.
    pub counts: Counts,
    /// The number of its totals that agree with its entries.
    pub sums: u64,
}

/// The result for one table.
#[derive(Debug, Default)]
pub struct Report {
    /// The table.
    pub table: &'static str,
    /// All its rows and money.
    pub counts: Counts,
    /// Each sheet.
    pub sheets: Vec<SheetReport>,
    /// Sheets that were not read, and why.
    pub passed_over: Vec<String>,
    /// Rows that are not entries, by reason.
    pub left_out: BTreeMap<String, u64>,
    /// Notes among the rows, with the first examples.
    pub texts: Cases,
    /// The number of cells set to empty because they could not be parsed.
    pub emptied: u64,
    /// The first refusals: file, line and reason.
    pub rejections: Vec<String>,
    /// Refusals by column and reason: their number and the first text.
    pub reasons: BTreeMap<(String, String), (u64, String)>,
    /// Columns of the sources that the mapping does not read.
    pub unused: Vec<String>,
    /// Optional columns that a sheet lacks.
    pub lacking: Vec<String>,
    /// Placeholders such as 无 or N/A that were read as empty: source column, text and count.
    pub placeholders: BTreeMap<(String, String), u64>,
    /// Codes and names that were cleaned: source column, number of cells and the first original text.
    pub cleaned: BTreeMap<String, (u64, String)>,
    /// The number of ids whose upper or lower case was unified.
    pub respelled: u64,
    /// The number of names replaced by ids of the people register, and of names used as ids with their village.
    pub names: (u64, u64),
    /// Names that several persons of the register have.
    pub shared_names: Vec<String>,
    /// Totals in the sources that differ from their entries.
    pub sums: Cases,
    /// Balances of a cash book that do not follow from the row above.
    pub balances: Cases,
    /// Voucher numbers that may denote several vouchers.
    pub ambiguous: Cases,
    /// Vouchers whose debit and credit differ.
    pub unbalanced: Cases,
    /// Rows that occur in two files.
    pub overlaps: Cases,
    /// The share of rows whose account is not in its chart, and the most frequent such accounts with their rows.
    pub strange_accounts: (f64, Vec<(String, usize)>),
    /// Totals by village.
    pub villages: BTreeMap<String, VillageTotals>,
    /// The first entries as written: the column names and the rows.
    pub sample: (Vec<&'static str>, Vec<Vec<String>>),
}

impl Report {
    /// Counts a row that is not an entry.
    pub fn leave_out(&mut self, reason: NoEntryReason) {
        self.counts.left_out += 1;
        let kind = match reason {
            NoEntryReason::Blank => "blank".to_owned(),
            NoEntryReason::Marked(text) => format!("marked by the mapping: {text}"),
            NoEntryReason::Names => "names of columns again".to_owned(),
            NoEntryReason::Merged => "amount merged with the row above".to_owned(),
            NoEntryReason::Sum(word) => format!("sum: {word}"),
            NoEntryReason::Note(text) => {
                self.texts.add(|| text);
                "no amount, no day, no account".to_owned()
            }
        };
        *self.left_out.entry(kind).or_default() += 1;
    }

    /// Records the columns of a sheet that are not read, and the optional ones that it lacks.
    pub(super) fn columns_of(
        &mut self,
        mapping: &Mapping,
        (sheet, header): (&Sheet, &Header),
        places: &[usize],
    ) {
        let names = header.names.all().iter().enumerate();
        let unused = names.filter(|(place, name)| !places.contains(place) && !name.is_empty());
        for (_, name) in unused {
            if !self.unused.contains(name) {
                self.unused.push(name.clone());
            }
        }
        for (field, origin) in &mapping.columns {
            if let Origin::Cell(sources) = origin
                && !sources.iter().any(|source| source.fits(&header.names))
            {
                self.lacking.push(format!("{}: {}", sheet.told(), field.name));
            }
        }
    }

    /// Adds the money of a row to the control totals.
    pub(super) fn count_money(&mut self, money: &[Money], is_written: bool) {
        for (name, fen) in money {
            let total = self.counts.totals.entry(name.clone()).or_default();
            total.read += i128::from(fen.0);
            total.written += if is_written { i128::from(fen.0) } else { 0 };
        }
    }

    /// Records a refusal.
    pub(super) fn refuse(&mut self, sheet: &Sheet, line: u64, rejection: &Rejection) {
        let Rejection { column, value, reason } = rejection;
        let kind = (column.clone(), reason.clone());
        self.reasons.entry(kind).or_insert_with(|| (0, value.clone())).0 += 1;
        if self.rejections.len() < SHOWN {
            let column = told(", column ", column, |name| format!("`{name}`"));
            let value = told(": ", value, |text| format!("{text:?}"));
            let told = format!("{}, line {line}{column}{value}: {reason}", sheet.told());
            self.rejections.push(told);
        }
    }

    /// Adds the result for a sheet.
    pub(super) fn add_sheet(
        &mut self,
        sheet: &Sheet,
        header: &Header,
        rows: Rows<'_>,
        counts: Counts,
    ) {
        for difference in &rows.sums.differ {
            let Difference { line, word, column, says, entries } = difference;
            self.sums.add(|| {
                format!(
                    "{}, line {line}, {word}: `{}` says {}, the entries above add up to {}",
                    sheet.told(),
                    header.name(*column),
                    yuan(*says),
                    yuan(*entries)
                )
            });
        }
        for (line, says, follows) in rows.broken_balances() {
            self.balances.add(|| {
                format!(
                    "{}, line {line}: the balance is {says}, {follows} would follow",
                    sheet.told()
                )
            });
        }
        self.sheets.push(SheetReport {
            name: sheet.told(),
            form: sheet.form(),
            header: header.line,
            counts,
            sums: rows.sums.agree,
        });
        for (text, count) in rows.notes.placeholders {
            *self.placeholders.entry(text).or_default() += count;
        }
        for (column, (count, first)) in rows.notes.cleaned {
            self.cleaned.entry(column).or_insert_with(|| (0, first)).0 += count;
        }
    }

    /// Whether rows were refused or a check failed.
    pub fn is_doubtful(&self) -> bool {
        let cases = [&self.sums, &self.balances, &self.unbalanced, &self.ambiguous, &self.overlaps];
        self.counts.rejected + self.emptied > 0 || cases.iter().any(|cases| cases.count > 0)
    }

    /// The report as JSON.
    pub fn as_json(&self) -> Json {
        let placeholders = self.placeholders.iter();
        let placeholders: Vec<_> = placeholders
            .map(|((column, text), rows)| json!({"column": column, "text": text, "rows": rows}))
            .collect();
        let cleaned = self.cleaned.iter();
        let cleaned: Vec<_> =
            cleaned.map(|(column, (cells, first))| json!({"column": column, "cells": cells, "first": first})).collect();
        let reasons = self.reasons.iter();
        let reasons: Vec<_> = reasons
            .map(|((column, reason), (count, first))| json!({"column": column, "reason": reason, "count": count, "first": first}))
            .collect();
        let sheets: Vec<_> = self
            .sheets
            .iter()
            .map(|sheet| {
                json!({
                    "name": sheet.name, "form": sheet.form, "names_in_row": sheet.header,
                    "rows": rows(&sheet.counts), "yuan": money(&sheet.counts), "sums_that_agree": sheet.sums,
                })
            })
            .collect();
        let villages: BTreeMap<_, _> = self
            .villages
            .iter()
            .map(|(village, totals)| {
                let days = totals.days.map(|(first, last)| [first.date().to_string(), last.date().to_string()]);
                let told = json!({
                    "rows": totals.rows, "debit": yuan(totals.debit), "credit": yuan(totals.credit), "days": days,
                });
                (village, told)
            })
            .collect();
        let (share, accounts) = &self.strange_accounts;
        json!({
            "table": self.table,
            "rows": rows(&self.counts),
            "yuan": money(&self.counts),
            "sheets": sheets,
            "villages": villages,
            "sheets_not_read": self.passed_over,
            "left_out": self.left_out,
            "first_notes_left_out": self.texts.first,
            "cells_emptied": self.emptied,
            "first_rejections": self.rejections,
            "refused_by_reason": reasons,
            "unused_columns": self.unused,
            "columns_that_sheets_lack": self.lacking,
            "taken_for_nothing": placeholders,
            "cleaned": cleaned,
            "ids_respelled": self.respelled,
            "names": {"of_the_register": self.names.0, "with_their_village": self.names.1, "shared": self.shared_names},
            "sums_that_differ": cases(&self.sums),
            "balances_that_do_not_follow": cases(&self.balances),
            "vouchers_with_several_days_or_files": cases(&self.ambiguous),
            "vouchers_that_do_not_balance": cases(&self.unbalanced),
            "rows_in_two_files": cases(&self.overlaps),
            "accounts_outside_the_chart": {"share_of_rows": share, "accounts": accounts},
        })
    }
}

/// A part of a message after `lead`; empty for an empty text.
fn told(lead: &str, text: &str, form: impl Fn(&str) -> String) -> String {
    if text.is_empty() { String::new() } else { format!("{lead}{}", form(text)) }
}

fn cases(cases: &Cases) -> Json {
    json!({"count": cases.count, "first": cases.first})
}

fn rows(counts: &Counts) -> Json {
    let Counts { read, written, left_out, rejected, .. } = counts;
    json!({"read": read, "written": written, "left_out": left_out, "rejected": rejected})
}

fn money(counts: &Counts) -> Json {
    let totals = counts.totals.iter().map(|(column, total)| {
        let [read, written, rejected] = sums(total);
        (column.clone(), json!({"read": read, "written": written, "rejected": rejected}))
    });
    totals.collect::<serde_json::Map<_, _>>().into()
}

/// Read, written and refused, in yuan.
pub fn sums(total: &Total) -> [String; 3] {
    [yuan(total.read), yuan(total.written), yuan(total.read - total.written)]
}
