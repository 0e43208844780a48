//! Scores, p-values and ranks for the subjects of a county.
//!
//! [`ranking_model`] learns from acts that are planted into the county's own books and gives every payment a probability;
//! [`evidence`] says how rare each indicator's value is, what the detectors find unusual, and what both add up to;
//! [`ranking`] makes of them one score, one p-value and one rank for each subject.

pub mod evidence;
pub mod ranking;
pub mod ranking_model;
pub mod ranks;
