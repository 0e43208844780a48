//! Isolation forest: rows that random cuts part early from the others are unusual.
//!
//! Liu, Ting and Zhou, *Isolation Forest*, ICDM 2008; the score is theirs and scikit-learn's,
//! `2^(-E[h] / c(sample))`, near 1 for rows parted at once and under 0.5 for the bulk. A missing cell
//! goes with the side of a cut that holds more of the sample, so it makes no path shorter than the
//! bulk's. Cost: `trees · sample · log sample` to fit, `rows · trees · log sample` to score.

use linfa::ParamGuard;
use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::error::Error;
use super::super::stream::Stream;
use super::heap::{Heap, Tiles};
use super::tree::{Tree, depth_of, mean_search};
use super::{Judge, refuse_empty};
use crate::matrix::Matrix;

/// Rows whose cells stay in the cache while all trees pass over them.
const BLOCK: usize = 256;

/// The settings of a forest, not checked yet.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Settings(Checked);

/// The settings of a forest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Checked {
    /// The number of trees, 1 to 10,000.
    trees: usize,
    /// The rows that each tree sees, 2 to 4,096.
    sample: usize,
    #[serde(skip)]
    seed: u64,
}

impl Default for Checked {
    fn default() -> Self {
        Self { trees: 100, sample: 256, seed: 0 }
    }
}

impl Settings {
    /// Settings with a number of trees and of rows that each of them sees.
    pub fn of(trees: usize, sample: usize) -> Self {
        Self(Checked { trees, sample, seed: 0 })
    }

    /// The same settings with the seed of all random choices.
    #[must_use]
    pub fn seeded(mut self, seed: u64) -> Self {
        self.0.seed = seed;
        self
    }
}

impl ParamGuard for Settings {
    type Checked = Checked;
    type Error = Error;

    fn check_ref(&self) -> Result<&Checked, Error> {
        let Checked { trees, sample, .. } = self.0;
        if !(1..=10_000).contains(&trees) {
            let found = trees.to_string();
            return Err(Error::Setting {
                key: "iforest.trees",
                expected: "from 1 to 10000",
                found,
            });
        }
        if !(2..=4096).contains(&sample) {
            let found = sample.to_string();
            return Err(Error::Setting {
                key: "iforest.sample",
                expected: "from 2 to 4096",
                found,
            });
        }
        Ok(&self.0)
    }

    fn check(self) -> Result<Checked, Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

/// A fitted forest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forest {
    columns: usize,
    /// The rows that each tree saw.
    sample: usize,
    trees: Vec<Tree>,
}

impl<'a> Fit<&'a Matrix, (), Error> for Checked {
    type Object = Forest;

    fn fit(&self, data: &DatasetBase<&'a Matrix, ()>) -> Result<Forest, Error> {
        let matrix = data.records;
        refuse_empty(matrix)?;
        let sample = self.sample.min(matrix.rows());
        let depth = depth_of(sample);
        let grow = |index: u64| {
            let mut stream = Stream::of(self.seed, index);
            let rows = stream.rows(matrix.rows(), sample);
            let columns: Vec<&[f32]> = matrix.columns().collect();
            let cell = |row: usize, column: &&[f32]| column.get(row).copied().unwrap_or(f32::NAN);
            let cells = rows.iter().flat_map(|&row| columns.iter().map(move |it| cell(row, it)));
            Tree::grow(&cells.collect::<Vec<f32>>(), columns.len(), depth, &mut stream)
        };
        let trees = (0..self.trees as u64).into_par_iter().map(grow).collect();
        Ok(Forest { columns: matrix.names().len(), sample, trees })
    }
}

impl Forest {
    /// The mean path length of each row: short is unusual.
    pub fn path_lengths(&self, matrix: &Matrix) -> Vec<f64> {
        if self.sample <= 256 { self.walk::<256>(matrix) } else { self.walk::<4096>(matrix) }
    }

    /// The mean path lengths, by trees of at most so many leaves.
    fn walk<const SLOTS: usize>(&self, matrix: &Matrix) -> Vec<f64> {
        let columns: Vec<&[f32]> = matrix.columns().collect();
        let steps = depth_of(self.sample);
        let mut lengths = vec![0.0; matrix.rows()];
        let blocks = lengths.par_chunks_mut(BLOCK).enumerate();
        let scratch = || (Tiles::default(), Box::new(Heap::<SLOTS>::EMPTY));
        blocks.for_each_init(scratch, |(tiles, heap), (block, sums)| {
            tiles.take(&columns, block * BLOCK, sums.len());
            for tree in &self.trees {
                heap.take(tree, tiles);
                heap.walk(steps, tiles, sums);
            }
        });
        #[expect(clippy::cast_precision_loss, reason = "trees are few")]
        let count = self.trees.len() as f64;
        lengths.into_iter().map(|sum| sum / count).collect()
    }

    /// Whether what was read from a file can be walked.
    pub(super) fn check(&self, columns: usize) -> Result<(), Error> {
        if self.columns != columns || self.trees.is_empty() || !(1..=4096).contains(&self.sample) {
            return Err(Error::Damaged { what: "a forest belongs to other columns" });
        }
        self.trees.iter().try_for_each(|tree| tree.check(depth_of(self.sample), columns))
    }
}

impl Judge for Forest {
    fn score(&self, matrix: &Matrix) -> Vec<f64> {
        let scale = mean_search(self.sample);
        let lengths = self.path_lengths(matrix);
        // One row alone has nothing to be parted from.
        let score = |length: f64| if scale > 0.0 { (-length / scale).exp2() } else { 0.5 };
        lengths.into_iter().map(score).collect()
    }

    /// The shortening of the mean path by each column, in steps: the sum is the forest's mean path
    /// length less the row's own (path attribution, as in Saabas 2014).
    fn attribute(&self, row: &[f32]) -> Vec<f64> {
        let mut parts = vec![0.0; row.len()];
        for tree in &self.trees {
            tree.attribute(row, &mut parts);
        }
        #[expect(clippy::cast_precision_loss, reason = "trees are few")]
        let count = self.trees.len() as f64;
        parts.into_iter().map(|part| part / count).collect()
    }
}

#[cfg(test)]
mod tests {
    use linfa::dataset::DatasetBase;
    use linfa::traits::Fit;

    use super::{Forest, Judge, Settings};
    use crate::matrix::Matrix;
    use crate::model::detectors::tree::{Tree, mean_search};

    /// Three columns, some cells missing if asked for; the last row is far out in two columns.
    fn table(rows: u16, gaps: bool) -> Matrix {
        let mut matrix = Matrix::new(rows.into());
        let cell = |row: u16, factor: u32| {
            let mixed = (u32::from(row) + 1).wrapping_mul(factor) % 1009;
            f32::from(u16::try_from(mixed).unwrap()) / 1009.0
        };
        for (name, factor) in [("a", 577_u32), ("b", 7919), ("c", 104_729)] {
            let cells = (0..rows).map(|row| {
                let out = row + 1 == rows && name != "c";
                let missing = gaps && (u32::from(row) * factor) % 7 == 0;
                (out || !missing).then(|| if out { 40.0 } else { cell(row, factor) })
            });
            matrix.push(name, cells).unwrap();
        }
        matrix
    }

    fn forest(matrix: &Matrix, trees: usize, sample: usize) -> Forest {
        Settings::of(trees, sample).seeded(3).fit(&DatasetBase::new(matrix, ())).unwrap()
    }

    fn row(matrix: &Matrix, row: usize) -> Vec<f32> {
        matrix.columns().map(|column| column[row]).collect()
    }

    /// The walk as the paper says it.
    fn recursive(tree: &Tree, row: &[f32], node: usize) -> f32 {
        let inner = tree.splits.len();
        if node >= inner {
            return tree.leaves[node - inner];
        }
        let cell = row[(tree.splits[node] >> 1) as usize];
        let right =
            if cell.is_nan() { tree.splits[node] & 1 == 1 } else { cell > tree.thresholds[node] };
        recursive(tree, row, 2 * node + 1 + usize::from(right))
    }

    #[test]
    fn the_heap_gives_the_recursive_walk_bit_for_bit() {
        for (rows, sample, gaps) in
            [(600, 256, true), (777, 300, true), (33, 256, false), (1, 2, false)]
        {
            let matrix = table(rows, gaps);
            let forest = forest(&matrix, 50, sample);
            for (index, found) in forest.path_lengths(&matrix).into_iter().enumerate() {
                let row = row(&matrix, index);
                let lengths = forest.trees.iter().map(|tree| f64::from(recursive(tree, &row, 0)));
                assert_eq!(found.to_bits(), (lengths.fold(0.0, |a, b| a + b) / 50.0).to_bits());
            }
        }
    }

    #[test]
    fn the_row_that_is_far_out_scores_highest_and_the_bulk_under_one_half() {
        let matrix = table(600, true);
        let scores = forest(&matrix, 100, 256).score(&matrix);
        let (last, others) = scores.split_last().unwrap();
        assert!(*last > 0.6 && others.iter().all(|score| score < last));
        let under = others.iter().filter(|&&score| score < 0.5).count();
        assert!(under > 300, "{under}");
    }

    #[test]
    fn two_rows_are_parted_at_once() {
        let mut matrix = Matrix::new(2);
        matrix.push("a", [Some(1.0), Some(2.0)]).unwrap();
        // One step, and c(2) = 1: 2^-1.
        assert_eq!(forest(&matrix, 10, 256).score(&matrix), [0.5, 0.5]);
        assert!((mean_search(2) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn parts_add_up_to_the_shortening_of_the_path() {
        let matrix = table(600, true);
        let forest = forest(&matrix, 100, 256);
        let mean = forest.trees.iter().map(|tree| f64::from(tree.means[0])).sum::<f64>() / 100.0;
        let lengths = forest.path_lengths(&matrix);
        for index in [0, 7, 300, 599] {
            let parts = forest.attribute(&row(&matrix, index));
            let sum: f64 = parts.iter().sum();
            assert!((sum - (mean - lengths[index])).abs() < 1e-9, "{sum}");
        }
        let parts = forest.attribute(&row(&matrix, 599));
        assert!(parts[0] > parts[2] && parts[1] > parts[2], "{parts:?}");
    }

    #[test]
    fn a_row_of_which_nothing_is_known_is_ordinary() {
        let matrix = table(600, true);
        let mut empty = Matrix::new(1);
        for name in ["a", "b", "c"] {
            empty.push(name, [None]).unwrap();
        }
        let forest = forest(&matrix, 100, 256);
        let mut scores = forest.score(&matrix);
        scores.sort_by(f64::total_cmp);
        assert!(forest.score(&empty)[0] < scores[300]);
    }
}
