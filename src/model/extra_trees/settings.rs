//! Settings of the trees.

use crate::params::{counted, params, share, within};

params! {
    /// The settings of extremely randomised trees.
    pub struct Settings {
        pub trees: usize = 50, within(1..=2_000), "number of trees of each part";
        pub share: f64 = 0.5, share,
            "share of the ordinary rows that each tree is grown on; planted acts are in every tree";
        pub candidates: usize = 60, counted, "columns that are tried at each split";
        pub by_value: f64 = 0.5, within(0.0..=1.0),
            "share of cuts that are drawn evenly between values; the others are drawn among ranks";
        pub looks: usize = 500, within(10..=usize::MAX),
            "ordinary rows, and rows of planted acts, on which the cuts of a node are compared";
        pub min_leaf: usize = 3, counted,
            "rows that each side of a split keeps at least, among those that are looked at";
        pub min_others: usize = 3, counted, "rows of planted acts that a node must hold to be split";
        pub max_depth: u32 = 40, within(1..=64), "splits from the root to a leaf at most";
    }
}
