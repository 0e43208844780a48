//! Monthly bills: power, water, telephone, and power for irrigation in summer.

use crate::simulate::calendar::day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::Use;
use crate::simulate::payee::Trade;
use crate::simulate::payment::Purchase;
use crate::simulate::price::{Habit, fen, free};
use crate::simulate::village::Village;
use crate::simulate::voucher::{Document, Words};

pub(crate) fn pay(village: &mut Village<'_>, dice: &mut Dice, year: i16) {
    let power = dice.log_normal(480.0, 0.5);
    let water = dice.log_normal(90.0, 0.4);
    let plan = fen(dice.one_of([99.0, 129.0, 199.0, 299.0]));
    for month in 1..=12 {
        let hot = if matches!(month, 1 | 7 | 8 | 12) { 1.5 } else { 1.0 };
        let bills = [
            (Trade::Power, Use::Admin, free(dice, power * hot, 0.22, Habit::Metered), "付电费"),
            (Trade::Water, Use::Admin, free(dice, water, 0.3, Habit::Metered), "付水费"),
            (Trade::Telecom, Use::Admin, plan, "付通信费"),
        ];
        let irrigation = free(dice, power * 2.5, 0.6, Habit::Metered);
        let irrigation = (Trade::Power, Use::Production, irrigation, "付灌溉电费");
        let irrigation = (5..=8).contains(&month).then_some(irrigation);
        for (trade, usage, amount, summary) in bills.into_iter().chain(irrigation) {
            let Some(payee) = village.of_trade(trade).first().copied() else { continue };
            let date = day(year, month, 12 + i8::try_from(dice.between(0, 8)).unwrap_or(0));
            let summary = Words::Borrowed(summary);
            village.spend(
                dice,
                date,
                Purchase { usage, payee, amount, summary, document: Document::Invoice },
            );
        }
    }
}
