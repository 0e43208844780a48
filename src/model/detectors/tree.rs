//! An isolation tree, stored as a perfect binary tree in an array.
//!
//! Depth is limited, so all trees are padded to the same shape: the children of node `i` are `2i + 1` and `2i + 2`, and
//! a traversal has a fixed number of steps without a test for leaves. Padding below a leaf sends all rows left and
//! carries the leaf's value, so it contributes nothing to attributions.

use serde::{Deserialize, Serialize};

use super::super::error::Error;
use super::super::stream::Stream;
use crate::convert::float;

/// The threshold of padding nodes, which send every finite value left.
const NEVER: f32 = f32::MAX;

/// The mean length of an unsuccessful search in a binary search tree of `rows` keys (Preiss 1999; Liu, Ting and Zhou
/// 2008, equation 1), with the exact harmonic number.
pub fn mean_search(rows: usize) -> f64 {
    if rows < 2 {
        return 0.0;
    }
    let harmonic: f64 = (1..rows).map(|it| 1.0 / float(it)).sum();
    2.0 * harmonic - 2.0 * float(rows - 1) / float(rows)
}

/// The number of steps: the depth of a balanced tree that isolates every row.
pub(super) fn depth_of(sample: usize) -> usize {
    usize::try_from(sample.max(1).next_power_of_two().trailing_zeros()).unwrap_or(0)
}

/// A tree padded to `depth` steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tree {
    /// For each inner node twice its column, plus 1 if a missing cell goes right.
    pub(super) splits: Vec<u32>,
    /// Values above the threshold go right.
    pub(super) thresholds: Vec<f32>,
    pub(super) lengths: Lengths,
}

/// The path lengths of a padded tree; independent of the type of node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Lengths {
    /// For each inner node the mean path length of the sample rows that pass it.
    pub(super) means: Vec<f32>,
    /// The path length at each leaf of the padded tree: depth plus [`mean_search`] of the remaining rows.
    pub(super) leaves: Vec<f32>,
}

impl Lengths {
    /// Path lengths of 0 for a tree of this depth.
    pub(super) fn of(depth: usize) -> Self {
        let inner = (1_usize << depth) - 1;
        Self { means: vec![0.0; inner], leaves: vec![0.0; inner + 1] }
    }

    /// The number of inner nodes.
    pub(super) fn inner(&self) -> usize {
        self.means.len()
    }

    /// Sets the leaves below a node at which `rows` rows remain, `steps` above the leaves; returns the sum of their
    /// path lengths.
    #[expect(clippy::cast_possible_truncation, reason = "a path length is small")]
    pub(super) fn end(&mut self, (node, level): (usize, usize), steps: usize, rows: usize) -> f64 {
        let length = (float(level) + mean_search(rows)) as f32;
        for step in 0..=steps {
            let first = (node + 1) * (1 << step) - 1;
            for place in first..first + (1 << step) {
                match place.checked_sub(self.inner()) {
                    None => set(&mut self.means, place, length),
                    Some(leaf) => set(&mut self.leaves, leaf, length),
                }
            }
        }
        f64::from(length) * float(rows)
    }

    /// Stores the mean path length of the rows that pass a node.
    #[expect(clippy::cast_possible_truncation, reason = "a path length is small")]
    pub(super) fn pass(&mut self, node: usize, sum: f64, rows: usize) {
        set(&mut self.means, node, (sum / float(rows)) as f32);
    }

    /// The path length of a node.
    pub(super) fn at(&self, node: usize) -> f64 {
        let leaf = || self.leaves.get(node - self.inner()).copied();
        f64::from(self.means.get(node).copied().or_else(leaf).unwrap_or(0.0))
    }

    /// Leaf values, and the mean over visiting rows at each inner node; 0 without visits.
    #[expect(clippy::cast_possible_truncation, reason = "a value moves by a few nats")]
    pub(super) fn valued(values: &[f64], visits: &[u32]) -> Self {
        let mut level: Vec<(f64, f64)> = values
            .iter()
            .zip(visits)
            .map(|(value, &rows)| (value * f64::from(rows), f64::from(rows)))
            .collect();
        let mut levels = Vec::new();
        while level.len() > 1 {
            let both = |pair: &[(f64, f64)]| {
                pair.iter().fold((0.0, 0.0), |sum, it| (sum.0 + it.0, sum.1 + it.1))
            };
            level = level.chunks(2).map(both).collect();
            levels.push(level.clone());
        }
        let mean = |&(sum, rows): &(f64, f64)| if rows > 0.0 { (sum / rows) as f32 } else { 0.0 };
        let means = levels.iter().rev().flatten().map(mean).collect();
        Self { means, leaves: values.iter().map(|&value| value as f32).collect() }
    }

    /// Whether the lengths match a tree of this depth.
    pub(super) fn fit(&self, depth: usize) -> bool {
        let inner = (1_usize << depth) - 1;
        let shaped = self.means.len() == inner && self.leaves.len() == inner + 1;
        shaped && self.means.iter().chain(&self.leaves).all(|it| it.is_finite())
    }
}

/// The sample during tree growth, stored by row.
struct Sample<'a> {
    cells: &'a [f32],
    width: usize,
    /// All columns, in an order that is shuffled by drawing.
    columns: Vec<usize>,
    depth: usize,
}

/// A split; missing cells go to the larger side.
struct Cut {
    column: usize,
    threshold: f32,
}

impl Tree {
    /// Grows a tree on a sample of rows with `width` cells each (Liu, Ting and Zhou 2008, algorithm 2): a random column
    /// that is not constant and a uniform threshold, until a row is isolated or the depth is reached.
    pub(super) fn grow(cells: &[f32], width: usize, depth: usize, stream: &mut Stream) -> Self {
        let inner = (1_usize << depth) - 1;
        let mut tree = Self {
            splits: vec![0; inner],
            thresholds: vec![NEVER; inner],
            lengths: Lengths::of(depth),
        };
        let mut rows: Vec<usize> = (0..cells.len() / width.max(1)).collect();
        let mut sample = Sample { cells, width, columns: (0..width).collect(), depth };
        tree.cut(&mut sample, &mut rows, (0, 0), stream);
        tree
    }

    /// Splits the rows of a node recursively and returns the sum of their path lengths.
    fn cut(
        &mut self,
        sample: &mut Sample<'_>,
        rows: &mut [usize],
        (node, level): (usize, usize),
        stream: &mut Stream,
    ) -> f64 {
        let cut =
            if level < sample.depth && rows.len() > 1 { sample.draw(rows, stream) } else { None };
        let Some(cut) = cut else {
            return self.lengths.end((node, level), sample.depth - level, rows.len());
        };
        let (left, missing_right) = sample.part(rows, &cut);
        let (lower, upper) = rows.split_at_mut(left);
        let sum = self.cut(sample, lower, (2 * node + 1, level + 1), stream)
            + self.cut(sample, upper, (2 * node + 2, level + 1), stream);
        let split =
            u32::try_from(2 * cut.column).unwrap_or(u32::MAX - 1) + u32::from(missing_right);
        set(&mut self.splits, node, split);
        set(&mut self.thresholds, node, cut.threshold);
        self.lengths.pass(node, sum, rows.len());
        sum
    }

    /// The next node of a row; NaN is a missing cell.
    pub(super) fn next(&self, node: usize, row: &[f32]) -> usize {
        let split = self.splits.get(node).copied().unwrap_or(0);
        let cell = row.get((split >> 1) as usize).copied().unwrap_or(f32::NAN);
        let threshold = self.thresholds.get(node).copied().unwrap_or(NEVER);
        let right = if cell.is_nan() { split & 1 == 1 } else { cell > threshold };
        2 * node + 1 + usize::from(right)
    }

    /// Adds to each column the reduction of the row's path length by its splits, relative to the sample mean; the sum
    /// over columns is the tree's mean path length minus the row's.
    pub(super) fn attribute(&self, row: &[f32], parts: &mut [f64]) {
        let mut node = 0;
        while node < self.lengths.inner() {
            let next = self.next(node, row);
            let column = self.splits.get(node).map_or(0, |split| (split >> 1) as usize);
            if let Some(part) = parts.get_mut(column) {
                *part += self.lengths.at(node) - self.lengths.at(next);
            }
            node = next;
        }
    }

    /// Whether a traversal of `depth` steps over `columns` columns stays within bounds.
    pub(super) fn check(&self, depth: usize, columns: usize) -> Result<(), Error> {
        let inner = (1_usize << depth) - 1;
        let shaped = [self.splits.len(), self.thresholds.len()] == [inner; 2];
        let named = self.splits.iter().all(|split| ((split >> 1) as usize) < columns);
        let finite = self.thresholds.iter().all(|it| it.is_finite());
        if shaped && named && finite && self.lengths.fit(depth) {
            Ok(())
        } else {
            Err(Error::Damaged { what: "a tree has another shape than its forest" })
        }
    }
}

/// Sets one cell; indices out of bounds do not occur in a tree of the right shape.
pub(super) fn set<T>(list: &mut [T], place: usize, value: T) {
    debug_assert!(place < list.len());
    if let Some(cell) = list.get_mut(place) {
        *cell = value;
    }
}

impl Sample<'_> {
    fn cell(&self, row: usize, column: usize) -> f32 {
        self.cells.get(row * self.width + column).copied().unwrap_or(f32::NAN)
    }

    /// Draws a column that is not constant among these rows, and a threshold.
    #[expect(clippy::cast_possible_truncation, reason = "a value between two f32 fits one")]
    fn draw(&mut self, rows: &[usize], stream: &mut Stream) -> Option<Cut> {
        for drawn in 0..self.width {
            let other = drawn + stream.below(self.width - drawn);
            self.columns.swap(drawn, other);
            let column = self.columns.get(drawn).copied()?;
            let (mut low, mut high) = (f32::INFINITY, f32::NEG_INFINITY);
            for &row in rows {
                let cell = self.cell(row, column);
                // NaN compares false, so a missing cell changes neither bound.
                low = if cell < low { cell } else { low };
                high = if cell > high { cell } else { high };
            }
            if low < high {
                let (from, to) = (f64::from(low), f64::from(high));
                let threshold = (from + stream.unit() * (to - from)) as f32;
                // Rounding may give the upper end, and then no row would go right.
                let threshold = if threshold < high { threshold } else { low };
                return Some(Cut { column, threshold });
            }
        }
        None
    }

    /// Moves the rows that go left to the front; returns their number, and whether missing cells go right.
    fn part(&self, rows: &mut [usize], cut: &Cut) -> (usize, bool) {
        let cell = |row: &usize| self.cell(*row, cut.column);
        let above = rows.iter().filter(|row| cell(row) > cut.threshold).count();
        let within = rows.iter().filter(|row| cell(row) <= cut.threshold).count();
        let missing_right = above > within;
        let right = |row: &usize| {
            let cell = cell(row);
            if cell.is_nan() { missing_right } else { cell > cut.threshold }
        };
        rows.sort_by_key(right);
        (rows.partition_point(|row| !right(row)), missing_right)
    }
}

#[cfg(test)]
mod tests {
    use super::{Tree, depth_of, mean_search};
    use crate::model::stream::Stream;

    #[test]
    fn mean_search_lengths_are_those_of_the_paper() {
        assert!(mean_search(0).abs() < 1e-15 && mean_search(1).abs() < 1e-15);
        assert!((mean_search(2) - 1.0).abs() < 1e-15);
        // 2 (1 + 1/2) - 4/3 and 2 (1 + 1/2 + 1/3) - 6/4.
        assert!((mean_search(3) - 5.0 / 3.0).abs() < 1e-15);
        assert!((mean_search(4) - 13.0 / 6.0).abs() < 1e-15);
        assert!((mean_search(256) - 10.248_689_925_634_562).abs() < 1e-9);
    }

    #[test]
    fn a_balanced_tree_of_256_rows_has_eight_steps() {
        assert_eq!([1, 2, 3, 256, 257].map(depth_of), [0, 1, 2, 8, 9]);
    }

    #[test]
    fn two_rows_are_parted_by_one_cut() {
        let tree = Tree::grow(&[1.0, 5.0, 2.0, 5.0], 2, 1, &mut Stream::of(1, 0));
        assert_eq!(tree.splits, [0]);
        assert!((1.0..2.0).contains(&tree.thresholds[0]));
        assert_eq!((tree.lengths.leaves, tree.lengths.means), (vec![1.0, 1.0], vec![1.0]));
    }

    #[test]
    fn equal_rows_stay_together() {
        let tree = Tree::grow(&[3.0; 8], 1, 3, &mut Stream::of(1, 0));
        // 2 (1 + 1/2 + ... + 1/7) - 14/8
        let length = 3.435_714_2;
        assert!(
            tree.lengths
                .leaves
                .iter()
                .chain(&tree.lengths.means)
                .all(|it| (it - length).abs() < 1e-5),
            "{tree:?}"
        );
    }

    #[test]
    fn a_missing_cell_goes_with_the_larger_side() {
        let cells = [1.0, 1.1, 1.2, 9.0, f32::NAN];
        for index in 0..20 {
            let tree = Tree::grow(&cells, 1, 1, &mut Stream::of(5, index));
            let above = cells.iter().filter(|&&it| it > tree.thresholds[0]).count();
            assert_eq!(tree.splits[0] & 1 == 1, above > 2);
        }
    }
}
