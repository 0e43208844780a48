//! Exact upper tails of counts: the chance of at least so many, never from a normal approximation.

use rand::Rng;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use statrs::function::beta::checked_beta_reg;
use statrs::function::factorial::ln_binomial;
use statrs::function::gamma::checked_gamma_lr;

/// The chance of at least `hits` in `trials` independent trials that each succeed with `chance`.
///
/// A tail of the binomial law through the incomplete beta function. NaN if `chance` is no probability.
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

/// The chance of at least `events` where `mean` are expected.
///
/// A tail of the Poisson law through the incomplete gamma function. NaN if `mean` is negative or NaN.
pub fn poisson_upper(events: u64, mean: f64) -> f64 {
    match events {
        _ if mean.is_nan() || mean < 0.0 => f64::NAN,
        0 => 1.0,
        _ if mean == 0.0 => 0.0,
        events => checked_gamma_lr(float(events), mean).unwrap_or(f64::NAN),
    }
}

/// The chance of at least `hits` marked ones among `drawn` of a `population` that holds `marked` of them
/// (hypergeometric law; Fisher's exact test of a table of two by two). NaN if more are marked or drawn than
/// there are.
pub fn hypergeometric_upper(hits: u64, population: u64, marked: u64, drawn: u64) -> f64 {
    if marked > population || drawn > population {
        return f64::NAN;
    }
    let fewest = (marked + drawn).saturating_sub(population);
    let most = marked.min(drawn);
    if hits <= fewest {
        return 1.0;
    }
    if hits > most {
        return 0.0;
    }
    let unmarked = population - marked;
    let at = |hits: u64| {
        let ways = ln_binomial(marked, hits) + ln_binomial(unmarked, drawn - hits);
        (ways - ln_binomial(population, drawn)).exp()
    };
    // One more hit takes one more marked and one less unmarked; `fewest` keeps the divisor above zero.
    let step = |hits: u64| {
        float(marked - hits) / float(hits + 1) * float(drawn - hits)
            / float(unmarked + hits + 1 - drawn)
    };
    let above_mean = float(hits) * float(population) > float(marked) * float(drawn);
    if above_mean {
        let steps = (hits..most).map(step);
        sum_of_steps(at(hits), steps)
    } else {
        let steps = (fewest..hits - 1).rev().map(|below| step(below).recip());
        1.0 - sum_of_steps(at(hits - 1), steps)
    }
}

/// As [`hypergeometric_upper`], where a marked one is drawn `odds` times as easily (Fisher's noncentral law).
/// NaN if more are marked or drawn than there are, or if the odds are not above zero and finite.
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

/// The sum of a first term and of those that follow from it by factors, up to where they vanish.
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

/// Up to so many ways to draw, all are looked at.
const ALL_WAYS: f64 = 100_000.0;

/// Draws where there are more ways than that.
const DRAWS: u32 = 9_999;

/// The chance that `drawn` of the values, taken without putting back, add up to at least `sum`
/// (permutation test). All ways are counted up to 100,000 of them; above, 9,999 draws from `seed` are, with
/// one added to both counts (Phipson and Smyth 2010), so that the result is never below 1/10,000.
pub fn permutation_upper(values: &[f64], drawn: usize, sum: f64, seed: u64) -> f64 {
    let drawn = drawn.min(values.len());
    // Another order of adding must not make an equal sum a smaller one.
    let least = sum - 1e-12 * values.iter().map(|value| value.abs()).sum::<f64>();
    let ways = ln_binomial(values.len() as u64, drawn as u64).exp().round();
    if ways <= ALL_WAYS {
        return float(reaching(values, drawn, least)) / ways;
    }
    let mut stream = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut values = values.to_vec();
    let mut hits = 0;
    for _ in 0..DRAWS {
        for place in 0..drawn {
            let taken = stream.gen_range(place..values.len());
            values.swap(place, taken);
        }
        hits += u32::from(values.iter().take(drawn).sum::<f64>() >= least);
    }
    f64::from(hits + 1) / f64::from(DRAWS + 1)
}

/// Hits after which an unsurprising permutation test stops.
const ENOUGH_HITS: u32 = 20;

/// As [`permutation_upper`], for many tests of which few surprise: it is drawn wherever there are more than
/// 1,000 ways, and stops at the 20th draw that reaches the sum (sequential Monte Carlo, Besag and Clifford
/// 1991). The p-value is valid for any sum, coarse above 0.01, and never below 1/10,000.
pub fn permutation_upper_sequential(values: &[f64], drawn: usize, sum: f64, seed: u64) -> f64 {
    let drawn = drawn.min(values.len());
    if ln_binomial(values.len() as u64, drawn as u64) <= 1_000_f64.ln() {
        return permutation_upper(values, drawn, sum, seed);
    }
    let least = sum - 1e-12 * values.iter().map(|value| value.abs()).sum::<f64>();
    let mut stream = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut values = values.to_vec();
    let mut hits = 0;
    for draws in 1..=DRAWS {
        for place in 0..drawn {
            let taken = stream.gen_range(place..values.len());
            values.swap(place, taken);
        }
        hits += u32::from(values.iter().take(drawn).sum::<f64>() >= least);
        if hits == ENOUGH_HITS {
            return f64::from(hits) / f64::from(draws);
        }
    }
    f64::from(hits + 1) / f64::from(DRAWS + 1)
}

/// How many ways to draw so many of the values add up to at least `least`.
fn reaching(values: &[f64], drawn: usize, least: f64) -> u64 {
    match values.split_first() {
        _ if drawn == 0 => u64::from(least <= 0.0),
        Some((value, rest)) if rest.len() + 1 > drawn => {
            reaching(rest, drawn - 1, least - value) + reaching(rest, drawn, least)
        }
        Some((value, rest)) => reaching(rest, drawn - 1, least - value),
        None => 0,
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^53")]
fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "these values are exact")]

    use super::{
        binomial_upper, hypergeometric_upper, noncentral_upper, permutation_upper,
        permutation_upper_sequential, poisson_upper,
    };
    use statrs::function::factorial::{ln_binomial, ln_factorial};

    fn close(a: f64, b: f64, relative: f64) -> bool {
        (a - b).abs() <= relative * a.abs().max(b.abs())
    }

    #[test]
    fn even_odds_are_fishers_exact_test_and_higher_odds_explain_more() {
        for hits in 0..=6 {
            let even = noncentral_upper(hits, 20, 8, 6, 1.0);
            assert!((even - hypergeometric_upper(hits, 20, 8, 6)).abs() < 1e-12, "{hits}");
        }
        // Of one drawn among one marked and one unmarked: odds of three make three in four.
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

    #[test]
    fn the_tea_taster_is_fishers() {
        // Fisher 1935: all four of eight cups, and at least three.
        assert!(close(hypergeometric_upper(4, 8, 4, 4), 1.0 / 70.0, 1e-12));
        assert!(close(hypergeometric_upper(3, 8, 4, 4), 17.0 / 70.0, 1e-12));
        assert!(close(hypergeometric_upper(1, 8, 4, 4), 69.0 / 70.0, 1e-12));
        assert_eq!(hypergeometric_upper(0, 8, 4, 4), 1.0);
        assert_eq!(hypergeometric_upper(5, 8, 4, 4), 0.0);
        assert_eq!(hypergeometric_upper(2, 8, 6, 4), 1.0);
        assert!(hypergeometric_upper(1, 8, 9, 4).is_nan());
        let far = hypergeometric_upper(60, 100_000, 300, 400);
        assert!(far > 0.0 && far < 1e-60, "{far}");
    }

    #[test]
    fn few_ways_are_counted_and_many_are_drawn() {
        let values = [1.0, 2.0, 3.0, 4.0, 5.0];
        assert!(close(permutation_upper(&values, 2, 8.0, 1), 0.2, 1e-12));
        assert!(close(permutation_upper(&values, 5, 15.0, 1), 1.0, 1e-12));
        let ones: Vec<f64> = (0..60).map(|row| f64::from(row < 20)).collect();
        let drawn = permutation_upper(&ones, 15, 8.0, 1);
        let exact = hypergeometric_upper(8, 60, 20, 15);
        assert!((drawn - exact).abs() < 4.0 * (exact / 9_999.0).sqrt(), "{drawn} {exact}");
        assert_eq!(drawn.to_bits(), permutation_upper(&ones, 15, 8.0, 1).to_bits());
    }

    #[test]
    fn a_sequential_test_stops_early_and_means_the_same() {
        let ones: Vec<f64> = (0..60).map(|row| f64::from(row < 20)).collect();
        for hits in [5_u32, 8, 11] {
            let exact = hypergeometric_upper(u64::from(hits), 60, 20, 15);
            let drawn = permutation_upper_sequential(&ones, 15, f64::from(hits), 3);
            // Twenty hits leave a relative error of about one in four and a half.
            assert!((drawn / exact).ln().abs() < 0.7, "{drawn} {exact}");
        }
        assert!(permutation_upper_sequential(&ones, 15, 15.0, 3) <= 2e-4);
        assert!(close(permutation_upper_sequential(&[1.0, 2.0, 9.0], 1, 9.0, 3), 1.0 / 3.0, 1e-12));
    }
}
