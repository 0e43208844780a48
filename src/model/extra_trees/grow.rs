//! Grows one extremely randomised tree.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::codes::Codes;
use super::settings::Settings;
use super::tree::{Leaf, Node, Tree};

/// Labelled rows: their codes, and for each a class and a weight.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows<'a> {
    pub(super) codes: &'a Codes,
    pub(super) class: &'a [u8],
    pub(super) weight: &'a [f32],
    pub(super) classes: usize,
}

/// What is left to split: the node to fill, its rows as a range of the order, and its depth.
struct Open {
    node: usize,
    from: usize,
    to: usize,
    depth: u32,
}

/// Grows a tree (Geurts, Ernst and Wehenkel, *Extremely randomized trees*, Machine Learning 2006): at each node some columns
/// are drawn, for each one random cut between the least and the greatest code, and the cut that lowers Gini's impurity
/// most is taken.
pub(super) fn grow(rows: Rows<'_>, settings: &Settings, seed: u64) -> Tree {
    let mut dice = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut order = drawn(rows, settings.share, &mut dice);
    let mut columns: Vec<u16> = (0..).take(rows.codes.columns().len()).collect();
    let mut tree = Tree::root();
    let mut open = vec![Open { node: 0, from: 0, to: order.len(), depth: 0 }];
    while let Some(Open { node, from, to, depth }) = open.pop() {
        let own = &mut order[from..to];
        let counts = counts(rows, own);
        let is_small = own.len() < 2 * settings.min_leaf || depth >= settings.max_depth;
        let split = if is_small || is_pure(&counts) {
            None
        } else {
            best_split(rows, own, &counts, (settings, &mut columns, &mut dice))
        };
        let Some(Split { column, cut }) = split else {
            tree.nodes[node] = Node::leaf(tree.leaves.len());
            tree.leaves.push(Leaf::of(&counts));
            continue;
        };
        let cells = &rows.codes.columns()[usize::from(column)];
        let middle = from + partition(own, |row| cells[row as usize] <= cut);
        let left = tree.nodes.len();
        tree.nodes[node] = Node::split(column, cut, left);
        tree.nodes.extend([Node::leaf(0), Node::leaf(0)]);
        open.push(Open { node: left + 1, from: middle, to, depth: depth + 1 });
        open.push(Open { node: left, from, to: middle, depth: depth + 1 });
    }
    tree
}

/// The rows that a tree is grown on: all of the rare classes, and a share of the ordinary rows.
fn drawn(rows: Rows<'_>, share: f64, dice: &mut Xoshiro256PlusPlus) -> Vec<u32> {
    let is_drawn =
        |class: &u8, dice: &mut Xoshiro256PlusPlus| *class > 0 || dice.r#gen::<f64>() < share;
    let all = (0_u32..).zip(rows.class);
    all.filter(|(_, class)| is_drawn(class, dice)).map(|(row, _)| row).collect()
}

struct Split {
    column: u16,
    cut: u8,
}

fn counts(rows: Rows<'_>, own: &[u32]) -> Vec<f32> {
    let mut counts = vec![0.0; rows.classes];
    for row in own {
        let at = *row as usize;
        counts[usize::from(rows.class[at])] += rows.weight[at];
    }
    counts
}

fn is_pure(counts: &[f32]) -> bool {
    counts.iter().filter(|count| **count > 0.0).count() < 2
}

/// The best of one random cut in each of some random columns; columns in which all rows are alike do not count as
/// drawn.
fn best_split(
    rows: Rows<'_>,
    own: &[u32],
    counts: &[f32],
    (settings, columns, dice): (&Settings, &mut [u16], &mut Xoshiro256PlusPlus),
) -> Option<Split> {
    let mut best: Option<(f64, Split)> = None;
    let mut tried = 0;
    let all = Weights::of(counts);
    for place in 0..columns.len() {
        if tried == settings.candidates {
            break;
        }
        let drawn = dice.gen_range(place..columns.len());
        columns.swap(place, drawn);
        let column = columns[place];
        let cells = &rows.codes.columns()[usize::from(column)];
        let (mut low, mut high) = (u8::MAX, 0);
        for row in own {
            let code = cells[*row as usize];
            low = low.min(code);
            high = high.max(code);
        }
        if low >= high {
            continue;
        }
        tried += 1;
        let cut = dice.gen_range(low..high);
        let (mut left, mut fewer) = (Weights::default(), 0);
        for row in own {
            let at = *row as usize;
            if cells[at] <= cut {
                left.add(rows.class[at], rows.weight[at]);
                fewer += 1;
            }
        }
        if fewer < settings.min_leaf || own.len() - fewer < settings.min_leaf {
            continue;
        }
        let gain = left.purity() + all.less(left).purity();
        if best.as_ref().is_none_or(|(most, _)| gain > *most) {
            best = Some((gain, Split { column, cut }));
        }
    }
    best.map(|(_, split)| split)
}

/// The weight of ordinary rows and of all others: a split is to part these two, whichever class the others are of.
#[derive(Debug, Clone, Copy, Default)]
struct Weights {
    ordinary: f64,
    others: f64,
}

impl Weights {
    fn of(counts: &[f32]) -> Self {
        let all: f64 = counts.iter().map(|count| f64::from(*count)).sum();
        let ordinary = counts.first().copied().map_or(0.0, f64::from);
        Self { ordinary, others: all - ordinary }
    }

    fn add(&mut self, class: u8, weight: f32) {
        *(if class == 0 { &mut self.ordinary } else { &mut self.others }) += f64::from(weight);
    }

    fn less(self, other: Self) -> Self {
        Self {
            ordinary: (self.ordinary - other.ordinary).max(0.0),
            others: (self.others - other.others).max(0.0),
        }
    }

    /// The sum of squares over the sum: what is left of the weight after Gini's impurity.
    fn purity(self) -> f64 {
        let all = self.ordinary + self.others;
        if all > 0.0 { (self.ordinary.powi(2) + self.others.powi(2)) / all } else { 0.0 }
    }
}

/// Puts the rows that go left first, and gives their number.
fn partition(own: &mut [u32], is_left: impl Fn(u32) -> bool) -> usize {
    let mut left = 0;
    for place in 0..own.len() {
        if is_left(own[place]) {
            own.swap(left, place);
            left += 1;
        }
    }
    left
}
