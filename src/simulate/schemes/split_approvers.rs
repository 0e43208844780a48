//! Two officers approve parts of one purchase in turn. Look-alike: household groups with one officer each.

use super::cover::Family;
use super::scheme::Scheme;
use super::trail::{
    approve_by, director, from_payee, limit, parts, plain, some_payee, spaced, usual,
};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::manner::Manner;
use crate::simulate::payee::Trade;
use crate::simulate::price::{Habit, finish, part};
use crate::simulate::records::{Kind, Post, Subject};
use crate::simulate::village::Village;

#[derive(Debug)]
pub(super) struct SplitApprovers;

impl Scheme for SplitApprovers {
    fn name(&self) -> &'static str {
        "split_approvers"
    }

    fn own(&self) -> &'static [Family] {
        &[Family::Signer]
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let trade = trade(dice);
        let payee = some_payee(village, dice, trade)?;
        let (officer, from, to) = director(village);
        let subjects = [Subject::Payee(payee), Subject::Official(officer)];
        let act = village.begin(self.name(), manner.kind, &subjects);
        let purchases = manner.count(dice, 2, 4);
        for date in spaced(dice, from, to, purchases) {
            let step = dice.count(0, 1);
            let limit = limit(village, usual(trade).0.class(), date, step)?;
            let mut date = date;
            let gap = manner.days(dice, [(2, 4), (6, 14), (3, 14)]);
            for amount in parts(dice, limit) {
                let date_of = date.min(to);
                let voucher = village.spend(dice, date_of, from_payee(village, payee, amount));
                let second = village.second(officer, date_of);
                approve_by(village, voucher, if dice.chance(0.55) { officer } else { second });
                village.mark(voucher, act);
                date = Day(date.0 + i32::try_from(dice.between(0, i64::from(gap))).unwrap_or(2));
            }
        }
        Some(())
    }

    /// For a year, two committee members each approve for a group of households that buys in the same shop.
    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let trade = trade(dice);
        let payee = some_payee(village, dice, trade)?;
        let start = village.span.some_day(dice);
        let start = Day(start.0.min(village.span.last().0 - 360));
        let end = Day(start.0 + 355);
        let inside =
            plain(village, dice, |line, date| line.amount < 60_000 && date >= start && date <= end);
        let act = village.begin(self.name(), Kind::LookAlike, &[Subject::Payee(payee)]);
        for voucher in inside {
            let date = village.voucher(voucher).date;
            let officer = member(village, dice, date);
            approve_by(village, voucher, officer);
        }
        let rounds = dice.count(6, 11);
        for date in spaced(dice, start, end, rounds) {
            let limit = limit(village, usual(trade).0.class(), date, 0)?;
            for _ in 0..2 {
                let share = dice.share(0.5, 0.95);
                let amount = finish(part(limit, share), Habit::Yuan).min(limit - 100);
                let voucher = village.spend(dice, date, from_payee(village, payee, amount));
                let officer = member(village, dice, date);
                approve_by(village, voucher, officer);
                village.mark(voucher, act);
            }
        }
        Some(())
    }
}

fn member(village: &Village<'_>, dice: &mut Dice, date: Day) -> usize {
    village.holder(Post::Committee, dice.count(0, 1), date)
}

fn trade(dice: &mut Dice) -> Trade {
    dice.one_of([Trade::Shop, Trade::Print, Trade::Farm, Trade::Repair, Trade::Machine])
}
