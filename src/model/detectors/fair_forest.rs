//! Fair-cut forest: an isolation forest whose cuts look for the gap and not only for the range.
//!
//! Cortes, *Revisiting randomized choices in isolation forests*, 2021: a node weighs a few random columns at
//! random, and cuts where both sides become as narrow as they can. It finds whole clusters of unusual
//! rows, and rows that are unusual in no single column. It is a [`Forest`] like [`super::iforest`]'s, and a
//! name of its own, so that `iforest` means the same forest alone and in company.

use linfa::ParamGuard;
use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use serde::{Deserialize, Serialize};

use super::super::error::Error;
use super::guard::{Ranged, Seeded, Unchecked, within};
use super::iforest::{self, Cuts, Forest};
use crate::matrix::Matrix;

/// The settings, not checked yet.
pub type Settings = Unchecked<Checked>;

/// The settings of a fair-cut forest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Checked {
    /// The columns that a cut weighs, 1 to 64.
    dimensions: usize,
    /// The number of trees, 1 to 10,000.
    trees: usize,
    /// The rows that each tree sees, 2 to 4,096.
    sample: usize,
}

impl Default for Checked {
    fn default() -> Self {
        Self { dimensions: 2, trees: 200, sample: 256 }
    }
}

impl Ranged for Checked {
    fn in_range(&self) -> Result<(), Error> {
        within("fair_forest.trees", self.trees, 1..=10_000, "from 1 to 10000")?;
        within("fair_forest.sample", self.sample, 2..=4096, "from 2 to 4096")?;
        within("fair_forest.dimensions", self.dimensions, 1..=64, "from 1 to 64")
    }
}

impl<'a> Fit<&'a Matrix, (), Error> for Seeded<Checked> {
    type Object = Forest;

    fn fit(&self, data: &DatasetBase<&'a Matrix, ()>) -> Result<Forest, Error> {
        let Checked { dimensions, trees, sample } = self.settings;
        let forest = iforest::Settings::of(trees, sample).cutting(Cuts::Fair).across(dimensions);
        forest.seeded(self.seed).check()?.fit(data)
    }
}
