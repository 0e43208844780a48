//! Prior settings updated by observations.

/// The prior weight of a setting, in trials.
const SETTING: f64 = 50.0;

/// The mean after observing the `sum` over `trials`, with the setting as a prior of 50 trials.
pub fn updated(setting: f64, sum: f64, trials: u32) -> f64 {
    (setting * SETTING + sum) / (SETTING + f64::from(trials))
}

#[cfg(test)]
mod tests {
    use super::updated;

    #[test]
    fn what_is_found_takes_over_from_the_setting() {
        assert!((updated(0.02, 0.0, 0) - 0.02).abs() < 1e-12);
        assert!((updated(0.02, 300.0, 1_000) - 0.3).abs() < 0.02);
    }
}
