//! Cells and rows that could not be parsed.

/// A cell or a whole row that could not be parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The source column; empty for a whole row.
    pub column: String,
    /// The original text.
    pub value: String,
    /// The reason.
    pub reason: String,
}

impl Rejection {
    /// Creates the rejection of a cell.
    pub fn new(column: &str, value: &str, reason: &str) -> Self {
        Self { column: column.to_owned(), value: value.to_owned(), reason: reason.to_owned() }
    }
}
