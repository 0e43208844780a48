//! Advances to an officer stay unsettled. Look-alike: project advances that are decided and settled.

use super::scheme::Scheme;
use super::trail::{approve_by, director, longest, spaced};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::manner::Manner;
use crate::simulate::ordinary::advances::advance;
use crate::simulate::price::{Habit, free};
use crate::simulate::records::{Kind, Post, Subject};
use crate::simulate::village::Village;

#[derive(Debug)]
pub(super) struct AdvanceOutstanding;

impl Scheme for AdvanceOutstanding {
    fn name(&self) -> &'static str {
        "advance_outstanding"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        // A careful offender lets a colleague borrow; honest borrowers hold any post.
        let by_director = manner.leaves(dice, [0.95, 0.5, 0.4]);
        let (officer, from, to) =
            if by_director { director(village) } else { longest(village, Post::Committee, 1) };
        let act = village.begin(self.name(), manner.kind, &[Subject::Official(officer)]);
        let advances = manner.count(dice, 2, 4);
        for date in spaced(dice, from, Day(to.0 - 100), advances) {
            let amount = free(dice, 6_500.0, 0.6, Habit::Hundreds);
            // Offenders repay some advances before an audit; honest people usually repay, but late.
            let days = manner.days(dice, [(200, 500), (150, 400), (70, 400)]);
            let stays = manner.leaves(dice, [0.95, 0.6, 0.3]);
            let settled = (!stays).then_some(Day(date.0 + days));
            let Some(voucher) = advance(village, dice, (officer, date, amount), settled) else {
                continue;
            };
            let second = village.second(officer, date);
            approve_by(village, voucher, second);
            village.mark(voucher, act);
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let last = village.span.last();
        let advances = dice.count(2, 4);
        let dates = spaced(dice, village.span.first(), Day(last.0 - 200), advances);
        let person = village.holder(Post::Committee, 1, *dates.first()?);
        let act = village.begin(self.name(), Kind::LookAlike, &[Subject::Official(person)]);
        for date in dates {
            let amount = free(dice, 6_500.0, 0.6, Habit::Hundreds);
            let settled = Day(date.0 + i32::try_from(dice.between(60, 180)).unwrap_or(90));
            let decision = village.decide(dice, "项目备用金", amount, date);
            let voucher = advance(village, dice, (person, date, amount), Some(settled))?;
            let reviewer = dice.count(0, 1);
            for slip in village.slips(voucher) {
                slip.decision = Some(decision.clone());
                slip.reviewer = Some(reviewer);
            }
            village.mark(voucher, act);
        }
        Some(())
    }
}
