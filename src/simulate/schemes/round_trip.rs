//! Loans are repaid before a quarter ends and paid out again after it, and receipts are reversed. Look-alike: a new
//! clerk who corrects many slips.

use super::scheme::Scheme;
use super::trail::{director, plain};
use crate::ledger::contract::cell::Day;
use crate::simulate::calendar::day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::{BANK, Use};
use crate::simulate::manner::Manner;
use crate::simulate::ordinary::advances::{advance, settlement};
use crate::simulate::ordinary::corrections::correct;
use crate::simulate::price::{Habit, free};
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;
use crate::simulate::voucher::{Line, Voucher};

#[derive(Debug)]
pub(super) struct RoundTrip;

impl Scheme for RoundTrip {
    fn name(&self) -> &'static str {
        "round_trip"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, from, to) = director(village);
        let payee = village.payee_of(officer)?;
        let closes: Vec<Day> = village
            .span
            .all_years()
            .flat_map(|year| [3, 6, 9, 12].map(|month| day(year, month, 31)))
            .filter(|close| from.0 + 20 < close.0 && close.0 + 10 < to.0)
            .collect();
        let turns = manner.count(dice, 3, 6);
        let skip = dice.count(0, closes.len().saturating_sub(turns));
        let closes: Vec<Day> = closes.into_iter().skip(skip).take(turns).collect();
        closes.first()?;
        let subjects = [Subject::Village, Subject::Official(officer)];
        let act = village.begin(self.name(), manner.kind, &subjects);
        let amount = free(dice, 8_000.0, 0.4, Habit::Hundreds);
        let mut lent = Day(closes.first()?.0 - 20);
        for close in closes {
            let voucher = advance(village, dice, (officer, lent, amount), None)?;
            village.mark(voucher, act);
            let back = Day(close.0 - manner.days(dice, [(0, 2), (0, 9), (0, 15)]));
            let lines =
                vec![Line::debit(BANK, amount, "收回借支"), settlement(payee, back, amount)];
            village.book(Voucher::new(back, lines));
            if let Some(row) = village.advances.last_mut() {
                row.settled = Some(back);
            }
            lent = Day(close.0 + manner.days(dice, [(1, 2), (1, 12), (1, 20)]));
            if manner.leaves(dice, [0.5, 0.15, 0.05]) {
                undone_receipt(village, dice, back);
            }
        }
        let voucher = advance(village, dice, (officer, lent, amount), None)?;
        village.mark(voucher, act);
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let last = village.span.last();
        let slips = plain(village, dice, |line, date| {
            date.0 + 20 < last.0 && matches!(line.account, "541" | "513" | "502" | "511")
        });
        slips.first()?;
        let act = village.begin(self.name(), Kind::LookAlike, &[Subject::Village]);
        for place in slips.into_iter().take(dice.count(8, 14)) {
            let Some([_, again]) = correct(village, dice, place, true) else { continue };
            village.mark(again, act);
        }
        Some(())
    }
}

/// A receipt that raises the income of a quarter and is reversed after it.
fn undone_receipt(village: &mut Village<'_>, dice: &mut Dice, date: Day) {
    let amount = free(dice, 5_000.0, 0.5, Habit::Hundreds);
    let back = Day(date.0 + i32::try_from(dice.between(2, 4)).unwrap_or(3));
    for (date, amount) in [(date, amount), (back, -amount)] {
        let account = Use::OtherIncome.account(date);
        let lines =
            vec![Line::debit(BANK, amount, "收往来款"), Line::credit(account, amount, "收往来款")];
        village.book(Voucher::new(date, lines));
    }
}
