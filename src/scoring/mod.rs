//! The ranking model of a county: it is fitted on acts planted into the county's own book, and says of every payment how
//! likely an act of each scheme is.
//!
//! [`crate::planting`] edits a copy of the book; [`crate::columns`] measures both; extremely randomised trees
//! ([`crate::model::extra_trees`]) learn to tell planted acts from the county's own payments and from placebos. No
//! village is scored by trees that saw it (cross-fitting), so that whatever else a village does cannot hide in the fit.

pub mod aggregate;
mod audited;
pub mod power;
mod reader;
mod rows;
pub mod settings;
mod training;

use crate::indicators::card::Scheme;
use crate::ledger::book::{Book, Subject};
use crate::model::error::Error;
use crate::planting::Kind;
use audited::Audited;
use power::Shown;
use reader::Reader;
use rows::narrow;
use settings::Settings;
use training::Training;

/// What the ranking model says of a county's payments.
#[derive(Debug, Clone, Default)]
pub struct Scores {
    /// For each scheme of which acts were planted, the probability of each payment to be part of such an act, if acts are
    /// like those that were planted.
    pub schemes: Vec<(Scheme, Vec<f32>)>,
    /// The probability of each payment to be part of any act; 1 or 0 where an audit has told.
    pub payment: Vec<f64>,
    /// The acts that were planted, and how high they were ranked by trees that had not seen them.
    pub shown: Vec<Shown>,
    /// The kinds of acts that this county's books cannot hold, each with the first table or column that is missing.
    pub lacking: Vec<(Kind, &'static str)>,
}

/// Scores the payments of a book; nothing where it has too few villages or payments to plant into. `prevalence` is a guess
/// of the share of payments that belong to acts; audits that were drawn by lot move it.
///
/// # Errors
/// If a setting is out of its range.
pub fn scores(
    book: &Book,
    settings: &Settings,
    prevalence: f64,
    seed: u64,
) -> Result<Option<Scores>, Error> {
    settings.check()?;
    let folds = Folds::of(book, settings.folds);
    if book.payments.len() < settings.least_payments || folds.least() < 1 {
        return Ok(None);
    }
    let (reader, own) = Reader::of(book);
    let Some(mut training) = Training::drawn(book, &reader, settings, seed) else {
        return Ok(None);
    };
    let audited = Audited::of(book);
    training.add(book, &own, &audited, settings.audited);
    let prior = Prior::of(audited.prevalence(prevalence), settings.weight);
    let mut scores = Scores {
        schemes: training.schemes.iter().map(|it| (*it, vec![0.0; own.rows()])).collect(),
        payment: vec![0.0; own.rows()],
        shown: Vec::new(),
        lacking: training.lacking.clone(),
    };
    for fold in 0..settings.folds {
        let is_other = |village: Subject| folds.of_village(village) != fold;
        let trees = training.fit(is_other, &settings.trees, seed ^ fold as u64)?;
        let fold_rows: Vec<u32> =
            all(own.rows()).filter(|row| folds.of_payment(book, *row) == fold).collect();
        let told = trees.probabilities(&own.select(&fold_rows));
        for (row, shares) in fold_rows.iter().zip(told.chunks(training.width())) {
            let answer = audited.answers.get(row).map(|answer| answer.is_find);
            scores.put(*row as usize, shares, |share| match answer {
                Some(is_find) => f64::from(u8::from(is_find)),
                None => prior.probability(share),
            });
        }
        let mut shown = training.shown(&trees, |village| !is_other(village));
        for act in &mut shown {
            act.score = prior.probability(act.score);
        }
        scores.shown.extend(shown);
    }
    Ok(Some(scores))
}

fn all(rows: usize) -> impl Iterator<Item = u32> {
    (0..).take(rows)
}

impl Scores {
    /// Puts what the trees say of one payment into its place: the shares of the schemes, and of what audits found.
    fn put(&mut self, at: usize, shares: &[f32], probability: impl Fn(f64) -> f64) {
        let sum: f64 = shares.iter().map(|share| f64::from(*share)).sum();
        let all = probability(sum);
        if let Some(cell) = self.payment.get_mut(at) {
            *cell = all;
        }
        for ((_, cells), share) in self.schemes.iter_mut().zip(shares) {
            if let Some(cell) = cells.get_mut(at).filter(|_| sum > 0.0) {
                *cell = narrow(f64::from(*share) / sum * all);
            }
        }
    }
}

/// How much rarer acts are in the county than among the rows that the trees were fitted on.
#[derive(Debug, Clone, Copy)]
struct Prior {
    odds: f64,
}

impl Prior {
    /// Acts are a share `prevalence` of the payments, and weighed `weight` times the honest payments in the fit.
    fn of(prevalence: f64, weight: f64) -> Self {
        Self { odds: prevalence / (1.0 - prevalence) / weight }
    }

    /// The probability where the trees saw a share of acts (Elkan, *The foundations of cost-sensitive learning*, IJCAI 2001).
    fn probability(self, share: f64) -> f64 {
        let acts = share * self.odds;
        acts / (acts + 1.0 - share).max(f64::MIN_POSITIVE)
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

#[cfg(test)]
mod tests {
    use super::Prior;

    #[test]
    fn a_share_becomes_the_probability_at_the_countys_own_rate() {
        // One act in 101 in the fit and in the county: nothing changes.
        let same = Prior::of(1.0 / 101.0, 0.01);
        assert!((same.probability(0.3) - 0.3).abs() < 1e-12);
        // Acts three times as rare: even odds become one to three.
        let rarer = Prior::of(1.0 / 301.0, 0.01);
        assert!((rarer.probability(0.5) - 0.25).abs() < 1e-12);
        assert!((rarer.probability(1.0) - 1.0).abs() < 1e-12 && rarer.probability(0.0) == 0.0);
    }
}
