//! Evaluation of indicators and rankings against known results, such as planted acts of simulated data.
//!
//! This is the only module that reads the answers of a simulation. No code that measures or ranks may use it.

pub mod audits;
mod bootstrap;
pub mod correlations;
pub mod figures;
pub mod labels;
mod measure;
pub mod paired;
pub mod planted;
mod ranked;
pub mod recall;
pub mod report_card;
mod sample;
pub mod scored;
pub mod set;
pub mod settings;
