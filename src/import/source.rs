//! The files that a mapping reads, and their form.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use super::encoding::Encoding;
use super::marks::MarkRule;

/// The files that are read, and their form.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Files, folders and patterns such as `2024/*.xlsx`, relative to the mapping or to the folder given beside it.
    pub files: Vec<PathBuf>,
    /// Patterns of file names that are left out, such as `*副本*`.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// The sheets of workbooks by name; without it, every sheet that is shown and has the columns.
    #[serde(default)]
    pub sheets: Vec<String>,
    /// How bytes are text; detected for each file where nothing is said.
    #[serde(default)]
    pub encoding: Encoding,
    /// What stands between two cells; detected for each file where nothing is said.
    pub delimiter: Option<char>,
    /// The record that holds the names of the columns, counted from 1; without it, the first that holds all that are read.
    pub header: Option<usize>,
    /// The number of records that the names take: 2 where a second one divides the first.
    #[serde(default = "one")]
    pub header_records: usize,
    /// Records below the names that are left out, such as one of units.
    #[serde(default)]
    pub skip: usize,
    /// Further texts that say that nothing is known, beside the usual ones such as 无, — and N/A.
    #[serde(default)]
    pub empty: Vec<String>,
    /// Rows that are no entries: for a source column what marks them.
    #[serde(default)]
    pub(super) leave_out: BTreeMap<String, MarkRule>,
    /// Whether rows of sums, repeated names of columns and notes without an amount are entries like any other.
    #[serde(default)]
    pub keep_sums: bool,
    /// Whether rows that also stand in another file may come in again.
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
