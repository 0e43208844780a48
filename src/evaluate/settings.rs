//! Settings of the figures: audit budget, list lengths, p-value cuts and resampling.

use crate::ledger::subject::Grain;
use crate::params::{Fault, any, at_least, counted, params, within};
use crate::worklist::settings::Minutes;

params! {
    /// The settings of the figures.
    pub struct Settings {
        pub hours: f64 = 40.0, at_least(0.0), "hours that an audit has, for each kind of subject alone";
        pub first: Vec<usize> = vec![10, 50, 100, 200, 500], lengths, "lengths of list whose precision is told";
        pub cuts: Vec<f64> = vec![0.001, 0.01, 0.05, 0.1, 0.2], shares, "p-values whose calibration is told";
        pub replicates: u32 = 1_000, any, "how often the villages are resampled; 0 gives no intervals";
        pub confidence: f64 = 0.95, within(0.001..=0.999), "share of the resampled figures that an interval holds";
        pub seed: u64 = 1, any, "seed of the resampling";
    }
    tables {
        pub minutes: Minutes, "minutes that auditing one subject takes";
    }
}

fn lengths(first: &[usize]) -> Result<(), Fault> {
    first.iter().try_for_each(counted)
}

fn shares(cuts: &[f64]) -> Result<(), Fault> {
    cuts.iter().try_for_each(within(0.0..=1.0))
}

impl Settings {
    /// Audit minutes for one subject of this grain.
    pub fn minutes(&self, grain: Grain) -> f64 {
        self.minutes.of(grain)
    }

    /// Number of subjects of this grain that can be audited within the budget.
    #[expect(clippy::cast_possible_truncation, reason = "a cast stays at the end of the range")]
    #[expect(clippy::cast_sign_loss, reason = "hours and minutes are not negative")]
    pub fn budget(&self, grain: Grain) -> usize {
        (self.hours * 60.0 / self.minutes(grain)).floor() as usize
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;
    use crate::ledger::subject::Grain;
    use crate::params::Params;

    #[test]
    fn a_week_suffices_for_so_many() {
        let settings = Settings::default();
        assert_eq!(Grain::ALL.map(|grain| settings.budget(grain)), [120, 26, 10, 5]);
        settings.validate().unwrap();
    }

    #[test]
    fn a_wrong_setting_is_named() {
        let says = |text: &str| {
            let settings: Settings = toml::from_str(text).unwrap();
            settings.validate().unwrap_err().to_string()
        };
        assert!(
            says("hours = -1.0")
                .contains("`hours` must be a finite number of at least 0, but is -1")
        );
        assert!(says("[minutes]\npayee = 0.0").contains("`minutes.payee`"));
        assert!(says("first = [10, 0]").contains("`first`"));
        assert!(says("cuts = [2.0]").contains("`cuts`"));
        assert!(says("confidence = 1.0").contains("`confidence`"));
    }
}
