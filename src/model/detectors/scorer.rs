//! The common interface of fitted detectors, and a check of the input.

use super::super::error::Error;
use crate::matrix::Matrix;

/// A fitted detector.
pub(crate) trait Scorer {
    /// One finite score per row; larger is more unusual.
    fn score(&self, matrix: &Matrix) -> Vec<f64>;

    /// The contribution of each column to a row's score in the detector's unit; negative if a column lowers the score.
    /// NaN in `row` is a missing cell.
    fn attribute(&self, row: &[f32]) -> Vec<f64>;
}

/// Rejects a matrix without rows or columns.
pub(super) fn refuse_empty(matrix: &Matrix) -> Result<(), Error> {
    let (rows, columns) = (matrix.rows(), matrix.names().len());
    if rows == 0 || columns == 0 { Err(Error::Empty { rows, columns }) } else { Ok(()) }
}
