//! Active anomaly discovery: leaf values of an isolation forest are learned from labels.
//!
//! Das, Wong, Fern, Dietterich and Siddiqui, *Incorporating Feedback into Tree-based Anomaly Detection*, 2017 (arXiv
//! 1708.09441); Das et al., *Active Anomaly Detection via Ensembles*, 2019 (arXiv 1901.08930). A row's score is the
//! prior's plus the mean over trees of the value `v` at its leaf. The values minimise
//!
//! `prior / (2 n) · Σ v² / trees + C · mean over hits of (q + m - s)₊ + C' · mean over misses of (s - q + m)₊`
//!
//! with `n` labels and `q` the prior score above which the share `budget` of all rows lies: hits should score above it
//! and misses below, each by a margin `m`. Without a margin, as in the papers, hits that already lie above `q` have no
//! effect, although most audited rows lie there; with a large margin the loss is linear (Siddiqui et al.,
//! *Feedback-Guided Anomaly Discovery via Online Optimization*, KDD 2018).
//!
//! The dual has one box-constrained variable per label; its kernel is the share of trees in which two rows have the
//! same leaf. It is solved by coordinate descent in a fixed order (Hsieh et al., *A Dual Coordinate Descent Method for
//! Large-scale Linear SVM*, ICML 2008), in `O(labels · trees)` per pass without storing the kernel.

use super::super::detectors::iforest::Forest;
use super::super::detectors::scorer::Scorer;
use super::super::stream::Stream;
use super::label::WeightedLabel;
use crate::convert::float;
use crate::matrix::Matrix;
use crate::params::{params, within};

/// The number of rows used for the budget's quantile and for the weights of inner nodes.
const CROWD: usize = 16_384;
/// The maximum number of passes; coordinate descent ends earlier if no variable moves by more than [`STILL`].
const PASSES: usize = 1_000;
const STILL: f64 = 1e-6;

params! {
    /// The settings of the learning.
    pub struct Settings {
        budget: f64 = 0.03, within(1e-6..=0.5), "share of all rows that hits should be among, and misses not";
        hits: f64 = 1.0, within(0.0..=1e3), "how much hits count";
        misses: f64 = 1.0, within(0.0..=1e3), "how much misses count";
        margin: f64 = 3.0, within(0.0..=1e3),
            "how far from the edge of the budget labelled rows should lie, in units of the score";
        prior: f64 = 1.0, within(1e-3..=1e6),
            "how strongly the leaves are held to the prior; divided by the number of labels";
    }
}

/// The leaves and prior scores of some rows.
struct Rows {
    /// The leaf in each tree, stored by row.
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

/// The leaf values during learning.
struct Values {
    trees: Vec<Vec<f64>>,
}

impl Values {
    /// The mean value of a row's leaves.
    fn at(&self, ends: &[u16]) -> f64 {
        let value =
            |(tree, &end): (&Vec<f64>, &u16)| tree.get(end as usize).copied().unwrap_or(0.0);
        self.trees.iter().zip(ends).map(value).sum::<f64>() / float(self.trees.len())
    }

    fn add(&mut self, ends: &[u16], step: f64) {
        for (tree, &end) in self.trees.iter_mut().zip(ends) {
            if let Some(value) = tree.get_mut(end as usize) {
                *value += step;
            }
        }
    }
}

/// The dual variable of a label.
struct Variable<'a> {
    ends: &'a [u16],
    prior: f64,
    /// 1 for a hit, -1 for a miss.
    sign: f64,
    most: f64,
    now: f64,
}

/// Learns a forest whose leaf values are the adjustments of the score.
pub(super) fn learn(
    settings: &Settings,
    forest: &Forest,
    (matrix, prior): (&Matrix, &[f64]),
    labels: &[WeightedLabel],
    seed: u64,
) -> Forest {
    let trees = forest.trees();
    let rows: Vec<u32> = labels.iter().map(|it| it.row).collect();
    let known = Rows::of(forest, matrix, prior, &rows);
    let drawn = Stream::of(seed, 0).rows(matrix.rows(), CROWD);
    let drawn: Vec<u32> = drawn.into_iter().filter_map(|row| u32::try_from(row).ok()).collect();
    let crowd = Rows::of(forest, matrix, prior, &drawn);
    let mut variables = variables(settings, labels, &known, trees);
    let mut values = Values { trees: vec![vec![0.0; forest.leaves()]; trees] };
    let threshold = quantile(crowd.prior.clone(), settings.budget);
    descend(&mut variables, &mut values, threshold, settings.margin);
    forest.valued(&values.trees, &visits(forest, &[&known, &crowd]))
}

fn variables<'a>(
    settings: &Settings,
    labels: &[WeightedLabel],
    known: &'a Rows,
    trees: usize,
) -> Vec<Variable<'a>> {
    let whole =
        |hit: bool| -> f64 { labels.iter().filter(|it| it.hit == hit).map(|it| it.weight).sum() };
    let force = float(labels.len()) / settings.prior;
    let (hits, misses) = (settings.hits / whole(true), settings.misses / whole(false));
    let variable = |(label, (ends, prior)): (&WeightedLabel, (&'a [u16], f64))| {
        let (sign, side) = if label.hit { (1.0, hits) } else { (-1.0, misses) };
        Variable { ends, prior, sign, most: force * side * label.weight, now: 0.0 }
    };
    labels.iter().zip(known.iter(trees)).map(variable).collect()
}

/// Coordinate descent from the current variables.
fn descend(variables: &mut [Variable<'_>], values: &mut Values, threshold: f64, margin: f64) {
    for _ in 0..PASSES {
        let mut moved = 0.0_f64;
        for it in &mut *variables {
            let beyond = it.sign * (it.prior + values.at(it.ends) - threshold) - margin;
            // The kernel of a row with itself is 1, so the second derivative is 1.
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

/// The score above which the share `budget` of the scores lies.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of rows")]
fn quantile(mut scores: Vec<f64>, budget: f64) -> f64 {
    let above = (float(scores.len()) * budget) as usize;
    let place = scores.len().saturating_sub(above + 1);
    if scores.is_empty() { 0.0 } else { *scores.select_nth_unstable_by(place, f64::total_cmp).1 }
}

/// The number of the given rows in each leaf of each tree.
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

/// The adjustment of each row.
pub(super) fn score(forest: &Forest, matrix: &Matrix) -> Vec<f64> {
    forest.path_lengths(matrix)
}

/// The contribution of each column to a row's adjustment; the sum is the adjustment.
pub(super) fn attribute(forest: &Forest, row: &[f32], whole: f64) -> Vec<f64> {
    // The attribution gives the distance below the mean of all rows, so its sign is reversed.
    let parts: Vec<f64> = forest.attribute(row).into_iter().map(|part| -part).collect();
    let common = (whole - parts.iter().sum::<f64>()) / float(parts.len().max(1));
    parts.into_iter().map(|part| part + common).collect()
}

#[cfg(test)]
mod tests {
    use linfa::dataset::DatasetBase;
    use linfa::traits::Fit;

    use super::super::label::WeightedLabel;
    use super::{Rows, Settings, Values, descend, learn, quantile, variables};
    use crate::matrix::Matrix;
    use crate::model::detectors::guard::Seeded;
    use crate::model::detectors::iforest::{self, Forest};

    /// Two pseudorandom columns.
    fn data(rows: u16) -> (Matrix, Forest, Vec<f64>) {
        let mut matrix = Matrix::new(rows.into());
        for (name, factor) in [("a", 577_u32), ("b", 7919)] {
            let cell =
                |row: u16| f32::from(u16::try_from(u32::from(row + 1) * factor % 1009).unwrap());
            matrix.push(name, (0..rows).map(|row| Some(cell(row)))).unwrap();
        }
        let forest = iforest::Settings { trees: 20, sample: 64, ..Default::default() }
            .seeded(1)
            .fit(&DatasetBase::new(&matrix, ()))
            .unwrap();
        let prior = (0..rows).map(|row| f64::from(row % 7)).collect();
        (matrix, forest, prior)
    }

    fn labels() -> Vec<WeightedLabel> {
        (0..12)
            .map(|row| WeightedLabel { row, hit: row % 3 == 0, weight: 1.0 + f64::from(row % 2) })
            .collect()
    }

    #[test]
    fn the_quantile_is_that_by_hand() {
        let scores: Vec<f64> = (0..100).map(f64::from).collect();
        assert!((quantile(scores.clone(), 0.03) - 96.0).abs() < 1e-12);
        assert!((quantile(scores, 1e-6) - 99.0).abs() < 1e-12);
        assert!(quantile(Vec::new(), 0.1).abs() < 1e-12);
    }

    /// Checks the Karush-Kuhn-Tucker conditions, which are sufficient for the optimum of a convex problem.
    #[test]
    fn every_variable_rests_where_it_should() {
        let (matrix, forest, prior) = data(300);
        let labels = labels();
        let rows: Vec<u32> = labels.iter().map(|it| it.row).collect();
        let known = Rows::of(&forest, &matrix, &prior, &rows);
        let settings = Settings { margin: 1.0, ..Settings::default() };
        let mut variables = variables(&settings, &labels, &known, forest.trees());
        let mut values = Values { trees: vec![vec![0.0; forest.leaves()]; forest.trees()] };
        descend(&mut variables, &mut values, 4.0, settings.margin);
        for it in &variables {
            let beyond = it.sign * (it.prior + values.at(it.ends) - 4.0) - 1.0;
            let rests = if it.now <= 0.0 {
                beyond > -1e-4
            } else if it.now >= it.most {
                beyond < 1e-4
            } else {
                beyond.abs() < 1e-4
            };
            assert!(rests, "{} of {}: {beyond}", it.now, it.most);
        }
        assert!(variables.iter().any(|it| it.now > 0.0));
    }

    #[test]
    fn hits_are_parted_from_misses() {
        let (matrix, forest, prior) = data(300);
        let labels = labels();
        let learned = learn(&Settings::default(), &forest, (&matrix, &prior), &labels, 1);
        let added = learned.path_lengths(&matrix);
        let mean = |hit: bool| {
            let rows: Vec<f64> =
                labels.iter().filter(|it| it.hit == hit).map(|it| added[it.row as usize]).collect();
            rows.iter().sum::<f64>() / super::float(rows.len())
        };
        // Misses with low scores have no effect and may rise together with hits.
        assert!(mean(true) > 1.0 + mean(false), "{} {}", mean(true), mean(false));
    }
}
