//! How rare a subject's values are among those of a reference, and what they add up to: the scores in which leads are
//! explained, and by which a county is ranked that has no ranking model.

pub mod calibrator;
pub mod counts;
pub mod model;
pub mod scores;
pub mod trained;
