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
    /// Isolation forest (iForest).
    Iforest(iforest::Forest),
    /// ECOD: empirical tail probabilities of the columns.
    Ecod(ecod::Ecod),
    /// Robust Mahalanobis distance.
    Mahalanobis(mahalanobis::Mahalanobis),
    /// Distance to nearest neighbours.
    Neighbours(neighbours::Neighbours),
    /// HBOS: histograms of the columns.
    Hbos(hbos::Hbos),
    /// LODA: histograms of random projections.
    Loda(loda::Loda),
    /// MCD: distance with the minimum covariance determinant.
    Mcd(mahalanobis::Mahalanobis),
    /// Fair-cut forest: isolation forest with optimised thresholds.
    FairForest(iforest::Forest),
}

impl Detector {
    /// Fits the detector with this name; its random stream is derived from seed and name.
    ///
    /// # Errors
    /// If a setting is out of range, or the matrix has no rows or no columns.
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

    /// The name of the detector.
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

    /// Checks a deserialised detector for use with this number of columns.
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

    /// One score per row; larger is more unusual.
    pub fn score(&self, matrix: &Matrix) -> Vec<f64> {
        self.scorer().score(matrix)
    }

    /// The share of each column in the score; shares are not negative and sum to 1.
    ///
    /// Columns that lower the score get 0. If no column raises it, all get the same share.
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
