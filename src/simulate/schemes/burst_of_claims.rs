//! Many claims of one payee within weeks. Look-alike: flood relief, when many payees are paid.

use super::scheme::Scheme;
use super::trail::{director, from_payee, some_payee, workers};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::Use;
use crate::simulate::manner::Manner;
use crate::simulate::payee::Trade;
use crate::simulate::payment::Purchase;
use crate::simulate::price::{Habit, free};
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;
use crate::simulate::voucher::{Document, Words};

#[derive(Debug)]
pub(super) struct BurstOfClaims;

impl Scheme for BurstOfClaims {
    fn name(&self) -> &'static str {
        "burst_of_claims"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let trade = dice.one_of([Trade::Shop, Trade::Print, Trade::Repair, Trade::Machine]);
        let payee = some_payee(village, dice, trade)?;
        let (officer, from, to) = director(village);
        let start = i32::try_from(dice.between(20, i64::from(to.0 - from.0).max(60) - 30));
        let start = Day(from.0 + start.unwrap_or(40));
        let subjects = [Subject::Payee(payee), Subject::Official(officer)];
        let act = village.begin(self.name(), manner.kind, &subjects);
        let claims = manner.count(dice, 7, 12);
        for date in some_days(dice, start, to, claims) {
            let amount = free(dice, 620.0, 0.6, Habit::Yuan);
            village.spend_as(dice, date, from_payee(village, payee, amount), (officer, act));
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let mut helpers = workers(village, dice);
        helpers.truncate(dice.count(10, 16));
        helpers.extend(village.of_trade(Trade::Machine));
        helpers.first()?;
        let first = village.span.first();
        let start = Day(village.span.some_day(dice).0.max(first.0 + 10));
        let last = village.span.last();
        let decision = village.decide(dice, "抗洪抢险", 5_000_000, Day(start.0 - 1));
        let subjects: Vec<Subject> = helpers.iter().map(|one| Subject::Payee(*one)).collect();
        let act = village.begin(self.name(), Kind::LookAlike, &subjects);
        for payee in helpers {
            let claims = dice.count(3, 6);
            for date in some_days(dice, start, last, claims) {
                let amount = free(dice, 420.0, 0.5, Habit::Tens);
                let summary = Words::Borrowed("付抗洪抢险用工款");
                let document = Document::List;
                let usage = Use::Production;
                let purchase = Purchase { usage, payee, amount, summary, document };
                let voucher = village.spend(dice, date, purchase);
                for slip in village.slips(voucher) {
                    slip.decision = Some(decision.clone());
                }
                village.mark(voucher, act);
            }
        }
        Some(())
    }
}

/// Random days within three weeks.
fn some_days(dice: &mut Dice, start: Day, to: Day, count: usize) -> Vec<Day> {
    let mut days = Vec::new();
    for _ in 0..count {
        let later = i32::try_from(dice.between(0, 20)).unwrap_or(10);
        days.push(Day(start.0 + later).min(to));
    }
    days
}
