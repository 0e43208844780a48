//! Random draws of planting: one stream per village, derived from the seed and the village's index.

use rand::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::ledger::contract::cell::{Cell, Day, Fen};

/// A stream of random draws.
#[derive(Debug)]
pub(super) struct Dice(Xoshiro256PlusPlus);

impl Dice {
    /// The stream of a seed and an index.
    pub(super) fn of(seed: u64, index: u64) -> Self {
        let own = (index + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Self(Xoshiro256PlusPlus::seed_from_u64(seed.rotate_left(17) ^ own))
    }

    /// An integer in `0..bound`; 0 if `bound` is 0.
    #[expect(clippy::cast_possible_truncation, reason = "the high half is below `bound`")]
    pub(super) fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.0.next_u64()) * bound as u128) >> 64) as usize
    }

    /// A number in `[0, 1)`.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
    pub(super) fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(super) fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// An integer from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i32, high: i32) -> i32 {
        let span = usize::try_from(i64::from(high) - i64::from(low) + 1).unwrap_or(1);
        low.saturating_add(i32::try_from(self.below(span)).unwrap_or(0))
    }

    /// A count from `low` to `high`, both included.
    pub(super) fn count(&mut self, low: usize, high: usize) -> usize {
        low + self.below((high + 1).saturating_sub(low).max(1))
    }

    /// A number between `low` and `high`, uniform.
    pub(super) fn real(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A factor between `low` and `high`, uniform in its logarithm.
    pub(super) fn factor(&mut self, low: f64, high: f64) -> f64 {
        self.real(low.ln(), high.ln()).exp()
    }

    /// A number of days between `low` and `high`, uniform in the logarithm.
    #[expect(clippy::cast_possible_truncation, reason = "spans of days are small")]
    pub(super) fn days(&mut self, low: i32, high: i32) -> i32 {
        let factor = self.factor(f64::from(low.max(0)) + 1.0, f64::from(high.max(0)) + 1.0);
        (factor - 1.0).round() as i32
    }

    /// A random element; `None` if there is none.
    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        let place = self.below(from.len());
        from.get(place).copied()
    }

    pub(super) fn shuffle<T>(&mut self, all: &mut [T]) {
        for last in (1..all.len()).rev() {
            let other = self.below(last + 1);
            all.swap(last, other);
        }
    }
}

/// An amount times a factor, rounded to the same unit as before: whole hundreds stay whole hundreds.
#[expect(clippy::cast_possible_truncation, reason = "amounts are far below 2^63 fen")]
pub(super) fn scaled(amount: Fen, factor: f64) -> Fen {
    let raw = Fen((amount.yuan().abs() * factor * 100.0).round() as i64);
    ended(raw, amount)
}

/// An amount rounded to the unit of another amount.
pub(super) fn ended(amount: Fen, like: Fen) -> Fen {
    let units = [100_000, 10_000, 1_000, 100, 10];
    let unit = units.into_iter().find(|unit| like.0 % unit == 0 && like.0.abs() > *unit);
    let unit = unit.unwrap_or(1);
    // Use a smaller unit if the amount would round to zero.
    let unit = if amount.0 < unit * 2 { 100.min(unit) } else { unit };
    Fen(((amount.0 + unit / 2) / unit * unit).max(unit))
}

/// A day shifted by a number of days; an empty day stays empty.
pub(super) fn after(day: Day, days: i32) -> Day {
    day.some().map_or(Day::NONE, |day| Day(day.0.saturating_add(days)))
}

#[cfg(test)]
mod tests {
    use super::{Dice, scaled};
    use crate::ledger::contract::cell::Fen;

    #[test]
    fn draws_keep_to_their_bounds() {
        let mut dice = Dice::of(7, 3);
        for _ in 0..2_000 {
            assert!((-3..=4).contains(&dice.between(-3, 4)));
            assert!((2..=9).contains(&dice.days(2, 9)));
            assert!((1.15..=4.0).contains(&dice.factor(1.15, 4.0)));
        }
        assert_eq!(dice.below(0), 0);
        assert_eq!(dice.pick::<u8>(&[]), None);
    }

    #[test]
    fn a_round_amount_stays_round() {
        assert_eq!(scaled(Fen(200_000), 1.234).0 % 100_000, 0);
        assert_eq!(scaled(Fen(123_450), 0.5).0 % 10, 0);
        assert!(scaled(Fen(100), 0.001).0 > 0);
    }
}
