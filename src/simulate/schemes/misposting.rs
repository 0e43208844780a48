//! Meals are booked as other goods. Look-alike: meals of a construction crew.

use super::scheme::Scheme;
use super::trail::{director, some_payee, spaced};
use crate::ledger::contract::cell::Day;
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
pub(super) struct Misposting;

impl Scheme for Misposting {
    fn name(&self) -> &'static str {
        "misposting"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, from, to) = director(village);
        let payee = some_payee(village, dice, Trade::Restaurant)?;
        let subjects = [Subject::Payee(payee), Subject::Official(officer)];
        let act = village.begin(self.name(), manner.kind, &subjects);
        let payments = manner.count(dice, 6, 13);
        for date in spaced(dice, from, to, payments) {
            let (usage, summary) = dice.one_of([
                (Use::Production, "付农药款"),
                (Use::Works, "付砂石料款"),
                (Use::Production, "付机耕费"),
                (Use::Welfare, "付路灯维修费"),
            ]);
            let amount = free(dice, 640.0, 0.6, Habit::Yuan);
            let document = Document::Invoice;
            let purchase = Purchase { usage, payee, amount, summary: summary.into(), document };
            village.spend_as(dice, date, purchase, (officer, act));
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let payee = some_payee(village, dice, Trade::Restaurant)?;
        let last = village.span.last();
        let start = Day(village.span.some_day(dice).0.min(last.0 - 90));
        let contract = village.contract("canteen", payee, 1_200_000, Day(start.0 - 4), 90, false);
        let project = format!("J-{}-{:03}", village.code, village.contracts.len());
        let act = village.begin(self.name(), Kind::LookAlike, &[Subject::Payee(payee)]);
        let payments = dice.count(6, 13);
        for date in spaced(dice, start, Day(start.0 + 80), payments) {
            let amount = free(dice, 640.0, 0.5, Habit::Tens);
            let summary = "付施工队伙食费".into();
            let purchase =
                Purchase { usage: Use::Works, payee, amount, summary, document: Document::Receipt };
            let voucher = village.spend(dice, date, purchase);
            for slip in village.slips(voucher) {
                slip.contract = Some(contract.clone());
                slip.project = Some(project.clone());
            }
            village.mark(voucher, act);
        }
        Some(())
    }
}
