//! MCD: how far is a row from the centre of the half of the rows that lie closest together?
//!
//! The minimum covariance determinant (Rousseeuw 1984) by the concentration steps of `FastMCD` (Rousseeuw
//! and Van Driessen 1999) from the deterministic starts of Hubert, Rousseeuw and Verdonck (2012), with the
//! ridge of Boudt, Rousseeuw, Vanduffel and Verdonck (2020), so that columns which are constant in the
//! half, or repeat each other, are no reason by themselves. The half's covariance is made consistent for
//! normal rows (Croux and Haesbroeck 1999); then all rows within the 97.5 % ellipsoid are used once more.
//! Other than [`super::mahalanobis`] it keeps the half's own spreads and clips nothing that matters: it
//! is the sharper where rows are nearly normal, the blinder where an ordinary column has a heavy tail.

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use statrs::function::gamma::checked_gamma_lr;

use super::super::error::Error;
use super::super::scale::Scale;
use super::super::stream::{Stream, narrow};
use super::covariance::{Moments, nearest};
use super::distance::Ellipsoid;
use super::guard::ValidParams;
use super::mahalanobis::{Mahalanobis, ROWS, STEPS, part};
use super::scorer::refuse_empty;
use crate::convert::float;
use crate::matrix::Matrix;
use crate::params::{params, within};

/// A cell so many spreads out is infinitely far; beyond that `f32` loses the square.
const CLIP: f32 = 1e6;
/// Rows within the ellipsoid that holds this share of a normal law are used for the final covariance.
const WITHIN: f64 = 0.975;

params! {
    /// The settings of the distance.
    pub struct Settings {
        pub central: f64 = 0.5, within(0.5..=1.0), "share of the rows that lie closest together";
        pub ridge: f64 = 0.01, within(1e-6..=1.0),
            "how far the covariance is drawn towards that of unrelated columns";
    }
}

impl<'a> Fit<&'a Matrix, (), Error> for ValidParams<Settings> {
    type Object = Mahalanobis;

    fn fit(&self, data: &DatasetBase<&'a Matrix, ()>) -> Result<Mahalanobis, Error> {
        refuse_empty(data.records)?;
        let rows = Stream::of(self.seed, 0).rows(data.records.rows(), ROWS);
        let sample = data.records.select(&narrow(&rows));
        let scale = Scale::of(&sample, CLIP);
        let table = Table::of(scale.columns(&sample), &self.settings);
        let [first, others @ ..] = table.starts().map(|start| table.concentrated(start));
        let denser = |held: Ellipsoid, it: Ellipsoid| {
            if it.log_determinant() < held.log_determinant() { it } else { held }
        };
        let densest = others.into_iter().fold(first, denser);
        Ok(Mahalanobis::of(scale, table.reweighted(&densest)))
    }
}

/// Scaled columns with what is asked of them.
struct Table {
    columns: Vec<Vec<f32>>,
    /// Columns that are not constant.
    degrees: f64,
    /// The missing cells of each row in them.
    missing: Vec<f64>,
    /// The least variance of each column: that of all rows where most cells are equal, for there the dense
    /// half knows of no other.
    least: Vec<f64>,
    /// The rows of the dense half.
    half: usize,
    /// The same as a share of all.
    share: f64,
    ridge: f64,
}

impl Table {
    fn of(columns: Vec<Vec<f32>>, settings: &Settings) -> Self {
        let rows = columns.first().map_or(0, Vec::len);
        let mut missing = vec![0.0; rows];
        let mut degrees = 0.0;
        let mut least = Vec::new();
        for column in &columns {
            let recorded = column.iter().filter(|cell| !cell.is_nan()).count();
            let equal = column.iter().filter(|cell| cell.abs() <= 0.0).count();
            least.push(if 2 * equal >= recorded { 1.0 } else { 0.0 });
            if equal < recorded {
                degrees += 1.0;
                for (missing, cell) in missing.iter_mut().zip(column) {
                    *missing += f64::from(u8::from(cell.is_nan()));
                }
            }
        }
        // With fewer, a plane through them has no volume at all.
        let fewest = (rows + columns.len()).div_ceil(2);
        let half = part(rows, settings.central).max(fewest).min(rows);
        let share = float(half) / float(rows.max(1));
        Self { columns, degrees, missing, least, half, share, ridge: settings.ridge }
    }

    /// Three shapes round the columns' medians that unusual rows hardly sway: of cells bent towards the
    /// centre, of directions alone, and of the half nearest to the medians.
    fn starts(&self) -> [Ellipsoid; 3] {
        let rows = self.missing.len();
        let lengths = Ellipsoid::round(self.columns.len()).squared_distances(&self.columns);
        let bent = |cell: f32, _: f64| cell.tanh();
        #[expect(clippy::cast_possible_truncation, reason = "cells are f32")]
        let direction = |cell: f32, length: f64| cell * (self.degrees / length).sqrt() as f32;
        let about = |bend: &dyn Fn(f32, f64) -> f32| {
            let column = |column: &Vec<f32>| {
                let cells = column.iter().zip(&lengths);
                cells
                    .map(|(&it, &length)| if it.abs() > 0.0 { bend(it, length) } else { it })
                    .collect()
            };
            let columns: Vec<Vec<f32>> = self.columns.iter().map(column).collect();
            let every: Vec<usize> = (0..rows).collect();
            Moments::of(&columns, &every).spread(1.0, &self.least, self.ridge).about_zero()
        };
        let central = nearest(&self.expected(&lengths), self.half);
        [about(&bent), about(&direction), self.covering(&central, self.share)]
    }

    /// What the squared distances would be with all cells recorded, on average.
    fn expected(&self, squared: &[f64]) -> Vec<f64> {
        squared.iter().zip(&self.missing).map(|(squared, missing)| squared + missing).collect()
    }

    /// The ellipsoid of some rows, which are the nearest share of all.
    fn covering(&self, rows: &[usize], share: f64) -> Ellipsoid {
        let consistent = consistency(self.degrees, share);
        Moments::of(&self.columns, rows).spread(consistent, &self.least, self.ridge)
    }

    /// Concentration steps: the half that is nearest by the last half's ellipsoid, until it stays.
    fn concentrated(&self, start: Ellipsoid) -> Ellipsoid {
        let mut ellipsoid = start;
        let mut central = Vec::new();
        for _ in 0..STEPS {
            let squared = ellipsoid.squared_distances(&self.columns);
            let half = nearest(&self.expected(&squared), self.half);
            if half == central {
                break;
            }
            ellipsoid = self.covering(&half, self.share);
            central = half;
        }
        ellipsoid
    }

    /// The ellipsoid of all rows that are ordinary by another.
    fn reweighted(&self, raw: &Ellipsoid) -> Ellipsoid {
        let squared = self.expected(&raw.squared_distances(&self.columns));
        let bound = quantile(self.degrees, WITHIN);
        let ordinary = squared.iter().enumerate().filter(|(_, squared)| **squared <= bound);
        let ordinary: Vec<usize> = ordinary.map(|(row, _)| row).collect();
        if ordinary.len() < self.half {
            return self.covering(&nearest(&squared, self.half), self.share);
        }
        self.covering(&ordinary, WITHIN)
    }
}

/// The share of a chi-square law with so many degrees of freedom that is at most a value.
fn at_most(degrees: f64, value: f64) -> f64 {
    checked_gamma_lr(degrees / 2.0, value / 2.0).unwrap_or(1.0)
}

/// The value that a share of a chi-square law is at most.
fn quantile(degrees: f64, share: f64) -> f64 {
    let (mut low, mut high) = (0.0, 100.0 + 2.0 * degrees);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if at_most(degrees, middle) < share { low = middle } else { high = middle }
    }
    high
}

/// By how much the covariance of the nearest share of normal rows is too small.
fn consistency(degrees: f64, share: f64) -> f64 {
    if share >= 1.0 || degrees <= 0.0 {
        return 1.0;
    }
    share / at_most(degrees + 2.0, quantile(degrees, share))
}
