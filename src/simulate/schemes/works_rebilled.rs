//! One piece of works is billed again by other builders, at a similar sum. Look-alike: yearly upkeep by one builder.

use super::scheme::Scheme;
use super::trail::{director, from_payee, spaced};
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::manner::Manner;
use crate::simulate::payee::Trade;
use crate::simulate::price::{Habit, free, part};
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;

#[derive(Debug)]
pub(super) struct WorksRebilled;

impl Scheme for WorksRebilled {
    fn name(&self) -> &'static str {
        "works_rebilled"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, from, to) = director(village);
        let mut builders = village.of_trade(Trade::Builder);
        builders.extend(village.of_trade(Trade::Materials));
        dice.shuffle(&mut builders);
        let sum = sum(dice);
        let subjects = [Subject::Village, Subject::Official(officer)];
        let act = village.begin(self.name(), manner.kind, &subjects);
        let bills = manner.count(dice, 4, 6);
        for (date, payee) in spaced(dice, from, to, bills).into_iter().zip(builders) {
            let amount = part(sum, dice.share(0.994, 1.012));
            village.spend_as(dice, date, from_payee(village, payee, amount), (officer, act));
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let (_, from, to) = director(village);
        let builders = village.of_trade(Trade::Builder);
        let payee = dice.any(&builders)?;
        let sum = sum(dice);
        let contract = village.contract("works", payee, sum * 6, from, 1_000, true);
        let subjects = [Subject::Village, Subject::Payee(payee)];
        let act = village.begin(self.name(), Kind::LookAlike, &subjects);
        let bills = dice.count(4, 6);
        for date in spaced(dice, from, to, bills) {
            let amount = part(sum, dice.share(0.994, 1.012));
            let voucher = village.spend(dice, date, from_payee(village, payee, amount));
            for slip in village.slips(voucher) {
                slip.contract = Some(contract.clone());
            }
            village.mark(voucher, act);
        }
        Some(())
    }
}

fn sum(dice: &mut Dice) -> i64 {
    free(dice, 26_000.0, 0.35, Habit::Yuan)
}
