//! One approver's payments are often just below the limits. Look-alike: a shop with price points.

use super::scheme::Scheme;
use super::trail::{director, from_payee, limit, some_payee, some_trade, spaced, usual};
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::manner::Manner;
use crate::simulate::payee::Trade;
use crate::simulate::price::{Habit, finish, part};
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;

#[derive(Debug)]
pub(super) struct LimitHugging;

impl Scheme for LimitHugging {
    fn name(&self) -> &'static str {
        "limit_hugging"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, from, to) = director(village);
        let act = village.begin(self.name(), manner.kind, &[Subject::Official(officer)]);
        let payments = manner.count(dice, 9, 18);
        for date in spaced(dice, from, to, payments) {
            let trade = some_trade(dice);
            let Some(payee) = some_payee(village, dice, trade) else { continue };
            let step = usize::from(dice.chance(0.35));
            let limit = limit(village, usual(trade).0.class(), date, step)?;
            let is_close = manner.leaves(dice, [0.85, 0.4, 0.5]);
            let share = if is_close { dice.share(0.95, 0.998) } else { dice.share(0.7, 0.95) };
            let amount = finish(part(limit, share), Habit::Yuan).min(limit - 100);
            village.spend_as(dice, date, from_payee(village, payee, amount), (officer, act));
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let trade = dice.one_of([Trade::Appliance, Trade::Shop, Trade::Print]);
        let payee = some_payee(village, dice, trade)?;
        let (officer, from, to) = director(village);
        let subjects = [Subject::Payee(payee), Subject::Official(officer)];
        let act = village.begin(self.name(), Kind::LookAlike, &subjects);
        let payments = dice.count(14, 30);
        for date in spaced(dice, from, to, payments) {
            let amount = dice.one_of([48_000, 98_000, 98_000, 128_000, 198_000, 298_000, 68_000]);
            let voucher = village.spend(dice, date, from_payee(village, payee, amount));
            village.mark(voucher, act);
        }
        Some(())
    }
}
