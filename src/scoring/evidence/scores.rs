//! What speaks for each scheme at some subjects, what is unusual about them, and what both add up to.

use crate::indicators::card::Scheme;
use crate::ledger::book::index::{IxVec, SubjectIx};

/// What a model says of some subjects, one cell for each.
#[derive(Debug, Clone, Default)]
pub struct EvidenceScores {
    /// For each scheme that has evidence, the combined p-value.
    pub schemes: Vec<(Scheme, IxVec<SubjectIx, f32>)>,
    /// The p-value of what the model finds unusual; NaN without a model.
    pub unusual: IxVec<SubjectIx, f32>,
    /// Higher is more unusual: the sum over schemes, and what is unusual, of `-log10 p`.
    pub score: IxVec<SubjectIx, f64>,
}

impl EvidenceScores {
    /// What each scheme, and then what is unusual, adds to the score of one subject: `-log10 p`.
    pub fn terms(&self, subject: SubjectIx) -> impl Iterator<Item = f64> {
        let schemes = self.schemes.iter().map(move |(_, p)| p[subject]);
        let all = schemes.chain([self.unusual[subject]]);
        // A column without a value adds nothing, and minus zero is no number that anyone should read.
        all.map(|p| if p.is_nan() { 0.0 } else { (-f64::from(p).log10()).max(0.0) })
    }
}

/// The mean of scores, in which what audits teach is measured; 1 where nothing speaks.
#[expect(clippy::cast_precision_loss, reason = "subjects are far below 2^52")]
pub fn unit(scores: &[f64]) -> f64 {
    let mean = scores.iter().sum::<f64>() / scores.len().max(1) as f64;
    if mean > 0.0 { mean } else { 1.0 }
}
