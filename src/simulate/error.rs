//! Errors of the simulation.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::ledger::decode::write;

/// Why no dataset was written.
#[derive(Debug, Error)]
pub enum Error {
    /// A setting is out of its range.
    #[error("`{key}` must be {expected}, but is {found}")]
    Setting {
        /// The setting.
        key: &'static str,
        /// Its range in words.
        expected: String,
        /// The given value.
        found: String,
    },
    /// The folder holds files that must not be replaced.
    #[error("{} is not empty; {next}", folder.display())]
    Occupied {
        /// The folder.
        folder: PathBuf,
        /// What the user may do next.
        next: &'static str,
    },
    /// The file system returned an error.
    #[error("the file system refused {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A table could not be written.
    #[error(transparent)]
    Write(#[from] write::Error),
}
