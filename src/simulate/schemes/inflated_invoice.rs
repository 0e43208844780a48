//! One payment is many times the payee's usual amount. Look-alike: the final payment of a contract.

use super::scheme::Scheme;
use super::trail::{director, from_payee, some_payee, spaced};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::manner::Manner;
use crate::simulate::payee::Trade;
use crate::simulate::price::{Habit, finish, part};
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;

#[derive(Debug)]
pub(super) struct InflatedInvoice;

impl Scheme for InflatedInvoice {
    fn name(&self) -> &'static str {
        "inflated_invoice"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, from, to) = director(village);
        let invoices = manner.count(dice, 1, 3);
        let chosen = known(village, dice, invoices)?;
        let subjects = chosen.iter().map(|(payee, _)| Subject::Payee(*payee));
        let subjects: Vec<Subject> = subjects.chain([Subject::Official(officer)]).collect();
        let act = village.begin(self.name(), manner.kind, &subjects);
        let days = spaced(dice, from, to, chosen.len());
        for (date, (payee, largest)) in days.into_iter().zip(chosen) {
            let times = manner.blend([2.6, 1.7, 1.8]) * dice.share(0.7, 1.5);
            let amount = finish(part(largest, times), Habit::Yuan);
            village.spend_as(dice, date, from_payee(village, payee, amount), (officer, act));
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let (payee, largest) = *known(village, dice, 1)?.first()?;
        let date = Day(village.span.some_day(dice).0.max(village.span.first().0 + 90));
        let amount = finish(part(largest, dice.share(1.8, 4.0)), Habit::Yuan);
        let signed = Day(date.0 - 85);
        let contract = village.contract("supply", payee, amount, signed, 120, false);
        let decision = village.decide(dice, "合同结算", amount, signed);
        let act = village.begin(self.name(), Kind::LookAlike, &[Subject::Payee(payee)]);
        let voucher = village.spend(dice, date, from_payee(village, payee, amount));
        for slip in village.slips(voucher) {
            slip.contract = Some(contract.clone());
            slip.decision = Some(decision.clone());
        }
        village.mark(voucher, act);
        Some(())
    }
}

/// Payees with many payments, each with one of its largest amounts.
fn known(village: &Village<'_>, dice: &mut Dice, count: usize) -> Option<Vec<(usize, i64)>> {
    let mut chosen: Vec<(usize, i64)> = Vec::new();
    for _ in 0..40 {
        let trade = dice.one_of([Trade::Shop, Trade::Print, Trade::Repair, Trade::Farm]);
        let Some(payee) = some_payee(village, dice, trade) else { continue };
        let slips = village.vouchers.iter().flat_map(|voucher| &voucher.lines);
        let own = slips.filter(|line| line.slip.as_ref().is_some_and(|slip| slip.payee == payee));
        let mut amounts: Vec<i64> = own.map(|line| line.amount).collect();
        amounts.sort_unstable();
        let usual_large = amounts.len() * 9 / 10;
        let is_new = chosen.iter().all(|(other, _)| *other != payee);
        if let Some(large) = amounts.get(usual_large).filter(|_| amounts.len() >= 12 && is_new) {
            chosen.push((payee, *large));
        }
        if chosen.len() == count {
            break;
        }
    }
    (!chosen.is_empty()).then_some(chosen)
}
