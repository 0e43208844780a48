//! The words of an outcome: what an audit found, and why the subject was audited.

use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::words::table::Word;

/// What an audit found, from the lightest on.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum Grade {
    /// Nothing.
    None,
    /// A mistake without advantage to anybody.
    Error,
    /// A rule was not kept.
    Irregularity,
    /// A matter for party or administrative discipline.
    Discipline,
    /// A matter for a court.
    Criminal,
}

impl Grade {
    /// Every grade.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Its word in tables.
    pub fn word(self) -> &'static str {
        self.into()
    }

    /// Its name in lists.
    pub fn label(self) -> Word {
        match self {
            Self::None => Word::GradeNone,
            Self::Error => Word::GradeError,
            Self::Irregularity => Word::GradeIrregularity,
            Self::Discipline => Word::GradeDiscipline,
            Self::Criminal => Word::GradeCriminal,
        }
    }
}

/// Whether a grade of the table says that something was found; a word of the office's own says so too.
pub fn is_find(grade: &str) -> bool {
    !grade.is_empty() && grade != Grade::None.word()
}

/// Why a subject was audited.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum Route {
    /// It stood on a list for what it may bring back.
    List,
    /// It was drawn in a random sample, so that what audits find is not only what the list looks for.
    Random,
    /// Somebody complained.
    Complaint,
    /// Its turn had come.
    Routine,
}

impl Route {
    /// Every route.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Its word in tables.
    pub fn word(self) -> &'static str {
        self.into()
    }

    /// Its name in lists.
    pub fn label(self) -> Word {
        match self {
            Self::List => Word::ByList,
            Self::Random => Word::ByRandomSample,
            Self::Complaint => Word::ByComplaint,
            Self::Routine => Word::ByRoutine,
        }
    }
}
