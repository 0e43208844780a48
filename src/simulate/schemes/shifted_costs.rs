//! One account carries a month's costs of others. Look-alike: a project that is paid in one month.

use super::scheme::Scheme;
use super::trail::{director, plain, some_payee, spaced};
use crate::ledger::contract::cell::Day;
use crate::simulate::calendar::day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::Use;
use crate::simulate::manner::Manner;
use crate::simulate::payee::Trade;
use crate::simulate::payment::Purchase;
use crate::simulate::price::{Habit, free};
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;
use crate::simulate::voucher::Document;

#[derive(Debug)]
pub(super) struct ShiftedCosts;

impl Scheme for ShiftedCosts {
    fn name(&self) -> &'static str {
        "shifted_costs"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, from, to) = director(village);
        let (first, last) = some_month(village, dice, (from, to));
        let usage = dice.one_of([Use::Welfare, Use::Stores, Use::Equipment, Use::Production]);
        let admin = Use::Admin.account(first);
        let taken = plain(village, dice, |line, date| {
            line.account == admin && first <= date && date <= last
        });
        let subjects = [Subject::Village, Subject::Official(officer)];
        let act = village.begin(self.name(), manner.kind, &subjects);
        let count = manner.count(dice, 5, 10);
        for voucher in taken.into_iter().take(count) {
            let date = village.voucher(voucher).date;
            for line in village.voucher(voucher).lines.iter_mut().filter(|line| line.is_debit) {
                line.account = usage.account(date);
            }
            village.mark(voucher, act);
        }
        let payments = manner.count(dice, 6, 12);
        for date in spaced(dice, first, last, payments) {
            let (trade, summary) = dice.one_of([
                (Trade::Shop, "付日用品款"),
                (Trade::Print, "付宣传栏制作费"),
                (Trade::Repair, "付维修费"),
                (Trade::Labour, "付用工款"),
            ]);
            let Some(payee) = some_payee(village, dice, trade) else { continue };
            let amount = free(dice, 1_900.0, 0.6, Habit::Yuan);
            let (summary, document) = (summary.into(), Document::Invoice);
            let purchase = Purchase { usage, payee, amount, summary, document };
            village.spend_as(dice, date, purchase, (officer, act));
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let span = village.span;
        let (first, last) = some_month(village, dice, (span.first(), span.last()));
        let payee = some_payee(village, dice, Trade::Builder)?;
        let contract = village.contract("works", payee, 5_000_000, Day(first.0 - 9), 60, false);
        let decision = village.decide(dice, "突击整治项目", 5_000_000, Day(first.0 - 3));
        let project = format!("J-{}-{:03}", village.code, village.contracts.len());
        let usage = dice.one_of([Use::Welfare, Use::Works, Use::Production]);
        let act = village.begin(self.name(), Kind::LookAlike, &[Subject::Village]);
        let payments = dice.count(14, 26);
        for date in spaced(dice, first, last, payments) {
            let trade = dice.one_of([Trade::Materials, Trade::Machine, Trade::Labour]);
            let Some(payee) = some_payee(village, dice, trade) else { continue };
            let amount = free(dice, 1_900.0, 0.6, Habit::Tens);
            let (summary, document) = ("付整治项目款".into(), Document::List);
            let purchase = Purchase { usage, payee, amount, summary, document };
            let voucher = village.spend(dice, date, purchase);
            for slip in village.slips(voucher) {
                slip.decision = Some(decision.clone());
                slip.contract = Some(contract.clone());
                slip.project = Some(project.clone());
            }
            village.mark(voucher, act);
        }
        Some(())
    }
}

/// The first and the last day of a random month between two days.
fn some_month(village: &Village<'_>, dice: &mut Dice, (from, to): (Day, Day)) -> (Day, Day) {
    let date =
        Day(i32::try_from(dice.between(i64::from(from.0) + 31, i64::from(to.0) - 31))
            .unwrap_or(from.0));
    let date = village.span.clamp(date).date();
    (day(date.year(), date.month(), 1), day(date.year(), date.month(), 31))
}
