//! Large payments without the required vote, stamp or review. Look-alike: a month whose stamps were not keyed, and
//! emergencies that were voted on afterwards.

use super::cover::Family;
use super::scheme::Scheme;
use super::trail::{
    approve_by, director, from_payee, limit, longest, of_a_month, some_payee, some_trade, spaced,
    usual,
};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::manner::Manner;
use crate::simulate::price::{Habit, finish, part};
use crate::simulate::records::{Kind, Post, Subject};
use crate::simulate::village::Village;

#[derive(Debug)]
pub(super) struct BypassedProcedure;

impl Scheme for BypassedProcedure {
    fn name(&self) -> &'static str {
        "bypassed_procedure"
    }

    fn own(&self) -> &'static [Family] {
        &[Family::Procedure, Family::Agreement]
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        // Sometimes it is a committee member, who may not approve such amounts.
        let is_member = dice.chance(0.3);
        let (officer, from, to) =
            if is_member { longest(village, Post::Committee, 1) } else { director(village) };
        let act = village.begin(self.name(), manner.kind, &[Subject::Official(officer)]);
        let payments = manner.count(dice, 6, 11);
        for date in spaced(dice, from, to, payments) {
            let Some(voucher) = large(village, dice, date) else { continue };
            approve_by(village, voucher, officer);
            leave_out(village, dice, voucher, manner);
            village.mark(voucher, act);
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        if dice.chance(0.5) {
            let found = of_a_month(village, dice, |line, _| {
                line.slip.as_ref().is_some_and(|slip| slip.cosigner.is_some())
            });
            found.first()?;
            let act = village.begin(self.name(), Kind::LookAlike, &[]);
            for voucher in found {
                for slip in village.slips(voucher) {
                    slip.stamp = None;
                }
                village.mark(voucher, act);
            }
            return Some(());
        }
        let act = village.begin(self.name(), Kind::LookAlike, &[]);
        for _ in 0..dice.count(2, 4) {
            let date = village.span.some_day(dice);
            let Some(voucher) = large(village, dice, date) else { continue };
            vote_later(village, dice, voucher);
            village.mark(voucher, act);
        }
        Some(())
    }
}

/// Pays an amount that also requires the township's or the meeting's approval.
fn large(village: &mut Village<'_>, dice: &mut Dice, date: Day) -> Option<usize> {
    let trade = some_trade(dice);
    let payee = some_payee(village, dice, trade)?;
    let step = dice.count(1, 2);
    let limit = limit(village, usual(trade).0.class(), date, step)?;
    let amount = finish(part(limit, dice.share(1.03, 1.8)), Habit::Yuan);
    Some(village.spend(dice, date, from_payee(village, payee, amount)))
}

/// Leaves out most required approvals; a remaining vote is held too late.
fn leave_out(village: &mut Village<'_>, dice: &mut Dice, voucher: usize, manner: &Manner) {
    let alone = manner.leaves(dice, [0.7, 0.3, 0.35]);
    let unstamped = manner.leaves(dice, [0.85, 0.4, 0.5]);
    let unreviewed = manner.leaves(dice, [0.65, 0.35, 0.4]);
    if manner.leaves(dice, [0.75, 0.35, 0.4]) {
        let mut is_voted = false;
        for slip in village.slips(voucher) {
            is_voted |= slip.decision.take().is_some();
        }
        if is_voted {
            village.decisions.pop();
        }
    } else {
        vote_later(village, dice, voucher);
    }
    for slip in village.slips(voucher) {
        slip.cosigner = slip.cosigner.filter(|_| !alone);
        slip.stamp = slip.stamp.map(|stamp| stamp && !unstamped);
        slip.reviewer = slip.reviewer.filter(|_| !unreviewed && (alone || unstamped));
    }
}

/// Moves the vote on a payment, if there is one, to days after it.
fn vote_later(village: &mut Village<'_>, dice: &mut Dice, voucher: usize) {
    let is_voted = village.slips(voucher).any(|slip| slip.decision.is_some());
    let paid = village.voucher(voucher).date;
    let later = i32::try_from(dice.between(4, 15)).unwrap_or(7);
    if let Some(decision) = village.decisions.last_mut().filter(|_| is_voted) {
        decision.voted = Day(paid.0 + later);
        decision.posted_from = Day(paid.0 + later + 1);
        decision.posted_to = Day(paid.0 + later + 5);
    }
}
