//! Counts of a simulated dataset.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Numbers of rows, acts and look-alikes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Summary {
    /// Rows by table.
    pub rows: BTreeMap<String, u64>,
    /// Acts and look-alikes by scheme.
    pub planted: BTreeMap<String, Planting>,
}

/// How often one scheme was planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Planting {
    /// Acts.
    pub acts: u64,
    /// Innocent look-alikes.
    pub look_alikes: u64,
    /// Payments of the acts.
    pub act_payments: u64,
    /// Payments of the look-alikes.
    pub look_alike_payments: u64,
}
