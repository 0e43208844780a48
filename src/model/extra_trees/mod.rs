//! Extremely randomised trees on coded columns: class probabilities learned from labelled rows.
//!
//! An own implementation, because it finds more acts than `linfa-ensemble` and `perpetual` at a fraction of the cost
//! (`docs/ranking.md`).

#![expect(
    clippy::indexing_slicing,
    reason = "hot loops over a checked table: rows, columns and nodes are places in it"
)]

pub mod codes;
mod grow;
pub mod settings;
mod tree;

use rayon::prelude::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use serde::{Deserialize, Serialize};

use codes::Codes;
use grow::{Rows, grow};
use settings::Settings;
use tree::Tree;

use super::error::Error;
use crate::convert::{float, narrow};
use crate::params::Params;

/// The number of rows that traverse a tree together, chosen so that rows and tree stay in the cache.
const BLOCK: usize = 64;

/// A row's class (0 for ordinary rows) and weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Label {
    /// The class.
    pub class: u8,
    /// The weight; rows with weight 0 are ignored.
    pub weight: f32,
}

/// A fitted forest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtraTrees {
    classes: usize,
    columns: usize,
    trees: Vec<Tree>,
}

impl ExtraTrees {
    /// Fits the trees on one label per row; there are `classes` classes, of which class 0 is ordinary.
    ///
    /// # Errors
    /// If a setting is out of range, or there are no rows.
    pub fn fit(
        codes: &Codes,
        (labels, classes): (&[Label], usize),
        settings: &Settings,
        seed: u64,
    ) -> Result<Self, Error> {
        settings.validate()?;
        let columns = codes.columns().len();
        if codes.rows() == 0 || columns == 0 || codes.rows() != labels.len() || classes < 2 {
            return Err(Error::Empty { rows: codes.rows(), columns });
        }
        debug_assert!(labels.iter().all(|label| usize::from(label.class) < classes));
        let class: Vec<u8> = labels.iter().map(|label| label.class).collect();
        let weight: Vec<f32> = labels.iter().map(|label| label.weight).collect();
        let by_row = codes.by_row();
        let rows = Rows { codes, by_row: &by_row, class: &class, weight: &weight, classes };
        let tree =
            |number: u64| grow(rows, settings, seed.wrapping_mul(0x9e37_79b9).wrapping_add(number));
        let trees = (0..settings.trees as u64).into_par_iter().map(tree).collect();
        Ok(Self { classes, columns, trees })
    }

    /// The number of classes except the first.
    pub fn width(&self) -> usize {
        self.classes - 1
    }

    /// The probability of each class except the first, stored by row.
    pub fn probabilities(&self, codes: &Codes) -> Vec<f32> {
        debug_assert_eq!(codes.columns().len(), self.columns);
        let width = self.width();
        let mut all = vec![0.0_f32; codes.rows() * width];
        let blocks = all.chunks_mut((BLOCK * width).max(1)).collect::<Vec<_>>();
        blocks.into_par_iter().enumerate().for_each_init(Vec::new, |rows, (number, out)| {
            let from = number * BLOCK;
            codes.block(from, (from + BLOCK).min(codes.rows()), rows);
            for tree in &self.trees {
                for (row, own) in rows.chunks(self.columns).zip(out.chunks_mut(width)) {
                    for (class, share) in tree.walk(row).shares() {
                        own[usize::from(*class) - 1] += share;
                    }
                }
            }
            let trees = narrow(float(self.trees.len()));
            for cell in out {
                *cell /= trees;
            }
        });
        all
    }

    /// Whether the trees can be traversed without going out of bounds.
    pub fn is_sound(&self, columns: usize) -> bool {
        let holds = |tree: &Tree| tree.is_sound(self.columns, self.classes);
        self.columns == columns
            && self.classes > 1
            && !self.trees.is_empty()
            && self.trees.iter().all(holds)
    }
}

#[cfg(test)]
mod tests {
    use super::codes::{Codes, Cuts};
    use super::settings::Settings;
    use super::{ExtraTrees, Label};

    /// Every seventh row has class 1 and a large first column, every eleventh class 2.
    fn table() -> (Codes, Vec<Label>) {
        let class = |row: u16| {
            if row.is_multiple_of(7) {
                1
            } else if row.is_multiple_of(11) {
                2
            } else {
                0
            }
        };
        let noise = |row: u16, part: u16| f32::from((row * part) % 101);
        let first: Vec<f32> = (0..2_000)
            .map(|row| noise(row, 13) + if class(row) == 1 { 90.0 } else { 0.0 })
            .collect();
        let second: Vec<f32> = (0..2_000)
            .map(|row| noise(row, 17) - if class(row) == 2 { 90.0 } else { 0.0 })
            .collect();
        let third: Vec<f32> = (0..2_000).map(|row| noise(row, 19)).collect();
        let cells = [first, second, third];
        let cuts: Vec<Cuts> = cells.iter().map(|cells| Cuts::of(cells)).collect();
        let codes = cuts.iter().zip(&cells).map(|(cuts, cells)| cuts.codes(cells)).collect();
        let labels = (0..2_000).map(|row| Label { class: class(row), weight: 1.0 }).collect();
        (Codes::new(2_000, cuts.into(), codes), labels)
    }

    #[test]
    fn what_marks_a_class_is_learned() {
        let (codes, labels) = table();
        let settings = Settings { trees: 40, candidates: 2, ..Settings::default() };
        let forest = ExtraTrees::fit(&codes, (&labels, 3), &settings, 1).unwrap();
        assert!(forest.is_sound(3));
        let all = forest.probabilities(&codes);
        let mean = |class: u8, of: usize| {
            let rows = all.chunks(2).zip(&labels).filter(|(_, label)| label.class == class);
            let (sum, count) =
                rows.fold((0.0, 0.0), |(sum, count), (p, _)| (sum + p[of], count + 1.0));
            sum / count
        };
        assert!(mean(1, 0) > 0.8 && mean(0, 0) < 0.1, "{} {}", mean(1, 0), mean(0, 0));
        assert!(mean(2, 1) > 0.8 && mean(0, 1) < 0.1);
    }

    #[test]
    fn the_same_seed_gives_the_same_trees_on_any_number_of_threads() {
        let (codes, labels) = table();
        let settings = Settings { trees: 9, ..Settings::default() };
        let fit = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| ExtraTrees::fit(&codes, (&labels, 3), &settings, 5).unwrap())
        };
        assert_eq!(fit(1), fit(3));
        assert_ne!(fit(1), ExtraTrees::fit(&codes, (&labels, 3), &settings, 6).unwrap());
    }
}
