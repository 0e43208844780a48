//! All digit tests of one list of amounts.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::stats::amounts;
use crate::stats::conformity::{self, Label};
use crate::stats::digits::{DigitLaw, Digits};
use crate::stats::exact;
use crate::stats::mantissa::{Distortion, Mantissas};
use crate::stats::null::NullLaw;

/// A bin stands out if its p-value, times the number of bins, is at most this.
const STANDS_OUT: f64 = 0.05;

/// The bins, sums and repeated amounts that are named at most.
const NAMED: usize = 10;

/// Below so many amounts a test of these digits says nothing that could be acted upon.
pub fn fewest(digits: Digits) -> u64 {
    match digits {
        Digits::First => 50,
        Digits::Second => 100,
        Digits::FirstTwo | Digits::LastTwo => 300,
    }
}

/// Benford's laws with the null laws of their chi-squares.
#[derive(Debug, Clone)]
pub struct Laws(BTreeMap<Digits, (DigitLaw, NullLaw)>);

impl Laws {
    /// The laws of these digits, for lists of these lengths.
    pub fn new(digits: &[Digits], lengths: &[u64], seed: u64) -> Self {
        let simulated = lengths.iter().copied().filter(|n| *n <= NullLaw::SIMULATED);
        let most = simulated.max().unwrap_or(0);
        let law = |digits: &Digits| {
            let law = DigitLaw::benford(*digits);
            let null = NullLaw::new(law.shares(), most, seed);
            (*digits, (law, null))
        };
        Self(digits.iter().map(law).collect())
    }
}

/// Everything that digit tests say about one list of amounts above zero.
#[derive(Debug, Clone, Serialize)]
pub struct Profile {
    /// The number of amounts.
    pub n: u64,
    /// One test for each kind of digits.
    pub tests: Vec<Test>,
    /// Moments of the mantissas.
    pub mantissas: Option<Mantissas>,
    /// Whether amounts of at least ten yuan are larger or smaller than Benford's law has them.
    pub distortion: Option<Distortion>,
    /// The first two digits whose sums lie furthest from the mean sum, with that gap in fen.
    pub summation: Vec<(u8, f64)>,
    /// The first two digits of the gaps between sorted amounts.
    pub second_order: Gaps,
    /// The amounts (in fen) that occur most often, with their counts.
    pub duplicates: Vec<(i64, u64)>,
    /// How often the amount of a row occurs, on average.
    pub mean_frequency: f64,
}

/// One kind of digits held against its law.
#[derive(Debug, Clone, Serialize)]
pub struct Test {
    /// Which digits.
    pub digits: Digits,
    /// The amounts that have such digits.
    pub n: u64,
    /// Mean absolute deviation.
    pub mean_absolute_deviation: f64,
    /// Pearson's chi-square.
    pub chi_square: f64,
    /// Its degrees of freedom.
    pub degrees: usize,
    /// The chance of such a chi-square at this very n; none below [`fewest`] amounts.
    pub p: Option<f64>,
    /// Kolmogorov-Smirnov's D.
    pub kolmogorov_smirnov: f64,
    /// Nigrini's label, where n is large enough for it.
    pub label: Option<Label>,
    /// Why there is no label.
    pub unlabelled: Option<String>,
    /// The bins that stand out, the least likely first.
    pub bins: Vec<Bin>,
}

/// A bin that holds too many or too few amounts.
#[derive(Debug, Clone, Serialize)]
pub struct Bin {
    /// Its digits.
    pub digits: u8,
    /// The amounts in it.
    pub count: u64,
    /// The amounts that the law puts there.
    pub expected: f64,
    /// Exact two-sided binomial p-value, times the number of bins (Bonferroni).
    pub p: f64,
}

/// The second-order test.
#[derive(Debug, Clone, Serialize)]
pub struct Gaps {
    /// The gaps above zero.
    pub n: u64,
    /// Pearson's chi-square of their first two digits. Gaps of one list are not independent, so that no
    /// p-value is given.
    pub chi_square: f64,
    /// Mean absolute deviation of their first two digits.
    pub mean_absolute_deviation: f64,
}

impl Profile {
    /// Measures amounts in fen, all above zero, with the digits of `laws`.
    pub fn of(amounts: &[i64], laws: &Laws) -> Self {
        let named = |list: Vec<(i64, u64)>| list.into_iter().take(NAMED).collect();
        let mut summation = amounts::summation(Digits::FirstTwo, amounts);
        summation.truncate(if amounts.is_empty() { 0 } else { NAMED });
        Self {
            n: amounts.len() as u64,
            tests: laws.0.values().map(|(law, null)| Test::of(amounts, law, null)).collect(),
            mantissas: Mantissas::of(amounts),
            distortion: Distortion::of(amounts),
            summation,
            second_order: Gaps::of(amounts),
            duplicates: named(amounts::duplicates(amounts)),
            mean_frequency: amounts::mean_frequency(amounts),
        }
    }
}

impl Test {
    fn of(amounts: &[i64], law: &DigitLaw, null: &NullLaw) -> Self {
        let (digits, shares) = (law.digits(), law.shares());
        let counts = digits.count(amounts);
        let n = counts.iter().sum();
        let deviation = conformity::mean_absolute_deviation(&counts, shares);
        let chi_square = conformity::chi_square(&counts, shares);
        let label = conformity::label(digits, deviation, n);
        let enough = n >= fewest(digits);
        Self {
            digits,
            n,
            mean_absolute_deviation: deviation,
            chi_square,
            degrees: digits.bins() - 1,
            p: enough.then(|| null.p(n, chi_square)),
            kolmogorov_smirnov: conformity::kolmogorov_smirnov(&counts, shares),
            label: label.ok(),
            unlabelled: label.err().map(|why| why.to_string()),
            bins: if enough { standing_out(&counts, law) } else { Vec::new() },
        }
    }
}

impl Gaps {
    fn of(amounts: &[i64]) -> Self {
        let law = DigitLaw::benford(Digits::FirstTwo);
        let counts = Digits::FirstTwo.count(&amounts::gaps(amounts));
        Self {
            n: counts.iter().sum(),
            chi_square: conformity::chi_square(&counts, law.shares()),
            mean_absolute_deviation: conformity::mean_absolute_deviation(&counts, law.shares()),
        }
    }
}

fn standing_out(counts: &[u64], law: &DigitLaw) -> Vec<Bin> {
    let n: u64 = counts.iter().sum();
    #[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^53")]
    let (total, bins) = (n as f64, counts.len() as f64);
    let z = conformity::z_scores(counts, law.shares());
    let each = (law.digits().start()..=u8::MAX).zip(counts).zip(law.shares()).zip(&z);
    let bin = |(((digits, count), share), z): (((u8, &u64), &f64), &f64)| {
        let many = exact::binomial_upper(*count, n, *share);
        let few = exact::binomial_upper(n - count, n, 1.0 - share);
        let p = (2.0 * many.min(few) * bins).min(1.0);
        (*z, Bin { digits, count: *count, expected: total * share, p })
    };
    let mut found: Vec<_> = each.map(bin).filter(|(_, bin)| bin.p <= STANDS_OUT).collect();
    // Far out many p-values are 0; the standardised gap still tells them apart.
    found.sort_by(|a, b| {
        a.1.p.total_cmp(&b.1.p).then(b.0.total_cmp(&a.0)).then(a.1.digits.cmp(&b.1.digits))
    });
    found.into_iter().map(|(_, bin)| bin).take(NAMED).collect()
}

#[cfg(test)]
mod tests {
    use super::{Laws, Profile};
    use crate::stats::digits::Digits;

    /// Amounts whose mantissas are spread evenly over the orders from 1 to 10,000 yuan.
    fn honest(n: i32) -> Vec<i64> {
        #[expect(clippy::cast_possible_truncation, reason = "below 10^6")]
        let amount = |step: i32| 10_f64.powf(2.0 + 4.0 * f64::from(step) / f64::from(n)) as i64;
        (0..n).map(amount).collect()
    }

    #[test]
    fn honest_amounts_show_nothing_and_a_heaped_bin_is_named() {
        let laws = Laws::new(&Digits::ALL, &[1_000, 1_100], 1);
        let quiet = Profile::of(&honest(1_000), &laws);
        assert!(quiet.tests.iter().all(|test| test.p.unwrap() > 0.5 && test.bins.is_empty()));

        let heaped: Vec<_> = honest(1_000).into_iter().chain([98_000; 100]).collect();
        let heaped = Profile::of(&heaped, &laws);
        for test in &heaped.tests {
            let expected = [Some(9), Some(8), Some(98), Some(0)];
            let place = Digits::ALL.iter().position(|digits| *digits == test.digits).unwrap();
            assert_eq!(test.bins.first().map(|bin| bin.digits), expected[place]);
            assert!(test.p.unwrap() < 0.001);
        }
        assert_eq!(heaped.duplicates[0], (98_000, 100));
    }

    #[test]
    fn few_amounts_get_no_p_value_and_none_at_all_get_nothing() {
        let laws = Laws::new(&[Digits::FirstTwo], &[200], 1);
        let few = Profile::of(&honest(200), &laws);
        assert!(few.tests[0].p.is_none() && few.tests[0].label.is_none());
        assert!(few.tests[0].unlabelled.is_some());
        let none = Profile::of(&[], &laws);
        assert!(
            none.mantissas.is_none() && none.summation.is_empty() && none.duplicates.is_empty()
        );
    }
}
