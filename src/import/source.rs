//! The `[source]` table of a mapping: files and their format.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use super::encoding::Encoding;
use super::marks::MarkRule;

/// The files to be read, and their format.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Files, folders and patterns such as `2024/*.xlsx`, relative to the mapping or to the given data folder.
    pub files: Vec<PathBuf>,
    /// Patterns of file names to leave out, such as `*副本*`.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// Names of workbook sheets; if empty, every visible sheet that has the columns.
    #[serde(default)]
    pub sheets: Vec<String>,
    /// The text encoding; detected for each file by default.
    #[serde(default)]
    pub encoding: Encoding,
    /// The cell separator; detected for each file by default.
    pub delimiter: Option<char>,
    /// The record with the column names, counted from 1; by default the first that has all columns.
    pub header: Option<usize>,
    /// The number of header records; 2 if a second record subdivides the first.
    #[serde(default = "one")]
    pub header_records: usize,
    /// The number of records to skip below the header, such as a record of units.
    #[serde(default)]
    pub skip: usize,
    /// Additional texts that mean that the value is unknown; 无, — and N/A are built in.
    #[serde(default)]
    pub empty: Vec<String>,
    /// Rows that are not entries: for a source column, the mark of such rows.
    #[serde(default)]
    pub(super) leave_out: BTreeMap<String, MarkRule>,
    /// Whether rows of totals, repeated headers and notes without an amount are kept as entries.
    #[serde(default)]
    pub keep_sums: bool,
    /// Whether rows that also occur in another file are imported again.
    #[serde(default)]
    pub allow_overlap: bool,
}

fn one() -> usize {
    1
}

impl Source {
    pub(super) fn check(&self) -> Result<(), String> {
        if self.files.is_empty() {
            return Err("`source.files` names no file".to_owned());
        }
        let is_no_letter = self.delimiter.is_some_and(|delimiter| !delimiter.is_ascii());
        if is_no_letter || self.header == Some(0) {
            return Err(
                "`source.delimiter` must be an ASCII letter and `source.header` count from 1"
                    .to_owned(),
            );
        }
        if let Some(wrong) =
            self.exclude.iter().find(|pattern| glob::Pattern::new(pattern).is_err())
        {
            return Err(format!("`source.exclude`: {wrong:?} is no pattern"));
        }
        if !(1..=3).contains(&self.header_records) {
            return Err("`source.header_records` is 1, 2 or 3".to_owned());
        }
        Ok(())
    }
}
