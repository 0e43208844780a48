//! Lists with invented amounts begin in the middle of a term. Look-alike: a new programme of day work.

use super::invented_amounts::{day_wages, lists, plant};
use super::scheme::Scheme;
use super::trail::director;
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::manner::Manner;
use crate::simulate::records::Kind;
use crate::simulate::village::Village;
use crate::simulate::voucher::Document;

#[derive(Debug)]
pub(super) struct LateInvention;

impl Scheme for LateInvention {
    fn name(&self) -> &'static str {
        "late_invention"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let from = start(village, dice);
        lists(village, dice, (self.name(), manner), from)
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let (from, wages) = (start(village, dice), day_wages(dice));
        plant(village, dice, (self.name(), Kind::LookAlike, Document::List), (from, 40), wages)
    }
}

/// A day in the second or third fifth of the longest term.
fn start(village: &Village<'_>, dice: &mut Dice) -> Day {
    let (_, from, to) = director(village);
    let length = i64::from(to.0 - from.0);
    let later = dice.between(length / 5, length * 3 / 5);
    Day(from.0 + i32::try_from(later).unwrap_or(0))
}
