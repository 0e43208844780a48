//! Linear regression by Huber's M-estimate, which a few wild values move little.

use super::cholesky::{Lower, dot};
use super::robust::spread;
use crate::convert::float;

/// From this many standard deviations on, a residual counts by its sign only: 95 % efficient if errors are normal
/// (Huber 1981).
const BEND: f64 = 1.345;
/// The most rounds of reweighting.
const ROUNDS: usize = 50;
/// Coefficients that move less than this are final.
const SMALL: f64 = 1e-9;

/// A fitted regression.
#[derive(Debug, Clone)]
pub struct Huber {
    coefficients: Vec<f64>,
    spread: f64,
    /// Values less the coefficients that they determine.
    freedom: f64,
}

impl Huber {
    /// Fits values on rows of equal width by iteratively reweighted least squares, with a ridge penalty for each column:
    /// as if so many further rows had 1 in this column alone and the value 0. The standard deviation of the residuals is
    /// at least `least`. `None` if there are no more values than columns, or if columns without a penalty determine each
    /// other.
    pub fn fit(rows: &[Vec<f64>], values: &[f64], ridge: &[f64], least: f64) -> Option<Self> {
        let all = Problem { rows, values, ridge };
        let mut weights = vec![1.0; rows.len()];
        let (mut factor, mut coefficients) = all.solve(&weights)?;
        let mut deviation = all.deviation(&coefficients, least)?;
        for _ in 0..ROUNDS {
            let weight = |residual: f64| (BEND * deviation / residual.abs()).min(1.0);
            weights = all.residuals(&coefficients).map(weight).collect();
            let (next, found) = all.solve(&weights)?;
            let moved = found.iter().zip(&coefficients).map(|(a, b)| (a - b).abs());
            let moved = moved.fold(0.0, f64::max);
            (factor, coefficients) = (next, found);
            deviation = all.deviation(&coefficients, least)?;
            if moved < SMALL {
                break;
            }
        }
        let freedom = float(rows.len()) - all.determined(&factor, &weights);
        // The residuals of fitted values are too small, as those of a variance divided by the number of values.
        let spread = deviation * (float(rows.len()) / freedom).sqrt();
        (freedom >= 1.0).then_some(Self { coefficients, spread, freedom })
    }

    /// What the regression expects of a row.
    pub fn expected(&self, row: &[f64]) -> f64 {
        dot(&self.coefficients, row)
    }

    /// The standard deviation of values around what is expected, by the median absolute residual.
    pub fn spread(&self) -> f64 {
        self.spread
    }

    /// The number of values less the number of coefficients that they determine.
    pub fn freedom(&self) -> f64 {
        self.freedom
    }
}

struct Problem<'a> {
    rows: &'a [Vec<f64>],
    values: &'a [f64],
    ridge: &'a [f64],
}

impl Problem<'_> {
    /// The factor of the normal equations, and the coefficients.
    fn solve(&self, weights: &[f64]) -> Option<(Lower, Vec<f64>)> {
        let width = self.ridge.len();
        if self.rows.len() <= width {
            return None;
        }
        let mut triangle: Vec<Vec<f64>> = (0..width).map(|row| vec![0.0; row + 1]).collect();
        let mut right = vec![0.0; width];
        for ((row, value), weight) in self.rows.iter().zip(self.values).zip(weights) {
            for ((cells, cell), right) in triangle.iter_mut().zip(row).zip(&mut right) {
                *right += weight * cell * value;
                for (sum, other) in cells.iter_mut().zip(row) {
                    *sum += weight * cell * other;
                }
            }
        }
        for (cells, ridge) in triangle.iter_mut().zip(self.ridge) {
            if let Some(diagonal) = cells.last_mut() {
                *diagonal += ridge;
            }
        }
        let factor = Lower::of(&triangle)?;
        factor.solve(&mut right);
        Some((factor, right))
    }

    fn residuals(&self, coefficients: &[f64]) -> impl Iterator<Item = f64> {
        self.rows.iter().zip(self.values).map(|(row, value)| value - dot(coefficients, row))
    }

    /// The standard deviation of the residuals around 0, by their median absolute value.
    fn deviation(&self, coefficients: &[f64], least: f64) -> Option<f64> {
        let residuals: Vec<f64> = self.residuals(coefficients).collect();
        Some(spread(&residuals, 0.0)?.max(least))
    }

    /// How many coefficients the values determine: the trace of the matrix that maps values to what is expected.
    fn determined(&self, factor: &Lower, weights: &[f64]) -> f64 {
        let leverage = |(row, weight): (&Vec<f64>, &f64)| {
            let mut solved = row.clone();
            factor.solve(&mut solved);
            weight * dot(&solved, row)
        };
        self.rows.iter().zip(weights).map(leverage).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::Huber;
    use crate::convert::float;

    /// `3 + 2x`, and a saw-tooth of errors from -0.1 to 0.1.
    fn line(wild: usize) -> (Vec<Vec<f64>>, Vec<f64>) {
        let x = (0..40_usize).map(|place| float(place) / 10.0);
        let rows: Vec<Vec<f64>> = x.map(|x| vec![1.0, x]).collect();
        let value = |(place, row): (usize, &Vec<f64>)| {
            let error = (float(place * 7 % 5) - 2.0) / 20.0;
            let wild = if place < wild { 50.0 } else { 0.0 };
            3.0 + 2.0 * row[1] + error + wild
        };
        let values = rows.iter().enumerate().map(value).collect();
        (rows, values)
    }

    #[test]
    fn wild_values_move_the_line_little() {
        for wild in [0, 3] {
            let (rows, values) = line(wild);
            let fit = Huber::fit(&rows, &values, &[0.0, 0.0], 0.0).unwrap();
            let at = fit.expected(&[1.0, 2.0]);
            assert!((at - 7.0).abs() < 0.05, "{wild}: {at}");
            assert!((0.05..0.16).contains(&fit.spread()), "{wild}: {}", fit.spread());
            assert!((36.0..=40.0).contains(&fit.freedom()), "{wild}: {}", fit.freedom());
        }
    }

    #[test]
    fn a_penalty_draws_a_coefficient_to_nothing_as_further_rows_do() {
        let (rows, values) = (vec![vec![1.0]; 8], vec![3.0; 8]);
        let fit = Huber::fit(&rows, &values, &[4.0], 1e3).unwrap();
        assert!((fit.expected(&[1.0]) - 2.0).abs() < 1e-12);
    }

    #[test]
    fn columns_that_determine_each_other_have_no_fit() {
        let rows = vec![vec![1.0, 2.0]; 8];
        assert!(Huber::fit(&rows, &[1.0; 8], &[0.0, 0.0], 0.0).is_none());
        assert!(Huber::fit(&rows[..1], &[1.0], &[0.0, 0.0], 0.0).is_none());
    }
}
