//! Evidence by scheme, the detectors' p-value, and their sum.

use crate::indicators::card::Scheme;
use crate::ledger::book::index::{IxVec, SubjectIx};

/// The evidence of some subjects, one cell per subject.
#[derive(Debug, Clone, Default)]
pub struct EvidenceScores {
    /// The combined p-value for each scheme with evidence.
    pub schemes: Vec<(Scheme, IxVec<SubjectIx, f32>)>,
    /// The p-value of the detectors' score; NaN without detectors.
    pub unusual: IxVec<SubjectIx, f32>,
    /// The sum of `-log10 p` over schemes and detectors; higher is more unusual.
    pub score: IxVec<SubjectIx, f64>,
}

impl EvidenceScores {
    /// The terms `-log10 p` of one subject: the schemes, then the detectors.
    pub fn terms(&self, subject: SubjectIx) -> impl Iterator<Item = f64> {
        let schemes = self.schemes.iter().map(move |(_, p)| p[subject]);
        let all = schemes.chain([self.unusual[subject]]);
        // A missing value adds nothing; `max` avoids a displayed minus zero.
        all.map(|p| if p.is_nan() { 0.0 } else { (-f64::from(p).log10()).max(0.0) })
    }
}

/// The mean score, used as the unit of the audit adjustment; 1 if all scores are 0.
#[expect(clippy::cast_precision_loss, reason = "subjects are far below 2^52")]
pub fn unit(scores: &[f64]) -> f64 {
    let mean = scores.iter().sum::<f64>() / scores.len().max(1) as f64;
    if mean > 0.0 { mean } else { 1.0 }
}
