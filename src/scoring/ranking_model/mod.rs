//! The ranking model of a county: fitted on acts planted into the county's own book, it computes the probability of an
//! act of each scheme for every payment.
//!
//! [`crate::planting`] edits a copy of the book, and [`crate::columns`] computes the features of both. Extremely
//! randomised trees ([`crate::model::extra_trees`]) learn to distinguish planted acts from the county's own payments
//! and from placebos. By cross-fitting, no village is scored by trees that were trained on it, so that irregularities
//! of a village are not learned as normal.

pub mod aggregate;
mod audited;
mod posterior;
pub mod power;
pub mod pretrained;
mod reader;
mod rows;
pub mod scores;
pub mod settings;
mod training;

use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PaymentIx, VillageIx};
use crate::model::error::Error;
use crate::params::Params;
pub use reader::read_columns;

use audited::Audited;
use posterior::Posterior;
use pretrained::Pretrained;
use reader::Reader;
use scores::{Lacking, Scores};
use settings::Settings;
use training::Training;

/// The inputs of the ranking model.
#[derive(Debug, Clone, Copy)]
pub struct Basis<'a> {
    /// The settings of the fit.
    pub settings: &'a Settings,
    /// The model for counties that are too small for planting.
    pub pretrained: &'a Pretrained,
    /// A guess of the share of payments that belong to acts, updated by audits of random samples.
    pub prevalence: f64,
    /// The random seed.
    pub seed: u64,
}

/// Scores the payments of a book; `None` if no act can be planted into it.
///
/// # Errors
/// If a setting is out of range.
pub fn scores(book: &Book, basis: Basis<'_>) -> Result<Option<Scores>, Error> {
    let Basis { settings, pretrained, .. } = basis;
    settings.validate()?;
    let folds = Folds::of(book, settings.folds);
    let is_small = book.payments.len() < settings.least_payments || folds.least() < 1;
    let scored = if is_small { borrowed(book, basis) } else { fitted(book, &folds, basis)? };
    Ok(scored.map(|scores| {
        let elsewhere = |it: Lacking| Lacking { elsewhere: pretrained.known(it.kind), ..it };
        Scores { lacking: scores.lacking.into_iter().map(elsewhere).collect(), ..scores }
    }))
}

/// Scores by trees fitted on the county itself, with cross-fitting by village.
fn fitted(book: &Book, folds: &Folds, basis: Basis<'_>) -> Result<Option<Scores>, Error> {
    let Basis { settings, seed, .. } = basis;
    let (reader, own) = Reader::of(book);
    let Some(mut training) = Training::drawn(book, &reader, settings, seed) else {
        return Ok(None);
    };
    let audited = Audited::of(book);
    training.add(book, &own, &audited, settings.audited);
    let posterior = Posterior::of(audited, basis.prevalence, settings.weight);
    let mut scores = Scores::new(own.rows(), &training.schemes, &training);
    for fold in 0..settings.folds {
        let is_other = |village: usize| folds.of[VillageIx::from(village)] != fold;
        let trees = training.fit(is_other, &settings.trees, seed ^ fold as u64)?;
        let villages = book.payments.village.iter_enumerated();
        let of_fold = villages.filter(|(_, village)| folds.of[**village] == fold);
        let payments: Vec<PaymentIx> = of_fold.map(|(payment, _)| payment).collect();
        let rows: Vec<u32> = payments.iter().map(|payment| u32::from(*payment)).collect();
        scores.put_all(&payments, &trees, &own.select(&rows), &posterior);
        scores.show(training.shown(&trees, |village| !is_other(village)), &posterior);
    }
    scores.audited = posterior.audited().collect();
    Ok(Some(scores))
}

/// Scores by the pretrained model; acts are planted to measure its power in this county.
fn borrowed(book: &Book, basis: Basis<'_>) -> Option<Scores> {
    let Basis { settings, pretrained, prevalence, seed } = basis;
    let reader = pretrained.reader();
    let training = Training::drawn(book, &reader, settings, seed)?;
    let posterior = Posterior::of(Audited::of(book), prevalence, pretrained.weight);
    let payments: Vec<PaymentIx> = book.payments.line.keys().collect();
    let mut scores = Scores::new(payments.len(), &pretrained.schemes, &training);
    scores.is_pretrained = true;
    scores.put_all(&payments, &pretrained.trees, &reader.read(book, &payments), &posterior);
    scores.show(training.shown(&pretrained.trees, |_| true), &posterior);
    scores.audited = posterior.audited().collect();
    Some(scores)
}

/// The division of villages into folds.
#[derive(Debug)]
struct Folds {
    /// The fold of each village. Villages with adjacent codes are in different folds, so that each fold has villages of
    /// every township.
    of: IxVec<VillageIx, usize>,
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
}
