//! The page for training: which correctable errors are most frequent, by township and kind, with the rule and a right
//! example.
//!
//! Nobody is named, and no small number is shown: the errors of one clerk could be told from it.

mod example;
pub mod page;
pub mod workbook;

use std::collections::BTreeMap;

use crate::features::Measured;
use crate::indicators::card::{Card, Class, Scale, Scheme};
use crate::ledger::book::Book;
use crate::ledger::book::conform::is_village;
use crate::ledger::contract::cell::Day;
use crate::ledger::level::Level;
use crate::ledger::subject::Grain;

/// Numbers below this are not shown.
pub const LEAST: u32 = 5;

/// A year in days.
const YEAR: i32 = 365;

/// Errors that are no rule but can be corrected all the same: entries that are late, in a wrong account or without words.
const ALSO: [&str; 3] = ["posting_lag", "purpose_account_mismatch", "vague_purpose"];

/// Payments with an error, and payments that were looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Payments with the error.
    pub errors: u32,
    /// Payments with a reading.
    pub asked: u32,
}

impl Tally {
    fn add(&mut self, is_error: bool) {
        self.errors += u32::from(is_error);
        self.asked += 1;
    }

    fn and(self, other: Self) -> Self {
        Self { errors: self.errors + other.errors, asked: self.asked + other.asked }
    }

    /// The tally, if it is large enough to be shown.
    pub fn shown(self) -> Option<Self> {
        (self.errors >= LEAST).then_some(self)
    }

    /// The share of payments with the error.
    pub fn share(self) -> f64 {
        f64::from(self.errors) / f64::from(self.asked.max(1))
    }
}

/// The errors of one kind in a township: of the year, and of the year before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Years {
    /// The year up to the day of the run.
    pub now: Tally,
    /// The year before.
    pub before: Tally,
}

impl Years {
    /// The change of the share in percentage points, if both numbers are large enough to be shown.
    pub fn change(self) -> Option<f64> {
        let (now, before) = self.now.shown().zip(self.before.shown())?;
        Some((now.share() - before.share()) * 100.0)
    }

    fn and(self, other: Self) -> Self {
        Self { now: self.now.and(other.now), before: self.before.and(other.before) }
    }
}

/// A kind of error.
#[derive(Debug, Clone)]
pub struct Kind<'a> {
    /// The indicator that sees it.
    pub card: &'a Card,
    /// By township.
    pub townships: BTreeMap<String, Years>,
}

impl Kind<'_> {
    /// The sum of the numbers that are shown.
    pub fn sum(&self) -> Years {
        let shown = |tally: Tally| tally.shown().unwrap_or_default();
        let years = self
            .townships
            .values()
            .map(|it| Years { now: shown(it.now), before: shown(it.before) });
        years.fold(Years::default(), Years::and)
    }

    /// The same of one township alone.
    fn only(&self, code: &str) -> Self {
        let own = self.townships.iter().filter(|(township, _)| *township == code);
        Self { card: self.card, townships: own.map(|(it, years)| (it.clone(), *years)).collect() }
    }
}

/// The correctable errors of a county.
#[derive(Debug, Clone)]
pub struct Education<'a> {
    /// The most frequent kind first.
    pub kinds: Vec<Kind<'a>>,
    /// The last day that is counted.
    pub as_of: Day,
}

/// Whether an indicator sees an error of form or procedure that training can prevent.
fn is_correctable(card: &Card) -> bool {
    let is_form = matches!(
        card.scheme,
        Scheme::Procedure | Scheme::Misposting | Scheme::LateRecords | Scheme::Disclosure
    );
    let is_own = card.basis.is_empty() && card.class == Class::Rule;
    card.grain == Grain::Payment
        && is_form
        && !is_own
        && (card.class == Class::Rule || ALSO.contains(&card.name))
}

/// The value from which a reading is an error: of a rule every value above 0.
fn threshold(card: &Card) -> f32 {
    match (card.class, card.scale) {
        (Class::Rule, Scale::NegLog10P) => f32::MIN_POSITIVE,
        (_, scale) => scale.threshold(),
    }
}

impl<'a> Education<'a> {
    /// What the readings of a county say.
    pub fn of(book: &Book, measured: &'a [Measured<'a>], as_of: Day) -> Self {
        let asked = measured.iter().filter(|it| is_correctable(it.card));
        let mut kinds: Vec<Kind<'a>> = asked
            .map(|it| Kind { card: it.card, townships: tallies(book, it, as_of) })
            .filter(|kind| kind.sum().now.errors > 0)
            .collect();
        kinds.sort_by_key(|kind| (u32::MAX - kind.sum().now.errors, kind.card.name));
        Self { kinds, as_of }
    }

    /// The townships of the county.
    pub fn townships(book: &Book) -> Vec<String> {
        let codes = book.villages.iter().map(|id| book.names.get(*id));
        let codes = codes.filter(|code| is_village(code));
        let mut all: Vec<String> =
            codes.map(|code| Level::Township.office(code).to_owned()).collect();
        all.sort();
        all.dedup();
        all
    }

    /// The errors of one township, the most frequent first.
    #[must_use]
    pub fn of_township(&self, code: &str) -> Self {
        let mut kinds: Vec<Kind<'a>> = self
            .kinds
            .iter()
            .map(|kind| kind.only(code))
            .filter(|kind| kind.sum().now.errors > 0)
            .collect();
        kinds.sort_by_key(|kind| (u32::MAX - kind.sum().now.errors, kind.card.name));
        Self { kinds, as_of: self.as_of }
    }

    /// The first day of the year that is counted.
    pub fn from(&self) -> Day {
        Day(self.as_of.0.saturating_sub(YEAR - 1))
    }
}

/// The tallies of an indicator by township.
fn tallies(book: &Book, measured: &Measured<'_>, as_of: Day) -> BTreeMap<String, Years> {
    let least = threshold(measured.card);
    let mut by_village: Vec<Years> = vec![Years::default(); book.villages.len()];
    for (value, payment) in measured.readings.values().zip(book.payments.day.keys()) {
        let (Some(value), day) = (value, book.payments.day[payment]) else { continue };
        let age = as_of.0.saturating_sub(day.0);
        let village = usize::from(book.payments.village[payment]);
        let Some(years) = by_village.get_mut(village) else { continue };
        match age {
            0..YEAR => years.now.add(value >= least),
            YEAR.. if age < 2 * YEAR => years.before.add(value >= least),
            _ => {}
        }
    }
    let mut all: BTreeMap<String, Years> = BTreeMap::new();
    for (id, years) in book.villages.iter().zip(by_village) {
        let code = book.names.get(*id);
        if is_village(code) {
            let own = all.entry(Level::Township.office(code).to_owned()).or_default();
            *own = own.and(years);
        }
    }
    all
}

#[cfg(test)]
mod tests;
