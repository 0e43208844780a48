//! Scores, p-values and ranks for the subjects of a county.
//!
//! [`ranking_model`] is trained on acts planted into the county's own books and computes a probability for every
//! payment. [`evidence`] computes the rarity of indicator values and detector scores, and their sum. [`ranking`]
//! combines them into one score, p-value and rank per subject.

pub mod evidence;
pub mod ranking;
pub mod ranking_model;
pub mod ranks;
