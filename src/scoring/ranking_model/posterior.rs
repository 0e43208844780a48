//! Conversion of tree outputs to the probability of an act.

use crate::ledger::book::index::PaymentIx;
use crate::scoring::ranking_model::audited::Audited;

/// The probability of an act: 1 or 0 for audited payments, otherwise the trees' output corrected to the county's base
/// rate.
#[derive(Debug)]
pub(super) struct Posterior {
    audited: Audited,
    prior: Prior,
}

impl Posterior {
    pub(super) fn of(audited: Audited, prevalence: f64, weight: f64) -> Self {
        let prior = Prior::of(audited.prevalence(prevalence), weight);
        Self { audited, prior }
    }

    pub(super) fn probability(&self, payment: PaymentIx, share: f64) -> f64 {
        match self.audited.answers.get(&payment) {
            Some(answer) => f64::from(u8::from(answer.is_find)),
            None => self.unaudited(share),
        }
    }

    /// The audited payments.
    pub(super) fn audited(&self) -> impl Iterator<Item = PaymentIx> {
        self.audited.answers.keys().copied()
    }

    /// The probability of a payment that was not audited.
    pub(super) fn unaudited(&self, share: f64) -> f64 {
        self.prior.probability(share)
    }
}

/// The ratio of the odds of acts in the county to those in the training rows.
#[derive(Debug, Clone, Copy)]
struct Prior {
    odds: f64,
}

impl Prior {
    /// Acts are a share `prevalence` of the payments, and have `weight` times the total weight of honest payments in
    /// the fit.
    fn of(prevalence: f64, weight: f64) -> Self {
        Self { odds: prevalence / (1.0 - prevalence) / weight }
    }

    /// Corrects a share of acts for the base rate (Elkan, *The foundations of cost-sensitive learning*, IJCAI 2001).
    fn probability(self, share: f64) -> f64 {
        // The sum of many shares may exceed 1 by rounding.
        let share = share.min(1.0);
        let acts = share * self.odds;
        acts / (acts + 1.0 - share).max(f64::MIN_POSITIVE)
    }
}

#[cfg(test)]
mod tests {
    use super::Prior;

    #[test]
    fn a_share_becomes_the_probability_at_the_countys_own_rate() {
        // The base rates of fit and county are equal (1 in 101), so nothing changes.
        let same = Prior::of(1.0 / 101.0, 0.01);
        assert!((same.probability(0.3) - 0.3).abs() < 1e-12);
        // Acts are three times as rare: even odds become one to three.
        let rarer = Prior::of(1.0 / 301.0, 0.01);
        assert!((rarer.probability(0.5) - 0.25).abs() < 1e-12);
        assert!((rarer.probability(1.0) - 1.0).abs() < 1e-12 && rarer.probability(0.0) == 0.0);
        assert!(rarer.probability(1.0 + 1e-7) <= 1.0);
    }
}
