//! Combination of p-values, and control of the false discovery rate.
//!
//! A p-value that is NaN counts as 1.

use crate::convert::float;

/// Larger p-values are truncated to this, so that a test without an effect does not cancel another (the truncation of
/// Fang, Chang, Park and Tseng 2023).
const DULL: f64 = 0.99;

/// The Cauchy combination of Liu and Xie (2020); small tail probabilities are valid under arbitrary dependence.
///
/// Returns 1 without p-values, and 0 if one of them is 0.
pub fn cauchy(p_values: &[f64]) -> f64 {
    if p_values.is_empty() {
        return 1.0;
    }
    // The reciprocal tangent avoids cancellation in 0.5 - p.
    let heavy = |p: &f64| (known(*p).min(DULL) * std::f64::consts::PI).tan().recip();
    let mean = p_values.iter().map(heavy).sum::<f64>() / float(p_values.len());
    f64::atan2(1.0, mean) / std::f64::consts::PI
}

/// The harmonic mean p-value of Wilson (2019): the smallest p-values dominate under arbitrary dependence, and a p-value
/// of 1 does not weaken the others.
///
/// It is slightly too small for a p-value (Wilson corrects it by the Landau distribution) and must be calibrated.
/// Returns 1 without p-values, and 0 if one of them is 0.
pub fn harmonic(p_values: &[f64]) -> f64 {
    let evidence: f64 = p_values.iter().map(|p| known(*p).recip()).sum();
    if p_values.is_empty() { 1.0 } else { float(p_values.len()) / evidence }
}

/// The adjusted p-values of Benjamini and Hochberg (1995) in the given order: the smallest level at which each is
/// selected.
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<_> = p_values.iter().map(|p| known(*p)).enumerate().collect();
    order.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let total = p_values.len();
    let mut adjusted = vec![1.0; total];
    let mut lowest = 1.0_f64;
    for (above, (row, p)) in order.into_iter().enumerate() {
        lowest = lowest.min(p * float(total) / float(total - above));
        if let Some(cell) = adjusted.get_mut(row) {
            *cell = lowest;
        }
    }
    adjusted
}

fn known(p: f64) -> f64 {
    if p.is_nan() { 1.0 } else { p.clamp(0.0, 1.0) }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "these values are exact")]

    use super::{benjamini_hochberg, cauchy, harmonic};
    use rand::{Rng, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-12 * a.abs().max(b.abs())
    }

    #[test]
    fn one_p_value_combines_to_itself() {
        for p in [1e-300, 1e-20, 0.003, 0.5, 0.9] {
            assert!(close(cauchy(&[p]), p), "{p}");
        }
    }

    #[test]
    fn nothing_breaks_at_zero_and_one() {
        assert!(cauchy(&[0.0, 1.0, 0.3]) == 0.0);
        let dull = cauchy(&[1.0, 1.0, f64::NAN]);
        assert!((0.98..=1.0).contains(&dull), "{dull}");
        assert!(cauchy(&[]) == 1.0);
        assert!(cauchy(&[1e-9, 1.0]) < 3e-9, "a dull test does not cancel a telling one");
    }

    #[test]
    fn combined_p_values_of_independent_draws_are_even() {
        let mut stream = Xoshiro256PlusPlus::seed_from_u64(7);
        let draws = 40_000;
        let mut below = 0_u32;
        for _ in 0..draws {
            let p: [f64; 8] = std::array::from_fn(|_| stream.r#gen());
            below += u32::from(cauchy(&p) <= 0.02);
        }
        assert!((f64::from(below) / f64::from(draws) - 0.02).abs() < 0.003, "{below}");
    }

    #[test]
    fn cauchy_keeps_its_level_when_tests_say_the_same() {
        let p = [0.01; 20];
        assert!(close(cauchy(&p), 0.01));
    }

    #[test]
    fn a_voice_that_says_nothing_takes_nothing_away_from_the_harmonic_mean() {
        assert!(close(harmonic(&[0.01]), 0.01));
        assert!(close(harmonic(&[0.01, 1.0, 1.0]), 3.0 / 102.0));
        assert_eq!(harmonic(&[]), 1.0);
        assert_eq!(harmonic(&[0.0, 1.0]), 0.0);
        assert_eq!(harmonic(&[f64::NAN]), 1.0);
    }

    #[test]
    fn adjusted_values_are_those_of_the_step_up_procedure() {
        let p = [0.01, 0.04, 0.03, 0.005, f64::NAN];
        let expected = [0.025, 0.05, 0.05, 0.025, 1.0];
        let adjusted = benjamini_hochberg(&p);
        assert!(adjusted.iter().zip(expected).all(|(a, b)| close(*a, b)), "{adjusted:?}");
    }
}
