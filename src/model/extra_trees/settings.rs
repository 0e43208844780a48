//! How the trees are grown.

use serde::{Deserialize, Serialize};

use crate::model::error::Error;

/// Settings of extremely randomised trees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The number of trees.
    pub trees: usize,
    /// The share of the ordinary rows that each tree is grown on; rows of other classes are in every tree.
    pub share: f64,
    /// Columns that are tried at each split.
    pub candidates: usize,
    /// The share of cuts that are drawn evenly between values; the others are drawn among ranks.
    pub by_value: f64,
    /// Ordinary rows, and rows of other classes, on which the cuts of a node are compared.
    pub looks: usize,
    /// Rows that each side of a split keeps at least, among those that are looked at.
    pub min_leaf: usize,
    /// Rows of other classes that a node must hold to be split.
    pub min_others: usize,
    /// Splits from the root to a leaf at most.
    pub max_depth: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            trees: 50,
            share: 0.5,
            candidates: 60,
            by_value: 0.5,
            looks: 500,
            min_leaf: 3,
            min_others: 3,
            max_depth: 40,
        }
    }
}

impl Settings {
    /// Whether every setting is in its range.
    ///
    /// # Errors
    /// Names the first that is not.
    pub fn check(&self) -> Result<(), Error> {
        let setting = |key, expected, found: usize, holds: bool| {
            if holds {
                Ok(())
            } else {
                Err(Error::Setting { key, expected, found: found.to_string() })
            }
        };
        setting(
            "ranking.trees.trees",
            "from 1 to 2,000",
            self.trees,
            (1..=2_000).contains(&self.trees),
        )?;
        let is_share = self.share > 0.0 && self.share <= 1.0;
        if !is_share {
            let (key, found) = ("ranking.trees.share", self.share.to_string());
            return Err(Error::Setting { key, expected: "above 0 and at most 1", found });
        }
        if !(0.0..=1.0).contains(&self.by_value) {
            let (key, found) = ("ranking.trees.by_value", self.by_value.to_string());
            return Err(Error::Setting { key, expected: "from 0 to 1", found });
        }
        setting("ranking.trees.looks", "at least 10", self.looks, self.looks >= 10)?;
        setting("ranking.trees.min_others", "at least 1", self.min_others, self.min_others > 0)?;
        setting("ranking.trees.candidates", "at least 1", self.candidates, self.candidates > 0)?;
        setting("ranking.trees.min_leaf", "at least 1", self.min_leaf, self.min_leaf > 0)?;
        let depth = self.max_depth as usize;
        setting("ranking.trees.max_depth", "from 1 to 64", depth, (1..=64).contains(&depth))
    }
}
