//! Corrections by the clerk: a red entry reverses a payment, which is usually booked again to another account.

use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw, Purpose, dice};
use crate::simulate::village::Village;
use crate::simulate::voucher::{Fate, Line, Voucher};

/// Corrects some payments in which nothing was planted.
pub(crate) fn book(village: &mut Village<'_>) {
    let place = [u64::from(village.township.county_index), u64::from(village.index)];
    let mut dice = dice(village.township.seed, Purpose::Corrections, &place);
    let rate = dice.log_normal(0.002, 0.8).min(0.02);
    let last = village.span.last();
    for place in 0..village.vouchers.len() {
        let is_free = |voucher: &Voucher| {
            voucher.fate == Fate::Persisted
                && voucher.lines.len() == 2
                && voucher.date.0 + 20 < last.0
                && voucher.lines.iter().all(|line| line.acts.is_empty())
        };
        if dice.chance(rate) && is_free(village.voucher(place)) {
            let rebooked = dice.chance(0.7);
            correct(village, &mut dice, place, rebooked);
        }
    }
}

/// Reverses a payment and, if `rebooked`, books it again to another account of its class; returns the vouchers.
/// `None` if there is no such account or the year would change.
pub(crate) fn correct(
    village: &mut Village<'_>,
    dice: &mut Dice,
    place: usize,
    rebooked: bool,
) -> Option<[usize; 2]> {
    let wrong = village.voucher(place).clone();
    let account = wrong.lines.first().and_then(|line| line.slip.as_ref().map(|_| line.account));
    let right = neighbour(account?)?;
    let later = Day(wrong.date.0 + i32::try_from(dice.between(0, 9)).unwrap_or(3));
    if later.date().year() != wrong.date.date().year() {
        return None;
    }
    let mut red = wrong.clone();
    red.date = later;
    for line in &mut red.lines {
        line.amount = -line.amount;
        line.acts.clear();
    }
    let red = village.book(red);
    if !rebooked {
        return Some([red, red]);
    }
    let mut again = wrong;
    again.date = later;
    let rebook = |line: &mut Line| line.account = if line.is_debit { right } else { line.account };
    again.lines.iter_mut().for_each(rebook);
    again.lines.iter_mut().for_each(|line| line.acts.clear());
    Some([red, village.book(again)])
}

/// The account of the same class that clerks confuse with this one.
fn neighbour(account: &str) -> Option<&'static str> {
    match account {
        "541" => Some("551"),
        "551" => Some("541"),
        "513" => Some("515"),
        "514" | "515" => Some("513"),
        "502" | "511" => Some("121"),
        "153" | "154" => Some("151"),
        _ => None,
    }
}
