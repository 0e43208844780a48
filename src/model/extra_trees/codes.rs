//! Columns coded as small integers, the input of the trees.

use std::sync::Arc;

use crate::convert::float;
use rayon::prelude::{
    IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator, ParallelSliceMut,
};
use serde::{Deserialize, Serialize};

/// The code of a missing cell; other codes are larger.
pub const MISSING: u8 = 0;

/// The maximum number of cut points of a column; codes 1 to 255 are recorded cells.
const MOST_CUTS: usize = 254;

/// The maximum number of cells used to determine the cut points of a column.
const MOST_LOOKS: usize = 1 << 16;

/// Additional quantiles for cut points, since acts lie mostly in the tails.
const TAILS: [f64; 8] = [0.0005, 0.001, 0.002, 0.003, 0.997, 0.998, 0.999, 0.9995];

/// The cut points of a column: a cell's code is one more than the number of cut points below it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cuts(Vec<f32>);

impl Cuts {
    /// Computes cut points between all values if they are few, otherwise at evenly spaced quantiles and in both tails.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place among at most 2^16 cells"
    )]
    pub fn of(cells: &[f32]) -> Self {
        let step = cells.len().div_ceil(MOST_LOOKS).max(1);
        let mut known: Vec<f32> =
            cells.iter().step_by(step).copied().filter(|cell| cell.is_finite()).collect();
        known.sort_unstable_by(f32::total_cmp);
        let mut values = known.clone();
        values.dedup();
        let between = |low: f32, high: f32| low + (high - low) / 2.0;
        if values.len() <= MOST_CUTS {
            let middle = |pair: &[f32]| Some(between(*pair.first()?, *pair.get(1)?));
            return Self(values.windows(2).filter_map(middle).collect());
        }
        let even = MOST_CUTS - TAILS.len();
        let shares = (1..=even).map(|place| float(place) / float(even + 1)).chain(TAILS);
        let cut = |share: f64| {
            let value = *known.get((share * float(known.len())) as usize)?;
            let next = values.get(values.partition_point(|it| *it <= value))?;
            Some(between(value, *next))
        };
        let mut cuts: Vec<f32> = shares.filter_map(cut).collect();
        cuts.sort_unstable_by(f32::total_cmp);
        cuts.dedup();
        Self(cuts)
    }

    /// The code of each cell.
    pub fn codes(&self, cells: &[f32]) -> Vec<u8> {
        let code = |cell: &f32| {
            if cell.is_nan() {
                return MISSING;
            }
            let below = self.0.partition_point(|cut| cut < cell);
            u8::try_from(below + 1).unwrap_or(u8::MAX)
        };
        cells.iter().map(code).collect()
    }

    /// A cut between two distinct codes, at a share of the distance between their values; a row goes left if its code
    /// is at most the cut.
    pub(super) fn between(&self, low: u8, high: u8, share: f32) -> u8 {
        let place = |code: u8, back: usize| {
            let last = self.0.len().checked_sub(1)?;
            self.0.get(usize::from(code).saturating_sub(back).min(last)).copied()
        };
        let (Some(from), Some(to)) = (place(low, 1), place(high, 2)) else { return low };
        let value = from + (to - from) * share;
        let below = self.0.partition_point(|cut| *cut < value);
        u8::try_from(below + 1).unwrap_or(u8::MAX).clamp(low, high - 1)
    }

    /// Whether the cut points are ascending and few enough for the codes.
    pub fn is_sound(&self) -> bool {
        self.0.len() <= MOST_CUTS && self.0.windows(2).all(|pair| pair.first() < pair.get(1))
    }
}

/// A table of codes stored by column, with the cut points of each column.
#[derive(Debug, Clone, Default)]
pub struct Codes {
    rows: usize,
    cuts: Arc<[Cuts]>,
    columns: Vec<Vec<u8>>,
}

impl Codes {
    /// A table with the given columns and cut points; all columns must have `rows` cells.
    pub fn new(rows: usize, cuts: Arc<[Cuts]>, columns: Vec<Vec<u8>>) -> Self {
        debug_assert!(columns.iter().all(|column| column.len() == rows));
        debug_assert_eq!(cuts.len(), columns.len());
        Self { rows, cuts, columns }
    }

    /// The cut points of each column.
    pub fn cuts(&self) -> &[Cuts] {
        &self.cuts
    }

    /// Appends the rows of a table with the same columns.
    pub fn append(&mut self, other: Self) {
        debug_assert_eq!(self.columns.len(), other.columns.len());
        self.rows += other.rows;
        for (own, other) in self.columns.iter_mut().zip(other.columns) {
            own.extend(other);
        }
    }

    /// Sets all cells of the selected columns to missing.
    pub fn blank(&mut self, is_blank: impl Fn(usize) -> bool) {
        for (place, column) in self.columns.iter_mut().enumerate() {
            if is_blank(place) {
                column.fill(MISSING);
            }
        }
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The columns, in order.
    pub fn columns(&self) -> &[Vec<u8>] {
        &self.columns
    }

    /// The given rows, in the given order.
    #[must_use]
    pub fn select(&self, rows: &[u32]) -> Self {
        let column = |column: &Vec<u8>| -> Vec<u8> {
            rows.iter().map(|row| column.get(*row as usize).copied().unwrap_or(MISSING)).collect()
        };
        let columns = self.columns.par_iter().map(column).collect();
        Self { rows: rows.len(), cuts: Arc::clone(&self.cuts), columns }
    }

    /// All codes, stored by row.
    pub(super) fn by_row(&self) -> Vec<u8> {
        const BLOCK: usize = 256;
        let mut all = vec![MISSING; self.rows * self.columns.len()];
        let blocks = all.par_chunks_mut((BLOCK * self.columns.len()).max(1)).enumerate();
        blocks.for_each(|(number, out)| self.fill(number * BLOCK, out));
        all
    }

    /// The codes of a block of rows, stored by row, so that a tree traversal reads contiguous memory.
    pub(super) fn block(&self, from: usize, to: usize, out: &mut Vec<u8>) {
        out.clear();
        out.resize((to - from) * self.columns.len(), MISSING);
        self.fill(from, out);
    }

    /// Fills in whole rows, starting at row `from`.
    fn fill(&self, from: usize, out: &mut [u8]) {
        let width = self.columns.len();
        let rows = out.len() / width.max(1);
        for (place, column) in self.columns.iter().enumerate() {
            let cells = column.get(from..from + rows).unwrap_or(&[]);
            for (row, code) in cells.iter().enumerate() {
                if let Some(cell) = out.get_mut(row * width + place) {
                    *cell = *code;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cuts, MISSING};

    #[test]
    fn few_values_have_a_code_each_and_missing_is_none_of_them() {
        let cuts = Cuts::of(&[0.0, 1.0, f32::NAN, 1.0, 5.0]);
        assert_eq!(cuts.codes(&[0.0, 1.0, 5.0, f32::NAN, 9.0, -3.0]), [1, 2, 3, MISSING, 3, 1]);
    }

    #[test]
    fn a_cut_between_values_finds_the_tail() {
        let cells: Vec<f32> = (0..200_u16).map(f32::from).chain([10_000.0]).collect();
        let cuts = Cuts::of(&cells);
        assert_eq!(cuts.between(1, 201, 0.5), 200, "the one value that is far from the others");
        assert_eq!((cuts.between(1, 201, 0.0), cuts.between(1, 201, 1.0)), (1, 200));
        assert_eq!(cuts.between(MISSING, 1, 0.7), MISSING);
        assert_eq!(cuts.between(4, 5, 0.3), 4);
    }

    #[test]
    fn many_values_keep_their_order_and_the_tails_are_told_apart() {
        let cells: Vec<f32> = (0..50_000_u16).map(f32::from).collect();
        let cuts = Cuts::of(&cells);
        let codes = cuts.codes(&cells);
        assert!(cuts.is_sound() && codes.is_sorted());
        assert!(codes[49_990] > codes[49_940] && codes[10] < codes[80]);
    }
}
