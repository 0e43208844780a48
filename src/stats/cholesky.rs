//! Cholesky factor of a covariance matrix, and the solution of linear systems with it.

use serde::{Deserialize, Serialize};

/// Why stored rows are no factor.
const DAMAGED: &str = "a covariance factor is not lower triangular";

/// A lower triangular matrix with a positive diagonal: row `i` has `i + 1` cells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Vec<f64>>", into = "Vec<Vec<f64>>")]
pub(crate) struct Lower {
    rows: Vec<Vec<f64>>,
}

impl TryFrom<Vec<Vec<f64>>> for Lower {
    type Error = &'static str;

    fn try_from(rows: Vec<Vec<f64>>) -> Result<Self, Self::Error> {
        let regular = rows.iter().enumerate().all(|(index, row)| {
            row.len() == index + 1
                && row.iter().all(|it| it.is_finite())
                && row.last().is_some_and(|&diagonal| diagonal > 0.0)
        });
        if regular { Ok(Self { rows }) } else { Err(DAMAGED) }
    }
}

impl From<Lower> for Vec<Vec<f64>> {
    fn from(factor: Lower) -> Self {
        factor.rows
    }
}

impl Lower {
    /// The factor `L` of the symmetric matrix `L Lᵀ`, given by its lower triangle; `None` if the matrix is not positive
    /// definite.
    pub(crate) fn of(triangle: &[Vec<f64>]) -> Option<Self> {
        let mut rows: Vec<Vec<f64>> = Vec::with_capacity(triangle.len());
        for given in triangle {
            let mut row = Vec::with_capacity(given.len());
            for (column, &cell) in given.iter().enumerate() {
                let Some(above) = rows.get(column) else {
                    let pivot = cell - dot(&row, &row);
                    // A pivot this small is rounding error.
                    if pivot.is_nan() || pivot <= 1e-12 * cell.abs() {
                        return None;
                    }
                    row.push(pivot.sqrt());
                    break;
                };
                let (&diagonal, head) = above.split_last()?;
                row.push((cell - dot(&row, head)) / diagonal);
            }
            rows.push(row);
        }
        Some(Self { rows })
    }

    /// The factor of the identity matrix.
    pub(crate) fn unit(size: usize) -> Self {
        let row = |row: usize| (0..=row).map(|it| f64::from(u8::from(it == row))).collect();
        Self { rows: (0..size).map(row).collect() }
    }

    /// The number of rows.
    pub(crate) fn size(&self) -> usize {
        self.rows.len()
    }

    /// The rows; the diagonal cell is the last of each.
    pub(crate) fn rows(&self) -> &[Vec<f64>] {
        &self.rows
    }

    /// Solves `L Lᵀ x = b` in place.
    pub(crate) fn solve(&self, b: &mut [f64]) {
        for (index, row) in self.rows.iter().enumerate() {
            let (known, rest) = b.split_at_mut(index);
            if let (Some(cell), Some((diagonal, head))) = (rest.first_mut(), row.split_last()) {
                *cell = (*cell - dot(head, known)) / diagonal;
            }
        }
        for (index, row) in self.rows.iter().enumerate().rev() {
            let (open, rest) = b.split_at_mut(index);
            if let (Some(cell), Some((diagonal, head))) = (rest.first_mut(), row.split_last()) {
                *cell /= diagonal;
                for (other, factor) in open.iter_mut().zip(head) {
                    *other -= factor * *cell;
                }
            }
        }
    }

    /// The full inverse of `L Lᵀ`.
    pub(crate) fn inverse(&self) -> Vec<Vec<f64>> {
        let unit = |index| {
            let mut b = vec![0.0; self.size()];
            if let Some(cell) = b.get_mut(index) {
                *cell = 1.0;
            }
            self.solve(&mut b);
            b
        };
        (0..self.size()).map(unit).collect()
    }
}

/// The dot product of two slices of equal length, summed in eight lanes in a fixed order.
pub(crate) fn dot(one: &[f64], other: &[f64]) -> f64 {
    debug_assert_eq!(one.len(), other.len());
    let (one, one_rest) = one.as_chunks::<8>();
    let (other, other_rest) = other.as_chunks::<8>();
    let mut lanes = [0.0; 8];
    for (a, b) in one.iter().zip(other) {
        for (lane, (a, b)) in lanes.iter_mut().zip(a.iter().zip(b)) {
            *lane += a * b;
        }
    }
    let rest = one_rest.iter().zip(other_rest).map(|(a, b)| a * b);
    lanes.into_iter().chain(rest).sum()
}

#[cfg(test)]
mod tests {
    use super::{Lower, dot};

    #[test]
    fn a_small_matrix_is_factored_and_solved_as_by_hand() {
        let factor = Lower::of(&[vec![4.0], vec![2.0, 5.0]]).unwrap();
        assert_eq!(factor.rows(), [vec![2.0], vec![1.0, 2.0]]);
        let mut b = [8.0, 12.0];
        factor.solve(&mut b);
        assert!((b[0] - 1.0).abs() < 1e-15 && (b[1] - 2.0).abs() < 1e-15);
        assert_eq!(factor.inverse(), [vec![0.3125, -0.125], vec![-0.125, 0.25]]);
    }

    #[test]
    fn a_matrix_without_a_direction_has_no_factor() {
        assert_eq!(Lower::of(&[vec![1.0], vec![1.0, 1.0]]), None);
        assert_eq!(Lower::of(&[vec![1.0], vec![2.0, 1.0]]), None);
        assert_eq!(Lower::of(&[vec![f64::NAN]]), None);
    }

    #[test]
    fn a_product_of_many_terms_misses_none() {
        let ones = [1.0; 21];
        assert!((dot(&ones, &ones) - 21.0).abs() < 1e-15);
    }
}
