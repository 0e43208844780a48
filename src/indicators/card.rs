//! What an indicator asks, of whom, by what means, and what it needs to know.

use serde::{Deserialize, Serialize};

use super::basis::Basis;
use crate::ledger::subject::Grain;

/// By what means an indicator speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// A written rule is not kept.
    Rule,
    /// Something is statistically unusual.
    Statistic,
    /// Two tables meet.
    Match,
    /// Many subjects and their ties are seen at once.
    Network,
}

impl Class {
    /// Its word in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Statistic => "statistic",
            Self::Match => "match",
            Self::Network => "network",
        }
    }
}

/// How a reading is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// The value is -log10 of a p-value: 2 marks one honest subject in a hundred.
    NegLog10P,
    /// The value has a meaning of its own, which the page tells.
    Size {
        /// A subject is marked from this value on.
        mark: f32,
        /// The share of the answering subjects of an honest county that are marked, at most.
        honest: f32,
    },
}

impl Scale {
    /// Of a written rule: every value above 0 is marked. For want of a record, or for a reason that the
    /// ledger does not show, up to this share of honest subjects seem to break it.
    pub(super) const fn rule(honest: f32) -> Self {
        Self::Size { mark: f32::MIN_POSITIVE, honest }
    }

    /// A subject is marked from this value on.
    pub fn mark(self) -> f32 {
        match self {
            Self::NegLog10P => 2.0,
            Self::Size { mark, .. } => mark,
        }
    }

    /// The share of honest subjects that are marked.
    pub fn honest(self) -> f32 {
        match self {
            Self::NegLog10P => 0.01,
            Self::Size { honest, .. } => honest,
        }
    }
}

/// What an indicator is evidence for. The same act is counted once in each scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// Payments kept under a limit.
    Splitting,
    /// Benefit to oneself or to relatives.
    KinBenefit,
    /// Payments that repeat others.
    Duplicate,
    /// Money outside the book.
    OffBook,
    /// Spending booked to another account, or not told what for.
    Misposting,
    /// Amounts that were not arrived at by counting.
    InventedAmounts,
    /// Signatures, stamps and decisions that a payment needed.
    Procedure,
    /// Payees who are not what they seem.
    Ghost,
    /// Collective money lent out or parked with somebody.
    Advances,
    /// Spending out of its season, its level or its usual mix.
    UnusualSpending,
    /// Records written late, or at hours when nobody writes them.
    LateRecords,
    /// People who serve each other, in one village or across many.
    Collusion,
}

impl Scheme {
    /// Every scheme.
    pub const ALL: [Self; 12] = [
        Self::Splitting,
        Self::KinBenefit,
        Self::Duplicate,
        Self::OffBook,
        Self::Misposting,
        Self::InventedAmounts,
        Self::Procedure,
        Self::Ghost,
        Self::Advances,
        Self::UnusualSpending,
        Self::LateRecords,
        Self::Collusion,
    ];

    /// The scheme of this word, if there is one.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scheme| scheme.word() == word)
    }

    /// Its word in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Splitting => "splitting",
            Self::KinBenefit => "kin_benefit",
            Self::Duplicate => "duplicate",
            Self::OffBook => "off_book",
            Self::Misposting => "misposting",
            Self::InventedAmounts => "invented_amounts",
            Self::Procedure => "procedure",
            Self::Ghost => "ghost",
            Self::Advances => "advances",
            Self::UnusualSpending => "unusual_spending",
            Self::LateRecords => "late_records",
            Self::Collusion => "collusion",
        }
    }
}

/// What an indicator asks, of whom, and what it needs to know.
#[derive(Debug, Clone, Copy)]
pub struct Card {
    /// Its one name: file, column, settings key and argument of `explain`.
    pub name: &'static str,
    /// At most five words, without a stop.
    pub title: &'static str,
    /// The same in Chinese.
    pub title_zh: &'static str,
    /// What its readings belong to.
    pub grain: Grain,
    /// By what means it speaks.
    pub class: Class,
    /// What it is evidence for.
    pub scheme: Scheme,
    /// How its readings are to be taken.
    pub scale: Scale,
    /// The tables (`limits`) and columns (`ledger.payee`) without which it cannot be asked.
    pub requires: &'static [&'static str],
    /// The written rules that it rests on; a rule has one at least, and asks only of payments on whose
    /// day one of them was in force.
    pub basis: &'static [Basis],
    /// The schemes of the simulated county that it should see, as `docs/simulated-county.md` and the files of
    /// `src/simulate/schemes` name them; not to be taken for `scheme`, which says what it is evidence for.
    pub faces: &'static [&'static str],
    /// The page for people.
    pub page: &'static str,
    /// The same page in Chinese.
    pub page_zh: &'static str,
}
