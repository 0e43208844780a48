//! Means and covariances of columns with missing cells, regularised to be invertible.

use rayon::prelude::*;

use super::distance::Ellipsoid;
use crate::convert::float;
use crate::stats::cholesky::{Lower, dot};

/// Means and covariances of some rows, each computed from the rows in which the cells are recorded.
#[derive(Debug)]
pub(super) struct Moments {
    mean: Vec<f64>,
    /// The lower triangle of the covariance.
    covariance: Vec<Vec<f64>>,
    /// The mean over rows of the fourth power of the row's length, which measures the sampling error of the covariance.
    fourth: f64,
    rows: f64,
}

impl Moments {
    /// The moments of the given rows of a table stored by column; NaN is a missing cell.
    pub(super) fn of(columns: &[Vec<f32>], rows: &[usize]) -> Self {
        let centred: Vec<Column> = columns.par_iter().map(|it| Column::of(it, rows)).collect();
        let covariance = (0..centred.len())
            .into_par_iter()
            .map(|index| {
                let (before, rest) = centred.split_at(index);
                let own = rest.first();
                let others = before.iter().chain(own);
                others.map(|other| own.map_or(0.0, |it| it.covariance(other))).collect()
            })
            .collect();
        let mut lengths = vec![0.0; rows.len()];
        for column in &centred {
            for (length, cell) in lengths.iter_mut().zip(&column.cells) {
                *length += cell * cell;
            }
        }
        let count = float(rows.len().max(1));
        Self {
            mean: centred.iter().map(|column| column.mean).collect(),
            covariance,
            fourth: dot(&lengths, &lengths) / count,
            rows: count,
        }
    }

    /// The ellipsoid with the correlations of these rows and the robust scale of the columns. With the rows' own scale,
    /// an extreme cell in one column would mask a broken correlation, and a flag that no row carries would be
    /// infinitely rare.
    ///
    /// Correlations are shrunk by the weight of Ledoit and Wolf, at least by `ridge`, and further if pairwise missing
    /// cells make the matrix indefinite.
    pub(super) fn ellipsoid(&self, ridge: f64) -> Ellipsoid {
        let (mut norm, mut gap) = (0.0, 0.0);
        for (index, row) in self.covariance.iter().enumerate() {
            for (column, cell) in row.iter().enumerate() {
                let square = cell * cell;
                norm += if column == index { square } else { 2.0 * square };
                gap += if column == index { 0.0 } else { 2.0 * square };
            }
        }
        let noise = ((self.fourth - norm) / self.rows).max(0.0);
        let mut weight = if gap > 0.0 { (noise / gap).clamp(ridge, 1.0) } else { 1.0 };
        let slopes: Vec<f64> = (0..self.mean.len()).map(|column| self.slope(column)).collect();
        loop {
            let related = |((index, row), own): ((usize, &Vec<f64>), &f64)| {
                let cell = |((column, cell), other): ((usize, &f64), &f64)| {
                    if column == index { 1.0 } else { (1.0 - weight) * cell * own * other }
                };
                row.iter().enumerate().zip(&slopes).map(cell).collect()
            };
            let rows = self.covariance.iter().enumerate().zip(&slopes);
            if let Some(factor) = Lower::of(&rows.map(related).collect::<Vec<Vec<f64>>>()) {
                return Ellipsoid::of(self.mean.clone(), factor);
            }
            weight = (2.0 * weight).min(1.0);
        }
    }

    /// The ellipsoid with the correlations and the standard deviations of these rows; the covariance is multiplied by
    /// `factor`.
    ///
    /// Variances are bounded below by `least`. The covariance is shrunk by `ridge` towards uncorrelated columns on the
    /// robust scale, and further if pairwise missing cells make the matrix indefinite.
    pub(super) fn spread(&self, factor: f64, least: &[f64], ridge: f64) -> Ellipsoid {
        let mut weight = ridge;
        loop {
            let drawn = |((index, row), least): ((usize, &Vec<f64>), &f64)| {
                let cell = |(column, cell): (usize, &f64)| {
                    let cell = cell * factor;
                    if column == index {
                        (1.0 - weight) * cell.max(*least) + weight
                    } else {
                        (1.0 - weight) * cell
                    }
                };
                row.iter().enumerate().map(cell).collect()
            };
            let rows = self.covariance.iter().enumerate().zip(least);
            if let Some(factor) = Lower::of(&rows.map(drawn).collect::<Vec<Vec<f64>>>()) {
                return Ellipsoid::of(self.mean.clone(), factor);
            }
            weight = (2.0 * weight).min(1.0);
        }
    }

    /// The reciprocal of a column's standard deviation; 0 if it is constant.
    fn slope(&self, column: usize) -> f64 {
        let row = self.covariance.get(column);
        let variance = row.and_then(|row| row.last()).copied().unwrap_or(0.0);
        if variance > 0.0 { 1.0 / variance.sqrt() } else { 0.0 }
    }
}

/// A column of the selected rows.
struct Column {
    mean: f64,
    /// Centred cells; 0 if missing.
    cells: Vec<f64>,
    /// 1 if recorded, 0 if missing; `None` if all cells are recorded.
    recorded: Option<Vec<f64>>,
}

impl Column {
    fn of(column: &[f32], rows: &[usize]) -> Self {
        let pick = |&row: &usize| f64::from(column.get(row).copied().unwrap_or(f32::NAN));
        let mut cells: Vec<f64> = rows.iter().map(pick).collect();
        let recorded: Vec<f64> =
            cells.iter().map(|cell| if cell.is_nan() { 0.0 } else { 1.0 }).collect();
        let count = recorded.iter().sum::<f64>();
        let sum: f64 = cells.iter().filter(|cell| !cell.is_nan()).sum();
        let mean = if count > 0.0 { sum / count } else { 0.0 };
        for cell in &mut cells {
            *cell = if cell.is_nan() { 0.0 } else { *cell - mean };
        }
        let recorded = (count < float(rows.len())).then_some(recorded);
        Self { mean, cells, recorded }
    }

    /// The covariance over the rows in which both cells are recorded.
    fn covariance(&self, other: &Self) -> f64 {
        let both = match (&self.recorded, &other.recorded) {
            (Some(one), Some(other)) => dot(one, other),
            (Some(one), None) | (None, Some(one)) => one.iter().sum(),
            (None, None) => float(self.cells.len()),
        };
        if both > 0.0 { dot(&self.cells, &other.cells) / both } else { 0.0 }
    }
}

/// The `size` rows with the smallest distances, in row order.
pub(super) fn nearest(distances: &[f64], size: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..distances.len()).collect();
    let distance = |row: &usize| distances.get(*row).copied().unwrap_or(f64::INFINITY);
    order.sort_by(|one, other| distance(one).total_cmp(&distance(other)));
    order.truncate(size);
    order.sort_unstable();
    order
}

#[cfg(test)]
mod tests {
    use super::Moments;

    #[test]
    fn moments_are_those_of_the_recorded_cells() {
        let columns = vec![vec![1.0, 3.0, 5.0, f32::NAN], vec![2.0, f32::NAN, 4.0, 9.0]];
        let moments = Moments::of(&columns, &[0, 1, 2, 3]);
        assert_eq!(moments.mean, [3.0, 5.0]);
        // Both are recorded in rows 0 and 2: ((-2)(-3) + 2(-1)) / 2.
        assert_eq!(moments.covariance[0], [8.0 / 3.0]);
        assert_eq!(moments.covariance[1], [2.0, (9.0 + 1.0 + 16.0) / 3.0]);
    }

    #[test]
    fn columns_that_repeat_each_other_are_weakened_until_they_can_be_inverted() {
        let column: Vec<f32> = (0..100_u8).map(f32::from).collect();
        let moments = Moments::of(&[column.clone(), column], &(0..100).collect::<Vec<_>>());
        let ellipsoid = moments.ellipsoid(0.01);
        let together = ellipsoid.attribute(&[60.0, 60.0]).iter().sum::<f64>();
        let apart = ellipsoid.attribute(&[60.0, 39.0]).iter().sum::<f64>();
        assert!(apart > 10.0 * together, "{apart} {together}");
    }
}
