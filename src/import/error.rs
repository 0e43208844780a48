//! Why an import stopped. A row that cannot be understood does not stop it.

use std::io;
use std::path::PathBuf;

use thiserror::Error as ThisError;

use crate::ledger::decode::write;

/// Why an import stopped; nothing has been published then.
#[derive(Debug, ThisError)]
pub enum Error {
    /// The file system refused.
    #[error("the file system refused {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The mapping is no TOML, or has a key or a value that is not known.
    #[error("reading the mapping {}", path.display())]
    Toml {
        /// The mapping.
        path: PathBuf,
        /// Where and what.
        source: Box<toml::de::Error>,
    },
    /// The mapping contradicts itself or the data contract.
    #[error("the mapping {}: {what}", path.display())]
    Mapping {
        /// The mapping.
        path: PathBuf,
        /// What is wrong, and what would be right.
        what: String,
    },
    /// A source file does not have the shape that the mapping describes.
    #[error("reading {}: {what}", path.display())]
    Source {
        /// The file.
        path: PathBuf,
        /// What was expected and found, and what to do.
        what: String,
    },
    /// Not a single row could be understood.
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
    /// Not a single sheet has the columns.
    #[error("no sheet has the columns of table {table}; the first: {first}")]
    NoSheet {
        /// The table.
        table: &'static str,
        /// The first sheet, and why it was not read.
        first: String,
    },
    /// Too many rows were refused to believe the rest.
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
    /// A file holds a period that another one holds too.
    #[error(
        "{rows} of the {size} rows of {file} also stand in {first}: the same period twice; leave one out (`exclude` in [source]), or set `allow_overlap = true` in [source] if both are meant"
    )]
    Overlap {
        /// The later file.
        file: String,
        /// The earlier file.
        first: String,
        /// Rows that both have.
        rows: u64,
        /// Rows of the later file.
        size: u64,
    },
    /// There is something in the folder that would be published.
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
