//! Reading one column of a file as one array.

use arrow::array::{Array, ArrayRef, new_empty_array};
use arrow::compute::{cast, concat};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use thiserror::Error;

use crate::ledger::decode::read::{self, ParquetFile};

/// Errors of reading a column.
#[derive(Debug, Error)]
pub enum Error {
    /// The file could not be read.
    #[error(transparent)]
    Read(#[from] read::Error),
    /// The cells cannot be converted to the type.
    #[error(transparent)]
    Type(#[from] ArrowError),
}

/// Reads one column, given by its index in the schema, as the given type.
///
/// # Errors
/// If the file is damaged, or the column cannot be converted.
pub fn column(file: &ParquetFile, index: usize, kind: &DataType) -> Result<ArrayRef, Error> {
    let mut parts = vec![new_empty_array(kind)];
    for group in 0..file.row_groups().len() {
        for batch in file.read(group, &[index])? {
            for part in batch.columns() {
                parts.push(cast(part, kind)?);
            }
        }
    }
    let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
    Ok(concat(&parts)?)
}
