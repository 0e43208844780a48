//! Rank correlations between the readings of indicators.

use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use crate::matrix::Matrix;
use crate::stats::correlation::spearman;

/// Two columns of a matrix and their correlation.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// First column.
    pub one: String,
    /// Second column.
    pub other: String,
    /// Rows in which both have a value.
    pub rows: usize,
    /// Spearman's rank correlation.
    pub correlation: f64,
}

/// Fewest rows in which both columns must have a value.
const ENOUGH: usize = 20;

/// Most rows compared; larger matrices are sampled at a fixed step.
const MOST: usize = 20_000;

/// Every pair of columns whose absolute correlation is at least `least`, the strongest first.
pub fn pairs(matrix: &Matrix, least: f64) -> Vec<Pair> {
    let step = matrix.rows().div_ceil(MOST).max(1);
    let sampled = |column: &[f32]| -> Vec<f32> { column.iter().step_by(step).copied().collect() };
    let columns: Vec<Vec<f32>> = matrix.columns().map(sampled).collect();
    let places: Vec<(usize, usize)> =
        (0..columns.len()).flat_map(|one| (0..one).map(move |other| (other, one))).collect();
    let pair = |(one, other): (usize, usize)| {
        let (own, second) = (columns.get(one)?, columns.get(other)?);
        let both = own.iter().zip(second).filter(|(a, b)| !a.is_nan() && !b.is_nan());
        let (a, b): (Vec<f64>, Vec<f64>) =
            both.map(|(a, b)| (f64::from(*a), f64::from(*b))).unzip();
        let correlation = spearman(&a, &b).filter(|_| a.len() >= ENOUGH)?;
        let name = |column: usize| matrix.names().get(column).cloned().unwrap_or_default();
        let pair = Pair { one: name(one), other: name(other), rows: a.len(), correlation };
        (correlation.abs() >= least).then_some(pair)
    };
    let mut pairs: Vec<Pair> = places.into_par_iter().filter_map(pair).collect();
    pairs.sort_by(|a, b| b.correlation.abs().total_cmp(&a.correlation.abs()));
    pairs
}

#[cfg(test)]
mod tests {
    use super::pairs;
    use crate::matrix::Matrix;

    #[test]
    fn only_rows_with_both_values_count_and_weak_pairs_are_left_out() {
        let mut matrix = Matrix::new(40);
        let rising = |row: u16| Some(f32::from(row));
        matrix.push("a", (0..40).map(rising)).unwrap();
        matrix.push("b", (0..40).map(|row| rising(row).filter(|_| row % 2 == 0))).unwrap();
        matrix.push("c", (0..40).map(|row| rising(row * 17 % 40))).unwrap();
        matrix.push("d", (0..40).map(|row| rising(row).filter(|_| row < 5))).unwrap();
        let found = pairs(&matrix, 0.9);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].one.as_str(), found[0].other.as_str(), found[0].rows), ("a", "b", 20));
        assert!((found[0].correlation - 1.0).abs() < 1e-12);
    }
}
