//! mingzhang 明账 ranks points to verify in village ledgers.
//!
//! # Overview
//! Files in, files out. The ledger of a county is a [`Book`](ledger::book::Book). A run:
//! ```text
//!  exports ─import─► dataset ─ledger─► book ─┬─► indicators ─► features ───┬─► scoring ─► worklist ─► report ─► run
//!                                            └─► planting ───► columns ────┘                 ▲ outcomes ◄─ workbooks
//! ```
//! Acts and harmless placebos are planted into a copy of the book; the trees of the ranking model learn to distinguish them
//! from the county's own payments. Indicators give the reasons of a lead, and the ranking if nothing can be planted.
//!
//! # Modules, each with one purpose; imports between them are acyclic (`tests/architecture.rs`)
//! - [`ledger`]: data contract, validation, the book and its views, missing data. [`import`]: exports to a dataset.
//! - [`indicators`]: tests with a page each, **and how to add one**. [`features`]: their values, one matrix per grain.
//! - [`registers`]: one table against another. [`precheck`]: what a payment lacks before it is made. [`simulate`]: whole
//!   counties. [`planting`]: acts and placebos in a copy of a book. [`columns`]: about 310 numbers of a payment.
//! - [`model`]: detectors, feedback and trees on a [`matrix`]; it knows no ledger. [`stats`]: statistics on slices.
//! - [`scoring`]: score, p-value and rank of each subject. [`outcomes`]: results of audits. [`worklist`]: the lists.
//! - [`report`]: tables, workbooks, pages, terminal, in the languages of [`words`]. [`run`]: the job and its publication.
//! - [`pipeline`]: settings, declared with [`params`]. [`evaluate`]: accuracy where the truth is known. [`cli`]: commands.
//!
//! # Processing of one voucher
//! [`ledger::decode`] opens its file and converts columns to cells of the [`ledger::contract`];
//! [`ledger::book::conform`] accepts it or rejects it with a reason. [`features::measure`] evaluates every indicator
//! for the payment and for its payee, official and village. [`scoring::ranking_model`] computes its probability of an
//! act, [`scoring::evidence`] computes how rare each value is, and [`scoring::ranking`] computes score, p-value and
//! rank. [`worklist::list`] groups related payments into a lead, assigns it to an office and limits the list to the
//! office's hours. [`report`] lists the vouchers behind each reason, and [`run::publish`] publishes all results
//! atomically.
//!
//! # Invariants
//! - Indicator kernels do not fail, do no I/O and see one county only; models do not depend on villages, nor indicators
//!   on models.
//! - No iteration over hash maps. No clock times, paths or thread counts in any output except `run.json`. Money is an
//!   `i64` in fen, never a float.
//! - No network; no files outside the folders given. The truth of a simulation is only a label and used in [`evaluate`].

pub mod cli;
pub mod columns;
pub mod convert;
pub mod evaluate;
pub mod features;
pub mod import;
pub mod indicators;
pub mod ledger;
pub mod matrix;
pub mod model;
pub mod outcomes;
pub mod params;
pub mod pipeline;
pub mod planting;
pub mod precheck;
pub mod registers;
pub mod report;
pub mod run;
pub mod scoring;
pub mod simulate;
pub mod stats;
pub mod words;
pub mod worklist;
