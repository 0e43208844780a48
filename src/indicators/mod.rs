//! One thing measured in one book: what an indicator is, and the catalogue of all.
//!
//! # How to add one
//! Three files and two lines; tests and generators do the rest. `NAME` is snake case and alone in the catalogue.
//!
//! 1. **`NAME.md`** in a family's folder (`approval`, `assets`, `digits`, `disclosure`, `funds`, `limits`, `payees`, `peers`, `purpose`,
//!    `rosters`, `timing`). Copy a neighbour's page and keep
//!    its nine sections in order. Leave the section `Settings` empty, and in the worked example the block `readings` with its header only.
//! 2. **`NAME.zh.md`**: the same page in Chinese, with as many points in each section and the very same blocks.
//! 3. **`NAME.rs`**: the `INDICATOR` with its `card!` (the title is that of the page), the settings in [`params!`](crate::params), and `impl Measure`. Good neighbours:
//!    `timing/weekend_holiday_posting.rs` (of payments) and `timing/year_end_rush.rs` (of villages). Kernels see payments through `seen`, and compare
//!    through [`crate::stats::pooled`], [`crate::stats::peers`] and `unusual`. A settings struct without keys is `struct Name {}`.
//! 4. **Two lines** in the family's `mod.rs`, in alphabetical order: `mod NAME;` and `&NAME::INDICATOR`.
//! 5. `cargo test --lib indicators` checks card, pages and kernel, and prints what the kernel says of the example (`NAME says`). Check that by hand and
//!    paste it into the block `readings` of both pages.
//! 6. `UPDATE_DOCS=1 cargo test --test generated` writes the tables of settings, `pipelines/nightly.toml`, `docs/indicators.md` and `docs/data-dictionary.md`.
//!    Then step 5 passes.
//! 7. `cargo test --test honest_county` (minutes): the `simulated_schemes` exist, some subjects have a value, and no more are flagged
//!    where nothing is wrong than the card says. `mingzhang evaluate indicators --data DATA` shows how well it sees its schemes.
//!
//! Before it is released: [`VERSION`] has moved by itself; run `models/rebuild` (a trained model refuses readings that it does not know), and bring `docs/report-card.md` and
//! `docs/demo.md` up to date by the commands that stand in them.
//!
//! The card's `scheme` is what it is evidence for ([`card::Scheme`]); `simulated_schemes` names those of the simulator (`docs/simulated-county.md`). `requires` names
//! tables and columns as `limits` and `ledger.payee`. A [`card::Class::Rule`] has a [`basis`].
//!
//! A worked example names its subjects as 1, 2, 3, ... in the order of the grain (payments and villages
//! in the order of the book, payees and officials by their ids) and the rows as lines of the ledger
//! block, from 1. A column of the ledger that is left out has the default of `ledger/sample.rs`; a block `settings`
//! is TOML.

#![expect(clippy::doc_markdown, reason = "blanks of sentences stand in braces on the pages")]

mod approval;
mod assets;
pub mod basis;
pub mod card;
mod digits;
mod disclosure;
pub mod fact;
mod funds;
pub mod indicator;
mod kinds;
mod limits;
mod months;
pub mod own;
mod payees;
mod peers;
mod purpose;
mod recorded;
mod register;
mod rents;
mod rosters;
mod seen;
mod sizes;
mod timing;
mod unusual;
mod words;

#[cfg(test)]
mod laws;
#[cfg(test)]
pub(crate) mod page;

use std::sync::LazyLock;

use card::Card;
use indicator::Indicator;
use sha2::{Digest, Sha256};

/// Every family: its folder and its indicators.
pub static FAMILIES: &[(&str, &[&Indicator])] = &[
    ("approval", approval::MEMBERS),
    ("assets", assets::MEMBERS),
    ("digits", digits::MEMBERS),
    ("disclosure", disclosure::MEMBERS),
    ("funds", funds::MEMBERS),
    ("limits", limits::MEMBERS),
    ("payees", payees::MEMBERS),
    ("peers", peers::MEMBERS),
    ("purpose", purpose::MEMBERS),
    ("rosters", rosters::MEMBERS),
    ("timing", timing::MEMBERS),
];

/// The version of the catalogue: a digest of what the worked examples give, which a test holds against the code. It moves
/// with the value of any indicator, so that a model is not asked about values that it was not trained on.
pub static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut digest = Sha256::new();
    for Indicator { card, .. } in CATALOGUE.iter() {
        digest.update(card.name);
        let blocks = card.page.split("```csv ").skip(1);
        blocks.filter_map(|it| it.split("```").next()).for_each(|block| digest.update(block));
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

/// The card of this name: of the catalogue, or of an office's own rule that was read.
pub fn card(name: &str) -> Option<&'static Card> {
    named(name).map(|entry| &entry.card).or_else(|| own::named(name).map(|own| &own.card))
}

/// The indicator of this name.
pub fn named(name: &str) -> Option<&'static Indicator> {
    CATALOGUE.iter().find(|indicator| indicator.card.name == name).copied()
}
