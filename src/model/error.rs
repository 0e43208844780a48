//! What can go wrong in this room.

use std::io;
use std::path::PathBuf;

use thiserror::Error as ThisError;

/// Why a model could not be fitted, used, saved or loaded.
#[derive(Debug, ThisError)]
pub enum Error {
    /// A setting is out of its range.
    #[error(transparent)]
    Setting(#[from] crate::params::Fault),
    /// There is nothing to fit on.
    #[error(
        "a model needs at least one row and one column, but the matrix has {rows} rows and \
         {columns} columns; add data or columns"
    )]
    Empty {
        /// Rows of the matrix.
        rows: usize,
        /// Columns of the matrix.
        columns: usize,
    },
    /// A ranking model needs acts to learn from.
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
        "the model was fitted on the columns [{}], but the matrix has [{}]; {}",
        expected.join(", "), found.join(", "), first_difference(expected, found)
    )]
    OtherColumns {
        /// The columns of the model.
        expected: Vec<String>,
        /// The columns of the matrix.
        found: Vec<String>,
    },
    /// A row was asked for that is not there.
    #[error("row {found} was asked for, but the matrix has {rows} rows, counted from 0")]
    NoSuchRow {
        /// Rows of the matrix.
        rows: usize,
        /// The row asked for.
        found: u32,
    },
    /// Two labels are about one row.
    #[error("two labels are about row {row}; keep the one that holds")]
    LabelledTwice {
        /// The row.
        row: u32,
    },
    /// A chance of being checked is none.
    #[error("the propensity of row {row} must be above 0 and at most 1, but is {found}")]
    Propensity {
        /// The row.
        row: u32,
        /// What was given.
        found: f64,
    },
    /// A calibration has nothing to compare with.
    #[error("a calibration needs at least one finite score, but got {found} scores")]
    NoReference {
        /// The scores given.
        found: usize,
    },
    /// The file system refused.
    #[error("the file system refused {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file holds no model.
    #[error("{} is not a model of this program; fit it again", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the reader said, with line and column.
        source: serde_json::Error,
    },
    /// The folder of a model has no digests to hold it against.
    #[error("{}: no SHA256SUMS that names {name}; take the folder whole, as it was written", folder.display())]
    NoDigests {
        /// The folder.
        folder: PathBuf,
        /// The file of the model.
        name: &'static str,
    },
    /// A file is not the one that was written.
    #[error(
        "{}: its SHA-256 is not the one in SHA256SUMS beside it; take the folder as it was written, or train the model again",
        path.display()
    )]
    OtherDigest {
        /// The file.
        path: PathBuf,
    },
    /// The parts of a stored model contradict each other.
    #[error("the model is damaged: {what}; fit it again or compare its digest with the sender's")]
    Damaged {
        /// The contradiction.
        what: &'static str,
    },
    /// The columns of a matrix do not fit together.
    #[error(transparent)]
    Matrix(#[from] crate::matrix::Error),
    /// The model was fitted on columns in another unit.
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
    /// The model was fitted by another version of something that columns come from.
    #[error(
        "the model was fitted with {what} {expected}, but this is {what} {found}; train the model again"
    )]
    OtherVersion {
        /// What has a version.
        what: &'static str,
        /// The version of the model.
        expected: String,
        /// The version at hand.
        found: String,
    },
    /// linfa refused the data.
    #[error("fitting")]
    Linfa {
        /// What linfa said.
        #[from]
        source: linfa::Error,
    },
}

/// The first place where two lists of columns part.
fn first_difference(expected: &[String], found: &[String]) -> String {
    let differ = |(one, other): (&String, &String)| one != other;
    let place = expected.iter().zip(found).position(differ);
    let place = place.unwrap_or_else(|| expected.len().min(found.len()));
    let name = |list: &[String]| list.get(place).map_or("none".to_owned(), |it| format!("`{it}`"));
    format!("they part at column {place}: {} and {}", name(expected), name(found))
}
