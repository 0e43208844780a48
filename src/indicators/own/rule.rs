//! A rule as it was read.

use jiff::civil::Date;

use super::condition::Condition;
use crate::indicators::card::Scheme;
use crate::ledger::level::Level;

/// A rule of an office.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Lower-case letters, digits and underscores.
    pub id: String,
    /// Rises when the rule changes.
    pub version: u32,
    /// What it is called in lists.
    pub name: String,
    /// The same in English.
    pub name_en: String,
    /// The written rule that it rests on.
    pub basis: String,
    /// The first and the last day on which it is in force.
    pub days: (Option<Date>, Option<Date>),
    /// The level that verifies what meets it.
    pub level: Level,
    /// What it is evidence for.
    pub scheme: Scheme,
    /// The share of the payments it can be asked of above which it is reported as too wide.
    pub most: f64,
    /// What else can explain it.
    pub innocent: Vec<String>,
    /// All of these are met.
    pub conditions: Vec<Condition>,
}

impl Rule {
    /// Its name in tables, such as `own_reception_v2`.
    pub fn key(&self) -> String {
        format!("own_{}_v{}", self.id, self.version)
    }
}
