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
use super::tree::{Tree, depth_of, mean_search};
use super::{Judge, refuse_empty};
use crate::matrix::Matrix;

/// Rows whose cells stay in the cache while all trees pass over them.
const BLOCK: usize = 256;
/// Rows that walk down a tree side by side, so that one walk's wait for memory is another's work.
const LANES: usize = 16;

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
            return Err(Error::Setting { key: "iforest.trees", expected: "from 1 to 10000", found });
        }
        if !(2..=4096).contains(&sample) {
            let found = sample.to_string();
            return Err(Error::Setting { key: "iforest.sample", expected: "from 2 to 4096", found });
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
        let scratch = || (Vec::new(), Box::new(Heap::<SLOTS>::EMPTY));
        blocks.for_each_init(scratch, |(tiles, heap), (block, sums)| {
            let complete = fill(tiles, &columns, block * BLOCK, sums.len());
            for tree in &self.trees {
                heap.take(tree);
                if complete {
                    heap.walk::<false>(steps, tiles, sums);
                } else {
                    heap.walk::<true>(steps, tiles, sums);
                }
            }
        });
        #[expect(clippy::cast_precision_loss, reason = "trees are few")]
        let count = self.trees.len() as f64;
        lengths.iter_mut().for_each(|sum| *sum /= count);
        lengths
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
        parts.iter_mut().for_each(|part| *part /= count);
        parts
    }
}

/// The cells of some rows, in groups of [`LANES`] rows, column by column; true if none is missing.
fn fill(tiles: &mut Vec<[f32; LANES]>, columns: &[&[f32]], first: usize, rows: usize) -> bool {
    let mut complete = true;
    tiles.clear();
    for group in (0..rows).step_by(LANES) {
        let lanes = LANES.min(rows - group);
        for column in columns {
            // The lanes behind the last row walk along and are never read.
            let mut tile = [0.0; LANES];
            let from = first + group;
            for (cell, &value) in tile.iter_mut().zip(column.get(from..from + lanes).unwrap_or(&[])) {
                complete &= !value.is_nan();
                *cell = value;
            }
            tiles.push(tile);
        }
    }
    complete
}

/// One tree as the walk wants it: node 1 is the root, the children of `i` are `2i` and `2i + 1`, and the
/// number of slots is known to the compiler, so that a masked node needs no test for the end.
struct Heap<const SLOTS: usize> {
    /// Threshold, twice the column, plus 1 where a missing cell goes right.
    nodes: [(f32, u32); SLOTS],
    leaves: [f32; SLOTS],
}

impl<const SLOTS: usize> Heap<SLOTS> {
    const EMPTY: Self = Self { nodes: [(0.0, 0); SLOTS], leaves: [0.0; SLOTS] };

    /// Takes up a tree of at most so many leaves.
    fn take(&mut self, tree: &Tree) {
        let both = tree.thresholds.iter().copied().zip(tree.splits.iter().copied());
        for (slot, node) in self.nodes.iter_mut().skip(1).zip(both) {
            *slot = node;
        }
        for (slot, leaf) in self.leaves.iter_mut().zip(&tree.leaves) {
            *slot = *leaf;
        }
    }

    /// Adds the tree's path lengths to the rows of a block.
    #[expect(clippy::indexing_slicing, reason = "the hot loop; masks hold every node inside")]
    fn walk<const MISSING: bool>(&self, steps: usize, tiles: &[[f32; LANES]], sums: &mut [f64]) {
        let width = tiles.len() / sums.len().div_ceil(LANES).max(1);
        for (cells, sums) in tiles.chunks_exact(width.max(1)).zip(sums.chunks_mut(LANES)) {
            let mut nodes = [1_usize; LANES];
            for _ in 0..steps {
                for (lane, node) in nodes.iter_mut().enumerate() {
                    let (threshold, split) = self.nodes[*node & (SLOTS - 1)];
                    let cell = cells[(split >> 1) as usize][lane];
                    let mut right = usize::from(cell > threshold);
                    if MISSING {
                        right |= usize::from(cell.is_nan()) & split as usize & 1;
                    }
                    *node = (*node << 1) | right;
                }
            }
            for (sum, node) in sums.iter_mut().zip(nodes) {
                *sum += f64::from(self.leaves[(node ^ (1 << steps)) & (SLOTS - 1)]);
            }
        }
    }
}
