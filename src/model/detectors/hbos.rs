//! HBOS: outlier scores from the histogram of each column.
//!
//! Goldstein and Dengel, *Histogram-based Outlier Score (HBOS)*, KI 2012: the sum over columns of `-ln` of the density
//! at the cell, here relative to the column's highest density, so that 0 is the most common. The bins of
//! [`super::super::bins`] are robust to heavy tails, count frequent values individually, and extend beyond the fitted
//! range. A missing cell adds 0.

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::bins::Bins;
use super::super::error::Error;
use super::super::sort::Sorter;
use super::scorer::{Scorer, refuse_empty};
use super::terms::sums;
use crate::matrix::Matrix;
use crate::params::params;

params! {
    /// HBOS has no settings; the bins depend on the data only.
    pub struct Settings {}
}

/// The fitted histograms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hbos {
    columns: Vec<Bins>,
}

impl<'a> Fit<&'a Matrix, (), Error> for Settings {
    type Object = Hbos;

    fn fit(&self, data: &DatasetBase<&'a Matrix, ()>) -> Result<Hbos, Error> {
        refuse_empty(data.records)?;
        let columns: Vec<&[f32]> = data.records.columns().collect();
        let bins = |sorter: &mut Sorter, column: &&[f32]| Bins::of(sorter.rising(column));
        Ok(Hbos { columns: columns.par_iter().map_init(Sorter::default, bins).collect() })
    }
}

impl Hbos {
    /// The histogram of each column.
    pub fn columns(&self) -> &[Bins] {
        &self.columns
    }

    /// Checks a deserialised model.
    pub(super) fn check(&self, columns: usize) -> Result<(), Error> {
        if self.columns.len() != columns {
            return Err(Error::Damaged { what: "stored bins belong to other columns" });
        }
        self.columns.iter().try_for_each(Bins::check)
    }
}

impl Scorer for Hbos {
    fn score(&self, matrix: &Matrix) -> Vec<f64> {
        sums(matrix, &self.columns, |bins, cells, sums| {
            for (sum, &cell) in sums.iter_mut().zip(cells) {
                *sum += bins.rarity(cell);
            }
        })
    }

    /// The terms of the cells, exactly as they are summed.
    fn attribute(&self, row: &[f32]) -> Vec<f64> {
        self.columns.iter().zip(row).map(|(bins, &cell)| bins.rarity(cell)).collect()
    }
}

#[cfg(test)]
mod tests {
    use linfa::dataset::DatasetBase;
    use linfa::traits::Fit;

    use super::{Scorer, Settings};
    use crate::matrix::Matrix;

    #[test]
    fn a_row_scores_the_sum_of_its_cells_and_a_missing_one_adds_nothing() {
        let mut matrix = Matrix::new(20);
        matrix.push("a", (0..20_u8).map(|it| Some(f32::from(it % 4)))).unwrap();
        matrix.push("b", (0..20_u8).map(|it| (it > 9).then(|| f32::from(it / 19)))).unwrap();
        let fitted = Settings::default().fit(&DatasetBase::new(&matrix, ())).unwrap();
        let scores = fitted.score(&matrix);
        assert!(scores[..19].iter().all(|score| score.abs() < 1e-12), "{scores:?}");
        assert!((scores[19] - 9.0_f64.ln()).abs() < 1e-12);
        let parts = fitted.attribute(&[7.0, f32::NAN]);
        assert!((parts[0] - 10.0_f64.ln()).abs() < 1e-12 && parts[1].abs() < 1e-12);
    }
}
