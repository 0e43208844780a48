//! Approval after payment. Look-alike: emergencies approved within days, and late keying.

use super::cover::Family;
use super::scheme::Scheme;
use super::trail::{approve_by, director, plain};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::closing::at;
use crate::simulate::manner::Manner;
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;

#[derive(Debug)]
pub(super) struct BackdatedApproval;

impl Scheme for BackdatedApproval {
    fn name(&self) -> &'static str {
        "backdated_approval"
    }

    fn own(&self) -> &'static [Family] {
        &[Family::Approval]
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, from, to) = director(village);
        let found =
            plain(village, dice, |line, date| line.amount > 30_000 && from < date && date < to);
        found.first()?;
        let act = village.begin(self.name(), manner.kind, &[Subject::Official(officer)]);
        let taken = manner.count(dice, 6, 13);
        for (place, voucher) in found.into_iter().take(taken).enumerate() {
            if manner.leaves(dice, [1.0, 0.8, 0.6]) {
                approve_by(village, voucher, officer);
            }
            let date = village.voucher(voucher).date;
            let lag = manner.days(dice, [(6, 45), (2, 15), (1, 18)]);
            let before_the_document = place > 0 && dice.chance(0.4);
            for slip in village.slips(voucher) {
                if before_the_document {
                    slip.document_date = slip.approved.map(|day| Day(day.0 + lag));
                } else {
                    slip.approved = Some(Day(date.0 + lag));
                }
            }
            village.mark(voucher, act);
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let found = plain(village, dice, |_, _| true);
        found.first()?;
        let act = village.begin(self.name(), Kind::LookAlike, &[]);
        for voucher in found.into_iter().take(dice.count(6, 13)) {
            let date = village.voucher(voucher).date;
            if dice.chance(0.5) {
                let late = Day(date.0 + days(dice, 40, 120));
                village.voucher(voucher).entered = Some(at(late, dice.between(32_400, 61_000)));
            } else {
                let (lag, reviewer) = (days(dice, 1, 3), dice.count(0, 1));
                for slip in village.slips(voucher) {
                    slip.approved = Some(Day(date.0 + lag));
                    slip.reviewer = Some(reviewer);
                    slip.stamp = Some(true);
                }
            }
            village.mark(voucher, act);
        }
        Some(())
    }
}

fn days(dice: &mut Dice, least: i64, most: i64) -> i32 {
    i32::try_from(dice.between(least, most)).unwrap_or(1)
}
