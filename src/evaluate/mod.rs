//! How well what was measured and ranked sees what is known to be there: planted acts of simulated data.
//!
//! The only room that reads the answers of a simulation; nothing that measures or ranks can see it.

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
