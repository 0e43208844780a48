//! The ranking model of a county: it is fitted on acts planted into the county's own book, and says of every payment how
//! likely an act of each scheme is.
//!
//! [`crate::planting`] edits a copy of the book; [`crate::columns`] measures both; extremely randomised trees
//! ([`crate::model::extra_trees`]) learn to tell planted acts from the county's own payments and from placebos. No
//! village is scored by trees that saw it (cross-fitting), so that whatever else a village does cannot hide in the fit.

pub mod aggregate;
mod audited;
pub mod power;
pub mod pretrained;
mod reader;
mod rows;
pub mod settings;
mod training;

use crate::indicators::card::Scheme;
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PaymentIx, VillageIx};
use crate::model::error::Error;
use crate::model::extra_trees::ExtraTrees;
use crate::model::extra_trees::codes::Codes;
use crate::params::Params;
use crate::planting::Kind;
pub use reader::read_columns;

use audited::Audited;
use power::{Found, Shown};
use pretrained::Pretrained;
use reader::Reader;
use rows::{narrow, total};
use settings::Settings;
use training::Training;

/// What the ranking model says of a county's payments.
#[derive(Debug, Clone, Default)]
pub struct Scores {
    /// For each scheme of which acts were planted, the probability of each payment to be part of such an act, if acts are
    /// like those that were planted.
    pub schemes: Vec<(Scheme, IxVec<PaymentIx, f32>)>,
    /// The probability of each payment to be part of any act; 1 or 0 where an audit has told.
    pub payment: IxVec<PaymentIx, f64>,
    /// The acts that were planted, and how high they were ranked by trees that had not seen them.
    pub shown: Vec<Shown>,
    /// The kinds of acts that this county's books cannot hold.
    pub lacking: Vec<Lacking>,
    /// Whether the county was too small to plant into, so that a model ranked it that was fitted on other counties.
    pub is_pretrained: bool,
}

/// A kind of act that a county's books cannot hold.
#[derive(Debug, Clone)]
pub struct Lacking {
    /// The kind.
    pub kind: Kind,
    /// The first table or column that is missing.
    pub needs: &'static str,
    /// What the first hundredth of the payments shows of such acts in the counties of the pretrained model, which record it.
    pub elsewhere: Option<Found>,
}

/// What the scores of a county rest on.
#[derive(Debug, Clone, Copy)]
pub struct Basis<'a> {
    /// How the model is fitted.
    pub settings: &'a Settings,
    /// What ranks a county that is too small to plant into.
    pub pretrained: &'a Pretrained,
    /// A guess of the share of payments that belong to acts; audits that were drawn by lot move it.
    pub prevalence: f64,
    /// The seed of all random choices.
    pub seed: u64,
}

/// Scores the payments of a book; nothing where no act can be planted into it.
///
/// # Errors
/// If a setting is out of its range.
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

/// Scores by trees that are fitted on the county itself, village by village on the others.
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
    Ok(Some(scores))
}

/// Scores by the pretrained model; acts are planted to say what it shows here.
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
    Some(scores)
}

/// The probability of an act at a payment: 1 or 0 where an audit has told, and otherwise what trees say at the county's own rate.
#[derive(Debug)]
struct Posterior {
    audited: Audited,
    prior: Prior,
}

impl Posterior {
    fn of(audited: Audited, prevalence: f64, weight: f64) -> Self {
        let prior = Prior::of(audited.prevalence(prevalence), weight);
        Self { audited, prior }
    }

    fn probability(&self, payment: PaymentIx, share: f64) -> f64 {
        match self.audited.answers.get(&payment) {
            Some(answer) => f64::from(u8::from(answer.is_find)),
            None => self.prior.probability(share),
        }
    }
}

impl Scores {
    fn new(rows: usize, schemes: &[Scheme], training: &Training) -> Self {
        let lacking =
            |(kind, needs): &(Kind, &'static str)| Lacking { kind: *kind, needs, elsewhere: None };
        Self {
            schemes: schemes.iter().map(|it| (*it, IxVec::of(0.0, rows))).collect(),
            payment: IxVec::of(0.0, rows),
            lacking: training.lacking.iter().map(lacking).collect(),
            ..Self::default()
        }
    }

    /// Puts what trees say of some payments, whose codes these are, into their places.
    fn put_all(
        &mut self,
        payments: &[PaymentIx],
        trees: &ExtraTrees,
        codes: &Codes,
        posterior: &Posterior,
    ) {
        let shares = trees.probabilities(codes);
        for (payment, shares) in payments.iter().zip(shares.chunks(trees.width())) {
            self.put(*payment, shares, posterior.probability(*payment, total(shares)));
        }
    }

    /// Puts the probability of one payment, and of it what falls to each scheme by the shares that trees gave.
    fn put(&mut self, payment: PaymentIx, shares: &[f32], probability: f64) {
        self.payment[payment] = probability;
        let sum = total(shares);
        for ((_, cells), share) in self.schemes.iter_mut().zip(shares).filter(|_| sum > 0.0) {
            cells[payment] = narrow(f64::from(*share) / sum * probability);
        }
    }

    fn show(&mut self, shown: Vec<Shown>, posterior: &Posterior) {
        let moved = |act: Shown| Shown { score: posterior.prior.probability(act.score), ..act };
        self.shown.extend(shown.into_iter().map(moved));
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
        // The shares of many trees, summed, may pass 1 in the last digit.
        let share = share.min(1.0);
        let acts = share * self.odds;
        acts / (acts + 1.0 - share).max(f64::MIN_POSITIVE)
    }
}

/// Which villages are scored together.
#[derive(Debug)]
struct Folds {
    /// The fold of each village, in the order of codes: neighbours by code are parted, so that a township is in all
    /// folds.
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
        assert!(rarer.probability(1.0 + 1e-7) <= 1.0);
    }
}
