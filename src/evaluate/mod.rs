//! How well what was measured and ranked sees what is known to be there: planted acts of simulated data.
//!
//! The only room that reads the answers of a simulation; nothing that measures or ranks can see it.

pub mod correlations;
pub mod feedback;
pub mod planted;
pub mod recall;
pub mod report_card;
