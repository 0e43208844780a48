//! Accuracy of a ranking of known cases; ties count as in a random order or as one step.

use crate::convert::float;
use std::cmp::Ordering;

/// The metrics of one ranking.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metrics {
    /// The probability that a case ranks above a row that is no case, ties counting one half (Hanley and `McNeil`
    /// 1982).
    pub auroc: f64,
    /// The mean precision over the cases, with equal scores taken as one step (scikit-learn's
    /// `average_precision_score`).
    pub average_precision: f64,
    /// The share of cases among the first N rows, where N is the number of cases; with ties at the boundary, the
    /// expected value.
    pub precision_at_n: f64,
}

/// The metrics of scores (larger first) against known cases; `None` if a score is NaN, the lengths differ, or only one
/// class is present.
pub fn metrics(scores: &[f64], cases: &[bool]) -> Option<Metrics> {
    let total = cases.iter().filter(|&&case| case).count();
    let others = cases.len() - total;
    if scores.len() != cases.len()
        || total == 0
        || others == 0
        || scores.iter().any(|score| score.is_nan())
    {
        return None;
    }
    let mut rows: Vec<(f64, bool)> = scores.iter().copied().zip(cases.iter().copied()).collect();
    rows.sort_by(|(one, _), (other, _)| other.partial_cmp(one).unwrap_or(Ordering::Equal));
    let (mut before, mut found) = (0_usize, 0_usize);
    let (mut above, mut precision, mut first) = (0.0, 0.0, 0.0);
    for equal in
        rows.chunk_by(|(one, _), (other, _)| one.partial_cmp(other) == Some(Ordering::Equal))
    {
        let cases = equal.iter().filter(|(_, case)| *case).count();
        let (case_share, open) = (float(cases), total.saturating_sub(before).min(equal.len()));
        let still_below = float(others - (before - found)) - float(equal.len() - cases) / 2.0;
        above += case_share * still_below;
        first += case_share * float(open) / float(equal.len());
        before += equal.len();
        found += cases;
        precision += case_share * float(found) / float(before);
    }
    Some(Metrics {
        auroc: above / (float(total) * float(others)),
        average_precision: precision / float(total),
        precision_at_n: first / float(total),
    })
}

#[cfg(test)]
mod tests {
    use super::metrics;

    fn close(found: f64, hand: f64) {
        assert!((found - hand).abs() < 1e-12, "{found} {hand}");
    }

    #[test]
    fn a_ranking_without_ties_is_measured_as_by_hand() {
        let found = metrics(&[4.0, 3.0, 2.0, 1.0], &[true, false, true, false]).unwrap();
        close(found.auroc, 0.75);
        close(found.average_precision, f64::midpoint(1.0, 2.0 / 3.0));
        close(found.precision_at_n, 0.5);
    }

    #[test]
    fn ties_count_one_half() {
        let found = metrics(&[1.0; 4], &[true, false, false, false]).unwrap();
        close(found.auroc, 0.5);
        close(found.average_precision, 0.25);
        close(found.precision_at_n, 0.25);
    }

    #[test]
    fn one_class_alone_cannot_be_measured() {
        assert_eq!(metrics(&[1.0, 2.0], &[true, true]), None);
        assert_eq!(metrics(&[1.0, 2.0], &[false, false]), None);
        assert_eq!(metrics(&[1.0, f64::NAN], &[true, false]), None);
        assert_eq!(metrics(&[1.0], &[true, false]), None);
    }
}
