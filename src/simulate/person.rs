//! Persons. All are invented: each name has 模 ("simulated") in the middle, then a number.

use super::chance::{Dice, Draw};
use crate::ledger::contract::cell::Day;
use rand::RngCore;

/// Surnames that a lineage can have.
pub(crate) const SURNAMES: [&str; 12] =
    ["张", "李", "王", "刘", "陈", "杨", "黄", "周", "吴", "徐", "孙", "胡"];

#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) male: bool,
    pub(crate) birth_year: i32,
    pub(crate) death: Option<Day>,
    pub(crate) household: Option<String>,
    /// The person's own bank account.
    pub(crate) account: String,
}

impl Person {
    /// Person number `serial` of the place with this code.
    pub(crate) fn new(dice: &mut Dice, place: &str, serial: usize, surname: &str) -> Self {
        Self {
            id: format!("P-{place}-{serial:04}"),
            name: format!("{surname}模{serial:03}"),
            male: dice.chance(0.5),
            birth_year: 1970,
            death: None,
            household: None,
            account: account(dice),
        }
    }

    /// Age in a calendar year.
    pub(crate) fn age(&self, year: i32) -> i32 {
        year - self.birth_year
    }

    /// Whether the person is alive on a day.
    pub(crate) fn lives(&self, date: Day) -> bool {
        self.death.is_none_or(|death| date < death)
    }
}

/// An account id that cannot be a card number.
pub(crate) fn account(dice: &mut Dice) -> String {
    format!("ACC-{:012x}", dice.next_u64() >> 16)
}

/// A telephone number that cannot be dialled.
pub(crate) fn phone(dice: &mut Dice) -> String {
    format!("TEL-{:07}", dice.between(0, 9_999_999))
}
