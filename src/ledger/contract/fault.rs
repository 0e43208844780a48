//! Stored values that could not be parsed.

use std::fmt;

use crate::ledger::contract::parse::Reason;

/// A value that could not be parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The row, counted from 0 in this array.
    pub row: usize,
    /// The original value.
    pub value: String,
    /// The reason.
    pub reason: Reason,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.value, self.reason)
    }
}
