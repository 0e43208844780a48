//! How the trees are grown.

use serde::{Deserialize, Serialize};

use crate::model::error::Error;

/// Settings of extremely randomised trees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The number of trees.
    pub trees: usize,
    /// Columns that are tried at each split.
    pub candidates: usize,
    /// Rows that each side of a split keeps at least.
    pub min_leaf: usize,
    /// Splits from the root to a leaf at most.
    pub max_depth: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { trees: 100, candidates: 60, min_leaf: 3, max_depth: 24 }
    }
}

impl Settings {
    /// Whether every setting is in its range.
    ///
    /// # Errors
    /// Names the first that is not.
    pub fn check(&self) -> Result<(), Error> {
        let setting = |key, expected, found: usize, holds: bool| {
            if holds { Ok(()) } else { Err(Error::Setting { key, expected, found: found.to_string() }) }
        };
        setting("ranking.trees.trees", "from 1 to 2,000", self.trees, (1..=2_000).contains(&self.trees))?;
        setting("ranking.trees.candidates", "at least 1", self.candidates, self.candidates > 0)?;
        setting("ranking.trees.min_leaf", "at least 1", self.min_leaf, self.min_leaf > 0)?;
        let depth = self.max_depth as usize;
        setting("ranking.trees.max_depth", "from 1 to 64", depth, (1..=64).contains(&depth))
    }
}
