//! What could not be understood.

/// A cell, or a row as a whole, that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The column of the source; empty for the row as a whole.
    pub column: String,
    /// The text as it stood.
    pub value: String,
    /// What is wrong with it.
    pub reason: String,
}

impl Rejection {
    /// A cell that is refused.
    pub fn new(column: &str, value: &str, reason: &str) -> Self {
        Self { column: column.to_owned(), value: value.to_owned(), reason: reason.to_owned() }
    }
}
