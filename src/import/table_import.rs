//! Imports one table: reads its files, writes its rows and verifies the result.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::Schema;
use sha2::{Digest, Sha256};

use super::arrays::array;
use super::control::{Control, WrittenRow};
use super::corrections::Corrections;
use super::error::Error;
use super::files;
use super::header::Header;
use super::identity::{Named, Register, Spellings};
use super::mapping::{Mapping, Origin};
use super::refused::Rejected;
use super::rejection::Rejection;
use super::report::{Counts, Report};
use super::rows::{Outcome, Rows};
use super::sheet::Sheet;
use super::value::Value;
use crate::ledger::decode::write::TableWriter;
use crate::ledger::delivery::notice::most_frequent;
use crate::words::translate::chinese;

/// The number of rows buffered before they are written.
const BATCH: usize = 16 * 1024;

/// Up to this many refused rows never stop an import, since a person can check them one by one.
const BEARABLE: u64 = 10;

/// The number of accounts outside their chart in a report.
const SHOWN: usize = 5;

/// The number of sample vouchers in a report.
const VOUCHERS: usize = 3;

/// If more than this share of a file's rows occurs in earlier files, it counts as the same period.
const SAME_PERIOD: f64 = 0.5;

/// Fewer equal rows are reported, but do not stop the import.
const FEW: u64 = 3;

/// State shared by all tables of one import.
#[derive(Debug)]
pub(super) struct Shared {
    /// The list of refusals.
    pub(super) rejected: Rejected,
    /// Corrected cells.
    pub(super) corrections: Corrections,
    /// The persons by name.
    pub(super) register: Register,
    /// The first spelling of each id.
    pub(super) spellings: Spellings,
}

/// One table that is being imported.
#[derive(Debug)]
pub(super) struct TableImport<'a> {
    mapping: &'a Mapping,
    writer: TableWriter,
    names: Vec<&'static str>,
    columns: Vec<Vec<Value>>,
    report: Report,
    control: Control,
    named: Named,
    /// The names of the sheets that were read, for messages.
    sheets: Vec<String>,
    /// The vouchers of the sample.
    sampled: Vec<String>,
}

impl<'a> TableImport<'a> {
    /// Starts the table and creates its file `target`.
    ///
    /// # Errors
    /// If the file cannot be created.
    pub(super) fn new(mapping: &'a Mapping, target: &Path) -> Result<Self, Error> {
        let table = mapping.table;
        let all = table.arrow();
        let names: Vec<&'static str> =
            mapping.columns.iter().map(|(field, _)| field.name).collect();
        let fields =
            all.fields().iter().filter(|field| names.contains(&field.name().as_str())).cloned();
        let writer =
            TableWriter::create(target, Arc::new(Schema::new(fields.collect::<Vec<_>>())))?;
        let sample = (names.clone(), Vec::new());
        Ok(Self {
            mapping,
            writer,
            columns: vec![Vec::new(); names.len()],
            names,
            report: Report { table: table.name, sample, ..Report::default() },
            control: Control::ignoring(numbered(mapping)),
            named: Named::default(),
            sheets: Vec::new(),
            sampled: Vec::new(),
        })
    }

    /// Reads all files and writes the table.
    ///
    /// # Errors
    /// If a file is invalid, or the result fails a check.
    pub(super) fn run(mut self, data: &Path, shared: &mut Shared) -> Result<Report, Error> {
        let source = &self.mapping.source;
        let respelled = shared.spellings.changed;
        let mut digests: BTreeMap<Vec<u8>, String> = BTreeMap::new();
        let mut is_read = false;
        let listed = files::files(&source.files, &source.exclude, data)?;
        let others = listed.others.iter().map(|name| format!("{name}: no table by its ending"));
        self.report.passed_over.extend(others);
        for file in listed.files {
            let bytes = fs::read(&file.path)
                .map_err(|source| Error::Io { path: file.path.clone(), source })?;
            if let Some(other) = digests.insert(Sha256::digest(&bytes).to_vec(), file.name.clone())
            {
                let what =
                    format!("it is the same file as {other}, byte for byte; leave one of them out");
                return Err(Error::Source { path: file.path, what });
            }
            let sheets =
                Sheet::all((&file.path, &file.name), &bytes, source.encoding, source.delimiter)?;
            let is_alone = sheets.len() == 1;
            for sheet in sheets {
                is_read |= self.sheet(&sheet, is_alone, shared)?;
            }
        }
        self.flush()?;
        if !is_read {
            let first = self.report.passed_over.first().cloned().unwrap_or_default();
            return Err(Error::NoSheet { table: self.report.table, first });
        }
        self.judge()?;
        self.report.respelled = shared.spellings.changed - respelled;
        self.writer.finish()?;
        Ok(self.report)
    }

    /// Reads a sheet; returns `false` if it was skipped.
    fn sheet(&mut self, sheet: &Sheet, is_alone: bool, shared: &mut Shared) -> Result<bool, Error> {
        let wanted = &self.mapping.source.sheets;
        let is_named = sheet.name.as_ref().is_some_and(|name| wanted.contains(name));
        let mut pass_over = |why: &str| {
            self.report.passed_over.push(format!("{}: {why}", sheet.told()));
            Ok(false)
        };
        if !is_named && !wanted.is_empty() && sheet.name.is_some() {
            return pass_over("not among the `sheets` of the mapping");
        }
        if !is_named && sheet.is_hidden {
            return pass_over("hidden; name it in `sheets` if it is meant");
        }
        let header = match Header::find(sheet, self.mapping) {
            Ok(header) => header,
            Err(missing) if is_alone || is_named || missing.is_close(self.mapping) => {
                return Err(sheet.wrong(&missing.told(&sheet.form())));
            }
            Err(_) => return pass_over("it does not have the columns"),
        };
        let mut rows = Rows::new(self.mapping, sheet, &header)?;
        self.report.columns_of(self.mapping, (sheet, &header), rows.places());
        let number = self.sheets.len();
        self.sheets.push(sheet.told());
        let before = std::mem::take(&mut self.report.counts);
        let mut record = 0;
        let first = header.records.end + self.mapping.source.skip;
        sheet.each(|line, cells| {
            record += 1;
            if record <= first {
                return Ok(());
            }
            let place = (
                self.report.table,
                sheet.file.as_str(),
                sheet.name.as_deref().unwrap_or_default(),
                line,
            );
            let corrected = shared.corrections.apply(place, &header.names, cells)?;
            let cells = corrected.as_ref().unwrap_or(cells);
            self.report.counts.read += 1;
            let nth = before.read + self.report.counts.read;
            let outcome = rows.read((line, cells), nth);
            if let Some(line) = rows.reordered() {
                return Err(sheet.wrong(&format!(
                    "line {line}: the names of the columns stand again in another order; put that table into a sheet of its own"
                )));
            }
            self.take(outcome, (sheet, number, line), shared)
        })?;
        let counts = std::mem::replace(&mut self.report.counts, before);
        self.report.counts.add(&counts);
        self.report.add_sheet(sheet, &header, rows, counts);
        Ok(true)
    }

    fn take(
        &mut self,
        outcome: Outcome,
        (sheet, number, line): (&Sheet, usize, u64),
        shared: &mut Shared,
    ) -> Result<(), Error> {
        match outcome {
            Outcome::LeftOut(why) => self.report.leave_out(why),
            Outcome::Rejected(wrong, money) => {
                self.report.counts.rejected += 1;
                self.report.count_money(&money, false);
                self.refuse(sheet, line, (&wrong, "row refused"), &mut shared.rejected)?;
            }
            Outcome::Entries(rows, emptied, money) => {
                self.report.count_money(&money, true);
                self.report.emptied += emptied.len() as u64;
                self.refuse(sheet, line, (&emptied, "cell emptied"), &mut shared.rejected)?;
                for mut values in rows {
                    shared.spellings.unify(&self.names, &mut values);
                    shared.register.add(self.mapping.table, &self.names, &values);
                    shared.register.identify(&self.names, &mut values, &mut self.named);
                    let place = (number, line);
                    self.control.note(
                        WrittenRow { columns: &self.names, values: &values, place },
                        &self.sheets,
                    );
                    self.keep(values)?;
                }
            }
        }
        Ok(())
    }

    fn keep(&mut self, values: Vec<Value>) -> Result<(), Error> {
        self.report.counts.written += 1;
        self.sample(&values);
        for (column, value) in self.columns.iter_mut().zip(values) {
            column.push(value);
        }
        let full = self.columns.first().is_some_and(|column| column.len() == BATCH);
        if full { self.flush() } else { Ok(()) }
    }

    /// Adds rows of the first vouchers to the sample.
    fn sample(&mut self, values: &[Value]) {
        let key = ["village", "date", "voucher"].map(|name| {
            let place = self.names.iter().position(|column| *column == name);
            place.and_then(|place| values.get(place)).map(Value::to_string).unwrap_or_default()
        });
        let voucher = key.join(" ");
        if !self.sampled.contains(&voucher) {
            if self.sampled.len() == VOUCHERS {
                return;
            }
            self.sampled.push(voucher);
        }
        let (_, rows) = &mut self.report.sample;
        if rows.len() < 4 * VOUCHERS {
            rows.push(values.iter().map(Value::to_string).collect());
        }
    }

    fn refuse(
        &mut self,
        sheet: &Sheet,
        line: u64,
        (wrong, done): (&[Rejection], &str),
        rejected: &mut Rejected,
    ) -> Result<(), Error> {
        let number = line.to_string();
        let name = sheet.name.as_deref().unwrap_or_default();
        for rejection in wrong {
            let Rejection { column, value, reason } = rejection;
            rejected.write([
                self.report.table,
                &sheet.file,
                name,
                &number,
                column,
                value,
                reason,
                &chinese(reason),
                done,
                "",
            ])?;
            self.report.refuse(sheet, line, rejection);
        }
        Ok(())
    }

    /// Checks the whole table: fails or adds remarks to the report.
    fn judge(&mut self) -> Result<(), Error> {
        let report = &mut self.report;
        let Counts { read, written, left_out, rejected, .. } = report.counts;
        if written == 0 {
            let first =
                report.rejections.first().cloned().unwrap_or_else(|| "there is none".to_owned());
            return Err(Error::NoRow { table: report.table, rows: read, first });
        }
        let entries = read - left_out;
        #[expect(clippy::cast_precision_loss, reason = "a share needs no 53 bits")]
        let share = |part: u64, whole: u64| part as f64 / whole.max(1) as f64;
        if rejected > BEARABLE && share(rejected, entries) > self.mapping.max_refused {
            let told = report.rejections.join("; ");
            let limit = self.mapping.max_refused * 100.0;
            return Err(Error::TooManyRefused {
                table: report.table,
                rejected,
                entries,
                limit,
                told,
            });
        }
        let overlaps = self.control.overlaps();
        for (first, file, rows, size) in &overlaps {
            // Sum over all earlier files, since the rows of a year may be spread over monthly sheets.
            let own = overlaps.iter().filter(|(_, other, ..)| other == file);
            let all: u64 = own.map(|(_, _, rows, _)| rows).sum();
            let name = |file: usize| self.sheets.get(file).cloned().unwrap_or_default();
            let (first, file, size) = (name(*first), name(*file), *size);
            if share(all, size) > SAME_PERIOD && all >= FEW && !self.mapping.source.allow_overlap {
                return Err(Error::Overlap { file, first, rows: all, size });
            }
            report
                .overlaps
                .add(|| format!("{rows} of the {size} rows of {file} also stand in {first}"));
        }
        let control = &mut self.control;
        report.unbalanced = control.unbalanced(&self.sheets);
        report.ambiguous = std::mem::take(&mut control.ambiguous);
        report.strange_accounts =
            (control.share_of_strange(), most_frequent(&control.strange, SHOWN));
        report.villages = std::mem::take(&mut control.villages);
        report.names = (self.named.matched, self.named.unmatched);
        report.shared_names = self.named.shared.iter().cloned().collect();
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Error> {
        let kinds = self.mapping.columns.iter().map(|(field, _)| field.kind);
        let arrays =
            kinds.zip(&mut self.columns).map(|(kind, column)| array(kind, std::mem::take(column)));
        Ok(self.writer.write(arrays.collect())?)
    }
}

/// The columns with row numbers, in which copies of a row differ.
fn numbered(mapping: &Mapping) -> Vec<&'static str> {
    let columns =
        mapping.columns.iter().filter(|(_, origin)| matches!(origin, Origin::RowNumber(_)));
    columns.map(|(field, _)| field.name).collect()
}
