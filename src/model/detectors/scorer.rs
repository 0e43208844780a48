//! What every detector does with a matrix, and what none can be fitted on.

use super::super::error::Error;
use crate::matrix::Matrix;

/// What every fitted detector can do.
pub(crate) trait Scorer {
    /// One score for each row; larger is more unusual; finite.
    fn score(&self, matrix: &Matrix) -> Vec<f64>;

    /// The parts of one row's score that its columns caused, in the detector's own unit; a part is
    /// negative where a column makes the row look ordinary. NaN in `row` is a missing cell.
    fn attribute(&self, row: &[f32]) -> Vec<f64>;
}

/// Refuses what cannot be fitted on.
pub(super) fn refuse_empty(matrix: &Matrix) -> Result<(), Error> {
    let (rows, columns) = (matrix.rows(), matrix.names().len());
    if rows == 0 || columns == 0 { Err(Error::Empty { rows, columns }) } else { Ok(()) }
}
