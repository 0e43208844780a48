//! Scores that are sums of terms, one for each cell, that its column alone decides.

use rayon::prelude::*;

use crate::matrix::Matrix;

/// Rows that one thread scores at a time.
const BLOCK: usize = 4096;

/// For each row the sum over its cells of what `add(what was fitted on the column, cells, sums)` adds for
/// them.
pub(super) fn sums<T: Sync>(
    matrix: &Matrix,
    fitted: &[T],
    add: impl Fn(&T, &[f32], &mut [f64]) + Sync,
) -> Vec<f64> {
    let columns: Vec<&[f32]> = matrix.columns().collect();
    let mut sums = vec![0.0; matrix.rows()];
    sums.par_chunks_mut(BLOCK).enumerate().for_each(|(block, sums)| {
        for (fitted, column) in fitted.iter().zip(&columns) {
            let begin = (block * BLOCK).min(column.len());
            let end = (begin + sums.len()).min(column.len());
            add(fitted, column.get(begin..end).unwrap_or(&[]), sums);
        }
    });
    sums
}
