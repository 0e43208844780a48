//! Vocabulary of outcomes: the grade of an audit result, and the reason for the audit.

use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::words::table::Word;

/// The grade of an audit result, in ascending order of severity.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum Grade {
    /// No finding.
    None,
    /// An error that benefits nobody.
    Error,
    /// A violation of a rule.
    Irregularity,
    /// A case for party or administrative discipline.
    Discipline,
    /// A criminal case.
    Criminal,
}

impl Grade {
    /// All grades.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The name in tables.
    pub fn word(self) -> &'static str {
        self.into()
    }

    /// The label in lists.
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

/// Whether a grade in the table is a finding; an office's own words count as findings.
pub fn is_find(grade: &str) -> bool {
    !grade.is_empty() && grade != Grade::None.word()
}

/// The reason for an audit.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum Route {
    /// It was on a list.
    List,
    /// It was drawn at random, to estimate the rate of findings independently of the list.
    Random,
    /// There was a complaint.
    Complaint,
    /// It was a scheduled audit.
    Routine,
    /// An inspector chose it.
    Inspector,
}

impl Route {
    /// All routes.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The name in tables.
    pub fn word(self) -> &'static str {
        self.into()
    }

    /// The label in lists.
    pub fn label(self) -> Word {
        match self {
            Self::List => Word::ByList,
            Self::Random => Word::ByRandomSample,
            Self::Complaint => Word::ByComplaint,
            Self::Routine => Word::ByRoutine,
            Self::Inspector => Word::ByInspector,
        }
    }
}
