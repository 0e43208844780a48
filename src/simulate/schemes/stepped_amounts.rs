//! A list of work whose amounts rise by a small fixed step. Look-alike: a shop's price steps.

use super::scheme::Scheme;
use super::trail::{director, from_payee, some_payee, spaced, workers};
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::Use;
use crate::simulate::manner::Manner;
use crate::simulate::payee::Trade;
use crate::simulate::payment::Purchase;
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;
use crate::simulate::voucher::Document;

#[derive(Debug)]
pub(super) struct SteppedAmounts;

impl Scheme for SteppedAmounts {
    fn name(&self) -> &'static str {
        "stepped_amounts"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, from, to) = director(village);
        let workers = workers(village, dice);
        let subjects = [Subject::Village, Subject::Official(officer)];
        let act = village.begin(self.name(), manner.kind, &subjects);
        let payments = manner.count(dice, 22, 45);
        let amounts = ladder(dice, payments);
        let (usage, summary) = dice.one_of([
            (Use::Production, "付基地用工款"),
            (Use::Production, "付采摘用工款"),
            (Use::Works, "付修渠用工款"),
        ]);
        let is_own_slip = manner.leaves(dice, [0.8, 0.35, 0.5]);
        let document = if is_own_slip { Document::SelfMade } else { Document::List };
        for (date, amount) in spaced(dice, from, to, amounts.len()).into_iter().zip(amounts) {
            let payee = dice.favourite(&workers)?;
            let purchase = Purchase { usage, payee, amount, summary: summary.into(), document };
            village.spend_as(dice, date, purchase, (officer, act));
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let (_, from, to) = director(village);
        let payee = some_payee(village, dice, Trade::Farm)?;
        let subjects = [Subject::Village, Subject::Payee(payee)];
        let act = village.begin(self.name(), Kind::LookAlike, &subjects);
        let amounts = ladder(dice, 40);
        for (date, amount) in spaced(dice, from, to, amounts.len()).into_iter().zip(amounts) {
            let purchase = from_payee(village, payee, amount);
            let voucher = village.spend(dice, date, purchase);
            village.mark(voucher, act);
        }
        Some(())
    }
}

/// Amounts in fen that rise by one step or sometimes by two, in random order.
fn ladder(dice: &mut Dice, count: usize) -> Vec<i64> {
    let step = dice.one_of([250, 350, 400, 600, 650, 700]);
    let mut amount = dice.between(260, 480) * 100;
    let mut amounts = Vec::with_capacity(count);
    for _ in 0..count {
        amounts.push(amount);
        amount += if dice.chance(0.15) { 2 * step } else { step };
    }
    dice.shuffle(&mut amounts);
    amounts
}
