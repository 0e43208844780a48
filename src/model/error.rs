//! The errors of this module.

use std::io;
use std::path::PathBuf;

use thiserror::Error as ThisError;

use crate::matrix::difference;

/// Errors of fitting, using, saving or loading a model.
#[derive(Debug, ThisError)]
pub enum Error {
    /// A setting is out of range.
    #[error(transparent)]
    Setting(#[from] crate::params::Fault),
    /// The matrix has no rows or no columns.
    #[error(
        "a model needs at least one row and one column, but the matrix has {rows} rows and \
         {columns} columns; add data or columns"
    )]
    Empty {
        /// The number of rows of the matrix.
        rows: usize,
        /// The number of columns of the matrix.
        columns: usize,
    },
    /// No act can be planted to train the ranking model.
    #[error(
        "no act can be planted into county {county}: its ledger has too few payments, or does not name payees; \
         leave it out"
    )]
    NothingPlanted {
        /// The county.
        county: String,
    },
    /// The model was fitted on other columns.
    #[error(
        "the model was fitted on {} columns and this table has {}: {}; measure the table with the program that fitted \
         the model, or fit the model again",
        expected.len(), found.len(), difference(expected, found)
    )]
    OtherColumns {
        /// The columns of the model.
        expected: Vec<String>,
        /// The columns of the matrix.
        found: Vec<String>,
    },
    /// A requested row does not exist.
    #[error("row {found} was asked for, but the matrix has {rows} rows, counted from 0")]
    NoSuchRow {
        /// The number of rows of the matrix.
        rows: usize,
        /// The requested row.
        found: u32,
    },
    /// Two labels refer to the same row.
    #[error("two labels are about row {row}; keep the one that holds")]
    LabelledTwice {
        /// The row.
        row: u32,
    },
    /// A propensity is out of range.
    #[error("the propensity of row {row} must be above 0 and at most 1, but is {found}")]
    Propensity {
        /// The row.
        row: u32,
        /// The given propensity.
        found: f64,
    },
    /// A calibration has too few reference scores.
    #[error("a calibration needs at least one finite score, but got {found} scores")]
    NoReference {
        /// The number of scores.
        found: usize,
    },
    /// A file operation failed.
    #[error("the file system refused {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The file is not a valid model.
    #[error("{} is not a model of this program; fit it again", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The parser's error with line and column.
        source: serde_json::Error,
    },
    /// The folder of a model has no digests to verify.
    #[error("{}: no SHA256SUMS that names {name}; take the folder whole, as it was written", folder.display())]
    NoDigests {
        /// The folder.
        folder: PathBuf,
        /// The file of the model.
        name: &'static str,
    },
    /// A file does not match its digest.
    #[error(
        "{}: its SHA-256 is not the one in SHA256SUMS beside it; take the folder as it was written, or train the model again",
        path.display()
    )]
    OtherDigest {
        /// The file.
        path: PathBuf,
    },
    /// The parts of a stored model are inconsistent.
    #[error("the model is damaged: {what}; fit it again or compare its digest with the sender's")]
    Damaged {
        /// The inconsistency.
        what: &'static str,
    },
    /// The columns of a matrix are inconsistent.
    #[error(transparent)]
    Matrix(#[from] crate::matrix::Error),
    /// The model was fitted on a column with another unit.
    #[error(
        "the model was fitted on the column `{column}` in the unit `{expected}`, but it comes in `{found}`; \
         train the model again"
    )]
    OtherUnit {
        /// The column.
        column: String,
        /// The unit of the model.
        expected: String,
        /// The unit of the matrix.
        found: String,
    },
    /// The model was fitted with another version of a component.
    #[error(
        "the model was fitted with {what} {expected}, but this is {what} {found}; train the model again"
    )]
    OtherVersion {
        /// The component.
        what: &'static str,
        /// The version of the model.
        expected: String,
        /// The current version.
        found: String,
    },
    /// linfa returned an error.
    #[error("fitting")]
    Linfa {
        /// The error of linfa.
        #[from]
        source: linfa::Error,
    },
}
