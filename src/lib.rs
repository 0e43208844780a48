//! mingzhang 明账 ranks points to verify in village ledgers.
//!
//! # Bird's eye
//! Two wings meet in one plain table of numbers. The left wing ([`ledger`], [`indicators`]) knows
//! villages and no statistics beyond [`stats`]; the right wing ([`model`], [`score`]) knows statistics and
//! no villages; [`features`] joins them in a [`matrix`]. An indicator *measures*; the model *judges what is
//! unusual*; [`leads`] turns both into a short list. Every arrow runs one way, and a test holds it.
//!
//! What stands first is learned: [`planting`] copies the book and plants acts and innocent placebos into it,
//! [`columns`] measures every payment of both books, and [`scoring`] fits trees that tell them apart and scores
//! the county's own payments. Indicators remain the language in which a lead is explained.
//!
//! # The walk of one voucher
//! [`ledger::read`] opens its file, [`ledger::decode`] turns columns into cells, [`ledger::conform`] takes
//! it into a [`ledger::book::Book`] or refuses it with a reason. Indicators measure it as a payment, and
//! as one of the payments of its payee, approver and village. [`leads::judge`] says how rare each
//! reading is, combines what speaks for one scheme and adds up the schemes, [`leads::standing`] calibrates
//! the sum, [`leads::list`] writes the line and asks the same kernels for the rows behind it, [`report`]
//! lays it into tables, and [`run`] makes all of them visible in one step. [`pipeline`] knows the order.
//! [`evaluate`] stands aside: it says how well all this sees what was planted in simulated data.
//!
//! # What is never there
//! - No kernel can fail, do I/O or see another county; whether it can be asked is decided before it runs.
//! - The model never hears of a village, and no indicator of a model.
//! - Nothing iterates a hash map, and no clock, path or thread count reaches an output but `run.json`.
//! - Money is never a float: it is fen in an `i64`, and sums are exact.
//! - Nothing opens a socket. Nothing is written outside the folder that a command was given.
//! - The answers of a simulation reach no indicator, feature or model.

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
