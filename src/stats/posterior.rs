//! How likely it is that something is there, at most, by a p-value.

/// The largest probability that something is there which a p-value allows for, where `prior` of all subjects
/// have something.
///
/// Whatever unusual subjects look like, a p-value below 1/e multiplies the odds by at most `1 / (-e p ln p)`,
/// and one above it by nothing (Sellke, Bayarri and Berger, *Calibration of p values for testing precise null
/// hypotheses*, The American Statistician 2001). It is a bound and not an estimate; it orders leads by money.
pub fn probability_at_most(p_value: f64, prior: f64) -> f64 {
    let factor = if is_informative(p_value) {
        -1.0 / (std::f64::consts::E * p_value * p_value.ln())
    } else {
        1.0
    };
    let odds = factor * prior / (1.0 - prior);
    odds / (1.0 + odds)
}

/// Whether a p-value says anything for a subject.
pub fn is_informative(p_value: f64) -> bool {
    p_value > 0.0 && p_value < (-1.0_f64).exp()
}

#[cfg(test)]
mod tests {
    use super::probability_at_most;

    #[test]
    fn the_bound_is_that_of_the_paper() {
        // p = 0.05 allows for odds of 2.46 to 1, p = 0.01 for 7.99 to 1 at even prior odds.
        let odds = |p: f64| {
            let bound = probability_at_most(p, 0.5);
            bound / (1.0 - bound)
        };
        assert!((odds(0.05) - 2.456).abs() < 0.001 && (odds(0.01) - 7.988).abs() < 0.001);
        assert!((odds(0.6) - 1.0).abs() < 1e-12 && (odds(0.0) - 1.0).abs() < 1e-12);
    }
}
