//! Many claims are approved on one day, before they are submitted. Look-alike: a settlement day on which a month's
//! claims are approved and paid.

use super::cover::Family;
use super::scheme::Scheme;
use super::trail::{director, of_a_month, plain, spaced};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::manner::Manner;
use crate::simulate::price::part;
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;
use crate::simulate::voucher::Line;

#[derive(Debug)]
pub(super) struct StampedInBulk;

impl Scheme for StampedInBulk {
    fn name(&self) -> &'static str {
        "stamped_in_bulk"
    }

    fn own(&self) -> &'static [Family] {
        &[Family::Approval, Family::Signer]
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, from, to) = director(village);
        let by_officer =
            |line: &Line| line.slip.as_ref().is_some_and(|slip| slip.approver == Some(officer));
        let found = plain(village, dice, |line, date| by_officer(line) && from < date && date < to);
        found.first()?;
        let act = village.begin(self.name(), manner.kind, &[Subject::Official(officer)]);
        let sittings = manner.count(dice, 2, 4);
        let lead = manner.blend([30.0, 18.0, 12.0]) * dice.share(0.6, 1.4);
        let lead = i32::try_from(part(1, lead)).unwrap_or(20);
        for sitting in spaced(dice, from, Day(to.0 - 40), sittings) {
            let days = sitting.0..=sitting.0 + lead;
            let size = manner.count(dice, 7, 14);
            let stack: Vec<usize> = found
                .iter()
                .copied()
                .filter(|place| days.contains(&village.voucher(*place).date.0))
                .take(size)
                .collect();
            for voucher in stack {
                for slip in village.slips(voucher) {
                    slip.approved = Some(sitting);
                    slip.document_date = slip.document_date.map(|day| day.min(sitting));
                }
                village.mark(voucher, act);
            }
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let (officer, ..) = director(village);
        let stacks: Vec<Vec<usize>> =
            (0..dice.count(2, 4)).map(|_| of_a_month(village, dice, |_, _| true)).collect();
        stacks.iter().flatten().next()?;
        let act = village.begin(self.name(), Kind::LookAlike, &[Subject::Official(officer)]);
        for mut stack in stacks {
            stack.truncate(dice.count(12, 25));
            let settled = stack.iter().map(|place| village.voucher(*place).date).max();
            for (voucher, day) in stack.into_iter().zip(settled.into_iter().cycle()) {
                village.voucher(voucher).date = day;
                for slip in village.slips(voucher) {
                    slip.approved = Some(day);
                }
                village.mark(voucher, act);
            }
        }
        Some(())
    }
}
