//! Stated power: how many acts like the planted ones would be shown by a list that is so long.

use serde::Serialize;

use super::Scores;
use crate::indicators::card::Scheme;
use crate::stats::interval::share as interval;

/// A planted act, scored by trees that had not seen its village.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// Its scheme.
    pub scheme: Scheme,
    /// The highest score among its payments.
    pub score: f64,
}

/// What a list of so many payments would show of the acts of one scheme.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Power {
    /// The scheme.
    pub scheme: Scheme,
    /// Acts that were planted into the county's own book and not used for fitting.
    pub acts: usize,
    /// Those with a payment that scores as high as the last payment of the list.
    pub shown: usize,
    /// Their share.
    pub share: f64,
    /// The 90 % interval of the share that another draw of planted acts would show: that of Clopper and Pearson (1934) for a
    /// quarter of the acts.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// What the first payments of the ranking would show of the acts that were planted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stated {
    /// The number of payments.
    pub payments: usize,
    /// The level of the intervals.
    pub confidence: f64,
    /// Each scheme of which acts were planted.
    pub schemes: Vec<Power>,
}

/// The level of the intervals that are stated.
const CONFIDENCE: f64 = 0.9;

/// Acts that count as one in an interval, a design effect (Kish, *Survey Sampling*, 1965): acts share villages, draws and one
/// fit, so that another draw and fit differ by about twice what independent acts would. Measured on simulated counties
/// (`benches/peers/run power`, docs/ranking.md).
const DESIGN_EFFECT: f64 = 4.0;

impl Scores {
    /// What the first `payments` of the ranking would show of the acts that were planted and not used for fitting.
    pub fn stated(&self, payments: usize) -> Stated {
        let schemes = power(&self.shown, &self.payment, payments);
        Stated { payments, confidence: CONFIDENCE, schemes }
    }
}

/// For each scheme, what a list of the `length` highest payments would show. `scores` are those of the county's own
/// payments.
fn power(shown: &[Shown], scores: &[f64], length: usize) -> Vec<Power> {
    let mut sorted = scores.to_vec();
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    let last =
        length.checked_sub(1).and_then(|last| sorted.get(last.min(sorted.len().saturating_sub(1))));
    let cut = last.copied().unwrap_or(f64::INFINITY);
    let of = |scheme: Scheme| {
        let own: Vec<&Shown> = shown.iter().filter(|act| act.scheme == scheme).collect();
        let (acts, found) = (own.len(), own.iter().filter(|act| act.score >= cut).count());
        #[expect(clippy::cast_precision_loss, reason = "acts are few")]
        let (hits, trials) = (found as f64, acts as f64);
        let (low, high) = interval(hits / DESIGN_EFFECT, trials / DESIGN_EFFECT, CONFIDENCE);
        let share = hits / trials.max(1.0);
        (acts > 0).then_some(Power { scheme, acts, shown: found, share, low, high })
    };
    Scheme::ALL.into_iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::{Shown, power};
    use crate::indicators::card::Scheme;

    #[test]
    fn an_act_is_shown_if_it_scores_as_high_as_the_last_of_the_list() {
        let act = |score: f64| Shown { scheme: Scheme::Ghost, score };
        let acts = [act(0.9), act(0.3), act(0.2), act(0.05)];
        let told = power(&acts, &[0.1, 0.2, 0.8, 0.0], 2);
        assert_eq!((told[0].acts, told[0].shown), (4, 3));
        assert!(told[0].low < 0.75 && told[0].high > 0.75);
        assert_eq!(power(&acts, &[0.1], 0)[0].shown, 0);
    }
}
