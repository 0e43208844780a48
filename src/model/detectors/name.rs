//! The names of the detectors.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// A detector, as settings and commands name it.
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
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Those that are combined unless others are asked for: one for each way of being unusual.
    pub const DEFAULT: [Self; 5] =
        [Self::FairForest, Self::Hbos, Self::Mahalanobis, Self::Mcd, Self::Neighbours];

    /// Its word in settings.
    pub fn word(self) -> &'static str {
        self.into()
    }
}
