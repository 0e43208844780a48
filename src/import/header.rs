//! Where the names of columns stand in a sheet, and what they are.

use std::ops::Range;

use csv::StringRecord;

use super::encoding::DAMAGE;
use super::error::Error;
use super::mapping::Mapping;
use super::names::{Alternatives, Names};
use super::sheet::Sheet;
use super::source::Source;

/// Records among which the names of columns are sought.
pub const SOUGHT: usize = 60;

/// Where the names stand, and what stands above them.
#[derive(Debug, Clone)]
pub struct Header {
    /// The names.
    pub names: Names,
    /// The records of the names, counted from 0.
    pub records: Range<usize>,
    /// The row of the sheet in which they begin, counted from 1.
    pub line: u64,
    /// The cells above the names.
    pub titles: Vec<String>,
}

impl Header {
    /// The place of the first of the alternatives that the sheet has.
    ///
    /// # Errors
    /// If a second column has the same name, so that nobody knows which is meant.
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

    /// The name of the column at a place; blank where it has none.
    pub fn name(&self, place: usize) -> &str {
        self.names.all().get(place).map_or("", String::as_str)
    }

    /// Finds the record that holds every column that the mapping reads.
    ///
    /// # Errors
    /// What is missing in the record that comes closest, and the names that it has.
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

    /// The header whose names begin in the record `place` of the first records of a sheet.
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

/// What is missing in a sheet whose names were not found.
#[derive(Debug, Clone, Default)]
pub struct Missing {
    /// Whether the sheet holds nothing at all.
    pub is_empty: bool,
    /// The columns that the closest record lacks.
    pub missing: Vec<String>,
    /// The names that it has.
    pub names: Vec<String>,
}

impl Missing {
    /// Whether the sheet has some of the columns: it may be meant, and must not be passed over.
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
