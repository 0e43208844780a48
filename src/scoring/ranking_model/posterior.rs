//! From what trees say of a payment to the probability of an act.

use crate::ledger::book::index::PaymentIx;
use crate::scoring::ranking_model::audited::Audited;

/// The probability of an act at a payment: 1 or 0 where an audit has told, and otherwise what trees say at the county's own rate.
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

    /// The probability at a payment that no audit told of.
    pub(super) fn unaudited(&self, share: f64) -> f64 {
        self.prior.probability(share)
    }
}

/// How much rarer acts are in the county than among the rows that the trees were fitted on.
#[derive(Debug, Clone, Copy)]
struct Prior {
    odds: f64,
}

impl Prior {
    /// Acts are a share `prevalence` of the payments, and weighed `weight` times the honest payments in the fit.
    fn of(prevalence: f64, weight: f64) -> Self {
        Self { odds: prevalence / (1.0 - prevalence) / weight }
    }

    /// The probability where the trees saw a share of acts (Elkan, *The foundations of cost-sensitive learning*, IJCAI 2001).
    fn probability(self, share: f64) -> f64 {
        // The shares of many trees, summed, may pass 1 in the last digit.
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
        // One act in 101 in the fit and in the county: nothing changes.
        let same = Prior::of(1.0 / 101.0, 0.01);
        assert!((same.probability(0.3) - 0.3).abs() < 1e-12);
        // Acts three times as rare: even odds become one to three.
        let rarer = Prior::of(1.0 / 301.0, 0.01);
        assert!((rarer.probability(0.5) - 0.25).abs() < 1e-12);
        assert!((rarer.probability(1.0) - 1.0).abs() < 1e-12 && rarer.probability(0.0) == 0.0);
        assert!(rarer.probability(1.0 + 1e-7) <= 1.0);
    }
}
