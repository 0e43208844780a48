//! LODA: outlier scores from histograms of random projections.
//!
//! Pevný, *Loda: Lightweight on-line detector of anomalies*, Machine Learning 2016: the rows are projected on random
//! directions through `⌈√columns⌉` columns, each with a histogram of the projections. The score is the mean over
//! projections of `-ln` of the density, here relative to the highest density. Columns are on a robust scale with
//! clipped cells; the bins are those of [`super::super::bins`]. Projections that include a missing cell are skipped.
//! (`PyOD` 3.6.7 reads the density one bin too far, which costs a tenth of AUROC; see `docs/detectors.md`.)

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::bins::Bins;
use super::super::error::Error;
use super::super::scale::Scale;
use super::super::sort::Sorter;
use super::super::stream::{Stream, narrow};
use super::guard::ValidParams;
use super::scorer::{Scorer, refuse_empty};
use crate::matrix::Matrix;
use crate::params::{params, within};

/// Scaled cells are clipped to this absolute value.
const CLIP: f32 = 8.0;
/// The maximum number of rows used for the histograms.
const ROWS: usize = 65_536;
/// The number of rows that a thread scores at a time.
const BLOCK: usize = 256;

params! {
    /// The settings of LODA.
    pub struct Settings {
        pub views: usize = 100, within(1..=10_000), "number of random views";
    }
}

/// The fitted projections.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Loda {
    scale: Scale,
    views: Vec<View>,
}

/// A direction with the histogram of its projections.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct View {
    /// Columns and weights, sorted by column.
    weights: Vec<(usize, f32)>,
    bins: Bins,
}

impl View {
    /// Draws a direction and fits the histogram of the scaled columns projected on it.
    fn of(columns: &[Vec<f32>], stream: &mut Stream) -> Self {
        let root = columns.len().isqrt();
        let chosen = stream.rows(columns.len(), root + usize::from(root * root < columns.len()));
        let weights: Vec<(usize, f32)> =
            chosen.into_iter().map(|column| (column, stream.normal())).collect();
        let mut seen = Vec::new();
        project(&weights, columns, &mut seen);
        Self { weights, bins: Bins::of(Sorter::default().rising(&seen)) }
    }
}

/// The projection of each row of scaled columns; NaN if a cell is missing.
fn project(weights: &[(usize, f32)], columns: &[Vec<f32>], seen: &mut Vec<f32>) {
    seen.clear();
    seen.resize(columns.first().map_or(0, Vec::len), 0.0);
    for &(column, weight) in weights {
        for (seen, cell) in seen.iter_mut().zip(columns.get(column).into_iter().flatten()) {
            *seen += weight * cell;
        }
    }
}

impl<'a> Fit<&'a Matrix, (), Error> for ValidParams<Settings> {
    type Object = Loda;

    fn fit(&self, data: &DatasetBase<&'a Matrix, ()>) -> Result<Loda, Error> {
        refuse_empty(data.records)?;
        let rows = Stream::of(self.seed, 0).rows(data.records.rows(), ROWS);
        let sample = data.records.select(&narrow(&rows));
        let scale = Scale::of(&sample, CLIP);
        let scaled = scale.columns(&sample);
        let views = (1..=self.settings.views as u64)
            .into_par_iter()
            .map(|view| View::of(&scaled, &mut Stream::of(self.seed, view)))
            .collect();
        Ok(Loda { scale, views })
    }
}

/// A running mean.
#[derive(Debug, Clone, Copy, Default)]
struct Mean {
    sum: f64,
    count: f64,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1.0;
    }

    /// The mean; 0 without values.
    fn value(self) -> f64 {
        self.sum / self.count.max(1.0)
    }
}

impl Loda {
    /// Checks a deserialised model.
    pub(super) fn check(&self, columns: usize) -> Result<(), Error> {
        self.scale.check(columns)?;
        let regular = |view: &View| {
            view.weights.iter().all(|&(column, weight)| column < columns && weight.is_finite())
        };
        if self.views.is_empty() || !self.views.iter().all(regular) {
            return Err(Error::Damaged { what: "a view belongs to other columns" });
        }
        self.views.iter().try_for_each(|view| view.bins.check())
    }
}

impl Scorer for Loda {
    fn score(&self, matrix: &Matrix) -> Vec<f64> {
        let mut scores = vec![0.0; matrix.rows()];
        scores.par_chunks_mut(BLOCK).enumerate().for_each(|(block, scores)| {
            let scaled: Vec<Vec<f32>> = matrix
                .columns()
                .enumerate()
                .map(|(index, cells)| {
                    let cells = cells.iter().skip(block * BLOCK).take(scores.len());
                    cells.map(|&cell| self.scale.cell(index, cell)).collect()
                })
                .collect();
            let mut means = vec![Mean::default(); scores.len()];
            let mut seen = Vec::with_capacity(scores.len());
            for view in &self.views {
                project(&view.weights, &scaled, &mut seen);
                let recorded = means.iter_mut().zip(&seen).filter(|(_, seen)| !seen.is_nan());
                recorded.for_each(|(mean, &seen)| mean.add(view.bins.rarity(seen)));
            }
            for (score, mean) in scores.iter_mut().zip(means) {
                *score = mean.value();
            }
        });
        scores
    }

    /// The mean of the projections with a column minus the mean of the others: how much rarer the row is where the
    /// column takes part. (Pevný divides the difference by its standard error to test it.) A missing column gets 0.
    fn attribute(&self, row: &[f32]) -> Vec<f64> {
        let scaled: Vec<Vec<f32>> = row
            .iter()
            .enumerate()
            .map(|(index, &cell)| vec![self.scale.cell(index, cell)])
            .collect();
        let mut all = Mean::default();
        let mut with = vec![Mean::default(); row.len()];
        let mut seen = Vec::new();
        for view in &self.views {
            project(&view.weights, &scaled, &mut seen);
            for &seen in seen.iter().filter(|seen| !seen.is_nan()) {
                let rarity = view.bins.rarity(seen);
                all.add(rarity);
                for (column, _) in &view.weights {
                    with.get_mut(*column).into_iter().for_each(|mean| mean.add(rarity));
                }
            }
        }
        let part = |with: Mean| {
            let without = Mean { sum: all.sum - with.sum, count: all.count - with.count };
            if with.count > 0.0 { with.value() - without.value() } else { 0.0 }
        };
        with.into_iter().map(part).collect()
    }
}
