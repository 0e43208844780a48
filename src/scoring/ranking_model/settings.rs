//! The `[ranking]` table of a pipeline: settings of planting and of the ranking model.

use std::path::PathBuf;

use crate::model::extra_trees::settings::Settings as Trees;
use crate::params::{above, any, counted, params, within};
use crate::planting;

params! {
    /// The settings of the ranking model. The choice of defaults is documented in `docs/ranking.md`.
    pub struct Settings {
        pub least_payments: usize = 2_000, any,
            "Payments below which no model is fitted on the county, and the pretrained one ranks it.";
        #[serde(skip_serializing_if = "Option::is_none")]
        pub pretrained: Option<PathBuf> = None, any,
            "The folder of a pretrained ranking model (mingzhang train-ranking). Without it, the one that comes with the program."
            => "\"../models/ranking\"";
        pub folds: usize = 2, within(2..=20),
            "Parts of the villages: each is scored by trees that were fitted on the others.";
        pub planted: usize = 9_000, counted,
            "Payments of acts that are enough to learn from: the book is planted anew until there are so many.";
        pub honest: usize = 100_000, within(100..=usize::MAX),
            "Payments of each planted book that nothing was done to and that the trees are fitted on.";
        pub weight: f64 = 0.01, above(0.0, 10.0),
            "What all planted acts together weigh, as a share of what the untouched payments do: a small one makes trees look for regions in which acts are many.";
        pub placebo: f64 = 0.15, within(0.0..=10.0),
            "What a placebo weighs, where an untouched payment weighs 1.";
        pub audited: f64 = 10.0, within(0.0..=1_000.0),
            "What a payment weighs that was audited (the table `outcomes`), where an untouched payment weighs 1.";
    }
    tables {
        pub planting: planting::Settings, "What is planted.";
        pub trees: Trees, "How the trees are grown.";
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;
    use crate::params::Params;

    #[test]
    fn a_setting_out_of_range_is_named() {
        assert!(Settings::default().validate().is_ok());
        let refusal = |text: &str| {
            toml::from_str::<Settings>(text).unwrap().validate().unwrap_err().to_string()
        };
        assert!(refusal("folds = 1").contains("`folds`"));
        assert!(refusal("weight = 0.0").contains("`weight`"));
        assert!(refusal("[trees]\ntrees = 0").contains("`trees.trees`"));
        assert!(refusal("[planting]\nacts = 0.9").contains("`planting.acts`"));
    }
}
