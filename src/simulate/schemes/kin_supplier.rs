//! The approver favours a close relative's firm. Look-alike: a family firm of long standing.

use super::cover::{Family, of_act};
use super::scheme::Scheme;
use super::trail::{approve_by, director, from_payee, plain, spaced, usual, workers};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::Class;
use crate::simulate::manner::Manner;
use crate::simulate::payee::{Payee, Trade};
use crate::simulate::price::{Habit, free};
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;

#[derive(Debug)]
pub(super) struct KinSupplier;

impl Scheme for KinSupplier {
    fn name(&self) -> &'static str {
        "kin_supplier"
    }

    fn own(&self) -> &'static [Family] {
        &[Family::Signer]
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, from, to) = director(village);
        let is_new = manner.leaves(dice, [0.9, 0.35, 0.3]);
        let since = if is_new { 40 } else { -900 };
        let firm = kin_firm(village, dice, officer, Day(from.0 + since))?;
        let trade = village.payee(firm).trade;
        let subjects = [Subject::Payee(firm), Subject::Official(officer)];
        let act = village.begin(self.name(), manner.kind, &subjects);
        let start = Day(from.0 + 60);
        // Some purchases are taken from other suppliers at the old price.
        let account = usual(trade).0.account(start);
        let taken =
            plain(village, dice, |line, date| line.account == account && start < date && date < to);
        let many = manner.count(dice, 3, 7);
        for voucher in taken.into_iter().take(many) {
            for slip in village.slips(voucher) {
                slip.payee = firm;
            }
            approve_by(village, voucher, officer);
            village.mark(voucher, act);
        }
        let dear = manner.blend([1.7, 1.25, 1.15]);
        let payments = manner.count(dice, 8, 16);
        for date in spaced(dice, start, to, payments) {
            let amount = free(dice, median(trade) * dear, 0.8, Habit::Yuan);
            village.spend_as(dice, date, from_payee(village, firm, amount), (officer, act));
        }
        if manner.leaves(dice, [0.9, 0.4, 0.5]) {
            hire(village, dice, (officer, start, to), act);
        }
        // Some honest officers let a colleague approve.
        if !manner.is_act() && dice.chance(0.4) {
            for voucher in of_act(village, act) {
                let date = village.voucher(voucher).date;
                let second = village.second(officer, date);
                approve_by(village, voucher, second);
            }
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let (officer, ..) = director(village);
        let long_ago = Day(village.span.first().0 - 2_000);
        let firm = kin_firm(village, dice, officer, long_ago)?;
        let trade = village.payee(firm).trade;
        let signed = Day(village.span.first().0 - 20);
        let sum = free(dice, median(trade) * 30.0, 0.3, Habit::Hundreds);
        let contract = village.contract("supply", firm, sum, signed, 1_100, true);
        let decision = village.decide(dice, "定点供应商", sum, signed);
        let act = village.begin(
            self.name(),
            Kind::LookAlike,
            &[Subject::Payee(firm), Subject::Official(officer)],
        );
        let payments = dice.count(10, 20);
        for date in spaced(dice, village.span.first(), village.span.last(), payments) {
            let amount = free(dice, median(trade), 0.8, Habit::Yuan);
            let voucher = village.spend(dice, date, from_payee(village, firm, amount));
            let other = village.second(officer, date);
            if dice.chance(0.5) {
                approve_by(village, voucher, other);
            }
            for slip in village.slips(voucher) {
                slip.contract = Some(contract.clone());
                slip.decision = Some(decision.clone());
            }
            village.mark(voucher, act);
        }
        Some(())
    }
}

/// Pays one close relative for occasional work.
fn hire(
    village: &mut Village<'_>,
    dice: &mut Dice,
    (officer, from, to): (usize, Day, Day),
    act: usize,
) {
    let workers = workers(village, dice);
    let near = |payee: &&usize| {
        let person = village.payee(**payee).person;
        person.is_some_and(|who| village.kin.degree(who, officer).is_some_and(|degree| degree <= 2))
    };
    let Some(worker) = workers.iter().find(near).copied() else { return };
    let payments = dice.count(3, 7);
    for date in spaced(dice, from, to, payments) {
        let amount = free(dice, 620.0, 0.6, Habit::Tens);
        village.spend_as(dice, date, from_payee(village, worker, amount), (officer, act));
    }
}

/// The median price of a trade, in yuan.
fn median(trade: Trade) -> f64 {
    match usual(trade).0.class() {
        Class::Construction => 3_400.0,
        Class::Production => 1_300.0,
        _ => 420.0,
    }
}

/// A firm of a close relative of an officer, registered from this day on.
fn kin_firm(
    village: &mut Village<'_>,
    dice: &mut Dice,
    officer: usize,
    since: Day,
) -> Option<usize> {
    let mut kin = village.kin.near(officer, 1);
    let further = village.kin.near(officer, 2);
    let year = i32::from(village.span.first_year);
    let fit = |who: &usize| {
        (20..=62).contains(&village.person(*who).age(year))
            && !village.is_official(*who)
            && village.person(*who).death.is_none()
    };
    kin.retain(fit);
    let owner = dice.any(&kin).filter(|_| dice.chance(0.7));
    let further: Vec<usize> = further.into_iter().filter(fit).collect();
    let owner = owner.or_else(|| dice.any(&further)).or(kin.first().copied())?;
    let trade =
        dice.one_of([Trade::Shop, Trade::Print, Trade::Machine, Trade::Materials, Trade::Repair]);
    let serial = village.next_payee();
    let mut firm = Payee::firm(dice, &village.code, serial, trade, Some(owner));
    firm.first_seen = Some(since);
    village.payees.push(firm);
    Some(village.payees.len() - 1)
}
