//! One thing measured in one book: what an indicator is, and the catalogue of all.
//!
//! # How to add one
//! 1. Choose the family, a folder here. In it write `NAME.md` with the sections of its neighbours and a worked
//!    example, and `NAME.zh.md` beside it: the same settings, blocks and number of points, in Chinese. Leave the block
//!    `readings` with its header only; the law of step 4 prints what the kernel says. Check that by hand, then
//!    paste it into both pages.
//! 2. Write `NAME.rs`: the `INDICATOR` with its card, the settings struct with a bound for each in `fault`, and
//!    `impl Measure`. Good neighbours are `timing/weekend_holiday_posting.rs` (of payments) and `timing/year_end_rush.rs`
//!    (of villages). Kernels see payments through `seen`, check settings through [`crate::params`], and compare through
//!    [`crate::stats::pooled`], [`crate::stats::peers`] and `unusual`.
//! 3. Add `mod NAME;` and `&NAME::INDICATOR` to the family's `mod.rs`, and `[indicators.NAME]` with each setting and
//!    its default to `pipelines/nightly.toml`.
//! 4. Run `cargo test --lib indicators`: the laws check card, pages, example and kernel. Then `cargo test --test
//!    honest_county`: the schemes that it faces exist, somebody answers, and no more honest subjects are marked than
//!    the card says.
//! 5. Run `cargo test --test readme` and paste the table of indicators; see how it does with `mingzhang evaluate
//!    indicators`, and rebuild `docs/report-card.md` by the commands that stand in it.
//!
//! A worked example names its subjects as 1, 2, 3, ... in the order of the grain (payments and villages
//! in the order of the book, payees and officials by their ids) and the rows as lines of the ledger
//! block, from 1. A column of the ledger that is left out has the default of `ledger/sample.rs`; a block `settings`
//! is TOML.

mod approval;
pub mod basis;
pub mod card;
mod digits;
mod funds;
pub mod indicator;
mod kinds;
mod limits;
mod months;
mod payees;
mod peers;
mod purpose;
mod recorded;
mod register;
mod seen;
mod sizes;
mod timing;
mod unusual;
mod words;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod page;

use std::sync::LazyLock;

use indicator::Indicator;
use sha2::{Digest, Sha256};

/// Every family: its folder and its indicators.
pub static FAMILIES: &[(&str, &[&Indicator])] = &[
    ("approval", approval::MEMBERS),
    ("digits", digits::MEMBERS),
    ("funds", funds::MEMBERS),
    ("limits", limits::MEMBERS),
    ("payees", payees::MEMBERS),
    ("peers", peers::MEMBERS),
    ("purpose", purpose::MEMBERS),
    ("timing", timing::MEMBERS),
];

/// The version of the catalogue: a digest of what the worked examples give, which a test holds against the code. It moves
/// with the value of any indicator, so that a model is not asked about values that it was not trained on.
pub static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut digest = Sha256::new();
    for Indicator { card, .. } in CATALOGUE.iter() {
        digest.update(card.name);
        card.page.split("```csv ").skip(1).for_each(|block| digest.update(block));
    }
    digest.finalize().iter().take(6).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
});

/// Every indicator, sorted by name.
pub static CATALOGUE: LazyLock<Vec<&'static Indicator>> = LazyLock::new(|| {
    let mut all: Vec<_> =
        FAMILIES.iter().flat_map(|(_, members)| members.iter().copied()).collect();
    all.sort_unstable_by_key(|indicator| indicator.card.name);
    all
});

/// The indicator of this name.
pub fn named(name: &str) -> Option<&'static Indicator> {
    CATALOGUE.iter().find(|indicator| indicator.card.name == name).copied()
}
