//! ECOD: how far out in its column's tails does each cell of a row lie?
//!
//! Li et al., *ECOD: Unsupervised Outlier Detection Using Empirical Cumulative Distribution Functions*,
//! TKDE 2022, in the form that `PyOD` computes: of each cell the rarer tail, `max(-ln F(x), -ln (1 -
//! F(x-)))`, summed over the row. (The paper sums each tail first and then takes the largest sum; the
//! maximum per cell scores better on `ADBench`, see `docs/detectors.md`.) The distributions are stored,
//! so new rows are scored without being mixed with the old; a value beyond all that was seen counts as
//! the outermost. A missing cell adds 0: of what is not known nothing is unusual, and any other number
//! would be a claim about it.

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::error::Error;
use super::super::ladder::Ladder;
use super::{Judge, refuse_empty};
use crate::matrix::Matrix;

/// Rows that one thread scores at a time.
const BLOCK: usize = 4096;

/// There is nothing to set, and so nothing to check.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {}

/// The fitted tails of each column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<Ladder<f32>>", into = "Vec<Ladder<f32>>")]
pub struct Ecod {
    tails: Vec<Tails>,
}

/// One column.
#[derive(Debug, Clone, PartialEq)]
struct Tails {
    ladder: Ladder<f32>,
    /// For each place of the ladder minus the logarithm of the rarer tail.
    surprise: Vec<f64>,
}

impl From<Ladder<f32>> for Tails {
    #[expect(clippy::cast_precision_loss, reason = "a count of rows is far below 2^52")]
    fn from(ladder: Ladder<f32>) -> Self {
        let count = ladder.count() as f64;
        let rarer = |place| {
            let tail = ladder.at_most(place).min(ladder.at_least(place)).max(1);
            (count / tail as f64).ln().max(0.0)
        };
        let surprise = (0..ladder.places()).map(rarer).collect();
        Self { ladder, surprise }
    }
}

impl From<Vec<Ladder<f32>>> for Ecod {
    fn from(ladders: Vec<Ladder<f32>>) -> Self {
        Self { tails: ladders.into_iter().map(Tails::from).collect() }
    }
}

impl From<Ecod> for Vec<Ladder<f32>> {
    fn from(fitted: Ecod) -> Self {
        fitted.tails.into_iter().map(|tails| tails.ladder).collect()
    }
}

impl<'a> Fit<&'a Matrix, (), Error> for Settings {
    type Object = Ecod;

    fn fit(&self, data: &DatasetBase<&'a Matrix, ()>) -> Result<Ecod, Error> {
        refuse_empty(data.records)?;
        let columns: Vec<&[f32]> = data.records.columns().collect();
        let tails = |column: &&[f32]| {
            let mut cells: Vec<f32> = column.iter().copied().filter(|it| !it.is_nan()).collect();
            cells.sort_unstable_by(f32::total_cmp);
            Tails::from(Ladder::of(&cells))
        };
        Ok(Ecod { tails: columns.par_iter().map(tails).collect() })
    }
}

impl Tails {
    /// Minus the logarithm of the rarer tail of one cell; 0 where it is missing.
    fn surprise(&self, cell: f32) -> f64 {
        if cell.is_nan() {
            return 0.0;
        }
        self.surprise.get(self.ladder.place(cell)).copied().unwrap_or(0.0)
    }
}

impl Ecod {
    /// Whether what was read from a file can be used.
    pub(super) fn check(&self, columns: usize) -> Result<(), Error> {
        if self.tails.len() != columns {
            return Err(Error::Damaged { what: "stored quantiles belong to other columns" });
        }
        self.tails.iter().try_for_each(|tails| tails.ladder.check())
    }
}

impl Judge for Ecod {
    fn score(&self, matrix: &Matrix) -> Vec<f64> {
        let columns: Vec<&[f32]> = matrix.columns().collect();
        let mut scores = vec![0.0; matrix.rows()];
        scores.par_chunks_mut(BLOCK).enumerate().for_each(|(block, scores)| {
            for (tails, column) in self.tails.iter().zip(&columns) {
                let cells = column.iter().skip(block * BLOCK);
                for (score, &cell) in scores.iter_mut().zip(cells) {
                    *score += tails.surprise(cell);
                }
            }
        });
        scores
    }

    /// The cells' own terms, exactly as they are summed.
    fn attribute(&self, row: &[f32]) -> Vec<f64> {
        self.tails.iter().zip(row).map(|(tails, &cell)| tails.surprise(cell)).collect()
    }
}

#[cfg(test)]
mod tests {
    use linfa::dataset::DatasetBase;
    use linfa::traits::Fit;

    use super::{Ecod, Judge, Settings};
    use crate::matrix::Matrix;

    fn fitted(columns: &[&[Option<f32>]]) -> (Matrix, Ecod) {
        let mut matrix = Matrix::new(columns[0].len());
        for (index, column) in columns.iter().enumerate() {
            matrix.push(&format!("c{index}"), column.iter().copied()).unwrap();
        }
        let ecod = Settings::default().fit(&DatasetBase::new(&matrix, ())).unwrap();
        (matrix, ecod)
    }

    #[test]
    fn a_table_with_ties_and_gaps_is_scored_as_by_hand() {
        let first = [Some(1.0), Some(2.0), Some(2.0), Some(9.0)];
        let second = [Some(5.0), None, Some(5.0), Some(4.0)];
        let (matrix, ecod) = fitted(&[&first, &second]);
        // Column c0: at most 1, 3, 3, 4 of 4; at least 4, 3, 3, 1 of 4. Column c1, of 3 cells: 5 has
        // at most 3 and at least 2; 4 has at most 1.
        let four = 4.0_f64.ln();
        let third = (4.0_f64 / 3.0).ln();
        let half = 1.5_f64.ln();
        let hand = [four + half, third, third + half, four + 3.0_f64.ln()];
        for (found, hand) in ecod.score(&matrix).into_iter().zip(hand) {
            assert!((found - hand).abs() < 1e-15, "{found} {hand}");
        }
    }

    #[test]
    fn a_new_value_is_scored_by_the_old_distribution() {
        let (_, ecod) = fitted(&[&[Some(1.0), Some(2.0), Some(3.0), Some(4.0)]]);
        let score = |cell| ecod.attribute(&[cell])[0];
        assert!((score(100.0) - 4.0_f64.ln()).abs() < 1e-15);
        assert!((score(-100.0) - score(100.0)).abs() < 1e-15);
        assert!((score(2.5) - 2.0_f64.ln()).abs() < 1e-15);
    }

    #[test]
    fn columns_that_say_nothing_add_nothing() {
        let (matrix, ecod) = fitted(&[&[Some(7.0); 3], &[None; 3]]);
        assert_eq!(ecod.score(&matrix), [0.0; 3]);
        assert!(ecod.attribute(&[8.0, 1.0])[1].abs() < 1e-15);
    }
}
