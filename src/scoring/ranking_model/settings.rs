//! The `[ranking]` table of a pipeline: what is planted, and how the ranking model learns from it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::model::error::Error;
use crate::model::extra_trees::settings::Settings as Trees;
use crate::planting;

/// The settings of the ranking model. The defaults are those that were measured in `docs/ranking.md`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Payments below which no model is fitted on the county, and the pretrained one ranks it.
    pub least_payments: usize,
    /// The folder of a pretrained ranking model (`mingzhang train-ranking`); without it, the one that comes with the program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pretrained: Option<PathBuf>,
    /// Parts of the villages: each is scored by trees that were fitted on the others.
    pub folds: usize,
    /// Payments of acts that are enough to learn from: the book is planted anew until there are so many.
    pub planted: usize,
    /// Honest payments of each planted book that the trees are fitted on.
    pub honest: usize,
    /// What all planted acts together score, as a share of what the honest payments do. A small share makes trees look for
    /// regions in which acts are many and honest payments hardly any.
    pub weight: f64,
    /// What a placebo weighs, where an honest payment weighs 1.
    pub placebo: f64,
    /// What a payment weighs that was audited, where an honest payment weighs 1.
    pub audited: f64,
    /// What is planted.
    pub planting: planting::Settings,
    /// How the trees are grown.
    pub trees: Trees,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            least_payments: 2_000,
            pretrained: None,
            folds: 2,
            planted: 9_000,
            honest: 100_000,
            weight: 0.01,
            placebo: 0.15,
            audited: 10.0,
            planting: planting::Settings::default(),
            trees: Trees::default(),
        }
    }
}

impl Settings {
    /// Whether every setting is in its range.
    ///
    /// # Errors
    /// Names the first that is not.
    pub fn check(&self) -> Result<(), Error> {
        let setting = |key, expected, found: String, holds: bool| {
            if holds { Ok(()) } else { Err(Error::Setting { key, expected, found }) }
        };
        let Self { folds, planted, honest, weight, placebo, audited, planting, .. } = self;
        setting("ranking.folds", "from 2 to 20", folds.to_string(), (2..=20).contains(folds))?;
        setting("ranking.planted", "at least 1", planted.to_string(), *planted > 0)?;
        setting("ranking.honest", "at least 100", honest.to_string(), *honest >= 100)?;
        let is_weight = *weight > 0.0 && *weight <= 10.0;
        setting("ranking.weight", "above 0 and at most 10", weight.to_string(), is_weight)?;
        let is_placebo = (0.0..=10.0).contains(placebo);
        setting("ranking.placebo", "from 0 to 10", placebo.to_string(), is_placebo)?;
        let is_audited = (0.0..=1_000.0).contains(audited);
        setting("ranking.audited", "from 0 to 1,000", audited.to_string(), is_audited)?;
        if let Some(fault) = planting.validate() {
            return Err(Error::Setting {
                key: "ranking.planting",
                expected: "in range",
                found: fault,
            });
        }
        self.trees.check()
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;

    #[test]
    fn a_setting_out_of_range_is_named() {
        assert!(Settings::default().check().is_ok());
        let refusal =
            |text: &str| toml::from_str::<Settings>(text).unwrap().check().unwrap_err().to_string();
        assert!(refusal("folds = 1").contains("`ranking.folds`"));
        assert!(refusal("weight = 0.0").contains("`ranking.weight`"));
        assert!(refusal("[trees]\ntrees = 0").contains("`ranking.trees.trees`"));
        assert!(refusal("[planting]\nacts = 0.9").contains("`ranking.planting`"));
    }
}
