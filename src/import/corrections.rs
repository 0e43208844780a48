//! Corrected cells: the file of refused rows with its column `corrected` filled in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use csv::StringRecord;

use super::encoding::{Encoding, Text};
use super::error::Error;
use super::names::{Names, plain_name};
use super::spreadsheet::original;

/// The columns of the file of refused rows.
pub const COLUMNS: [&str; 10] = [
    "table",
    "file",
    "sheet",
    "line",
    "column",
    "value",
    "reason",
    "reason_zh",
    "done",
    "corrected",
];

/// A row of a source: table, file, sheet and line.
type Place = (String, String, String, u64);

/// Corrected texts of cells.
#[derive(Debug, Default)]
pub struct Corrections {
    path: PathBuf,
    cells: BTreeMap<Place, Vec<Correction>>,
}

#[derive(Debug)]
struct Correction {
    column: String,
    value: String,
    corrected: String,
}

impl Corrections {
    /// Reads a file of refused rows; lines without a corrected text are skipped.
    ///
    /// # Errors
    /// If the file cannot be read or has other columns.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let io = |source| Error::Io { path: path.to_owned(), source };
        let wrong = |what: String| Error::Source { path: path.to_owned(), what };
        let text =
            Text::decode(&std::fs::read(path).map_err(io)?, Encoding::Auto).map_err(wrong)?;
        let mut reader = csv::Reader::from_reader(text.letters.as_bytes());
        let names = reader.headers().map_err(|error| wrong(error.to_string()))?.clone();
        let place = |name: &str| {
            let place = names.iter().position(|own| own.trim() == name);
            place.ok_or_else(|| {
                wrong(format!("no column `{name}`; hand back the file of refused rows, with `corrected` filled in"))
            })
        };
        let [table, file, sheet, line, column, value, _, _, _, corrected] = COLUMNS.map(place);
        let places = [table?, file?, sheet?, line?, column?, value?, corrected?];
        let mut cells: BTreeMap<Place, Vec<Correction>> = BTreeMap::new();
        for record in reader.records() {
            let record = record.map_err(|error| wrong(error.to_string()))?;
            let [table, file, sheet, line, column, value, corrected] = places
                .map(|place| original(record.get(place).unwrap_or_default().trim()).to_owned());
            if corrected.is_empty() {
                continue;
            }
            let number = line.parse().map_err(|_| wrong(format!("{line:?} is no line")))?;
            if column.is_empty() {
                return Err(wrong(format!(
                    "line {line} of {file} was refused as a whole: correct it in its own file"
                )));
            }
            let correction = Correction { column, value, corrected };
            cells.entry((table, file, sheet, number)).or_default().push(correction);
        }
        Ok(Self { path: path.to_owned(), cells })
    }

    /// The record of a row with its corrections, if any. Each correction is used once.
    ///
    /// # Errors
    /// If a cell no longer contains the refused text.
    pub fn apply(
        &mut self,
        (table, file, sheet, line): (&str, &str, &str, u64),
        names: &Names,
        record: &StringRecord,
    ) -> Result<Option<StringRecord>, Error> {
        if self.cells.is_empty() {
            return Ok(None);
        }
        let key = (table.to_owned(), file.to_owned(), sheet.to_owned(), line);
        let Some(corrections) = self.cells.remove(&key) else { return Ok(None) };
        let mut cells: Vec<String> = record.iter().map(str::to_owned).collect();
        for Correction { column, value, corrected } in corrections {
            let place = names.place(&vec![column.clone()]);
            let cell = place.and_then(|place| cells.get_mut(place));
            let wrong = |what: String| Error::Source { path: self.path.clone(), what };
            let cell = cell.ok_or_else(|| {
                wrong(format!("{file}, line {line}: there is no column `{column}`"))
            })?;
            // The file contains the cleaned text, so blanks and letter width may differ.
            if plain_name(cell) != plain_name(&value) {
                return Err(wrong(format!(
                    "{file}, line {line}, column `{column}` holds {cell:?} and not {value:?}: the file has changed since"
                )));
            }
            *cell = corrected;
        }
        Ok(Some(StringRecord::from(cells)))
    }

    /// Checks that every correction was used.
    ///
    /// # Errors
    /// If a correction was not used.
    pub fn finish(&self) -> Result<(), Error> {
        match self.cells.keys().next() {
            None => Ok(()),
            Some((table, file, sheet, line)) => {
                let sheet =
                    if sheet.is_empty() { String::new() } else { format!(", sheet {sheet}") };
                let what = format!(
                    "{file}{sheet}, line {line}: no mapping of the table {table} reads such a row"
                );
                Err(Error::Source { path: self.path.clone(), what })
            }
        }
    }
}
