//! A contract of works is enlarged by supplements that nobody decided, and some of it is paid without any. Look-alike: one
//! supplement for difficult ground, decided.

use super::cover::Family;
use super::scheme::Scheme;
use super::trail::{approve_by, director, from_payee};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::manner::Manner;
use crate::simulate::ordinary::supplements::{Paid, Terms, of_works, supplement};
use crate::simulate::price::part;
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;

#[derive(Debug)]
pub(super) struct WorksSupplement;

/// Days that a supplement and its payment take, so that the works must end as long before the span does.
const ROOM: i32 = 90;

impl Scheme for WorksSupplement {
    fn name(&self) -> &'static str {
        "works_supplement"
    }

    fn own(&self) -> &'static [Family] {
        &[Family::Agreement]
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, from, to) = director(village);
        let works = some_works(village, dice, (from, to))?;
        let subjects = [Subject::Village, Subject::Payee(works.payee), Subject::Official(officer)];
        let act = village.begin(self.name(), manner.kind, &subjects);
        let count = manner.count(dice, 1, 4);
        let added = manner.blend([0.6, 0.3, 0.15]) * dice.share(0.7, 1.4);
        let share = added / f64::from(u8::try_from(count).unwrap_or(1));
        let first = manner.days(dice, [(5, 45), (30, 120), (20, 120)]);
        let mut signed = Day(works.signed.0 + first);
        for _ in 0..count {
            let amount = part(works.amount, share * dice.share(0.8, 1.2));
            let paid = Day(signed.0.max(works.signed.0 + 20) + days(dice, 8, 20)).min(to);
            let is_decided = !manner.leaves(dice, [0.95, 0.7, 0.3]);
            let terms = Terms { amount, signed: signed.min(paid), paid, is_decided };
            if let Some(voucher) = supplement(village, dice, &works, terms) {
                approve_by(village, voucher, officer);
                village.mark(voucher, act);
            }
            signed = Day(signed.0 + days(dice, 5, 20));
        }
        if manner.leaves(dice, [0.7, 0.35, 0.1]) {
            let amount = part(works.amount, dice.share(0.03, 0.25));
            let date = Day(works.last.0 + days(dice, 10, 40));
            overpay(village, dice, (&works, amount), date, act);
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let (_, from, to) = director(village);
        let works = some_works(village, dice, (from, to))?;
        let subjects = [Subject::Village, Subject::Payee(works.payee)];
        let act = village.begin(self.name(), Kind::LookAlike, &subjects);
        let signed = Day(works.last.0 - days(dice, 5, 15));
        let paid = Day(works.last.0 + days(dice, 5, 40));
        let amount = part(works.amount, dice.share(0.1, 0.3));
        let terms = Terms { amount, signed, paid, is_decided: true };
        let voucher = supplement(village, dice, &works, terms)?;
        village.mark(voucher, act);
        Some(())
    }
}

fn days(dice: &mut Dice, least: i64, most: i64) -> i32 {
    i32::try_from(dice.between(least, most)).unwrap_or(10)
}

/// Works of a term that were paid long enough before its end.
fn some_works(village: &Village<'_>, dice: &mut Dice, (from, to): (Day, Day)) -> Option<Paid> {
    let mut works = of_works(village);
    works.retain(|one| from <= one.signed && one.last.0 + ROOM <= to.0 && one.project.is_some());
    dice.shuffle(&mut works);
    works.into_iter().next()
}

/// Pays an instalment more than the contract has.
fn overpay(
    village: &mut Village<'_>,
    dice: &mut Dice,
    (works, amount): (&Paid, i64),
    date: Day,
    act: usize,
) {
    let voucher = village.spend(dice, date, from_payee(village, works.payee, amount));
    for slip in village.slips(voucher) {
        slip.contract = Some(works.contract.clone());
        slip.project.clone_from(&works.project);
    }
    village.mark(voucher, act);
}
