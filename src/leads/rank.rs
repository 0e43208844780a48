//! One score, one p-value and one rank for each subject of a grain.
//!
//! Inside a scheme the strongest voice decides, so that no act is counted twice; across schemes, and
//! what the model finds unusual beside them, the evidence adds up (Fisher's sum of `-log10 p`). The sum
//! is a score and not yet a statement: voices depend on each other. What is stated is the p-value, for a
//! payment split-conformal: how often a payment of the reference, of villages that the model was not
//! fitted on, scores as much. It rests on those villages' payments being like the others'.

use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use super::evidence::Evidence;
use crate::indicators::indicator::{Grain, Scheme};
use crate::ledger::book::{Book, Subject};
use crate::ledger::cell::Day;
use crate::matrix::Matrix;
use crate::model::Model;
use crate::model::calibrate::Calibration;
use crate::model::error::Error;
use crate::model::settings::Settings;
use crate::score::{contributions, p_values, ranking, ranks, score};
use crate::stats::tail::upper;

/// Subjects below which no model is fitted: among so few, nothing is usual yet.
const ENOUGH_TO_FIT: usize = 50;

/// The ranking of one grain.
#[derive(Debug)]
pub struct Ranking {
    /// The grain.
    pub grain: Grain,
    /// What speaks for each scheme.
    pub evidence: Evidence,
    /// The p-value of what the model finds unusual; empty where there was too little to fit one.
    pub unusual: Vec<f32>,
    /// Higher is more unusual: the sum over schemes, and what is unusual, of `-log10 p`.
    pub score: Vec<f64>,
    /// How often a reference subject scores as much: a payment of the calibrating villages, or any
    /// subject of a coarser grain, itself included.
    pub p_value: Vec<f64>,
    /// 1 is the most unusual.
    pub rank: Vec<u32>,
    /// Subjects, the most unusual first.
    pub order: Vec<Subject>,
    /// Reference subjects behind the p-values.
    pub reference: usize,
    /// The model and its matrix, to say what each column added.
    pub(super) fitted: Option<(Model, Matrix)>,
}

/// What the model and the reference are.
#[derive(Debug, Clone, Copy)]
pub struct Reference<'a> {
    /// The model's settings.
    pub settings: &'a Settings,
    /// The seed of all random choices.
    pub seed: u64,
    /// The last day of the reference period; without it every payment is in the reference.
    pub to: Option<Day>,
}

/// Ranks the subjects of one grain.
///
/// # Errors
/// If the model cannot be fitted with these settings.
pub fn rank(
    book: &Book,
    evidence: Evidence,
    matrix: Matrix,
    reference: Reference<'_>,
) -> Result<Ranking, Error> {
    let grain = evidence.grain;
    let halves = Halves::of(book, grain, reference.to);
    let fitted = fit(&matrix, &halves, reference)?;
    let unusual = match &fitted {
        Some(model) => unusual(model, &matrix, &halves)?,
        None => Vec::new(),
    };
    let score = sums(&evidence, &unusual, matrix.rows());
    let (p_value, size) = if let (Grain::Payment, false) = (grain, halves.calibrate.is_empty()) {
        let calibration = Calibration::of(&pick(&score, &halves.calibrate))?;
        (p_values(&calibration, &score), halves.calibrate.len())
    } else {
        (upper(&score), score.len())
    };
    Ok(Ranking {
        grain,
        unusual,
        p_value,
        rank: ranks(&score),
        order: ranking(&score),
        score,
        reference: size,
        evidence,
        fitted: fitted.map(|model| (model, matrix)),
    })
}

/// The reference in two halves that share no village: one to fit on, one to calibrate on.
struct Halves {
    fit: Vec<u32>,
    calibrate: Vec<u32>,
}

impl Halves {
    fn of(book: &Book, grain: Grain, to: Option<Day>) -> Self {
        let rows = || 0..u32::try_from(grain.subjects(book)).unwrap_or(u32::MAX);
        if grain != Grain::Payment {
            return Self { fit: rows().collect(), calibrate: rows().collect() };
        }
        let is_before = |row: &u32| {
            let day = book.payments.day.get(*row as usize).copied();
            to.is_none_or(|to| day.is_some_and(|day| day <= to))
        };
        let village = |row: &u32| book.payments.village.get(*row as usize).copied().unwrap_or(0);
        if book.villages.len() < 2 {
            let all: Vec<u32> = rows().filter(is_before).collect();
            return Self { fit: all.clone(), calibrate: all };
        }
        let (fit, calibrate) = rows().filter(is_before).partition(|row| village(row) % 2 == 0);
        Self { fit, calibrate }
    }
}

fn fit(matrix: &Matrix, halves: &Halves, reference: Reference<'_>) -> Result<Option<Model>, Error> {
    if halves.fit.len() < ENOUGH_TO_FIT || matrix.names().is_empty() {
        return Ok(None);
    }
    reference.settings.fit(&matrix.select(&halves.fit), reference.seed).map(Some)
}

/// The p-value of each row's model score among the scores of the calibrating half.
fn unusual(model: &Model, matrix: &Matrix, halves: &Halves) -> Result<Vec<f32>, Error> {
    let scores = score(model, matrix)?;
    let calibration = Calibration::of(&pick(&scores, &halves.calibrate))?;
    #[expect(clippy::cast_possible_truncation, reason = "a p-value has seven digits at most")]
    let narrow = |p: f64| p as f32;
    Ok(p_values(&calibration, &scores).into_iter().map(narrow).collect())
}

fn pick(scores: &[f64], rows: &[u32]) -> Vec<f64> {
    rows.iter().filter_map(|row| scores.get(*row as usize)).copied().collect()
}

/// What each scheme, and then what is unusual, adds to the score of one subject: `-log10 p`.
fn voices(evidence: &Evidence, unusual: &[f32], subject: usize) -> Vec<f64> {
    let schemes = evidence.schemes.iter().map(|(_, p)| p.get(subject).copied());
    let all = schemes.chain([unusual.get(subject).copied()]).flatten();
    // Minus zero is no number that anyone should read.
    all.map(|p| (-f64::from(p).log10()).max(0.0)).collect()
}

fn sums(evidence: &Evidence, unusual: &[f32], subjects: usize) -> Vec<f64> {
    let sum = |subject: usize| voices(evidence, unusual, subject).iter().sum();
    (0..subjects).into_par_iter().map(sum).collect()
}

/// What one voice added to a subject's score.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// The indicator, the plain column, or `payments`.
    pub name: String,
    /// The scheme; none for what the model finds unusual.
    pub scheme: Option<Scheme>,
    /// The p-value of the voice; none for a column of the model.
    pub p: Option<f32>,
    /// What it added; all shares of a subject add up to its score.
    pub contribution: f64,
}

impl Ranking {
    /// What each voice added to a subject's score, the largest first.
    ///
    /// A scheme's part of the score is split among its indicators in proportion to their terms of the
    /// harmonic mean; what is unusual, among the model's columns as the model splits its own score.
    ///
    /// # Errors
    /// If the model does not fit its own matrix, which would be a fault of ours.
    pub fn shares(&self, subject: Subject) -> Result<Vec<Share>, Error> {
        let at = subject as usize;
        let of_voices = voices(&self.evidence, &self.unusual, at);
        let mut shares = Vec::new();
        for ((scheme, _), own) in self.evidence.schemes.iter().zip(&of_voices) {
            let parts = self.evidence.parts.iter().filter(|part| part.scheme == *scheme);
            let parts: Vec<_> = parts
                .filter_map(|part| Some((part.name, *part.p.get(at)?)))
                .filter(|(_, p)| !p.is_nan())
                .collect();
            let p: Vec<f64> = parts.iter().map(|(_, p)| f64::from(*p)).collect();
            let of_parts = split(*own, &p);
            shares.extend(parts.iter().zip(of_parts).map(|((name, p), contribution)| Share {
                name: (*name).to_owned(),
                scheme: Some(*scheme),
                p: Some(*p),
                contribution,
            }));
        }
        if let (Some((model, matrix)), Some(own)) =
            (&self.fitted, of_voices.get(self.evidence.schemes.len()))
        {
            let columns = contributions(model, matrix, &[subject])?.pop().unwrap_or_default();
            let sum: f64 = columns.iter().sum();
            let share = |(name, column): (&String, &f64)| Share {
                name: name.clone(),
                scheme: None,
                p: None,
                contribution: if sum > 0.0 { own * column / sum } else { 0.0 },
            };
            for column in model.columns().iter().zip(&columns).map(share) {
                // An indicator that speaks for a scheme and stands in the model too is told once.
                let told = shares.iter_mut().find(|told| told.name == column.name);
                match told {
                    Some(told) => told.contribution += column.contribution,
                    None => shares.push(column),
                }
            }
        }
        shares.sort_by(|a, b| b.contribution.total_cmp(&a.contribution));
        Ok(shares)
    }
}

/// Splits a total among p-values in proportion to their terms of the harmonic mean, 1/p.
fn split(total: f64, p_values: &[f64]) -> Vec<f64> {
    let terms: Vec<f64> = p_values.iter().map(|p| p.recip()).collect();
    let sum: f64 = terms.iter().sum();
    terms.into_iter().map(|term| total * term / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn the_parts_add_up_to_the_total() {
        for p in [&[0.01, 0.2, 1.0][..], &[1.0, 1.0], &[1e-9]] {
            let sum: f64 = split(3.5, p).iter().sum();
            assert!((sum - 3.5).abs() < 1e-9, "{p:?}");
        }
    }

    #[test]
    fn the_stronger_voice_takes_the_larger_part() {
        let parts = split(2.0, &[0.001, 0.1]);
        assert!(parts[0] > 0.9 * 2.0);
    }
}
