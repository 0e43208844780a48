//! Scores that are sums of terms, one for each cell, that its column alone decides.

use rayon::prelude::*;

use crate::matrix::Matrix;

/// Rows that one thread scores at a time.
const BLOCK: usize = 4096;

/// For each row the sum over its cells of `term(what was fitted on the column, cell)`.
pub(super) fn sums<T: Sync>(
    matrix: &Matrix,
    fitted: &[T],
    term: impl Fn(&T, f32) -> f64 + Sync,
) -> Vec<f64> {
    let columns: Vec<&[f32]> = matrix.columns().collect();
    let mut sums = vec![0.0; matrix.rows()];
    sums.par_chunks_mut(BLOCK).enumerate().for_each(|(block, sums)| {
        for (fitted, column) in fitted.iter().zip(&columns) {
            let cells = column.iter().skip(block * BLOCK);
            for (sum, &cell) in sums.iter_mut().zip(cells) {
                *sum += term(fitted, cell);
            }
        }
    });
    sums
}
