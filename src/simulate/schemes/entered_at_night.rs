//! Payments to one payee, dated on days off and keyed at night. Look-alike: a payee who works on weekends, and a
//! month that the cashier keyed at night.

use super::cover::Family;
use super::scheme::Scheme;
use super::trail::{director, from_payee, of_a_month, some_payee, spaced};
use crate::ledger::contract::cell::Day;
use crate::simulate::calendar::weekday;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::closing::at;
use crate::simulate::manner::Manner;
use crate::simulate::payee::Trade;
use crate::simulate::price::{Habit, free};
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;

#[derive(Debug)]
pub(super) struct EnteredAtNight;

impl Scheme for EnteredAtNight {
    fn name(&self) -> &'static str {
        "entered_at_night"
    }

    fn own(&self) -> &'static [Family] {
        &[Family::Keying]
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let payments = manner.count(dice, 8, 16);
        let act = claims(village, dice, (self.name(), manner.kind), payments)?;
        let at_night = manner.blend([0.85, 0.5, 0.4]);
        let marked: Vec<usize> = of_act(village, act);
        for voucher in marked {
            if dice.chance(at_night) {
                let until = if manner.leaves(dice, [0.8, 0.3, 0.25]) { 29 } else { 24 };
                key_at_night(village, dice, voucher, until);
            }
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        if dice.chance(0.5) {
            let payments = dice.count(8, 16);
            return claims(village, dice, (self.name(), Kind::LookAlike), payments).map(|_| ());
        }
        let found = of_a_month(village, dice, |_, _| true);
        found.first()?;
        let act = village.begin(self.name(), Kind::LookAlike, &[]);
        for voucher in found {
            key_at_night(village, dice, voucher, 24);
            village.mark(voucher, act);
        }
        Some(())
    }
}

/// Claims of one payee, most of them dated on weekends; returns the act.
fn claims(
    village: &mut Village<'_>,
    dice: &mut Dice,
    (name, kind): (&'static str, Kind),
    payments: usize,
) -> Option<usize> {
    let trade = dice.one_of([Trade::Repair, Trade::Restaurant, Trade::Builder, Trade::Machine]);
    let payee = some_payee(village, dice, trade)?;
    let (officer, from, to) = director(village);
    let act = village.begin(name, kind, &[Subject::Payee(payee), Subject::Official(officer)]);
    for date in spaced(dice, from, Day(to.0 - 7), payments) {
        let saturday = Day(date.0 + (5 - weekday(date)).max(0));
        let date = if dice.chance(0.75) { saturday } else { date };
        let amount = free(dice, 560.0, 0.7, Habit::Yuan);
        village.spend_as(dice, date, from_payee(village, payee, amount), (officer, act));
    }
    Some(act)
}

fn of_act(village: &Village<'_>, act: usize) -> Vec<usize> {
    let vouchers = village.vouchers.iter().enumerate();
    let of =
        vouchers.filter(|(_, voucher)| voucher.lines.iter().any(|line| line.acts.contains(&act)));
    of.map(|(place, _)| place).collect()
}

/// Keys a voucher between 22:00 and hour `until`; hours after midnight count from 24.
fn key_at_night(village: &mut Village<'_>, dice: &mut Dice, voucher: usize, until: i64) {
    let date = village.voucher(voucher).date;
    let evening = Day(date.0 + i32::try_from(dice.between(0, 3)).unwrap_or(1));
    let second = dice.between(22 * 3_600, until * 3_600 - 1);
    village.voucher(voucher).entered = Some(at(evening, second));
}
