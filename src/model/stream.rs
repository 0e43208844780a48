//! Deterministic random streams: one per tree or bag, from a seed and an index, so that results do not depend on the
//! scheduling of threads.

use std::collections::BTreeSet;

use crate::convert::{float, row32};
use rand::{RngCore, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

/// A stream of random numbers for one (seed, index).
#[derive(Debug)]
pub(super) struct Stream(Xoshiro256PlusPlus);

/// The finaliser of `SplitMix64` (Steele, Lea and Flood 2014), which decorrelates similar inputs.
const fn scatter(input: u64) -> u64 {
    let mixed = (input ^ (input >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// The seed of a part: of one detector of a model, or of one tree of a forest.
pub(super) const fn derived(seed: u64, index: u64) -> u64 {
    scatter(scatter(seed.wrapping_add(0x9E37_79B9_7F4A_7C15)) ^ index.wrapping_add(1))
}

impl Stream {
    pub(super) fn of(seed: u64, index: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(derived(seed, index)))
    }

    /// A random integer below `bound`.
    #[expect(clippy::cast_possible_truncation, reason = "the high half is below `bound`")]
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let wide = u128::from(self.0.next_u64()) * bound as u128;
        (wide >> 64) as usize
    }

    /// A random number in [0, 1).
    pub(super) fn unit(&mut self) -> f64 {
        float(self.0.next_u64() >> 11) / float(1_u64 << 53)
    }

    /// A standard normal random number.
    pub(super) fn normal(&mut self) -> f32 {
        StandardNormal.sample(&mut self.0)
    }

    /// `size` distinct rows out of `rows` in ascending order, or all of them if there are fewer (Floyd's sampling,
    /// Bentley and Floyd 1987).
    pub(super) fn rows(&mut self, rows: usize, size: usize) -> Vec<usize> {
        if size >= rows {
            return (0..rows).collect();
        }
        let mut chosen = BTreeSet::new();
        for last in rows - size..rows {
            let row = self.below(last + 1);
            if !chosen.insert(row) {
                chosen.insert(last);
            }
        }
        chosen.into_iter().collect()
    }
}

/// Converts row numbers to the type used by a matrix.
pub(super) fn narrow(rows: &[usize]) -> Vec<u32> {
    rows.iter().map(|&row| row32(row)).collect()
}

#[cfg(test)]
mod tests {
    use super::Stream;

    #[test]
    fn a_sample_has_different_rows_in_order() {
        let rows = Stream::of(1, 0).rows(1000, 256);
        assert_eq!(rows.len(), 256);
        assert!(rows.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(rows[255] < 1000);
        assert_eq!(Stream::of(1, 0).rows(3, 256), [0, 1, 2]);
    }

    #[test]
    fn neighbouring_streams_share_nothing() {
        let first: Vec<usize> =
            (0..8).map(|_| 0).scan(Stream::of(7, 0), |it, _| Some(it.below(1 << 30))).collect();
        let second: Vec<usize> =
            (0..8).map(|_| 0).scan(Stream::of(7, 1), |it, _| Some(it.below(1 << 30))).collect();
        assert!(first.iter().all(|number| !second.contains(number)));
    }

    #[test]
    fn every_row_is_drawn_about_equally_often() {
        let mut drawn = [0_usize; 10];
        for index in 0..2000 {
            for row in Stream::of(3, index).rows(10, 3) {
                drawn[row] += 1;
            }
        }
        assert!(drawn.iter().all(|&times| (520..680).contains(&times)), "{drawn:?}");
    }
}
