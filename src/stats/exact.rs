//! Exact upper tail probabilities of counts, without normal approximation.

use crate::convert::float;
use statrs::function::beta::checked_beta_reg;
use statrs::function::factorial::ln_binomial;
use statrs::function::gamma::checked_gamma_lr;

/// The probability of at least `hits` in `trials` independent trials with success probability `chance`.
///
/// Uses the incomplete beta function. NaN if `chance` is not a probability.
pub fn binomial_upper(hits: u64, trials: u64, chance: f64) -> f64 {
    match hits {
        _ if !(0.0..=1.0).contains(&chance) => f64::NAN,
        0 => 1.0,
        hits if hits > trials => 0.0,
        hits => {
            let misses = float(trials - hits) + 1.0;
            checked_beta_reg(float(hits), misses, chance).unwrap_or(f64::NAN)
        }
    }
}

/// The probability of at least `events` if `mean` are expected.
///
/// Uses the incomplete gamma function for the Poisson distribution. NaN if `mean` is negative or NaN.
pub fn poisson_upper(events: u64, mean: f64) -> f64 {
    match events {
        _ if mean.is_nan() || mean < 0.0 => f64::NAN,
        0 => 1.0,
        _ if mean == 0.0 => 0.0,
        events => checked_gamma_lr(float(events), mean).unwrap_or(f64::NAN),
    }
}

/// The probability of at least `hits` marked items among `drawn` of a `population` with `marked` marked items, if
/// `odds` is the odds ratio of drawing a marked item (Fisher's noncentral hypergeometric distribution; Fisher's exact
/// test for odds of 1). NaN if `marked` or `drawn` exceeds `population`, or if `odds` is not positive and finite.
pub fn noncentral_upper(hits: u64, population: u64, marked: u64, drawn: u64, odds: f64) -> f64 {
    if marked > population || drawn > population || !(odds > 0.0 && odds.is_finite()) {
        return f64::NAN;
    }
    let possible = (marked + drawn).saturating_sub(population)..=marked.min(drawn);
    let ln_weight = |hits: u64| {
        ln_binomial(marked, hits)
            + ln_binomial(population - marked, drawn - hits)
            + float(hits) * odds.ln()
    };
    let largest = possible.clone().map(ln_weight).fold(f64::NEG_INFINITY, f64::max);
    let weigh = |hits: u64| (ln_weight(hits) - largest).exp();
    let all: f64 = possible.clone().map(weigh).sum();
    let upper: f64 = possible.filter(|possible| *possible >= hits).map(weigh).sum();
    (upper / all).min(1.0)
}

/// The sum of a series given by its first term and the ratios of successive terms, until the terms vanish.
pub(super) fn sum_of_steps(first: f64, steps: impl Iterator<Item = f64>) -> f64 {
    let mut term = first;
    let mut sum = first;
    for step in steps {
        term *= step;
        sum += term;
        if term < sum * 1e-17 {
            break;
        }
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "these values are exact")]

    use super::{binomial_upper, noncentral_upper, poisson_upper};
    use statrs::function::factorial::{ln_binomial, ln_factorial};

    fn close(a: f64, b: f64, relative: f64) -> bool {
        (a - b).abs() <= relative * a.abs().max(b.abs())
    }

    #[test]
    fn even_odds_are_fishers_exact_test_and_higher_odds_explain_more() {
        // Fisher's tea-tasting experiment (1935): four of eight cups, at least three, at least one.
        for (hits, ways) in [(4, 1.0), (3, 17.0), (1, 69.0), (0, 70.0), (5, 0.0)] {
            assert!((noncentral_upper(hits, 8, 4, 4, 1.0) - ways / 70.0).abs() < 1e-12, "{hits}");
        }
        // One drawn of one marked and one unmarked item: odds of three give three in four.
        assert!((noncentral_upper(1, 2, 1, 1, 3.0) - 0.75).abs() < 1e-12);
    }

    #[test]
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    fn the_binomial_tail_is_the_sum_of_its_terms_far_out() {
        for (n, p) in [(20_u64, 0.3_f64), (300, 0.045_7), (300, 0.9), (5_000, 0.01), (50, 1e-6)] {
            let term = |k: u64| {
                (ln_binomial(n, k) + k as f64 * p.ln() + (n - k) as f64 * (-p).ln_1p()).exp()
            };
            for k in [1, 2, 5, 15, n / 10, n / 3, n / 2, n - 1, n] {
                let sum: f64 = (k..=n).rev().map(term).sum();
                if sum > 1e-300 {
                    assert!(close(binomial_upper(k, n, p), sum, 1e-9), "{n} {p} {k}: {sum}");
                }
            }
        }
        assert_eq!(binomial_upper(0, 5, 0.1), 1.0);
        assert_eq!(binomial_upper(6, 5, 0.1), 0.0);
        assert_eq!(binomial_upper(3, 5, 1.0), 1.0);
        assert_eq!(binomial_upper(3, 5, 0.0), 0.0);
        assert!(binomial_upper(3, 5, 1.5).is_nan());
    }

    #[test]
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    fn the_poisson_tail_is_the_sum_of_its_terms_far_out() {
        for mean in [1e-8_f64, 0.3, 4.0, 90.0] {
            for k in [1_u64, 2, 7, 30, 120, 150] {
                let term = |k: u64| (k as f64 * mean.ln() - mean - ln_factorial(k)).exp();
                let sum: f64 = (k..k + 400).rev().map(term).sum();
                if sum > 1e-300 {
                    assert!(close(poisson_upper(k, mean), sum, 1e-9), "{mean} {k}: {sum}");
                }
            }
        }
        assert_eq!((poisson_upper(0, 3.0), poisson_upper(2, 0.0)), (1.0, 0.0));
        assert!(poisson_upper(1, -1.0).is_nan());
    }
}
