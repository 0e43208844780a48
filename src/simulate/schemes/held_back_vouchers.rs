//! Invoices that are claimed or keyed months late. Look-alike: a month in which the clerk was ill, and a supplier
//! whose bills were in dispute.

use super::cover::Family;
use super::scheme::Scheme;
use super::trail::{director, of_a_month, plain};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::closing::at;
use crate::simulate::manner::Manner;
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;

#[derive(Debug)]
pub(super) struct HeldBackVouchers;

impl Scheme for HeldBackVouchers {
    fn name(&self) -> &'static str {
        "held_back_vouchers"
    }

    fn own(&self) -> &'static [Family] {
        &[Family::Keying]
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, from, to) = director(village);
        let found = plain(village, dice, |_, date| from < date && date < to);
        found.first()?;
        let subjects = [Subject::Village, Subject::Official(officer)];
        let act = village.begin(self.name(), manner.kind, &subjects);
        let many = manner.count(dice, 10, 26);
        for voucher in found.into_iter().take(many) {
            if dice.chance(0.5) {
                let days = manner.days(dice, [(60, 220), (40, 120), (30, 180)]);
                for slip in village.slips(voucher) {
                    slip.document_date = slip.document_date.map(|day| Day(day.0 - days));
                }
            } else {
                key_late(village, dice, voucher, (60, 180));
            }
            village.mark(voucher, act);
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let disputed = dice.chance(0.5);
        let found = of_a_month(village, dice, |_, _| true);
        let first = *found.first()?;
        let payee = village.slips(first).map(|slip| slip.payee).next();
        let found = if disputed {
            plain(village, dice, |line, _| line.slip.as_ref().map(|slip| slip.payee) == payee)
        } else {
            found
        };
        found.first()?;
        let act = village.begin(self.name(), Kind::LookAlike, &[Subject::Village]);
        let many = if disputed { dice.count(5, 9) } else { 40 };
        for voucher in found.into_iter().take(many) {
            if disputed {
                let (days, reviewer) = (days(dice, 90, 200), dice.count(0, 1));
                for slip in village.slips(voucher) {
                    slip.document_date = slip.document_date.map(|day| Day(day.0 - days));
                    slip.reviewer = Some(reviewer);
                }
            } else {
                key_late(village, dice, voucher, (40, 75));
            }
            village.mark(voucher, act);
        }
        Some(())
    }
}

fn key_late(village: &mut Village<'_>, dice: &mut Dice, voucher: usize, (least, most): (i64, i64)) {
    let late = Day(village.voucher(voucher).date.0 + days(dice, least, most));
    village.voucher(voucher).entered = Some(at(late, dice.between(32_400, 61_000)));
}

fn days(dice: &mut Dice, least: i64, most: i64) -> i32 {
    i32::try_from(dice.between(least, most)).unwrap_or(60)
}
