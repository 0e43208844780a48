//! Scores that are sums of one term per cell, which depends on its column only.

use rayon::prelude::*;

use crate::matrix::Matrix;

/// The number of rows that a thread scores at a time.
const BLOCK: usize = 4096;

/// The sums over each row's cells; `add(fitted column, cells, sums)` adds the terms of a column.
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
