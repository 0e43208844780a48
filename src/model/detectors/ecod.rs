//! ECOD: outlier scores from the empirical tail probabilities of each column.
//!
//! Li et al., *ECOD: Unsupervised Outlier Detection Using Empirical Cumulative Distribution Functions*, TKDE 2022, in
//! one of two forms. The default is that of `PyOD`: the rarer tail of each cell, `max(-ln F(x), -ln (1 - F(x-)))`,
//! summed over the row. The form of the paper sums the left tails, the right tails and the tails in the direction of
//! skewness separately, and takes the largest sum; it is less accurate on `ADBench`, see `docs/detectors.md`. The
//! distributions are stored, so new rows do not change them; a value beyond the fitted range counts as the most extreme
//! one. A missing cell adds 0, since nothing is known about it.

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::error::Error;
use super::super::quantile_sketch::QuantileSketch;
use super::super::sort::Sorter;
use super::scorer::{Scorer, refuse_empty};
use super::terms::sums;
use crate::convert::float;
use crate::matrix::Matrix;
use crate::params::{any, params};

/// The form of the sum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// The rarer tail of each cell, as in `PyOD`.
    #[default]
    Cell,
    /// The largest of the sums of left, right and skewed tails, as in the paper.
    Paper,
}

params! {
    /// The settings of ECOD.
    pub struct Settings {
        pub form: Form = Form::Cell, any,
            "what is summed: cell (the rarer tail of each cell) or paper (each tail by itself, the largest sum counts)";
    }
}

/// The fitted tail distributions of each column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ecod {
    form: Form,
    tails: Vec<Tails>,
}

/// The tails of one column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
struct Tails {
    stored: Stored,
    /// `-ln` of the left tail probability at each position of the quantile sketch.
    left: Vec<f64>,
    /// `-ln` of the right tail probability.
    right: Vec<f64>,
    /// The maximum of the two.
    rarer: Vec<f64>,
}

/// The serialised form of a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Stored {
    quantile_sketch: QuantileSketch<f32>,
    /// Whether the column has negative skewness.
    left_skewed: bool,
}

impl From<Stored> for Tails {
    fn from(stored: Stored) -> Self {
        let quantile_sketch = &stored.quantile_sketch;
        let places = 0..quantile_sketch.places();
        let neg_log_tail = |tail: u64| neg_log_tail(quantile_sketch.count(), tail);
        let left: Vec<f64> =
            places.clone().map(|it| neg_log_tail(quantile_sketch.at_most(it))).collect();
        let right: Vec<f64> = places.map(|it| neg_log_tail(quantile_sketch.at_least(it))).collect();
        let rarer = left.iter().zip(&right).map(|(left, right)| left.max(*right)).collect();
        Self { stored, left, right, rarer }
    }
}

impl From<Tails> for Stored {
    fn from(tails: Tails) -> Self {
        tails.stored
    }
}

/// `-ln` of a tail probability.
fn neg_log_tail(count: u64, tail: u64) -> f64 {
    (float(count) / float(tail.max(1))).ln().max(0.0)
}

impl<'a> Fit<&'a Matrix, (), Error> for Settings {
    type Object = Ecod;

    fn fit(&self, data: &DatasetBase<&'a Matrix, ()>) -> Result<Ecod, Error> {
        refuse_empty(data.records)?;
        let columns: Vec<&[f32]> = data.records.columns().collect();
        let tails = |sorter: &mut Sorter, column: &&[f32]| {
            let sorted = sorter.rising(column);
            let left_skewed = self.form == Form::Paper && skewness(sorted) < 0.0;
            Tails::from(Stored { quantile_sketch: QuantileSketch::of(sorted), left_skewed })
        };
        Ok(Ecod {
            form: self.form,
            tails: columns.par_iter().map_init(Sorter::default, tails).collect(),
        })
    }
}

/// The third central moment, which has the sign of the skewness; 0 if all cells are equal.
fn skewness(cells: &[f32]) -> f64 {
    let first = cells.first().copied().map_or(0.0, f64::from);
    let gaps = || cells.iter().map(|&cell| f64::from(cell) - first);
    let mean = gaps().sum::<f64>() / float(cells.len().max(1));
    gaps().map(|gap| (gap - mean).powi(3)).sum()
}

/// The number of cells looked up in parallel lanes.
const LANES: usize = 16;

impl Tails {
    /// The terms of one kind of tail.
    fn kind(&self, kind: Kind) -> &[f64] {
        match kind {
            Kind::Rarer => &self.rarer,
            Kind::Left => &self.left,
            Kind::Skewed if self.stored.left_skewed => &self.left,
            Kind::Right | Kind::Skewed => &self.right,
        }
    }

    /// The terms of one kind of tail for some cells; 0 for missing cells.
    fn neg_log_tails<const CELLS: usize>(&self, kind: Kind, cells: &[f32; CELLS]) -> [f64; CELLS] {
        let neg_log_tail = self.kind(kind);
        let places = self.stored.quantile_sketch.places_of(cells);
        let mut found = places.map(|place| neg_log_tail.get(place).copied().unwrap_or(0.0));
        for (found, _) in found.iter_mut().zip(cells).filter(|(_, cell)| cell.is_nan()) {
            *found = 0.0;
        }
        found
    }

    /// Adds the terms of a column's cells to the row sums.
    fn add(&self, kind: Kind, cells: &[f32], sums: &mut [f64]) {
        let add = |sums: &mut [f64], cells: &[f32; LANES]| {
            for (sum, neg_log_tail) in sums.iter_mut().zip(self.neg_log_tails(kind, cells)) {
                *sum += neg_log_tail;
            }
        };
        let (whole, rest) = cells.as_chunks::<LANES>();
        let (sums, sums_rest) = sums.as_chunks_mut::<LANES>();
        sums.iter_mut().zip(whole).for_each(|(sums, cells)| add(sums, cells));
        let mut last = [f32::NAN; LANES];
        last.iter_mut().zip(rest).for_each(|(last, cell)| *last = *cell);
        add(sums_rest, &last);
    }
}

/// The kind of tail.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Rarer,
    Left,
    Right,
    /// The tail in the direction of skewness.
    Skewed,
}

/// The sums compared in the paper's form.
const SIDES: [Kind; 3] = [Kind::Left, Kind::Right, Kind::Skewed];

impl Ecod {
    /// Checks a deserialised model.
    pub(super) fn check(&self, columns: usize) -> Result<(), Error> {
        if self.tails.len() != columns {
            return Err(Error::Damaged { what: "stored quantiles belong to other columns" });
        }
        self.tails.iter().try_for_each(|tails| tails.stored.quantile_sketch.check())
    }
}

impl Scorer for Ecod {
    fn score(&self, matrix: &Matrix) -> Vec<f64> {
        let sums = |kind| {
            sums(matrix, &self.tails, |tails: &Tails, cells, sums| tails.add(kind, cells, sums))
        };
        if self.form == Form::Cell {
            return sums(Kind::Rarer);
        }
        let [mut most, others @ ..] = SIDES.map(sums);
        for other in others {
            for (most, sum) in most.iter_mut().zip(other) {
                *most = most.max(sum);
            }
        }
        most
    }

    /// The terms of the cells, exactly as they are summed.
    fn attribute(&self, row: &[f32]) -> Vec<f64> {
        let terms = |kind| -> Vec<f64> {
            let cells = self.tails.iter().zip(row);
            cells.flat_map(|(tails, &cell)| tails.neg_log_tails(kind, &[cell])).collect()
        };
        if self.form == Form::Cell {
            return terms(Kind::Rarer);
        }
        let sum = |terms: &Vec<f64>| terms.iter().sum::<f64>();
        let larger = |held: Vec<f64>, it: Vec<f64>| if sum(&it) > sum(&held) { it } else { held };
        let [left, others @ ..] = SIDES.map(terms);
        others.into_iter().fold(left, larger)
    }
}

#[cfg(test)]
mod tests {
    use linfa::dataset::DatasetBase;
    use linfa::traits::Fit;

    use super::{Ecod, Form, Scorer, Settings, skewness};
    use crate::matrix::Matrix;

    fn fitted(columns: &[&[Option<f32>]]) -> (Matrix, Ecod) {
        let mut matrix = Matrix::new(columns[0].len());
        for (index, column) in columns.iter().enumerate() {
            matrix.push(&format!("c{index}"), column.iter().copied()).unwrap();
        }
        let ecod = Settings::default().fit(&DatasetBase::new(&matrix, ())).unwrap();
        (matrix, ecod)
    }

    #[test]
    fn a_table_with_ties_and_gaps_is_scored_as_by_hand() {
        let first = [Some(1.0), Some(2.0), Some(2.0), Some(9.0)];
        let second = [Some(5.0), None, Some(5.0), Some(4.0)];
        let (matrix, ecod) = fitted(&[&first, &second]);
        // Column c0: at most 1, 3, 3, 4 of 4; at least 4, 3, 3, 1 of 4. Column c1 with 3 cells: 5 has at most 3 and at
        // least 2; 4 has at most 1.
        let four = 4.0_f64.ln();
        let third = (4.0_f64 / 3.0).ln();
        let half = 1.5_f64.ln();
        let hand = [four + half, third, third + half, four + 3.0_f64.ln()];
        for (found, hand) in ecod.score(&matrix).into_iter().zip(hand) {
            assert!((found - hand).abs() < 1e-15, "{found} {hand}");
        }
    }

    #[test]
    fn a_new_value_is_scored_by_the_old_distribution() {
        let (_, ecod) = fitted(&[&[Some(1.0), Some(2.0), Some(3.0), Some(4.0)]]);
        let score = |cell| ecod.attribute(&[cell])[0];
        assert!((score(100.0) - 4.0_f64.ln()).abs() < 1e-15);
        assert!((score(-100.0) - score(100.0)).abs() < 1e-15);
        assert!((score(2.5) - 2.0_f64.ln()).abs() < 1e-15);
    }

    #[test]
    fn the_form_of_the_paper_takes_the_largest_of_three_sums() {
        let first = [Some(1.0), Some(2.0), Some(2.0), Some(2.0)];
        let second = [Some(1.0), Some(1.0), Some(1.0), Some(3.0)];
        let (matrix, _) = fitted(&[&first, &second, &[Some(7.0); 4]]);
        let ecod = Settings { form: Form::Paper }.fit(&DatasetBase::new(&matrix, ())).unwrap();
        // The first column has negative skewness, the second positive, and the third is constant.
        let (four, third) = (4.0_f64.ln(), (4.0_f64 / 3.0).ln());
        // Row 0: left ln 4 + ln(4/3), right 0 + 0, skewed ln 4 + 0. Row 3: left 0, right ln(4/3) + ln 4.
        let hand = [four + third, third, third, third + four];
        for (row, (found, hand)) in ecod.score(&matrix).into_iter().zip(hand).enumerate() {
            assert!((found - hand).abs() < 1e-15, "{row}: {found} {hand}");
            let cells: Vec<f32> = matrix.columns().map(|column| column[row]).collect();
            assert!((ecod.attribute(&cells).iter().sum::<f64>() - hand).abs() < 1e-15);
        }
        // Extreme left in the first column and right in the second: only the skewed sum includes both.
        assert!((ecod.attribute(&[1.0, 3.0, 7.0]).iter().sum::<f64>() - 2.0 * four).abs() < 1e-15);
    }

    #[test]
    fn a_constant_column_has_no_skewness_and_still_no_part() {
        assert!(skewness(&[3.1; 7]).abs() <= 0.0 && skewness(&[]).abs() <= 0.0);
        assert!(skewness(&[f32::MAX, f32::MAX, -f32::MAX]).is_finite());
        assert!(skewness(&[0.0, 9.0, 10.0]) < 0.0 && skewness(&[0.0, 1.0, 10.0]) > 0.0);
    }

    #[test]
    fn columns_that_say_nothing_add_nothing() {
        let (matrix, ecod) = fitted(&[&[Some(7.0); 3], &[None; 3]]);
        assert_eq!(ecod.score(&matrix), [0.0; 3]);
        assert!(ecod.attribute(&[8.0, 1.0])[1].abs() < 1e-15);
    }
}
