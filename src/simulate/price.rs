//! Amounts: spread over orders of magnitude and rounded as prices usually are.

use super::chance::{Dice, Draw};
use crate::convert::float;

/// How a price is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Habit {
    /// Weighed or metered: to the fen.
    Metered,
    /// To whole yuan.
    Yuan,
    /// To tens of yuan.
    Tens,
    /// To hundreds of yuan.
    Hundreds,
    /// To a shop's price points: 480, 980, 1980.
    Points,
}

/// Converts yuan to whole fen.
#[expect(clippy::cast_possible_truncation, reason = "amounts of a village lie far below 2^53 fen")]
pub(crate) fn fen(yuan: f64) -> i64 {
    (yuan * 100.0).round() as i64
}

/// Converts fen to yuan.
pub(crate) fn yuan(fen: i64) -> f64 {
    float(fen) / 100.0
}

/// `share` of an amount, in whole fen.
pub(crate) fn part(amount: i64, share: f64) -> i64 {
    fen(yuan(amount) * share)
}

/// Rounds an amount to a multiple of `step` fen, at least one step.
pub(crate) fn round_to(amount: i64, step: i64) -> i64 {
    ((amount + step / 2) / step * step).max(step)
}

/// A random price in fen: log-normal around a median in yuan, then rounded.
pub(crate) fn free(dice: &mut Dice, median: f64, sigma: f64, habit: Habit) -> i64 {
    let raw = fen(dice.log_normal(median, sigma)).clamp(500, 40_000_000);
    finish(raw, habit)
}

/// Rounds an amount in fen.
pub(crate) fn finish(raw: i64, habit: Habit) -> i64 {
    match habit {
        Habit::Metered => raw,
        Habit::Yuan => round_to(raw, 100),
        Habit::Tens => round_to(raw, if raw < 5_000 { 100 } else { 1_000 }),
        Habit::Hundreds => round_to(raw, if raw < 50_000 { 1_000 } else { 10_000 }),
        Habit::Points => {
            let step = match raw {
                ..20_000 => 5_000,
                20_000..200_000 => 10_000,
                _ => 100_000,
            };
            round_to(raw, step) - if raw < 20_000 { 200 } else { 2_000 }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Habit, finish};

    #[test]
    fn price_points_end_in_eighty() {
        assert_eq!(finish(49_512, Habit::Points), 48_000);
        assert_eq!(finish(103_000, Habit::Points), 98_000);
    }

    #[test]
    fn no_habit_makes_an_amount_vanish() {
        for habit in [Habit::Metered, Habit::Yuan, Habit::Tens, Habit::Hundreds, Habit::Points] {
            for raw in [500, 999, 20_000, 1_000_000] {
                assert!(finish(raw, habit) > 0, "{habit:?} {raw}");
            }
        }
    }
}
