//! Logistic regression on the columns and the prior, starting from the prior.
//!
//! `logit P(hit) = level + prior + Σ slope · column`, slopes held to 0 by a normal prior (the ridge), fitted
//! by Newton's method with halved steps. Columns are in robust spreads and clipped; a missing cell counts as
//! the median, so it says nothing. Rows that nobody checked take part as misses that together weigh as much
//! as the answers (positive-unlabelled learning by weights, after Elkan and Noto 2008): answers from a list
//! alone would say nothing about ordinary rows. The level moves no ranking and is left out of the score.
//!
//! It is written here because `linfa-logistic` 0.8.1 takes neither weights nor an offset, so it could not
//! start from the prior nor correct for how rows were picked.

use serde::{Deserialize, Serialize};

use super::super::cholesky::Lower;
use super::super::detectors::guard::within;
use super::super::error::Error;
use super::super::scale::Scale;
use super::super::stream::Stream;
use super::Answer;
use super::rows::{features, unchecked};
use crate::matrix::Matrix;

/// Cells are clipped at so many robust spreads, as in the detectors of distances.
const CLIP: f32 = 8.0;
/// Rows that nobody checked take part at least so many.
const FEWEST: usize = 100;
const STEPS: usize = 50;
const STILL: f64 = 1e-9;

/// The settings of the regression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// One over the variance that slopes have before anything is learned.
    ridge: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { ridge: 1.0 }
    }
}

impl Settings {
    /// Names the first setting that is out of its range.
    pub(super) fn in_range(&self) -> Result<(), Error> {
        within("logistic.ridge", self.ridge, 1e-3..=1e6, "from 0.001 to 1000000")
    }
}

/// A fitted regression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    scale: Scale,
    /// One for each column, and the last for the prior.
    slopes: Vec<f64>,
}

/// One row of the regression.
struct Case {
    /// The columns, the prior, and 1 for the level.
    cells: Vec<f64>,
    offset: f64,
    hit: f64,
    weight: f64,
}

/// Learns from answers; none if there are none.
pub(super) fn learn(
    settings: &Settings,
    (matrix, prior): (&Matrix, &[f64]),
    answers: &[Answer],
    seed: u64,
) -> Option<Line> {
    let whole: f64 = answers.iter().map(|it| it.weight).sum();
    let mut stream = Stream::of(seed, 0);
    let others = unchecked(matrix.rows(), answers, answers.len().max(FEWEST), &mut stream);
    let scale = Scale::of(matrix, CLIP);
    let line = Line { slopes: vec![0.0; scale.width() + 1], scale };
    let case = |row: u32, hit: bool, weight: f64| {
        let (cells, offset) = features(matrix, prior, row);
        let mut cells = line.cells(&cells, offset);
        cells.push(1.0);
        Case { cells, offset, hit: f64::from(u8::from(hit)), weight }
    };
    let known = count(answers.len());
    let answered = answers.iter().map(|it| case(it.row, it.hit, it.weight * known / whole));
    let rest = others.iter().map(|&row| case(row, false, known / count(others.len())));
    let cases: Vec<Case> = answered.chain(rest).collect();
    let mut slopes = newton(&cases, settings.ridge)?;
    slopes.pop();
    Some(Line { slopes, ..line })
}

/// The slopes and the level of greatest penalised likelihood; none without cases.
fn newton(cases: &[Case], ridge: f64) -> Option<Vec<f64>> {
    let mut slopes = vec![0.0; cases.first()?.cells.len()];
    let mut least = loss(cases, &slopes, ridge);
    for _ in 0..STEPS {
        let mut step = direction(cases, &slopes, ridge)?;
        let mut better = false;
        for _ in 0..STEPS {
            let next: Vec<f64> = slopes.iter().zip(&step).map(|(a, b)| a + b).collect();
            let found = loss(cases, &next, ridge);
            if found < least {
                better = least - found > STILL * least;
                (slopes, least) = (next, found);
                break;
            }
            for it in &mut step {
                *it /= 2.0;
            }
        }
        if !better {
            break;
        }
    }
    Some(slopes)
}

/// The penalised negative log-likelihood.
fn loss(cases: &[Case], slopes: &[f64], ridge: f64) -> f64 {
    let term = |case: &Case| {
        let logit = case.logit(slopes);
        // ln(1 + e^logit) without overflow.
        case.weight * (logit.max(0.0) + (-logit.abs()).exp().ln_1p() - case.hit * logit)
    };
    let penalty: f64 = penalised(slopes).map(|it| it * it).sum();
    cases.iter().map(term).sum::<f64>() + ridge / 2.0 * penalty
}

/// All but the level.
fn penalised(slopes: &[f64]) -> impl Iterator<Item = f64> {
    slopes.iter().take(slopes.len().saturating_sub(1)).copied()
}

/// Newton's step.
fn direction(cases: &[Case], slopes: &[f64], ridge: f64) -> Option<Vec<f64>> {
    let last = slopes.len().saturating_sub(1);
    // The level is held only as firmly as makes the matrix regular where no case tells it.
    let hold = |index: usize| if index < last { ridge } else { 1e-9 };
    let mut triangle: Vec<Vec<f64>> = (0..=last)
        .map(|index| (0..=index).map(|it| if it == index { hold(index) } else { 0.0 }).collect())
        .collect();
    let mut step: Vec<f64> =
        slopes.iter().enumerate().map(|(it, slope)| -hold(it) * slope).collect();
    for case in cases {
        let chance = 1.0 / (1.0 + (-case.logit(slopes)).exp());
        let (pull, bend) =
            (case.weight * (case.hit - chance), case.weight * chance * (1.0 - chance));
        for ((row, cell), sum) in triangle.iter_mut().zip(&case.cells).zip(&mut step) {
            *sum += pull * cell;
            row.iter_mut().zip(&case.cells).for_each(|(sum, other)| *sum += bend * cell * other);
        }
    }
    Lower::of(&triangle)?.solve(&mut step);
    Some(step)
}

impl Case {
    fn logit(&self, slopes: &[f64]) -> f64 {
        self.offset + self.cells.iter().zip(slopes).map(|(cell, slope)| cell * slope).sum::<f64>()
    }
}

impl Line {
    /// A row's columns in spreads, missing ones 0, and the prior.
    fn cells(&self, row: &[f32], prior: f64) -> Vec<f64> {
        let cell = |(column, &cell): (usize, &f32)| {
            let cell = self.scale.cell(column, cell);
            if cell.is_nan() { 0.0 } else { f64::from(cell) }
        };
        row.iter().enumerate().map(cell).chain([prior]).collect()
    }

    /// What is added to the prior of each row.
    pub(super) fn score(&self, matrix: &Matrix, prior: &[f64]) -> Vec<f64> {
        let added = |row: u32| {
            let (cells, prior) = features(matrix, prior, row);
            self.attribute((&cells, prior)).iter().sum()
        };
        (0..u32::try_from(matrix.rows()).unwrap_or(u32::MAX)).map(added).collect()
    }

    /// What each column, and last the prior, adds to one row.
    pub(super) fn attribute(&self, (row, prior): (&[f32], f64)) -> Vec<f64> {
        self.cells(row, prior).iter().zip(&self.slopes).map(|(cell, slope)| cell * slope).collect()
    }

    /// Whether what was read from a file belongs to so many columns.
    pub(super) fn check(&self, columns: usize) -> Result<(), Error> {
        self.scale.check(columns)?;
        if self.slopes.len() == columns + 1 && self.slopes.iter().all(|it| it.is_finite()) {
            Ok(())
        } else {
            Err(Error::Damaged { what: "a regression belongs to other columns" })
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a count of rows is far below 2^52")]
fn count(number: usize) -> f64 {
    number as f64
}
