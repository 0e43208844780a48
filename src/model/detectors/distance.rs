//! Squared Mahalanobis distances for rows with missing cells.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::error::Error;
use crate::stats::cholesky::{Lower, dot};

/// The number of rows whose distances are computed in SIMD lanes.
const LANES: usize = 16;
/// The number of rows that a thread scores at a time.
const BLOCK: usize = 1024;

/// A mean and a covariance matrix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub(super) struct Ellipsoid {
    mean: Vec<f64>,
    /// The Cholesky factor of the covariance.
    factor: Lower,
    /// The inverse of the covariance.
    precision: Vec<Vec<f64>>,
}

/// The serialised form of an ellipsoid.
#[derive(Serialize, Deserialize)]
struct Stored {
    mean: Vec<f64>,
    factor: Lower,
}

impl From<Stored> for Ellipsoid {
    fn from(stored: Stored) -> Self {
        Self::of(stored.mean, stored.factor)
    }
}

impl From<Ellipsoid> for Stored {
    fn from(ellipsoid: Ellipsoid) -> Self {
        Self { mean: ellipsoid.mean, factor: ellipsoid.factor }
    }
}

/// For each set of missing columns met so far, the factor of the precision restricted to these columns.
type Lacking = BTreeMap<Vec<usize>, Option<Lower>>;

impl Ellipsoid {
    /// An ellipsoid with a mean and the factor of its covariance.
    pub(super) fn of(mean: Vec<f64>, factor: Lower) -> Self {
        let precision = factor.inverse();
        Self { mean, factor, precision }
    }

    /// The unit ball centred at 0.
    pub(super) fn round(columns: usize) -> Self {
        Self::of(vec![0.0; columns], Lower::unit(columns))
    }

    /// The same ellipsoid centred at 0.
    #[must_use]
    pub(super) fn about_zero(mut self) -> Self {
        self.mean.fill(0.0);
        self
    }

    /// The log determinant of the covariance.
    pub(super) fn log_determinant(&self) -> f64 {
        let diagonal = self.factor.rows().iter().filter_map(|row| row.last());
        2.0 * diagonal.map(|cell| cell.ln()).sum::<f64>()
    }

    /// Checks a deserialised ellipsoid.
    pub(super) fn check(&self, columns: usize) -> Result<(), Error> {
        let finite =
            self.mean.iter().chain(self.precision.iter().flatten()).all(|it| it.is_finite());
        if self.mean.len() == columns && self.factor.size() == columns && finite {
            Ok(())
        } else {
            Err(Error::Damaged { what: "a covariance belongs to other columns" })
        }
    }

    /// The squared distances of the rows of a table stored by column.
    pub(super) fn squared_distances(&self, columns: &[Vec<f32>]) -> Vec<f64> {
        let rows = columns.first().map_or(0, Vec::len);
        let cell = |row: usize, column: usize| {
            columns.get(column).and_then(|it| it.get(row)).copied().unwrap_or(f32::NAN)
        };
        self.squared(rows, cell)
    }

    /// The squared distances of the given number of rows; `cell(row, column)` is NaN if it is missing.
    pub(super) fn squared(
        &self,
        rows: usize,
        cell: impl Fn(usize, usize) -> f32 + Sync,
    ) -> Vec<f64> {
        let mut squared = vec![0.0; rows];
        squared.par_chunks_mut(BLOCK).enumerate().for_each(|(block, squared)| {
            let mut lacking = Lacking::new();
            let mut gaps = Vec::with_capacity(self.mean.len());
            for (group, squared) in squared.chunks_mut(LANES).enumerate() {
                let first = block * BLOCK + group * LANES;
                let missing =
                    self.fill(&mut gaps, squared.len(), |lane, column| cell(first + lane, column));
                let all = self.lengths(&gaps);
                for (lane, (squared, length)) in squared.iter_mut().zip(all).enumerate() {
                    *squared = length;
                    if missing & (1 << lane) != 0 {
                        let one = |column| f64::from(cell(first + lane, column));
                        let row: Vec<f64> = (0..self.mean.len()).map(one).collect();
                        *squared = self.recorded(row, length, &mut lacking);
                    }
                }
            }
        });
        squared
    }

    /// Fills in the deviations of the rows from the mean, 0 for missing cells, and returns the lanes with a missing
    /// cell.
    fn fill(
        &self,
        gaps: &mut Vec<[f64; LANES]>,
        rows: usize,
        cell: impl Fn(usize, usize) -> f32,
    ) -> u32 {
        let mut missing = 0;
        gaps.clear();
        for (column, mean) in self.mean.iter().enumerate() {
            let mut lanes = [0.0; LANES];
            for (lane, gap) in lanes.iter_mut().enumerate().take(rows) {
                let cell = cell(lane, column);
                if cell.is_nan() {
                    missing |= 1 << lane;
                } else {
                    *gap = f64::from(cell) - mean;
                }
            }
            gaps.push(lanes);
        }
        missing
    }

    /// The squared lengths of `L⁻¹ x`, for several rows in parallel lanes.
    fn lengths(&self, gaps: &[[f64; LANES]]) -> [f64; LANES] {
        let mut solved: Vec<[f64; LANES]> = Vec::with_capacity(gaps.len());
        let mut lengths = [0.0; LANES];
        for (row, gap) in self.factor.rows().iter().zip(gaps) {
            let mut lanes = *gap;
            for (factor, known) in row.iter().zip(&solved) {
                for (lane, known) in lanes.iter_mut().zip(known) {
                    *lane -= factor * known;
                }
            }
            let diagonal = row.last().copied().unwrap_or(1.0);
            for (lane, length) in lanes.iter_mut().zip(&mut lengths) {
                *lane /= diagonal;
                *length += *lane * *lane;
            }
            solved.push(lanes);
        }
        lengths
    }

    /// The squared distance in the recorded columns, computed from the length with missing cells set to the mean:
    /// `xᵀPx - bᵀ P_mm⁻¹ b` with `b = (Px)_m`.
    fn recorded(&self, row: Vec<f64>, length: f64, lacking: &mut Lacking) -> f64 {
        let (gaps, missing) = self.gaps(row);
        let pull = self.pull(&gaps, &missing);
        let moved = self.moved(&pull, &missing, lacking);
        (length - dot(&pull, &moved)).max(0.0)
    }

    /// The deviations of a row from the mean, 0 for missing cells, and the missing columns.
    fn gaps(&self, mut row: Vec<f64>) -> (Vec<f64>, Vec<usize>) {
        let mut missing = Vec::new();
        for (column, (cell, mean)) in row.iter_mut().zip(&self.mean).enumerate() {
            if cell.is_nan() {
                missing.push(column);
                *cell = 0.0;
            } else {
                *cell -= mean;
            }
        }
        (row, missing)
    }

    /// `(Px)_m`, the product with the precision in the missing columns.
    fn pull(&self, gaps: &[f64], missing: &[usize]) -> Vec<f64> {
        let row = |column: &usize| self.precision.get(*column).map_or(0.0, |row| dot(row, gaps));
        missing.iter().map(row).collect()
    }

    /// `P_mm⁻¹ b`: the negative conditional mean deviations of the missing cells, given the recorded ones.
    fn moved(&self, pull: &[f64], missing: &[usize], lacking: &mut Lacking) -> Vec<f64> {
        let mut moved = pull.to_vec();
        let factor = |missing: &[usize]| {
            let cell = |row: usize, column: usize| {
                self.precision.get(row).and_then(|it| it.get(column)).copied().unwrap_or(0.0)
            };
            let row = |(index, &row): (usize, &usize)| {
                missing.iter().take(index + 1).map(|&column| cell(row, column)).collect()
            };
            Lower::of(&missing.iter().enumerate().map(row).collect::<Vec<Vec<f64>>>())
        };
        if !lacking.contains_key(missing) {
            lacking.insert(missing.to_vec(), factor(missing));
        }
        match lacking.get(missing) {
            Some(Some(factor)) => factor.solve(&mut moved),
            // A principal submatrix of a positive definite matrix is positive definite; if rounding prevents a factor,
            // use the mean.
            _ => moved.fill(0.0),
        }
        moved
    }

    /// `x_j (Px)_j` for each column of a row, with missing cells at their conditional means: the terms sum to the
    /// squared distance and are 0 for missing cells.
    pub(super) fn attribute(&self, row: &[f64]) -> Vec<f64> {
        let (mut gaps, missing) = self.gaps(row.to_vec());
        let pull = self.pull(&gaps, &missing);
        let moved = self.moved(&pull, &missing, &mut Lacking::new());
        for (column, moved) in missing.iter().zip(&moved) {
            if let Some(gap) = gaps.get_mut(*column) {
                *gap = -moved;
            }
        }
        let mut parts: Vec<f64> =
            gaps.iter().zip(&self.precision).map(|(gap, row)| gap * dot(row, &gaps)).collect();
        for column in missing {
            if let Some(part) = parts.get_mut(column) {
                *part = 0.0;
            }
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::Ellipsoid;
    use crate::stats::cholesky::Lower;

    /// Three columns with variance 1; the first two are correlated.
    fn tied() -> Ellipsoid {
        let factor = Lower::of(&[vec![1.0], vec![0.8, 1.0], vec![0.3, 0.1, 1.0]]).unwrap();
        Ellipsoid::of(vec![0.0, 1.0, 0.0], factor)
    }

    #[test]
    fn a_broken_relation_is_further_than_an_extreme_that_keeps_it() {
        let factor = Lower::of(&[vec![1.0], vec![0.8, 1.0]]).unwrap();
        let ellipsoid = Ellipsoid::of(vec![0.0, 0.0], factor);
        let squared = ellipsoid.squared_distances(&[vec![2.0, 2.0], vec![2.0, -2.0]]);
        // (x² - 1.6 x y + y²) / (1 - 0.64)
        assert!((squared[0] - 1.6 / 0.36).abs() < 1e-12);
        assert!((squared[1] - 14.4 / 0.36).abs() < 1e-12);
    }

    #[test]
    fn a_row_is_measured_by_its_recorded_cells_alone() {
        let none = f32::NAN;
        let rows = [[2.0, none, none], [none, 3.0, none], [none, none, none], [1.0, 0.0, none]];
        let columns: Vec<Vec<f32>> =
            (0..3).map(|it| rows.iter().map(|row| row[it]).collect()).collect();
        let squared = tied().squared_distances(&columns);
        // By the marginal distributions: 2² / 1, (3 - 1)² / 1, no cells, and the first two columns alone.
        let pair = (1.0 + 1.6 + 1.0) / 0.36;
        for (found, hand) in squared.iter().zip([4.0, 4.0, 0.0, pair]) {
            assert!((found - hand).abs() < 1e-12, "{found} {hand}");
        }
    }

    #[test]
    fn parts_add_up_to_the_squared_distance() {
        for row in [[2.0, 5.0, -1.0], [2.0, f32::NAN, -1.0], [f32::NAN, 0.5, f32::NAN]] {
            let columns = row.map(|cell| vec![cell]);
            let squared = tied().squared_distances(&columns)[0];
            let parts = tied().attribute(&row.map(f64::from));
            assert!((parts.iter().sum::<f64>() - squared).abs() < 1e-12);
            assert!(row.iter().zip(&parts).all(|(cell, &part)| !cell.is_nan() || part == 0.0));
        }
    }
}
