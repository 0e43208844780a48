//! The researcher's tables: the subjects of each grain with their features, and what is known of them.
//!
//! `payment.parquet`, `payee.parquet`, `official.parquet` and `village.parquet`, or a folder of each with a
//! part for each county; every feature column says its unit. `labels.parquet` holds a row for each subject
//! of which something is known.

use std::path::{Path, PathBuf};

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Float32Type};
use thiserror::Error;

use crate::evaluate::labels::Label;
use crate::features::subjects::{Subjects, unit};
use crate::ledger::contract::cell::{Cell, Day, Fen};
use crate::ledger::decode::read::{self, ParquetFile, files};
use crate::ledger::decode::write;
use crate::ledger::subject::Grain;
use crate::matrix::{self, Matrix};
use crate::report::sheet::Sheet;
use crate::report::tables::path;

/// Why tables of features cannot be read.
#[derive(Debug, Error)]
pub enum Error {
    /// A file cannot be read.
    #[error(transparent)]
    Read(#[from] read::Error),
    /// The folder holds no such table.
    #[error("{}: no table `{table}` here; make it with `mingzhang features`", folder.display())]
    NoTable {
        /// The folder.
        folder: PathBuf,
        /// The table.
        table: &'static str,
    },
    /// A column is missing or has another type.
    #[error("{}: no column `{column}` of {expected}; make the table again with `mingzhang features`", path.display())]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// What it should hold.
        expected: &'static str,
    },
    /// A column comes in another unit than this program measures in.
    #[error("{}: the column `{column}` comes in the unit `{found}`, but this program measures it in `{expected}`", path.display())]
    OtherUnit {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// The unit here.
        expected: &'static str,
        /// The unit of the file.
        found: String,
    },
    /// Parts of one table have different columns.
    #[error("{}", path.display())]
    Matrix {
        /// The file whose columns differ from the parts before it.
        path: PathBuf,
        /// How they differ.
        source: matrix::Error,
    },
}

/// The text columns that stand before the features, each with what it holds.
const KEYS: [(&str, &str); 6] = [
    ("county", "county code"),
    ("subject", "key of the subject"),
    ("village", "division code; for payees and approvers where most payments lie"),
    ("group", "class of expense of a payment: whose reference it is compared with"),
    ("payee", "payee of a payment"),
    ("approver", "approver of a payment"),
];

/// Writes the table of one grain of one county; `part` names the county where there are several.
///
/// # Errors
/// If the file cannot be written.
pub fn write(
    subjects: &Subjects,
    grain: Grain,
    folder: &Path,
    part: Option<&str>,
) -> Result<(), write::Error> {
    table(subjects).write(&path(folder, grain.word(), part))
}

/// The subjects of one grain with what names them and their features.
pub fn table(subjects: &Subjects) -> Sheet {
    let keys = [
        &subjects.county,
        &subjects.subject,
        &subjects.village,
        &subjects.group,
        &subjects.payee,
        &subjects.approver,
    ];
    let with_key = |sheet: Sheet, ((name, about), cells): (&(&str, &str), &Vec<String>)| {
        sheet.text(name, about, cells)
    };
    let mut sheet = KEYS.iter().zip(keys).fold(Sheet::default(), with_key);
    sheet = sheet.days("date", "day of a payment", subjects.day.iter().copied()).money(
        "amount",
        "amount of a payment, or sum of its payments",
        subjects.amount.iter().copied(),
    );
    for (name, cells) in subjects.features.names().iter().zip(subjects.features.columns()) {
        let cells = cells.iter().map(|cell| Some(*cell).filter(|cell| !cell.is_nan()));
        sheet = sheet.shorts(name, "see `mingzhang explain`", cells).in_unit(unit(name));
    }
    sheet
}

/// The subjects of one grain, of all counties of the folder.
///
/// # Errors
/// If there is no such table, or it was not written by `mingzhang features` of this version.
pub fn read(folder: &Path, grain: Grain) -> Result<Subjects, Error> {
    let mut paths = files(&folder.join(format!("{}.parquet", grain.word())))?;
    paths.extend(files(&folder.join(grain.word()))?);
    if paths.is_empty() {
        return Err(Error::NoTable { folder: folder.to_owned(), table: grain.word() });
    }
    let mut all = Subjects::default();
    for path in paths {
        let part = subjects(&path)?;
        all.append(part).map_err(|source| Error::Matrix { path: path.clone(), source })?;
    }
    Ok(all)
}

fn subjects(path: &Path) -> Result<Subjects, Error> {
    let mut all = Subjects::default();
    for batch in ParquetFile::open(path)?.batches()? {
        let part = of_batch(path, &batch)?;
        all.append(part).map_err(|source| Error::Matrix { path: path.to_owned(), source })?;
    }
    Ok(all)
}

/// One column of a batch as this type; `expected` says in words what it should hold.
fn column(
    (path, batch): (&Path, &RecordBatch),
    name: &str,
    kind: &DataType,
    expected: &'static str,
) -> Result<ArrayRef, Error> {
    let found = batch.column_by_name(name).and_then(|array| cast(array, kind).ok());
    let missing = || Error::NoColumn { path: path.to_owned(), column: name.to_owned(), expected };
    found.ok_or_else(missing)
}

fn of_batch(path: &Path, batch: &RecordBatch) -> Result<Subjects, Error> {
    let column =
        |name: &str, kind: &DataType, expected| column((path, batch), name, kind, expected);
    let text = |name: &str| -> Result<Vec<String>, Error> {
        let array = column(name, &DataType::Utf8, "text")?;
        Ok(array.as_string::<i32>().iter().map(|it| it.unwrap_or("").to_owned()).collect())
    };
    let days = column("date", &DataType::Date32, "dates")?;
    let day = |it: Option<i32>| it.map_or(Day::NONE, Day);
    let amounts = column("amount", &DataType::Decimal128(18, 2), "amounts")?;
    let amount = |it: Option<i128>| Fen(it.and_then(|it| i64::try_from(it).ok()).unwrap_or(0));
    let mut features = Matrix::new(batch.num_rows());
    let is_key =
        |name: &str| KEYS.iter().any(|(key, _)| *key == name) || ["date", "amount"].contains(&name);
    for field in batch.schema().fields().iter().filter(|field| !is_key(field.name())) {
        let name = field.name();
        let found = field.metadata().get("unit").map_or("", String::as_str);
        if found != unit(name) {
            let (path, column) = (path.to_owned(), name.clone());
            return Err(Error::OtherUnit {
                path,
                column,
                expected: unit(name),
                found: found.to_owned(),
            });
        }
        let cells = column(name, &DataType::Float32, "numbers")?;
        features
            .push(name, cells.as_primitive::<Float32Type>())
            .map_err(|source| Error::Matrix { path: path.to_owned(), source })?;
    }
    Ok(Subjects {
        features,
        county: text("county")?,
        subject: text("subject")?,
        village: text("village")?,
        group: text("group")?,
        day: days.as_primitive::<Date32Type>().iter().map(day).collect(),
        amount: amounts.as_primitive::<Decimal128Type>().iter().map(amount).collect(),
        payee: text("payee")?,
        approver: text("approver")?,
    })
}

/// The name of the table of labels.
const LABELS: &str = "labels";

/// Writes what is known of subjects.
///
/// # Errors
/// If the file cannot be written.
pub fn write_labels(labels: &[Label], folder: &Path) -> Result<(), write::Error> {
    label_table(labels).write(&path(folder, LABELS, None))
}

/// What is known of subjects, as a table.
pub fn label_table(labels: &[Label]) -> Sheet {
    Sheet::default()
        .text("grain", "payment, payee, official or village", labels.iter().map(|it| &it.grain))
        .text("county", "county code", labels.iter().map(|it| &it.county))
        .text("subject", "key of the subject", labels.iter().map(|it| &it.subject))
        .flags("found", "whether something was found", labels.iter().map(|it| Some(it.found)))
        .text("scheme", "scheme of a planted act", labels.iter().map(|it| &it.scheme))
        .text("case", "planted act", labels.iter().map(|it| &it.case))
        .text("route", "list, random, complaint or routine", labels.iter().map(|it| &it.route))
        .money(
            "recovered",
            "amount recovered",
            labels.iter().map(|it| it.recovered.unwrap_or(Fen::NONE)),
        )
}

/// What is known of subjects; nothing where the folder holds no such table.
///
/// # Errors
/// If the table cannot be read.
pub fn read_labels(folder: &Path) -> Result<Vec<Label>, Error> {
    let mut all = Vec::new();
    for path in files(&folder.join(format!("{LABELS}.parquet")))? {
        for batch in ParquetFile::open(&path)?.batches()? {
            all.extend(labels(&path, &batch)?);
        }
    }
    Ok(all)
}

fn labels(path: &Path, batch: &RecordBatch) -> Result<Vec<Label>, Error> {
    let column =
        |name: &str, kind: &DataType, expected| column((path, batch), name, kind, expected);
    let texts = ["grain", "county", "subject", "scheme", "case", "route"];
    let texts = texts.map(|name| column(name, &DataType::Utf8, "text"));
    let [grain, county, subject, scheme, case, route] = texts;
    let arrays = [grain?, county?, subject?, scheme?, case?, route?];
    let found = column("found", &DataType::Boolean, "yes and no")?;
    let money = column("recovered", &DataType::Decimal128(18, 2), "amounts")?;
    let label = |row: usize| {
        let text = |array: &ArrayRef| {
            let array = array.as_string::<i32>();
            if array.is_null(row) { String::new() } else { array.value(row).to_owned() }
        };
        let [grain, county, subject, scheme, case, route] = arrays.each_ref().map(text);
        let money = money.as_primitive::<Decimal128Type>();
        let recovered = (!money.is_null(row)).then(|| money.value(row));
        Label {
            grain,
            county,
            subject,
            found: found.as_boolean().value(row),
            scheme,
            case,
            route,
            recovered: recovered.and_then(|it| i64::try_from(it).ok()).map(Fen),
        }
    };
    Ok((0..batch.num_rows()).map(label).collect())
}
