//! Robust scaling of columns by median and interquartile range.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::error::Error;
use crate::convert::float;
use crate::matrix::Matrix;

/// The interquartile range of a normal distribution, in standard deviations.
const NORMAL_RANGE: f64 = 1.348_979_500_392_163_4;

/// The centre and scale of a column.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Column {
    centre: f32,
    /// The reciprocal of the spread; 0 if the column is constant, so that it has no effect.
    slope: f32,
}

/// The centre and spread of each column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Scale {
    columns: Vec<Column>,
    /// Scaled cells are clipped to this absolute value.
    clip: f32,
}

impl Scale {
    /// Fits the scale to a sample. The spread is the interquartile range divided by that of the normal distribution, or
    /// the standard deviation if half of the cells are equal.
    pub(super) fn of(sample: &Matrix, clip: f32) -> Self {
        let columns: Vec<&[f32]> = sample.columns().collect();
        Self { columns: columns.par_iter().map(|it| Column::of(it)).collect(), clip }
    }

    /// A cell scaled and clipped; NaN stays NaN.
    pub(super) fn cell(&self, column: usize, cell: f32) -> f32 {
        let Some(Column { centre, slope }) = self.columns.get(column).copied() else {
            return f32::NAN;
        };
        if slope == 0.0 && !cell.is_nan() {
            return 0.0;
        }
        ((cell - centre) * slope).clamp(-self.clip, self.clip)
    }

    /// All columns of a matrix, scaled.
    pub(super) fn columns(&self, matrix: &Matrix) -> Vec<Vec<f32>> {
        let columns = matrix.columns().enumerate();
        columns.map(|(index, it)| it.iter().map(|&cell| self.cell(index, cell)).collect()).collect()
    }

    pub(super) fn width(&self) -> usize {
        self.columns.len()
    }

    /// Checks a deserialised scale.
    pub(super) fn check(&self, columns: usize) -> Result<(), Error> {
        let finite = |it: &Column| it.centre.is_finite() && it.slope.is_finite();
        if self.width() == columns && self.columns.iter().all(finite) && self.clip > 0.0 {
            Ok(())
        } else {
            Err(Error::Damaged { what: "a scale belongs to other columns" })
        }
    }
}

impl Column {
    #[expect(clippy::cast_possible_truncation, reason = "cells are f32")]
    fn of(column: &[f32]) -> Self {
        let mut cells: Vec<f32> = column.iter().copied().filter(|it| !it.is_nan()).collect();
        cells.sort_unstable_by(f32::total_cmp);
        let at = |share: usize| {
            let cell = cells.get((cells.len().saturating_sub(1)) * share / 4).copied();
            f64::from(cell.unwrap_or(0.0))
        };
        let range = (at(3) - at(1)) / NORMAL_RANGE;
        let count = float(cells.len().max(1));
        let mean = cells.iter().map(|&it| f64::from(it)).sum::<f64>() / count;
        let square = |&it: &f32| (f64::from(it) - mean).powi(2);
        let deviation = (cells.iter().map(square).sum::<f64>() / count).sqrt();
        let spread = if range > 0.0 { range } else { deviation };
        let slope = (1.0 / spread) as f32;
        // A spread whose reciprocal overflows f32 is treated as that of a constant.
        Self { centre: at(2) as f32, slope: if slope.is_finite() { slope } else { 0.0 } }
    }
}

#[cfg(test)]
mod tests {
    use super::Scale;
    use crate::matrix::Matrix;

    fn scale(cells: &[Option<f32>]) -> Scale {
        let mut matrix = Matrix::new(cells.len());
        matrix.push("a", cells.iter().copied()).unwrap();
        Scale::of(&matrix, 8.0)
    }

    #[test]
    fn one_wild_cell_does_not_move_the_scale() {
        let scale = scale(&[1.0, 2.0, 3.0, 4.0, 1e30].map(Some));
        assert!((scale.cell(0, 3.0)).abs() < 1e-6);
        assert!((scale.cell(0, 4.0) - 1.348_979_5 / 2.0).abs() < 1e-6);
        assert!((scale.cell(0, 1e30) - 8.0).abs() < 1e-6);
        assert!(scale.cell(0, f32::NAN).is_nan());
    }

    #[test]
    fn where_most_cells_are_equal_the_deviation_counts() {
        let scale = scale(&[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0].map(Some));
        let deviation = (7.0_f32 / 64.0).sqrt();
        assert!((scale.cell(0, 1.0) - 1.0 / deviation).abs() < 1e-5);
    }

    #[test]
    fn a_constant_or_empty_column_says_nothing() {
        assert!(scale(&[Some(4.0); 3]).cell(0, 9.0).abs() < 1e-9);
        assert!(scale(&[None; 3]).cell(0, 9.0).abs() < 1e-9);
    }
}
