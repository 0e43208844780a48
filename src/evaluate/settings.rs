//! What the figures are asked: how much can be audited, how far down the list one looks, how often one
//! resamples.

use serde::{Deserialize, Serialize};

use super::scored::Error;
use crate::ledger::subject::Grain;
use crate::worklist::settings::Minutes;

/// The settings of the figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The hours that an audit has, for each kind of subject alone.
    pub hours: f64,
    /// The minutes that auditing one subject takes.
    pub minutes: Minutes,
    /// The lengths of list whose precision is told.
    pub first: Vec<usize>,
    /// The p-values whose calibration is told.
    pub cuts: Vec<f64>,
    /// How often the villages are resampled; 0 gives no intervals.
    pub replicates: u32,
    /// What share of the resampled figures an interval holds.
    pub confidence: f64,
    /// The seed of the resampling.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            hours: 40.0,
            minutes: Minutes::default(),
            first: vec![10, 50, 100, 200, 500],
            cuts: vec![0.001, 0.01, 0.05, 0.1, 0.2],
            replicates: 1000,
            confidence: 0.95,
            seed: 1,
        }
    }
}

impl Settings {
    /// The minutes for one subject of this grain.
    pub fn minutes(&self, grain: Grain) -> f64 {
        self.minutes.of(grain)
    }

    /// The subjects of this grain that the budget suffices for, if there are as many.
    #[expect(clippy::cast_possible_truncation, reason = "a cast stays at the end of the range")]
    #[expect(clippy::cast_sign_loss, reason = "hours and minutes are not negative")]
    pub fn budget(&self, grain: Grain) -> usize {
        (self.hours * 60.0 / self.minutes(grain)).floor() as usize
    }

    /// Whether every setting is in its range.
    ///
    /// # Errors
    /// If one is not; it is named.
    pub fn check(&self) -> Result<(), Error> {
        let refused = |key, expected, found: String| Err(Error::Setting { key, expected, found });
        if !(self.hours.is_finite() && self.hours >= 0.0) {
            return refused("hours", "0 or more", self.hours.to_string());
        }
        for grain in Grain::ALL {
            let minutes = self.minutes(grain);
            if !(minutes.is_finite() && minutes > 0.0) {
                return refused("minutes", "above 0", minutes.to_string());
            }
        }
        if self.first.contains(&0) {
            return refused("first", "lengths of 1 and more", "0".to_owned());
        }
        if let Some(cut) = self.cuts.iter().find(|cut| !(0.0..=1.0).contains(*cut)) {
            return refused("cuts", "from 0 to 1", cut.to_string());
        }
        if !(self.confidence > 0.0 && self.confidence < 1.0) {
            return refused("confidence", "between 0 and 1", self.confidence.to_string());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;
    use crate::ledger::subject::Grain;

    #[test]
    fn a_week_suffices_for_so_many() {
        let settings = Settings::default();
        assert_eq!(Grain::ALL.map(|grain| settings.budget(grain)), [120, 26, 10, 5]);
        settings.check().unwrap();
    }

    #[test]
    fn a_wrong_setting_is_named() {
        let says = |text: &str| {
            let settings: Settings = toml::from_str(text).unwrap();
            settings.check().unwrap_err().to_string()
        };
        assert!(says("hours = -1.0").contains("`hours` must be 0 or more, but is -1"));
        assert!(says("[minutes]\npayee = 0.0").contains("`minutes`"));
        assert!(says("first = [10, 0]").contains("`first`"));
        assert!(says("cuts = [2.0]").contains("`cuts`"));
        assert!(says("confidence = 1.0").contains("`confidence`"));
    }
}
