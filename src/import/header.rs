//! Finds the column names in a sheet.

use std::ops::Range;

use csv::StringRecord;

use super::encoding::DAMAGE;
use super::error::Error;
use super::mapping::Mapping;
use super::names::{Alternatives, Names};
use super::sheet::Sheet;
use super::source::Source;

/// Number of records among which the header is searched.
pub const SOUGHT: usize = 60;

/// The header of a sheet and the cells above it.
#[derive(Debug, Clone)]
pub struct Header {
    /// The column names.
    pub names: Names,
    /// The records of the header, counted from 0.
    pub records: Range<usize>,
    /// The row number at which the header begins, counted from 1.
    pub line: u64,
    /// The cells above the header.
    pub titles: Vec<String>,
}

impl Header {
    /// The index of the first alternative that the sheet has.
    ///
    /// # Errors
    /// If two columns have this name.
    pub fn place(
        &self,
        alternatives: &Alternatives,
        sheet: &Sheet,
    ) -> Result<Option<usize>, Error> {
        match self.names.doubled(alternatives) {
            Some(name) => Err(sheet.wrong(&format!(
                "two columns are named `{name}`; write `{name}#1` or `{name}#2` in the mapping"
            ))),
            None => Ok(self.names.place(alternatives)),
        }
    }

    /// The name of the column at an index; blank if it has none.
    pub fn name(&self, place: usize) -> &str {
        self.names.all().get(place).map_or("", String::as_str)
    }

    /// Finds the record that contains every column that the mapping reads.
    ///
    /// # Errors
    /// If there is none: the columns missing from the closest record, and its names.
    pub fn find(sheet: &Sheet, mapping: &Mapping) -> Result<Self, Missing> {
        let Source { header, header_records, .. } = mapping.source;
        let head = sheet.head(SOUGHT.max(header.unwrap_or(0) + header_records));
        let places = match header {
            Some(record) => record - 1..record,
            None => 0..head.len(),
        };
        let mut closest = Missing { is_empty: head.is_empty(), ..Missing::default() };
        let mut fewest = usize::MAX;
        for place in places {
            let Some(at) = Self::at(&head, place, header_records) else { continue };
            let missing = mapping.missing(&at.names);
            if missing.is_empty() {
                return Ok(at);
            }
            if missing.len() < fewest {
                fewest = missing.len();
                closest = Missing { names: at.names.all().to_vec(), missing, ..Missing::default() };
            }
        }
        Err(closest)
    }

    /// Builds the header that starts at record `place` and has `records` records.
    pub fn at(head: &[(u64, StringRecord)], place: usize, records: usize) -> Option<Self> {
        let own = head.get(place..place + records)?;
        let (line, _) = own.first()?;
        let names: Vec<StringRecord> = own.iter().map(|(_, record)| record.clone()).collect();
        let above = head.iter().take(place).flat_map(|(_, record)| record.iter());
        let titles = above.map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned);
        Some(Self {
            names: Names::of(&names),
            records: place..place + records,
            line: *line,
            titles: titles.collect(),
        })
    }
}

/// The result for a sheet without a matching header.
#[derive(Debug, Clone, Default)]
pub struct Missing {
    /// Whether the sheet is empty.
    pub is_empty: bool,
    /// The columns that the closest record lacks.
    pub missing: Vec<String>,
    /// The names of the closest record.
    pub names: Vec<String>,
}

impl Missing {
    /// Whether the sheet has some of the columns, so that it must not be skipped silently.
    pub fn is_close(&self, mapping: &Mapping) -> bool {
        let all = mapping.missing(&Names::default()).len();
        self.missing.len() * 2 <= all && self.missing.len() < all
    }

    /// The message for a file that must have the columns.
    pub fn told(&self, form: &str) -> String {
        if self.is_empty {
            return "there is no row in it".to_owned();
        }
        let names: Vec<_> =
            self.names.iter().filter(|name| !name.is_empty()).map(String::as_str).collect();
        let names = names.join("`, `");
        let damaged = names.contains(DAMAGE);
        let hint = match (damaged, names.is_ascii()) {
            (true, _) => format!("; the names are not {form}: set `encoding` in [source]"),
            (false, false) => {
                format!("; it was read as {form}: set `encoding` if they look garbled")
            }
            (false, true) => String::new(),
        };
        let missing = self.missing.join("`, `");
        format!("no column `{missing}`; the columns that come closest are `{names}`{hint}")
    }
}
