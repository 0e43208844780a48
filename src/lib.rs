//! mingzhang 明账: ranks points to verify in village ledgers.

pub mod cli;
pub mod features;
pub mod import;
pub mod indicators;
pub mod leads;
pub mod ledger;
pub mod matrix;
pub mod model;
pub mod pipeline;
pub mod report;
pub mod run;
pub mod score;
pub mod simulate;
pub mod stats;
