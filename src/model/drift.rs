//! Drift: differences between the columns of new data and those of the fit.
//!
//! The measure is the population stability index of two histograms, `Σ (p - q) ln (p / q)`, the symmetric divergence of
//! Kullback and Leibler (1951). The common limit of 0.25 is a rule of thumb of credit scoring; random variation depends
//! on the number of rows. Without a change the index times `n m / (n + m)` has approximately a chi-square distribution
//! with one degree of freedom less than bins (Yurdakul 2018, *Statistical Properties of Population Stability Index*).
//! Rows of one village are correlated, so the test is too liberal; the limit therefore applies in addition.

use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use serde::{Deserialize, Serialize};
use statrs::function::gamma::checked_gamma_ur;

use super::error::Error;
use super::sort::Sorter;
use crate::convert::float;
use crate::matrix::Matrix;

/// The index from which a column counts as drifted, a rule of thumb of credit scoring.
pub const LIMIT: f64 = 0.25;

/// The significance level for the index of a column.
const RARE: f64 = 0.001;

/// A value is an atom if at least one row in this number holds it.
const ATOM: usize = 20;

/// The minimum number of rows of an atom.
const FEWEST: usize = 5;

/// The number of bins if there are no atoms.
const BINS: usize = 10;

/// The maximum number of rows that are counted; larger matrices are subsampled at regular intervals.
const MOST: usize = 100_000;

/// The count of an empty bin.
const HALF: f64 = 0.5;

/// The columns of a matrix as histograms of at most 21 bins each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Profile {
    columns: Vec<Histogram>,
}

/// The histogram of a column at the time of the fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Histogram {
    column: String,
    /// Frequent values that are counted individually, in ascending order.
    atoms: Vec<f32>,
    /// The bin edges of all other values in ascending order; an edge belongs to the bin below.
    edges: Vec<f32>,
    /// The number of rows of each atom, then of each bin.
    rows: Vec<u64>,
    /// The number of missing cells.
    missing: u64,
}

/// The drift of one column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drift {
    /// The column.
    pub column: String,
    /// The population stability index; missing cells form a bin of their own.
    pub psi: f64,
    /// The expected index without a change.
    pub noise: f64,
    /// The probability of an index at least this large without a change.
    pub p_value: f64,
    /// The share of missing cells when the profile was fitted.
    pub missing_then: f64,
    /// The share of missing cells now.
    pub missing_now: f64,
}

impl Profile {
    /// The profile of a matrix.
    pub fn of(matrix: &Matrix) -> Self {
        let columns = (0..matrix.names().len()).into_par_iter();
        let histogram = |column: usize| {
            let name = matrix.names().get(column).cloned().unwrap_or_default();
            Histogram::of(name, &sample(matrix.column(column)))
        };
        Self { columns: columns.map(histogram).collect() }
    }

    /// Checks a deserialised profile.
    ///
    /// # Errors
    /// If a histogram is inconsistent.
    pub fn check(&self) -> Result<(), Error> {
        let is_sound = |one: &Histogram| {
            one.atoms.is_sorted_by(|a, b| a < b)
                && one.edges.is_sorted_by(|a, b| a < b)
                && one.rows.len() == one.atoms.len() + one.edges.len() + 1
        };
        if self.columns.iter().all(is_sound) {
            Ok(())
        } else {
            Err(Error::Damaged { what: "stored histograms do not fit their edges" })
        }
    }
}

/// The drift of each column of a matrix relative to a profile, in the order of columns.
///
/// # Errors
/// If the columns differ from those of the profile; the error names both.
pub fn drift(profile: &Profile, matrix: &Matrix) -> Result<Vec<Drift>, Error> {
    let expected: Vec<String> = profile.columns.iter().map(|one| one.column.clone()).collect();
    if expected != matrix.names() {
        return Err(Error::OtherColumns { expected, found: matrix.names().to_vec() });
    }
    let columns = (0..profile.columns.len()).into_par_iter();
    let drift = |column: usize| {
        let then = profile.columns.get(column)?;
        Some(then.against(&then.counted(&sample(matrix.column(column)))))
    };
    Ok(columns.filter_map(drift).collect())
}

/// The columns that have drifted: their index is at least `limit`, by default [`LIMIT`], and has a p-value below 0.001.
pub fn drifted(all: &[Drift], limit: f64) -> impl Iterator<Item = &Drift> {
    all.iter().filter(move |one| one.psi >= limit && one.p_value < RARE)
}

/// The cells of a column, subsampled at regular intervals if there are many.
fn sample(column: &[f32]) -> Vec<f32> {
    column.iter().step_by(column.len().div_ceil(MOST).max(1)).copied().collect()
}

impl Histogram {
    fn of(column: String, cells: &[f32]) -> Self {
        let mut sorter = Sorter::default();
        let rising = sorter.rising(cells);
        let is_atom = |run: &[f32]| run.len() >= FEWEST && run.len() * ATOM >= rising.len();
        let (mut atoms, mut rest) = (Vec::new(), Vec::new());
        for run in rising.chunk_by(|one, other| other <= one) {
            if is_atom(run) {
                atoms.extend(run.first());
            } else {
                rest.extend_from_slice(run);
            }
        }
        let edges = edges(&rest, (BINS * rest.len()).div_ceil(rising.len().max(1)));
        Self { column, atoms, edges, rows: Vec::new(), missing: 0 }.counted(cells)
    }

    /// The same bins with the counts of other cells.
    fn counted(&self, cells: &[f32]) -> Self {
        let Self { column, atoms, edges, .. } = self.clone();
        let mut rows = vec![0; atoms.len() + edges.len() + 1];
        let mut missing = 0;
        for &cell in cells {
            if cell.is_nan() {
                missing += 1;
                continue;
            }
            let atom = atoms.partition_point(|&it| it < cell);
            let is_atom = atoms.get(atom).is_some_and(|&it| it <= cell);
            let bin = || atoms.len() + edges.partition_point(|&edge| edge < cell);
            if let Some(rows) = rows.get_mut(if is_atom { atom } else { bin() }) {
                *rows += 1;
            }
        }
        Self { column, atoms, edges, rows, missing }
    }

    /// The count of each bin; the last bin holds missing cells.
    fn bins(&self) -> impl Iterator<Item = f64> {
        self.rows.iter().chain([&self.missing]).map(|&rows| float(rows))
    }

    /// The share of missing cells; 0 without rows.
    fn missing(&self) -> f64 {
        let all = self.bins().sum::<f64>().max(1.0);
        self.bins().last().unwrap_or(0.0) / all
    }

    /// The drift between two histograms with the same bins.
    fn against(&self, now: &Self) -> Drift {
        let bins: Vec<(f64, f64)> =
            self.bins().zip(now.bins()).filter(|(then, now)| then + now > 0.0).collect();
        let (n, m) = (self.bins().sum::<f64>(), now.bins().sum::<f64>());
        let is_empty = n == 0.0 || m == 0.0;
        let psi = if is_empty { 0.0 } else { index(&bins) };
        let degrees = bins.iter().skip(1).map(|_| 1.0).sum::<f64>();
        let scale = if is_empty { 0.0 } else { 1.0 / n + 1.0 / m };
        let p_value = if psi > 0.0 && degrees > 0.0 {
            checked_gamma_ur(degrees / 2.0, psi / scale / 2.0).unwrap_or(1.0)
        } else {
            1.0
        };
        Drift {
            column: self.column.clone(),
            psi,
            noise: degrees * scale,
            p_value,
            missing_then: self.missing(),
            missing_now: now.missing(),
        }
    }
}

/// The edges of at most `bins` bins with about equal counts, from values in ascending order.
fn edges(sorted: &[f32], bins: usize) -> Vec<f32> {
    let place = |bin: usize| (sorted.len() * bin / bins.max(1)).saturating_sub(1);
    let mut edges: Vec<f32> = (1..bins).filter_map(|bin| sorted.get(place(bin)).copied()).collect();
    edges.dedup();
    // No value lies above the largest.
    edges.retain(|edge| sorted.last().is_some_and(|last| edge < last));
    edges
}

/// The population stability index of pairs of counts, then and now.
fn index(bins: &[(f64, f64)]) -> f64 {
    let held = |rows: f64| if rows > 0.0 { rows } else { HALF };
    let then: f64 = bins.iter().map(|(then, _)| held(*then)).sum();
    let now: f64 = bins.iter().map(|(_, now)| held(*now)).sum();
    let shares = bins.iter().map(|(one, other)| (held(*one) / then, held(*other) / now));
    shares.map(|(p, q)| (p - q) * (p / q).ln()).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop, proptest};

    use super::{Drift, LIMIT, Profile, drift, drifted};
    use crate::matrix::Matrix;
    use crate::model::stream::Stream;

    /// A normal column, one that is mostly 0, one with few values and one with missing cells.
    fn table(rows: usize, seed: u64, shift: f32, missing: f64) -> Matrix {
        let mut random = Stream::of(seed, 0);
        let mut columns = vec![Vec::new(); 4];
        for _ in 0..rows {
            let normal = random.normal();
            columns[0].push(Some(normal + shift));
            columns[1].push(Some(if random.unit() < 0.8 { 0.0 } else { random.normal().exp() }));
            columns[2].push(
                Some((random.unit() * 4.0).floor()).map(|it| if it < 2.0 { 0.0 } else { 1.0 }),
            );
            columns[3].push((random.unit() >= missing).then_some(normal));
        }
        let mut matrix = Matrix::new(rows);
        for (name, column) in ["normal", "zeros", "few", "gaps"].iter().zip(columns) {
            matrix.push(name, column).unwrap();
        }
        matrix
    }

    fn names(all: &[Drift]) -> Vec<&str> {
        drifted(all, LIMIT).map(|one| one.column.as_str()).collect()
    }

    #[test]
    fn a_sample_of_the_same_law_has_not_drifted_however_small() {
        let profile = Profile::of(&table(5000, 1, 0.0, 0.33));
        for rows in [5, 20, 60, 200, 1000] {
            let (mut called, mut psi, mut noise) = (0, 0.0, 0.0);
            for seed in 100..400 {
                let found = drift(&profile, &table(rows, seed, 0.0, 0.33)).unwrap();
                called += names(&found).len();
                psi += found[0].psi;
                noise += found[0].noise;
            }
            // Of 1200 columns; the chi-square distribution is approximate.
            assert!(called <= 12, "{rows}: {called}");
            assert!(rows < 60 || (psi / noise - 1.0).abs() < 0.2, "{rows}: {psi} {noise}");
        }
    }

    #[test]
    fn a_shifted_column_and_one_with_other_gaps_have_drifted_and_no_other() {
        let profile = Profile::of(&table(5000, 1, 0.0, 0.33));
        let found = drift(&profile, &table(400, 2, 1.0, 0.33)).unwrap();
        assert_eq!(names(&found), ["normal", "gaps"][..1], "{found:?}");
        let found = drift(&profile, &table(400, 2, 0.0, 0.9)).unwrap();
        assert_eq!(names(&found), ["gaps"], "{found:?}");
        let gaps = &found[3];
        assert!((gaps.missing_then - 0.33).abs() < 0.03 && gaps.missing_now > 0.8, "{gaps:?}");
        assert!(gaps.p_value < 1e-6 && gaps.noise < 0.05, "{gaps:?}");
        // A value that did not occur in the fit.
        let mut new = table(400, 2, 0.0, 0.33);
        new = Matrix::new(new.rows());
        let constant = |value: f32| (0..400).map(move |_| Some(value));
        for (name, value) in [("normal", 0.0), ("zeros", 0.0), ("few", 7.0), ("gaps", 0.0)] {
            new.push(name, constant(value)).unwrap();
        }
        assert!(names(&drift(&profile, &new).unwrap()).contains(&"few"));
    }

    #[test]
    fn the_index_is_that_by_hand() {
        let column = |ones: usize| {
            let mut matrix = Matrix::new(100);
            matrix.push("a", (0..100).map(|row| Some(f32::from(u8::from(row < ones))))).unwrap();
            matrix
        };
        let found = drift(&Profile::of(&column(50)), &column(80)).unwrap().remove(0);
        let hand = 0.3 * (0.8_f64 / 0.5).ln() + 0.3 * (0.5_f64 / 0.2).ln();
        assert!((found.psi - hand).abs() < 1e-12, "{found:?}");
        assert!((found.noise - 0.02).abs() < 1e-12, "{found:?}");
        // Chi-square with one degree of freedom at psi * 50.
        assert!((found.p_value - 5.2e-6).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn a_profile_is_small_and_comes_back_from_a_file() {
        let mut matrix = table(3000, 1, 0.0, 0.33);
        matrix.push("never", (0..3000).map(|_| None)).unwrap();
        matrix.push("many", (0..3000_u16).map(|row| Some(f32::from(row % 19)))).unwrap();
        let profile = Profile::of(&matrix);
        assert!(profile.columns.iter().all(|one| one.rows.len() <= 21), "{profile:?}");
        let text = serde_json::to_string(&profile).unwrap();
        let read: Profile = serde_json::from_str(&text).unwrap();
        read.check().unwrap();
        assert_eq!(read, profile);
        let same = drift(&read, &matrix).unwrap();
        assert!(same.iter().all(|one| one.psi.abs() < 1e-12 && one.p_value > 0.99), "{same:?}");
        let wrong = text.replacen("\"edges\":[", "\"edges\":[-1e30,", 1);
        assert!(serde_json::from_str::<Profile>(&wrong).unwrap().check().is_err());
        let other = drift(&profile, &table(10, 1, 0.0, 0.0)).unwrap_err().to_string();
        assert!(other.contains("never"), "{other}");
        let none = drift(&profile, &matrix.select(&[])).unwrap();
        assert!(names(&none).is_empty() && none.iter().all(|one| one.psi == 0.0), "{none:?}");
    }

    proptest! {
        /// Every row is in one bin, and the bins of values that are not atoms have about equal counts.
        #[test]
        fn every_row_is_counted_once(cells in prop::collection::vec(prop::option::of(-40..40_i8), 0..300)) {
            let mut matrix = Matrix::new(cells.len());
            matrix.push("a", cells.iter().map(|cell| cell.map(f32::from))).unwrap();
            let profile = Profile::of(&matrix);
            profile.check().unwrap();
            let one = &profile.columns[0];
            let rows = u64::try_from(cells.len()).unwrap();
            assert_eq!(one.rows.iter().sum::<u64>() + one.missing, rows);
            assert!(one.rows.len() <= 21, "{one:?}");
            let found = drift(&profile, &matrix).unwrap();
            assert!(found[0].psi.abs() < 1e-9 && found[0].p_value > 0.99, "{found:?}");
        }
    }
}
