//! A member of an ensemble: a detector with the distribution of its scores on the fitted rows.
//!
//! Scores of different detectors are made comparable by converting them to the share `p` of reference rows that score
//! at least as much. The members are combined by the mean of `-ln p` (Fisher's method; the members are dependent, so it
//! is a score, not a test). By the logarithm, one very confident detector outweighs several mildly confident ones. The
//! reference is the rows of the fit, or a sample of [`REFERENCE`] of them.

use std::borrow::Cow;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::detectors::detector::Detector;
use super::detectors::name::Name;
use super::error::Error;
use super::quantile_sketch::QuantileSketch;
use super::settings::Settings;
use super::stream::{Stream, narrow};
use crate::convert::float;
use crate::matrix::Matrix;

/// The maximum number of reference rows; they determine a tail probability of one in a thousand within an eighth.
const REFERENCE: usize = 65_536;
/// The stream number of the reference sample; detectors use small numbers.
const STREAM: u64 = u64::MAX;
/// The upper one in this number of the reference determines the scale of the tail.
const OUTER: usize = 20;

/// A detector with the distribution of its scores on the rows of the fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Member {
    detector: Detector,
    scores: QuantileSketch<f64>,
    /// The highest reference score.
    highest: f64,
    /// The mean excess of the upper scores over the smallest of them; 0 if they are all equal.
    excess: f64,
}

impl Member {
    /// Fits a detector and scores the reference rows.
    pub(super) fn fit(
        name: Name,
        settings: &Settings,
        (matrix, reference): (&Matrix, &Matrix),
        seed: u64,
    ) -> Result<Self, Error> {
        let detector = Detector::fit(name, settings, matrix, seed)?;
        let mut sorted = detector.score(reference);
        sorted.par_sort_unstable_by(f64::total_cmp);
        let highest = sorted.last().copied().unwrap_or(0.0);
        let outer = sorted.len().div_ceil(OUTER);
        let excess = mean_excess(sorted.get(sorted.len() - outer..).unwrap_or(&[]));
        Ok(Self { detector, scores: QuantileSketch::of(&sorted), highest, excess })
    }

    /// `-ln p` of a score, where `p` is the share of the reference and the row itself with at least the same score.
    /// Beyond the highest reference score the tail is extrapolated by a Pareto distribution, so that more extreme rows
    /// still rank higher without dominating the other detectors.
    fn term(&self, score: f64) -> f64 {
        let share = float(self.scores.count() + 1) / (self.scores.tail(score) + 1.0);
        let beyond = (score - self.highest).max(0.0);
        let excess = if self.excess > 0.0 { beyond / self.excess } else { 0.0 };
        share.ln() + excess.min(f64::MAX).ln_1p()
    }

    /// The term of each row.
    pub(super) fn terms(&self, matrix: &Matrix) -> Vec<f64> {
        self.detector.score(matrix).into_par_iter().map(|score| self.term(score)).collect()
    }

    /// A row's term, split among its columns by the detector's attribution.
    pub(super) fn split(&self, term: f64, row: &[f32]) -> Vec<f64> {
        self.detector.shares(row).into_iter().map(|share| share * term).collect()
    }

    pub(super) fn name(&self) -> Name {
        self.detector.name()
    }

    pub(super) fn detector(&self) -> &Detector {
        &self.detector
    }

    /// Checks a deserialised member for use with this number of columns.
    pub(super) fn check(&self, columns: usize) -> Result<(), Error> {
        self.detector.check(columns)?;
        self.scores.check()?;
        if self.scores.count() > 0 && self.highest.is_finite() && self.excess.is_finite() {
            Ok(())
        } else {
            Err(Error::Damaged { what: "a detector has no reference scores" })
        }
    }
}

/// The rows of the fit that scores are compared with.
pub(super) fn reference(matrix: &Matrix, seed: u64) -> Cow<'_, Matrix> {
    if matrix.rows() <= REFERENCE {
        return Cow::Borrowed(matrix);
    }
    let rows = Stream::of(seed, STREAM).rows(matrix.rows(), REFERENCE);
    Cow::Owned(matrix.select(&narrow(&rows)))
}

/// The mean of ascending numbers minus the smallest.
fn mean_excess(rising: &[f64]) -> f64 {
    let least = rising.first().copied().unwrap_or(0.0);
    rising.iter().map(|score| score - least).sum::<f64>() / float(rising.len().max(1))
}

#[cfg(test)]
mod tests {
    use super::{Member, REFERENCE, reference};
    use crate::matrix::Matrix;
    use crate::model::detectors::name::Name;
    use crate::model::settings::Settings;

    #[test]
    fn a_large_table_is_known_by_a_sample_of_its_own_rows() {
        let rows = 3 * u32::try_from(REFERENCE).unwrap();
        let mut matrix = Matrix::new(rows as usize);
        let cell = |row: u32| f32::from(u16::try_from(row % 50_021).unwrap());
        matrix.push("a", (0..rows).map(|row| Some(cell(row)))).unwrap();
        let sample = reference(&matrix, 1);
        assert_eq!(sample.rows(), REFERENCE);
        assert!(reference(&sample, 1).columns().eq(sample.columns()));
        let settings = Settings::default();
        let member =
            |rows: &Matrix| Member::fit(Name::Hbos, &settings, (&matrix, rows), 1).unwrap();
        let (known, whole) = (member(&sample).terms(&matrix), member(&matrix).terms(&matrix));
        assert!(known.iter().zip(&whole).all(|(one, all)| (one - all).abs() < 0.5));
    }
}
