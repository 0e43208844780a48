//! Rows as the challengers see them.

use std::collections::BTreeSet;

use super::super::stream::Stream;
use super::Answer;
use crate::matrix::Matrix;

/// The cells of a row, NaN where missing, and its prior.
pub(super) fn features(matrix: &Matrix, prior: &[f64], row: u32) -> (Vec<f32>, f64) {
    let place = row as usize;
    let cell = |column: &[f32]| column.get(place).copied().unwrap_or(f32::NAN);
    (matrix.columns().map(cell).collect(), prior.get(place).copied().unwrap_or(0.0))
}

/// At most so many different rows without an answer, drawn by lot.
pub(super) fn unchecked(
    rows: usize,
    answers: &[Answer],
    most: usize,
    stream: &mut Stream,
) -> Vec<u32> {
    let known: BTreeSet<u32> = answers.iter().map(|it| it.row).collect();
    let drawn = stream.rows(rows, most + known.len());
    let fresh = drawn.into_iter().filter_map(|row| u32::try_from(row).ok());
    let mut fresh: Vec<u32> = fresh.filter(|row| !known.contains(row)).collect();
    // They come in rising order, and which are dropped must not depend on the place.
    while fresh.len() > most {
        fresh.swap_remove(stream.below(fresh.len()));
    }
    fresh
}
