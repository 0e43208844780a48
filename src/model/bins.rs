//! Histogram of a column: the rarity of a value relative to the most common values.
//!
//! A value shared by many rows is counted individually (an *atom*); in a column with few distinct values all are atoms.
//! The other values are counted in bins of the width of Freedman and Diaconis (1981), `2 · IQR / ∛n`, between Tukey's
//! far fences. Outside the fences the width grows by half from bin to bin without limit, so that an extreme cell does
//! not coarsen the other bins, and new values are rarer the further out they lie. An empty bin counts as half a row.

use serde::{Deserialize, Serialize};

use super::error::Error;
use crate::convert::float;

/// Columns with at most this many distinct values have atoms only.
const FEW_VALUES: usize = 32;
/// The minimum number of rows of an atom, and the minimum mean number of rows per value in such a column.
const FEWEST_ROWS: usize = 5;
/// A value is an atom if at least one row in this number holds it.
const ATOM: usize = 20;
/// The distance of Tukey's far fences from the quartiles, in interquartile ranges.
const FENCE: f64 = 3.0;
/// The ratio of the widths of successive bins outside the fences.
const GROWTH: f64 = 1.5;
/// The count of an empty bin.
const HALF: f64 = 0.5;

/// The histogram of a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Counted", into = "Counted")]
pub struct Bins {
    counted: Counted,
    /// `ln(most rows / rows)` of each atom.
    atoms: Vec<f64>,
    /// `ln(highest density / density)` of each bin between the fences.
    inner: Vec<f64>,
    /// The same for a bin of the inner width that holds one row.
    one_row: f64,
    /// The reciprocal of the bin width.
    slope: f64,
}

/// The serialised form of a histogram.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Counted {
    /// The atoms in ascending order.
    values: Vec<f32>,
    /// The number of rows of each atom.
    held: Vec<u64>,
    /// The lower fence.
    low: f64,
    /// The width of a bin between the fences.
    width: f64,
    /// The number of rows of each bin between the fences.
    inner: Vec<u64>,
    /// The number of rows of each bin below the lower fence, nearest first, without trailing empty bins.
    below: Vec<u64>,
    /// The same above the upper fence.
    above: Vec<u64>,
}

/// The position of a value that is not an atom.
#[derive(Debug, Clone, Copy)]
enum Place {
    Inner(usize),
    Below(usize),
    Above(usize),
}

impl From<Counted> for Bins {
    fn from(counted: Counted) -> Self {
        let rest = counted.rest().max(HALF);
        let held = counted.held.iter().map(|&it| rows(it));
        let most = held.fold(rest, f64::max);
        let outer = |bins: &[u64]| {
            let density = |(index, &count)| rows(count) / growth(index);
            bins.iter().enumerate().map(density).fold(HALF, f64::max)
        };
        let inner = counted.inner.iter().map(|&it| rows(it)).fold(HALF, f64::max);
        let peak = inner.max(outer(&counted.below)).max(outer(&counted.above));
        let one_row = (most / rest * peak).ln();
        Self {
            atoms: counted.held.iter().map(|&it| (most / rows(it)).ln()).collect(),
            inner: counted.inner.iter().map(|&it| one_row - rows(it).ln()).collect(),
            one_row,
            slope: 1.0 / counted.width,
            counted,
        }
    }
}

impl From<Bins> for Counted {
    fn from(bins: Bins) -> Self {
        bins.counted
    }
}

/// The count used for a density.
fn rows(count: u64) -> f64 {
    (float(count)).max(HALF)
}

/// The width of the bin with this index outside the fences, in units of the inner width.
fn growth(place: usize) -> f64 {
    GROWTH.powi(i32::try_from(place).unwrap_or(i32::MAX)).min(f64::MAX)
}

/// The distance from the fence at which the bin with this index begins, in inner widths.
fn begin(place: usize) -> f64 {
    (growth(place) - 1.0) / (GROWTH - 1.0)
}

/// The index of the bin outside the fences at a distance in inner widths.
#[expect(clippy::cast_possible_truncation, reason = "the logarithm of a finite number is small")]
#[expect(clippy::cast_sign_loss, reason = "the logarithm of a number above 1 is not negative")]
fn outer(distance: f64) -> usize {
    (1.0 + distance * (GROWTH - 1.0)).log(GROWTH) as usize
}

impl Bins {
    /// Builds the histogram from the recorded cells in ascending order.
    pub(super) fn of(sorted: &[f32]) -> Self {
        let mut counted = Counted::empty();
        let enough = fewest(sorted);
        let runs = sorted.chunk_by(|one, other| other <= one);
        for run in runs.filter(|run| run.len() >= enough) {
            counted.values.extend(run.first());
            counted.held.push(run.len() as u64);
        }
        if counted.values.is_empty() {
            counted.count_rest(sorted);
        } else {
            let rest = sorted.iter().copied().filter(|&cell| counted.atom(cell).is_none());
            counted.count_rest(&rest.collect::<Vec<f32>>());
        }
        Self::from(counted)
    }

    /// The log ratio of the highest density to that of the value; 0 for a missing cell.
    ///
    /// The value is compared first with the kinds of values (each atom, and all others as one kind), then with the
    /// densest bin of the others.
    pub(super) fn rarity(&self, cell: f32) -> f64 {
        if cell.is_nan() {
            return 0.0;
        }
        if let Some(atom) = self.counted.atom(cell) {
            return self.atoms.get(atom).copied().unwrap_or(0.0);
        }
        let outside = |bins: &[u64], place: usize| {
            let held = rows(bins.get(place).copied().unwrap_or(0));
            self.one_row + (growth(place) / held).ln()
        };
        match self.counted.place(f64::from(cell), self.slope) {
            Place::Inner(bin) => self.inner.get(bin).copied().unwrap_or(0.0),
            Place::Below(bin) => outside(&self.counted.below, bin),
            Place::Above(bin) => outside(&self.counted.above, bin),
        }
    }

    /// The atoms, each with its share of the recorded cells.
    pub fn atoms(&self) -> Vec<(f32, f64)> {
        let all = self.counted.count();
        let atoms = self.counted.values.iter().zip(&self.counted.held);
        atoms.map(|(&value, &held)| (value, share(held, all))).collect()
    }

    /// The bin edges of all other values in ascending order.
    pub fn edges(&self) -> Vec<f64> {
        let Counted { low, width, inner, below, above, .. } = &self.counted;
        let high = low + width * float(inner.len());
        let down = (1..below.len()).rev().map(|bin| low - width * begin(bin));
        let between = (0..=inner.len()).map(|bin| low + width * float(bin));
        let up = (1..above.len()).map(|bin| high + width * begin(bin));
        down.chain(between).chain(up).collect()
    }

    /// The share of the recorded cells in each bin of all other values. There is one bin more than edges; the first and
    /// the last are unbounded.
    pub fn shares(&self) -> Vec<f64> {
        let Counted { inner, below, above, .. } = &self.counted;
        let nothing = |bins: &[u64]| bins.is_empty().then_some(&0);
        let down = nothing(below).into_iter().chain(below.iter().rev());
        let counts = down.chain(inner).chain(above).chain(nothing(above));
        counts.map(|&count| share(count, self.counted.count())).collect()
    }

    /// Checks a deserialised histogram.
    pub(super) fn check(&self) -> Result<(), Error> {
        let Counted { values, held, low, width, inner, .. } = &self.counted;
        let rising = values.is_sorted_by(|one, other| one < other);
        let regular = low.is_finite() && *width > 0.0 && self.slope.is_finite();
        if rising && regular && values.len() == held.len() && !inner.is_empty() {
            Ok(())
        } else {
            Err(Error::Damaged { what: "stored bins do not rise" })
        }
    }
}

/// The minimum number of rows of an atom of this column.
fn fewest(sorted: &[f32]) -> usize {
    let values = sorted.chunk_by(|one, other| other <= one).take(FEW_VALUES + 1).count();
    if values <= FEW_VALUES && sorted.len() >= values * FEWEST_ROWS {
        1
    } else {
        (sorted.len() / ATOM).max(FEWEST_ROWS)
    }
}

fn share(count: u64, all: u64) -> f64 {
    float(count) / float(all.max(1))
}

impl Counted {
    /// A histogram without rows, with a single bin for any value.
    fn empty() -> Self {
        let end = f64::from(f32::MAX);
        Self {
            values: Vec::new(),
            held: Vec::new(),
            low: -end,
            width: 2.0 * end,
            inner: vec![0],
            below: Vec::new(),
            above: Vec::new(),
        }
    }

    /// Sets the fences and the width from the values that are not atoms, in ascending order.
    #[expect(clippy::cast_possible_truncation, reason = "bins are few")]
    #[expect(clippy::cast_sign_loss, reason = "the upper fence lies above the lower")]
    fn fence(&mut self, rest: &[f32]) {
        let (Some(&least), Some(&most)) = (rest.first(), rest.last()) else { return };
        let (least, most) = (f64::from(least), f64::from(most));
        let quartile =
            |of: usize| rest.get((rest.len() - 1) * of / 4).map_or(least, |&it| it.into());
        let (first, third): (f64, f64) = (quartile(1), quartile(3));
        let range = if third > first { third - first } else { most - least };
        if range > 0.0 {
            self.width = 2.0 * range / float(rest.len()).cbrt();
        }
        self.low = least.max(first - FENCE * range);
        let high = most.min(third + FENCE * range);
        let bins = ((high - self.low) / self.width).ceil().max(1.0) as usize;
        self.inner = vec![0; bins];
    }

    /// The index of the atom with this value, if there is one.
    fn atom(&self, cell: f32) -> Option<usize> {
        let atom = self.values.partition_point(|&it| it < cell);
        self.values.get(atom).filter(|&&it| it <= cell).map(|_| atom)
    }

    /// The position of a value that is not an atom; `slope` is the reciprocal of the width.
    #[expect(clippy::cast_possible_truncation, reason = "the integer part is the bin")]
    #[expect(clippy::cast_sign_loss, reason = "below the lower fence it is not cast")]
    fn place(&self, value: f64, slope: f64) -> Place {
        let position = (value - self.low) * slope;
        let bins = float(self.inner.len());
        if position < 0.0 {
            Place::Below(outer(-position))
        } else if position < bins {
            Place::Inner(position as usize)
        } else if position > bins {
            Place::Above(outer(position - bins))
        } else {
            // The largest value lies exactly on the upper fence.
            Place::Inner(self.inner.len().saturating_sub(1))
        }
    }

    /// Counts the values that are not atoms, in ascending order.
    fn count_rest(&mut self, rest: &[f32]) {
        self.fence(rest);
        let slope = 1.0 / self.width;
        for &cell in rest {
            let (bins, bin) = match self.place(f64::from(cell), slope) {
                Place::Inner(bin) => (&mut self.inner, bin),
                Place::Below(bin) => (&mut self.below, bin),
                Place::Above(bin) => (&mut self.above, bin),
            };
            if bins.len() <= bin {
                bins.resize(bin + 1, 0);
            }
            if let Some(count) = bins.get_mut(bin) {
                *count += 1;
            }
        }
    }

    /// The number of recorded rows.
    fn count(&self) -> u64 {
        [&self.held, &self.inner, &self.below, &self.above].into_iter().flatten().sum()
    }

    /// The number of rows that are not atoms.
    fn rest(&self) -> f64 {
        float([&self.inner, &self.below, &self.above].into_iter().flatten().sum::<u64>())
    }
}

#[cfg(test)]
mod tests {
    use super::Bins;

    fn even(rows: u16) -> Vec<f32> {
        (0..rows).map(|it| f32::from(it) / 100.0).collect()
    }

    fn close(one: f64, other: f64) -> bool {
        (one - other).abs() < 1e-9
    }

    #[test]
    fn few_values_are_counted_one_by_one() {
        let bins =
            Bins::of(&[1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 7.0, 7.0, 7.0, 7.0]);
        let most = 7.0_f64;
        for (value, held) in [(1.0, 4.0), (2.0, 7.0), (7.0, 4.0), (3.0, 0.5), (-1e30, 0.5)] {
            assert!(close(bins.rarity(value), (most / held).ln()), "{value}");
        }
        assert!(close(bins.rarity(f32::NAN), 0.0));
        assert_eq!(bins.atoms().len(), 3);
    }

    #[test]
    fn a_value_reads_the_bin_it_lies_in() {
        // The range 5 to 10 has ten times as many rows as the rest of 0 to 20.
        let mut sorted: Vec<f32> = (0..2000_u16).map(|it| f32::from(it) / 100.0).collect();
        sorted.extend((0..4500_u16).map(|it| 5.0 + f32::from(it) / 900.0));
        sorted.sort_by(f32::total_cmp);
        let bins = Bins::of(&sorted);
        let (edges, shares) = (bins.edges(), bins.shares());
        let densest = shares.iter().copied().fold(0.0, f64::max);
        for (edge, share) in edges.windows(2).zip(&shares[1..]) {
            for part in [0.001, 0.5, 0.999] {
                #[expect(clippy::cast_possible_truncation, reason = "the bins are wide")]
                let value = (edge[0] + part * (edge[1] - edge[0])) as f32;
                assert!(close(bins.rarity(value), (densest / share).ln()), "{value}");
            }
        }
    }

    #[test]
    fn edges_and_shares_give_every_row_once() {
        let mut sorted = even(5000);
        sorted.splice(0..0, [-1e30, -70.0]);
        sorted.extend([1e3; 400]);
        sorted.extend([1e4, 1e5]);
        let bins = Bins::of(&sorted);
        let (edges, shares) = (bins.edges(), bins.shares());
        assert_eq!(shares.len(), edges.len() + 1);
        assert!(edges.windows(2).all(|pair| pair[0] < pair[1]));
        let all = f64::from(u16::try_from(sorted.len()).unwrap());
        assert_eq!(bins.atoms(), [(1e3, 400.0 / all)]);
        let mut counts = vec![0.0; shares.len()];
        for &cell in sorted.iter().filter(|&&it| !(1e3..1.001e3).contains(&it)) {
            // The largest value is the upper fence itself.
            let bin = edges.partition_point(|&edge| edge <= f64::from(cell) * (1.0 - 1e-12));
            counts[bin] += 1.0;
        }
        let same = |(count, share): (&f64, &f64)| close(*count, share * all);
        assert!(counts.iter().zip(&shares).all(same), "{counts:?} {shares:?}");
    }

    #[test]
    fn one_wild_cell_does_not_blur_the_bins() {
        let mut sorted = even(5000);
        // A gap in the middle with a single row.
        sorted.retain(|cell| !(20.0..30.0).contains(cell));
        sorted.push(25.0);
        sorted.sort_by(f32::total_cmp);
        let before = Bins::of(&sorted).rarity(25.0);
        sorted.push(1e30);
        let after = Bins::of(&sorted).rarity(25.0);
        assert!(before > 4.0 && (after - before).abs() < 0.1, "{before} {after}");
    }

    #[test]
    fn the_further_out_a_new_value_lies_the_rarer_it_is() {
        let mut sorted = even(5000);
        sorted.push(400.0);
        let bins = Bins::of(&sorted);
        let far = [60.0, 90.0, 150.0, 500.0, 1e3, 1e6, f32::MAX].map(|it| bins.rarity(it));
        assert!(far[..3].windows(2).all(|pair| pair[0] <= pair[1]), "{far:?}");
        assert!(far[3..].windows(2).all(|pair| pair[0] < pair[1]), "{far:?}");
        assert!(far[0] > bins.rarity(25.0) && far[6].is_finite());
        assert!(bins.rarity(-f32::MAX) > bins.rarity(-60.0));
    }

    #[test]
    fn what_is_usual_is_no_surprise_whichever_kind_it_is() {
        // Half of the rows are 0, the others are uniform: neither kind is rare.
        let mut sorted = vec![0.0; 5000];
        sorted.extend(even(5000).iter().map(|it| it + 1.0));
        let bins = Bins::of(&sorted);
        assert!(bins.rarity(0.0) < 0.1 && bins.rarity(20.0) < 0.1);
        assert!(bins.rarity(-3.0) > 4.0);
    }

    #[test]
    fn nothing_recorded_says_nothing() {
        let bins = Bins::of(&[]);
        assert!(close(bins.rarity(3.0), 0.0) && bins.atoms().is_empty());
        assert_eq!(bins.shares(), [0.0; 3]);
        bins.check().unwrap();
    }
}
