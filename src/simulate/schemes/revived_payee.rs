//! A payee returns with large claims after a long time. Look-alike: land rent paid every second year.

use super::scheme::Scheme;
use super::trail::workers;
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::Use;
use crate::simulate::manner::Manner;
use crate::simulate::payment::Purchase;
use crate::simulate::price::{Habit, free};
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;
use crate::simulate::voucher::{Document, Words};

/// Days without payment after which a return is unusual; a little more than 18 months.
const SILENCE: i32 = 560;

#[derive(Debug)]
pub(super) struct RevivedPayee;

impl Scheme for RevivedPayee {
    fn name(&self) -> &'static str {
        "revived_payee"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let last = village.span.last();
        let return_day = Day(last.0 - i32::try_from(dice.between(20, 200)).unwrap_or(60));
        let officer = village.approver_on(return_day);
        let mut silent = silent(village, dice, return_day);
        silent.truncate(manner.count(dice, 1, 2));
        silent.first()?;
        let subjects = silent.iter().map(|payee| Subject::Payee(*payee));
        let subjects: Vec<Subject> = subjects.chain([Subject::Official(officer)]).collect();
        let act = village.begin(self.name(), manner.kind, &subjects);
        for payee in silent {
            for turn in 0..dice.between(1, 3) {
                let date = Day(return_day.0 + i32::try_from(turn * 12).unwrap_or(0)).min(last);
                let (usage, summary) =
                    dice.one_of([(Use::Production, "付基地用工款"), (Use::Other, "付误工补助")]);
                let usual = manner.blend([5_200.0, 2_600.0, 2_200.0]);
                let amount = free(dice, usual, 0.7, Habit::Tens);
                let summary = Words::Borrowed(summary);
                let purchase = Purchase { usage, payee, amount, summary, document: Document::List };
                village.spend_as(dice, date, purchase, (officer, act));
            }
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let first =
            Day(village.span.first().0 + i32::try_from(dice.between(20, 200)).unwrap_or(60));
        let back = Day(first.0 + 730);
        let fallow = silent(village, dice, back);
        let owner = fallow.into_iter().find(|_| village.span.holds(back))?;
        let amount = free(dice, 5_200.0, 0.4, Habit::Tens);
        let contract = village.contract("land", owner, amount * 2, Day(first.0 - 10), 1_460, false);
        let act = village.begin(self.name(), Kind::LookAlike, &[Subject::Payee(owner)]);
        for date in [first, back] {
            let summary = Words::Borrowed("付土地流转租金");
            let purchase = Purchase {
                usage: Use::Production,
                payee: owner,
                amount,
                summary,
                document: Document::List,
            };
            let voucher = village.spend(dice, date, purchase);
            for slip in village.slips(voucher) {
                slip.contract = Some(contract.clone());
            }
            village.mark(voucher, act);
        }
        Some(())
    }
}

/// Workers with earlier payments, but none for a long time before this day and none after it.
fn silent(village: &Village<'_>, dice: &mut Dice, day: Day) -> Vec<usize> {
    let slips = village.vouchers.iter().flat_map(|voucher| {
        let slips = voucher.lines.iter().filter_map(|line| line.slip.as_ref());
        slips.map(|slip| (slip.payee, voucher.date))
    });
    let mut paid: Vec<(usize, Day)> = slips.collect();
    paid.sort_unstable();
    let is_silent = |payee: &usize| {
        let from = paid.partition_point(|(other, _)| other < payee);
        let own = paid.get(from..).unwrap_or(&[]).iter().take_while(|(other, _)| other == payee);
        own.clone().next().is_some() && own.clone().all(|(_, date)| date.0 + SILENCE < day.0)
    };
    let mut silent = workers(village, dice);
    silent.retain(is_silent);
    silent
}
