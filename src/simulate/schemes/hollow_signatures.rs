//! All signatures are by one person or one family. Look-alike: a month with one name keyed into two fields, and a
//! relative who handled claims for a season.

use super::cover::Family;
use super::scheme::Scheme;
use super::trail::{approve_by, director, of_a_month, plain};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::manner::Manner;
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;

#[derive(Debug)]
pub(super) struct HollowSignatures;

impl Scheme for HollowSignatures {
    fn name(&self) -> &'static str {
        "hollow_signatures"
    }

    fn own(&self) -> &'static [Family] {
        &[Family::Witness]
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, from, to) = director(village);
        let kin = relatives(village, officer);
        let found =
            plain(village, dice, |line, date| line.amount > 40_000 && from < date && date < to);
        found.first()?;
        let act = village.begin(self.name(), manner.kind, &[Subject::Official(officer)]);
        let taken = manner.count(dice, 7, 14);
        for voucher in found.into_iter().take(taken) {
            if manner.leaves(dice, [1.0, 0.75, 0.7]) {
                approve_by(village, voucher, officer);
            }
            if !manner.leaves(dice, [1.0, 0.7, 0.55]) {
                village.mark(voucher, act);
                continue;
            }
            let (way, relative) = (dice.count(0, 3), dice.any(&kin));
            for slip in village.slips(voucher) {
                match (way, relative) {
                    (0, Some(relative)) => {
                        slip.handler = Some(relative);
                        slip.witness = Some(relative);
                    }
                    (1, _) => slip.witness = slip.approver,
                    (2, Some(relative)) => slip.witness = Some(relative),
                    (_, Some(relative)) => slip.handler = Some(relative),
                    (_, None) => slip.witness = slip.handler,
                }
            }
            village.mark(voucher, act);
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let (officer, ..) = director(village);
        let relative = dice.any(&relatives(village, officer)).filter(|_| dice.chance(0.5));
        let start = village.span.some_day(dice);
        let found = match relative {
            Some(_) => plain(village, dice, |_, date| start <= date && date <= Day(start.0 + 120)),
            None => of_a_month(village, dice, |_, _| true),
        };
        found.first()?;
        let act = village.begin(self.name(), Kind::LookAlike, &[Subject::Official(officer)]);
        for voucher in found.into_iter().take(60) {
            for slip in village.slips(voucher) {
                match relative {
                    Some(relative) => slip.handler = Some(relative),
                    None => slip.witness = slip.handler,
                }
            }
            village.mark(voucher, act);
        }
        Some(())
    }
}

/// Close relatives of an officer who hold no post.
fn relatives(village: &Village<'_>, officer: usize) -> Vec<usize> {
    let year = i32::from(village.span.first_year);
    let mut kin = village.kin.near(officer, 2);
    kin.retain(|who| {
        let person = village.person(*who);
        !village.is_official(*who)
            && (20..=65).contains(&person.age(year))
            && person.death.is_none()
    });
    kin
}
