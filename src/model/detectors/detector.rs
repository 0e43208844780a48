//! A fitted detector of any kind.

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use serde::{Deserialize, Serialize};

use super::super::error::Error;
use super::super::settings::Settings;
use super::super::stream::derived;
use super::guard::Seeded;
use super::name::Name;
use super::scorer::Scorer;
use super::{ecod, hbos, iforest, loda, mahalanobis, neighbours};
use crate::matrix::Matrix;

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
    /// If a setting is out of its range, or the matrix has no rows or no columns.
    pub fn fit(name: Name, settings: &Settings, matrix: &Matrix, seed: u64) -> Result<Self, Error> {
        let data = DatasetBase::new(matrix, ());
        let seed = derived(seed, name as u64);
        let Settings {
            iforest, ecod, mahalanobis, neighbours, hbos, loda, mcd, fair_forest, ..
        } = settings.clone();
        Ok(match name {
            Name::Iforest => Self::Iforest(iforest.seeded(seed).fit(&data)?),
            Name::Ecod => Self::Ecod(ecod.fit(&data)?),
            Name::Mahalanobis => Self::Mahalanobis(mahalanobis.seeded(seed).fit(&data)?),
            Name::Neighbours => Self::Neighbours(neighbours.seeded(seed).fit(&data)?),
            Name::Hbos => Self::Hbos(hbos.fit(&data)?),
            Name::Loda => Self::Loda(loda.seeded(seed).fit(&data)?),
            Name::Mcd => Self::Mcd(mcd.seeded(seed).fit(&data)?),
            Name::FairForest => Self::FairForest(fair_forest.seeded(seed).fit(&data)?),
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
    pub(in crate::model) fn check(&self, columns: usize) -> Result<(), Error> {
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
    pub(in crate::model) fn shares(&self, row: &[f32]) -> Vec<f64> {
        let parts = self.scorer().attribute(row);
        let sum: f64 = parts.iter().map(|part| part.max(0.0)).sum();
        if sum > 0.0 {
            parts.iter().map(|part| part.max(0.0) / sum).collect()
        } else {
            vec![1.0 / row.len() as f64; row.len()]
        }
    }
}
