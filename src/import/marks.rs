//! Marks of rows that are not entries.

use regex::Regex;
use serde::Deserialize;

use super::names::{Alternatives, plain_name};
use super::pattern::regex;
use super::reading::key;

/// A column whose cells mark rows that are not entries.
#[derive(Debug, Clone)]
pub struct LeaveOut {
    /// The column.
    pub column: Alternatives,
    /// The mark.
    pub mark: Mark,
}

/// The content of a cell that marks a row as not an entry.
#[derive(Debug, Clone)]
pub enum Mark {
    /// One of these texts; blanks inside are ignored.
    Texts(Vec<String>),
    /// A text that matches the pattern.
    Pattern(Regex),
    /// An empty cell.
    Empty,
}

/// The mark in a mapping: texts, or a table with a pattern or `empty`.
#[derive(Debug, Clone, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a list of texts, or a table with `pattern` or with `empty = true`"
)]
pub(super) enum MarkRule {
    Texts(Vec<String>),
    Pattern { pattern: String },
    Empty { empty: bool },
}

impl MarkRule {
    pub(super) fn leave_out(&self, column: &str) -> Result<LeaveOut, String> {
        let mark = match self {
            Self::Texts(texts) => Mark::Texts(texts.iter().map(|text| key(text)).collect()),
            Self::Pattern { pattern } => Mark::Pattern(regex(pattern)?),
            Self::Empty { empty: true } => Mark::Empty,
            Self::Empty { empty: false } => return Err("`empty` can only be true".to_owned()),
        };
        Ok(LeaveOut { column: vec![plain_name(column)], mark })
    }
}
