//! A claim is submitted again with a changed amount, number or payee. Look-alike: a fee paid every month.

use super::cover::Family;
use super::scheme::Scheme;
use super::trail::{approve_by, plain, some_payee, usual};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::{NEW_CHART, carried_over};
use crate::simulate::manner::Manner;
use crate::simulate::payee::Trade;
use crate::simulate::payment::Purchase;
use crate::simulate::price::{Habit, free};
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;

#[derive(Debug)]
pub(super) struct ReworkedClaim;

impl Scheme for ReworkedClaim {
    fn name(&self) -> &'static str {
        "reworked_claim"
    }

    fn own(&self) -> &'static [Family] {
        &[Family::Papers]
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let last = village.span.last();
        let firms = plain(village, dice, |line, date| {
            let slip = line.slip.as_deref();
            let has_number = slip.is_some_and(|slip| slip.document_no.is_some());
            has_number && line.amount >= 20_000 && date.0 + 95 < last.0
        });
        let many = manner.count(dice, 2, 5);
        let chosen: Vec<usize> = firms.into_iter().take(many).collect();
        chosen.first()?;
        let payees = chosen.iter().filter_map(|place| {
            let line = village.vouchers.get(*place)?.lines.first()?;
            line.slip.as_ref().map(|slip| Subject::Payee(slip.payee))
        });
        let subjects: Vec<Subject> = payees.collect();
        let act = village.begin(self.name(), manner.kind, &subjects);
        for original in chosen {
            let again = rework(village, dice, original, manner);
            village.mark(original, act);
            village.mark(again, act);
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let trade = dice.one_of([Trade::Shop, Trade::Repair, Trade::Print]);
        let payee = some_payee(village, dice, trade)?;
        let amount = free(dice, 560.0, 0.4, Habit::Tens);
        let (usage, document, _) = usual(trade);
        let mut date =
            Day(village.span.first().0 + i32::try_from(dice.between(9, 60)).unwrap_or(9));
        let act = village.begin(self.name(), Kind::LookAlike, &[Subject::Payee(payee)]);
        for _ in 0..dice.between(9, 20) {
            if !village.span.holds(date) {
                break;
            }
            let summary = "付场地租用费".into();
            let purchase = Purchase { usage, payee, amount, summary, document };
            let voucher = village.spend(dice, date, purchase);
            village.mark(voucher, act);
            date = Day(date.0 + i32::try_from(dice.between(28, 33)).unwrap_or(30));
        }
        Some(())
    }
}

/// Books a claim again, changed in one of three ways.
fn rework(village: &mut Village<'_>, dice: &mut Dice, original: usize, manner: &Manner) -> usize {
    let mut again = village.voucher(original).clone();
    let booked = again.date;
    let later = i32::try_from(dice.between(12, 85)).unwrap_or(40);
    again.date = Day(booked.0 + later);
    let way = dice.between(0, 2);
    let behind = again.lines.first().and_then(|line| line.slip.as_ref()).map(|slip| slip.payee);
    let owner = behind.and_then(|payee| village.payee_of(village.payee(payee).owner?));
    let swapped = again.lines.first().and_then(|line| transposed(dice, line.amount));
    for line in &mut again.lines {
        if again.date >= NEW_CHART {
            line.account = carried_over(line.account, booked);
        }
        if let Some(amount) = swapped.filter(|_| way == 0) {
            line.amount = amount;
        }
        let Some(slip) = line.slip.as_deref_mut() else { continue };
        slip.approved = slip.approved.map(|day| Day(day.0 + later));
        if let Some(owner) = owner.filter(|_| way == 1) {
            slip.payee = owner;
        }
        let number = slip.document_no.take().unwrap_or_default();
        // Careful offenders, and honest people who buy the same again, have a new document.
        if manner.leaves(dice, [0.15, 0.55, 0.7]) {
            slip.document_no = Some(format!("{:08}", dice.between(1_000, 99_999_999)));
            slip.document_date = slip.document_date.map(|day| Day(day.0 + later));
            continue;
        }
        let changed = [format!("{number}-1"), format!("No.{number}"), format!("{number}（补）")];
        let keeps = dice.chance(0.4);
        let place = dice.count(0, 2);
        slip.document_no = changed.get(place).filter(|_| !keeps).cloned().or(Some(number));
    }
    let voucher = village.book(again);
    let approver = village.approver_on(Day(booked.0 + later));
    if village.approver_on(booked) != approver {
        approve_by(village, voucher, approver);
    }
    voucher
}

/// The amount with two adjacent digits of its yuan exchanged.
fn transposed(dice: &mut Dice, amount: i64) -> Option<i64> {
    let swaps = [100, 1_000, 10_000].map(|unit| {
        let (low, high) = (amount / unit % 10, amount / unit / 10 % 10);
        amount + (high - low) * unit - (high - low) * unit * 10
    });
    let differ: Vec<i64> =
        swaps.into_iter().filter(|swap| *swap != amount && *swap >= 10_000).collect();
    dice.any(&differ)
}
