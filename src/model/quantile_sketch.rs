//! Quantile sketch: tail counts of a sample in little memory.
//!
//! The steps of a sketch are values of the sample with exact counts. Samples with at most [`EXACT`] distinct values are
//! stored completely. For larger ones, enough steps are stored that the count of each tail changes by at most one part
//! in [`FINENESS`] between two steps (about `2 · FINENESS · ln(n / 2)` steps, 3,400 for a million values). Counts are
//! upper bounds, so a tail probability is never understated.

use std::cmp::Ordering;
use std::hint::select_unpredictable;

use serde::{Deserialize, Serialize};

use super::error::Error;
use crate::convert::float;

/// The maximum number of distinct values that are stored exactly.
pub const EXACT: usize = 4096;
/// The relative precision of tail counts between two steps is one part in this number.
pub const FINENESS: u64 = 128;

/// The distribution of a sample of finite numbers, as ascending values with counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuantileSketch<T> {
    /// Strictly ascending.
    values: Vec<T>,
    /// The number of sample values smaller than each value.
    below: Vec<u64>,
    /// The number of sample values not larger than each value.
    through: Vec<u64>,
}

impl<T: Copy + PartialOrd> QuantileSketch<T> {
    /// Builds the sketch of a sample in ascending order without NaN.
    pub(super) fn of(sorted: &[T]) -> Self {
        let same = |one: &T, other: &T| one == other;
        let whole = sorted.chunk_by(same).nth(EXACT).is_none();
        let mut kept = Self { values: Vec::new(), below: Vec::new(), through: Vec::new() };
        let count = sorted.len() as u64;
        let mut below = 0;
        let mut waiting: Option<(T, u64, u64)> = None;
        for run in sorted.chunk_by(same) {
            let through = below + run.len() as u64;
            if let (Some(step), Some(&last)) = (waiting, kept.through.last()) {
                let tail = last.min(count - below);
                if whole || (below - last) * FINENESS > tail {
                    kept.push(step);
                }
            } else if let Some(step) = waiting {
                kept.push(step);
            }
            waiting = run.first().map(|&value| (value, below, through));
            below = through;
        }
        if let Some(step) = waiting {
            kept.push(step);
        }
        kept
    }

    fn push(&mut self, (value, below, through): (T, u64, u64)) {
        self.values.push(value);
        self.below.push(below);
        self.through.push(through);
    }

    /// The size of the sample.
    pub fn count(&self) -> u64 {
        self.through.last().copied().unwrap_or(0)
    }

    /// The position of a value: `2k` between the steps `k - 1` and `k`, `2k + 1` at the step `k`.
    pub(super) fn place(&self, value: T) -> usize {
        let step = self.values.partition_point(|&it| it < value);
        let on = self.values.get(step).is_some_and(|&it| it == value);
        2 * step + usize::from(on)
    }

    /// The positions of several values, searched in parallel lanes to hide memory latency.
    pub(super) fn places_of<const LANES: usize>(&self, sought: &[T; LANES]) -> [usize; LANES] {
        let mut steps = [0; LANES];
        let mut left = self.values.len();
        while left > 0 {
            let half = left.div_ceil(2);
            for (step, sought) in steps.iter_mut().zip(sought) {
                let further = *step + half;
                let last = self.values.get(further - 1).unwrap_or(sought);
                *step = select_unpredictable(last < sought, further, *step);
            }
            left -= half;
        }
        for (step, sought) in steps.iter_mut().zip(sought) {
            let on = self.values.get(*step).is_some_and(|it| it == sought);
            *step = 2 * *step + usize::from(on);
        }
        steps
    }

    /// The number of positions.
    pub(super) fn places(&self) -> usize {
        2 * self.values.len() + 1
    }

    /// An upper bound of the number of sample values that are at most a value at this position.
    pub(super) fn at_most(&self, place: usize) -> u64 {
        let counts = if place % 2 == 1 { &self.through } else { &self.below };
        counts.get(place / 2).copied().unwrap_or_else(|| self.count())
    }

    /// An upper bound of the number of sample values that are at least a value at this position.
    pub(super) fn at_least(&self, place: usize) -> u64 {
        let smaller = if place % 2 == 1 {
            self.below.get(place / 2)
        } else {
            (place / 2).checked_sub(1).and_then(|step| self.through.get(step))
        };
        self.count() - smaller.copied().unwrap_or(0)
    }

    /// The steps adjacent to a position between two steps.
    fn around(&self, place: usize) -> Option<(T, T)> {
        let above = place / 2;
        let below = above.checked_sub(1)?;
        if place % 2 == 1 {
            None
        } else {
            Some((*self.values.get(below)?, *self.values.get(above)?))
        }
    }

    /// Checks a deserialised sketch.
    pub(super) fn check(&self) -> Result<(), Error> {
        let steps = self.values.len();
        let rising = self.values.windows(2).all(
            |pair| matches!(pair, [one, other] if one.partial_cmp(other) == Some(Ordering::Less)),
        );
        let counted = self.below.iter().zip(&self.through).all(|(below, through)| below < through)
            && self.through.iter().zip(self.below.iter().skip(1)).all(|(a, b)| a <= b);
        if rising && counted && self.below.len() == steps && self.through.len() == steps {
            Ok(())
        } else {
            Err(Error::Damaged { what: "stored quantiles do not rise" })
        }
    }
}

impl QuantileSketch<f64> {
    /// The number of sample values that are at least a value, interpolated linearly between steps, so that larger
    /// values have smaller tails almost without ties.
    pub(super) fn tail(&self, value: f64) -> f64 {
        let place = self.place(value);
        let from = float(self.at_least(place));
        let Some((below, above)) = self.around(place) else { return from };
        let to = float(self.at_least(place + 1));
        from + (to - from) * ((value - below) / (above - below)).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{FINENESS, QuantileSketch};

    #[test]
    fn a_tail_falls_from_value_to_value() {
        let sample: Vec<f64> = (0..100_000).map(|it| f64::from(it).sqrt()).collect();
        let quantile_sketch = QuantileSketch::of(&sample);
        let tails: Vec<f64> = sample.iter().map(|&it| quantile_sketch.tail(it)).collect();
        assert!(tails.windows(2).all(|pair| pair[0] > pair[1]));
        let exact = (0..100_000).map(|it| f64::from(100_000 - it));
        assert!(tails.iter().zip(exact).all(|(tail, exact)| (tail - exact).abs() <= exact / 100.0));
        assert!(
            (quantile_sketch.tail(-1.0) - 1e5).abs() < 1e-9
                && quantile_sketch.tail(1e9).abs() < 1e-9
        );
    }

    #[test]
    fn a_small_sample_is_counted_exactly() {
        let quantile_sketch = QuantileSketch::of(&[1.0, 2.0, 2.0, 5.0_f32]);
        let counts = |value| {
            let place = quantile_sketch.place(value);
            (quantile_sketch.at_most(place), quantile_sketch.at_least(place))
        };
        assert_eq!(counts(0.0), (0, 4));
        assert_eq!(counts(1.0), (1, 4));
        assert_eq!(counts(1.5), (1, 3));
        assert_eq!(counts(2.0), (3, 3));
        assert_eq!(counts(5.0), (4, 1));
        assert_eq!(counts(6.0), (4, 0));
    }

    #[test]
    fn a_large_sample_is_counted_from_above_within_the_stated_step() {
        let sample: Vec<f64> = (0..200_000).map(|it| f64::from(it) * 0.5).collect();
        let quantile_sketch = QuantileSketch::of(&sample);
        assert!(quantile_sketch.places() < 2 * 3_200, "{} places", quantile_sketch.places());
        quantile_sketch.check().unwrap();
        for index in 0..200_000_u64 {
            let place = quantile_sketch.place(sample[usize::try_from(index).unwrap()]);
            for (found, exact) in [
                (quantile_sketch.at_most(place), index + 1),
                (quantile_sketch.at_least(place), 200_000 - index),
            ] {
                assert!(
                    found >= exact && (found - exact) * FINENESS <= exact + FINENESS,
                    "{found} for {exact}"
                );
            }
        }
    }

    #[test]
    fn values_side_by_side_have_the_places_that_each_has_alone() {
        for length in [0, 1, 2, 3, 7, 64, 100, 5000_u16] {
            let quantile_sketch =
                QuantileSketch::of(&(0..length).map(|it| f32::from(it) * 2.0).collect::<Vec<_>>());
            for first in 0..2 * length + 3 {
                let sought = [0, 1, 2, 3, 500].map(|it| f32::from(first + it) - 2.0);
                assert_eq!(
                    quantile_sketch.places_of(&sought),
                    sought.map(|it| quantile_sketch.place(it))
                );
            }
        }
    }

    #[test]
    fn an_empty_sample_counts_nothing() {
        let quantile_sketch = QuantileSketch::<f32>::of(&[]);
        assert_eq!(
            (quantile_sketch.count(), quantile_sketch.places(), quantile_sketch.place(3.0)),
            (0, 1, 0)
        );
        quantile_sketch.check().unwrap();
    }
}
