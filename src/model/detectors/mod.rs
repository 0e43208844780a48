//! The detectors: each is fitted through linfa's traits, scores rows it has never seen without being
//! fitted again, and says which columns a score came from.
//!
//! One rule holds for all: **a missing cell is never a reason**. It adds nothing to a score, so a row
//! of which little is recorded ranks low; whether absence itself is odd is a question for a column
//! that says so.

use std::fmt;
use std::str::FromStr;

use linfa::dataset::{DatasetBase, Records};
use linfa::traits::Fit;
use serde::{Deserialize, Serialize};

use super::error::Error;
use super::settings::Checked;
use super::stream::derived;
use crate::matrix::Matrix;

mod covariance;
mod distance;
pub mod ecod;
mod facets;
pub mod fair_forest;
pub mod guard;
pub mod hbos;
mod heap;
pub mod iforest;
pub mod loda;
pub mod mahalanobis;
pub mod mcd;
pub mod neighbours;
mod plane;
mod terms;
pub mod tree;

impl Records for Matrix {
    type Elem = f32;

    fn nsamples(&self) -> usize {
        self.rows()
    }

    fn nfeatures(&self) -> usize {
        self.names().len()
    }
}

/// What every fitted detector can do.
pub(super) trait Scorer {
    /// One score for each row; larger is more unusual; finite.
    fn score(&self, matrix: &Matrix) -> Vec<f64>;

    /// The parts of one row's score that its columns caused, in the detector's own unit; a part is
    /// negative where a column makes the row look ordinary. NaN in `row` is a missing cell.
    fn attribute(&self, row: &[f32]) -> Vec<f64>;
}

/// A detector by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Name {
    /// Isolation forest.
    Iforest,
    /// Tails of the columns' empirical distributions.
    Ecod,
    /// Distance from the robust centre, relations between columns taken into account.
    Mahalanobis,
    /// Distance to near rows of small random references.
    Neighbours,
    /// Histograms of the columns.
    Hbos,
    /// Histograms of random views.
    Loda,
    /// Distance from the centre of the densest half.
    Mcd,
    /// Isolation forest that cuts where there is a gap.
    FairForest,
}

impl Name {
    /// All detectors.
    pub const ALL: [Self; 8] = [
        Self::Iforest,
        Self::Ecod,
        Self::Mahalanobis,
        Self::Neighbours,
        Self::Hbos,
        Self::Loda,
        Self::Mcd,
        Self::FairForest,
    ];

    /// Those that are combined unless others are asked for: one for each way of being unusual.
    pub const DEFAULT: [Self; 5] =
        [Self::FairForest, Self::Hbos, Self::Mahalanobis, Self::Mcd, Self::Neighbours];

    /// The name as it is written in settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Iforest => "iforest",
            Self::Ecod => "ecod",
            Self::Mahalanobis => "mahalanobis",
            Self::Neighbours => "neighbours",
            Self::Hbos => "hbos",
            Self::Loda => "loda",
            Self::Mcd => "mcd",
            Self::FairForest => "fair_forest",
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Name {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let unknown = || Error::Setting {
            key: "detectors",
            expected: "iforest, ecod, mahalanobis, neighbours, hbos, loda, mcd or fair_forest",
            found: text.to_owned(),
        };
        Self::ALL.into_iter().find(|name| name.as_str() == text).ok_or_else(unknown)
    }
}

/// A fitted detector.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detector {
    /// Isolation forest.
    Iforest(iforest::Forest),
    /// Tails of the columns.
    Ecod(ecod::Ecod),
    /// Distance from the centre.
    Mahalanobis(mahalanobis::Mahalanobis),
    /// Distance to neighbours.
    Neighbours(neighbours::Neighbours),
    /// Histograms of the columns.
    Hbos(hbos::Hbos),
    /// Histograms of random views.
    Loda(loda::Loda),
    /// Distance from the centre of the densest half.
    Mcd(mahalanobis::Mahalanobis),
    /// Isolation forest that cuts where there is a gap.
    FairForest(iforest::Forest),
}

impl Detector {
    /// Fits the detector of this name; its random stream belongs to (seed, name).
    ///
    /// # Errors
    /// If the matrix has no rows or no columns.
    pub fn fit(name: Name, settings: &Checked, matrix: &Matrix, seed: u64) -> Result<Self, Error> {
        let data = DatasetBase::new(matrix, ());
        let seed = derived(seed, name as u64);
        Ok(match name {
            Name::Iforest => Self::Iforest(settings.iforest().clone().seeded(seed).fit(&data)?),
            Name::Ecod => Self::Ecod(settings.ecod().fit(&data)?),
            Name::Mahalanobis => {
                Self::Mahalanobis(settings.mahalanobis().clone().seeded(seed).fit(&data)?)
            }
            Name::Neighbours => {
                Self::Neighbours(settings.neighbours().clone().seeded(seed).fit(&data)?)
            }
            Name::Hbos => Self::Hbos(settings.hbos().fit(&data)?),
            Name::Loda => Self::Loda(settings.loda().clone().seeded(seed).fit(&data)?),
            Name::Mcd => Self::Mcd(settings.mcd().clone().seeded(seed).fit(&data)?),
            Name::FairForest => {
                Self::FairForest(settings.fair_forest().clone().seeded(seed).fit(&data)?)
            }
        })
    }

    /// Which detector this is.
    pub fn name(&self) -> Name {
        match self {
            Self::Iforest(_) => Name::Iforest,
            Self::Ecod(_) => Name::Ecod,
            Self::Mahalanobis(_) => Name::Mahalanobis,
            Self::Neighbours(_) => Name::Neighbours,
            Self::Hbos(_) => Name::Hbos,
            Self::Loda(_) => Name::Loda,
            Self::Mcd(_) => Name::Mcd,
            Self::FairForest(_) => Name::FairForest,
        }
    }

    /// Whether what was read from a file can be used on so many columns without harm.
    pub(super) fn check(&self, columns: usize) -> Result<(), Error> {
        match self {
            Self::Iforest(it) | Self::FairForest(it) => it.check(columns),
            Self::Ecod(it) => it.check(columns),
            Self::Mahalanobis(it) | Self::Mcd(it) => it.check(columns),
            Self::Neighbours(it) => it.check(columns),
            Self::Hbos(it) => it.check(columns),
            Self::Loda(it) => it.check(columns),
        }
    }

    fn scorer(&self) -> &dyn Scorer {
        match self {
            Self::Iforest(it) | Self::FairForest(it) => it,
            Self::Ecod(it) => it,
            Self::Mahalanobis(it) | Self::Mcd(it) => it,
            Self::Neighbours(it) => it,
            Self::Hbos(it) => it,
            Self::Loda(it) => it,
        }
    }

    /// One score for each row; larger is more unusual.
    pub fn score(&self, matrix: &Matrix) -> Vec<f64> {
        self.scorer().score(matrix)
    }

    /// What part of the reason each column is: not negative, summing to 1.
    ///
    /// The columns that make the row look ordinary get nothing. Where no column speaks against the
    /// row, all get the same.
    #[expect(clippy::cast_precision_loss, reason = "columns are few")]
    pub(super) fn shares(&self, row: &[f32]) -> Vec<f64> {
        let parts = self.scorer().attribute(row);
        let sum: f64 = parts.iter().map(|part| part.max(0.0)).sum();
        if sum > 0.0 {
            parts.iter().map(|part| part.max(0.0) / sum).collect()
        } else {
            vec![1.0 / row.len() as f64; row.len()]
        }
    }
}

/// Refuses what cannot be fitted on.
pub(super) fn refuse_empty(matrix: &Matrix) -> Result<(), Error> {
    let (rows, columns) = (matrix.rows(), matrix.names().len());
    if rows == 0 || columns == 0 { Err(Error::Empty { rows, columns }) } else { Ok(()) }
}
