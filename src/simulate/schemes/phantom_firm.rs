//! A firm occurs once, with a large invoice. Look-alike: a specialist under contract, or a compensation.

use super::scheme::Scheme;
use super::trail::{director, spaced, workers};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::Use;
use crate::simulate::manner::Manner;
use crate::simulate::ordinary::specialists::newcomer;
use crate::simulate::payment::Purchase;
use crate::simulate::price::{Habit, free};
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;
use crate::simulate::voucher::{Document, Words};

#[derive(Debug)]
pub(super) struct PhantomFirm;

impl Scheme for PhantomFirm {
    fn name(&self) -> &'static str {
        "phantom_firm"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, from, to) = director(village);
        let days = {
            let firms = manner.count(dice, 1, 3);
            spaced(dice, from, Day(to.0 - 30), firms)
        };
        let age = |dice: &mut Dice| manner.days(dice, [(3, 60), (30, 500), (3, 900)]);
        let firms: Vec<(usize, Day)> = days
            .into_iter()
            .map(|date| {
                let since = Day(date.0 - age(dice));
                (newcomer(village, dice, since), date)
            })
            .collect();
        let subjects = firms.iter().map(|(firm, _)| Subject::Payee(*firm));
        let subjects: Vec<Subject> = subjects.chain([Subject::Official(officer)]).collect();
        let act = village.begin(self.name(), manner.kind, &subjects);
        for (firm, date) in firms {
            let (usage, summary) = dice.one_of([
                (Use::Admin, "付资料制作费"),
                (Use::Production, "付技术服务费"),
                (Use::Works, "付环境整治费"),
            ]);
            let usual = manner.blend([9_500.0, 5_500.0, 4_500.0]);
            let amount = free(dice, usual, 0.7, Habit::Tens);
            // Sometimes a second invoice follows.
            let more = usize::from(dice.chance(0.25));
            for place in 0..=more {
                let date = Day(date.0 + i32::try_from(place * 21).unwrap_or(0));
                let amount = if place == 0 { amount } else { amount / 3 * 2 };
                let summary = Words::Borrowed(summary);
                let document = Document::Invoice;
                let purchase = Purchase { usage, payee: firm, amount, summary, document };
                village.spend_as(dice, date.min(to), purchase, (officer, act));
            }
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        if dice.chance(0.5) {
            return compensation(village, dice);
        }
        specialist(village, dice);
        Some(())
    }
}

/// A well is drilled once, under contract.
fn specialist(village: &mut Village<'_>, dice: &mut Dice) {
    let date = village.span.some_day(dice);
    let firm = newcomer(village, dice, Day(date.0 - 40));
    let amount = free(dice, 9_500.0, 0.5, Habit::Tens);
    let signed = Day(date.0 - 25);
    let contract = village.contract("service", firm, amount, signed, 120, false);
    let decision = village.decide(dice, "专项服务", amount, signed);
    let act = village.begin("phantom_firm", Kind::LookAlike, &[Subject::Payee(firm)]);
    let summary = Words::Borrowed("付打井工程款");
    let purchase = Purchase {
        usage: Use::Production,
        payee: firm,
        amount,
        summary,
        document: Document::Invoice,
    };
    let voucher = village.spend(dice, date, purchase);
    for slip in village.slips(voucher) {
        slip.contract = Some(contract.clone());
        slip.decision = Some(decision.clone());
    }
    village.mark(voucher, act);
}

/// Families are compensated once for land that is taken.
fn compensation(village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
    let date = village.span.some_day(dice);
    let mut families = workers(village, dice);
    families.truncate(dice.count(3, 6));
    families.first()?;
    let decision = village.decide(dice, "征占补偿", 3_000_000, Day(date.0 - 15));
    let subjects: Vec<Subject> = families.iter().map(|one| Subject::Payee(*one)).collect();
    let act = village.begin("phantom_firm", Kind::LookAlike, &subjects);
    for payee in families {
        let amount = free(dice, 6_500.0, 0.5, Habit::Metered);
        let summary = Words::Borrowed("付占地补偿款");
        let purchase =
            Purchase { usage: Use::Other, payee, amount, summary, document: Document::List };
        let voucher = village.spend(dice, date, purchase);
        for slip in village.slips(voucher) {
            slip.decision = Some(decision.clone());
        }
        village.mark(voucher, act);
    }
    Some(())
}
