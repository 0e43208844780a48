//! An isolation tree whose nodes combine several columns.
//!
//! A node weights a few random columns by random numbers from -1 to 1, divided by the standard deviation among the
//! node's rows, so that units of measurement do not matter (Hariri, Carrasco Kind and Brunner, *Extended Isolation
//! Forest*, TKDE 2019). The threshold of the weighted sum is uniform, or maximises the pooled gain (Cortes, *Revisiting
//! randomized choices in isolation forests*, 2021), which minimises the spread on both sides and separates clusters of
//! unusual rows. A missing cell counts as the node's median. Sums are `f64` of `f32` cells, so they do not overflow,
//! and fit and scoring use the same sum.

use serde::{Deserialize, Serialize};

use super::super::error::Error;
use super::super::stream::Stream;
use super::heap::LANES;
use super::node::Node;
use super::tree::{Lengths, set};
use crate::convert::{float, row32};

/// The threshold of padding nodes, which send every row left.
const NEVER: f64 = f64::MAX;

/// How a node chooses its threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Threshold {
    /// Uniform between the extremes.
    Uniform,
    /// Minimises the spread on both sides.
    PooledGain,
}

/// A column of a weighted sum.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "(u32, f32, f32)", into = "(u32, f32, f32)")]
struct Term {
    column: u32,
    slope: f32,
    centre: f32,
}

impl From<(u32, f32, f32)> for Term {
    fn from((column, slope, centre): (u32, f32, f32)) -> Self {
        Self { column, slope, centre }
    }
}

impl From<Term> for (u32, f32, f32) {
    fn from(term: Term) -> Self {
        (term.column, term.slope, term.centre)
    }
}

impl Term {
    const NONE: Self = Self { column: 0, slope: 0.0, centre: 0.0 };

    /// The contribution of a row to the sum; 0 if the cell is missing.
    fn of(self, row: &[f32]) -> f64 {
        let cell = row.get(self.column as usize).copied().unwrap_or(f32::NAN);
        let gap = f64::from(cell) - f64::from(self.centre);
        if gap.is_nan() { 0.0 } else { f64::from(self.slope) * gap }
    }
}

/// A tree padded to a fixed depth, as [`super::tree::Tree`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Tree {
    /// The number of columns per node.
    dimensions: usize,
    /// The terms, stored by node.
    terms: Vec<Term>,
    /// Rows with a sum above the threshold go right.
    thresholds: Vec<f64>,
    pub(super) lengths: Lengths,
}

/// The sample during tree growth.
struct Sample<'a> {
    rows: Vec<&'a [f32]>,
    /// All columns, in an order that is shuffled by drawing.
    columns: Vec<usize>,
    dimensions: usize,
    depth: usize,
    threshold: Threshold,
}

/// Statistics of a column among the rows of a node.
struct Spread {
    median: f32,
    deviation: f64,
}

impl Tree {
    /// Grows a tree on a sample of rows with `width` cells each.
    pub(super) fn grow(
        cells: &[f32],
        width: usize,
        (dimensions, threshold): (usize, Threshold),
        depth: usize,
        stream: &mut Stream,
    ) -> Self {
        let lengths = Lengths::of(depth);
        let mut tree = Self {
            dimensions,
            terms: vec![Term::NONE; dimensions * lengths.inner()],
            thresholds: vec![NEVER; lengths.inner()],
            lengths,
        };
        let rows: Vec<&[f32]> = cells.chunks_exact(width.max(1)).collect();
        let mut order: Vec<usize> = (0..rows.len()).collect();
        let columns = (0..width).collect();
        let mut sample = Sample { rows, columns, dimensions, depth, threshold };
        tree.cut(&mut sample, &mut order, (0, 0), stream);
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
        let may = level < sample.depth && rows.len() > 1;
        let cut = if may { sample.draw(rows, stream) } else { None };
        let Some((terms, threshold, left)) = cut else {
            return self.lengths.end((node, level), sample.depth - level, rows.len());
        };
        for (place, term) in (node * self.dimensions..).zip(terms) {
            set(&mut self.terms, place, term);
        }
        set(&mut self.thresholds, node, threshold);
        let (lower, upper) = rows.split_at_mut(left);
        let sum = self.cut(sample, lower, (2 * node + 1, level + 1), stream)
            + self.cut(sample, upper, (2 * node + 2, level + 1), stream);
        self.lengths.pass(node, sum, rows.len());
        sum
    }

    /// The terms of a node.
    fn terms(&self, node: usize) -> &[Term] {
        let first = node * self.dimensions;
        self.terms.get(first..first + self.dimensions).unwrap_or(&[])
    }

    /// The number of columns per node.
    pub(super) fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// The nodes of a tree that combines two columns per node.
    pub(super) fn nodes(&self) -> impl Iterator<Item = Node> {
        self.terms.chunks_exact(2).zip(&self.thresholds).map(|(terms, &threshold)| {
            let mut node = Node { threshold, ..Node::default() };
            let slots = node.columns.iter_mut().zip(&mut node.slopes).zip(&mut node.centres);
            for (((column, slope), centre), term) in slots.zip(terms) {
                *column = term.column;
                *slope = f64::from(term.slope);
                *centre = f64::from(term.centre);
            }
            node
        })
    }

    /// The next node of a row; NaN is a missing cell.
    pub(super) fn next(&self, node: usize, row: &[f32]) -> usize {
        let threshold = self.thresholds.get(node).copied().unwrap_or(NEVER);
        2 * node + 1 + usize::from(sum(self.terms(node), row) > threshold)
    }

    /// Adds the path lengths of the rows of a block, stored by row.
    pub(super) fn walk(&self, steps: usize, cells: &[f32], width: usize, sums: &mut [f64]) {
        for (cells, sums) in cells.chunks(LANES * width.max(1)).zip(sums.chunks_mut(LANES)) {
            let mut nodes = [0; LANES];
            for _ in 0..steps {
                for (node, row) in nodes.iter_mut().zip(cells.chunks_exact(width.max(1))) {
                    *node = self.next(*node, row);
                }
            }
            for (sum, node) in sums.iter_mut().zip(nodes) {
                *sum += self.lengths.at(node);
            }
        }
    }

    /// Adds to each column its reduction of the row's path length relative to the sample mean; within a node it is
    /// split in proportion to the absolute terms.
    pub(super) fn attribute(&self, row: &[f32], parts: &mut [f64]) {
        let mut node = 0;
        while node < self.lengths.inner() {
            let next = self.next(node, row);
            let step = self.lengths.at(node) - self.lengths.at(next);
            let terms = self.terms(node);
            let whole: f64 = terms.iter().map(|term| term.of(row).abs()).sum();
            for term in terms {
                let share = if whole > 0.0 {
                    term.of(row).abs() / whole
                } else {
                    // All cells equal the median or are missing, so the columns share equally.
                    1.0 / float(self.dimensions)
                };
                if let Some(part) = parts.get_mut(term.column as usize) {
                    *part += step * share;
                }
            }
            node = next;
        }
    }

    /// Whether a traversal of `depth` steps over `columns` columns stays within bounds.
    pub(super) fn check(&self, depth: usize, columns: usize) -> Result<(), Error> {
        let inner = (1_usize << depth) - 1;
        let shaped = self.thresholds.len() == inner
            && self.dimensions > 0
            && self.dimensions.checked_mul(inner) == Some(self.terms.len());
        let sound = |term: &Term| {
            (term.column as usize) < columns && term.slope.is_finite() && term.centre.is_finite()
        };
        let finite = self.thresholds.iter().all(|it| it.is_finite());
        if shaped && finite && self.terms.iter().all(sound) && self.lengths.fit(depth) {
            Ok(())
        } else {
            Err(Error::Damaged { what: "a tree has another shape than its forest" })
        }
    }
}

/// The weighted sum of a row.
fn sum(terms: &[Term], row: &[f32]) -> f64 {
    terms.iter().map(|term| term.of(row)).sum()
}

impl Sample<'_> {
    /// Draws the terms and the threshold of a node, moves the rows that go left to the front and returns their number;
    /// `None` if all rows are equal.
    fn draw(&mut self, rows: &mut [usize], stream: &mut Stream) -> Option<(Vec<Term>, f64, usize)> {
        let terms = self.weigh(rows, stream);
        let value = |&row: &usize| self.rows.get(row).map_or(0.0, |row| sum(&terms, row));
        rows.sort_by(|one, other| value(one).total_cmp(&value(other)));
        let rising: Vec<f64> = rows.iter().map(value).collect();
        let threshold = match self.threshold {
            Threshold::Uniform => uniform(&rising, stream),
            Threshold::PooledGain => narrowest(&rising),
        }?;
        let left = rising.partition_point(|&value| value <= threshold);
        Some((terms, threshold, left))
    }

    /// Draws random columns that are not constant among these rows, with weights.
    #[expect(clippy::cast_possible_truncation, reason = "a slope is from -1 to 1")]
    fn weigh(&mut self, rows: &[usize], stream: &mut Stream) -> Vec<Term> {
        let mut drawn = Vec::new();
        let width = self.columns.len();
        for place in 0..width {
            if drawn.len() == self.dimensions {
                break;
            }
            let other = place + stream.below(width - place);
            self.columns.swap(place, other);
            let column = self.columns.get(place).copied().unwrap_or(0);
            if let Some(spread) = self.spread(rows, column) {
                drawn.push((row32(column), spread, weight(stream)));
            }
        }
        let least = drawn.iter().map(|(_, it, _)| it.deviation).fold(f64::INFINITY, f64::min);
        let term = |(column, spread, weight): (u32, Spread, f64)| {
            // Dividing by the smallest deviation keeps the slopes within the range of f32.
            let slope = (weight * (least / spread.deviation)) as f32;
            Term { column, slope, centre: spread.median }
        };
        drawn.into_iter().map(term).collect()
    }

    /// The statistics of a column among the rows with a recorded cell; `None` if it is constant.
    fn spread(&self, rows: &[usize], column: usize) -> Option<Spread> {
        let cell = |&row: &usize| self.rows.get(row).and_then(|row| row.get(column)).copied();
        let mut cells: Vec<f32> = rows.iter().filter_map(cell).filter(|it| !it.is_nan()).collect();
        cells.sort_unstable_by(f32::total_cmp);
        let (first, last) = (cells.first()?, cells.last()?);
        if first >= last {
            return None;
        }
        let count = float(cells.len());
        let mean = cells.iter().map(|&it| f64::from(it)).sum::<f64>() / count;
        let square = |&it: &f32| (f64::from(it) - mean).powi(2);
        let deviation = (cells.iter().map(square).sum::<f64>() / count).sqrt();
        let median = cells.get(cells.len() / 2).copied()?;
        (deviation > 0.0).then_some(Spread { median, deviation })
    }
}

/// A random weight from -1 to 1.
fn weight(stream: &mut Stream) -> f64 {
    2.0 * stream.unit() - 1.0
}

/// A uniform threshold between the extremes.
fn uniform(rising: &[f64], stream: &mut Stream) -> Option<f64> {
    let (&low, &high) = (rising.first()?, rising.last()?);
    let threshold = low + stream.unit() * (high - low);
    // Rounding may give the upper end, and then no row would go right.
    (low < high).then_some(if threshold < high { threshold } else { low })
}

/// The threshold of maximal pooled gain: the midpoint between neighbours that minimises the sum of both sides' standard
/// deviations, weighted by their rows.
fn narrowest(rising: &[f64]) -> Option<f64> {
    let (&low, &high) = (rising.first()?, rising.last()?);
    // Centred and scaled values avoid cancellation and overflow.
    let unit = |&value: &f64| (value - low) / (high - low) - 0.5;
    let scaled: Vec<f64> = rising.iter().map(unit).collect();
    let add = |(sum, square): (f64, f64), value: f64| (sum + value, square + value * value);
    let whole = scaled.iter().copied().fold((0.0, 0.0), add);
    // The standard deviation times the number of values.
    let width = |(sum, square): (f64, f64), count: usize| {
        (square * float(count) - sum * sum).max(0.0).sqrt()
    };
    let mut left = (0.0, 0.0);
    let mut best: Option<(f64, f64)> = None;
    for (index, (pair, &value)) in rising.windows(2).zip(&scaled).enumerate() {
        left = add(left, value);
        let &[below, above] = pair else { continue };
        if below >= above {
            continue;
        }
        let right = (whole.0 - left.0, whole.1 - left.1);
        let sum = width(left, index + 1) + width(right, rising.len() - index - 1);
        if best.is_none_or(|(least, _)| sum < least) {
            let middle = below + (above - below) / 2.0;
            best = Some((sum, if middle < above { middle } else { below }));
        }
    }
    best.map(|(_, threshold)| threshold)
}

#[cfg(test)]
mod tests {
    use super::{Threshold, Tree, narrowest};
    use crate::model::stream::Stream;

    #[test]
    fn the_narrowest_sides_are_those_by_hand() {
        assert_eq!(narrowest(&[0.0, 1.0, 2.0, 10.0, 11.0]), Some(6.0));
        assert_eq!(narrowest(&[0.0, 0.0, 0.0, 4.0]), Some(2.0));
        assert_eq!(narrowest(&[3.0; 5]), None);
        assert_eq!(narrowest(&[7.0]), None);
    }

    #[test]
    fn neighbours_in_f64_are_parted() {
        let (below, above) = (1.0, 1.0_f64.next_up());
        assert_eq!(narrowest(&[below, below, above]), Some(below));
    }

    #[test]
    fn two_clusters_apart_in_both_columns_are_parted_by_the_first_cut() {
        let rows: Vec<[f32; 2]> = (0..32_u8)
            .map(|row| {
                let far = if row < 4 { 1000.0 } else { 0.0 };
                [far + f32::from(row), f32::from(row % 5) - 3.0 * far]
            })
            .collect();
        // The two weights may cancel in a few nodes, but not in most.
        let parted = |index: &u64| {
            let way = (2, Threshold::PooledGain);
            let tree = Tree::grow(rows.as_flattened(), 2, way, 5, &mut Stream::of(2, *index));
            let sides: Vec<usize> = rows.iter().map(|row| tree.next(0, row)).collect();
            sides[..4].iter().all(|&side| side == sides[0])
                && sides[4..].iter().all(|&side| side != sides[0])
        };
        assert!((0..40).filter(parted).count() >= 36);
    }

    #[test]
    fn the_ends_of_f32_make_no_sum_that_is_not_a_number() {
        let cells = [f32::MIN, f32::MAX, 1e-45, f32::MAX, f32::MIN, 0.0, f32::NAN, 1e-45];
        for threshold in [Threshold::Uniform, Threshold::PooledGain] {
            let tree = Tree::grow(&cells, 2, (2, threshold), 2, &mut Stream::of(1, 0));
            tree.check(2, 2).unwrap();
            let mut sums = [0.0; 4];
            tree.walk(2, &cells, 2, &mut sums);
            assert!(sums.iter().all(|sum| (0.0..5.0).contains(sum)), "{sums:?}");
        }
    }
}
