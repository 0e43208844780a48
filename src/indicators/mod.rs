//! One thing measured in one book: what an indicator is, and the catalogue of all.
//!
//! # How to add one
//! 1. Write `NAME.md` with the sections of its neighbours, and a worked example.
//! 2. Write `NAME.rs`: the `INDICATOR` with its card, the settings struct, and `impl Measure`.
//! 3. Add `mod NAME;` below.
//! 4. Add `&NAME::INDICATOR` to [`CATALOGUE`].
//! 5. Run `cargo test indicators`: the laws check the page, the example and the kernel.
//!
//! A worked example names its subjects as 1, 2, 3, ... in the order of the grain (payments and villages
//! in the order of the book, payees and officials by their ids) and the rows as lines of the ledger
//! block, from 1.

pub mod indicator;
mod self_approval;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod page;

use indicator::Indicator;

/// Every indicator, sorted by name.
pub static CATALOGUE: &[&Indicator] = &[&self_approval::INDICATOR];

/// The indicator of this name.
pub fn named(name: &str) -> Option<&'static Indicator> {
    CATALOGUE.iter().find(|indicator| indicator.card.name == name).copied()
}
