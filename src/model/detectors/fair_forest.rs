//! Fair-cut forest: an isolation forest whose thresholds are optimised instead of uniform.
//!
//! Cortes, *Revisiting randomized choices in isolation forests*, 2021: a node combines a few random columns with random
//! weights, and its threshold minimises the spread on both sides. It detects clusters of unusual rows, and rows that
//! are unusual in no single column. It is a [`Forest`] as in [`super::iforest`], with a separate name so that both can
//! be used in one model.

use linfa::ParamGuard;
use linfa::dataset::DatasetBase;
use linfa::traits::Fit;

use super::super::error::Error;
use super::guard::{Seeded, ValidParams};
use super::iforest::{self, Cuts, Forest};
use crate::matrix::Matrix;
use crate::params::{params, within};

params! {
    /// The settings of a fair-cut forest.
    pub struct Settings {
        pub trees: usize = 200, within(1..=10_000), "number of trees";
        pub sample: usize = 256, within(2..=4_096), "rows that each tree sees";
        pub dimensions: usize = 2, within(1..=64), "columns that a cut weighs";
    }
}

impl<'a> Fit<&'a Matrix, (), Error> for ValidParams<Settings> {
    type Object = Forest;

    fn fit(&self, data: &DatasetBase<&'a Matrix, ()>) -> Result<Forest, Error> {
        let Settings { dimensions, trees, sample } = self.settings;
        let forest = iforest::Settings { trees, sample, dimensions, cuts: Cuts::Fair };
        forest.seeded(self.seed).check()?.fit(data)
    }
}
