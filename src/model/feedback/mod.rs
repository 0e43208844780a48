//! What outcomes teach: answers to some rows move the ranking of all.
//!
//! A [`Lesson`] says of one row whether the check found something, and by which [`Route`] the row came to be
//! checked. [`Teach`] turns lessons and a fitted [`Model`], the prior, into a [`Taught`] model: it scores any
//! matrix with the same columns without being fitted again, `score = prior + weight · learned`. With few
//! lessons the learned part is held near 0, and with none the score is the prior's, bit for bit.
//!
//! Three ways to learn: [`Way::Leaves`] moves the leaves of an isolation forest ([`aad`]), [`Way::Trees`] is a
//! bagged challenger on columns and prior ([`trees`]), [`Way::Logistic`] a logistic regression that starts
//! from the prior ([`logistic`]). How a row came to be checked decides how many rows it speaks for
//! ([`selection`]).

use std::collections::BTreeSet;

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::detectors::guard::within;
use super::detectors::iforest::{self, Forest};
use super::error::Error;
use super::file::Kept;
use super::stream::derived;
use super::{FORMAT, Model};
use crate::matrix::Matrix;

pub mod aad;
pub mod logistic;
mod rows;
pub mod selection;
pub mod trees;

/// How a row came to be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// It stood on the list of a ranking: such rows say nothing about those further down.
    List,
    /// It was drawn by lot among the rows that came in no other way.
    Random,
    /// Somebody complained.
    Complaint,
    /// Its turn had come.
    Routine,
}

/// What the check of one row found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    /// The row of the matrix, counted from 0.
    pub row: u32,
    /// Whether something was found.
    pub hit: bool,
    /// How the row came to be checked.
    pub route: Route,
    /// The chance, above 0 and up to 1, that the row had of being checked; where nobody noted it, it follows
    /// from the route.
    #[serde(default)]
    pub propensity: Option<f64>,
}

/// A lesson with the number of rows that it speaks for.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Answer {
    row: u32,
    hit: bool,
    weight: f64,
}

/// A way to learn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// The leaves of a forest move.
    #[default]
    Leaves,
    /// Bagged decision trees.
    Trees,
    /// Logistic regression.
    Logistic,
}

/// The settings of learning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Teach {
    way: Way,
    /// A lesson speaks for at most so many rows, 1 to a million.
    most: f64,
    /// With so many lessons the challengers have half their say.
    half: f64,
    aad: aad::Settings,
    trees: trees::Settings,
    logistic: logistic::Settings,
}

impl Default for Teach {
    fn default() -> Self {
        Self {
            way: Way::Leaves,
            most: 10.0,
            half: 30.0,
            aad: aad::Settings::default(),
            trees: trees::Settings::default(),
            logistic: logistic::Settings::default(),
        }
    }
}

/// A model that has learned from lessons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Taught {
    format: u32,
    prior: Model,
    seed: u64,
    lessons: usize,
    settings: Teach,
    gained: Gained,
}

/// What lessons add to a prior, whatever gave it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gained {
    weight: f64,
    /// Nothing where there were no lessons to learn from.
    learned: Option<Learned>,
}

/// What was learned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Learned {
    Leaves(Forest),
    Trees(trees::Bags),
    Logistic(logistic::Line),
}

impl Teach {
    /// The default settings of a way to learn.
    pub fn by(way: Way) -> Self {
        Self { way, ..Self::default() }
    }

    /// The same settings with another way to learn.
    #[must_use]
    pub fn going(mut self, way: Way) -> Self {
        self.way = way;
        self
    }

    /// Learns from lessons about rows of a matrix, starting from a model.
    ///
    /// # Errors
    /// If a setting is out of its range, the matrix has other columns than the model, a lesson is about a row
    /// that is not there or that another lesson is about, or its propensity is not above 0 and up to 1.
    pub fn learn(
        &self,
        prior: &Model,
        matrix: &Matrix,
        lessons: &[Lesson],
        seed: u64,
    ) -> Result<Taught, Error> {
        self.in_range()?;
        prior.accept(matrix)?;
        let scores = prior.combine(matrix);
        Ok(Taught {
            format: FORMAT,
            prior: prior.clone(),
            seed,
            lessons: lessons.len(),
            settings: self.clone(),
            gained: self.gain((matrix, &scores), prior.forest(), lessons, seed)?,
        })
    }

    /// Learns what lessons about rows of a matrix add to the prior scores of the same rows, whose mean is
    /// about 1; a forest whose leaves can move is grown where none is given.
    ///
    /// # Errors
    /// If a setting is out of its range, a lesson is about a row that is not there or that another lesson is
    /// about, or its propensity is not above 0 and up to 1.
    pub fn gain(
        &self,
        known: (&Matrix, &[f64]),
        forest: Option<&Forest>,
        lessons: &[Lesson],
        seed: u64,
    ) -> Result<Gained, Error> {
        self.in_range()?;
        let rows = known.0.rows();
        check(lessons, rows)?;
        let answers = selection::weigh(lessons, rows, self.most);
        let learned = if answers.is_empty() {
            None
        } else {
            self.fit(known, forest, &answers, derived(seed, self.way as u64))?
        };
        Ok(Gained { weight: self.weight(lessons.len()), learned })
    }

    fn fit(
        &self,
        known: (&Matrix, &[f64]),
        forest: Option<&Forest>,
        answers: &[Answer],
        seed: u64,
    ) -> Result<Option<Learned>, Error> {
        Ok(match self.way {
            Way::Leaves => {
                let own = forest.cloned().map_or_else(|| grown(known.0, seed), Ok)?;
                Some(Learned::Leaves(aad::learn(&self.aad, &own, known, answers, seed)))
            }
            Way::Trees => trees::learn(&self.trees, known, answers, seed)?.map(Learned::Trees),
            Way::Logistic => {
                logistic::learn(&self.logistic, known, answers, seed).map(Learned::Logistic)
            }
        })
    }

    /// How much of what was learned counts: the leaves are held to the prior by their own settings.
    #[expect(clippy::cast_precision_loss, reason = "lessons are far fewer than 2^52")]
    fn weight(&self, lessons: usize) -> f64 {
        match self.way {
            Way::Leaves => 1.0,
            Way::Trees | Way::Logistic => lessons as f64 / (lessons as f64 + self.half),
        }
    }

    fn in_range(&self) -> Result<(), Error> {
        within("feedback.most", self.most, 1.0..=1e6, "from 1 to 1000000")?;
        within("feedback.half", self.half, 1e-3..=1e6, "from 0.001 to 1000000")?;
        self.aad.in_range()?;
        self.trees.in_range()?;
        self.logistic.in_range()
    }
}

/// A forest of the default settings, for a model that has none.
fn grown(matrix: &Matrix, seed: u64) -> Result<Forest, Error> {
    iforest::Settings::default().seeded(seed).fit(&DatasetBase::new(matrix, ()))
}

/// Refuses lessons that nothing can be learned from.
fn check(lessons: &[Lesson], rows: usize) -> Result<(), Error> {
    let mut seen = BTreeSet::new();
    for lesson in lessons {
        let found = lesson.row;
        if found as usize >= rows {
            return Err(Error::NoSuchRow { rows, found });
        }
        if !seen.insert(found) {
            return Err(Error::TaughtTwice { row: found });
        }
        if let Some(chance) = lesson.propensity.filter(|it| !(*it > 0.0 && *it <= 1.0)) {
            return Err(Error::Propensity { row: found, found: chance });
        }
    }
    Ok(())
}

impl Taught {
    /// The model from which learning started.
    pub fn prior(&self) -> &Model {
        &self.prior
    }

    /// The number of lessons.
    pub fn lessons(&self) -> usize {
        self.lessons
    }

    /// The seed of all random choices.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The score of each row; larger ranks earlier. It may be negative: answers can speak for a row.
    ///
    /// # Errors
    /// If the matrix has other columns than the prior.
    pub fn score(&self, matrix: &Matrix) -> Result<Vec<f64>, Error> {
        self.prior.accept(matrix)?;
        let mut scores = self.prior.combine(matrix);
        let added = self.gained.added(matrix, &scores);
        scores.iter_mut().zip(added).for_each(|(score, it)| *score += it);
        Ok(scores)
    }

    /// For some rows what each column added to the score: one list for each row asked for, one number for
    /// each column; they add up to the row's score. A part is negative where answers speak for the row.
    ///
    /// # Errors
    /// If the matrix has other columns than the prior, or has no such row.
    pub fn contributions(&self, matrix: &Matrix, rows: &[u32]) -> Result<Vec<Vec<f64>>, Error> {
        self.prior.accept(matrix)?;
        if let Some(&found) = rows.iter().find(|&&row| row as usize >= matrix.rows()) {
            return Err(Error::NoSuchRow { rows: matrix.rows(), found });
        }
        let chosen = matrix.select(rows);
        let mut parts = self.prior.split(&chosen);
        let prior = self.prior.combine(&chosen);
        let added = self.gained.split(&chosen, &prior, &parts);
        for (parts, added) in parts.iter_mut().zip(added) {
            parts.iter_mut().zip(added).for_each(|(part, it)| *part += it);
        }
        Ok(parts)
    }
}

impl Gained {
    /// What is added to the prior of each row.
    pub fn added(&self, matrix: &Matrix, prior: &[f64]) -> Vec<f64> {
        match &self.learned {
            None => vec![0.0; matrix.rows()],
            Some(learned) => {
                learned.score(matrix, prior).into_iter().map(|it| self.weight * it).collect()
            }
        }
    }

    /// The part of each column in what is added to each row; `parts` says how the prior of each row is split.
    pub fn split(&self, matrix: &Matrix, prior: &[f64], parts: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let Some(learned) = &self.learned else {
            return vec![vec![0.0; matrix.names().len()]; matrix.rows()];
        };
        let added = learned.score(matrix, prior);
        let columns: Vec<&[f32]> = matrix.columns().collect();
        let rows = parts.par_iter().zip(prior).zip(added).enumerate();
        let split = |(index, ((parts, prior), added)): (usize, ((&Vec<f64>, &f64), f64))| {
            let cell = |it: &&[f32]| it.get(index).copied().unwrap_or(f32::NAN);
            let row: Vec<f32> = columns.iter().map(cell).collect();
            let own = learned.split((&row, *prior), added, parts);
            own.into_iter().map(|part| self.weight * part).collect()
        };
        rows.map(split).collect()
    }

    /// Whether what was read from a file can be used on so many columns without harm.
    ///
    /// # Errors
    /// If its parts contradict each other.
    pub fn check(&self, columns: usize) -> Result<(), Error> {
        if !self.weight.is_finite() {
            return Err(Error::Damaged { what: "what was learned has no weight" });
        }
        self.learned.as_ref().map_or(Ok(()), |learned| learned.check(columns))
    }
}

impl Kept for Taught {
    const FILE: &'static str = "taught.json";

    fn check(&self) -> Result<(), Error> {
        if self.format != FORMAT {
            return Err(Error::Damaged { what: "it has another format than this program reads" });
        }
        self.prior.check()?;
        self.gained.check(self.prior.columns.len())
    }
}

impl Learned {
    /// What is added to the prior of each row.
    fn score(&self, matrix: &Matrix, prior: &[f64]) -> Vec<f64> {
        match self {
            Self::Leaves(forest) => aad::score(forest, matrix),
            Self::Trees(bags) => bags.score(matrix, prior),
            Self::Logistic(line) => line.score(matrix, prior),
        }
    }

    /// What each column adds to one row, given its score by the prior, what is added in all, and how the
    /// prior is split: that part which was learned of the prior is split as the prior is.
    fn split(&self, row: (&[f32], f64), added: f64, prior: &[f64]) -> Vec<f64> {
        match self {
            Self::Leaves(forest) => aad::attribute(forest, row.0, added),
            Self::Trees(bags) => shared(&bags.attribute(row), prior, added),
            Self::Logistic(line) => shared(&line.attribute(row), prior, added),
        }
    }

    fn check(&self, columns: usize) -> Result<(), Error> {
        match self {
            Self::Leaves(forest) => forest.check(columns),
            Self::Trees(bags) => bags.check(columns),
            Self::Logistic(line) => line.check(columns),
        }
    }
}

/// Splits the last part, which the prior caused, as the prior is split, and what no column caused evenly.
#[expect(clippy::cast_precision_loss, reason = "columns are few")]
fn shared(parts: &[f64], prior: &[f64], whole: f64) -> Vec<f64> {
    let Some((of_prior, own)) = parts.split_last() else { return Vec::new() };
    let sum: f64 = prior.iter().sum();
    let even = 1.0 / own.len().max(1) as f64;
    let share = |part: &f64| if sum > 0.0 { part / sum } else { even };
    let mixed: Vec<f64> =
        own.iter().zip(prior).map(|(own, prior)| own + of_prior * share(prior)).collect();
    let left = (whole - mixed.iter().sum::<f64>()) * even;
    mixed.into_iter().map(|part| part + left).collect()
}
