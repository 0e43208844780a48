//! All digit tests of a list of amounts.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::convert::float;
use crate::stats::amounts;
use crate::stats::conformity::{self, Label};
use crate::stats::decimal::Decimal;
use crate::stats::digits::{DigitLaw, Digits};
use crate::stats::exact;
use crate::stats::mantissa::{Distortion, Mantissas};
use crate::stats::null::NullLaw;

/// The significance level for a bin, with the Bonferroni correction.
const STANDS_OUT: f64 = 0.05;

/// The maximum number of listed bins, sums and repeated amounts.
const NAMED: usize = 10;

/// From this share of whole amounts on, the last two digits are not tested.
const WHOLE: f64 = 0.9;

/// The minimum number of amounts for a test of these digits.
pub fn fewest(digits: Digits) -> u64 {
    match digits {
        Digits::First => 50,
        Digits::Second => 100,
        Digits::FirstTwo | Digits::LastTwo => 300,
    }
}

/// Benford's law and the null distribution of chi-square for each kind of digits.
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

/// The results of all digit tests of a list of positive amounts.
#[derive(Debug, Clone, Serialize)]
pub struct Profile {
    /// The number of amounts.
    pub n: u64,
    /// One test per kind of digits.
    pub tests: Vec<Test>,
    /// Moments of the mantissas.
    pub mantissas: Option<Mantissas>,
    /// The distortion factor of amounts of at least ten yuan.
    pub distortion: Option<Distortion>,
    /// The first two digits whose sums differ most from the mean sum, with the difference in fen.
    pub summation: Vec<(u8, f64)>,
    /// The second-order test of the first two digits.
    pub second_order: Gaps,
    /// The most frequent amounts (in fen, or as text in yuan if they are not exact to the fen) with their counts.
    pub duplicates: Vec<(Decimal, u64)>,
    /// The average frequency of an amount over the rows.
    pub mean_frequency: f64,
}

/// The test of one kind of digits.
#[derive(Debug, Clone, Serialize)]
pub struct Test {
    /// The kind of digits.
    pub digits: Digits,
    /// The number of amounts with such digits.
    pub n: u64,
    /// The reason why these digits are not tested: for the last two digits, if amounts are whole numbers or not exact
    /// to the fen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<String>,
    /// The distances from the law; `None` if the digits are not tested.
    #[serde(flatten)]
    pub distances: Option<Distances>,
    /// The degrees of freedom of the chi-square.
    pub degrees: usize,
    /// The p-value of chi-square for this n; `None` below [`fewest`] amounts.
    pub p: Option<f64>,
    /// Nigrini's label, if n is large enough.
    pub label: Option<Label>,
    /// The reason why there is no label.
    pub unlabelled: Option<String>,
    /// The significant bins, by ascending p-value.
    pub bins: Vec<Bin>,
}

/// The distances of the digits from their law.
#[derive(Debug, Clone, Serialize)]
pub struct Distances {
    /// Mean absolute deviation.
    pub mean_absolute_deviation: f64,
    /// Pearson's chi-square.
    pub chi_square: f64,
    /// Kolmogorov-Smirnov's D.
    pub kolmogorov_smirnov: f64,
}

/// A bin with significantly too many or too few amounts.
#[derive(Debug, Clone, Serialize)]
pub struct Bin {
    /// The digits.
    pub digits: u8,
    /// The number of amounts in the bin.
    pub count: u64,
    /// The expected number of amounts.
    pub expected: f64,
    /// The exact two-sided binomial p-value times the number of bins (Bonferroni).
    pub p: f64,
}

/// The second-order test.
#[derive(Debug, Clone, Serialize)]
pub struct Gaps {
    /// The number of positive gaps.
    pub n: u64,
    /// Pearson's chi-square of their first two digits. The gaps are dependent, so there is no p-value.
    pub chi_square: f64,
    /// Mean absolute deviation of their first two digits.
    pub mean_absolute_deviation: f64,
}

impl Profile {
    /// Tests positive amounts in fen with the digits of `laws`.
    pub fn of(amounts: &[i64], laws: &Laws) -> Self {
        let named = |(fen, count): (i64, u64)| (Decimal::of_fen(fen), count);
        let mut summation = amounts::summation(Digits::FirstTwo, amounts);
        summation.truncate(if amounts.is_empty() { 0 } else { NAMED });
        Self {
            n: amounts.len() as u64,
            tests: laws.tests(|digits| digits.count(amounts), 0),
            mantissas: Mantissas::of(amounts),
            distortion: Distortion::of(amounts),
            summation,
            second_order: Gaps::of(&Digits::FirstTwo.count(&amounts::gaps(amounts))),
            duplicates: amounts::duplicates(amounts).into_iter().map(named).take(NAMED).collect(),
            mean_frequency: amounts::mean_frequency(amounts),
        }
    }

    /// Tests positive amounts of any size and number of decimals.
    ///
    /// Leading digits, mantissas and repeated amounts are tested as for amounts in fen. The last two digits are those
    /// of amounts that are exact to the fen, and are not tested if these are fewer than half. Sums are doubles
    /// ([`amounts::summation_of_decimals`]); gaps are exact except for rounding errors ([`amounts::gaps_of_decimals`]).
    pub fn of_decimals(amounts: &[Decimal], laws: &Laws) -> Self {
        let finer = amounts.iter().filter(|amount| !amount.is_in_fen()).count() as u64;
        let count = |digits: Digits| digits.tally(amounts.iter().filter_map(|it| it.shown(digits)));
        let mut summation = amounts::summation_of_decimals(Digits::FirstTwo, amounts);
        summation.truncate(if amounts.is_empty() { 0 } else { NAMED });
        let gaps = amounts::gaps_of_decimals(amounts);
        let gaps = gaps.iter().filter_map(|gap| gap.shown(Digits::FirstTwo));
        Self {
            n: amounts.len() as u64,
            tests: laws.tests(count, finer),
            mantissas: Mantissas::of_decimals(amounts),
            distortion: Distortion::of_decimals(amounts),
            summation,
            second_order: Gaps::of(&Digits::FirstTwo.tally(gaps)),
            duplicates: amounts::duplicates(amounts).into_iter().take(NAMED).collect(),
            mean_frequency: amounts::mean_frequency(amounts),
        }
    }
}

impl Laws {
    /// One test per kind of digits, from the counts of the bins. `finer` is the number of amounts that are not exact to
    /// the fen.
    fn tests(&self, count: impl Fn(Digits) -> Vec<u64>, finer: u64) -> Vec<Test> {
        let test = |(law, null): &(DigitLaw, NullLaw)| {
            let counts = count(law.digits());
            match left_out(law.digits(), &counts, finer) {
                Some(why) => Test::without(law.digits(), &counts, why),
                None => Test::of(&counts, law, null),
            }
        };
        self.0.values().map(test).collect()
    }
}

/// The reason why digits are not tested, if any.
fn left_out(digits: Digits, counts: &[u64], finer: u64) -> Option<String> {
    if digits != Digits::LastTwo {
        return None;
    }
    let exact: u64 = counts.iter().sum();
    if finer > exact {
        return Some(format!("left out: {finer} amounts are not exact to the fen"));
    }
    let whole = counts.first().copied().unwrap_or(0);
    let share = float(whole) / float(exact);
    let percent = share * 100.0;
    (share >= WHOLE).then(|| format!("left out: {percent:.1} % of the amounts are whole numbers"))
}

impl Test {
    /// Digits that are counted but not tested.
    fn without(digits: Digits, counts: &[u64], why: String) -> Self {
        Self {
            digits,
            n: counts.iter().sum(),
            left_out: Some(why),
            distances: None,
            degrees: digits.bins() - 1,
            p: None,
            label: None,
            unlabelled: None,
            bins: Vec::new(),
        }
    }

    fn of(counts: &[u64], law: &DigitLaw, null: &NullLaw) -> Self {
        let (digits, shares) = (law.digits(), law.shares());
        let n = counts.iter().sum();
        let deviation = conformity::mean_absolute_deviation(counts, shares);
        let chi_square = conformity::chi_square(counts, shares);
        let label = conformity::label(digits, deviation, n);
        let enough = n >= fewest(digits);
        Self {
            digits,
            n,
            left_out: None,
            distances: Some(Distances {
                mean_absolute_deviation: deviation,
                chi_square,
                kolmogorov_smirnov: conformity::kolmogorov_smirnov(counts, shares),
            }),
            degrees: digits.bins() - 1,
            p: enough.then(|| null.p(n, chi_square)),
            label: label.ok(),
            unlabelled: label.err().map(|why| why.to_string()),
            bins: if enough { standing_out(counts, law) } else { Vec::new() },
        }
    }
}

impl Gaps {
    /// The test from the counts of the first two digits of the gaps.
    fn of(counts: &[u64]) -> Self {
        let law = DigitLaw::benford(Digits::FirstTwo);
        Self {
            n: counts.iter().sum(),
            chi_square: conformity::chi_square(counts, law.shares()),
            mean_absolute_deviation: conformity::mean_absolute_deviation(counts, law.shares()),
        }
    }
}

fn standing_out(counts: &[u64], law: &DigitLaw) -> Vec<Bin> {
    let n: u64 = counts.iter().sum();
    let (total, bins) = (float(n), float(counts.len()));
    let z = conformity::z_scores(counts, law.shares());
    let each = (law.digits().start()..=u8::MAX).zip(counts).zip(law.shares()).zip(&z);
    let bin = |(((digits, count), share), z): (((u8, &u64), &f64), &f64)| {
        let many = exact::binomial_upper(*count, n, *share);
        let few = exact::binomial_upper(n - count, n, 1.0 - share);
        let p = (2.0 * many.min(few) * bins).min(1.0);
        (*z, Bin { digits, count: *count, expected: total * share, p })
    };
    let mut found: Vec<_> = each.map(bin).filter(|(_, bin)| bin.p <= STANDS_OUT).collect();
    // Many extreme p-values are 0; z-scores still order them.
    found.sort_by(|a, b| {
        a.1.p.total_cmp(&b.1.p).then(b.0.total_cmp(&a.0)).then(a.1.digits.cmp(&b.1.digits))
    });
    found.into_iter().map(|(_, bin)| bin).take(NAMED).collect()
}

#[cfg(test)]
mod tests {
    use super::{Laws, Profile};
    use crate::stats::decimal::Decimal;
    use crate::stats::digits::Digits;

    /// Amounts with uniform mantissas from 1 to 10,000 yuan.
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
        assert_eq!(heaped.duplicates[0], (Decimal::of_fen(98_000), 100));
    }

    #[test]
    fn amounts_in_another_unit_show_the_same_leading_digits() {
        let laws = Laws::new(&Digits::ALL, &[1_000], 1);
        let fen = Profile::of(&honest(1_000), &laws);
        let tiny = |fen: i64| Decimal::new(i128::from(fen), 9);
        let tiny: Vec<_> = honest(1_000).into_iter().map(tiny).collect();
        let tiny = Profile::of_decimals(&tiny, &laws);
        for (fen, tiny) in fen.tests.iter().zip(&tiny.tests).take(3) {
            assert_eq!((fen.p, fen.n), (tiny.p, tiny.n));
        }
        assert_eq!(fen.second_order.n, tiny.second_order.n);
        let last = tiny.tests.last().unwrap();
        assert!(last.distances.is_none() && last.p.is_none() && last.bins.is_empty());
        assert!(last.left_out.as_ref().unwrap().contains("not exact to the fen"));
    }

    #[test]
    fn whole_amounts_have_no_last_two_digits_to_test() {
        let laws = Laws::new(&Digits::ALL, &[1_000], 1);
        let whole: Vec<_> = honest(1_000).into_iter().map(|fen| fen / 100 * 100).collect();
        let whole = Profile::of(&whole, &laws);
        assert!(
            whole.tests[3].left_out.as_ref().unwrap().contains("100.0 % of the amounts are whole")
        );
        assert!(whole.tests[..3].iter().all(|test| test.distances.is_some()));
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
