//! Closing the books: order of vouchers, cash withdrawals, printed numbers and times of entry.

use super::calendar::day;
use super::chance::{Dice, Draw, Purpose, dice};
use super::chart::{BANK, CASH};
use super::desk::Desk;
use super::keying::key;
use super::ordinary::corrections;
use super::price::round_to;
use super::township::{CLERKS, REVIEWERS};
use super::village::Village;
use super::voucher::{Fate, Line, Voucher};
use crate::ledger::contract::cell::{Day, Moment};

/// Orders and numbers a village's vouchers, adds cash withdrawals and sets times of entry.
pub(crate) fn close(village: &mut Village<'_>) {
    let place = [u64::from(village.township.county_index), u64::from(village.index)];
    let mut dice = dice(village.township.seed, Purpose::Closing, &place);
    corrections::book(village);
    let mut vouchers = std::mem::take(&mut village.vouchers);
    let mut desk = Desk::of(village);
    desk.sit(&mut vouchers, village.span);
    // The order within a day must not show which vouchers were planted.
    dice.shuffle(&mut vouchers);
    vouchers.sort_by_key(|voucher| voucher.date);
    village.vouchers = top_up(&mut dice, vouchers);
    number(village, &mut dice);
    let clerk = REVIEWERS + dice.count(0, CLERKS - 1);
    let batches = village.township.habits.keys_in_batches;
    for voucher in &mut village.vouchers {
        let usual = if dice.chance(0.93) { clerk } else { REVIEWERS + dice.count(0, CLERKS - 1) };
        voucher.clerk = voucher.clerk.or(Some(usual));
        if voucher.entered.is_none() {
            let usual = keyed(&mut dice, voucher.date, batches);
            voucher.entered = Some(desk.keyed(usual, voucher));
        }
    }
    key(village);
}

/// Adds a bank withdrawal before each voucher that would make cash in hand negative.
fn top_up(dice: &mut Dice, vouchers: Vec<Voucher>) -> Vec<Voucher> {
    let mut all = Vec::with_capacity(vouchers.len() + vouchers.len() / 8);
    let mut cash = 0;
    for voucher in vouchers {
        let change = if voucher.stands() { voucher.change(CASH) } else { 0 };
        if cash + change < 0 {
            let sum =
                round_to(dice.between(200_000, 500_000).max(-cash - change), 100_000) + 100_000;
            let lines =
                vec![Line::debit(CASH, sum, "提现备用"), Line::credit(BANK, sum, "提现备用")];
            all.push(Voucher::new(voucher.date, lines));
            cash += sum;
        }
        cash += change;
        all.push(voucher);
    }
    all
}

/// Numbers the vouchers, then takes out the removed ones, so that their numbers stay used.
fn number(village: &mut Village<'_>, dice: &mut Dice) {
    let (by_month, skips) =
        (village.township.habits.numbers_by_month, village.township.habits.skips);
    let mut period = (0, 0);
    let mut next = 1;
    let mut spoilt: Vec<String> = Vec::new();
    for voucher in &mut village.vouchers {
        let date = voucher.date.date();
        let own = (date.year(), if by_month { date.month() } else { 0 });
        if own != period {
            (period, next) = (own, 1);
        }
        // Some townships do not keep spoilt forms, so numbers are missing.
        next += u32::from(dice.chance(skips));
        voucher.number = next;
        next += 1;
        match voucher.fate {
            Fate::Void => spoilt.push(voucher.printed()),
            Fate::VoidNote => {
                let words = format!("登记作废凭证：{}", std::mem::take(&mut spoilt).join("、"));
                for line in &mut voucher.lines {
                    line.summary = words.clone().into();
                }
            }
            Fate::Persisted | Fate::Removed => {}
        }
    }
    village.vouchers.retain(Voucher::stands);
}

/// The time of entry of a voucher, usually in office hours.
fn keyed(dice: &mut Dice, date: Day, in_batches: bool) -> Moment {
    let date = if in_batches {
        let (year, month) = (date.date().year(), date.date().month());
        let (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        day(year, month, 5 + i8::try_from(dice.between(0, 4)).unwrap_or(0))
    } else {
        Day(date.0 + i32::try_from(dice.between(0, 3)).unwrap_or(0))
    };
    let hour = if dice.chance(0.96) { dice.between(9, 16) } else { dice.between(18, 22) };
    at(date, hour * 3_600 + dice.between(0, 3_599))
}

/// The moment `second` seconds after midnight.
pub(crate) fn at(date: Day, second: i64) -> Moment {
    Moment(i64::from(date.0) * 86_400 + second)
}
