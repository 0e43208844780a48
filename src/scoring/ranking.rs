//! Score, p-value and rank of each subject of a grain.
//!
//! If there is a trained model, the county is compared with it. Otherwise the villages are split into two halves: the
//! payments of each half are scored by a model fitted on the reference payments of the other half, and calibrated
//! against the reference payments of their own half. Both methods assume that payments of different villages are
//! exchangeable if nothing is wrong.

use std::collections::VecDeque;

use crate::convert::row32;
use crate::indicators::card::Scheme;
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PaymentIx, SubjectIx};
use crate::ledger::contract::cell::Day;
use crate::ledger::subject::{Grain, TestingUnits, groups, owner, testing_units};
use crate::matrix::Matrix;
use crate::model::error::Error;
use crate::model::settings::Settings;
use crate::scoring::evidence::calibrator::{Calibrator, PValues, ScoreSet};
use crate::scoring::evidence::counts::{counts, rates};
use crate::scoring::evidence::model::{
    ENOUGH_TO_FIT, Membership, Reference, ScoringModel, Share, Table,
};
use crate::scoring::evidence::scores::{EvidenceScores, unit};
use crate::scoring::evidence::trained::Trained;
use crate::scoring::ranking_model::aggregate;
use crate::scoring::ranking_model::scores::Scores;
use crate::scoring::ranks::{ranking, ranks};

/// The ranking of one grain.
#[derive(Debug)]
pub struct Ranking {
    /// The grain.
    pub grain: Grain,
    /// The evidence by scheme and its sum.
    pub evidence: EvidenceScores,
    /// The score that determines the rank, larger first: that of the ranking model, otherwise the sum of evidence.
    pub score: IxVec<SubjectIx, f64>,
    /// The ranking model's probability of each payment by scheme; empty without a model and for other grains.
    pub likely: Vec<(Scheme, IxVec<PaymentIx, f32>)>,
    /// The p-values of subjects and testing units.
    pub p_values: PValues,
    /// The q-value of each testing unit, the expected share of false units among all with at most the same p-value, at
    /// its representative subject; 1 at other subjects.
    pub q_value: IxVec<SubjectIx, f64>,
    /// The rank; 1 is the most unusual.
    pub rank: IxVec<SubjectIx, u32>,
    /// The subjects by rank.
    pub order: Vec<SubjectIx>,
    /// The number of reference subjects of the p-values.
    pub reference: u64,
    /// The data on which the models are fitted and evaluated.
    pub table: Table,
    /// The models with the subjects that each scores, to compute contributions of columns.
    models: Vec<(ScoringModel, Vec<u32>)>,
    rates: Vec<(Scheme, f64)>,
}

impl Ranking {
    /// A ranking without subjects but with all optional parts, as a template for describing the published tables.
    pub fn of_nobody(grain: Grain) -> Self {
        let schemes = || Scheme::ALL.iter().copied();
        let likely = schemes()
            .filter(|_| grain == Grain::Payment)
            .map(|it| (it, IxVec::default()))
            .collect();
        // One cell, since an empty column means that no detectors are used.
        let unusual = IxVec::of(f32::NAN, 1);
        let evidence = EvidenceScores {
            schemes: schemes().map(|it| (it, IxVec::default())).collect(),
            unusual,
            score: IxVec::default(),
        };
        Self {
            grain,
            evidence,
            score: IxVec::default(),
            likely,
            p_values: PValues::default(),
            q_value: IxVec::default(),
            rank: IxVec::default(),
            order: Vec::new(),
            reference: 0,
            table: Table::default(),
            models: Vec::new(),
            rates: Vec::new(),
        }
    }
}

/// The reference of the comparison.
#[derive(Debug, Clone, Copy)]
pub enum Standard<'a> {
    /// The county itself.
    Own {
        /// The settings of the detectors.
        settings: &'a Settings,
        /// The random seed.
        seed: u64,
        /// The last day of the reference period; without it all payments are the reference.
        to: Option<Day>,
        /// The scores of the ranking model. Without them subjects are ranked by the sum of evidence, including the
        /// detectors.
        scores: Option<&'a Scores>,
    },
    /// A model trained on other counties or years.
    Trained(&'a Trained),
}

/// Ranks the subjects of every grain of a county; `features` holds the matrix of each grain, created by
/// [`crate::features::matrix`].
///
/// # Errors
/// If a model cannot be fitted with these settings, or was trained on other columns.
pub fn rankings(
    book: &Book,
    features: Vec<(Grain, Matrix)>,
    standard: Standard<'_>,
) -> Result<Vec<Ranking>, Error> {
    let mut all: Vec<Ranking> = Vec::new();
    let mut waiting = VecDeque::from(features);
    while let Some((grain, features)) = waiting.pop_front() {
        let coarser: Vec<&Matrix> = waiting.iter().map(|(_, matrix)| matrix).collect();
        let table = Table { counts: counted(book, grain, all.first())?, features };
        all.push(rank(book, (grain, table, &coarser), standard)?);
    }
    Ok(all)
}

/// The counts of payments with evidence, for a grain that has payments.
fn counted(book: &Book, grain: Grain, payments: Option<&Ranking>) -> Result<Matrix, Error> {
    let subjects = grain.subjects(book);
    let Some(payments) = payments else { return Ok(Matrix::new(subjects)) };
    let owners: Vec<Option<SubjectIx>> =
        book.payments.line.keys().map(|payment| owner(book, grain, payment)).collect();
    Ok(counts(&payments.evidence, &payments.rates, &owners, subjects)?)
}

fn rank(
    book: &Book,
    (grain, table, coarser): (Grain, Table, &[&Matrix]),
    standard: Standard<'_>,
) -> Result<Ranking, Error> {
    let (groups, testing_units) = (groups(book, grain), testing_units(book, grain));
    let rows = table.features.rows();
    let mut evidence = EvidenceScores::default();
    let mut p_values =
        PValues { p_value: IxVec::of(1.0, rows), of_unit: IxVec::of(f64::NAN, rows) };
    let mut reference = 0;
    let mut score = Vec::new();
    let models = match standard {
        Standard::Own { settings, seed, to, scores } => {
            let settings = if scores.is_some() { None } else { Some(settings) };
            let folds: Vec<Fold> =
                folds(book, grain, to).into_iter().filter(|fold| !fold.rows.is_empty()).collect();
            let mut models = Vec::new();
            for fold in &folds {
                let fitted = table.select(&fold.fit);
                let model = ScoringModel::fit(
                    Reference { table: &fitted, coarser, membership: membership(grain) },
                    settings,
                    seed,
                )?;
                evidence.put(&fold.rows, model.score(&table.select(&fold.rows))?, rows);
                models.push((model, fold.rows.clone()));
            }
            score = scores.map_or_else(
                || evidence.score.raw.clone(),
                |it| of_grain(book, grain, (it, &evidence)),
            );
            // The ranking model uses the class of expense as input, so its scores are compared across all classes.
            let groups = if scores.is_some() { vec![""; rows] } else { groups };
            let peers = Peers { groups: &groups, testing_units: &testing_units };
            let is_within = membership(grain) == Membership::Everyone;
            for fold in &folds {
                let calibrator = Calibrator::of(peers.score_set(&score, &fold.calibrate).view())?;
                let own = peers.score_set(&score, &fold.rows);
                p_values.put(&fold.rows, &calibrator.p_values(own.view(), is_within));
                reference += calibrator.size();
            }
            models
        }
        Standard::Trained(trained) => {
            let model = trained.model(grain, &table.features)?.clone();
            evidence = model.score(&table)?;
            score.clone_from(&evidence.score.raw);
            p_values = model.p_values(ScoreSet {
                scores: &score,
                groups: &groups,
                testing_units: &testing_units,
            })?;
            reference = model.size();
            vec![(model, (0..).take(rows).collect())]
        }
    };
    Ok(Ranking {
        grain,
        q_value: p_values.q_values().into(),
        p_values,
        rank: ranks(&score).into(),
        order: ranking(&score).into_iter().map(|row| SubjectIx::from(row as usize)).collect(),
        reference,
        likely: match standard {
            Standard::Own { scores: Some(scores), .. } if grain == Grain::Payment => {
                scores.schemes.clone()
            }
            _ => Vec::new(),
        },
        score: score.into(),
        rates: match standard {
            Standard::Own { .. } => rates(&evidence),
            Standard::Trained(trained) => trained.rates().to_vec(),
        },
        evidence,
        table,
        models,
    })
}

/// Subjects that are scored together.
struct Fold {
    rows: Vec<u32>,
    /// The reference rows for the fit.
    fit: Vec<u32>,
    /// The reference rows for calibration, a subset of the scored rows.
    calibrate: Vec<u32>,
}

/// The comparison groups and testing units of a grain.
#[derive(Clone, Copy)]
struct Peers<'a> {
    groups: &'a [&'a str],
    testing_units: &'a TestingUnits,
}

/// The scores, groups and testing units of some subjects.
struct SubjectScores<'a> {
    scores: Vec<f64>,
    groups: Vec<&'a str>,
    testing_units: TestingUnits,
}

impl<'a> Peers<'a> {
    /// The given rows; `scores` has one cell per subject of the grain.
    fn score_set(&self, scores: &[f64], rows: &[u32]) -> SubjectScores<'a> {
        let (groups, testing_units) = (pick(self.groups, rows), self.testing_units.select(rows));
        SubjectScores { scores: pick(scores, rows), groups, testing_units }
    }
}

impl SubjectScores<'_> {
    fn view(&self) -> ScoreSet<'_> {
        ScoreSet { scores: &self.scores, groups: &self.groups, testing_units: &self.testing_units }
    }
}

/// Whether the scored subjects belong to the reference.
fn membership(grain: Grain) -> Membership {
    if grain == Grain::Payment { Membership::Coarser } else { Membership::Everyone }
}

/// The ranking model's scores of the subjects of a grain, those of villages with the evidence for money outside the book.
fn of_grain(book: &Book, grain: Grain, (scores, evidence): (&Scores, &EvidenceScores)) -> Vec<f64> {
    match grain {
        Grain::Payment => scores.payment.raw.clone(),
        Grain::Payee => aggregate::payees(book, &scores.payment).raw,
        Grain::Official => aggregate::officials(book, &scores.payment).raw,
        Grain::Village => {
            aggregate::with_off_book(aggregate::villages(book, &scores.payment), evidence).raw
        }
    }
}

fn pick<T: Copy>(cells: &[T], rows: &[u32]) -> Vec<T> {
    rows.iter().filter_map(|row| cells.get(*row as usize)).copied().collect()
}

/// Two halves of the villages for cross-fitting. Other grains, and counties with too few reference payments, form a
/// single fold that is its own reference; without reference payments all payments are the reference.
fn folds(book: &Book, grain: Grain, to: Option<Day>) -> Vec<Fold> {
    let rows: Vec<u32> = (0..row32(grain.subjects(book))).collect();
    let whole = |reference: Vec<u32>| {
        let reference = if reference.is_empty() { rows.clone() } else { reference };
        vec![Fold { rows: rows.clone(), fit: reference.clone(), calibrate: reference }]
    };
    if grain != Grain::Payment {
        return whole(Vec::new());
    }
    let payment = |row: &u32| PaymentIx::from(*row as usize);
    let is_reference = |row: &u32| to.is_none_or(|to| book.payments.day[payment(row)] <= to);
    let is_even = |row: &u32| u32::from(book.payments.village[payment(row)]) % 2 == 0;
    let (even, odd): (Vec<u32>, Vec<u32>) = rows.iter().copied().partition(is_even);
    let reference = |half: &[u32]| half.iter().copied().filter(is_reference).collect::<Vec<u32>>();
    let (of_even, of_odd) = (reference(&even), reference(&odd));
    if of_even.len() < ENOUGH_TO_FIT || of_odd.len() < ENOUGH_TO_FIT {
        return whole([of_even, of_odd].concat());
    }
    vec![
        Fold { rows: even, fit: of_odd.clone(), calibrate: of_even.clone() },
        Fold { rows: odd, fit: of_even, calibrate: of_odd },
    ]
}

impl EvidenceScores {
    /// Stores the p-values of a subset at the given rows; `all` is the total number of rows.
    fn put(&mut self, rows: &[u32], p_values: Self, all: usize) {
        for (scheme, p) in p_values.schemes {
            let place = self.schemes.iter().position(|(own, _)| *own == scheme);
            let place = place.unwrap_or_else(|| {
                self.schemes.push((scheme, IxVec::of(1.0, all)));
                self.schemes.len() - 1
            });
            if let Some((_, cells)) = self.schemes.get_mut(place) {
                fill(&mut cells.raw, rows, p);
            }
        }
        self.schemes.sort_by_key(|(scheme, _)| *scheme);
        self.unusual.raw.resize(all, f32::NAN);
        self.score.raw.resize(all, 0.0);
        fill(&mut self.unusual.raw, rows, p_values.unusual);
        fill(&mut self.score.raw, rows, p_values.score);
    }
}

/// Stores one value at each of the given rows.
fn fill<T>(places: &mut [T], rows: &[u32], values: impl IntoIterator<Item = T>) {
    for (row, value) in rows.iter().zip(values) {
        if let Some(place) = places.get_mut(*row as usize) {
            *place = value;
        }
    }
}

impl Ranking {
    /// The features of each subject.
    pub fn features(&self) -> &Matrix {
        &self.table.features
    }

    /// The most probable scheme of a payment by the ranking model; `None` without one.
    pub fn likeliest(&self, payment: PaymentIx) -> Option<Scheme> {
        let told = self.likely.iter().map(|(scheme, share)| (*scheme, share[payment]));
        let told = told.filter(|(_, share)| *share > 0.0);
        told.max_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(scheme, _)| scheme)
    }

    /// What the ranking model says of a payment for a scheme; none without a ranking model, or if it does not know the scheme.
    pub fn likely(&self, payment: PaymentIx, scheme: Scheme) -> Option<f32> {
        let own = self.likely.iter().find(|(own, _)| *own == scheme);
        own.map(|(_, share)| share[payment])
    }

    /// The scores in units of their mean, the prior of learning from audits.
    pub fn prior(&self) -> Vec<f64> {
        let scores = &self.score;
        let unit = unit(&scores.raw);
        scores.iter().map(|score| score / unit).collect()
    }

    /// The contribution of each column to a subject's score, largest first.
    ///
    /// # Errors
    /// If a model does not fit its own table, which would be a bug.
    pub fn shares(&self, subject: SubjectIx) -> Result<Vec<Share>, Error> {
        let row = u32::from(subject);
        let model = self.models.iter().find(|(_, rows)| rows.binary_search(&row).is_ok());
        model.map_or(Ok(Vec::new()), |(model, _)| model.shares(&self.table.select(&[row])))
    }
}
