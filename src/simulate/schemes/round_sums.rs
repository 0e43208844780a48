//! Round sums are paid in cash, without a quotation. Look-alike: contracts priced in round sums.

use super::scheme::Scheme;
use super::trail::{approve_by, director, from_payee, some_payee, some_trade, spaced};
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::manner::Manner;
use crate::simulate::payee::Trade;
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;
use crate::simulate::voucher::Document;

#[derive(Debug)]
pub(super) struct RoundSums;

impl Scheme for RoundSums {
    fn name(&self) -> &'static str {
        "round_sums"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, from, to) = director(village);
        let subjects = [Subject::Village, Subject::Official(officer)];
        let act = village.begin(self.name(), manner.kind, &subjects);
        let payments = manner.count(dice, 18, 40);
        let (in_cash, own_slips) =
            (manner.blend([0.95, 0.4, 0.45]), manner.blend([0.6, 0.25, 0.3]));
        for date in spaced(dice, from, to, payments) {
            let trade = some_trade(dice);
            let Some(payee) = some_payee(village, dice, trade) else { continue };
            let mut purchase = from_payee(village, payee, sum(dice));
            if dice.chance(own_slips) {
                purchase.document = Document::SelfMade;
            }
            let voucher = village.spend(dice, date, purchase);
            if dice.chance(in_cash) {
                pay_in_cash(village, voucher);
            }
            approve_by(village, voucher, officer);
            village.mark(voucher, act);
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let (_, from, to) = director(village);
        let act = village.begin(self.name(), Kind::LookAlike, &[Subject::Village]);
        let contracts = dice.count(5, 8);
        for date in spaced(dice, from, to, contracts) {
            let trade = dice.one_of([Trade::Builder, Trade::Materials, Trade::Machine]);
            let Some(payee) = some_payee(village, dice, trade) else { continue };
            let contract = village.contract("supply", payee, 8_000_000, date, 365, true);
            let deliveries = dice.count(4, 7);
            for day in spaced(dice, date, to, deliveries) {
                let purchase = from_payee(village, payee, sum(dice) * dice.between(1, 3));
                let voucher = village.spend(dice, day, purchase);
                for slip in village.slips(voucher) {
                    slip.contract = Some(contract.clone());
                }
                village.mark(voucher, act);
            }
        }
        Some(())
    }
}

fn pay_in_cash(village: &mut Village<'_>, voucher: usize) {
    village.slips(voucher).for_each(|slip| slip.in_cash = true);
}

/// A round sum in fen; to one in ten, 50 yuan are added to make it look less round.
fn sum(dice: &mut Dice) -> i64 {
    let hundreds = dice.one_of([3, 4, 5, 5, 6, 8, 8, 10, 10, 12, 15, 16, 20, 20, 25, 30, 50]);
    hundreds * 10_000 + if dice.chance(0.1) { 5_000 } else { 0 }
}
