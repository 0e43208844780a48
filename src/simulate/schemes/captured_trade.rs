//! One firm takes over most of what a village buys. Look-alike: the winner of a tendered frame contract.

use super::scheme::Scheme;
use super::trail::{plain, some_payee, usual};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::Class;
use crate::simulate::manner::Manner;
use crate::simulate::payee::Trade;
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;

#[derive(Debug)]
pub(super) struct CapturedTrade;

impl Scheme for CapturedTrade {
    fn name(&self) -> &'static str {
        "captured_trade"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let share = manner.blend([0.4, 0.25, 0.2]) * dice.share(0.7, 1.3);
        plant(village, dice, (self.name(), manner.kind), (None, share))
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let share = dice.share(0.3, 0.5);
        plant(village, dice, (self.name(), Kind::LookAlike), (Some("frame"), share))
    }
}

/// Most vouchers taken, however large the village is.
const MOST: usize = 24;

/// Moves many purchases of one class to one firm, under a contract of this kind if given.
fn plant(
    village: &mut Village<'_>,
    dice: &mut Dice,
    (name, kind): (&'static str, Kind),
    (contract, share): (Option<&'static str>, f64),
) -> Option<()> {
    let trade = dice.one_of([Trade::Shop, Trade::Print, Trade::Farm, Trade::Materials]);
    let firm = some_payee(village, dice, trade)?;
    let class = usual(trade).0.class();
    let accounts: &[&str] = match class {
        Class::Production => &["502", "511", "121"],
        Class::Construction => &["153", "154"],
        _ => &["541", "513", "551", "514"],
    };
    // Only vouchers with a single payment are taken, so that other firms keep some purchases.
    let places = plain(village, dice, |line, _| accounts.contains(&line.account));
    places.first()?;
    let first = village.span.first();
    let contract = contract
        .map(|kind| village.contract(kind, firm, 20_000_000, Day(first.0 - 15), 1_900, true));
    let act = village.begin(name, kind, &[Subject::Village, Subject::Payee(firm)]);
    let taken: Vec<usize> = places.into_iter().filter(|_| dice.chance(share)).take(MOST).collect();
    for place in taken {
        for slip in village.slips(place) {
            slip.payee = firm;
            slip.contract.clone_from(&contract);
        }
        village.mark(place, act);
    }
    Some(())
}
