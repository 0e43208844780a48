//! The ranking model of a county: it is fitted on acts planted into the county's own book, and says of every payment how
//! likely an act of each scheme is.
//!
//! [`crate::planting`] edits a copy of the book; [`crate::columns`] measures both; extremely randomised trees
//! ([`crate::model::extra_trees`]) learn to tell planted acts from the county's own payments and from placebos. No
//! village is scored by trees that saw it (cross-fitting), so that whatever else a village does cannot hide in the fit.

pub mod aggregate;
pub mod power;
mod rows;
pub mod settings;

use crate::columns;
use crate::indicators::card::Scheme;
use crate::ledger::book::{Book, Subject};
use crate::model::error::Error;
use crate::model::extra_trees::ExtraTrees;
use crate::model::extra_trees::codes::{Codes, Cuts};
use crate::planting::{Role, plant};
use power::Shown;
use rows::training;
use settings::Settings;

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

/// Columns that the model does not read: planting leaves traces in them. A planted voucher is keyed, numbered and dated by
/// neighbours, and its amount is drawn anew, so that trees would learn how it was planted and not what was done.
const TRACED: [&str; 20] = [
    "entry_lag",
    "entry_lag_usual",
    "entry_hour",
    "entry_rush",
    "entry_order",
    "entry_day_off",
    "list_place",
    "day_payments",
    "document_lag",
    "document_lag_usual",
    "document_same_day",
    "number_gap_payee",
    "number_order",
    "account_is_usual",
    "account_share",
    "account_accounts",
    "fen_part",
    "digits",
    "first_two_digits",
    "last_yuan_digit",
];

/// For each column whether the model reads it.
fn is_read() -> Vec<bool> {
    columns::definitions().map(|column| !TRACED.contains(&column.name)).collect()
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
    let is_read = is_read();
    let reads = |place: usize| is_read.get(place).copied().unwrap_or(false);
    let coded = columns::measure(book, |place, cells| {
        reads(place).then(|| {
            let cuts = Cuts::of(&cells);
            let codes = cuts.codes(&cells);
            (cuts, codes)
        })
    });
    let cuts: Vec<Option<&Cuts>> =
        coded.iter().map(|it| it.as_ref().map(|(cuts, _)| cuts)).collect();
    let planted = plant(book, &settings.planting, seed);
    if !planted.roles.iter().any(|role| matches!(role, Role::Act(_))) {
        return Ok(None);
    }
    planted.book.warm_up();
    let measured = columns::measure(&planted.book, |place, cells| {
        cuts.get(place).copied().flatten().map(|cuts| cuts.codes(&cells))
    });
    let planted_codes =
        Codes::new(planted.book.payments.len(), measured.into_iter().flatten().collect());
    let own = coded.into_iter().flatten().map(|(_, codes)| codes).collect();
    let own = Codes::new(book.payments.len(), own);
    let training = training(&planted, settings, seed);
    let mut scores = Scores {
        schemes: training.schemes.iter().map(|it| (*it, vec![0.0; own.rows()])).collect(),
        payment: vec![0.0; own.rows()],
        shown: Vec::new(),
    };
    for fold in 0..settings.folds {
        let is_other = |row: &u32| folds.of_payment(&planted.book, *row) != fold;
        let (rows, labels) = training.select(is_other);
        let labels = (&labels[..], scores.schemes.len() + 1);
        let trees = ExtraTrees::fit(
            &planted_codes.select(&rows),
            labels,
            &settings.trees,
            seed ^ fold as u64,
        )?;
        let fold_rows: Vec<u32> =
            all(own.rows()).filter(|row| folds.of_payment(book, *row) == fold).collect();
        scores.put(&fold_rows, &trees.probabilities(&own.select(&fold_rows)));
        let acts: Vec<u32> = training.acts().filter(|row| !is_other(row)).collect();
        let told = trees.probabilities(&planted_codes.select(&acts));
        scores.shown.extend(power::shown(&planted, &acts, &told, scores.schemes.len()));
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

    /// The fold of a payment. A planted book has the villages of the book that it was planted into.
    fn of_payment(&self, book: &Book, payment: Subject) -> usize {
        let village = book.payments.village.get(payment as usize);
        village.and_then(|village| self.of.get(*village as usize)).copied().unwrap_or(0)
    }
}
