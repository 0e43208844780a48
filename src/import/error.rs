//! Errors that stop an import. A row that cannot be parsed does not.

use std::io;
use std::path::PathBuf;

use thiserror::Error as ThisError;

use crate::ledger::decode::write;

/// An error that stops an import; nothing has been published then.
#[derive(Debug, ThisError)]
pub enum Error {
    /// A file system error.
    #[error("the file system refused {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// The mapping is not TOML, or has an unknown key or value.
    #[error("reading the mapping {}", path.display())]
    Toml {
        /// The mapping.
        path: PathBuf,
        /// The position and the error.
        source: Box<toml::de::Error>,
    },
    /// The mapping contradicts itself or the data contract.
    #[error("the mapping {}: {what}", path.display())]
    Mapping {
        /// The mapping.
        path: PathBuf,
        /// The mistake, and how to correct it.
        what: String,
    },
    /// A source file does not have the form in the mapping.
    #[error("reading {}: {what}", path.display())]
    Source {
        /// The file.
        path: PathBuf,
        /// What was expected and found, and what to do.
        what: String,
    },
    /// No row could be parsed.
    #[error(
        "none of the {rows} rows of table {table} could be understood; the first: {first}; \
         correct the mapping"
    )]
    NoRow {
        /// The table.
        table: &'static str,
        /// Rows read.
        rows: u64,
        /// The first rejection.
        first: String,
    },
    /// No sheet has the columns.
    #[error("no sheet has the columns of table {table}; the first: {first}")]
    NoSheet {
        /// The table.
        table: &'static str,
        /// The first sheet, and why it was not read.
        first: String,
    },
    /// More rows were refused than allowed.
    #[error(
        "{rejected} of {entries} entries of table {table} were refused, more than the {limit} % that `max_refused` in the mapping allows; the first: {told}"
    )]
    TooManyRefused {
        /// The table.
        table: &'static str,
        /// Rows refused.
        rejected: u64,
        /// Rows that are entries.
        entries: u64,
        /// The allowed share, in percent.
        limit: f64,
        /// The first refusals.
        told: String,
    },
    /// Two files contain the same period.
    #[error(
        "{rows} of the {size} rows of {file} also stand in {first}: the same period twice; leave one out (`exclude` in [source]), or set `allow_overlap = true` in [source] if both are meant"
    )]
    Overlap {
        /// The later file.
        file: String,
        /// The earlier file.
        first: String,
        /// Rows in both files.
        rows: u64,
        /// Rows of the later file.
        size: u64,
    },
    /// The output folder is not empty.
    #[error("{} is not empty; name a new folder with --out", path.display())]
    Occupied {
        /// The folder.
        path: PathBuf,
    },
    /// Two mappings write the same table.
    #[error("two mappings write the table {table}; list all its files in one mapping")]
    Twice {
        /// The table.
        table: &'static str,
    },
    /// The table could not be written.
    #[error(transparent)]
    Write(#[from] write::Error),
}
