//! The mapping: which column of the source becomes which column of a table, and how.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::error::Error;
use super::value::{self, Reading};
use crate::ledger::schema::TABLES;
use crate::ledger::table::{Field, Need, Table};

/// The mapping as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    table: String,
    source: Source,
    #[serde(default)]
    columns: BTreeMap<String, Rule>,
    #[serde(default)]
    constants: BTreeMap<String, toml::Value>,
    sides: Option<Sides>,
}

/// The files that are read, and their form.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The files, relative to the mapping or to the folder given beside it.
    pub files: Vec<PathBuf>,
    /// `utf-8` (the default) or `gb18030`; a byte order mark decides otherwise.
    #[serde(default)]
    pub encoding: Encoding,
    /// What stands between two cells; a comma by default.
    #[serde(default = "comma")]
    pub delimiter: char,
    /// The record that holds the names of the columns, counted from 1; those above are left out.
    #[serde(default = "one")]
    pub header: usize,
    /// Records below the names that are left out, such as one of units.
    #[serde(default)]
    pub skip: usize,
    /// Rows that are no entries: for a source column the texts that mark them, such as 合计. Blanks inside do not count.
    #[serde(default)]
    pub leave_out: BTreeMap<String, Vec<String>>,
    /// Further texts that say that nothing is known, beside the usual ones such as 无, — and N/A.
    #[serde(default)]
    pub empty: Vec<String>,
}

/// How the bytes of a source are text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub enum Encoding {
    /// UTF-8.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// GB18030, and GBK and GB2312 with it.
    #[serde(rename = "gb18030", alias = "gbk", alias = "gb2312")]
    Gb18030,
}

fn comma() -> char {
    ','
}

fn one() -> usize {
    1
}

#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "expected the name of a source column, or a table with `column` or with `columns` and `join` (and \
                 `format`, `values`, `unit`, `repeat_above`) or with `row_number` (and `digits`)"
)]
enum Rule {
    Name(String),
    Cell(CellRule),
    RowNumber(RowNumber),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CellRule {
    column: Option<String>,
    #[serde(default)]
    columns: Vec<String>,
    #[serde(default)]
    join: String,
    format: Option<String>,
    #[serde(default)]
    values: BTreeMap<String, String>,
    unit: Option<value::Unit>,
    #[serde(default)]
    repeat_above: bool,
}

/// A text with the number of the row in it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowNumber {
    /// The text; `{}` stands for the number of the row, counted from 1 over all files.
    pub row_number: String,
    /// The number is filled up with zeros to so many digits.
    #[serde(default)]
    pub digits: usize,
}

/// Debit and credit amounts in two columns of the source.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sides {
    /// The column of debit amounts.
    pub debit: String,
    /// The column of credit amounts.
    pub credit: String,
    /// The unit of both.
    #[serde(default)]
    pub unit: value::Unit,
}

/// Where the cells of one column come from.
#[derive(Debug, Clone)]
pub enum Origin {
    /// A column of the source, or several whose texts are joined.
    Cell {
        /// Their names.
        columns: Vec<String>,
        /// What stands between the texts of several columns.
        join: String,
        /// How its texts are read.
        reading: Reading,
        /// An empty cell repeats the cell above, as in merged cells: within the voucher, but for the voucher's number, day and
        /// village.
        repeat_above: bool,
    },
    /// The same text in every row.
    Constant(String),
    /// The number of the row.
    RowNumber(RowNumber),
    /// The side whose amount is filled.
    Side,
    /// The amount of that side.
    Amount,
}

/// A mapping that agrees with itself and with the data contract.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// The table that it writes.
    pub table: &'static Table,
    /// What it reads.
    pub source: Source,
    /// Debit and credit in two columns.
    pub sides: Option<Sides>,
    /// The columns that it writes, in the table's order.
    pub columns: Vec<(&'static Field, Origin)>,
}

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// If the file cannot be read, is no mapping, names what the contract does not have, leaves out a
    /// column that the table needs, or gives a constant that does not fit its column.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let io = |source| Error::Io { path: path.to_owned(), source };
        let text = std::fs::read_to_string(path).map_err(io)?;
        let toml = |source| Error::Toml { path: path.to_owned(), source: Box::new(source) };
        let written: Written = toml::from_str(&text).map_err(toml)?;
        written.check().map_err(|what| Error::Mapping { path: path.to_owned(), what })
    }
}

impl Written {
    fn check(self) -> Result<Mapping, String> {
        let table = TABLES.iter().copied().find(|table| table.name == self.table);
        let table = table.ok_or_else(|| {
            let names: Vec<_> = TABLES.iter().map(|table| table.name).collect();
            format!("no table `{}`; the tables are {}", self.table, names.join(", "))
        })?;
        if self.source.files.is_empty() {
            return Err("`source.files` names no file".to_owned());
        }
        if !self.source.delimiter.is_ascii() || self.source.header == 0 {
            return Err(
                "`source.delimiter` must be an ASCII letter and `source.header` count from 1"
                    .to_owned(),
            );
        }
        let mut origins = BTreeMap::new();
        let constants = self.constants.into_iter().map(|(name, value)| (name, constant(value)));
        let rules = self.columns.into_iter().map(|(name, rule)| (name, rule.origin()));
        let sides = self.sides.iter().flat_map(|_| {
            [("side".to_owned(), Ok(Origin::Side)), ("amount".to_owned(), Ok(Origin::Amount))]
        });
        for (name, origin) in rules.chain(constants).chain(sides) {
            let field = table.field(&name).ok_or_else(|| no_field(table, &name))?;
            let origin = origin.and_then(|origin| fitting(field, origin));
            let origin = origin.map_err(|what| format!("column `{name}`: {what}"))?;
            if origins.insert(field.name, origin).is_some() {
                return Err(format!("column `{name}` is given twice"));
            }
        }
        let missing: Vec<_> = table
            .fields
            .iter()
            .filter(|field| field.need == Need::Required && !origins.contains_key(field.name))
            .map(|field| field.name)
            .collect();
        if !missing.is_empty() {
            return Err(format!("table `{}` also needs {}", table.name, missing.join(", ")));
        }
        let columns = table.fields.iter();
        let columns = columns.filter_map(|field| Some((field, origins.remove(field.name)?)));
        Ok(Mapping { table, source: self.source, sides: self.sides, columns: columns.collect() })
    }
}

impl Rule {
    fn origin(self) -> Result<Origin, String> {
        Ok(match self {
            Self::Name(column) => Origin::Cell {
                columns: vec![column],
                join: String::new(),
                reading: Reading::default(),
                repeat_above: false,
            },
            Self::Cell(CellRule { column, columns, join, format, values, unit, repeat_above }) => {
                let reading = Reading { format, values, unit };
                let columns = match (column, columns) {
                    (Some(column), columns) if columns.is_empty() => vec![column],
                    (None, columns) if columns.len() > 1 => columns,
                    _ => {
                        return Err("give one source column in `column`, or several in `columns`"
                            .to_owned());
                    }
                };
                Origin::Cell { columns, join, reading, repeat_above }
            }
            Self::RowNumber(rule) if rule.row_number.contains("{}") => Origin::RowNumber(rule),
            Self::RowNumber(_) => return Err("`row_number` must hold {} for the number".to_owned()),
        })
    }
}

fn no_field(table: &Table, name: &str) -> String {
    let names: Vec<_> = table.fields.iter().map(|field| field.name).collect();
    format!("table `{}` has no column `{name}`; its columns are {}", table.name, names.join(", "))
}

fn constant(value: toml::Value) -> Result<Origin, String> {
    match value {
        toml::Value::String(text) => Ok(Origin::Constant(text)),
        toml::Value::Array(_) | toml::Value::Table(_) => Err("a constant is one value".to_owned()),
        other => Ok(Origin::Constant(other.to_string())),
    }
}

/// Whether the text is the code of a village: the division code of 12 digits.
fn is_division(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The origin, if it makes sense for the field.
fn fitting(field: &Field, origin: Origin) -> Result<Origin, String> {
    match &origin {
        Origin::Constant(text) => {
            let value = value::read(field.kind, text, &Reading::default());
            value.map_err(|reason| format!("the constant {text:?}: {reason}"))?;
            if field.name == "village" && !is_division(text.trim()) {
                return Err(format!("the constant {text:?}: not a division code of 12 digits"));
            }
        }
        Origin::Cell { reading, .. } => reading.suits(field.kind)?,
        Origin::RowNumber(_) | Origin::Side | Origin::Amount => {}
    }
    Ok(origin)
}
