//! Invoices with an impossible date or without a number. Look-alike: goods paid for in advance.

use super::cover::Family;
use super::scheme::Scheme;
use super::trail::{approve_by, director, from_payee, some_payee, spaced};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::manner::Manner;
use crate::simulate::payee::Trade;
use crate::simulate::price::{Habit, free};
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;

#[derive(Debug)]
pub(super) struct PapersOutOfOrder;

const TRADES: [Trade; 5] =
    [Trade::Shop, Trade::Print, Trade::Repair, Trade::Farm, Trade::Materials];

impl Scheme for PapersOutOfOrder {
    fn name(&self) -> &'static str {
        "papers_out_of_order"
    }

    fn own(&self) -> &'static [Family] {
        &[Family::Papers]
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, from, to) = director(village);
        let act = village.begin(self.name(), manner.kind, &[Subject::Official(officer)]);
        let payments = manner.count(dice, 6, 12);
        for date in spaced(dice, from, to, payments) {
            let trade = dice.one_of(TRADES);
            let Some(payee) = some_payee(village, dice, trade) else { continue };
            let amount = free(dice, 1_000.0, 0.8, Habit::Yuan);
            let voucher = village.spend(dice, date, from_payee(village, payee, amount));
            approve_by(village, voucher, officer);
            let days = |dice: &mut Dice, least, most| i32::try_from(dice.between(least, most));
            let (later, older) = (days(dice, 9, 60), days(dice, 1_500, 2_600));
            let is_in_order = !manner.leaves(dice, [1.0, 0.7, 0.5]);
            let fault = if is_in_order { 3 } else { dice.one_of([0, 0, 1, 1, 2]) };
            for slip in village.slips(voucher) {
                match fault {
                    0 => slip.document_date = Some(Day(date.0 + later.unwrap_or(20))),
                    1 => slip.document_no = None,
                    3 => {}
                    _ => slip.document_date = Some(Day(date.0 - older.unwrap_or(2_000))),
                }
            }
            village.mark(voucher, act);
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let trade = dice.one_of(TRADES);
        let payee = some_payee(village, dice, trade)?;
        let act = village.begin(self.name(), Kind::LookAlike, &[Subject::Payee(payee)]);
        let orders = dice.count(4, 8);
        let (first, last) = (village.span.first(), village.span.last());
        for date in spaced(dice, first, last, orders) {
            let amount = free(dice, 4_000.0, 0.5, Habit::Hundreds);
            let signed = Day(date.0 - 8);
            let decision = village.decide(dice, "预付货款", amount, signed);
            let contract = village.contract("supply", payee, amount, signed, 90, false);
            let voucher = village.spend(dice, date, from_payee(village, payee, amount));
            let later = i32::try_from(dice.between(8, 30)).unwrap_or(15);
            for slip in village.slips(voucher) {
                slip.document_date = Some(Day(date.0 + later));
                slip.decision = Some(decision.clone());
                slip.contract = Some(contract.clone());
            }
            village.mark(voucher, act);
        }
        Some(())
    }
}
