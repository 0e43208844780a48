//! Evidence scores: how rare a subject's values are in a reference, combined into a sum. They explain leads, and rank
//! counties without a ranking model.

pub mod calibrator;
pub mod counts;
pub mod model;
pub mod scores;
pub mod trained;
