//! The names of the detectors.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// The name of a detector in settings and commands.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Name {
    /// Isolation forest.
    Iforest,
    /// Tail probabilities of the columns.
    Ecod,
    /// Robust distance from the centre with correlations.
    Mahalanobis,
    /// Distance to the nearest rows of small random references.
    Neighbours,
    /// Histograms of the columns.
    Hbos,
    /// Histograms of random projections.
    Loda,
    /// Distance from the centre of the most concentrated half.
    Mcd,
    /// Isolation forest with optimised thresholds.
    FairForest,
}

impl Name {
    /// All detectors.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The detectors combined by default, one for each type of anomaly.
    pub const DEFAULT: [Self; 5] =
        [Self::FairForest, Self::Hbos, Self::Mahalanobis, Self::Mcd, Self::Neighbours];

    /// The name in settings.
    pub fn word(self) -> &'static str {
        self.into()
    }
}
