//! What a simulation made.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What was made.
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
    /// Acts that officials hide.
    pub acts: u64,
    /// Innocent look-alikes.
    pub look_alikes: u64,
    /// Payments that belong to the acts.
    pub act_payments: u64,
    /// Payments that belong to the look-alikes.
    pub look_alike_payments: u64,
}
