//! The ranking model of a county: it is fitted on acts planted into the county's own book, and says of every payment how
//! likely an act of each scheme is.
//!
//! [`crate::planting`] edits a copy of the book; [`crate::columns`] measures both; extremely randomised trees
//! ([`crate::model::extra_trees`]) learn to tell planted acts from the county's own payments and from placebos. No
//! village is scored by trees that saw it (cross-fitting), so that whatever else a village does cannot hide in the fit.

pub mod aggregate;
pub mod power;
mod reader;
mod rows;
pub mod settings;
mod training;

use crate::indicators::card::Scheme;
use crate::ledger::book::{Book, Subject};
use crate::model::error::Error;
use power::Shown;
use reader::Reader;
use settings::Settings;
use training::Training;

/// What the ranking model says of a county's payments.
#[derive(Debug, Clone, Default)]
pub struct Scores {
    /// For each scheme of which acts were planted, a cell for each payment: larger where an act of it is likelier. It is
    /// the share of planted acts among similar payments, and becomes a probability only by calibration.
    pub schemes: Vec<(Scheme, Vec<f32>)>,
    /// The sum over schemes.
    pub payment: Vec<f64>,
    /// The acts that were planted, and how high they were ranked by trees that had not seen them.
    pub shown: Vec<Shown>,
}

/// Scores the payments of a book; nothing where it has too few villages or payments to plant into.
///
/// # Errors
/// If a setting is out of its range.
pub fn scores(book: &Book, settings: &Settings, seed: u64) -> Result<Option<Scores>, Error> {
    settings.check()?;
    let folds = Folds::of(book, settings.folds);
    if book.payments.len() < settings.least_payments || folds.least() < 1 {
        return Ok(None);
    }
    let (reader, own) = Reader::of(book);
    let Some(training) = Training::drawn(book, &reader, settings, seed) else { return Ok(None) };
    let mut scores = Scores {
        schemes: training.schemes.iter().map(|it| (*it, vec![0.0; own.rows()])).collect(),
        payment: vec![0.0; own.rows()],
        shown: Vec::new(),
    };
    for fold in 0..settings.folds {
        let is_other = |village: Subject| folds.of_village(village) != fold;
        let trees = training.fit(is_other, &settings.trees, seed ^ fold as u64)?;
        let fold_rows: Vec<u32> =
            all(own.rows()).filter(|row| folds.of_payment(book, *row) == fold).collect();
        scores.put(&fold_rows, &trees.probabilities(&own.select(&fold_rows)));
        scores.shown.extend(training.shown(&trees, |village| !is_other(village)));
    }
    Ok(Some(scores))
}

fn all(rows: usize) -> impl Iterator<Item = u32> {
    (0..).take(rows)
}

impl Scores {
    /// Puts what the trees say of some rows into their places.
    fn put(&mut self, rows: &[u32], told: &[f32]) {
        let width = self.schemes.len().max(1);
        for (row, own) in rows.iter().zip(told.chunks(width)) {
            let at = *row as usize;
            for ((_, cells), share) in self.schemes.iter_mut().zip(own) {
                if let Some(cell) = cells.get_mut(at) {
                    *cell = *share;
                }
            }
            if let Some(sum) = self.payment.get_mut(at) {
                *sum = own.iter().map(|share| f64::from(*share)).sum();
            }
        }
    }
}

/// Which villages are scored together.
#[derive(Debug)]
struct Folds {
    /// The fold of each village, in the order of codes: neighbours by code are parted, so that a township is in all
    /// folds.
    of: Vec<usize>,
    folds: usize,
}

impl Folds {
    fn of(book: &Book, folds: usize) -> Self {
        Self { of: (0..book.villages.len()).map(|village| village % folds.max(1)).collect(), folds }
    }

    /// The number of villages in the smallest fold.
    fn least(&self) -> usize {
        self.of.len() / self.folds.max(1)
    }

    fn of_village(&self, village: Subject) -> usize {
        self.of.get(village as usize).copied().unwrap_or(0)
    }

    fn of_payment(&self, book: &Book, payment: Subject) -> usize {
        book.payments.village.get(payment as usize).map_or(0, |village| self.of_village(*village))
    }
}
