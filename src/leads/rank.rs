//! One score, one p-value and one rank for each subject of a grain.
//!
//! Inside a scheme the strongest voice decides, so that no act is counted twice; across schemes, and
//! what the model finds unusual beside them, the evidence adds up (Fisher's sum of `-log10 p`). The sum
//! is a score and not yet a statement: voices depend on each other. What is stated is the p-value, for a
//! payment split-conformal: villages are parted into two halves, each half is judged by a model that was
//! fitted on the reference payments of the other, and a payment is compared with the reference payments
//! of its own half. It rests on payments of different villages being alike when nothing is wrong.

use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use super::evidence::Evidence;
use crate::features::narrow;
use crate::indicators::card::{Grain, Scheme};
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
    /// How often a reference subject scores as much: a reference payment of the same half of the
    /// villages, or any subject of a coarser grain, itself included.
    pub p_value: Vec<f64>,
    /// 1 is the most unusual.
    pub rank: Vec<u32>,
    /// Subjects, the most unusual first.
    pub order: Vec<Subject>,
    /// Reference subjects behind the p-values.
    pub reference: usize,
    /// What the models see.
    pub(super) matrix: Matrix,
    /// The models with the subjects that each judges, to say what each column added.
    judges: Vec<Judge>,
}

/// A model and the subjects that it judges, sorted.
#[derive(Debug)]
struct Judge {
    model: Model,
    rows: Vec<u32>,
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
    let folds = folds(book, grain, reference.to);
    let mut unusual = vec![f32::NAN; matrix.rows()];
    let mut judges = Vec::new();
    for fold in folds.iter().filter(|fold| fold.fit.len() >= ENOUGH_TO_FIT) {
        let model = reference.settings.fit(&matrix.select(&fold.fit), reference.seed)?;
        let scores = score(&model, &matrix.select(&fold.rows))?;
        // The reference rows are among those that are judged, and are not scored twice.
        let mut of_row = vec![f64::NAN; matrix.rows()];
        fill(&mut of_row, &fold.rows, scores.iter().copied());
        let calibration = Calibration::of(&pick(&of_row, &fold.calibrate))?;
        let found = p_values(&calibration, &scores).into_iter().map(narrow);
        fill(&mut unusual, &fold.rows, found);
        judges.push(Judge { model, rows: fold.rows.clone() });
    }
    let score = sums(&evidence, &unusual);
    let mut p_value = upper(&score);
    if grain == Grain::Payment {
        for fold in folds.iter().filter(|fold| !fold.calibrate.is_empty()) {
            let calibration = Calibration::of(&pick(&score, &fold.calibrate))?;
            let found = p_values(&calibration, &pick(&score, &fold.rows));
            fill(&mut p_value, &fold.rows, found);
        }
    }
    Ok(Ranking {
        grain,
        unusual,
        p_value,
        rank: ranks(&score),
        order: ranking(&score),
        score,
        reference: folds.iter().map(|fold| fold.calibrate.len()).sum(),
        evidence,
        matrix,
        judges,
    })
}

/// Subjects that are judged together.
struct Fold {
    rows: Vec<u32>,
    /// Reference rows that the model is fitted on.
    fit: Vec<u32>,
    /// Reference rows that the judged ones are compared with.
    calibrate: Vec<u32>,
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

fn pick(scores: &[f64], rows: &[u32]) -> Vec<f64> {
    rows.iter().filter_map(|row| scores.get(*row as usize)).copied().collect()
}

/// Puts one value for each of these rows into its place.
fn fill<T>(places: &mut [T], rows: &[u32], values: impl IntoIterator<Item = T>) {
    for (row, value) in rows.iter().zip(values) {
        if let Some(place) = places.get_mut(*row as usize) {
            *place = value;
        }
    }
}

/// What each scheme, and then what is unusual, adds to the score of one subject: `-log10 p`.
fn voices(evidence: &Evidence, unusual: &[f32], subject: usize) -> Vec<f64> {
    let schemes = evidence.schemes.iter().map(|(_, p)| p.get(subject).copied());
    let all = schemes.chain([unusual.get(subject).copied()]).flatten();
    // A voice that says nothing adds nothing, and minus zero is no number that anyone should read.
    all.map(|p| if p.is_nan() { 0.0 } else { (-f64::from(p).log10()).max(0.0) }).collect()
}

fn sums(evidence: &Evidence, unusual: &[f32]) -> Vec<f64> {
    let sum = |subject: usize| voices(evidence, unusual, subject).iter().sum();
    (0..unusual.len()).into_par_iter().map(sum).collect()
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
        let judge = self.judges.iter().find(|judge| judge.rows.binary_search(&subject).is_ok());
        if let (Some(Judge { model, .. }), Some(own)) =
            (judge, of_voices.get(self.evidence.schemes.len()))
        {
            let columns = contributions(model, &self.matrix, &[subject])?.pop().unwrap_or_default();
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
