//! Active anomaly discovery: the leaves of an isolation forest learn from answers.
//!
//! Das, Wong, Fern, Dietterich and Siddiqui, *Incorporating Feedback into Tree-based Anomaly Detection*,
//! 2017 (arXiv 1708.09441); Das et al., *Active Anomaly Detection via Ensembles*, 2019 (arXiv 1901.08930).
//! A row's score is the prior's plus the mean over trees of a value `v` at the leaf where it ends. The values
//! minimise
//!
//! `prior / (2 n) · Σ v² / trees + C_hit · mean over hits of (q - s)₊ + C_miss · mean over misses of (s - q)₊`
//!
//! with `n` answers and `q` the score above which the share `budget` of all rows lies, so every answered hit
//! is asked to be among them and every miss not to be. In the dual there is one variable in a box for each
//! answer, and its kernel is the share of trees in which two rows end in one leaf; coordinate descent in a
//! fixed order solves it (Hsieh et al. 2008), `O(answers · trees)` for each pass and without the kernel in
//! memory. `q` moves with the values and is found by repetition, as in the papers from round to round.

use serde::{Deserialize, Serialize};

use super::super::detectors::Judge;
use super::super::detectors::guard::within;
use super::super::detectors::iforest::Forest;
use super::super::error::Error;
use super::super::stream::Stream;
use super::Answer;
use crate::matrix::Matrix;

/// Rows among which the budget's quantile is sought.
const CROWD: usize = 16_384;
/// Coordinate descent stops after so many passes, or when no variable wants to move by more than
/// [`STILL`].
const PASSES: usize = 2_000;
const STILL: f64 = 1e-6;

/// The settings of the leaves' learning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The share of all rows that hits should be among and misses not.
    budget: f64,
    /// How much hits count.
    hits: f64,
    /// How much misses count.
    misses: f64,
    /// How strongly the leaves are held to the prior; divided by the number of answers.
    prior: f64,
    /// How often the quantile is sought anew.
    repeats: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { budget: 0.03, hits: 1.0, misses: 1.0, prior: 1.0, repeats: 10 }
    }
}

impl Settings {
    /// Names the first setting that is out of its range.
    pub(super) fn in_range(&self) -> Result<(), Error> {
        within("aad.budget", self.budget, 1e-6..=0.5, "from 0.000001 to 0.5")?;
        within("aad.hits", self.hits, 0.0..=1e3, "from 0 to 1000")?;
        within("aad.misses", self.misses, 0.0..=1e3, "from 0 to 1000")?;
        within("aad.prior", self.prior, 1e-3..=1e6, "from 0.001 to 1000000")?;
        within("aad.repeats", self.repeats, 1..=1000, "from 1 to 1000")
    }
}

/// Rows with the leaves where they end and what the prior says of them.
struct Rows {
    /// Row after row, one for each tree.
    ends: Vec<u16>,
    prior: Vec<f64>,
}

impl Rows {
    fn of(forest: &Forest, matrix: &Matrix, prior: &[f64], rows: &[u32]) -> Self {
        let value = |&row: &u32| prior.get(row as usize).copied().unwrap_or(0.0);
        Self { ends: forest.ends(&matrix.select(rows)), prior: rows.iter().map(value).collect() }
    }

    fn iter(&self, trees: usize) -> impl Iterator<Item = (&[u16], f64)> {
        self.ends.chunks_exact(trees.max(1)).zip(self.prior.iter().copied())
    }
}

/// The values of all leaves while they are being learned.
struct Values {
    trees: Vec<Vec<f64>>,
}

impl Values {
    /// The mean value of the leaves where a row ends.
    fn at(&self, ends: &[u16]) -> f64 {
        let value =
            |(tree, &end): (&Vec<f64>, &u16)| tree.get(end as usize).copied().unwrap_or(0.0);
        self.trees.iter().zip(ends).map(value).sum::<f64>() / count(self.trees.len())
    }

    fn add(&mut self, ends: &[u16], step: f64) {
        for (tree, &end) in self.trees.iter_mut().zip(ends) {
            if let Some(value) = tree.get_mut(end as usize) {
                *value += step;
            }
        }
    }
}

/// One answer's variable.
struct Variable<'a> {
    ends: &'a [u16],
    prior: f64,
    /// 1 for a hit, -1 for a miss.
    sign: f64,
    most: f64,
    now: f64,
}

/// A forest whose leaves hold, instead of path lengths, what answers add to a row's score.
pub(super) fn learn(
    settings: &Settings,
    forest: &Forest,
    (matrix, prior): (&Matrix, &[f64]),
    answers: &[Answer],
    seed: u64,
) -> Forest {
    let trees = forest.trees();
    let rows: Vec<u32> = answers.iter().map(|it| it.row).collect();
    let known = Rows::of(forest, matrix, prior, &rows);
    let drawn = Stream::of(seed, 0).rows(matrix.rows(), CROWD);
    let drawn: Vec<u32> = drawn.into_iter().filter_map(|row| u32::try_from(row).ok()).collect();
    let crowd = Rows::of(forest, matrix, prior, &drawn);
    let mut variables = variables(settings, answers, &known, trees);
    let mut values = Values { trees: vec![vec![0.0; forest.leaves()]; trees] };
    let mut last = f64::NAN;
    for _ in 0..settings.repeats {
        let threshold = quantile(&values, &crowd, settings.budget);
        if (threshold - last).abs() < STILL {
            break;
        }
        descend(&mut variables, &mut values, threshold);
        last = threshold;
    }
    forest.valued(&values.trees, &visits(forest, &[&known, &crowd]))
}

fn variables<'a>(
    settings: &Settings,
    answers: &[Answer],
    known: &'a Rows,
    trees: usize,
) -> Vec<Variable<'a>> {
    let whole =
        |hit: bool| -> f64 { answers.iter().filter(|it| it.hit == hit).map(|it| it.weight).sum() };
    let force = count(answers.len()) / settings.prior;
    let (hits, misses) = (settings.hits / whole(true), settings.misses / whole(false));
    let variable = |(answer, (ends, prior)): (&Answer, (&'a [u16], f64))| {
        let (sign, side) = if answer.hit { (1.0, hits) } else { (-1.0, misses) };
        Variable { ends, prior, sign, most: force * side * answer.weight, now: 0.0 }
    };
    answers.iter().zip(known.iter(trees)).map(variable).collect()
}

/// Coordinate descent from where the variables stand.
fn descend(variables: &mut [Variable<'_>], values: &mut Values, threshold: f64) {
    for _ in 0..PASSES {
        let mut moved = 0.0_f64;
        for it in &mut *variables {
            let beyond = it.sign * (it.prior + values.at(it.ends) - threshold);
            // A row shares all leaves with itself, so the second derivative is 1.
            let next = (it.now - beyond).clamp(0.0, it.most);
            let step = next - it.now;
            if step != 0.0 {
                values.add(it.ends, it.sign * step);
                it.now = next;
                moved = moved.max(step.abs());
            }
        }
        if moved < STILL {
            break;
        }
    }
}

/// The score above which the share `budget` of the crowd lies.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of rows")]
fn quantile(values: &Values, crowd: &Rows, budget: f64) -> f64 {
    let score = |(ends, prior): (&[u16], f64)| prior + values.at(ends);
    let mut scores: Vec<f64> = crowd.iter(values.trees.len()).map(score).collect();
    let above = (count(scores.len()) * budget) as usize;
    let place = scores.len().saturating_sub(above + 1);
    if scores.is_empty() { 0.0 } else { *scores.select_nth_unstable_by(place, f64::total_cmp).1 }
}

/// How many of some rows end in each leaf of each tree.
fn visits(forest: &Forest, rows: &[&Rows]) -> Vec<Vec<u32>> {
    let trees = forest.trees();
    let mut visits = vec![vec![0_u32; forest.leaves()]; trees];
    for (ends, _) in rows.iter().flat_map(|it| it.iter(trees)) {
        for (tree, &end) in visits.iter_mut().zip(ends) {
            if let Some(rows) = tree.get_mut(end as usize) {
                *rows += 1;
            }
        }
    }
    visits
}

#[expect(clippy::cast_precision_loss, reason = "a count of rows or trees is far below 2^52")]
fn count(number: usize) -> f64 {
    number as f64
}

/// What the answers add to each row.
pub(super) fn score(forest: &Forest, matrix: &Matrix) -> Vec<f64> {
    forest.path_lengths(matrix)
}

/// What each column adds to one row; the sum is what the answers add to it.
pub(super) fn attribute(forest: &Forest, row: &[f32], whole: f64) -> Vec<f64> {
    // The walk tells how far below the mean of all rows the row ends.
    let parts: Vec<f64> = forest.attribute(row).into_iter().map(|part| -part).collect();
    let common = (whole - parts.iter().sum::<f64>()) / count(parts.len().max(1));
    parts.into_iter().map(|part| part + common).collect()
}
