//! Power: the share of planted acts that a list of a given length contains.

use serde::{Deserialize, Serialize};

use crate::indicators::card::Scheme;
use crate::planting::Kind;
use crate::stats::interval::share as interval;

/// A planted act, scored by trees not trained on its village.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// The kind of act.
    pub kind: Kind,
    /// The highest score of its payments.
    pub score: f64,
}

/// The number and share of planted acts that a list contains.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// The number of planted acts, none of them used for fitting.
    pub acts: usize,
    /// Those with a payment that scores at least as much as the last payment of the list.
    pub shown: usize,
    /// The share of acts shown.
    pub share: f64,
    /// The lower limit of the 90 % interval of the share for another draw of planted acts: Clopper and Pearson (1934),
    /// for a quarter of the acts.
    pub low: f64,
    /// The upper limit.
    pub high: f64,
}

impl Found {
    /// The acts that a list shows if its last payment has the score `last`.
    pub(super) fn of<'a>(acts: impl Iterator<Item = &'a Shown>, last: f64) -> Self {
        let (mut all, mut shown) = (0_u32, 0_u32);
        for act in acts {
            all += 1;
            shown += u32::from(act.score >= last);
        }
        let (hits, trials) = (f64::from(shown), f64::from(all));
        let (low, high) = interval(hits / DESIGN_EFFECT, trials / DESIGN_EFFECT, CONFIDENCE);
        let share = hits / trials.max(1.0);
        Self { acts: all as usize, shown: shown as usize, share, low, high }
    }
}

/// The power of a list for one scheme.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Power {
    /// The scheme.
    pub scheme: Scheme,
    /// The acts found.
    #[serde(flatten)]
    pub found: Found,
}

/// The power of the first payments of the ranking, by scheme.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stated {
    /// The length of the list in payments.
    pub payments: usize,
    /// The confidence level of the intervals.
    pub confidence: f64,
    /// The schemes with planted acts.
    pub schemes: Vec<Power>,
}

/// The confidence level of the intervals.
const CONFIDENCE: f64 = 0.9;

/// Design effect, the number of acts that count as one in an interval (Kish, *Survey Sampling*, 1965). Acts share
/// villages, draws and one fit, so the standard error is about twice that of independent acts. Measured on simulated
/// counties (`benches/peers/run power`, docs/ranking.md).
const DESIGN_EFFECT: f64 = 4.0;

/// The power of the first `payments` of a ranking by `scores`.
pub(super) fn stated(shown: &[Shown], scores: &[f64], payments: usize) -> Stated {
    Stated { payments, confidence: CONFIDENCE, schemes: power(shown, scores, payments) }
}

/// The power of a list of the `length` highest payments for each scheme; `scores` are those of the county's own
/// payments.
fn power(shown: &[Shown], scores: &[f64], length: usize) -> Vec<Power> {
    let last = last_of(scores, length);
    let of = |scheme: Scheme| {
        let own = shown.iter().filter(|act| act.kind.card().scheme == scheme);
        let found = Found::of(own, last);
        (found.acts > 0).then_some(Power { scheme, found })
    };
    Scheme::ALL.iter().copied().filter_map(of).collect()
}

/// The score of the last payment of a list of the `length` highest.
pub(super) fn last_of(scores: &[f64], length: usize) -> f64 {
    let mut sorted = scores.to_vec();
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    let last = length.min(sorted.len()).checked_sub(1);
    last.and_then(|last| sorted.get(last)).copied().unwrap_or(f64::INFINITY)
}

#[cfg(test)]
mod tests {
    use super::{Shown, power};
    use crate::planting::Kind;

    #[test]
    fn an_act_is_shown_if_it_scores_as_high_as_the_last_of_the_list() {
        let kind = Kind::all().next().unwrap();
        let act = |score: f64| Shown { kind, score };
        let acts = [act(0.9), act(0.3), act(0.2), act(0.05)];
        let told = power(&acts, &[0.1, 0.2, 0.8, 0.0], 2);
        let found = told[0].found;
        assert_eq!((found.acts, found.shown), (4, 3));
        assert!(found.low < 0.75 && found.high > 0.75);
        assert_eq!(power(&acts, &[0.1], 0)[0].found.shown, 0);
    }
}
