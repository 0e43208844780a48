//! Works under contract: decided, signed, and paid in instalments.

use crate::ledger::contract::cell::Day;
use crate::simulate::calendar::Span;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::{Class, Use};
use crate::simulate::payee::Trade;
use crate::simulate::payment::Purchase;
use crate::simulate::price::{Habit, free, part};
use crate::simulate::village::Village;
use crate::simulate::voucher::{Document, Words};

/// Works under contract.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Works {
    pub(crate) payee: usize,
    pub(crate) amount: i64,
    pub(crate) start: Day,
    /// Days between instalments.
    pub(crate) pace: i64,
}

pub(crate) fn build(village: &mut Village<'_>, dice: &mut Dice, year: i16) {
    if !dice.chance(0.7) {
        return;
    }
    let builders = village.of_trade(Trade::Builder);
    let Some(payee) = dice.any(&builders) else { return };
    let amount = free(dice, 52_000.0, 0.9, Habit::Hundreds);
    let month = i8::try_from(dice.between(2, 8)).unwrap_or(3);
    let start = Span::claim_day(dice, year, month);
    instalments(village, dice, Works { payee, amount, start, pace: 38 }, &[0.3, 0.4, 0.27, 0.03]);
}

/// Pays a contract in these shares, the rest with the last instalment; returns the vouchers.
pub(crate) fn instalments(
    village: &mut Village<'_>,
    dice: &mut Dice,
    works: Works,
    shares: &[f64],
) -> Vec<usize> {
    let Works { payee, amount, start, pace } = works;
    let signed = Day(start.0 - 12);
    let limit = village.township.policy.limit(Class::Construction, start, 2).unwrap_or(i64::MAX);
    let decision = village.decide(dice, "小型工程建设", amount, signed);
    let contract = village.contract("works", payee, amount, signed, 240, amount >= limit);
    let project = format!("J-{}-{:03}", village.code, village.contracts.len());
    let mut vouchers = Vec::new();
    let (mut date, mut left) = (start, amount);
    for (number, share) in shares.iter().enumerate() {
        let sum = if number + 1 == shares.len() { left } else { part(amount, *share).min(left) };
        left -= sum;
        if !village.span.holds(date) || sum <= 0 {
            break;
        }
        let summary = Words::Owned(format!("付工程款第{}期", number + 1));
        let purchase = Purchase {
            usage: Use::Works,
            payee,
            amount: sum,
            summary,
            document: Document::Invoice,
        };
        let mut line = village.signed(dice, date, purchase);
        if let Some(slip) = line.slip.as_deref_mut() {
            slip.decision = Some(decision.clone());
            slip.contract = Some(contract.clone());
            slip.project = Some(project.clone());
        }
        vouchers.push(village.pay(date, vec![line], false));
        date = Day(date.0 + i32::try_from(dice.between(pace * 2 / 3, pace * 4 / 3)).unwrap_or(30));
    }
    vouchers
}
