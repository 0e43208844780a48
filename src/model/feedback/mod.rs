//! Learning from audit results: labels of some rows adjust the scores of all rows.
//!
//! A [`LabelledRow`] says whether the audit of a row had a finding, and whether the row was drawn at random.
//! [`FeedbackSettings`] turns labels and a fitted [`Model`], the prior, into a [`FeedbackModel`], which scores any
//! matrix with the same columns without another fit: `score = prior + adjustment`. Without labels the score is exactly
//! the prior's. The adjustment is learned by active anomaly discovery ([`aad`]); bagged trees and logistic regression
//! found fewer cases on average over the shared data sets (`docs/feedback.md`).

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
    /// Settings for learning from labels.
    pub struct FeedbackSettings {
        max_weight: f64 = 10.0, within(1.0..=1e6), "largest weight of a label, in rows";
    }
    tables {
        aad: aad::Settings, "how the leaves of the forest move";
    }
}

/// A model adjusted by labels.
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

/// The adjustment of prior scores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Adjustment {
    /// A forest whose leaf values are the adjustment; `None` without labels.
    forest: Option<Forest>,
}

impl FeedbackSettings {
    /// Learns from labels of a matrix's rows, starting from a model.
    ///
    /// # Errors
    /// If a setting is out of range, the columns differ from those of the model, a label refers to a row that does not
    /// exist or is already labelled, or its propensity is not in (0, 1].
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

    /// Learns an adjustment of prior scores with a mean of about 1 from labels of the same rows. If no forest with
    /// adjustable leaves is given, one is grown.
    ///
    /// # Errors
    /// If a setting is out of range, a label refers to a row that does not exist or is already labelled, or its
    /// propensity is not in (0, 1].
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
    /// The prior.
    pub fn prior(&self) -> &Model {
        &self.prior
    }

    /// The number of labels.
    pub fn labels(&self) -> usize {
        self.labels
    }

    /// The random seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The score of each row; larger ranks earlier. It may be negative, since misses lower it.
    ///
    /// # Errors
    /// If the columns differ from those of the prior.
    pub fn score(&self, matrix: &Matrix) -> Result<Vec<f64>, Error> {
        self.prior.accept(matrix)?;
        let mut scores = self.prior.combine(matrix);
        let added = self.adjustment.added(matrix);
        scores.iter_mut().zip(added).for_each(|(score, it)| *score += it);
        Ok(scores)
    }

    /// The contribution of each column to the scores of the given rows: one list per row with one number per column,
    /// which sum to the row's score. A contribution may be negative, since misses lower the score.
    ///
    /// # Errors
    /// If the columns differ from those of the prior, or a row does not exist.
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
    /// The adjustment of each row.
    pub fn added(&self, matrix: &Matrix) -> Vec<f64> {
        let forest = self.forest.as_ref();
        forest.map_or_else(|| vec![0.0; matrix.rows()], |forest| aad::score(forest, matrix))
    }

    /// The contribution of each column to the adjustment of each row.
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

    /// Checks a deserialised adjustment for use with this number of columns.
    ///
    /// # Errors
    /// If its parts are inconsistent.
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
