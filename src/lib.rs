//! mingzhang 明账: ranks points to verify in village ledgers.

pub mod cli;
pub mod import;
pub mod ledger;
pub mod matrix;
pub mod stats;
