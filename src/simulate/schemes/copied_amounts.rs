//! A few amounts are repeated for many payees over time. Look-alike: a fee paid to many on one day.

use super::scheme::Scheme;
use super::trail::{approve_by, director, spaced, workers};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::Use;
use crate::simulate::manner::Manner;
use crate::simulate::payment::Purchase;
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;
use crate::simulate::voucher::Document;

#[derive(Debug)]
pub(super) struct CopiedAmounts;

impl Scheme for CopiedAmounts {
    fn name(&self) -> &'static str {
        "copied_amounts"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, from, to) = director(village);
        let subjects = [Subject::Village, Subject::Official(officer)];
        let act = village.begin(self.name(), manner.kind, &subjects);
        let amounts: Vec<i64> = (0..dice.count(3, 7)).map(|_| amount(dice)).collect();
        let payments = manner.count(dice, amounts.len() * 3, amounts.len() * 5);
        let is_own_slip = manner.leaves(dice, [0.85, 0.35, 0.4]);
        let document = if is_own_slip { Document::SelfMade } else { Document::List };
        let workers = workers(village, dice);
        for date in spaced(dice, from, to, payments) {
            // Some amounts are changed, so that not all are equal.
            let changed =
                if manner.leaves(dice, [0.1, 0.4, 0.3]) { dice.between(1, 30) * 100 } else { 0 };
            let amount = dice.any(&amounts)? + changed;
            let payee = dice.any(&workers)?;
            let voucher = pay(village, dice, date, (payee, amount), document);
            approve_by(village, voucher, officer);
            village.mark(voucher, act);
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let (_, from, to) = director(village);
        let act = village.begin(self.name(), Kind::LookAlike, &[Subject::Village]);
        let fees = dice.count(2, 3);
        for date in spaced(dice, from, to, fees) {
            let (fee, households) = (amount(dice), dice.count(12, 25));
            for payee in workers(village, dice).into_iter().take(households) {
                let voucher = pay(village, dice, date, (payee, fee), Document::List);
                village.mark(voucher, act);
            }
        }
        Some(())
    }
}

/// An amount that is not round, in fen.
fn amount(dice: &mut Dice) -> i64 {
    let yuan = dice.between(18, 96) * 10 + dice.one_of([2, 3, 4, 6, 7, 8]);
    yuan * 100 + dice.one_of([0, 0, 0, 50])
}

fn pay(
    village: &mut Village<'_>,
    dice: &mut Dice,
    date: Day,
    (payee, amount): (usize, i64),
    document: Document,
) -> usize {
    let (usage, summary) = (Use::Other, "付村民误工补助".into());
    village.spend(dice, date, Purchase { usage, payee, amount, summary, document })
}
