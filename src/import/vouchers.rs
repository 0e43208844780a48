//! Vouchers as a clerk writes them down before payment: a row each, under headings in either language.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::Path;

use arrow::util::display::{ArrayFormatter, FormatOptions};
use csv::StringRecord;

use super::encoding::Encoding;
use super::error::Error;
use super::header::SOUGHT;
use super::init::words::{ACCOUNTS, ACCOUNTS_2004, DOCUMENTS, FLAGS, METHODS, Role, meaning, role};
use super::names::plain_name;
use super::reading::Reading;
use super::rejection::Rejection;
use super::sheet::Sheet;
use super::value::{self, Value, is_placeholder};
use crate::ledger::book::chart::Chart;
use crate::ledger::contract::clean::{Form, clean};
use crate::ledger::contract::schema::LEDGER;
use crate::ledger::contract::table::{Field, Kind};
use crate::ledger::decode::read::ParquetFile;

/// The columns without which no voucher can be checked.
const NEEDED: [&str; 2] = ["account", "amount"];

/// The words of rows that sum up others.
const SUMS: [&str; 5] = ["合计", "总计", "小计", "total", "sum"];

/// The vouchers of a file.
#[derive(Debug)]
pub struct Vouchers {
    /// The file, with its sheet if it is a workbook.
    pub told: String,
    /// The fields that have a column, each with the heading in the file.
    pub columns: Vec<(&'static Field, String)>,
    /// The rows that are not blank.
    pub rows: Vec<VoucherRow>,
}

/// A row of the file.
#[derive(Debug)]
pub struct VoucherRow {
    /// Its number in the file, counted from 1.
    pub line: u64,
    /// The cells that are filled, by field.
    pub cells: BTreeMap<&'static str, Value>,
    /// The cells that cannot be read.
    pub faults: Vec<Rejection>,
}

impl Vouchers {
    /// Reads a workbook, a table of text or a Parquet file.
    ///
    /// # Errors
    /// If the file is no table, no row has the headings, or no voucher stands below them.
    pub fn read(path: &Path, bytes: &[u8]) -> Result<Self, Error> {
        let name =
            path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let wrong = |what: String| Error::Source { path: path.to_owned(), what };
        let mut tables = if bytes.starts_with(b"PAR1") {
            vec![(name.clone(), parquet(path).map_err(wrong)?)]
        } else {
            texts(path, &name, bytes)?
        };
        let place = tables.iter().position(|(_, records)| header(records).is_some());
        let Some(place) = place else { return Err(wrong(without_headings(&tables))) };
        let (told, records) = tables.swap_remove(place);
        let Some(at) = header(&records) else { return Err(wrong(String::new())) };
        let (before, below) = records.split_at(at + 1);
        let columns = before.last().map_or_else(Vec::new, |(_, heading)| columns(heading));
        let rows: Vec<VoucherRow> =
            below.iter().filter_map(|(line, record)| row(*line, record, &columns)).collect();
        if rows.is_empty() {
            let what = "no voucher stands below the headings; fill in a row for each payment";
            return Err(wrong(what.to_owned()));
        }
        let columns = columns.into_iter().map(|(field, _, heading)| (field, heading)).collect();
        Ok(Self { told, columns, rows })
    }

    /// The heading of a field in the file, or its name.
    pub fn heading(&self, field: &str) -> String {
        let found = self.columns.iter().find(|(own, _)| own.name == field);
        found.map_or_else(|| field.to_owned(), |(_, heading)| heading.clone())
    }

    /// Whether the file has a column for a field.
    pub fn has(&self, field: &str) -> bool {
        self.columns.iter().any(|(own, _)| own.name == field)
    }
}

/// The code of an account by the name that a chart gives it.
pub fn account_named(chart: Chart, name: &str) -> Option<&'static str> {
    let names = match chart {
        Chart::Of2004 => ACCOUNTS_2004,
        Chart::Of2024 => ACCOUNTS,
    };
    meaning(names, name)
}

/// Rows with their numbers.
type Records = Vec<(u64, StringRecord)>;

/// The visible sheets of a workbook, or a table of text.
fn texts(path: &Path, name: &str, bytes: &[u8]) -> Result<Vec<(String, Records)>, Error> {
    let mut tables = Vec::new();
    for sheet in Sheet::all((path, name), bytes, Encoding::Auto, None)? {
        if sheet.is_hidden {
            continue;
        }
        let mut records = Vec::new();
        sheet.each(|line, record| {
            records.push((line, record.clone()));
            Ok(())
        })?;
        tables.push((sheet.told(), records));
    }
    Ok(tables)
}

/// The rows of a Parquet file below the names of its columns.
fn parquet(path: &Path) -> Result<Records, String> {
    let file = ParquetFile::open(path).map_err(|error| error.to_string())?;
    let names = file.schema().fields().iter().map(|field| field.name().as_str());
    let mut records = vec![(0, names.collect::<StringRecord>())];
    let mut line = 0;
    for batch in file.batches().map_err(|error| error.to_string())? {
        let options = FormatOptions::default();
        let columns = batch.columns().iter();
        let columns: Vec<ArrayFormatter<'_>> = columns
            .map(|column| ArrayFormatter::try_new(column.as_ref(), &options))
            .collect::<Result<_, _>>()
            .map_err(|error| error.to_string())?;
        for row in 0..batch.num_rows() {
            line += 1;
            let cells = columns.iter().map(|column| column.value(row).to_string());
            records.push((line, cells.collect::<StringRecord>()));
        }
    }
    Ok(records)
}

/// The record with the headings.
fn header(records: &Records) -> Option<usize> {
    let has_all = |record: &StringRecord| {
        let found = columns(record);
        NEEDED.iter().all(|name| found.iter().any(|(field, ..)| field.name == *name))
    };
    records.iter().take(SOUGHT).position(|(_, record)| has_all(record))
}

/// What to do with a file without the headings.
fn without_headings(tables: &[(String, Records)]) -> String {
    let rows = tables.iter().flat_map(|(_, records)| records.iter().take(SOUGHT));
    let nearest =
        rows.map(|(_, record)| record).min_by_key(|record| Reverse(columns(record).len()));
    let cells = nearest.map(|record| record.iter().filter(|cell| !cell.trim().is_empty()));
    let found: Vec<&str> = cells.map_or_else(Vec::new, Iterator::collect);
    if found.is_empty() {
        return "nothing is filled in; `mingzhang precheck --template` writes a workbook with the headings"
            .to_owned();
    }
    format!(
        "no row has the headings `account` (科目编码) and `amount` (金额); nearest is `{}`; `mingzhang precheck \
         --template` writes a workbook with the headings",
        found.join("`, `")
    )
}

/// The fields of a row of headings with their places, each with its heading.
fn columns(heading: &StringRecord) -> Vec<(&'static Field, usize, String)> {
    let mut found: Vec<(u8, &'static Field, usize, String)> = Vec::new();
    for (place, cell) in heading.iter().enumerate() {
        let Some((field, sure)) = field(cell) else { continue };
        match found.iter_mut().find(|(_, own, ..)| own.name == field.name) {
            Some(other) if other.0 < sure => *other = (sure, field, place, cell.trim().to_owned()),
            Some(_) => {}
            None => found.push((sure, field, place, cell.trim().to_owned())),
        }
    }
    found.into_iter().map(|(_, field, place, heading)| (field, place, heading)).collect()
}

/// The field that a heading means, and how surely.
fn field(heading: &str) -> Option<(&'static Field, u8)> {
    let name = plain_name(heading);
    let own = LEDGER.fields.iter().find(|field| field.name == name || plain_name(field.zh) == name);
    if let Some(field) = own {
        return Some((field, 4));
    }
    let (role, sure) = role(heading)?;
    let name = match role {
        Role::Field(name) => name,
        Role::Account | Role::AccountName => "account",
        Role::VillageName => "village",
        Role::Expense => "amount",
        _ => return None,
    };
    Some((LEDGER.field(name)?, sure))
}

/// A row that is neither blank nor a sum.
fn row(
    line: u64,
    record: &StringRecord,
    columns: &[(&'static Field, usize, String)],
) -> Option<VoucherRow> {
    let is_sum = |cell: &str| SUMS.contains(&plain_name(cell).to_lowercase().as_str());
    let account = columns.iter().find(|(field, ..)| field.name == "account");
    let account = account.and_then(|(_, place, _)| record.get(*place)).map_or("", str::trim);
    let is_blank = record.iter().all(|cell| cell.trim().is_empty());
    if is_blank || (account.is_empty() && record.iter().any(is_sum)) || is_sum(account) {
        return None;
    }
    let mut row = VoucherRow { line, cells: BTreeMap::new(), faults: Vec::new() };
    for (field, place, heading) in columns {
        let text = record.get(*place).unwrap_or_default().trim();
        match value(field, text) {
            Ok(Value::Empty) => {}
            Ok(value) => drop(row.cells.insert(field.name, value)),
            Err(reason) => row.faults.push(Rejection::new(heading, text, &reason)),
        }
    }
    Some(row)
}

/// The value of a cell, or why it cannot be read and what to write.
fn value(field: &'static Field, text: &str) -> Result<Value, String> {
    let words = match (field.name, field.kind) {
        ("method", _) => METHODS,
        ("document", _) => DOCUMENTS,
        (_, Kind::Flag) => FLAGS,
        _ => &[],
    };
    let text = meaning(words, text).unwrap_or(text);
    // 无 means something in lists that know it.
    let is_known = words.iter().any(|(_, meaning)| *meaning == text);
    if text.is_empty() || (!is_known && is_placeholder(field.kind, text, &[])) {
        return Ok(Value::Empty);
    }
    if !words.is_empty() && !is_known {
        let known = match field.name {
            "method" => "cash (现金), transfer (转账), card (银行卡), other (其他)",
            "document" => {
                "invoice (发票), receipt (收据), list (花名册), self_made (自制凭证), none (无)"
            }
            _ => "yes (是), no (否)",
        };
        return Err(format!("not known here; write {known}"));
    }
    let text = clean(text, Form::of(field));
    value::read(field.kind, &text, &Reading::default()).map_err(|wrong| wrong.to_string())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Vouchers;

    fn read(text: &str) -> Result<Vouchers, String> {
        let told = |error: crate::import::error::Error| error.to_string();
        Vouchers::read(Path::new("payments.csv"), text.as_bytes()).map_err(told)
    }

    #[test]
    fn headings_are_understood_in_either_language() {
        for text in [
            "village,account,amount,payee_name,method,committee_stamp\n990101101201,513,120.5,甲,cash,yes\n",
            "2024年付款\n行政村代码,科目名称,支出金额,收款人,支付方式,监委会盖章\n990101101201,管理费用,120.50元,甲,现金,√\n合计,,120.5\n,,\n",
        ] {
            let vouchers = read(text).unwrap();
            assert_eq!(vouchers.rows.len(), 1, "{text}");
            let row = &vouchers.rows[0];
            let told: Vec<String> = row.cells.iter().map(|(k, v)| format!("{k} {v}")).collect();
            let account =
                if text.starts_with("village") { "account 513" } else { "account 管理费用" };
            assert_eq!(
                told,
                [
                    account,
                    "amount 120.50",
                    "committee_stamp yes",
                    "method cash",
                    "payee_name 甲",
                    "village 990101101201"
                ]
            );
            assert_eq!(row.faults, []);
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_column_and_what_to_write() {
        let vouchers = read("科目编码,金额,支付方式\n513,很多,微信\n").unwrap();
        let faults = &vouchers.rows[0].faults;
        assert_eq!((vouchers.rows[0].line, faults.len()), (2, 2));
        assert_eq!((faults[0].column.as_str(), faults[0].value.as_str()), ("金额", "很多"));
        assert_eq!(faults[0].reason, "not a number such as 1,234.50");
        assert!(faults[1].reason.starts_with("not known here; write cash (现金)"));
    }

    #[test]
    fn a_file_without_headings_or_vouchers_says_what_to_do() {
        let wrong = read("甲,乙\n1,2\n").unwrap_err();
        assert!(wrong.contains("nearest is `甲`, `乙`") && wrong.contains("--template"), "{wrong}");
        let nothing = read("").unwrap_err();
        assert!(nothing.contains("nothing is filled in"), "{nothing}");
        let empty = read("account,amount\n").unwrap_err();
        assert!(empty.contains("fill in a row for each payment"), "{empty}");
        assert!(read("%PDF-1.4").is_err());
    }
}
