//! A stored value that could not be understood.

use std::fmt;

use crate::ledger::contract::parse::Reason;

/// A value that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The row, counted from 0 in this array.
    pub row: usize,
    /// The value as it stood.
    pub value: String,
    /// What is wrong with it.
    pub reason: Reason,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.value, self.reason)
    }
}
