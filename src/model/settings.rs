//! The `[model]` table of a pipeline: which detectors, and how each is fitted.

use linfa::ParamGuard;
use serde::{Deserialize, Serialize};

use super::Model;
use super::detectors::{
    Name, ecod, fair_forest, hbos, iforest, loda, mahalanobis, mcd, neighbours,
};
use super::error::Error;
use crate::matrix::Matrix;

/// The settings of a model, not checked yet.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Settings(Checked);

/// The settings of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Checked {
    /// The detectors that are combined, each at most once.
    detectors: Vec<Name>,
    iforest: iforest::Settings,
    ecod: ecod::Settings,
    mahalanobis: mahalanobis::Settings,
    neighbours: neighbours::Settings,
    hbos: hbos::Settings,
    loda: loda::Settings,
    mcd: mcd::Settings,
    fair_forest: fair_forest::Settings,
}

impl Default for Checked {
    fn default() -> Self {
        Self {
            detectors: Name::DEFAULT.to_vec(),
            iforest: iforest::Settings::default(),
            ecod: ecod::Settings::default(),
            mahalanobis: mahalanobis::Settings::default(),
            neighbours: neighbours::Settings::default(),
            hbos: hbos::Settings::default(),
            loda: loda::Settings::default(),
            mcd: mcd::Settings::default(),
            fair_forest: fair_forest::Settings::default(),
        }
    }
}

impl Settings {
    /// The default settings of some detectors.
    pub fn with(detectors: &[Name]) -> Self {
        Self(Checked { detectors: detectors.to_vec(), ..Checked::default() })
    }

    /// The detectors that are combined.
    pub fn detectors(&self) -> &[Name] {
        self.0.detectors()
    }

    /// Checks the settings, fits every detector and stores the distribution of its scores.
    ///
    /// # Errors
    /// If a setting is out of its range, or the matrix has no rows or no columns.
    pub fn fit(&self, matrix: &Matrix, seed: u64) -> Result<Model, Error> {
        Model::fit(self.check_ref()?, matrix, seed)
    }
}

impl From<Checked> for Settings {
    fn from(checked: Checked) -> Self {
        Self(checked)
    }
}

impl ParamGuard for Settings {
    type Checked = Checked;
    type Error = Error;

    fn check_ref(&self) -> Result<&Checked, Error> {
        let Checked { detectors, iforest, mahalanobis, neighbours, loda, mcd, fair_forest, .. } =
            &self.0;
        let mut names = detectors.clone();
        names.sort_unstable();
        names.dedup();
        if names.is_empty() || names.len() != detectors.len() {
            let found: Vec<&str> = detectors.iter().map(|name| name.as_str()).collect();
            return Err(Error::Setting {
                key: "detectors",
                expected: "a list of one or more different detectors",
                found: format!("[{}]", found.join(", ")),
            });
        }
        iforest.check_ref()?;
        mahalanobis.check_ref()?;
        neighbours.check_ref()?;
        loda.check_ref()?;
        mcd.check_ref()?;
        fair_forest.check_ref()?;
        Ok(&self.0)
    }

    fn check(self) -> Result<Checked, Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl Checked {
    /// The detectors that are combined.
    pub fn detectors(&self) -> &[Name] {
        &self.detectors
    }

    pub(super) fn iforest(&self) -> &iforest::Settings {
        &self.iforest
    }

    pub(super) fn ecod(&self) -> &ecod::Settings {
        &self.ecod
    }

    pub(super) fn mahalanobis(&self) -> &mahalanobis::Settings {
        &self.mahalanobis
    }

    pub(super) fn neighbours(&self) -> &neighbours::Settings {
        &self.neighbours
    }

    pub(super) fn hbos(&self) -> &hbos::Settings {
        &self.hbos
    }

    pub(super) fn loda(&self) -> &loda::Settings {
        &self.loda
    }

    pub(super) fn mcd(&self) -> &mcd::Settings {
        &self.mcd
    }

    pub(super) fn fair_forest(&self) -> &fair_forest::Settings {
        &self.fair_forest
    }
}

#[cfg(test)]
mod tests {
    use linfa::ParamGuard;

    use super::Settings;

    fn refusal(text: &str) -> String {
        match toml::from_str::<Settings>(text) {
            Ok(settings) => settings.check().unwrap_err().to_string(),
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
        assert!(refusal("[iforest]\ntrees = 0").contains("`iforest.trees` must be from 1"));
        assert!(refusal("[iforest]\nsample = 1").contains("`iforest.sample`"));
        assert!(refusal("[fair_forest]\ntrees = 0").contains("`fair_forest.trees`"));
        assert!(refusal("[mahalanobis]\ncentral = 0.2").contains("`mahalanobis.central`"));
        assert!(refusal("[mahalanobis]\nridge = nan").contains("`mahalanobis.ridge`"));
        assert!(refusal("[loda]\nviews = 0").contains("`loda.views`"));
        assert!(refusal("[mcd]\ncentral = 0.4").contains("`mcd.central`"));
        assert!(refusal("[mcd]\nridge = 0.0").contains("`mcd.ridge`"));
        assert!(refusal("[neighbours]\nreferences = 2").contains("`neighbours.references`"));
    }
}
