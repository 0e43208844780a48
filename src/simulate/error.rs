//! What can go wrong while a dataset is simulated.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::ledger::decode::write;

/// Why no dataset was made.
#[derive(Debug, Error)]
pub enum Error {
    /// A setting is out of its range.
    #[error("`{key}` must be {expected}, but is {found}")]
    Setting {
        /// The setting.
        key: &'static str,
        /// Its range in words.
        expected: String,
        /// What was given.
        found: String,
    },
    /// The folder holds something that this program did not simulate, or must not replace.
    #[error("{} is not empty; {next}", folder.display())]
    Occupied {
        /// The folder.
        folder: PathBuf,
        /// What may be done next.
        next: &'static str,
    },
    /// The file system refused.
    #[error("the file system refused {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A table could not be written.
    #[error(transparent)]
    Write(#[from] write::Error),
}
