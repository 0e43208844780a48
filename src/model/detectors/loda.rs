//! LODA: is a row rare in most of many random views of the table?
//!
//! Pevný, *Loda: Lightweight on-line detector of anomalies*, Machine Learning 2016: each view projects
//! the rows on a random direction through `⌈√columns⌉` of the columns, and holds a histogram of what it
//! sees; the score is the mean over views of minus the logarithm of the density, here against the
//! highest. The columns come on a robust scale with clipped cells, the bins from [`super::super::bins`].
//! A view through a missing cell is left out. (`PyOD` 3.6.7 looks the density up one bin further on,
//! which costs it a tenth of AUROC; see `docs/detectors.md`.)

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

/// Cells count no further than this many spreads from the centre.
const CLIP: f32 = 8.0;
/// The histograms are those of at most so many rows.
const ROWS: usize = 65_536;
/// Rows that one thread scores at a time.
const BLOCK: usize = 256;

params! {
    /// The settings of the views.
    pub struct Settings {
        pub views: usize = 100, within(1..=10_000), "number of random views";
    }
}

/// The fitted views.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Loda {
    scale: Scale,
    views: Vec<View>,
}

/// One direction with the histogram of what it sees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct View {
    /// Columns with their weights, by column.
    weights: Vec<(usize, f32)>,
    bins: Bins,
}

impl View {
    /// The random direction of a stream, and what it sees of the scaled columns.
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

/// What a direction sees of each row of scaled columns; NaN where a cell is missing.
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

    /// The mean; 0 of nothing.
    fn value(self) -> f64 {
        self.sum / self.count.max(1.0)
    }
}

impl Loda {
    /// Whether what was read from a file can be used.
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

    /// The mean over the views through a column less that over the others: how much the row is rarer where
    /// the column is seen. (Pevný divides the difference by its standard error to test it.) A missing
    /// column is in no view that counts, and gets 0.
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
