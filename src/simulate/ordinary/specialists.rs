//! Payees needed once, such as a surveyor, a well driller or a theatre troupe.

use crate::ledger::contract::cell::Day;
use crate::simulate::calendar::Span;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::Use;
use crate::simulate::payee::{Payee, Trade};
use crate::simulate::payment::Purchase;
use crate::simulate::price::{Habit, free};
use crate::simulate::village::Village;
use crate::simulate::voucher::{Document, Words};

/// Services needed once: use, usual price in yuan, purpose.
const ERRANDS: [(Use, f64, &str); 6] = [
    (Use::Admin, 1_400.0, "付测绘服务费"),
    (Use::Welfare, 1_900.0, "付文艺演出费"),
    (Use::Production, 2_200.0, "付打井费"),
    (Use::Works, 4_200.0, "付勘察设计费"),
    (Use::Works, 5_500.0, "付变压器安装费"),
    (Use::Admin, 900.0, "付评估服务费"),
];

pub(crate) fn pay(village: &mut Village<'_>, dice: &mut Dice, year: i16) {
    for _ in 0..dice.count(1, 5) {
        let month = i8::try_from(dice.between(1, 12)).unwrap_or(6);
        let date = Span::claim_day(dice, year, month);
        let (usage, median, summary) = dice.one_of(ERRANDS);
        let amount = free(dice, median, 0.8, Habit::Tens);
        // Some are paid again, and some are registered shortly before.
        let known = dice.between(0, 2_000);
        let payee = newcomer(village, dice, Day(date.0 - i32::try_from(known).unwrap_or(500)));
        let again = dice.chance(0.3).then(|| Day(date.0 + 40));
        let days = [Some(date), again].into_iter().flatten();
        let days: Vec<Day> = days.filter(|day| village.span.holds(*day)).collect();
        let signed = dice.chance(0.4);
        let sum = amount * i64::try_from(days.len()).unwrap_or(1);
        let contract =
            signed.then(|| village.contract("service", payee, sum, Day(date.0 - 20), 200, false));
        for date in days {
            let summary = Words::Borrowed(summary);
            let purchase = Purchase { usage, payee, amount, summary, document: Document::Invoice };
            let voucher = village.spend(dice, date, purchase);
            for slip in village.slips(voucher) {
                slip.contract.clone_from(&contract);
            }
        }
    }
}

/// A firm from elsewhere, whose owner lives in no village of the data.
pub(crate) fn newcomer(village: &mut Village<'_>, dice: &mut Dice, since: Day) -> usize {
    let serial = village.next_payee();
    let mut firm = Payee::firm(dice, &village.code, serial, Trade::Office, None);
    firm.kind = "firm";
    firm.first_seen = Some(since);
    village.payees.push(firm);
    village.payees.len() - 1
}
