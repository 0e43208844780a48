//! Neighbours: the mean distance to the third nearest row in small random references.
//!
//! Bagged nearest neighbours (Sugiyama and Borgwardt, NIPS 2013, on small random references for distance-based
//! outliers; Aggarwal and Sathe 2015 on averaging), on a robust scale with clipped cells. Linear in the rows: each is
//! compared with `16 · references` rows. A missing cell of a row adds nothing to its distances; in a reference it is
//! set to the column's centre.

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::error::Error;
use super::super::scale::Scale;
use super::super::stream::{Stream, narrow};
use super::guard::ValidParams;
use super::scorer::{Scorer, refuse_empty};
use crate::convert::float;
use crate::matrix::Matrix;
use crate::params::{params, within};

/// The number of independent references, fixed to the number of SIMD lanes.
const BAGS: usize = 16;
/// Which nearest neighbour counts; the third, so that two near copies of a row do not hide it.
const NEIGHBOUR: usize = 3;
/// Scaled cells are clipped to this absolute value.
const CLIP: f32 = 8.0;
/// The maximum number of rows used for medians and interquartile ranges.
const SCALE_ROWS: usize = 65_536;
/// The number of rows that a thread scores at a time.
const BLOCK: usize = 256;

params! {
    /// The settings of the detector.
    pub struct Settings {
        pub references: usize = 64, within(NEIGHBOUR..=4_096), "rows of each of the 16 references";
    }
}

/// The fitted references.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Neighbours {
    scale: Scale,
    /// The scaled cells of the 16 references in lanes, stored by row and column.
    cells: Vec<[f32; BAGS]>,
}

impl<'a> Fit<&'a Matrix, (), Error> for ValidParams<Settings> {
    type Object = Neighbours;

    fn fit(&self, data: &DatasetBase<&'a Matrix, ()>) -> Result<Neighbours, Error> {
        let matrix = data.records;
        refuse_empty(matrix)?;
        let scale_rows = Stream::of(self.seed, 0).rows(matrix.rows(), SCALE_ROWS);
        let scale = Scale::of(&matrix.select(&narrow(&scale_rows)), CLIP);
        let bags: Vec<Vec<usize>> = (1..=BAGS as u64)
            .map(|bag| Stream::of(self.seed, bag).rows(matrix.rows(), self.settings.references))
            .collect();
        let columns: Vec<&[f32]> = matrix.columns().collect();
        let mut cells = Vec::new();
        for place in 0..self.settings.references.min(matrix.rows()) {
            for (index, column) in columns.iter().enumerate() {
                let mut lanes = [0.0; BAGS];
                for (lane, bag) in lanes.iter_mut().zip(&bags) {
                    let cell = bag.get(place).and_then(|&row| column.get(row)).copied();
                    let scaled = scale.cell(index, cell.unwrap_or(f32::NAN));
                    *lane = if scaled.is_nan() { 0.0 } else { scaled };
                }
                cells.push(lanes);
            }
        }
        Ok(Neighbours { scale, cells })
    }
}

/// A column and the row's scaled cell in it.
type Recorded = (usize, f32);

/// One column of one row of all references.
fn cells_of(reference: &[[f32; BAGS]], column: usize) -> &[f32; BAGS] {
    reference.get(column).unwrap_or(&[0.0; BAGS])
}

impl Neighbours {
    /// The squared distance of a row's recorded cells to the third neighbour in each reference.
    fn squared(&self, row: &[Recorded]) -> [f32; BAGS] {
        let mut nearest = [[f32::INFINITY; BAGS]; NEIGHBOUR];
        for reference in self.references() {
            let mut sum = [0.0_f32; BAGS];
            for &(column, value) in row {
                for (sum, cell) in sum.iter_mut().zip(cells_of(reference, column)) {
                    let gap = value - cell;
                    *sum += gap * gap;
                }
            }
            for rank in &mut nearest {
                for (held, sum) in rank.iter_mut().zip(&mut sum) {
                    let (near, far) = if *sum < *held { (*sum, *held) } else { (*held, *sum) };
                    (*held, *sum) = (near, far);
                }
            }
        }
        // With fewer than three rows, use the farthest.
        let [first, second, third] = nearest;
        let mut counting = third;
        for (((it, second), first), third) in counting.iter_mut().zip(second).zip(first).zip(third)
        {
            let there_is = [third, second, first].into_iter().find(|distance| distance.is_finite());
            *it = there_is.unwrap_or(0.0);
        }
        counting
    }

    /// The rows of the references, in lanes.
    fn references(&self) -> impl Iterator<Item = &[[f32; BAGS]]> {
        self.cells.chunks_exact(self.scale.width().max(1))
    }

    /// The scaled recorded cells of a row.
    fn scaled(&self, cell: impl Fn(usize) -> f32, row: &mut Vec<Recorded>) {
        let scaled = |column: usize| (column, self.scale.cell(column, cell(column)));
        row.clear();
        row.extend((0..self.scale.width()).map(scaled).filter(|(_, value)| !value.is_nan()));
    }

    /// Checks a deserialised model.
    pub(super) fn check(&self, columns: usize) -> Result<(), Error> {
        self.scale.check(columns)?;
        let finite = self.cells.iter().flatten().all(|cell| cell.is_finite());
        if finite && !self.cells.is_empty() && self.cells.len().is_multiple_of(columns.max(1)) {
            Ok(())
        } else {
            Err(Error::Damaged { what: "a reference belongs to other columns" })
        }
    }
}

fn mean(distances: impl Iterator<Item = f64>) -> f64 {
    distances.sum::<f64>() / float(BAGS)
}

impl Scorer for Neighbours {
    fn score(&self, matrix: &Matrix) -> Vec<f64> {
        let columns: Vec<&[f32]> = matrix.columns().collect();
        let mut scores = vec![0.0; matrix.rows()];
        scores.par_chunks_mut(BLOCK).enumerate().for_each_init(Vec::new, |row, (block, scores)| {
            for (offset, score) in scores.iter_mut().enumerate() {
                let index = block * BLOCK + offset;
                let cell = |column: usize| {
                    columns.get(column).and_then(|it| it.get(index)).copied().unwrap_or(f32::NAN)
                };
                self.scaled(cell, row);
                *score = mean(self.squared(row).into_iter().map(|it| f64::from(it).sqrt()));
            }
        });
        scores
    }

    /// Each column's share of the squared distance, times the distance; the terms sum to the score.
    fn attribute(&self, row: &[f32]) -> Vec<f64> {
        let mut scaled = Vec::new();
        self.scaled(|column| row.get(column).copied().unwrap_or(f32::NAN), &mut scaled);
        let counting = self.squared(&scaled);
        let mut parts = vec![0.0; row.len()];
        let mut found = [false; BAGS];
        for reference in self.references() {
            for (bag, (&squared, found)) in counting.iter().zip(&mut found).enumerate() {
                if *found || squared <= 0.0 {
                    continue;
                }
                let gap = |&(column, value): &Recorded| {
                    let gap = value - cells_of(reference, column).get(bag).unwrap_or(&value);
                    gap * gap
                };
                let gaps: Vec<f32> = scaled.iter().map(gap).collect();
                // The same additions in the same order as in the kernel.
                let sum = gaps.iter().fold(0.0_f32, |sum, gap| sum + gap);
                *found = sum.to_bits() == squared.to_bits();
                if *found {
                    let total: f64 = gaps.iter().map(|&it| f64::from(it)).sum();
                    for (&(column, _), gap) in scaled.iter().zip(gaps) {
                        if let Some(part) = parts.get_mut(column) {
                            *part += f64::from(gap) / total * f64::from(squared).sqrt();
                        }
                    }
                }
            }
        }
        parts.iter().map(|&part| mean(std::iter::once(part))).collect()
    }
}

#[cfg(test)]
mod tests {
    use linfa::dataset::DatasetBase;
    use linfa::traits::Fit;

    use super::{Scorer, Settings};
    use crate::matrix::Matrix;
    use crate::model::detectors::guard::Seeded;
    use crate::params::Params;

    fn grid(rows: u16) -> Matrix {
        let mut matrix = Matrix::new(rows.into());
        matrix.push("a", (0..rows).map(|it| Some(f32::from(it)))).unwrap();
        matrix.push("b", (0..rows).map(|it| (it % 7 != 3).then(|| f32::from(it % 13)))).unwrap();
        matrix
    }

    #[test]
    fn parts_add_up_to_the_distance() {
        let matrix = grid(500);
        let fitted =
            Settings { references: 64 }.seeded(0).fit(&DatasetBase::new(&matrix, ())).unwrap();
        for (row, score) in [(3, None), (250, None), (499, Some(12.0))] {
            let cells = [f32::from(i16::try_from(row).unwrap()), score.unwrap_or(f32::NAN)];
            let mut one = Matrix::new(1);
            one.push("a", [Some(cells[0])]).unwrap();
            one.push("b", [score]).unwrap();
            let sum: f64 = fitted.attribute(&cells).iter().sum();
            assert!((sum - fitted.score(&one)[0]).abs() < 1e-12 * sum.max(1.0));
        }
    }

    #[test]
    fn with_fewer_rows_than_neighbours_the_furthest_counts() {
        let mut matrix = Matrix::new(2);
        matrix.push("a", [Some(0.0), Some(1.0)]).unwrap();
        let fitted =
            Settings { references: 64 }.seeded(0).fit(&DatasetBase::new(&matrix, ())).unwrap();
        // The standard deviation of 0 and 1 is one half, so their distance is 2.
        assert_eq!(fitted.score(&matrix), [2.0, 2.0]);
    }

    #[test]
    fn a_reference_of_two_rows_is_refused() {
        assert!(
            Settings { references: 2 }
                .validate()
                .unwrap_err()
                .to_string()
                .contains("from 3 to 4096")
        );
    }
}
