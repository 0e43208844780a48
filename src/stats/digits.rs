//! Digits of amounts in fen, and their reference distributions. For amounts that are not exact to the fen see
//! [`decimal`](crate::stats::decimal).

use crate::convert::float;
use serde::Serialize;

/// The digits of an amount that are tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Digits {
    /// The first nonzero digit: 1 to 9.
    First,
    /// The second digit: 0 to 9.
    Second,
    /// The first two digits: 10 to 99.
    FirstTwo,
    /// The two digits of the fen: 00 to 99.
    LastTwo,
}

impl Digits {
    /// All kinds of digits, in the usual order of tests.
    pub const ALL: [Self; 4] = [Self::First, Self::Second, Self::FirstTwo, Self::LastTwo];

    /// The digits of the first bin.
    pub fn start(self) -> u8 {
        match self {
            Self::First => 1,
            Self::FirstTwo => 10,
            Self::Second | Self::LastTwo => 0,
        }
    }

    /// The number of bins.
    pub fn bins(self) -> usize {
        match self {
            Self::First => 9,
            Self::Second => 10,
            Self::FirstTwo => 90,
            Self::LastTwo => 100,
        }
    }

    /// The digits of an amount in fen, regardless of sign. `None` for zero; for amounts below one yuan there are no
    /// last two digits, because they coincide with the first digits.
    #[inline]
    pub fn of(self, fen: i64) -> Option<u8> {
        let fen = fen.unsigned_abs();
        let digits = match self {
            Self::LastTwo if fen < 100 => return None,
            Self::LastTwo => fen % 100,
            Self::First => first_two(fen)? / 10,
            Self::Second => first_two(fen)? % 10,
            Self::FirstTwo => first_two(fen)?,
        };
        u8::try_from(digits).ok()
    }

    /// The number of amounts (in fen) in each bin; zeros are ignored.
    pub fn count(self, amounts: &[i64]) -> Vec<u64> {
        self.tally(amounts.iter().filter_map(|fen| self.of(*fen)))
    }

    /// The number of occurrences in each bin.
    pub fn tally(self, shown: impl Iterator<Item = u8>) -> Vec<u64> {
        let mut counts = vec![0; self.bins()];
        for digits in shown {
            if let Some(count) = counts.get_mut(usize::from(digits - self.start())) {
                *count += 1;
            }
        }
        counts
    }
}

/// The first two digits of an integer; 7 gives 70, as for 0.070.
fn first_two(number: u64) -> Option<u64> {
    match number.checked_ilog10()? {
        0 => Some(number * 10),
        length => Some(number / 10_u64.pow(length - 1)),
    }
}

/// The expected share of each bin.
#[derive(Debug, Clone, PartialEq)]
pub struct DigitLaw {
    digits: Digits,
    shares: Vec<f64>,
}

impl DigitLaw {
    /// Benford's law for leading digits, `log10(1 + 1/d)` (Benford 1938), and its marginal distribution for the second
    /// digit; the uniform distribution for the last two digits (Nigrini 2012).
    pub fn benford(digits: Digits) -> Self {
        let leading = |number: f64| (1.0 / number).ln_1p() / std::f64::consts::LN_10;
        let bins = || (0_u8..100).take(digits.bins()).map(|bin| f64::from(bin + digits.start()));
        let shares = match digits {
            Digits::First | Digits::FirstTwo => bins().map(leading).collect(),
            Digits::Second => {
                let firsts = || (1_u8..10).map(|first| f64::from(first) * 10.0);
                bins().map(|second| firsts().map(|first| leading(first + second)).sum()).collect()
            }
            Digits::LastTwo => vec![0.01; 100],
        };
        Self { digits, shares }
    }

    /// The distribution of a peer group: its counts plus `pull` pseudo-counts from Benford's law, so that small groups
    /// have little effect and no bin has probability 0. Without counts and pull it is Benford's law.
    ///
    /// Approval limits change the digits of a whole county, so a village is compared with its county (Winter, Schneider
    /// and Yannikos 2011 adapt the law to limits in a similar way).
    pub fn of_peers(digits: Digits, counts: &[u64], pull: f64) -> Self {
        let benford = Self::benford(digits);
        let total = float(counts.iter().sum::<u64>()) + pull;
        if total <= 0.0 {
            return benford;
        }
        let counted = counts.iter().copied().chain(std::iter::repeat(0));
        let share = |(share, count): (&f64, u64)| (float(count) + pull * share) / total;
        let shares = benford.shares.iter().zip(counted).map(share).collect();
        Self { digits, shares }
    }

    /// The kind of digits.
    pub fn digits(&self) -> Digits {
        self.digits
    }

    /// The expected share of each bin; they sum to 1.
    pub fn shares(&self) -> &[f64] {
        &self.shares
    }
}

#[cfg(test)]
mod tests {
    use super::{DigitLaw, Digits};

    #[test]
    fn digits_are_read_from_the_whole_number() {
        let table = [
            (29, [Some(2), Some(9), Some(29), None]),
            (5, [Some(5), Some(0), Some(50), None]),
            (100, [Some(1), Some(0), Some(10), Some(0)]),
            (-123_456, [Some(1), Some(2), Some(12), Some(56)]),
            (999_999_999_999_999, [Some(9), Some(9), Some(99), Some(99)]),
            (i64::MIN, [Some(9), Some(2), Some(92), Some(8)]),
            (0, [None, None, None, None]),
        ];
        for (fen, expected) in table {
            assert_eq!(Digits::ALL.map(|digits| digits.of(fen)), expected, "{fen}");
        }
    }

    #[test]
    fn every_count_lands_in_its_bin() {
        let amounts: Vec<i64> = (100..=999).chain([0, 0]).collect();
        assert_eq!(Digits::First.count(&amounts), [100; 9]);
        assert_eq!(Digits::Second.count(&amounts), [90; 10]);
        assert_eq!(Digits::FirstTwo.count(&amounts), [10; 90]);
        assert_eq!(Digits::LastTwo.count(&amounts), [9; 100]);
    }

    #[test]
    fn every_law_adds_up_and_benford_is_the_published_one() {
        for digits in Digits::ALL {
            let shares = DigitLaw::benford(digits).shares().to_vec();
            assert_eq!(shares.len(), digits.bins());
            assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-14);
        }
        assert!((DigitLaw::benford(Digits::First).shares()[0] - 2_f64.log10()).abs() < 1e-16);
        // Hill 1995, table of the second digit.
        assert!((DigitLaw::benford(Digits::Second).shares()[0] - 0.119_679).abs() < 1e-6);
    }

    #[test]
    fn peers_bend_the_law_as_much_as_they_are_many() {
        let counts = [100, 0, 0, 0, 0, 0, 0, 0, 0];
        let law = DigitLaw::of_peers(Digits::First, &counts, 100.0);
        assert!((law.shares()[0] - f64::midpoint(1.0, 2_f64.log10())).abs() < 1e-15);
        assert!((law.shares().iter().sum::<f64>() - 1.0).abs() < 1e-14);
        assert_eq!(DigitLaw::of_peers(Digits::First, &[], 0.0), DigitLaw::benford(Digits::First));
    }
}
