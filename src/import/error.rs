//! Why an import stopped. A row that cannot be understood does not stop it.

use std::io;
use std::path::PathBuf;

use thiserror::Error as ThisError;

use crate::ledger::write;

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
