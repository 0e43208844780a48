//! Office habits in which honest villages differ: weekend and evening work, late keying, one name copied into two
//! fields.

use super::calendar::{Span, weekday};
use super::chance::{Dice, Draw, Purpose, dice};
use super::chart::Use;
use super::village::Village;
use super::voucher::{Line, Slip, Voucher};
use crate::ledger::contract::cell::{Day, Moment};

/// The habits of one village, and their random stream.
pub(crate) struct Desk {
    dice: Dice,
    /// Officers have other work, and settle claims on weekends.
    works_weekends: bool,
    /// The cashier has another job, and keys in the evening.
    keys_in_the_evening: bool,
    /// Share of vouchers that are keyed months late.
    forgotten: f64,
    /// Share of slips on which the clerk also keys the handler as witness.
    copied: f64,
    /// Share of slips that are approved after payment.
    regularised: f64,
}

impl Desk {
    pub(crate) fn of(village: &Village<'_>) -> Self {
        let place = [u64::from(village.township.county_index), u64::from(village.index)];
        let mut dice = dice(village.township.seed, Purpose::Desk, &place);
        Self {
            works_weekends: dice.chance(0.12),
            keys_in_the_evening: dice.chance(0.12),
            forgotten: dice.log_normal(0.015, 0.7),
            copied: dice.log_normal(0.004, 0.8),
            regularised: dice.log_normal(0.007, 0.9),
            dice,
        }
    }

    /// Applies the habits to vouchers in which nothing was planted.
    pub(crate) fn sit(&mut self, vouchers: &mut [Voucher], span: Span) {
        for voucher in vouchers.iter_mut().filter(|voucher| is_ordinary(voucher)) {
            if self.works_weekends && is_free(voucher) && self.dice.chance(0.4) {
                voucher.date = at_the_weekend(voucher.date, span);
            }
            for slip in voucher.lines.iter_mut().filter_map(|line| line.slip.as_deref_mut()) {
                if slip.witness.is_some() && self.dice.chance(self.copied) {
                    slip.witness = slip.handler;
                }
                if !slip.fixed_standard && self.dice.chance(self.regularised) {
                    let days = i32::try_from(self.dice.between(1, 15)).unwrap_or(1);
                    slip.approved = Some(Day(voucher.date.0 + days));
                }
            }
        }
    }

    /// The time of entry of a voucher that other offices would key at `usual`.
    pub(crate) fn keyed(&mut self, usual: Moment, voucher: &Voucher) -> Moment {
        let in_the_evening = self.keys_in_the_evening && self.dice.chance(0.7);
        let hour = self.dice.between(18, 23);
        let is_forgotten = is_ordinary(voucher) && self.dice.chance(self.forgotten);
        let days = if is_forgotten { self.dice.between(30, 150) } else { 0 };
        let midnight = usual.0 - usual.0.rem_euclid(86_400);
        let second = if in_the_evening {
            hour * 3_600 + usual.0.rem_euclid(3_600)
        } else {
            usual.0 - midnight
        };
        Moment(midnight + days * 86_400 + second)
    }
}

/// Whether nothing was planted in the voucher.
fn is_ordinary(voucher: &Voucher) -> bool {
    voucher.lines.iter().all(|line| line.acts.is_empty())
}

/// Whether the voucher pays only claims that could be settled on another day of the month.
fn is_free(voucher: &Voucher) -> bool {
    let advance = Use::Advance.account(voucher.date);
    let is_claim = |line: &Line| {
        let bound =
            |slip: &Slip| slip.fixed_standard || slip.contract.is_some() || slip.decision.is_some();
        line.account != advance && line.slip.as_deref().is_some_and(|slip| !bound(slip))
    };
    let mut debits = voucher.lines.iter().filter(|line| line.is_debit);
    debits.all(is_claim)
}

/// The next weekend, or the same day if that is not in the same month and span.
fn at_the_weekend(date: Day, span: Span) -> Day {
    let saturday = Day(date.0 + (5 - weekday(date)).max(0));
    if saturday.month() == date.month() && span.holds(saturday) { saturday } else { date }
}
