//! Random streams: each village, township and scheme has its own.

use rand::{Rng, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

/// A fixed algorithm, because the same settings must give the same dataset.
pub(crate) type Dice = Xoshiro256PlusPlus;

/// The purpose of a stream; streams of one place differ by purpose.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    Plan = 1,
    Policy,
    Township,
    Families,
    Offices,
    Payees,
    Profile,
    Ordinary,
    Closing,
    Act,
    LookAlike,
    Neighbours,
    Shared,
    Openings,
    Keying,
    Taste,
    Beside,
    Corrections,
    Desk,
    Households,
    Supplements,
    Notices,
}

/// The stream for one purpose at one place.
pub(crate) fn dice(seed: u64, purpose: Purpose, place: &[u64]) -> Dice {
    let start = split_mix(seed ^ split_mix(purpose as u64));
    let key = place.iter().fold(start, |key, part| split_mix(key ^ split_mix(*part + 1)));
    Dice::seed_from_u64(key)
}

/// The finaliser of `SplitMix64` (Steele, Lea and Flood 2014).
fn split_mix(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// Random draws of the simulation.
pub(crate) trait Draw: Rng {
    /// True with this probability.
    fn chance(&mut self, probability: f64) -> bool {
        self.gen_range(0.0..1.0) < probability
    }

    /// A whole number from `least` to `most`, both included.
    fn between(&mut self, least: i64, most: i64) -> i64 {
        self.gen_range(least..=most.max(least))
    }

    /// A number from `least` to below `most`.
    fn share(&mut self, least: f64, most: f64) -> f64 {
        self.gen_range(least..most)
    }

    /// A count from `least` to `most`, both included.
    fn count(&mut self, least: usize, most: usize) -> usize {
        self.gen_range(least..=most.max(least))
    }

    /// A random element; `few` must not be empty.
    #[expect(clippy::indexing_slicing, reason = "drawn below the length; arrays are not empty")]
    fn one_of<T: Copy, const N: usize>(&mut self, few: [T; N]) -> T {
        few[self.gen_range(0..N)]
    }

    /// A random element; `None` if there is none.
    fn any<T: Copy>(&mut self, many: &[T]) -> Option<T> {
        if many.is_empty() { None } else { many.get(self.gen_range(0..many.len())).copied() }
    }

    /// A random element; early ones are much more likely.
    fn favourite<T: Copy>(&mut self, many: &[T]) -> Option<T> {
        let (first, second) = (self.any(many)?, self.gen_range(0..many.len()));
        let third = self.gen_range(0..many.len());
        many.get(second.min(third)).copied().or(Some(first))
    }

    /// A log-normal draw with this median and this standard deviation of the logarithm.
    fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        let normal: f64 = StandardNormal.sample(self);
        median * (sigma * normal).exp()
    }

    /// Puts the items in a random order.
    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.gen_range(0..=last));
        }
    }
}

impl Draw for Dice {}

#[cfg(test)]
mod tests {
    use super::{Draw, Purpose, dice};
    use rand::RngCore;

    #[test]
    fn streams_differ_by_purpose_and_place() {
        let mut firsts: Vec<u64> = [
            dice(1, Purpose::Plan, &[0]),
            dice(1, Purpose::Plan, &[1]),
            dice(1, Purpose::Plan, &[0, 0]),
            dice(1, Purpose::Ordinary, &[0]),
            dice(2, Purpose::Plan, &[0]),
        ]
        .map(|mut dice| dice.next_u64())
        .to_vec();
        firsts.sort_unstable();
        firsts.dedup();
        assert_eq!(firsts.len(), 5);
    }

    #[test]
    fn nothing_is_drawn_from_nothing() {
        let mut dice = dice(1, Purpose::Plan, &[]);
        assert_eq!(dice.any::<u8>(&[]), None);
        assert_eq!(dice.favourite::<u8>(&[]), None);
    }
}
