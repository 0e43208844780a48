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

mod benford_first_digit;
mod benford_first_two;
mod bounds;
mod duplicate_exact;
mod first_digits;
pub mod indicator;
mod just_below_limit;
mod kin_approval;
mod limit_bunching;
mod near;
mod rare_payee_account;
mod seen;
mod self_approval;
mod sequence_gap;
mod split_same_payee_window;

#[cfg(test)]
mod honest;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod page;

use indicator::Indicator;

/// Every indicator, sorted by name.
pub static CATALOGUE: &[&Indicator] = &[
    &benford_first_digit::INDICATOR,
    &benford_first_two::INDICATOR,
    &duplicate_exact::INDICATOR,
    &just_below_limit::INDICATOR,
    &kin_approval::INDICATOR,
    &limit_bunching::INDICATOR,
    &rare_payee_account::INDICATOR,
    &self_approval::INDICATOR,
    &sequence_gap::INDICATOR,
    &split_same_payee_window::INDICATOR,
];

/// The indicator of this name.
pub fn named(name: &str) -> Option<&'static Indicator> {
    CATALOGUE.iter().find(|indicator| indicator.card.name == name).copied()
}
