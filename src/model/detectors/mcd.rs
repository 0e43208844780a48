//! MCD: distance from the centre of the most concentrated half of the rows.
//!
//! The minimum covariance determinant (Rousseeuw 1984) by the concentration steps of `FastMCD` (Rousseeuw and Van
//! Driessen 1999) from the deterministic starts of Hubert, Rousseeuw and Verdonck (2012), with the ridge of Boudt,
//! Rousseeuw, Vanduffel and Verdonck (2020), so that columns that are constant or collinear within the half do not
//! dominate. The covariance of the half is made consistent for normal data (Croux and Haesbroeck 1999) and then
//! re-estimated from all rows within the 97.5 % ellipsoid. In contrast to [`super::mahalanobis`] it uses the standard
//! deviations of the half and hardly clips: it is more accurate for nearly normal data, and less accurate if columns
//! have heavy tails.

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

/// Scaled cells are clipped to this absolute value; the square of larger values loses precision in `f32`.
const CLIP: f32 = 1e6;
/// Rows within the ellipsoid that contains this share of a normal distribution are used for the final covariance.
const WITHIN: f64 = 0.975;

params! {
    /// The settings of the detector.
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

/// Scaled columns with the parameters of the fit.
struct Table {
    columns: Vec<Vec<f32>>,
    /// The number of columns that are not constant.
    degrees: f64,
    /// For each row the number of missing cells in these columns.
    missing: Vec<f64>,
    /// The minimum variance of each column: the variance of all rows if most cells are equal, since the half may then
    /// be constant.
    least: Vec<f64>,
    /// The number of rows of the half.
    half: usize,
    /// The half as a share of all rows.
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
        // With fewer rows the covariance could be singular.
        let fewest = (rows + columns.len()).div_ceil(2);
        let half = part(rows, settings.central).max(fewest).min(rows);
        let share = float(half) / float(rows.max(1));
        Self { columns, degrees, missing, least, half, share, ridge: settings.ridge }
    }

    /// Three robust initial estimates around the medians: from clipped cells, from spatial signs, and from the half of
    /// the rows nearest to the medians.
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

    /// The squared distances, scaled up for missing cells.
    fn expected(&self, squared: &[f64]) -> Vec<f64> {
        squared.iter().zip(&self.missing).map(|(squared, missing)| squared + missing).collect()
    }

    /// The consistent covariance of the given rows, which are the nearest share of all.
    fn covering(&self, rows: &[usize], share: f64) -> Ellipsoid {
        let consistent = consistency(self.degrees, share);
        Moments::of(&self.columns, rows).spread(consistent, &self.least, self.ridge)
    }

    /// Concentration steps: repeatedly selects the nearest half by the last half's ellipsoid until it no longer
    /// changes.
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

    /// Re-estimates the covariance from all rows within the cut-off of `raw`.
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

/// The cumulative distribution function of the chi-square distribution.
fn at_most(degrees: f64, value: f64) -> f64 {
    checked_gamma_lr(degrees / 2.0, value / 2.0).unwrap_or(1.0)
}

/// The quantile of the chi-square distribution.
fn quantile(degrees: f64, share: f64) -> f64 {
    let (mut low, mut high) = (0.0, 100.0 + 2.0 * degrees);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if at_most(degrees, middle) < share { low = middle } else { high = middle }
    }
    high
}

/// The consistency factor for the covariance of the nearest share of normal rows.
fn consistency(degrees: f64, share: f64) -> f64 {
    if share >= 1.0 || degrees <= 0.0 {
        return 1.0;
    }
    share / at_most(degrees + 2.0, quantile(degrees, share))
}
