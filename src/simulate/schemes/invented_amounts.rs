//! Lists of work that was never done, with invented amounts. Look-alike: day wages.

use super::scheme::Scheme;
use super::trail::{director, spaced, workers};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::Use;
use crate::simulate::manner::Manner;
use crate::simulate::payment::Purchase;
use crate::simulate::price::{Habit, free};
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;
use crate::simulate::voucher::Document;

#[derive(Debug)]
pub(super) struct InventedAmounts;

impl Scheme for InventedAmounts {
    fn name(&self) -> &'static str {
        "invented_amounts"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (_, from, _) = director(village);
        lists(village, dice, (self.name(), manner), from)
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let ((_, from, _), wages) = (director(village), day_wages(dice));
        plant(village, dice, (self.name(), Kind::LookAlike, Document::List), (from, 40), wages)
    }
}

/// Amounts equal to a daily wage times a number of days.
pub(super) fn day_wages(dice: &mut Dice) -> impl Fn(&mut Dice) -> i64 + use<> {
    let wage = dice.one_of([12_000, 13_000, 15_000, 16_000]);
    move |dice| wage * dice.between(1, 12)
}

/// An amount as people invent it: high first digits, few zeros and fives, some repeated amounts.
pub(super) fn invented(dice: &mut Dice) -> i64 {
    if dice.chance(0.2) {
        return dice.one_of([36_800, 48_600, 67_500, 78_600, 86_800, 96_300]);
    }
    let first = dice.one_of([3, 4, 4, 5, 6, 6, 7, 7, 8, 8, 9]);
    let second = dice.one_of([1, 2, 3, 4, 6, 6, 7, 7, 8, 8, 9]);
    let third = dice.one_of([0, 1, 2, 3, 4, 6, 7, 8, 9]);
    let hundreds = (first * 100 + second * 10 + third) * 100;
    if dice.chance(0.2) { hundreds * 10 } else { hundreds }
}

/// Lists of work without a standard wage: amounts are invented, or agreed case by case by honest people.
pub(super) fn lists(
    village: &mut Village<'_>,
    dice: &mut Dice,
    (name, manner): (&'static str, &Manner),
    from: Day,
) -> Option<()> {
    let is_own_slip = manner.leaves(dice, [0.8, 0.35, 0.5]);
    let document = if is_own_slip { Document::SelfMade } else { Document::List };
    let payments = manner.count(dice, 25, 48);
    // Careful offenders copy amounts that were paid for real work.
    let real = manner.blend([0.0, 0.4, 0.6]);
    plant(village, dice, (name, manner.kind, document), (from, payments), |dice| {
        if dice.chance(real) { free(dice, 560.0, 0.8, Habit::Yuan) } else { invented(dice) }
    })
}

/// Lists of work from a day to the end of the term.
pub(super) fn plant(
    village: &mut Village<'_>,
    dice: &mut Dice,
    (name, kind, document): (&'static str, Kind, Document),
    (from, payments): (Day, usize),
    amount: impl Fn(&mut Dice) -> i64,
) -> Option<()> {
    let (officer, _, to) = director(village);
    let workers = workers(village, dice);
    let act = village.begin(name, kind, &[Subject::Village, Subject::Official(officer)]);
    for date in spaced(dice, from, to, payments) {
        let payee = dice.favourite(&workers)?;
        let (usage, summary) = dice.one_of([
            (Use::Welfare, "付保洁用工款"),
            (Use::Production, "付基地用工款"),
            (Use::Production, "付除草用工款"),
            (Use::Works, "付修渠用工款"),
        ]);
        let purchase =
            Purchase { usage, payee, amount: amount(dice), summary: summary.into(), document };
        village.spend_as(dice, date, purchase, (officer, act));
    }
    Some(())
}
