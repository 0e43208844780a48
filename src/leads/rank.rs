//! One score, one p-value and one rank for each subject of a grain.
//!
//! A county is held against a trained model where there is one, and otherwise against itself: its
//! villages are parted into two halves, and the payments of each half are weighed by a judge that was
//! fitted on the reference payments of the other and compared with those of their own. Both rest on
//! payments of different villages being alike when nothing is wrong.

use std::collections::VecDeque;

use super::counts::{counts, rates};
use super::judge::{ENOUGH_TO_FIT, Judge, Reference, Share, Table, Within};
use super::standing::{Said, Standing, Standings};
use super::trained::Trained;
use super::weighed::{Weighed, unit};
use crate::features::keys;
use crate::features::subjects::{Matters, groups, matters};
use crate::indicators::card::{Grain, Scheme};
use crate::ledger::book::{Book, Subject};
use crate::ledger::cell::Day;
use crate::matrix::Matrix;
use crate::model::error::Error;
use crate::model::settings::Settings;
use crate::score::{ranking, ranks};
use crate::scoring::{Scores, aggregate};

/// The ranking of one grain.
#[derive(Debug)]
pub struct Ranking {
    /// The grain.
    pub grain: Grain,
    /// What speaks for each scheme, what is unusual, and what they add up to.
    pub weighed: Weighed,
    /// What subjects are ranked by, larger first: what the ranking model says, and without one the sum of the evidence.
    pub score: Vec<f64>,
    /// For each scheme what the ranking model says of each payment; empty without one and for other grains.
    pub likely: Vec<(Scheme, Vec<f32>)>,
    /// How often ordinary subjects and matters stand as high.
    pub said: Said,
    /// The share of false matters to expect among all whose p-value is as small, at the subject that stands
    /// for its matter; 1 elsewhere.
    pub q_value: Vec<f64>,
    /// 1 is the most unusual.
    pub rank: Vec<u32>,
    /// Subjects, the most unusual first.
    pub order: Vec<Subject>,
    /// Reference subjects behind the p-values.
    pub reference: u64,
    /// What the judges see.
    pub(super) table: Table,
    /// The judges with the subjects that each weighs, to say what each voice added.
    judges: Vec<(Judge, Vec<u32>)>,
    rates: Vec<(Scheme, f64)>,
}

/// What a county is held against.
#[derive(Debug, Clone, Copy)]
pub enum Standard<'a> {
    /// Itself.
    Own {
        /// The settings of the detectors.
        settings: &'a Settings,
        /// The seed of all random choices.
        seed: u64,
        /// The last day of the reference period; without it every payment is in the reference.
        to: Option<Day>,
        /// What the ranking model says of the payments; without it subjects are ranked by the sum of their evidence, to
        /// which the detectors add what is unusual.
        scores: Option<&'a Scores>,
    },
    /// What other counties or other years showed.
    Trained(&'a Trained),
}

/// Ranks the subjects of every grain of a county; `features` holds a matrix for each, as
/// [`crate::features::matrix`] makes them.
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
    let Some((payments, owners)) = payments.zip(keys(book, grain)) else {
        return Ok(Matrix::new(subjects));
    };
    Ok(counts(&payments.weighed, &payments.rates, owners, subjects)?)
}

fn rank(
    book: &Book,
    (grain, table, coarser): (Grain, Table, &[&Matrix]),
    standard: Standard<'_>,
) -> Result<Ranking, Error> {
    let (groups, matters) = (groups(book, grain), matters(book, grain));
    let rows = table.features.rows();
    let mut weighed = Weighed::default();
    let mut said = Said { p_value: vec![1.0; rows], of_matter: vec![f64::NAN; rows] };
    let mut reference = 0;
    let mut score = Vec::new();
    let judges = match standard {
        Standard::Own { settings, seed, to, scores } => {
            let settings = if scores.is_some() { None } else { Some(settings) };
            let folds: Vec<Fold> =
                folds(book, grain, to).into_iter().filter(|fold| !fold.rows.is_empty()).collect();
            let mut judges = Vec::new();
            for fold in &folds {
                let fitted = table.select(&fold.fit);
                let judge = Judge::fit(
                    Reference { table: &fitted, coarser, within: within(grain) },
                    settings,
                    seed,
                )?;
                weighed.put(&fold.rows, judge.weigh(&table.select(&fold.rows))?, rows);
                judges.push((judge, fold.rows.clone()));
            }
            score = scores.map_or_else(|| weighed.score.clone(), |it| of_grain(book, grain, it));
            // The ranking model knows the class of expense: its scores are compared with those of all classes.
            let groups = if scores.is_some() { vec![""; rows] } else { groups };
            let peers = Peers { groups: &groups, matters: &matters };
            let is_within = within(grain) == Within::Everyone;
            for fold in &folds {
                let standing = Standing::of(peers.standings(&score, &fold.calibrate).view())?;
                let own = peers.standings(&score, &fold.rows);
                said.put(&fold.rows, &standing.say(own.view(), is_within));
                reference += standing.size();
            }
            judges
        }
        Standard::Trained(trained) => {
            let judge = trained.judge(grain, &table.features)?.clone();
            weighed = judge.weigh(&table)?;
            score.clone_from(&weighed.score);
            said = judge.say(Standings { scores: &score, groups: &groups, matters: &matters })?;
            reference = judge.size();
            vec![(judge, (0..).take(rows).collect())]
        }
    };
    Ok(Ranking {
        grain,
        q_value: said.q_values(),
        said,
        rank: ranks(&score),
        order: ranking(&score),
        reference,
        likely: match standard {
            Standard::Own { scores: Some(scores), .. } if grain == Grain::Payment => {
                scores.schemes.clone()
            }
            _ => Vec::new(),
        },
        score,
        rates: match standard {
            Standard::Own { .. } => rates(&weighed),
            Standard::Trained(trained) => trained.rates().to_vec(),
        },
        weighed,
        table,
        judges,
    })
}

/// Subjects that are weighed together.
struct Fold {
    rows: Vec<u32>,
    /// Reference rows that the judge is fitted on.
    fit: Vec<u32>,
    /// Reference rows that the weighed ones are compared with, all of them weighed themselves.
    calibrate: Vec<u32>,
}

/// Who is compared with whom.
#[derive(Clone, Copy)]
struct Peers<'a> {
    groups: &'a [&'a str],
    matters: &'a Matters,
}

/// Some subjects with their scores, groups and matters.
struct Picked<'a> {
    scores: Vec<f64>,
    groups: Vec<&'a str>,
    matters: Matters,
}

impl<'a> Peers<'a> {
    /// These subjects; `scores` holds one for each subject of the grain.
    fn standings(&self, scores: &[f64], rows: &[u32]) -> Picked<'a> {
        let (groups, matters) = (pick(self.groups, rows), self.matters.select(rows));
        Picked { scores: pick(scores, rows), groups, matters }
    }
}

impl Picked<'_> {
    fn view(&self) -> Standings<'_> {
        Standings { scores: &self.scores, groups: &self.groups, matters: &self.matters }
    }
}

/// Who of those that are weighed are among the reference themselves.
fn within(grain: Grain) -> Within {
    if grain == Grain::Payment { Within::Coarser } else { Within::Everyone }
}

/// What the ranking model says of the subjects of a grain.
fn of_grain(book: &Book, grain: Grain, scores: &Scores) -> Vec<f64> {
    match grain {
        Grain::Payment => scores.payment.clone(),
        Grain::Payee => aggregate::payees(book, &scores.payment),
        Grain::Official => aggregate::officials(book, &scores.payment),
        Grain::Village => aggregate::villages(book, &scores.payment),
    }
}

fn pick<T: Copy>(cells: &[T], rows: &[u32]) -> Vec<T> {
    rows.iter().filter_map(|row| cells.get(*row as usize)).copied().collect()
}

/// Two halves of the villages, each judged by the other. Other grains than payments, and counties of too
/// few reference payments to be parted, are one fold that is judged by itself; without any reference
/// payment, all payments are the reference.
fn folds(book: &Book, grain: Grain, to: Option<Day>) -> Vec<Fold> {
    let rows: Vec<u32> = (0..u32::try_from(grain.subjects(book)).unwrap_or(u32::MAX)).collect();
    let whole = |reference: Vec<u32>| {
        let reference = if reference.is_empty() { rows.clone() } else { reference };
        vec![Fold { rows: rows.clone(), fit: reference.clone(), calibrate: reference }]
    };
    if grain != Grain::Payment {
        return whole(Vec::new());
    }
    let is_reference = |row: &u32| {
        let day = book.payments.day.get(*row as usize).copied();
        to.is_none_or(|to| day.is_some_and(|day| day <= to))
    };
    let is_even =
        |row: &u32| book.payments.village.get(*row as usize).is_some_and(|it| it % 2 == 0);
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

impl Weighed {
    /// Puts what was said of some rows into the places of these rows among `all`.
    fn put(&mut self, rows: &[u32], said: Self, all: usize) {
        for (scheme, p) in said.schemes {
            let place = self.schemes.iter().position(|(own, _)| *own == scheme);
            let place = place.unwrap_or_else(|| {
                self.schemes.push((scheme, vec![1.0; all]));
                self.schemes.len() - 1
            });
            if let Some((_, cells)) = self.schemes.get_mut(place) {
                fill(cells, rows, p);
            }
        }
        self.schemes.sort_by_key(|(scheme, _)| *scheme);
        self.unusual.resize(all, f32::NAN);
        self.score.resize(all, 0.0);
        fill(&mut self.unusual, rows, said.unusual);
        fill(&mut self.score, rows, said.score);
    }
}

/// Puts one value for each of these rows into its place.
fn fill<T>(places: &mut [T], rows: &[u32], values: impl IntoIterator<Item = T>) {
    for (row, value) in rows.iter().zip(values) {
        if let Some(place) = places.get_mut(*row as usize) {
            *place = value;
        }
    }
}

impl Ranking {
    /// What was measured of each subject.
    pub fn features(&self) -> &Matrix {
        &self.table.features
    }

    /// The scheme that the ranking model holds likeliest at a payment; none without a ranking model.
    pub(super) fn likeliest(&self, subject: Subject) -> Option<Scheme> {
        let told = self.likely.iter().filter_map(|(scheme, share)| {
            Some((*scheme, *share.get(subject as usize)?)).filter(|(_, share)| *share > 0.0)
        });
        told.max_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(scheme, _)| scheme)
    }

    /// The scores in units of their mean: what audits start to teach from.
    pub fn prior(&self) -> Vec<f64> {
        let scores = &self.score;
        let unit = unit(scores);
        scores.iter().map(|score| score / unit).collect()
    }

    /// What each voice added to a subject's score, the largest first.
    ///
    /// # Errors
    /// If a judge does not fit its own table, which would be a fault of ours.
    pub fn shares(&self, subject: Subject) -> Result<Vec<Share>, Error> {
        let judge = self.judges.iter().find(|(_, rows)| rows.binary_search(&subject).is_ok());
        judge.map_or(Ok(Vec::new()), |(judge, _)| judge.shares(&self.table.select(&[subject])))
    }
}
