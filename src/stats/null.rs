//! Null distribution of Pearson's chi-square for a given number of amounts.
//!
//! A village has some hundred amounts in ninety bins, too few for the chi-square approximation. The central part of the
//! null distribution is simulated; the tail is a gamma distribution with the exact mean, variance and third moment of
//! the statistic under the multinomial (Haldane 1937). Two moments do not suffice: for 90 bins and 60 amounts, the tail
//! of a gamma distribution with exact mean and variance is too small by a factor of twenty where the true probability
//! is 1 in 10,000.

use crate::convert::float;
use rand::RngCore;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use statrs::function::gamma::checked_gamma_ur;

/// The number of simulated samples.
const SEQUENCES: u64 = 10_000;

/// The upper share of the simulated statistics that the gamma distribution replaces.
const TAIL: f64 = 0.05;

/// The null distribution of Pearson's chi-square for one reference law and any number of amounts.
#[derive(Debug, Clone)]
pub struct NullLaw {
    moments: Moments,
    /// Sorted simulated statistics, for numbers of amounts about 15 % apart.
    grid: Vec<(u64, Vec<f64>)>,
}

impl NullLaw {
    /// The maximum number of amounts for simulation; above it the gamma distribution is sufficient.
    pub const SIMULATED: u64 = 3_000;

    /// Simulates the distribution for up to `most` amounts; above, [`Self::p`] uses the gamma distribution.
    ///
    /// `shares` are those of the reference law; bins with a share of zero are omitted. Each simulated sample has its
    /// own stream, derived from `seed` and its number, and is evaluated as it grows, so the results for small n do not
    /// depend on `most`.
    pub fn new(shares: &[f64], most: u64, seed: u64) -> Self {
        let total: f64 = shares.iter().sum();
        let possible = shares.iter().filter(|share| **share > 0.0);
        let shares: Vec<_> = possible.map(|share| share / total).collect();
        let moments = Moments::of(&shares);
        let numbers =
            if shares.len() < 2 { Vec::new() } else { numbers(most.min(Self::SIMULATED)) };
        let alias = Alias::new(&shares);
        let sequences: Vec<_> = (0..SEQUENCES)
            .into_par_iter()
            .map(|sequence| alias.statistics(&numbers, stream(seed, sequence)))
            .collect();
        let at = |place: usize| {
            let each = sequences.iter().filter_map(|statistics| statistics.get(place).copied());
            let mut sorted: Vec<_> = each.collect();
            sorted.sort_unstable_by(f64::total_cmp);
            sorted
        };
        let grid = numbers.iter().enumerate().map(|(place, n)| (*n, at(place))).collect();
        Self { moments, grid }
    }

    /// The gamma distribution alone, without simulation; sufficient for villages.
    ///
    /// From 50 amounts in 9 or 10 bins, and from 100 in 90, p-values around 0.05, 0.01 and 0.001 have a relative error
    /// of at most a fifth.
    pub fn of_moments(shares: &[f64]) -> Self {
        let total: f64 = shares.iter().sum();
        let possible = shares.iter().filter(|share| **share > 0.0);
        let shares: Vec<_> = possible.map(|share| share / total).collect();
        Self { moments: Moments::of(&shares), grid: Vec::new() }
    }

    /// The probability that `n` amounts that follow the law have a chi-square of at least `statistic`.
    ///
    /// Always positive; 1 without amounts or with a single bin.
    pub fn p(&self, n: u64, statistic: f64) -> f64 {
        if n == 0 || self.moments.bins < 2.0 || statistic.is_nan() {
            return 1.0;
        }
        let (mean, spread) = (self.moments.mean(), self.moments.variance(n).sqrt());
        let standard = (statistic - mean) / spread;
        let at = |&(n, ref sorted): &(u64, Vec<f64>)| {
            let spread = self.moments.variance(n).sqrt();
            self.tail(n, sorted, mean + standard * spread)
        };
        let above = self.grid.partition_point(|(number, _)| *number < n);
        let p = match (
            above.checked_sub(1).and_then(|below| self.grid.get(below)),
            self.grid.get(above),
        ) {
            (_, None) => self.moments.gamma(n, statistic),
            (_, Some(exact)) if exact.0 == n => at(exact),
            (None, Some(first)) => at(first),
            (Some(low), Some(high)) => {
                let [ln_n, ln_low, ln_high] = [n, low.0, high.0].map(|n| float(n).ln());
                let weight = (ln_n - ln_low) / (ln_high - ln_low);
                (at(low).ln() * (1.0 - weight) + at(high).ln() * weight).exp()
            }
        };
        p.clamp(f64::MIN_POSITIVE, 1.0)
    }

    fn tail(&self, n: u64, sorted: &[f64], statistic: f64) -> f64 {
        let all = float(sorted.len() as u64);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a length"
        )]
        let anchor = sorted.get((all * (1.0 - TAIL)) as usize).copied().unwrap_or(f64::INFINITY);
        let counted = |least: f64| {
            let below = sorted.partition_point(|simulated| *simulated < least);
            (all - float(below as u64) + 1.0) / (all + 1.0)
        };
        if statistic <= anchor {
            return counted(statistic);
        }
        counted(anchor) * self.moments.gamma(n, statistic) / self.moments.gamma(n, anchor)
    }
}

/// The terms of the moments of chi-square under the multinomial.
#[derive(Debug, Clone)]
struct Moments {
    bins: f64,
    /// The sum of the reciprocal shares.
    inverses: f64,
    /// The sum of the squared reciprocal shares.
    squares: f64,
}

impl Moments {
    fn of(shares: &[f64]) -> Self {
        let inverses = shares.iter().map(|share| share.recip()).sum();
        let squares = shares.iter().map(|share| share.powi(-2)).sum();
        Self { bins: float(shares.len() as u64), inverses, squares }
    }

    fn mean(&self) -> f64 {
        self.bins - 1.0
    }

    fn variance(&self, n: u64) -> f64 {
        let k = self.bins;
        // A single amount in equal bins has variance 0, up to rounding.
        (2.0 * (k - 1.0) + (self.inverses - k * k - 2.0 * k + 2.0) / float(n)).max(1e-9)
    }

    /// The third central moment.
    fn third(&self, n: u64) -> f64 {
        let (k, n) = (self.bins, float(n));
        let square = k * k;
        let once = 22.0 * self.inverses - 18.0 * square - 36.0 * k + 32.0;
        let twice =
            self.squares - (3.0 * k + 22.0) * self.inverses + (2.0 * k + 18.0) * square + 28.0 * k
                - 24.0;
        8.0 * (k - 1.0) + (once + twice / n) / n
    }

    /// The upper tail of the gamma distribution with these three moments (Pearson's type III).
    fn gamma(&self, n: u64, statistic: f64) -> f64 {
        let spread = self.variance(n).sqrt();
        // With few amounts and equal bins the skewness may be negative; then use that of the chi-square distribution.
        let lean = (self.third(n) / spread.powi(3)).max((8.0 / self.mean()).sqrt());
        let from_start = (statistic - self.mean()) / spread + 2.0 / lean;
        if from_start <= 0.0 {
            return 1.0;
        }
        if from_start == f64::INFINITY {
            return f64::MIN_POSITIVE;
        }
        let tail = checked_gamma_ur(4.0 / (lean * lean), from_start * 2.0 / lean);
        tail.unwrap_or(1.0).max(f64::MIN_POSITIVE)
    }
}

/// Numbers of amounts from 1 to at least `most`, about 15 % apart.
fn numbers(most: u64) -> Vec<u64> {
    let next = |n: &u64| (*n < most).then(|| (n + 1).max(n * 23 / 20));
    std::iter::successors(Some(1), next).collect()
}

/// The random stream of a sample; the constant separates adjacent numbers, as in splitmix64.
fn stream(seed: u64, sequence: u64) -> Xoshiro256PlusPlus {
    let own = (sequence + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    Xoshiro256PlusPlus::seed_from_u64(seed ^ own)
}

/// An alias table, which draws a bin with one random number (Walker 1977, in the form of Vose 1991).
struct Alias {
    /// For each column: the 32-bit probability of its own bin, that bin, and the alternative bin.
    columns: Vec<(u32, usize, usize)>,
    inverses: Vec<f64>,
}

impl Alias {
    fn new(shares: &[f64]) -> Self {
        let columns = float(shares.len() as u64);
        let scaled = shares.iter().map(|share| share * columns).enumerate();
        let (mut small, mut large): (Vec<_>, Vec<_>) = scaled.partition(|(_, share)| *share < 1.0);
        let mut filled = Vec::with_capacity(shares.len());
        while let Some((bin, share)) = small.pop() {
            let Some((other, room)) = large.pop() else {
                filled.push((u32::MAX, bin, bin));
                continue;
            };
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "in 0..2^32"
            )]
            filled.push(((share * 4_294_967_296.0) as u32, bin, other));
            let left = (other, room - (1.0 - share));
            if left.1 < 1.0 { small.push(left) } else { large.push(left) }
        }
        filled.extend(large.into_iter().map(|(bin, _)| (u32::MAX, bin, bin)));
        let inverses = shares.iter().map(|share| share.recip()).collect();
        Self { columns: filled, inverses }
    }

    /// The chi-square of one growing sample at each of the ascending numbers of amounts.
    #[expect(clippy::indexing_slicing, reason = "the hot loop; every bin of a column is a bin")]
    fn statistics(&self, numbers: &[u64], mut stream: Xoshiro256PlusPlus) -> Vec<f64> {
        let mut counts = vec![0.0_f64; self.inverses.len()];
        // The sum over the bins of count^2 / share; chi-square is this divided by n, minus n.
        let mut squares = 0.0;
        let mut drawn = 0;
        let width = self.columns.len() as u64;
        let read = |n: &u64| {
            while drawn < *n {
                let random = stream.next_u64();
                #[expect(clippy::cast_possible_truncation, reason = "the two halves of 64 bits")]
                let (coin, column) = (random as u32, (((random >> 32) * width) >> 32) as usize);
                let (own, bin, other) = self.columns[column];
                let bin = if coin < own { bin } else { other };
                squares += (2.0 * counts[bin] + 1.0) * self.inverses[bin];
                counts[bin] += 1.0;
                drawn += 1;
            }
            squares / float(*n) - float(*n)
        };
        numbers.iter().map(read).collect()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "these values are exact")]

    use super::{Alias, Moments, NullLaw, numbers, stream};
    use crate::stats::digits::{DigitLaw, Digits};
    use rayon::prelude::{IntoParallelIterator, ParallelIterator};

    const NUMBERS: [u64; 3] = [60, 300, 1_500];

    /// The share of samples from independent streams with a p-value of at most each level.
    fn rejected(null: &NullLaw, alias: &Alias, n: u64, levels: [f64; 3]) -> [f64; 3] {
        let sequences = 100_000;
        let p = |sequence| null.p(n, alias.statistics(&[n], stream(77, sequence))[0]);
        let p: Vec<f64> = (0..sequences).into_par_iter().map(p).collect();
        levels
            .map(|level| super::float(p.iter().filter(|p| **p <= level).count() as u64) / 100_000.0)
    }

    #[test]
    fn p_values_are_even_at_the_scale_of_a_village() {
        for digits in [Digits::First, Digits::FirstTwo] {
            let law = DigitLaw::benford(digits);
            let (null, alias) = (NullLaw::new(law.shares(), 1_500, 1), Alias::new(law.shares()));
            for n in NUMBERS {
                let [five, one, thousandth] = rejected(&null, &alias, n, [0.05, 0.01, 0.001]);
                assert!((five - 0.05).abs() < 0.006, "{digits:?} {n}: {five}");
                assert!((one - 0.01).abs() < 0.002, "{digits:?} {n}: {one}");
                assert!((thousandth - 0.001).abs() < 0.001, "{digits:?} {n}: {thousandth}");
            }
        }
    }

    #[test]
    fn the_moments_alone_serve_from_the_fewest_amounts_that_are_tested() {
        let ending = vec![1.0 / 90.0; 90];
        let benford = |digits| DigitLaw::benford(digits).shares().to_vec();
        for (shares, n) in [
            (benford(Digits::First), 50),
            (benford(Digits::Second), 100),
            (benford(Digits::FirstTwo), 300),
            (ending, 100),
        ] {
            let (null, alias) = (NullLaw::of_moments(&shares), Alias::new(&shares));
            let found = rejected(&null, &alias, n, [0.05, 0.01, 0.001]);
            for (found, nominal) in found.into_iter().zip([0.05, 0.01, 0.001]) {
                let chance = 3.0 * f64::sqrt(nominal / 100_000.0);
                assert!((found - nominal).abs() < 0.2 * nominal + chance, "{n}: {found} {nominal}");
            }
        }
    }

    #[test]
    fn the_moments_are_those_of_all_outcomes() {
        // All outcomes of 5 draws from 1/2, 1/3, 1/6, summed as fractions.
        let moments = Moments::of(&[1.0 / 2.0, 1.0 / 3.0, 1.0 / 6.0]);
        assert!((moments.third(5) - 404.0 / 25.0).abs() < 1e-10);
        let four = Moments::of(&[1.0 / 7.0, 2.0 / 7.0, 1.0 / 7.0, 3.0 / 7.0]);
        assert!((four.third(4) - 17_089.0 / 576.0).abs() < 1e-10);
        let single = Moments::of(&[0.5, 0.5]);
        assert!(single.variance(1) < 1e-8);
    }

    #[test]
    fn the_table_draws_each_bin_by_its_share() {
        let alias = Alias::new(&[0.7, 0.2, 0.1]);
        let statistics = alias.statistics(&[1_000_000], stream(5, 0));
        assert!(statistics[0] < 13.8, "beyond the thousandth of two degrees: {statistics:?}");
    }

    #[test]
    fn p_falls_steadily_from_one_to_the_far_tail() {
        let law = DigitLaw::benford(Digits::FirstTwo);
        let null = NullLaw::new(law.shares(), 400, 1);
        for n in [1, 7, 59, 350, 400, 401, 5_000_000] {
            let statistics = (0_u32..4_000).map(|step| null.p(n, f64::from(step)));
            let p: Vec<f64> = statistics.collect();
            assert!(p.windows(2).all(|pair| pair[0] >= pair[1]), "{n}");
            assert!(p[0] > 0.999 && p[3_999] > 0.0, "{n}");
        }
        assert!(null.p(400, 1e9) > 0.0 && null.p(400, f64::INFINITY) > 0.0);
        assert_eq!((null.p(0, 5.0), null.p(10, f64::NAN)), (1.0, 1.0));
        assert_eq!(NullLaw::new(&[1.0], 100, 1).p(50, 3.0), 1.0);
    }

    #[test]
    fn a_larger_reach_changes_nothing_below() {
        let shares = [0.5, 0.25, 0.25];
        let (near, far) = (NullLaw::new(&shares, 60, 9), NullLaw::new(&shares, 700, 9));
        for n in [3, 17, 60] {
            assert_eq!(near.p(n, 4.0).to_bits(), far.p(n, 4.0).to_bits());
        }
        assert!(numbers(60).len() < numbers(700).len());
    }
}
