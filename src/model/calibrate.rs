//! Conversion of scores to p-values by comparison with reference scores.
//!
//! Split conformal p-values (Bates, Candès, Lei, Romano and Sesia, *Testing for outliers with conformal
//! p-values*, Ann. Stat. 2023): `p = (1 + #{reference scores >= s}) / (m + 1)`.
//!
//! Assumption: an ordinary row is exchangeable with the reference rows. The reference must not contain rows used for
//! the fit, must come from the same kind of source and period, and should be split by whole groups (one accountant, one
//! template), not by row. Then an ordinary row has `p <= a` with probability at most `a`, on average over references.
//! Unusual rows in the reference only make `p` larger: this reduces power, not validity. The smallest possible p-value
//! is `1 / (m + 1)`.

use serde::{Deserialize, Serialize};

use super::error::Error;
use super::quantile_sketch::QuantileSketch;
use crate::convert::float;

/// The distribution of the scores of reference rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "QuantileSketch<f64>", into = "QuantileSketch<f64>")]
pub struct Calibration {
    scores: QuantileSketch<f64>,
}

impl TryFrom<QuantileSketch<f64>> for Calibration {
    type Error = Error;

    fn try_from(scores: QuantileSketch<f64>) -> Result<Self, Error> {
        scores.check()?;
        if scores.count() == 0 {
            return Err(Error::NoReference { found: 0 });
        }
        Ok(Self { scores })
    }
}

impl From<Calibration> for QuantileSketch<f64> {
    fn from(calibration: Calibration) -> Self {
        calibration.scores
    }
}

impl Calibration {
    /// Creates a calibration from reference scores in any order.
    ///
    /// # Errors
    /// If there are no scores, or one of them is not finite.
    pub fn of(scores: &[f64]) -> Result<Self, Error> {
        if scores.is_empty() || !scores.iter().all(|score| score.is_finite()) {
            return Err(Error::NoReference { found: scores.len() });
        }
        let mut sorted = scores.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        Ok(Self { scores: QuantileSketch::of(&sorted) })
    }

    /// The number of reference rows.
    pub fn size(&self) -> u64 {
        self.scores.count()
    }

    /// The p-value of a score: the probability that an ordinary row scores at least as much. Exact for up to
    /// [`super::quantile_sketch::EXACT`] distinct reference scores; otherwise too large by at most one part in
    /// [`super::quantile_sketch::FINENESS`]. NaN scores get 1.
    pub fn p_value(&self, score: f64) -> f64 {
        if score.is_nan() {
            return 1.0;
        }
        let at_least = self.scores.at_least(self.scores.place(score));
        float(1 + at_least) / float(1 + self.scores.count())
    }

    /// The p-value of a score; `within` tells whether the score belongs to the reference.
    pub fn p(&self, score: f64, within: bool) -> f64 {
        if within { self.p_within(score) } else { self.p_value(score) }
    }

    /// The p-value of a score that belongs to the reference: the share of the reference that scores at least as much,
    /// equal to [`Self::p_value`] relative to the other scores.
    pub fn p_within(&self, score: f64) -> f64 {
        if score.is_nan() {
            return 1.0;
        }
        let at_least = self.scores.at_least(self.scores.place(score)).max(1);
        float(at_least) / float(self.scores.count())
    }
}

#[cfg(test)]
mod tests {
    use super::Calibration;

    #[test]
    fn p_values_are_those_by_hand() {
        let calibration = Calibration::of(&[3.0, 1.0, 2.0, 2.0]).unwrap();
        let p = |score: f64| calibration.p_value(score) * 5.0;
        let found = [0.0, 1.0, 1.5, 2.0, 3.0, 9.0, f64::NAN].map(p);
        let hand = [5.0, 5.0, 4.0, 4.0, 2.0, 1.0, 5.0];
        assert!(found.iter().zip(hand).all(|(p, hand)| (p - hand).abs() < 1e-15));
    }

    #[test]
    fn one_of_the_reference_is_compared_with_the_others() {
        let all = Calibration::of(&[3.0, 1.0, 2.0, 2.0]).unwrap();
        let others = Calibration::of(&[1.0, 2.0, 2.0]).unwrap();
        assert!((all.p_within(3.0) - others.p_value(3.0)).abs() < 1e-15);
    }

    #[test]
    fn a_large_reference_errs_on_the_side_of_doubt() {
        let scores: Vec<f64> = (0..50_000).map(f64::from).collect();
        let calibration = Calibration::of(&scores).unwrap();
        for score in (0..50_000_u32).step_by(7) {
            let exact = f64::from(50_001 - score) / 50_001.0;
            let found = calibration.p_value(f64::from(score));
            assert!(found >= exact && found <= exact * (1.0 + 1.0 / 128.0) + 1e-12, "{score}");
        }
    }

    #[test]
    fn nothing_to_compare_with_is_refused() {
        assert!(Calibration::of(&[]).is_err());
        assert!(Calibration::of(&[1.0, f64::NAN]).is_err());
        let empty = r#"{"values":[],"below":[],"through":[]}"#;
        assert!(serde_json::from_str::<Calibration>(empty).is_err());
    }

    #[test]
    fn a_saved_calibration_is_the_same() {
        let calibration = Calibration::of(&[0.1, 0.2, 0.3]).unwrap();
        let text = serde_json::to_string(&calibration).unwrap();
        assert_eq!(serde_json::from_str::<Calibration>(&text).unwrap(), calibration);
    }
}
