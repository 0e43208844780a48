//! Every kind of act and placebo, by family.

mod advances;
pub(super) mod card;
mod contracts;
mod duplicates;
mod ghosts;
mod headings;
mod honest;
mod honest_lists;
mod kin;
mod lists;
mod prices;
mod procedure;
mod splitting;

use serde::{Deserialize, Serialize};

use crate::ledger::book::Book;
use card::KindCard;

static KINDS: &[KindCard] = &[
    splitting::OVER_DAYS,
    splitting::AMONG_LINKED,
    splitting::ACROSS_SIGNERS,
    splitting::SERIAL,
    duplicates::SAME_PAYEE,
    duplicates::OTHER_PAYEE,
    duplicates::OTHER_VILLAGE,
    duplicates::TWICE_ON_LIST,
    prices::RAISED,
    prices::REWORKED,
    prices::INVENTED_LIST,
    ghosts::PERSON,
    ghosts::FIRM,
    ghosts::REVIVED,
    ghosts::SHARED_ACCOUNT,
    ghosts::LEVY,
    kin::FIRM,
    kin::OWN_FIRM,
    kin::OWN_CLAIMS,
    kin::HIRED,
    kin::ON_LIST,
    lists::DEAD,
    lists::INELIGIBLE,
    lists::UNKNOWN,
    lists::OVER_STANDARD,
    lists::DIVERTED,
    advances::UNSETTLED,
    advances::ROLLED,
    headings::DISGUISED,
    headings::NO_PAPERS,
    headings::SERVICE_FEE,
    headings::YEAR_END,
    procedure::NO_DECISION,
    procedure::UNSIGNED,
    procedure::BACKDATED,
    procedure::CASH,
    procedure::KEYED_LATE,
    contracts::SUPPLEMENT,
    contracts::ABOVE,
    contracts::ROUND_TRIP,
    honest::REENTERED,
    honest::REPEAT,
    honest::STANDING_FEE,
    honest::IN_PARTS,
    honest::KIN_SUPPLIER,
    honest::OWN_CLAIM,
    honest::REVERSED,
    honest::NEW_PAYEE,
    honest::PRICE_VARIED,
    honest::LATE_APPROVAL,
    honest::NEW_ACCOUNT,
    honest::LARGE,
    honest::SLOPPY,
    honest::REWORDED,
    honest::YEAR_END,
    honest::RETURNING,
    honest::OTHER_VILLAGE,
    honest::SMALL_CASH,
    honest::KEYED_LATE,
    honest::FEW_PAPERS,
    honest::ANOTHER_HEADING,
    honest::INSTALMENT,
    honest::ADVANCE,
    honest_lists::ADDED,
    honest_lists::FAMILY,
    honest_lists::HOUSEHOLD_ACCOUNT,
    honest_lists::CORRECTED,
    honest_lists::HIRED,
    honest_lists::DIED,
];

/// Every kind: acts first, then placebos.
pub fn kinds() -> &'static [KindCard] {
    KINDS
}

/// One kind, as an index into [`kinds`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Kind(u8);

impl Kind {
    /// Every kind, in the order of [`kinds`].
    pub fn all() -> impl Iterator<Item = Self> {
        (0..).take(KINDS.len()).map(Self)
    }

    /// The kind with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|kind| kind.card().name == name)
    }

    /// The description of the kind.
    pub fn card(self) -> &'static KindCard {
        KINDS.get(usize::from(self.0)).unwrap_or(&splitting::OVER_DAYS)
    }

    /// The name of the kind.
    pub fn name(self) -> &'static str {
        self.card().name
    }
}

impl TryFrom<String> for Kind {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Self::named(&name).ok_or_else(|| format!("there is no kind `{name}` to plant"))
    }
}

impl From<Kind> for String {
    fn from(kind: Kind) -> Self {
        kind.name().to_owned()
    }
}

/// The kinds that a book cannot hold, each with the first missing table or column.
pub(super) fn lacking(book: &Book) -> Vec<(Kind, &'static str)> {
    let mut held: Vec<(&str, &str)> = Vec::new();
    let ledger = book.lines.filled().into_iter().map(|(field, rows)| ("ledger", field, rows));
    for (table, field, rows) in ledger.chain(book.companions.filled()) {
        if rows > 0 {
            held.push((table, field));
        }
    }
    let has = |need: &str| match need.split_once('.') {
        // Payments without payee ids are identified by the payee's name.
        Some(("ledger", "payee")) => {
            held.contains(&("ledger", "payee")) || held.contains(&("ledger", "payee_name"))
        }
        Some((table, field)) => held.contains(&(table, field)),
        None => held.iter().any(|(table, _)| *table == need),
    };
    let missing =
        |kind: Kind| kind.card().needs.iter().find(|need| !has(need)).map(|need| (kind, *need));
    Kind::all().filter_map(missing).collect()
}
