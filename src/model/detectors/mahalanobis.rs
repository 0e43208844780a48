//! Robust Mahalanobis distance: unusual rows given the correlations between columns.
//!
//! Mahalanobis 1936, on a robust scale with clipped cells. Mean and correlations are those of the central part of the
//! rows, found by concentration steps (Rousseeuw and Van Driessen 1999, with a deterministic start as in Hubert,
//! Rousseeuw and Verdonck 2012). Correlations are shrunk by the weight of Ledoit and Wolf (2004); standard deviations
//! are those of the robust scale. Unlike univariate detectors it detects broken ratios. A missing cell gets its
//! conditional mean, so the distance depends on the recorded cells only. Cost: `columns²` per row.

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use serde::{Deserialize, Serialize};

use super::super::error::Error;
use super::super::scale::Scale;
use super::super::stream::{Stream, narrow};
use super::covariance::{Moments, nearest};
use super::distance::Ellipsoid;
use super::guard::ValidParams;
use super::scorer::{Scorer, refuse_empty};
use crate::convert::float;
use crate::matrix::Matrix;
use crate::params::{params, within};

/// Scaled cells are clipped to this absolute value.
const CLIP: f32 = 8.0;
/// The maximum number of rows used for the covariance.
pub(super) const ROWS: usize = 16_384;
/// The maximum number of concentration steps; they usually converge earlier.
pub(super) const STEPS: usize = 10;

params! {
    /// The settings of the detector.
    pub struct Settings {
        pub central: f64 = 0.75, within(0.5..=1.0), "share of the rows that the centre is made of";
        pub ridge: f64 = 0.01, within(1e-6..=1.0),
            "how far the covariance is drawn towards that of unrelated columns";
    }
}

/// A fitted mean and covariance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mahalanobis {
    scale: Scale,
    ellipsoid: Ellipsoid,
}

impl<'a> Fit<&'a Matrix, (), Error> for ValidParams<Settings> {
    type Object = Mahalanobis;

    fn fit(&self, data: &DatasetBase<&'a Matrix, ()>) -> Result<Mahalanobis, Error> {
        let matrix = data.records;
        refuse_empty(matrix)?;
        let rows = Stream::of(self.seed, 0).rows(matrix.rows(), ROWS);
        let sample = matrix.select(&narrow(&rows));
        let scale = Scale::of(&sample, CLIP);
        let scaled = scale.columns(&sample);
        let Settings { central, ridge } = self.settings;
        let size = part(sample.rows(), central);
        let mut rows: Vec<usize> = (0..sample.rows()).collect();
        let mut ellipsoid = Moments::of(&scaled, &rows).ellipsoid(ridge);
        for _ in 0..STEPS {
            let central = nearest(&ellipsoid.squared_distances(&scaled), size);
            if central == rows {
                break;
            }
            rows = central;
            ellipsoid = Moments::of(&scaled, &rows).ellipsoid(ridge);
        }
        Ok(Mahalanobis { scale, ellipsoid })
    }
}

/// The number of rows that a share of them corresponds to.
#[expect(clippy::cast_possible_truncation, reason = "a share of a sample is one")]
#[expect(clippy::cast_sign_loss, reason = "a share is not negative")]
pub(super) fn part(rows: usize, share: f64) -> usize {
    (float(rows) * share).ceil() as usize
}

impl Mahalanobis {
    /// A detector from a scale and an ellipsoid of scaled columns.
    pub(super) fn of(scale: Scale, ellipsoid: Ellipsoid) -> Self {
        Self { scale, ellipsoid }
    }

    /// Checks a deserialised model.
    pub(super) fn check(&self, columns: usize) -> Result<(), Error> {
        self.scale.check(columns)?;
        self.ellipsoid.check(columns)
    }
}

impl Scorer for Mahalanobis {
    fn score(&self, matrix: &Matrix) -> Vec<f64> {
        let columns: Vec<&[f32]> = matrix.columns().collect();
        let cell = |row: usize, column: usize| {
            let cell = columns.get(column).and_then(|it| it.get(row)).copied();
            self.scale.cell(column, cell.unwrap_or(f32::NAN))
        };
        self.ellipsoid.squared(matrix.rows(), cell)
    }

    /// `x_j (Σ⁻¹ x)_j` for each column: the sum is the squared distance.
    fn attribute(&self, row: &[f32]) -> Vec<f64> {
        let scaled = |(column, &cell): (usize, &f32)| f64::from(self.scale.cell(column, cell));
        self.ellipsoid.attribute(&row.iter().enumerate().map(scaled).collect::<Vec<f64>>())
    }
}
