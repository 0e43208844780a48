//! One day's purchase is split into several invoices and vouchers. Look-alike: a delivery with several bills.

use super::scheme::Scheme;
use super::trail::{
    approve_by, director, from_payee, limit, number_from, parts, some_payee, spaced, usual,
};
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::manner::Manner;
use crate::simulate::payee::Trade;
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;

#[derive(Debug)]
pub(super) struct SplitInvoices;

impl Scheme for SplitInvoices {
    fn name(&self) -> &'static str {
        "split_invoices"
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
            let mut number = dice.between(1_000, 99_999_000);
            for amount in parts(dice, limit) {
                let voucher = village.spend(dice, date, from_payee(village, payee, amount));
                approve_by(village, voucher, officer);
                if manner.leaves(dice, [1.0, 0.5, 0.5]) {
                    number_from(village, voucher, &mut number);
                }
                // Sometimes another customer gets the number in between.
                number += i64::from(dice.chance(0.2));
                village.mark(voucher, act);
            }
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let trade = trade(dice);
        let payee = some_payee(village, dice, trade)?;
        let act = village.begin(self.name(), Kind::LookAlike, &[Subject::Payee(payee)]);
        let deliveries = dice.count(2, 4);
        let (first, last) = (village.span.first(), village.span.last());
        for date in spaced(dice, first, last, deliveries) {
            let limit = limit(village, usual(trade).0.class(), date, 1)?;
            let parts = parts(dice, limit);
            let decision = village.decide(dice, "大宗采购", parts.iter().sum(), date);
            let mut number = dice.between(1_000, 99_999_000);
            for amount in parts {
                let voucher = village.spend(dice, date, from_payee(village, payee, amount));
                number_from(village, voucher, &mut number);
                for slip in village.slips(voucher) {
                    slip.decision = Some(decision.clone());
                }
                village.mark(voucher, act);
            }
        }
        Some(())
    }
}

fn trade(dice: &mut Dice) -> Trade {
    dice.one_of([Trade::Shop, Trade::Print, Trade::Farm, Trade::Materials, Trade::Repair])
}
