//! Several mappings carried out: all tables are written beside the folder, which then appears at once.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array, ListBuilder,
    StringArray, StringBuilder, TimestampMillisecondArray,
};
use arrow::datatypes::Schema;

use super::error::Error;
use super::mapping::Mapping;
use super::rows::{Outcome, Rejection, Rows, Total};
use super::source::Sheet;
use super::value::Value;
use crate::ledger::cell::{Cell, Day, Flag, Moment};
use crate::ledger::table::Kind;
use crate::ledger::write::TableWriter;

/// The rejected rows, beside the tables.
pub const REJECTED: &str = "import_rejected.csv";

/// Rows that are held before they are written.
const BATCH: usize = 16 * 1024;

/// The rejections that a report shows.
const SHOWN: usize = 5;

/// What became of the rows of one table.
#[derive(Debug)]
pub struct Report {
    /// The table.
    pub table: &'static str,
    /// Rows read from all files.
    pub read: u64,
    /// Rows written.
    pub written: u64,
    /// Rows that the mapping names as no entries.
    pub left_out: u64,
    /// Rows rejected.
    pub rejected: u64,
    /// The money of each column and side, before and after.
    pub totals: BTreeMap<String, Total>,
    /// The first rejections: file, line and what is wrong.
    pub rejections: Vec<String>,
    /// Columns of the sources that the mapping does not read.
    pub unused: Vec<String>,
    /// Placeholders such as 无 or N/A, which count as empty: the source column, the text, and how often.
    pub placeholders: BTreeMap<(String, String), u64>,
    /// Vouchers whose number may stand for several.
    pub ambiguous: Ambiguous,
}

/// Vouchers whose number has several days in a month, or stands in several files.
#[derive(Debug, Default)]
pub struct Ambiguous {
    /// How many.
    pub count: u64,
    /// What the first of them are.
    pub first: Vec<String>,
    /// The vouchers by village, month and number.
    seen: BTreeMap<(String, i32, String), Seen>,
}

/// Where a voucher first stood.
#[derive(Debug)]
struct Seen {
    day: Day,
    file: String,
    line: u64,
    is_ambiguous: bool,
}

impl Ambiguous {
    /// Takes note of a row of a voucher.
    fn note(&mut self, (village, voucher, day): (&str, &str, Day), file: &str, line: u64) {
        let key = (village.to_owned(), day.month(), voucher.to_owned());
        let seen = self.seen.entry(key);
        let seen =
            seen.or_insert_with(|| Seen { day, file: file.to_owned(), line, is_ambiguous: false });
        if (seen.day == day && seen.file == file) || seen.is_ambiguous {
            return;
        }
        seen.is_ambiguous = true;
        self.count += 1;
        if self.first.len() < SHOWN {
            let Seen { day: before, file: other, line: at, .. } = seen;
            let (before, now) = (before.date(), day.date());
            self.first.push(format!(
                "voucher {voucher} of {village}: {before} ({other}, line {at}) and {now} ({file}, line {line})"
            ));
        }
    }
}

/// Carries out the mappings and publishes the folder `out`.
///
/// The sources are looked for in `data`, or beside their mapping. `out` must not exist or be empty. The
/// tables, and `import_rejected.csv` if a row was rejected, are written into a new folder beside `out`,
/// which is renamed at the very end.
///
/// # Errors
/// If a mapping or a source is wrong as a whole, no row of a table can be understood, or the file system
/// refuses; nothing is published then.
pub fn import(mappings: &[PathBuf], data: Option<&Path>, out: &Path) -> Result<Vec<Report>, Error> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::Io { path, source }
    };
    let plans = mappings.iter().map(|path| Ok((path, Mapping::read(path)?)));
    let plans: Vec<_> = plans.collect::<Result<_, Error>>()?;
    for (place, (_, plan)) in plans.iter().enumerate() {
        if plans.iter().take(place).any(|(_, before)| before.table.name == plan.table.name) {
            return Err(Error::Twice { table: plan.table.name });
        }
    }
    if out.exists() && out.read_dir().map_err(io(out))?.next().is_some() {
        return Err(Error::Occupied { path: out.to_owned() });
    }
    let above =
        out.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(above).map_err(io(above))?;
    let folder =
        tempfile::Builder::new().prefix(".import-").tempdir_in(above).map_err(io(above))?;
    let fresh = folder.path().join("dataset");
    fs::create_dir(&fresh).map_err(io(&fresh))?;
    let mut rejected = Rejected { path: fresh.join(REJECTED), file: None };
    let mut reports = Vec::new();
    for (path, plan) in &plans {
        let beside = path.parent().unwrap_or(Path::new("."));
        let target = fresh.join(format!("{}.parquet", plan.table.name));
        reports.push(Import::new(plan, &target)?.run(data.unwrap_or(beside), &mut rejected)?);
    }
    rejected.finish()?;
    if out.exists() {
        fs::remove_dir(out).map_err(io(out))?;
    }
    fs::rename(&fresh, out).map_err(io(out))?;
    Ok(reports)
}

/// The rejected rows as a file; it is made for the first of them.
struct Rejected {
    path: PathBuf,
    file: Option<csv::Writer<File>>,
}

impl Rejected {
    fn write(&mut self, cells: [&str; 6]) -> Result<(), Error> {
        self.try_write(cells).map_err(|source| self.error(source.into()))
    }

    fn try_write(&mut self, cells: [&str; 6]) -> csv::Result<()> {
        let mut file = if let Some(file) = self.file.take() {
            file
        } else {
            let mut file = csv::Writer::from_path(&self.path)?;
            file.write_record(["table", "file", "line", "column", "value", "reason"])?;
            file
        };
        file.write_record(cells)?;
        self.file = Some(file);
        Ok(())
    }

    fn finish(mut self) -> Result<(), Error> {
        let flushed = self.file.take().map_or(Ok(()), |mut file| file.flush());
        flushed.map_err(|source| self.error(source))
    }

    fn error(&self, source: std::io::Error) -> Error {
        Error::Io { path: self.path.clone(), source }
    }
}

/// One table that is being imported.
struct Import<'a> {
    mapping: &'a Mapping,
    writer: TableWriter,
    columns: Vec<Vec<Value>>,
    report: Report,
}

impl<'a> Import<'a> {
    fn new(mapping: &'a Mapping, target: &Path) -> Result<Self, Error> {
        let table = mapping.table;
        let all = table.arrow();
        let wanted = |name: &str| mapping.columns.iter().any(|(field, _)| field.name == name);
        let fields = all.fields().iter().filter(|field| wanted(field.name())).cloned();
        let writer =
            TableWriter::create(target, Arc::new(Schema::new(fields.collect::<Vec<_>>())))?;
        let report = Report {
            table: table.name,
            read: 0,
            written: 0,
            left_out: 0,
            rejected: 0,
            totals: BTreeMap::new(),
            rejections: Vec::new(),
            unused: Vec::new(),
            placeholders: BTreeMap::new(),
            ambiguous: Ambiguous::default(),
        };
        Ok(Self { mapping, writer, columns: vec![Vec::new(); mapping.columns.len()], report })
    }

    fn run(mut self, data: &Path, rejected: &mut Rejected) -> Result<Report, Error> {
        for file in &self.mapping.source.files {
            let sheet = Sheet::open(&data.join(file), &self.mapping.source)?;
            let mut rows = Rows::new(self.mapping, &sheet)?;
            self.unused(&sheet, &rows);
            let name = file.display().to_string();
            sheet.rows(|row| {
                self.report.read += 1;
                match rows.read(row, self.report.read, &mut self.report.totals) {
                    Outcome::Row(values) => {
                        self.note(&values, &name, row.line);
                        self.keep(values)
                    }
                    Outcome::LeftOut => {
                        self.report.left_out += 1;
                        Ok(())
                    }
                    Outcome::Rejected(wrong) => self.reject(&name, row.line, &wrong, rejected),
                }
            })?;
            for (text, count) in rows.placeholders {
                *self.report.placeholders.entry(text).or_default() += count;
            }
        }
        self.flush()?;
        let Self { writer, report, .. } = self;
        if report.written == 0 {
            let first =
                report.rejections.into_iter().next().unwrap_or_else(|| "there is none".to_owned());
            return Err(Error::NoRow { table: report.table, rows: report.read, first });
        }
        writer.finish()?;
        Ok(report)
    }

    /// Takes note of the voucher of a row of the ledger.
    fn note(&mut self, values: &[Value], file: &str, line: u64) {
        let of = |name: &str| {
            let place = self.mapping.columns.iter().position(|(field, _)| field.name == name);
            values.get(place?)
        };
        let (Some(Value::Text(village)), Some(Value::Text(voucher)), Some(Value::Day(day))) =
            (of("village"), of("voucher"), of("date"))
        else {
            return;
        };
        self.report.ambiguous.note((village, voucher, *day), file, line);
    }

    fn unused(&mut self, sheet: &Sheet, rows: &Rows<'_>) {
        let places = rows.places();
        let names = sheet.names().iter().enumerate();
        let unused = names.filter(|(place, name)| !places.contains(place) && !name.is_empty());
        for (_, name) in unused {
            if !self.report.unused.contains(name) {
                self.report.unused.push(name.clone());
            }
        }
    }

    fn keep(&mut self, values: Vec<Value>) -> Result<(), Error> {
        self.report.written += 1;
        for (column, value) in self.columns.iter_mut().zip(values) {
            column.push(value);
        }
        let full = self.columns.first().is_some_and(|column| column.len() == BATCH);
        if full { self.flush() } else { Ok(()) }
    }

    fn reject(
        &mut self,
        file: &str,
        line: u64,
        wrong: &[Rejection],
        rejected: &mut Rejected,
    ) -> Result<(), Error> {
        self.report.rejected += 1;
        let line = line.to_string();
        for Rejection { column, value, reason } in wrong {
            rejected.write([self.report.table, file, &line, column, value, reason])?;
            if self.report.rejections.len() < SHOWN {
                let column = told(", column ", column, |name| format!("`{name}`"));
                let value = told(": ", value, |text| format!("{text:?}"));
                let told = format!("{file}, line {line}{column}{value}: {reason}");
                self.report.rejections.push(told);
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Error> {
        let kinds = self.mapping.columns.iter().map(|(field, _)| field.kind);
        let arrays =
            kinds.zip(&mut self.columns).map(|(kind, column)| array(kind, std::mem::take(column)));
        Ok(self.writer.write(arrays.collect())?)
    }
}

/// A part of a message, with what leads to it; nothing for an empty text.
fn told(lead: &str, text: &str, form: impl Fn(&str) -> String) -> String {
    if text.is_empty() { String::new() } else { format!("{lead}{}", form(text)) }
}

/// The values of a column in the type that the contract writes.
fn array(kind: Kind, values: Vec<Value>) -> ArrayRef {
    macro_rules! cells {
        ($array:ident, $value:ident) => {
            values
                .into_iter()
                .map(|value| match value {
                    Value::$value(cell) => cell.some().map(|cell| cell.0),
                    _ => None,
                })
                .collect::<$array>()
        };
    }
    match kind {
        Kind::Text => Arc::new(
            values
                .into_iter()
                .map(|value| match value {
                    Value::Text(text) => Some(text),
                    _ => None,
                })
                .collect::<StringArray>(),
        ),
        Kind::Day => Arc::new(cells!(Date32Array, Day)),
        Kind::Moment => Arc::new(
            values
                .into_iter()
                .map(|value| match value {
                    Value::Moment(moment) => moment.some().map(Moment::milliseconds),
                    _ => None,
                })
                .collect::<TimestampMillisecondArray>(),
        ),
        Kind::Money => {
            let fen = values.into_iter().map(|value| match value {
                Value::Money(fen) => fen.some().map(|fen| i128::from(fen.0)),
                _ => None,
            });
            Arc::new(fen.collect::<Decimal128Array>().with_data_type(kind.arrow()))
        }
        Kind::Int => Arc::new(cells!(Int32Array, Int)),
        Kind::Real => Arc::new(cells!(Float64Array, Real)),
        Kind::Flag => Arc::new(
            values
                .into_iter()
                .map(|value| match value {
                    Value::Flag(Flag::Yes) => Some(true),
                    Value::Flag(Flag::No) => Some(false),
                    _ => None,
                })
                .collect::<BooleanArray>(),
        ),
        Kind::List => {
            let mut lists = ListBuilder::new(StringBuilder::new());
            for value in values {
                match value {
                    Value::List(words) => lists.append_value(words.into_iter().map(Some)),
                    _ => lists.append_null(),
                }
            }
            Arc::new(lists.finish())
        }
    }
}
