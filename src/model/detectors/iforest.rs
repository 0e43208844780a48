//! Isolation forest: rows that few random cuts suffice to isolate are unusual.
//!
//! Liu, Ting and Zhou, *Isolation Forest*, ICDM 2008. The score is that of the paper and of scikit-learn, `2^(-E[h] /
//! c(sample))`: near 1 for rows that are isolated early, below 0.5 for most rows. A missing cell goes to the side with
//! more of the sample, so that it does not shorten the path. Cost: `trees · sample · log sample` to fit, `rows · trees
//! · log sample` to score.

use std::sync::OnceLock;

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::error::Error;
use super::super::stream::Stream;
use super::facets;
use super::guard::ValidParams;
use super::heap::{Heap, Tiles};
use super::plane::{self, Threshold};
use super::scorer::{Scorer, refuse_empty};
use super::tree::{Lengths, Tree, depth_of, mean_search};
use crate::convert::float;
use crate::matrix::Matrix;
use crate::params::{any, params, within};

/// The number of rows per block, chosen so that their cells stay in the cache while all trees process them.
const BLOCK: usize = 256;

/// The method of choosing cuts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cuts {
    /// One random column and a uniform threshold (Liu, Ting and Zhou 2008).
    #[default]
    Plain,
    /// Several random columns with random weights and a uniform threshold (Hariri et al. 2019).
    Extended,
    /// Several random columns with random weights and the threshold of maximal pooled gain (Cortes 2021); selected by
    /// the name of [`super::fair_forest`].
    #[serde(skip)]
    Fair,
}

params! {
    /// The settings of a forest.
    pub struct Settings {
        pub trees: usize = 100, within(1..=10_000), "number of trees";
        pub sample: usize = 256, within(2..=4_096), "rows that each tree sees";
        pub cuts: Cuts = Cuts::Plain, any, "how a node is cut: plain (one column) or extended (across several)";
        pub dimensions: usize = 2, within(1..=64), "columns that an extended cut weighs";
    }
}

/// A fitted forest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forest {
    columns: usize,
    /// The sample size of each tree.
    sample: usize,
    trees: Trees,
}

/// The trees of a forest, by type of node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Trees {
    /// Nodes with one column.
    Axes(Vec<Tree>),
    /// Nodes with several columns.
    Planes(Vec<plane::Tree>),
}

impl<'a> Fit<&'a Matrix, (), Error> for ValidParams<Settings> {
    type Object = Forest;

    fn fit(&self, data: &DatasetBase<&'a Matrix, ()>) -> Result<Forest, Error> {
        let matrix = data.records;
        refuse_empty(matrix)?;
        let Settings { cuts, dimensions, trees, sample } = self.settings;
        let sample = sample.min(matrix.rows());
        let depth = depth_of(sample);
        let columns: Vec<&[f32]> = matrix.columns().collect();
        let width = columns.len();
        // The sampled rows of each tree, stored by row, and the rest of its random stream.
        let drawn = |index: u64| {
            let mut stream = Stream::of(self.seed, index);
            let rows = stream.rows(matrix.rows(), sample);
            let cell = |row: usize, column: &&[f32]| column.get(row).copied().unwrap_or(f32::NAN);
            let cells = rows.iter().flat_map(|&row| columns.iter().map(move |it| cell(row, it)));
            (cells.collect::<Vec<f32>>(), stream)
        };
        let axes =
            |(cells, mut stream): (Vec<f32>, Stream)| Tree::grow(&cells, width, depth, &mut stream);
        let planes = |threshold: Threshold| {
            move |(cells, mut stream): (Vec<f32>, Stream)| {
                let way = (dimensions, threshold);
                plane::Tree::grow(&cells, width, way, depth, &mut stream)
            }
        };
        let samples = (0..trees as u64).into_par_iter().map(drawn);
        let trees = match cuts {
            Cuts::Plain => Trees::Axes(samples.map(axes).collect()),
            Cuts::Extended => Trees::Planes(samples.map(planes(Threshold::Uniform)).collect()),
            Cuts::Fair => Trees::Planes(samples.map(planes(Threshold::PooledGain)).collect()),
        };
        Ok(Forest { columns: width, sample, trees })
    }
}

impl Forest {
    /// The mean path length of each row; short paths are unusual.
    pub fn path_lengths(&self, matrix: &Matrix) -> Vec<f64> {
        let sums = match &self.trees {
            Trees::Axes(trees) if self.sample <= 256 => self.walk_axes::<256>(trees, matrix),
            Trees::Axes(trees) => self.walk_axes::<4096>(trees, matrix),
            Trees::Planes(trees) => {
                let two = trees.iter().all(|tree| tree.dimensions() == 2);
                if two && self.sample <= facets::SLOTS {
                    self.walk_facets(trees, matrix)
                } else {
                    self.walk_planes(trees, matrix)
                }
            }
        };
        let count = self.count();
        sums.into_par_iter().map(|sum| sum / count).collect()
    }

    /// Sums of path lengths in trees with at most `SLOTS` leaves.
    fn walk_axes<const SLOTS: usize>(&self, trees: &[Tree], matrix: &Matrix) -> Vec<f64> {
        let columns: Vec<&[f32]> = matrix.columns().collect();
        let steps = depth_of(self.sample);
        let heaps = |gaps: bool| -> Vec<Heap<SLOTS>> {
            trees.iter().map(|tree| Heap::of(tree, gaps, columns.len())).collect()
        };
        let (whole, gaps) = (heaps(false), OnceLock::new());
        let mut sums = vec![0.0; matrix.rows()];
        let blocks = sums.par_chunks_mut(BLOCK).enumerate();
        blocks.for_each_init(Tiles::default, |tiles, (block, sums)| {
            tiles.take(&columns, block * BLOCK, sums.len());
            let heaps = if tiles.gaps() { gaps.get_or_init(|| heaps(true)) } else { &whole };
            for heap in heaps {
                heap.walk(steps, tiles, sums);
            }
        });
        sums
    }

    /// Sums of path lengths in small trees whose nodes combine two columns.
    fn walk_facets(&self, trees: &[plane::Tree], matrix: &Matrix) -> Vec<f64> {
        let columns: Vec<&[f32]> = matrix.columns().collect();
        let steps = depth_of(self.sample);
        let heaps: Vec<facets::Heap> = trees.iter().map(facets::Heap::of).collect();
        let mut sums = vec![0.0; matrix.rows()];
        let blocks = sums.par_chunks_mut(facets::BLOCK).enumerate();
        blocks.for_each_init(facets::Tiles::default, |tiles, (block, sums)| {
            tiles.take(&columns, block * facets::BLOCK, sums.len());
            for heap in &heaps {
                heap.walk(steps, tiles, sums);
            }
        });
        sums
    }

    /// Sums of path lengths in trees whose nodes combine columns.
    fn walk_planes(&self, trees: &[plane::Tree], matrix: &Matrix) -> Vec<f64> {
        let columns: Vec<&[f32]> = matrix.columns().collect();
        let steps = depth_of(self.sample);
        let mut sums = vec![0.0; matrix.rows()];
        let blocks = sums.par_chunks_mut(BLOCK).enumerate();
        blocks.for_each_init(Vec::new, |cells: &mut Vec<f32>, (block, sums)| {
            let rows = block * BLOCK..block * BLOCK + sums.len();
            let cell = |row: usize, column: &&[f32]| column.get(row).copied().unwrap_or(f32::NAN);
            cells.clear();
            cells.extend(rows.flat_map(|row| columns.iter().map(move |it| cell(row, it))));
            for tree in trees {
                tree.walk(steps, cells, self.columns, sums);
            }
        });
        sums
    }

    /// The number of trees.
    fn count(&self) -> f64 {
        match &self.trees {
            Trees::Axes(trees) => float(trees.len()),
            Trees::Planes(trees) => float(trees.len()),
        }
    }

    /// Checks a deserialised forest.
    pub(in crate::model) fn check(&self, columns: usize) -> Result<(), Error> {
        if self.columns != columns || self.count() < 1.0 || !(1..=4096).contains(&self.sample) {
            return Err(Error::Damaged { what: "a forest belongs to other columns" });
        }
        let depth = depth_of(self.sample);
        match &self.trees {
            Trees::Axes(trees) => trees.iter().try_for_each(|tree| tree.check(depth, columns)),
            Trees::Planes(trees) => trees.iter().try_for_each(|tree| tree.check(depth, columns)),
        }
    }
}

/// Functions for feedback: the leaf of each row, and the same cuts with other leaf values.
impl Forest {
    /// The number of trees.
    pub(in crate::model) fn trees(&self) -> usize {
        match &self.trees {
            Trees::Axes(trees) => trees.len(),
            Trees::Planes(trees) => trees.len(),
        }
    }

    /// The number of leaves of each tree, including padding.
    pub(in crate::model) fn leaves(&self) -> usize {
        1 << depth_of(self.sample)
    }

    /// The leaf number of each row in each tree, stored by row.
    pub(in crate::model) fn ends(&self, matrix: &Matrix) -> Vec<u16> {
        let columns: Vec<&[f32]> = matrix.columns().collect();
        let inner = self.leaves() - 1;
        let mut ends = vec![0; matrix.rows() * self.trees()];
        ends.par_chunks_mut(self.trees().max(1)).enumerate().for_each(|(index, ends)| {
            let cell = |it: &&[f32]| it.get(index).copied().unwrap_or(f32::NAN);
            let row: Vec<f32> = columns.iter().map(cell).collect();
            for (tree, end) in ends.iter_mut().enumerate() {
                let mut node = 0;
                while node < inner {
                    node = self.next(tree, node, &row);
                }
                // A tree has at most 4,096 leaves.
                *end = u16::try_from(node - inner).unwrap_or(0);
            }
        });
        ends
    }

    /// The next node of a row.
    fn next(&self, tree: usize, node: usize, row: &[f32]) -> usize {
        let next = match &self.trees {
            Trees::Axes(trees) => trees.get(tree).map(|it| it.next(node, row)),
            Trees::Planes(trees) => trees.get(tree).map(|it| it.next(node, row)),
        };
        next.unwrap_or(usize::MAX)
    }

    /// The same cuts with other leaf values, for each tree. `visits` holds the number of rows per leaf, which weights
    /// the means of inner nodes.
    pub(in crate::model) fn valued(&self, values: &[Vec<f64>], visits: &[Vec<u32>]) -> Self {
        let mut forest = self.clone();
        let lengths = values.iter().zip(visits).map(|(values, rows)| Lengths::valued(values, rows));
        match &mut forest.trees {
            Trees::Axes(trees) => {
                trees.iter_mut().zip(lengths).for_each(|(tree, it)| tree.lengths = it);
            }
            Trees::Planes(trees) => {
                trees.iter_mut().zip(lengths).for_each(|(tree, it)| tree.lengths = it);
            }
        }
        forest
    }
}

impl Scorer for Forest {
    fn score(&self, matrix: &Matrix) -> Vec<f64> {
        let scale = mean_search(self.sample);
        let lengths = self.path_lengths(matrix);
        // A single row cannot be isolated from anything.
        let score = |length: f64| if scale > 0.0 { (-length / scale).exp2() } else { 0.5 };
        lengths.into_par_iter().map(score).collect()
    }

    /// The reduction of the mean path length by each column, in steps: the sum is the forest's mean path length minus
    /// the row's (path attribution, as in Saabas 2014).
    fn attribute(&self, row: &[f32]) -> Vec<f64> {
        let mut parts = vec![0.0; row.len()];
        match &self.trees {
            Trees::Axes(trees) => trees.iter().for_each(|it| it.attribute(row, &mut parts)),
            Trees::Planes(trees) => trees.iter().for_each(|it| it.attribute(row, &mut parts)),
        }
        let count = self.count();
        parts.into_iter().map(|part| part / count).collect()
    }
}

#[cfg(test)]
mod tests {
    use linfa::dataset::DatasetBase;
    use linfa::traits::Fit;

    use super::{Cuts, Forest, Scorer, Settings, Trees};
    use crate::matrix::Matrix;
    use crate::model::detectors::guard::Seeded;
    use crate::model::detectors::tree::{Tree, mean_search};

    /// Three columns, optionally with missing cells; the last row is extreme in two columns.
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
        Settings { trees, sample, ..Settings::default() }
            .seeded(3)
            .fit(&DatasetBase::new(matrix, ()))
            .unwrap()
    }

    fn cutting(matrix: &Matrix, cuts: Cuts) -> Forest {
        let settings = Settings { cuts, ..Settings::default() }.seeded(3);
        settings.fit(&DatasetBase::new(matrix, ())).unwrap()
    }

    fn row(matrix: &Matrix, row: usize) -> Vec<f32> {
        matrix.columns().map(|column| column[row]).collect()
    }

    /// The recursive path length of the paper.
    fn recursive(tree: &Tree, row: &[f32], node: usize) -> f32 {
        let inner = tree.splits.len();
        if node >= inner {
            return tree.lengths.leaves[node - inner];
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
            let Trees::Axes(trees) = &forest.trees else { panic!("a plain forest") };
            for (index, found) in forest.path_lengths(&matrix).into_iter().enumerate() {
                let row = row(&matrix, index);
                let lengths = trees.iter().map(|tree| f64::from(recursive(tree, &row, 0)));
                assert_eq!(found.to_bits(), (lengths.fold(0.0, |a, b| a + b) / 50.0).to_bits());
            }
        }
    }

    #[test]
    fn facets_give_the_walk_of_planes_bit_for_bit() {
        for (rows, gaps) in [(1600, true), (1600, false), (33, true), (1, false)] {
            let matrix = table(rows, gaps);
            for cuts in [Cuts::Extended, Cuts::Fair] {
                let forest = cutting(&matrix, cuts);
                let Trees::Planes(trees) = &forest.trees else { panic!("a forest of planes") };
                assert_eq!(forest.walk_facets(trees, &matrix), forest.walk_planes(trees, &matrix));
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
        for cuts in [Cuts::Plain, Cuts::Extended, Cuts::Fair] {
            let forest = cutting(&matrix, cuts);
            let means: Vec<f32> = match &forest.trees {
                Trees::Axes(trees) => trees.iter().map(|it| it.lengths.means[0]).collect(),
                Trees::Planes(trees) => trees.iter().map(|it| it.lengths.means[0]).collect(),
            };
            let mean = means.into_iter().map(f64::from).sum::<f64>() / 100.0;
            let lengths = forest.path_lengths(&matrix);
            for index in [0, 7, 300, 599] {
                let parts = forest.attribute(&row(&matrix, index));
                let sum: f64 = parts.iter().sum();
                assert!((sum - (mean - lengths[index])).abs() < 1e-9, "{sum}");
            }
            let parts = forest.attribute(&row(&matrix, 599));
            assert!(parts[0] > parts[2] && parts[1] > parts[2], "{parts:?}");
        }
    }

    #[test]
    fn every_kind_of_cut_finds_the_row_that_is_far_out() {
        let matrix = table(600, true);
        for cuts in [Cuts::Plain, Cuts::Extended, Cuts::Fair] {
            let scores = cutting(&matrix, cuts).score(&matrix);
            let (last, others) = scores.split_last().unwrap();
            assert!(others.iter().all(|score| score < last), "{cuts:?}");
        }
    }

    #[test]
    fn a_change_of_unit_changes_no_plane_forest() {
        let matrix = table(600, true);
        let mut other = Matrix::new(600);
        for (name, column) in matrix.names().iter().zip(matrix.columns()) {
            let factor = if name == "b" { 1024.0 } else { 0.25 };
            other.push(name, column.iter().map(|cell| Some(cell * factor))).unwrap();
        }
        for cuts in [Cuts::Extended, Cuts::Fair] {
            let one = cutting(&matrix, cuts).score(&matrix);
            let other = cutting(&other, cuts).score(&other);
            // Different rounding of a sum may cross a threshold in about one tree of a hundred.
            assert!(one.iter().zip(&other).all(|(a, b)| (a - b).abs() < 0.01), "{cuts:?}");
        }
    }

    #[test]
    fn a_row_of_which_nothing_is_known_is_ordinary() {
        let matrix = table(600, true);
        let mut empty = Matrix::new(1);
        for name in ["a", "b", "c"] {
            empty.push(name, [None]).unwrap();
        }
        for cuts in [Cuts::Plain, Cuts::Extended, Cuts::Fair] {
            let forest = cutting(&matrix, cuts);
            let mut scores = forest.score(&matrix);
            scores.sort_by(f64::total_cmp);
            assert!(forest.score(&empty)[0] < scores[300], "{cuts:?}");
        }
    }
}
