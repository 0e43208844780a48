//! Guesses of the settings, moved by what is found.

/// Trials that a setting counts for.
const SETTING: f64 = 50.0;

/// A guess of the settings, as if it came from 50 trials, moved by the `sum` over so many trials since.
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
