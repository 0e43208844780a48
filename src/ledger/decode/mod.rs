//! Decoding of tables: converts known columns to cells and records faults, without validation.
//!
//! Each column of each row group is one task, so that a single large file uses all cores. Strings are interned by task
//! and ranked at the end.

pub mod answers;
pub mod column;
pub mod dataset;
pub mod read;
pub mod write;

use std::collections::BTreeSet;
use std::path::PathBuf;

use arrow::array::{Array, ArrayRef, AsArray, DictionaryArray, StringArray, new_empty_array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int32Type};
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use thiserror::Error;

use crate::ledger::contract::cell::{Cell, Id};
use crate::ledger::contract::clean::{Form, clean, is_identity, is_nobody};
use crate::ledger::contract::coerce::{self, Coerced, Unfit};
use crate::ledger::contract::fault::Fault;
use crate::ledger::contract::names::{Collector, Names};
use crate::ledger::contract::schema::LEDGER;
use crate::ledger::contract::table::{Cells, Field, Kind, Need, Table};
use crate::ledger::decode::dataset::Source;
use crate::ledger::decode::read::ParquetFile;

/// Errors that make a table unusable.
#[derive(Debug, Error)]
pub enum Error {
    /// A file cannot be read.
    #[error(transparent)]
    Read(#[from] read::Error),
    /// A file lacks a required column.
    #[error(
        "{file}: the table `{table}` must have a column `{column}`, but the file has {found}; \
         rename the column, or bring the file in with `mingzhang import`"
    )]
    MissingColumn {
        /// The file.
        file: String,
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The columns found.
        found: String,
    },
    /// A required column has an unsupported type.
    #[error("{file}: column `{column}` of table `{table}` cannot be used")]
    WrongType {
        /// The file.
        file: String,
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The expected and the found type.
        source: Unfit,
    },
}

/// A file of a table with its first row.
#[derive(Debug, Clone)]
pub(in crate::ledger) struct Span {
    pub(in crate::ledger) file: String,
    pub(in crate::ledger) start: usize,
}

/// A cell that could not be parsed; it is left empty.
#[derive(Debug, Clone)]
pub(in crate::ledger) struct RawFault {
    pub(in crate::ledger) field: &'static Field,
    pub(in crate::ledger) row: usize,
    pub(in crate::ledger) value: String,
    pub(in crate::ledger) reason: String,
}

/// A decoded table.
#[derive(Debug)]
pub(crate) struct Raw {
    pub(crate) rows: usize,
    pub(in crate::ledger) spans: Vec<Span>,
    pub(in crate::ledger) columns: Vec<(&'static str, Cells)>,
    pub(in crate::ledger) faults: Vec<RawFault>,
    /// Columns that are not in the contract.
    pub(in crate::ledger) unknown: Vec<String>,
    /// Messages on conversions and unusable columns.
    pub(in crate::ledger) notes: Vec<String>,
}

impl Raw {
    /// A table with this number of rows and no columns.
    pub(in crate::ledger) fn empty(rows: usize) -> Self {
        Self {
            rows,
            spans: Vec::new(),
            columns: Vec::new(),
            faults: Vec::new(),
            unknown: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// An unusable table, with the reason as a note.
    fn unusable(why: &Error) -> Self {
        let mut raw = Self::empty(0);
        raw.notes.push(format!("the table is not used: {why}"));
        raw
    }

    /// Takes a column out.
    pub(crate) fn take(&mut self, name: &str) -> Option<Cells> {
        let place = self.columns.iter().position(|(column, _)| *column == name)?;
        Some(self.columns.swap_remove(place).1)
    }

    /// The file of a row of the table, and the row in the file, counted from 1.
    pub(in crate::ledger) fn origin(&self, row: usize) -> (&str, usize) {
        origin(&self.spans, row)
    }
}

/// The file of a row in a table with these files, and the row in the file, counted from 1.
pub(in crate::ledger) fn origin(files: &[Span], row: usize) -> (&str, usize) {
    let after = files.partition_point(|span| span.start <= row);
    let span = after.checked_sub(1).and_then(|place| files.get(place));
    span.map_or(("", row + 1), |span| (span.file.as_str(), row - span.start + 1))
}

/// One column of one row group of one file, to be decoded.
struct Task {
    table: usize,
    field: &'static Field,
    file: usize,
    column: usize,
    row_group: usize,
    /// The first row of the row group in the table.
    start: usize,
}

/// The result of a task.
struct Chunk {
    cells: Cells,
    collector: Option<Collector>,
    faults: Vec<Fault>,
    converted: Option<String>,
}

/// Decoded tables, in the order of the contract.
pub(crate) type Raws = Vec<(&'static Table, Raw)>;

/// The columns of a table to be decoded, and the villages whose lines are looked for.
#[derive(Debug, Clone, Copy)]
pub(in crate::ledger) struct Part<'a> {
    /// Columns of the ledger; other tables are decoded whole.
    pub(in crate::ledger) columns: &'a [&'static str],
    /// The first and the last village; groups of rows that hold none between them are not decoded.
    pub(in crate::ledger) villages: (&'a str, &'a str),
}

impl Part<'_> {
    fn wants(&self, table: &Table, field: &Field) -> bool {
        table.name != LEDGER.name || self.columns.contains(&field.name)
    }

    fn may_be_in(&self, table: &Table, file: &ParquetFile, row_group: usize) -> bool {
        table.name != LEDGER.name || file.may_hold(row_group, "village", self.villages)
    }
}

/// Reads all tables of a source and all their strings.
///
/// # Errors
/// If a file cannot be decoded, or a required column is missing or has an unsupported type.
pub(crate) fn read_tables(source: &Source) -> Result<(Names, Raws), Error> {
    read_part(source, None)
}

/// As [`read_tables`], but of the ledger only a part.
pub(in crate::ledger) fn read_part(
    source: &Source,
    part: Option<Part<'_>>,
) -> Result<(Names, Raws), Error> {
    let mut raws = Vec::new();
    let mut tasks = Vec::new();
    let mut opened = Vec::new();
    for (table, paths) in &source.tables {
        if paths.is_empty() {
            continue;
        }
        let files = open_all(paths)?;
        let mut own = Vec::new();
        let planned = plan((source, part), table, &files, (raws.len(), opened.len()), &mut own);
        // An unusable companion table is treated as not delivered, with a note.
        let raw = match planned {
            Err(unusable) if table.name != LEDGER.name => Raw::unusable(&unusable),
            planned => planned?,
        };
        if raw.notes.is_empty() {
            tasks.append(&mut own);
        }
        raws.push((*table, raw));
        opened.extend(files);
    }
    let decoded: Vec<Result<Chunk, Failure>> =
        tasks.par_iter().map(|task| decode(opened.get(task.file), task)).collect();
    let mut chunks = Vec::with_capacity(tasks.len());
    for (task, chunk) in tasks.into_iter().zip(decoded) {
        match chunk {
            Ok(chunk) => chunks.push((task, chunk)),
            Err(Failure::Read(error)) => return Err(error.into()),
            Err(Failure::Unfit(unfit)) => {
                let name =
                    opened.get(task.file).map_or_else(String::new, |file| source.name(file.path()));
                let Some((table, raw)) = raws.get_mut(task.table) else { continue };
                if task.field.need == Need::Required && table.name == LEDGER.name {
                    let (file, table, column) = (name, table.name, task.field.name);
                    return Err(Error::WrongType { file, table, column, source: unfit });
                }
                raw.notes
                    .push(format!("{name}: column `{}` is not used: {unfit}", task.field.name));
            }
        }
    }
    Ok(assemble(raws, chunks))
}

fn open_all(paths: &[PathBuf]) -> Result<Vec<ParquetFile>, read::Error> {
    paths.par_iter().map(|path| ParquetFile::open(path)).collect()
}

/// Plans the decoding of a table: columns of files, and their rows in the table.
fn plan(
    (source, part): (&Source, Option<Part<'_>>),
    table: &'static Table,
    files: &[ParquetFile],
    (index, first_file): (usize, usize),
    tasks: &mut Vec<Task>,
) -> Result<Raw, Error> {
    let mut raw = Raw::empty(0);
    for (place, file) in files.iter().enumerate() {
        let name = source.name(file.path());
        let found: Vec<&str> =
            file.schema().fields().iter().map(|field| field.name().as_str()).collect();
        for field in table.fields.iter().filter(|field| field.need == Need::Required) {
            if !found.contains(&field.name) {
                return Err(Error::MissingColumn {
                    file: name,
                    table: table.name,
                    column: field.name,
                    found: listed(&found),
                });
            }
        }
        raw.unknown.extend(
            found.iter().filter(|name| table.field(name).is_none()).map(|name| (*name).to_owned()),
        );
        raw.spans.push(Span { file: name, start: raw.rows });
        for (row_group, rows) in file.row_groups().into_iter().enumerate() {
            if part.is_some_and(|part| !part.may_be_in(table, file, row_group)) {
                continue;
            }
            for (column, name) in found.iter().enumerate() {
                let Some(field) = table.field(name) else { continue };
                if part.is_some_and(|part| !part.wants(table, field)) {
                    continue;
                }
                let (file, start) = (first_file + place, raw.rows);
                tasks.push(Task { table: index, field, file, column, row_group, start });
            }
            raw.rows += rows;
        }
    }
    raw.unknown.sort();
    raw.unknown.dedup();
    Ok(raw)
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() {
        "no column at all".to_owned()
    } else {
        format!("`{}`", names.join("`, `"))
    }
}

enum Failure {
    Read(read::Error),
    Unfit(Unfit),
}

fn decode(file: Option<&ParquetFile>, task: &Task) -> Result<Chunk, Failure> {
    let kind = file.map(|file| file.schema().field(task.column).data_type());
    // Columns of maps or structures are rejected by type, because decoding may need far more memory than the file size.
    let structure = kind.filter(|kind| is_structure(kind)).map(new_empty_array);
    let arrays: Vec<ArrayRef> = match (structure, file) {
        (Some(empty), _) => vec![empty],
        (None, Some(file)) => {
            let batches = file.read(task.row_group, &[task.column]).map_err(Failure::Read)?;
            batches.iter().filter_map(|batch| batch.columns().first().cloned()).collect()
        }
        (None, None) => Vec::new(),
    };
    let chunk = match task.field.kind {
        Kind::Text | Kind::List => texts(&arrays, task.field),
        Kind::Day => typed(&arrays, coerce::day, Cells::Day),
        Kind::Moment => typed(&arrays, coerce::moment, Cells::Moment),
        Kind::Money => typed(&arrays, coerce::money, Cells::Money),
        Kind::Int => typed(&arrays, coerce::int, Cells::Int),
        Kind::Real => typed(&arrays, coerce::real, Cells::Real),
        Kind::Flag => typed(&arrays, coerce::flag, Cells::Flag),
    };
    chunk.map_err(Failure::Unfit)
}

/// Whether a column holds maps or structures, or lists of them.
fn is_structure(kind: &DataType) -> bool {
    match kind {
        DataType::List(inner) | DataType::LargeList(inner) | DataType::FixedSizeList(inner, _) => {
            inner.data_type().is_nested()
        }
        kind => kind.is_nested(),
    }
}

fn typed<T>(
    arrays: &[ArrayRef],
    coerce: impl Fn(&dyn Array) -> Result<Coerced<T>, Unfit>,
    wrap: impl Fn(Vec<T>) -> Cells,
) -> Result<Chunk, Unfit> {
    let mut cells = Vec::new();
    let mut faults = Vec::new();
    let mut converted = None;
    for array in arrays {
        let mut part = coerce(array.as_ref())?;
        for fault in &mut part.faults {
            fault.row += cells.len();
        }
        faults.append(&mut part.faults);
        cells.append(&mut part.cells);
        converted = converted.or(part.converted);
    }
    Ok(Chunk { cells: wrap(cells), collector: None, faults, converted })
}

fn texts(arrays: &[ArrayRef], field: &Field) -> Result<Chunk, Unfit> {
    let mut words = Words { collector: Collector::default(), form: None, notes: BTreeSet::new() };
    words.form = is_identity(field).then(|| Form::of(field));
    let mut cells = Vec::new();
    for array in arrays {
        let kind = array.data_type();
        if kind.is_integer() {
            words.notes.insert(format!("{kind} to text"));
        }
        collect(array, &mut words, &mut cells)?;
    }
    let Words { collector, notes, .. } = words;
    let notes: Vec<String> = notes.into_iter().collect();
    let converted = (!notes.is_empty()).then(|| notes.join("; "));
    Ok(Chunk {
        cells: Cells::Text(cells),
        collector: Some(collector),
        faults: Vec::new(),
        converted,
    })
}

/// The strings of one column chunk. Identifying columns are cleaned, so that each identity has one spelling and
/// placeholders are empty.
struct Words {
    collector: Collector,
    form: Option<Form>,
    notes: BTreeSet<String>,
}

impl Words {
    fn intern(&mut self, string: Option<&str>) -> Id {
        let Some(string) = string else { return Id::NONE };
        let Some(form) = self.form else { return self.collector.intern(string) };
        let cleaned = clean(string, form);
        if is_nobody(&cleaned) {
            self.notes.insert("words for nothing, such as 无 or 0, are empty".to_owned());
            return Id::NONE;
        }
        if cleaned != string.trim() {
            self.notes.insert("blanks, width and marks of spreadsheets are cleaned".to_owned());
        }
        self.collector.intern(&cleaned)
    }
}

/// Interns an array of text, dictionary-encoded text, integers or lists of text.
fn collect(array: &ArrayRef, words: &mut Words, cells: &mut Vec<Id>) -> Result<(), Unfit> {
    let unfit = || Unfit { expected: "text", found: array.data_type().clone() };
    if let Some(dictionary) = array.as_any().downcast_ref::<DictionaryArray<Int32Type>>() {
        let Some(values) = dictionary.values().as_string_opt::<i32>() else { return Err(unfit()) };
        let ids: Vec<Id> = values.iter().map(|value| words.intern(value)).collect();
        let id = |key: Option<i32>| {
            let key = usize::try_from(key?).ok()?;
            ids.get(key).copied()
        };
        cells.extend(dictionary.keys().iter().map(|key| id(key).unwrap_or(Id::NONE)));
        return Ok(());
    }
    match array.data_type() {
        DataType::List(_) | DataType::LargeList(_) => {
            let lists = cast(array, &Kind::List.arrow()).map_err(|_| unfit())?;
            for list in lists.as_list::<i32>() {
                let list = list.map(|list| joined(list.as_string::<i32>()));
                cells.push(words.intern(list.as_deref()));
            }
            Ok(())
        }
        kind if kind.is_integer()
            || matches!(
                kind,
                DataType::Utf8
                    | DataType::LargeUtf8
                    | DataType::Utf8View
                    | DataType::Dictionary(..)
            ) =>
        {
            let strings = cast(array, &DataType::Utf8).map_err(|_| unfit())?;
            let strings: &StringArray = strings.as_string::<i32>();
            cells.extend(strings.iter().map(|string| words.intern(string)));
            Ok(())
        }
        DataType::Null => {
            cells.extend(std::iter::repeat_n(Id::NONE, array.len()));
            Ok(())
        }
        _ => Err(unfit()),
    }
}

/// Joins a list of words to one string, `a+b`.
fn joined(words: &StringArray) -> String {
    words.iter().flatten().map(str::trim).collect::<Vec<_>>().join("+")
}

/// Joins the chunks of each column and ranks all strings.
fn assemble(
    mut raws: Vec<(&'static Table, Raw)>,
    chunks: Vec<(Task, Chunk)>,
) -> (Names, Vec<(&'static Table, Raw)>) {
    let collectors: Vec<&Collector> =
        chunks.iter().filter_map(|(_, chunk)| chunk.collector.as_ref()).collect();
    let (names, ids) = Names::rank(&collectors);
    let mut ids = ids.into_iter();
    for (task, mut chunk) in chunks {
        let Some((_, raw)) = raws.get_mut(task.table) else { continue };
        if chunk.collector.take().is_some()
            && let (Cells::Text(cells), Some(ids)) = (&mut chunk.cells, ids.next())
        {
            for cell in cells {
                *cell = ids.get(cell.0 as usize).copied().unwrap_or(Id::NONE);
            }
        }
        let field = task.field;
        if let Some(converted) = chunk.converted {
            raw.notes.push(format!("column `{}`: {converted}", field.name));
        }
        raw.faults.extend(chunk.faults.into_iter().map(|fault| RawFault {
            field,
            row: task.start + fault.row,
            reason: fault.reason.to_string(),
            value: fault.value,
        }));
        append(raw, field, task.start, chunk.cells);
    }
    for (_, raw) in &mut raws {
        raw.notes.sort();
        raw.notes.dedup();
        raw.faults.sort_by(|a, b| (a.row, a.field.name).cmp(&(b.row, b.field.name)));
        let length = raw.rows;
        for (_, cells) in &mut raw.columns {
            pad(cells, length);
        }
    }
    (names, raws)
}

/// Appends a chunk to its column; rows of files without the column are filled with empty cells.
fn append(raw: &mut Raw, field: &'static Field, start: usize, chunk: Cells) {
    let place = raw.columns.iter().position(|(name, _)| *name == field.name);
    let Some((_, cells)) = place.and_then(|place| raw.columns.get_mut(place)) else {
        let mut cells = chunk;
        pad_front(&mut cells, start);
        raw.columns.push((field.name, cells));
        return;
    };
    pad(cells, start);
    match (cells, chunk) {
        (Cells::Text(all), Cells::Text(more)) => all.extend(more),
        (Cells::Day(all), Cells::Day(more)) => all.extend(more),
        (Cells::Moment(all), Cells::Moment(more)) => all.extend(more),
        (Cells::Money(all), Cells::Money(more)) => all.extend(more),
        (Cells::Int(all), Cells::Int(more)) => all.extend(more),
        (Cells::Real(all), Cells::Real(more)) => all.extend(more),
        (Cells::Flag(all), Cells::Flag(more)) => all.extend(more),
        // Each field has one kind, so all its chunks have the same kind.
        (all, more) => debug_assert!(false, "{all:?} and {more:?} in one column"),
    }
}

macro_rules! each_kind {
    ($cells:expr, $vector:ident => $action:expr) => {
        match $cells {
            Cells::Text($vector) => $action,
            Cells::Day($vector) => $action,
            Cells::Moment($vector) => $action,
            Cells::Money($vector) => $action,
            Cells::Int($vector) => $action,
            Cells::Real($vector) => $action,
            Cells::Flag($vector) => $action,
        }
    };
}

fn none_like<T: Cell>(_: &[T]) -> T {
    T::NONE
}

fn pad(cells: &mut Cells, rows: usize) {
    each_kind!(cells, vector => vector.resize(rows.max(vector.len()), none_like(vector)));
}

fn pad_front(cells: &mut Cells, rows: usize) {
    if rows > 0 {
        each_kind!(cells, vector => {
            let none = none_like(vector);
            vector.splice(0..0, std::iter::repeat_n(none, rows));
        });
    }
}
