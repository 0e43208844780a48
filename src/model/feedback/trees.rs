//! The challenger: bagged decision trees on the columns and the prior.
//!
//! Each tree is linfa's (Gini, Breiman et al. 1984), grown on a bag (Breiman 1996): answered hits drawn by
//! weight, and as many others, one half answered misses drawn by weight, the other half rows that nobody
//! checked, taken for misses (Mordelet and Vert, *A bagging SVM to learn from positive and unlabeled
//! examples*, 2014). A wrong or unlucky row is in some bags only. Weights act through the drawing, so any
//! learner could take the trees' place. What is added to the prior is the log-odds of the trees' votes.
//!
//! Trees are grown on ranks, since linfa takes values within 1e-5 for equal, and kept as plain lists with
//! thresholds in the columns' own units, which can be checked when they are read. A missing cell counts as
//! the column's median.

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use linfa_trees::{DecisionTree, TreeNode};
use ndarray::{Array1, Array2};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::detectors::guard::within;
use super::super::error::Error;
use super::super::stream::Stream;
use super::Answer;
use super::rows::{features, unchecked};
use crate::matrix::Matrix;

/// Fewer rows of a kind make no bag: with one hit the others in the bag would be one, too.
const FEWEST: usize = 16;
/// A hit weighs this much more than a miss, since linfa breaks a tie by the order of a hash map.
const TIE: f32 = 1.0 / 1024.0;
/// Rows that one thread scores at a time.
const BLOCK: usize = 1024;

/// The settings of the trees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The number of trees, 1 to 10,000.
    trees: usize,
    /// The steps of the longest walk, 1 to 30.
    depth: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { trees: 100, depth: 8 }
    }
}

impl Settings {
    /// Names the first setting that is out of its range.
    pub(super) fn in_range(&self) -> Result<(), Error> {
        within("trees.trees", self.trees, 1..=10_000, "from 1 to 10000")?;
        within("trees.depth", self.depth, 1..=30, "from 1 to 30")
    }
}

/// Bagged trees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bags {
    /// What a missing cell of each column counts as.
    medians: Vec<f32>,
    trees: Vec<Tree>,
}

/// A tree in the order of a walk that goes left first: the left child of a node is the next one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
struct Tree(Vec<Node>);

/// One node of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "(u32, f64, u32, f64)", into = "(u32, f64, u32, f64)")]
struct Node {
    /// The column, or one beyond the last for the prior.
    column: u32,
    /// A value above it goes right.
    threshold: f64,
    /// The right child; 0 for a leaf.
    right: u32,
    /// The share of hits among the rows of the bag that came by.
    hits: f64,
}

impl From<(u32, f64, u32, f64)> for Node {
    fn from((column, threshold, right, hits): (u32, f64, u32, f64)) -> Self {
        Self { column, threshold, right, hits }
    }
}

impl From<Node> for (u32, f64, u32, f64) {
    fn from(node: Node) -> Self {
        (node.column, node.threshold, node.right, node.hits)
    }
}

/// Answers of one kind, drawn by weight.
struct Urn<'a> {
    answers: Vec<&'a Answer>,
    /// The sums of the weights up to each answer.
    sums: Vec<f64>,
}

impl<'a> Urn<'a> {
    fn of(answers: &'a [Answer], hit: bool) -> Self {
        let answers: Vec<&Answer> = answers.iter().filter(|it| it.hit == hit).collect();
        let add = |sum: &mut f64, it: &&Answer| {
            *sum += it.weight;
            Some(*sum)
        };
        let sums = answers.iter().scan(0.0, add).collect();
        Self { answers, sums }
    }

    fn draw(&self, stream: &mut Stream) -> Option<u32> {
        let at = stream.unit() * self.sums.last()?;
        let place = self.sums.partition_point(|&sum| sum <= at);
        self.answers.get(place.min(self.answers.len() - 1)).map(|it| it.row)
    }
}

/// Learns from answers; none as long as there is no hit.
pub(super) fn learn(
    settings: &Settings,
    (matrix, prior): (&Matrix, &[f64]),
    answers: &[Answer],
    seed: u64,
) -> Result<Option<Bags>, Error> {
    let (hits, misses) = (Urn::of(answers, true), Urn::of(answers, false));
    if hits.answers.is_empty() {
        return Ok(None);
    }
    let size = hits.answers.len().max(FEWEST);
    let medians: Vec<f32> = matrix.columns().map(median).collect();
    let grow = |index: u64| {
        let mut stream = Stream::of(seed, index);
        let mut rows: Vec<(u32, bool)> =
            (0..size).filter_map(|_| Some((hits.draw(&mut stream)?, true))).collect();
        rows.extend((0..size / 2).filter_map(|_| Some((misses.draw(&mut stream)?, false))));
        let left = 2 * size - rows.len().min(2 * size);
        let fresh = unchecked(matrix.rows(), answers, left, &mut stream);
        rows.extend(fresh.into_iter().map(|row| (row, false)));
        Bag::of((matrix, prior), &rows, &medians).grow(settings.depth)
    };
    let trees = (0..settings.trees as u64).into_par_iter().map(grow);
    Ok(Some(Bags { trees: trees.collect::<Result<_, _>>()?, medians }))
}

/// The rows of one bag.
struct Bag {
    /// For each row its columns and its prior.
    rows: Vec<Vec<f64>>,
    hits: Vec<bool>,
    /// For each column the different values, rising.
    values: Vec<Vec<f64>>,
}

impl Bag {
    fn of((matrix, prior): (&Matrix, &[f64]), rows: &[(u32, bool)], medians: &[f32]) -> Self {
        let row = |&(row, _): &(u32, bool)| {
            let (cells, prior) = features(matrix, prior, row);
            filled(&cells, medians, prior)
        };
        let hits = rows.iter().map(|&(_, hit)| hit).collect();
        let rows: Vec<Vec<f64>> = rows.iter().map(row).collect();
        let values = (0..=medians.len()).map(|column| {
            let mut values: Vec<f64> = rows.iter().map(|row| cell(row, column)).collect();
            values.sort_unstable_by(f64::total_cmp);
            values.dedup();
            values
        });
        Self { values: values.collect(), rows, hits }
    }

    fn grow(&self, depth: usize) -> Result<Tree, Error> {
        let rank = |(row, column): (usize, usize)| {
            let (row, values) = (self.rows.get(row), self.values.get(column));
            let value = row.map_or(0.0, |row| cell(row, column));
            count(values.map_or(0, |values| values.partition_point(|&it| it < value)))
        };
        let ranks = Array2::from_shape_fn((self.rows.len(), self.values.len()), rank);
        let weight = |&hit: &bool| if hit { 1.0 + TIE } else { 1.0 };
        let data = DatasetBase::new(ranks, Array1::from(self.hits.clone()))
            .with_weights(self.hits.iter().map(weight).collect());
        let fitted = DecisionTree::params().max_depth(Some(depth)).fit(&data)?;
        let mut tree = Tree::default();
        let all: Vec<usize> = (0..self.rows.len()).collect();
        self.take(fitted.root_node(), &all, &mut tree);
        Ok(tree)
    }

    /// Adds a node and all below it to a tree, given the rows that come by.
    fn take(&self, node: &TreeNode<f64, bool>, rows: &[usize], tree: &mut Tree) {
        let is_hit = |row: &&usize| self.hits.get(**row).copied().unwrap_or(false);
        let hits = count(rows.iter().filter(is_hit).count()) / count(rows.len().max(1));
        let place = tree.0.len();
        tree.0.push(Node { column: 0, threshold: 0.0, right: 0, hits });
        let children = node.children();
        let (Some(Some(left)), Some(Some(right))) = (children.first(), children.get(1)) else {
            return;
        };
        let (column, rank, _) = node.split();
        let threshold = self.threshold(column, rank);
        let goes_left =
            |row: &usize| self.rows.get(*row).is_some_and(|row| cell(row, column) <= threshold);
        let (lower, upper): (Vec<usize>, Vec<usize>) = rows.iter().copied().partition(goes_left);
        self.take(left, &lower, tree);
        let second = u32::try_from(tree.0.len()).unwrap_or(0);
        self.take(right, &upper, tree);
        if let Some(node) = tree.0.get_mut(place) {
            let column = u32::try_from(column).unwrap_or(0);
            *node = Node { column, threshold, right: second, hits };
        }
    }

    /// The value halfway between the two ranks around a threshold.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank")]
    fn threshold(&self, column: usize, rank: f64) -> f64 {
        let place = rank.floor() as usize;
        let value = |place: usize| self.values.get(column).and_then(|it| it.get(place)).copied();
        let below = value(place).unwrap_or(0.0);
        let above = value(place + 1).unwrap_or(below);
        let middle = below + (above - below) / 2.0;
        if middle < above { middle } else { below }
    }
}

impl Tree {
    /// Walks a row down; tells each step as (column, share of hits before, share after); gives the share at
    /// the end.
    fn walk(&self, row: &[f64], mut step: impl FnMut(usize, f64, f64)) -> f64 {
        let mut place = 0;
        let mut now = self.0.first().map_or(0.5, |root| root.hits);
        while let Some(node) = self.0.get(place).filter(|node| node.right > 0) {
            let column = node.column as usize;
            let right = cell(row, column) > node.threshold;
            place = if right { node.right as usize } else { place + 1 };
            let next = self.0.get(place).map_or(now, |node| node.hits);
            step(column, now, next);
            now = next;
        }
        now
    }

    fn check(&self, columns: usize) -> bool {
        let sound = |(place, node): (usize, &Node)| {
            let right = node.right as usize;
            node.hits.is_finite()
                && (0.0..=1.0).contains(&node.hits)
                && node.threshold.is_finite()
                && node.column as usize <= columns
                && (right == 0 || (right > place + 1 && right < self.0.len()))
        };
        !self.0.is_empty() && self.0.iter().enumerate().all(sound)
    }
}

impl Bags {
    /// What is added to the prior of each row: the log-odds of the votes, one half added to either side.
    pub(super) fn score(&self, matrix: &Matrix, prior: &[f64]) -> Vec<f64> {
        let mut added = vec![0.0; matrix.rows()];
        added.par_chunks_mut(BLOCK).enumerate().for_each(|(block, added)| {
            for (index, added) in added.iter_mut().enumerate() {
                let row = u32::try_from(block * BLOCK + index).unwrap_or(u32::MAX);
                let (cells, prior) = features(matrix, prior, row);
                let row = filled(&cells, &self.medians, prior);
                let votes: f64 = self.trees.iter().map(|it| it.walk(&row, |_, _, _| ())).sum();
                *added = self.odds(votes);
            }
        });
        added
    }

    fn odds(&self, votes: f64) -> f64 {
        ((votes + 0.5) / (count(self.trees.len()) - votes + 0.5)).ln()
    }

    /// What each column, and last the prior, adds to one row: the votes it moved (path attribution, Saabas
    /// 2014), each worth its part of the log-odds between the mean of the bags and the row.
    pub(super) fn attribute(&self, (row, prior): (&[f32], f64)) -> Vec<f64> {
        let row = filled(row, &self.medians, prior);
        let mut parts = vec![0.0; row.len()];
        let (mut start, mut end) = (0.0, 0.0);
        for tree in &self.trees {
            start += tree.0.first().map_or(0.5, |root| root.hits);
            end += tree.walk(&row, |column, before, after| {
                if let Some(part) = parts.get_mut(column) {
                    *part += after - before;
                }
            });
        }
        let moved = end - start;
        let worth =
            if moved.abs() > 1e-9 { (self.odds(end) - self.odds(start)) / moved } else { 0.0 };
        parts.into_iter().map(|part| part * worth).collect()
    }

    /// Whether what was read from a file belongs to so many columns.
    pub(super) fn check(&self, columns: usize) -> Result<(), Error> {
        let filled = self.medians.len() == columns && self.medians.iter().all(|it| it.is_finite());
        if filled && !self.trees.is_empty() && self.trees.iter().all(|it| it.check(columns)) {
            Ok(())
        } else {
            Err(Error::Damaged { what: "bagged trees belong to other columns" })
        }
    }
}

/// A row's columns without gaps, and its prior.
fn filled(row: &[f32], medians: &[f32], prior: f64) -> Vec<f64> {
    let cell =
        |(&cell, &median): (&f32, &f32)| f64::from(if cell.is_nan() { median } else { cell });
    row.iter().zip(medians).map(cell).chain([prior]).collect()
}

fn cell(row: &[f64], column: usize) -> f64 {
    row.get(column).copied().unwrap_or(0.0)
}

/// The lower median of the cells that are there; 0 where there are none.
fn median(column: &[f32]) -> f32 {
    let mut cells: Vec<f32> = column.iter().copied().filter(|it| !it.is_nan()).collect();
    let middle = cells.len().saturating_sub(1) / 2;
    if cells.is_empty() { 0.0 } else { *cells.select_nth_unstable_by(middle, f32::total_cmp).1 }
}

#[expect(clippy::cast_precision_loss, reason = "a count of rows is far below 2^52")]
fn count(number: usize) -> f64 {
    number as f64
}
