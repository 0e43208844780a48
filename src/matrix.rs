//! A table of numbers, subjects by columns, with missing cells. It does not depend on the ledger.
//!
//! A missing cell is stored as NaN and no other cell is NaN: columns are filled from `Option<f32>`, and
//! [`Matrix::push`] converts values that are not finite to missing. Storage is contiguous by column, since all
//! detectors but the forests process one column at a time.

use thiserror::Error;

/// Errors of building a matrix or of applying a model to it.
#[derive(Debug, Error, PartialEq)]
pub enum Error {
    /// The length of a column differs from the number of rows.
    #[error("column `{name}` has {found} cells, but the matrix has {expected} rows")]
    Ragged {
        /// The name of the column.
        name: String,
        /// The number of rows of the matrix.
        expected: usize,
        /// The number of cells of the column.
        found: usize,
    },
    /// The columns of the added rows differ.
    #[error("rows with other columns cannot be added: {}", difference(expected, found))]
    OtherColumns {
        /// The columns of the matrix.
        expected: Vec<String>,
        /// The columns of the rows.
        found: Vec<String>,
    },
    /// Two columns have the same name.
    #[error("there are two columns named `{name}`")]
    Twice {
        /// The name.
        name: String,
    },
}

/// Names of a list that a message names at most.
const NAMED: usize = 5;

/// How the columns found differ from those expected, in one line.
pub(crate) fn difference(expected: &[String], found: &[String]) -> String {
    let beyond = |own: &[String], other: &[String]| -> Vec<String> {
        own.iter().filter(|name| !other.contains(name)).cloned().collect()
    };
    let told = |what: &str, names: Vec<String>| {
        let more = names.len().saturating_sub(NAMED);
        let shown: Vec<String> = names.iter().take(NAMED).map(|it| format!("`{it}`")).collect();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        (!names.is_empty()).then(|| format!("{what} {}{more}", shown.join(", ")))
    };
    let missing = told("missing are", beyond(expected, found));
    let unknown = told("not known are", beyond(found, expected));
    let all: Vec<String> = [missing, unknown].into_iter().flatten().collect();
    if all.is_empty() { "they stand in another order".to_owned() } else { all.join("; ") }
}

/// A table with named columns of `f32`, stored by column; a missing cell is NaN.
#[derive(Debug, Clone, Default)]
pub struct Matrix {
    rows: usize,
    names: Vec<String>,
    columns: Vec<Vec<f32>>,
}

impl Matrix {
    /// A matrix of `rows` rows without columns.
    pub fn new(rows: usize) -> Self {
        Self { rows, names: Vec::new(), columns: Vec::new() }
    }

    /// Adds a column; a cell that is not finite becomes missing.
    ///
    /// # Errors
    /// If the length of the column differs from the number of rows, or the name is already used.
    pub fn push(
        &mut self,
        name: &str,
        cells: impl IntoIterator<Item = Option<f32>>,
    ) -> Result<(), Error> {
        let finite = |cell: Option<f32>| cell.filter(|value| value.is_finite()).unwrap_or(f32::NAN);
        let cells: Vec<f32> = cells.into_iter().map(finite).collect();
        if cells.len() != self.rows {
            let (expected, found) = (self.rows, cells.len());
            return Err(Error::Ragged { name: name.to_owned(), expected, found });
        }
        if self.names.iter().any(|taken| taken == name) {
            return Err(Error::Twice { name: name.to_owned() });
        }
        self.names.push(name.to_owned());
        self.columns.push(cells);
        Ok(())
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The names of the columns, in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The columns, in order; a missing cell is NaN.
    pub fn columns(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.columns.iter().map(Vec::as_slice)
    }

    /// The cells of a column; empty if there is no such column.
    pub fn column(&self, index: usize) -> &[f32] {
        self.columns.get(index).map_or(&[], Vec::as_slice)
    }

    /// The column with this name, if there is one.
    pub fn named(&self, name: &str) -> Option<&[f32]> {
        let place = self.names.iter().position(|own| own == name)?;
        self.columns.get(place).map(Vec::as_slice)
    }

    /// The value of a cell; `None` if it is missing.
    pub fn cell(&self, row: usize, column: usize) -> Option<f32> {
        self.column(column).get(row).copied().filter(|value| !value.is_nan())
    }

    /// Appends the rows of another matrix.
    ///
    /// # Errors
    /// If its columns, or their order, differ.
    pub fn append(&mut self, other: Self) -> Result<(), Error> {
        if self.names != other.names {
            return Err(Error::OtherColumns { expected: self.names.clone(), found: other.names });
        }
        self.rows += other.rows;
        for (own, more) in self.columns.iter_mut().zip(other.columns) {
            own.extend(more);
        }
        Ok(())
    }

    /// The given rows, in the given order, with all columns.
    #[must_use]
    pub fn select(&self, rows: &[u32]) -> Self {
        let pick = |column: &Vec<f32>| {
            let cell = |row: &u32| column.get(*row as usize).copied().unwrap_or(f32::NAN);
            rows.iter().map(cell).collect()
        };
        let columns = self.columns.iter().map(pick).collect();
        Self { rows: rows.len(), names: self.names.clone(), columns }
    }
}

#[cfg(test)]
mod tests {
    use super::{Error, Matrix};

    #[test]
    fn what_is_not_finite_is_missing() {
        let mut matrix = Matrix::new(3);
        matrix.push("a", [Some(1.0), Some(f32::INFINITY), None]).unwrap();
        assert_eq!(matrix.cell(0, 0), Some(1.0));
        assert_eq!(matrix.cell(1, 0), None);
        assert_eq!(matrix.cell(2, 0), None);
    }

    #[test]
    fn a_ragged_column_is_refused() {
        let mut matrix = Matrix::new(2);
        let refused = matrix.push("a", [None]);
        assert_eq!(refused, Err(Error::Ragged { name: "a".to_owned(), expected: 2, found: 1 }));
    }

    #[test]
    fn rows_are_added_to_the_same_columns_only() {
        let one = |name: &str| {
            let mut matrix = Matrix::new(1);
            matrix.push(name, [Some(1.0)]).unwrap();
            matrix
        };
        let mut matrix = one("a");
        matrix.append(one("a")).unwrap();
        assert_eq!((matrix.rows(), matrix.column(0).len()), (2, 2));
        assert!(matrix.append(one("b")).is_err());
    }

    #[test]
    fn a_name_is_given_once() {
        let mut matrix = Matrix::new(0);
        matrix.push("a", []).unwrap();
        assert_eq!(matrix.push("a", []), Err(Error::Twice { name: "a".to_owned() }));
    }
}
