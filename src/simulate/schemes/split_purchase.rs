//! One purchase in parts, each below the limit. Look-alike: instalments, or a regular supplier.

use super::cover::Family;
use super::scheme::Scheme;
use super::trail::{director, from_payee, limit, parts, some_payee, spaced, usual};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::Class;
use crate::simulate::manner::Manner;
use crate::simulate::ordinary::works::{Works, instalments};
use crate::simulate::payee::Trade;
use crate::simulate::price::{Habit, fen, finish, part, yuan};
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;

#[derive(Debug)]
pub(super) struct SplitPurchase;

impl Scheme for SplitPurchase {
    fn name(&self) -> &'static str {
        "split_purchase"
    }

    fn own(&self) -> &'static [Family] {
        &[Family::Signer]
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let trade =
            dice.one_of([Trade::Shop, Trade::Print, Trade::Farm, Trade::Materials, Trade::Machine]);
        let payee = some_payee(village, dice, trade)?;
        let (officer, from, to) = director(village);
        let subjects = [Subject::Payee(payee), Subject::Official(officer)];
        let act = village.begin(self.name(), manner.kind, &subjects);
        let purchases = manner.count(dice, 2, 4);
        for date in spaced(dice, from, to, purchases) {
            let step = dice.count(1, 2);
            let limit = limit(village, usual(trade).0.class(), date, step)?;
            let mut date = date;
            let gap = manner.days(dice, [(2, 5), (6, 18), (3, 18)]);
            for amount in parts(dice, limit) {
                village.spend_as(
                    dice,
                    date.min(to),
                    from_payee(village, payee, amount),
                    (officer, act),
                );
                date = Day(date.0 + i32::try_from(dice.between(1, i64::from(gap))).unwrap_or(2));
            }
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        if dice.chance(0.5) {
            contract(village, dice, self.name())
        } else {
            supplier(village, dice, self.name())
        }
    }
}

/// Works paid in quick instalments, each below the limit, under a contract that was decided on.
fn contract(village: &mut Village<'_>, dice: &mut Dice, name: &'static str) -> Option<()> {
    let payee = some_payee(village, dice, Trade::Builder)?;
    let start = village.span.some_day(dice);
    let start = Day(start.0.min(village.span.last().0 - 30));
    let limit = limit(village, Class::Construction, start, 1)?;
    let amount = finish(part(limit, dice.share(1.8, 2.7)), Habit::Hundreds);
    let act = village.begin(name, Kind::LookAlike, &[Subject::Payee(payee)]);
    let works = Works { payee, amount, start, pace: 6 };
    for voucher in instalments(village, dice, works, &[0.32, 0.28, 0.25, 0.15]) {
        village.mark(voucher, act);
    }
    Some(())
}

/// A supplier who delivers every two weeks all year, at similar sums, under a frame contract.
fn supplier(village: &mut Village<'_>, dice: &mut Dice, name: &'static str) -> Option<()> {
    let trade = dice.one_of([Trade::Shop, Trade::Farm, Trade::Machine]);
    let payee = some_payee(village, dice, trade)?;
    let first = village.span.first();
    let limit = limit(village, usual(trade).0.class(), first, 0)?;
    let usual_sum = part(limit, dice.share(0.5, 0.8));
    let signed = Day(first.0 - 9);
    let contract = village.contract("supply", payee, usual_sum * 78, signed, 1_100, true);
    let act = village.begin(name, Kind::LookAlike, &[Subject::Payee(payee)]);
    let mut date = Day(first.0 + i32::try_from(dice.between(3, 16)).unwrap_or(5));
    while village.span.holds(date) {
        let amount = fen(dice.log_normal(yuan(usual_sum), 0.12)).min(limit - 100);
        let voucher = village.spend(dice, date, from_payee(village, payee, amount));
        for slip in village.slips(voucher) {
            slip.contract = Some(contract.clone());
        }
        village.mark(voucher, act);
        date = Day(date.0 + i32::try_from(dice.between(13, 16)).unwrap_or(14));
    }
    Some(())
}
