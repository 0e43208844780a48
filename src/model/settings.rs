//! The `[model]` table of a pipeline: the detectors and their settings.

use super::detectors::name::Name;
use super::detectors::{ecod, fair_forest, hbos, iforest, loda, mahalanobis, mcd, neighbours};
use crate::params::{Fault, params};

params! {
    /// The settings of a model.
    pub struct Settings {
        pub detectors: Vec<Name> = Name::DEFAULT.to_vec(), different,
            "detectors that are combined, each at most once";
    }
    tables {
        pub iforest: iforest::Settings, "isolation forest; a detector takes part when `detectors` names it";
        pub ecod: ecod::Settings, "empirical cumulative distributions";
        pub mahalanobis: mahalanobis::Settings,
            "distance from the robust centre that respects how columns go together";
        pub neighbours: neighbours::Settings, "distance to the third neighbour among reference rows";
        pub hbos: hbos::Settings, "histograms of the columns: nothing to set";
        pub loda: loda::Settings, "histograms of random views";
        pub mcd: mcd::Settings, "distance from the centre of the rows that lie closest together";
        pub fair_forest: fair_forest::Settings,
            "isolation forest that cuts across several columns where it parts the rows best";
    }
}

impl Settings {
    /// Default settings with the given detectors.
    pub fn with(detectors: &[Name]) -> Self {
        Self { detectors: detectors.to_vec(), ..Self::default() }
    }
}

/// Requires at least one detector and no duplicates.
fn different(detectors: &[Name]) -> Result<(), Fault> {
    let mut names = detectors.to_vec();
    names.sort_unstable();
    names.dedup();
    if !names.is_empty() && names.len() == detectors.len() {
        return Ok(());
    }
    let found: Vec<&str> = detectors.iter().map(|name| name.word()).collect();
    Err(Fault::new("a list of one or more different detectors", format!("[{}]", found.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::Settings;
    use crate::params::Params;

    fn refusal(text: &str) -> String {
        match toml::from_str::<Settings>(text) {
            Ok(settings) => settings.validate().unwrap_err().to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn an_empty_table_is_the_default() {
        assert_eq!(toml::from_str::<Settings>("").unwrap(), Settings::default());
        let text = toml::to_string(&Settings::default()).unwrap();
        assert_eq!(toml::from_str::<Settings>(&text).unwrap(), Settings::default());
    }

    #[test]
    fn a_wrong_setting_is_named() {
        assert!(refusal("tree = 1").contains("unknown field `tree`"));
        assert!(refusal("detectors = [\"lof\"]").contains("lof"));
        assert!(refusal("detectors = []").contains("one or more"));
        assert!(refusal("detectors = [\"ecod\", \"ecod\"]").contains("[ecod, ecod]"));
        assert!(
            refusal("[iforest]\ntrees = 0").contains("`iforest.trees` must be a number from 1")
        );
        for (table, key, wrong) in [
            ("iforest", "sample", "1"),
            ("fair_forest", "trees", "0"),
            ("mahalanobis", "central", "0.2"),
            ("mahalanobis", "ridge", "nan"),
            ("loda", "views", "0"),
            ("mcd", "central", "0.4"),
            ("mcd", "ridge", "0.0"),
            ("neighbours", "references", "2"),
        ] {
            let told = refusal(&format!("[{table}]\n{key} = {wrong}"));
            assert!(told.contains(&format!("`{table}.{key}`")), "{told}");
        }
    }
}
