//! What outcomes teach: labels of some rows move the scores of all.
//!
//! A [`LabelledRow`] says of one row whether the check found something, and whether the row was drawn in a
//! random sample. [`FeedbackSettings`] turns labels and a fitted [`Model`], the prior, into a [`FeedbackModel`]: it scores any
//! matrix with the same columns without being fitted again, `score = prior + adjustment`. Without labels the
//! score is the prior's, bit for bit. The adjustment is that of active anomaly discovery ([`aad`]); bagged trees and
//! logistic regression were tried and found fewer cases in the mean over the shared sets (`docs/feedback.md`).

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::detectors::guard::Seeded;
use super::detectors::iforest::{self, Forest};
use super::error::Error;
use super::file::Persisted;
use super::stream::derived;
use super::{FORMAT, Model};
use crate::matrix::Matrix;
use crate::params::{Params, params, within};

pub mod aad;
pub mod label;

use label::{LabelledRow, check, weighted};

params! {
    /// How a model learns from labels.
    pub struct FeedbackSettings {
        max_weight: f64 = 10.0, within(1.0..=1e6), "largest weight of a label, in rows";
    }
    tables {
        aad: aad::Settings, "how the leaves of the forest move";
    }
}

/// A model that has learned from labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedbackModel {
    format: u32,
    prior: Model,
    seed: u64,
    labels: usize,
    settings: FeedbackSettings,
    adjustment: Adjustment,
}

/// What labels add to the scores of a prior.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Adjustment {
    /// A forest whose leaves hold what is added; none where there were no labels.
    forest: Option<Forest>,
}

impl FeedbackSettings {
    /// Learns from labels about rows of a matrix, starting from a model.
    ///
    /// # Errors
    /// If a setting is out of its range, the matrix has other columns than the model, a label is about a row
    /// that is not there or that another label is about, or its propensity is not above 0 and up to 1.
    pub fn learn(
        &self,
        prior: &Model,
        matrix: &Matrix,
        labels: &[LabelledRow],
        seed: u64,
    ) -> Result<FeedbackModel, Error> {
        self.validate()?;
        prior.accept(matrix)?;
        let scores = prior.combine(matrix);
        Ok(FeedbackModel {
            format: FORMAT,
            prior: prior.clone(),
            seed,
            labels: labels.len(),
            settings: self.clone(),
            adjustment: self.adjustment((matrix, &scores), prior.forest(), labels, seed)?,
        })
    }

    /// Learns what labels about rows of a matrix add to the prior scores of the same rows, whose mean is
    /// about 1; a forest whose leaves can move is grown where none is given.
    ///
    /// # Errors
    /// If a setting is out of its range, a label is about a row that is not there or that another label is
    /// about, or its propensity is not above 0 and up to 1.
    pub fn adjustment(
        &self,
        known: (&Matrix, &[f64]),
        forest: Option<&Forest>,
        labels: &[LabelledRow],
        seed: u64,
    ) -> Result<Adjustment, Error> {
        self.validate()?;
        let rows = known.0.rows();
        check(labels, rows)?;
        if labels.is_empty() {
            return Ok(Adjustment { forest: None });
        }
        let grown = || {
            iforest::Settings::default()
                .seeded(derived(seed, 0))
                .fit(&DatasetBase::new(known.0, ()))
        };
        let forest = forest.cloned().map_or_else(grown, Ok)?;
        let weighted = weighted(labels, rows, self.max_weight);
        let forest = aad::learn(&self.aad, &forest, known, &weighted, derived(seed, 0));
        Ok(Adjustment { forest: Some(forest) })
    }
}

impl FeedbackModel {
    /// The model from which learning started.
    pub fn prior(&self) -> &Model {
        &self.prior
    }

    /// The number of labels.
    pub fn labels(&self) -> usize {
        self.labels
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
        let added = self.adjustment.added(matrix);
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
        let added = self.adjustment.split(&chosen);
        for (parts, added) in parts.iter_mut().zip(added) {
            parts.iter_mut().zip(added).for_each(|(part, it)| *part += it);
        }
        Ok(parts)
    }
}

impl Adjustment {
    /// What is added to the prior score of each row.
    pub fn added(&self, matrix: &Matrix) -> Vec<f64> {
        let forest = self.forest.as_ref();
        forest.map_or_else(|| vec![0.0; matrix.rows()], |forest| aad::score(forest, matrix))
    }

    /// The part of each column in what is added to each row.
    pub fn split(&self, matrix: &Matrix) -> Vec<Vec<f64>> {
        let Some(forest) = &self.forest else {
            return vec![vec![0.0; matrix.names().len()]; matrix.rows()];
        };
        let columns: Vec<&[f32]> = matrix.columns().collect();
        let split = |(index, added): (usize, f64)| {
            let cell = |it: &&[f32]| it.get(index).copied().unwrap_or(f32::NAN);
            aad::attribute(forest, &columns.iter().map(cell).collect::<Vec<f32>>(), added)
        };
        aad::score(forest, matrix).into_par_iter().enumerate().map(split).collect()
    }

    /// Whether what was read from a file can be used on so many columns without harm.
    ///
    /// # Errors
    /// If its parts contradict each other.
    pub fn check(&self, columns: usize) -> Result<(), Error> {
        self.forest.as_ref().map_or(Ok(()), |forest| forest.check(columns))
    }
}

impl Persisted for FeedbackModel {
    const FILE: &'static str = "feedback.json";

    fn check(&self) -> Result<(), Error> {
        if self.format != FORMAT {
            return Err(Error::Damaged { what: "it has another format than this program reads" });
        }
        self.prior.check()?;
        self.adjustment.check(self.prior.columns.len())
    }
}
