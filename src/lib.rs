//! mingzhang 明账 ranks points to verify in village ledgers.
//!
//! # Bird's eye
//! Files go in and files come out; nothing stays running. One county's ledger is a [`Book`](ledger::book::Book), and a run walks one way:
//! ```text
//!  exports ─import─► dataset ─ledger─► book ─┬─► indicators ─► features ───┬─► scoring ─► worklist ─► report ─► run
//!                                            └─► planting ───► columns ────┘                 ▲ outcomes ◄─ workbooks
//! ```
//! What ranks is learned: acts and innocent placebos are planted into a copy of the book, and trees learn to tell them from the county's
//! own payments. Indicators say why: they are the reasons of a lead, and rank where nothing can be planted.
//!
//! # Rooms
//! Every room (`src/*`) has one purpose; imports run one way, and `tests/architecture.rs` holds it.
//! - [`ledger`]: the data contract, reading and conforming, the book and its views, what was not delivered. [`import`]: exports to a dataset.
//! - [`indicators`]: questions with a page each, **and how to add one**. [`features`]: asks them of a book; one matrix for each grain.
//! - [`planting`]: acts and placebos in a copy of a book. [`columns`]: about 310 numbers of each payment, for trees. [`simulate`]: whole counties.
//! - [`model`]: detectors, feedback and trees over a [`matrix`]: numbers, no villages. [`stats`]: mathematics on slices.
//! - [`scoring`]: score, p-value and rank of each subject. [`worklist`]: each office's list within its hours. [`outcomes`]: what audits found.
//! - [`report`]: tables, workbooks, pages, terminal, in the [`words`] of two languages. [`run`]: the job, published in one step.
//! - [`pipeline`]: the settings of a run, declared by [`params`]. [`evaluate`]: how well it all does where answers are known. [`cli`]: commands.
//!
//! # The walk of one voucher
//! [`ledger::decode`] opens its file and turns columns into cells of the [`ledger::contract`]; [`ledger::book::conform`] keeps it or refuses it with
//! a reason. [`features::measure`] asks every indicator about it as a payment and as one of its payee, official and village.
//! [`scoring::ranking_model`] gives it a probability, [`scoring::evidence`] says how rare each value is, [`scoring::ranking`] makes score,
//! p-value and rank. [`worklist::list`] joins payments that belong together into a lead, routes it to an office and fits the list to its
//! hours. [`report`] lays the vouchers behind each reason beside it, and [`run::publish`] makes all of it visible at once.
//!
//! # What is never there
//! - A kernel that fails, does I/O or sees another county; a model that hears of a village; an indicator that hears of a model.
//! - An iterated hash map; a clock, path or thread count in any output but `run.json`; money as a float (it is fen in an `i64`).
//! - A socket; a file outside the folder that a command was given; the answers of a simulation, but in [`evaluate`] and as labels.

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
pub mod report;
pub mod run;
pub mod scoring;
pub mod simulate;
pub mod stats;
pub mod words;
pub mod worklist;
