//! Payees: shops, builders, carriers, offices, utilities and persons.

use super::chance::{Dice, Draw};
use super::person::{self, Person};
use crate::ledger::contract::cell::Day;

/// What a payee is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trade {
    Shop,
    Print,
    Restaurant,
    Repair,
    Farm,
    Machine,
    Materials,
    Builder,
    Appliance,
    Power,
    Water,
    Telecom,
    Office,
    Labour,
}

impl Trade {
    /// The word in a firm's name.
    fn word(self) -> &'static str {
        match self {
            Self::Shop => "综合商店",
            Self::Print => "图文广告",
            Self::Restaurant => "饭店",
            Self::Repair => "维修部",
            Self::Farm => "农资经营部",
            Self::Machine => "农机服务队",
            Self::Materials => "建材经营部",
            Self::Builder => "建筑工程队",
            Self::Appliance => "电器商行",
            Self::Power => "供电所",
            Self::Water => "供水站",
            Self::Telecom => "通信营业厅",
            Self::Office => "服务中心",
            Self::Labour => "劳务",
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Payee {
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) trade: Trade,
    /// Index of the person, if the payee is a person.
    pub(crate) person: Option<usize>,
    /// Index of the firm's owner.
    pub(crate) owner: Option<usize>,
    pub(crate) phone: Option<String>,
    pub(crate) address: Option<String>,
    pub(crate) first_seen: Option<Day>,
    pub(crate) account: String,
}

impl Payee {
    /// A firm in the place with this code.
    pub(crate) fn firm(
        dice: &mut Dice,
        place: &str,
        serial: usize,
        trade: Trade,
        owner: Option<usize>,
    ) -> Self {
        let kind = match trade {
            Trade::Power | Trade::Water | Trade::Telecom => "utility",
            Trade::Office => "government",
            _ => "firm",
        };
        Self {
            id: format!("R-{place}-{serial:04}"),
            kind,
            name: format!(
                "模拟{}{serial:02}号{}",
                place.get(6..).unwrap_or_default(),
                trade.word()
            ),
            trade,
            person: None,
            owner,
            phone: Some(person::phone(dice)),
            address: Some(format!(
                "模拟{}街{}号",
                place.get(6..).unwrap_or_default(),
                dice.between(1, 300)
            )),
            first_seen: Some(Day(14_000 + i32::try_from(dice.between(0, 900)).unwrap_or(0))),
            account: person::account(dice),
        }
    }

    pub(crate) fn person(
        dice: &mut Dice,
        place: &str,
        serial: usize,
        who: usize,
        person: &Person,
    ) -> Self {
        Self {
            id: format!("R-{place}-{serial:04}"),
            kind: "person",
            name: person.name.clone(),
            trade: Trade::Labour,
            person: Some(who),
            owner: None,
            phone: dice.chance(0.9).then(|| person::phone(dice)),
            address: person.household.clone(),
            first_seen: Some(Day(14_000)),
            account: person.account.clone(),
        }
    }
}
