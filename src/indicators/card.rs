//! What an indicator asks, of whom, by what means, and what it needs to know.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::basis::Basis;
use crate::ledger::subject::Grain;

/// By what means an indicator speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
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
        self.into()
    }
}

/// How a reading is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// The value is -log10 of a p-value: 2 flags one subject in a hundred where nothing is wrong.
    NegLog10P,
    /// The value has a meaning of its own, which the page tells.
    Value {
        /// A subject is flagged from this value on.
        threshold: f32,
        /// The share of the subjects with a value that are flagged in a county without violations, at most.
        false_positives: f32,
    },
}

impl Scale {
    /// Of a written rule: every value above 0 is flagged. For want of a record, or for a reason that the
    /// ledger does not show, up to this share of subjects seem to break it where nothing is wrong.
    pub(super) const fn rule(false_positives: f32) -> Self {
        Self::Value { threshold: f32::MIN_POSITIVE, false_positives }
    }

    /// A subject is flagged from this value on.
    pub fn threshold(self) -> f32 {
        match self {
            Self::NegLog10P => 2.0,
            Self::Value { threshold, .. } => threshold,
        }
    }

    /// The share of subjects that are flagged where nothing is wrong.
    pub fn false_positives(self) -> f32 {
        match self {
            Self::NegLog10P => 0.01,
            Self::Value { false_positives, .. } => false_positives,
        }
    }
}

/// What an indicator is evidence for. The same act is counted once in each scheme.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    IntoStaticStr,
    VariantArray,
    EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
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
    /// Assets, land and leases given away below their worth, and contracts beyond their sum.
    AssetLeakage,
    /// Notices that are missing, late, or say something else than the book.
    Disclosure,
}

impl Scheme {
    /// Every scheme.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The scheme of this word, if there is one.
    pub fn of(word: &str) -> Option<Self> {
        word.parse().ok()
    }

    /// Its word in tables.
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// What an indicator asks, of whom, and what it needs to know.
#[derive(Debug, Clone, Copy)]
pub struct Card {
    /// Its one name: file, column, settings key and argument of `explain`.
    pub name: &'static str,
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
    pub simulated_schemes: &'static [&'static str],
    /// The page for people.
    pub page: &'static str,
    /// The same page in Chinese.
    pub page_zh: &'static str,
}

impl Card {
    /// The title of its page: at most five words, without a stop.
    pub fn title(&self) -> &'static str {
        heading(self.page)
    }

    /// The same in Chinese.
    pub fn title_zh(&self) -> &'static str {
        heading(self.page_zh)
    }
}

/// A section of a page without its heading; empty if the page does not have it.
pub fn section<'p>(page: &'p str, heading: &str) -> &'p str {
    let rest = page.split(&format!("\n## {heading}\n")).nth(1).unwrap_or_default();
    rest.split("\n## ").next().unwrap_or_default()
}

/// The first line of a page without its mark.
fn heading(page: &'static str) -> &'static str {
    page.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap_or_default()
}

/// A card whose pages stand beside the kernel under the indicator's name.
macro_rules! card {
    ($name:literal, $($field:ident: $value:expr),* $(,)?) => {
        $crate::indicators::card::Card {
            name: $name,
            page: include_str!(concat!($name, ".md")),
            page_zh: include_str!(concat!($name, ".zh.md")),
            $($field: $value),*
        }
    };
}
pub(in crate::indicators) use card;
