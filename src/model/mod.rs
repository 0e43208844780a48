//! Anomaly detection in numeric tables: detectors, their fit, and their combination.
//!
//! A model is fitted on one matrix and scores any other with the same columns without another fit. It identifies
//! columns by name and rows by number, and does not depend on their meaning.
//!
//! To add a detector: create a file in `detectors/` with `Settings`, `Checked` and linfa's `Fit`; add a name, a variant
//! and four `match` arms in `detectors/detector.rs`, a field in `settings.rs`, and a line in `docs/detectors.md` with
//! its measured accuracy.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::matrix::Matrix;
use crate::params::Params;

pub mod bins;
pub mod calibrate;
pub mod detectors;
pub mod drift;
mod ensemble;
pub mod error;
pub mod extra_trees;
pub mod feedback;
pub mod file;
pub mod quantile_sketch;
mod scale;
pub mod settings;
mod sort;
mod stream;

use crate::convert::float;
use detectors::detector::Detector;
use detectors::iforest::Forest;
use detectors::name::Name;
use ensemble::Member;
use error::Error;
use file::Persisted;
use settings::Settings;

/// The version of the file format.
const FORMAT: u32 = 1;

/// A fitted model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    format: u32,
    columns: Vec<String>,
    rows: usize,
    seed: u64,
    settings: Settings,
    members: Vec<Member>,
}

impl Settings {
    /// Checks the settings, fits every detector and stores the distribution of its scores.
    ///
    /// # Errors
    /// If a setting is out of range, or the matrix has no rows or no columns.
    pub fn fit(&self, matrix: &Matrix, seed: u64) -> Result<Model, Error> {
        self.validate()?;
        Model::fit(self, matrix, seed)
    }
}

impl Model {
    /// The score of each row: the mean over the detectors of `-ln p`, where `p` is the share of the fitted rows with at
    /// least the same detector score. At least 0; larger is more unusual.
    ///
    /// # Errors
    /// If the columns differ from those of the model.
    pub fn score(&self, matrix: &Matrix) -> Result<Vec<f64>, Error> {
        self.accept(matrix)?;
        Ok(self.combine(matrix))
    }

    /// The contribution of each column to the scores of the given rows: one list per row with one number per column,
    /// each at least 0, which sum to the row's score.
    ///
    /// # Errors
    /// If the columns differ from those of the model, or a row does not exist.
    pub fn contributions(&self, matrix: &Matrix, rows: &[u32]) -> Result<Vec<Vec<f64>>, Error> {
        self.accept(matrix)?;
        if let Some(&found) = rows.iter().find(|&&row| row as usize >= matrix.rows()) {
            return Err(Error::NoSuchRow { rows: matrix.rows(), found });
        }
        Ok(self.split(&matrix.select(rows)))
    }

    /// Fits a model; called by [`Settings::fit`].
    fn fit(settings: &Settings, matrix: &Matrix, seed: u64) -> Result<Self, Error> {
        let reference = ensemble::reference(matrix, seed);
        let member = |&name: &Name| Member::fit(name, settings, (matrix, &reference), seed);
        Ok(Self {
            format: FORMAT,
            columns: matrix.names().to_vec(),
            rows: matrix.rows(),
            seed,
            settings: settings.clone(),
            members: settings.detectors.iter().map(member).collect::<Result<_, _>>()?,
        })
    }

    /// The columns of the fit, in order.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The number of rows of the fit.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The random seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The combined detectors.
    pub fn detectors(&self) -> Vec<Name> {
        self.members.iter().map(Member::name).collect()
    }

    /// Checks that a matrix has the columns of this model.
    ///
    /// # Errors
    /// If the columns or their order differ; the error names both.
    pub fn accept(&self, matrix: &Matrix) -> Result<(), Error> {
        if self.columns == matrix.names() {
            return Ok(());
        }
        let (expected, found) = (self.columns.clone(), matrix.names().to_vec());
        Err(Error::OtherColumns { expected, found })
    }

    /// The combined score of each row: the mean over detectors of `-ln p`.
    pub(crate) fn combine(&self, matrix: &Matrix) -> Vec<f64> {
        let mut sums = vec![0.0; matrix.rows()];
        for member in &self.members {
            for (sum, term) in sums.iter_mut().zip(member.terms(matrix)) {
                *sum += term;
            }
        }
        let weight = self.weight();
        sums.into_iter().map(|sum| sum * weight).collect()
    }

    /// The contribution of each column to the score of each row.
    pub(crate) fn split(&self, matrix: &Matrix) -> Vec<Vec<f64>> {
        let terms: Vec<Vec<f64>> = self.members.iter().map(|member| member.terms(matrix)).collect();
        let weight = self.weight();
        let columns: Vec<&[f32]> = matrix.columns().collect();
        let split = |index: usize| {
            let cell = |it: &&[f32]| it.get(index).copied().unwrap_or(f32::NAN);
            let row: Vec<f32> = columns.iter().map(cell).collect();
            let mut parts = vec![0.0; row.len()];
            for (member, terms) in self.members.iter().zip(&terms) {
                let term = terms.get(index).copied().unwrap_or(0.0);
                for (part, own) in parts.iter_mut().zip(member.split(term, &row)) {
                    *part += own * weight;
                }
            }
            parts
        };
        (0..matrix.rows()).into_par_iter().map(split).collect()
    }

    /// The isolation forest among the detectors, if there is one.
    pub fn forest(&self) -> Option<&Forest> {
        self.members.iter().find_map(|member| match member.detector() {
            Detector::Iforest(forest) | Detector::FairForest(forest) => Some(forest),
            _ => None,
        })
    }

    fn weight(&self) -> f64 {
        1.0 / float(self.members.len().max(1))
    }
}

impl Persisted for Model {
    fn check(&self) -> Result<(), Error> {
        if self.format != FORMAT {
            return Err(Error::Damaged { what: "it has another format than this program reads" });
        }
        if self.members.is_empty() || self.columns.is_empty() {
            return Err(Error::Damaged { what: "it has no detectors or no columns" });
        }
        self.members.iter().try_for_each(|member| member.check(self.columns.len()))
    }
}
