//! Growing of an extremely randomised tree.

use std::ops::Range;

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::codes::Codes;
use super::settings::Settings;
use super::tree::{Leaf, Node, Tree};

/// Labelled rows: codes, and a class and a weight for each row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows<'a> {
    /// Stored by column, for splitting a node by one column.
    pub(super) codes: &'a Codes,
    /// Stored by row, for comparing cuts of many columns on few rows.
    pub(super) by_row: &'a [u8],
    pub(super) class: &'a [u8],
    pub(super) weight: &'a [f32],
    pub(super) classes: usize,
}

/// Grows a tree (Geurts, Ernst and Wehenkel, *Extremely randomized trees*, Machine Learning 2006): each node draws some
/// columns, one random cut for each between the smallest and the largest code, and uses the cut with the largest
/// decrease of Gini impurity.
///
/// There are two differences from the paper. In large nodes the cuts are compared on a sample of rows: little accuracy
/// is lost, since cuts are random, and the cost is bounded. A cut is drawn uniformly either between values or between
/// codes, which are ranks: the former separates the tail of a column, the latter dense regions.
pub(super) fn grow(rows: Rows<'_>, settings: &Settings, seed: u64) -> Tree {
    let mut dice = Xoshiro256PlusPlus::seed_from_u64(seed);
    let (mut order, ordinary) = rows.drawn(settings.share, &mut dice);
    let mut splitter = Splitter::new(rows, settings, dice);
    let mut tree = Tree::root();
    let whole = Open { node: 0, ordinary: 0..ordinary, others: ordinary..order.len(), depth: 0 };
    let mut open = vec![whole];
    let mut right = Vec::new();
    while let Some(Open { node, ordinary, others, depth }) = open.pop() {
        let is_leaf = ordinary.is_empty()
            || others.len() < settings.min_others.max(1)
            || ordinary.len() + others.len() < 2 * settings.min_leaf
            || depth >= settings.max_depth;
        let own = (&order[ordinary.clone()], &order[others.clone()]);
        let split = if is_leaf { None } else { splitter.best(own) };
        let Some(Split { column, cut }) = split else {
            tree.nodes[node] = Node::leaf(tree.leaves.len());
            tree.leaves.push(Leaf::of(&rows.counts(own)));
            continue;
        };
        let cells = &rows.codes.columns()[usize::from(column)];
        let is_left = |row: u32| cells[row as usize] <= cut;
        let ordinary = parted(&mut order, ordinary, is_left, &mut right);
        let others = parted(&mut order, others, is_left, &mut right);
        let left = tree.nodes.len();
        tree.nodes[node] = Node::split(column, cut, left);
        tree.nodes.extend([Node::leaf(0), Node::leaf(0)]);
        let depth = depth + 1;
        open.push(Open { node: left + 1, ordinary: ordinary.1, others: others.1, depth });
        open.push(Open { node: left, ordinary: ordinary.0, others: others.0, depth });
    }
    tree
}

/// A node to split: its index, its ordinary and other rows as ranges of the order, and its depth.
struct Open {
    node: usize,
    ordinary: Range<usize>,
    others: Range<usize>,
    depth: u32,
}

impl Rows<'_> {
    /// Draws the rows of a tree: a share of the ordinary rows, then all other rows, in any order; also returns the
    /// number of ordinary rows.
    fn drawn(&self, share: f64, dice: &mut Xoshiro256PlusPlus) -> (Vec<u32>, usize) {
        let all = || (0_u32..).zip(self.class);
        let mut order: Vec<u32> = all()
            .filter(|(_, class)| **class == 0 && dice.r#gen::<f64>() < share)
            .map(|(row, _)| row)
            .collect();
        order.shuffle(dice);
        let mut others: Vec<u32> =
            all().filter(|(_, class)| **class > 0).map(|(row, _)| row).collect();
        others.shuffle(dice);
        let ordinary = order.len();
        order.extend(others);
        (order, ordinary)
    }

    /// The weight of each class among some rows.
    fn counts(&self, (ordinary, others): (&[u32], &[u32])) -> Vec<f32> {
        let mut counts = vec![0.0; self.classes];
        for row in ordinary.iter().chain(others) {
            let at = *row as usize;
            counts[usize::from(self.class[at])] += self.weight[at];
        }
        counts
    }
}

struct Split {
    column: u16,
    cut: u8,
}

/// Searches the best of some random cuts of a node; buffers are reused between nodes.
struct Splitter<'a> {
    rows: Rows<'a>,
    settings: &'a Settings,
    dice: Xoshiro256PlusPlus,
    columns: Vec<u16>,
    /// The sampled rows of the node, ordinary ones first: their codes stored by row, and their weights.
    looked: Vec<u8>,
    weights: Vec<f32>,
    /// Their codes in one column.
    codes: Vec<u8>,
}

impl<'a> Splitter<'a> {
    fn new(rows: Rows<'a>, settings: &'a Settings, dice: Xoshiro256PlusPlus) -> Self {
        let columns = (0..).take(rows.codes.columns().len()).collect();
        let (looked, weights, codes) = (Vec::new(), Vec::new(), Vec::new());
        Self { rows, settings, dice, columns, looked, weights, codes }
    }

    /// The best of one random cut in each of some random columns; constant columns do not count as drawn.
    fn best(&mut self, (ordinary, others): (&[u32], &[u32])) -> Option<Split> {
        self.looked.clear();
        self.weights.clear();
        let width = self.columns.len();
        let all = [self.look(ordinary), self.look(others)];
        let middle = ordinary.len().min(self.settings.looks);
        let mut best: Option<(f64, Split)> = None;
        let mut tried = 0;
        for place in 0..width {
            if tried == self.settings.candidates {
                break;
            }
            let other = self.dice.gen_range(place..width);
            self.columns.swap(place, other);
            let column = self.columns[place];
            self.codes.clear();
            self.codes.extend(self.looked.chunks_exact(width).map(|row| row[usize::from(column)]));
            let low = self.codes.iter().copied().fold(u8::MAX, u8::min);
            let high = self.codes.iter().copied().fold(0, u8::max);
            if low >= high {
                continue;
            }
            tried += 1;
            let cut = if self.dice.r#gen::<f64>() < self.settings.by_value {
                self.rows.codes.cuts()[usize::from(column)].between(low, high, self.dice.r#gen())
            } else {
                self.dice.gen_range(low..high)
            };
            let left = self.codes.iter().map(|code| usize::from(*code <= cut)).sum::<usize>();
            if left.min(self.codes.len() - left) < self.settings.min_leaf {
                continue;
            }
            let parts = [0..middle, middle..self.codes.len()];
            let lower = parts.map(|it| below(&self.codes[it.clone()], &self.weights[it], cut));
            let upper = [0, 1].map(|part| (all[part] - lower[part]).max(0.0));
            let gain = purity(lower) + purity(upper);
            if best.as_ref().is_none_or(|(most, _)| gain > *most) {
                best = Some((gain, Split { column, cut }));
            }
        }
        best.map(|(_, split)| split)
    }

    /// Samples some of these rows, reweighted to the weight of all of them, and returns that weight.
    fn look(&mut self, rows: &[u32]) -> f64 {
        let weigh = |rows: &[u32]| -> f64 {
            rows.iter().map(|row| f64::from(self.rows.weight[*row as usize])).sum()
        };
        let looked = &rows[..rows.len().min(self.settings.looks)];
        let all = weigh(rows);
        #[expect(clippy::cast_possible_truncation, reason = "a weight needs seven digits")]
        let scale = (all / weigh(looked)) as f32;
        let width = self.columns.len();
        for row in looked {
            let at = *row as usize;
            self.looked.extend_from_slice(&self.rows.by_row[at * width..(at + 1) * width]);
            self.weights.push(self.rows.weight[at] * scale);
        }
        all
    }
}

/// The weight of the rows whose code is at most the cut, summed in eight lanes.
fn below(codes: &[u8], weights: &[f32], cut: u8) -> f64 {
    const LANES: usize = 8;
    let mut lanes = [0.0_f32; LANES];
    let add = |lanes: &mut [f32; LANES], codes: &[u8], weights: &[f32]| {
        for ((lane, code), weight) in lanes.iter_mut().zip(codes).zip(weights) {
            *lane += if *code <= cut { *weight } else { 0.0 };
        }
    };
    let (codes, weights) = (codes.chunks_exact(LANES), weights.chunks_exact(LANES));
    let rest = (codes.remainder(), weights.remainder());
    for (codes, weights) in codes.zip(weights) {
        add(&mut lanes, codes, weights);
    }
    add(&mut lanes, rest.0, rest.1);
    f64::from(lanes.iter().sum::<f32>())
}

/// The sum of squares divided by the sum, which is the weight times one minus the Gini impurity. Splits separate
/// ordinary rows from all others, regardless of class.
fn purity([ordinary, others]: [f64; 2]) -> f64 {
    let all = ordinary + others;
    if all > 0.0 { (ordinary.powi(2) + others.powi(2)) / all } else { 0.0 }
}

/// Stable partition of a range by a split; returns the ranges of both sides.
fn parted(
    order: &mut [u32],
    range: Range<usize>,
    is_left: impl Fn(u32) -> bool,
    right: &mut Vec<u32>,
) -> (Range<usize>, Range<usize>) {
    right.clear();
    let own = &mut order[range.clone()];
    let mut left = 0;
    for place in 0..own.len() {
        let row = own[place];
        if is_left(row) {
            own[left] = row;
            left += 1;
        } else {
            right.push(row);
        }
    }
    own[left..].copy_from_slice(right);
    let middle = range.start + left;
    (range.start..middle, middle..range.end)
}
