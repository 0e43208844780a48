//! Empirical upper tail probabilities within a sample.

use crate::convert::float;
use crate::stats::robust::quantile;

/// For each value the share of the sample that is at least as large, `(# >=) / n`. Ties have the same p-value; the
/// largest of n values without ties has 1/n and the smallest has 1.
///
/// NaN counts as larger than any number (`f64::total_cmp`); callers omit it. Values equal to the smallest are not
/// sorted, since most values of most indicators are 0 and their share is always 1.
pub fn upper(values: &[f64]) -> Vec<f64> {
    let mut tails = vec![1.0; values.len()];
    let Some(least) = values.iter().copied().min_by(f64::total_cmp) else { return tails };
    let places = values.iter().copied().zip(0_usize..);
    let mut order: Vec<(f64, usize)> =
        places.filter(|(value, _)| value.total_cmp(&least).is_gt()).collect();
    order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut above = 0;
    for equals in order.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        above += equals.len();
        let share = float(above) / float(values.len());
        for (_, row) in equals {
            if let Some(tail) = tails.get_mut(*row) {
                *tail = share;
            }
        }
    }
    tails
}

/// The factor by which the `-log10 p` of a county exceed their expectation at the upper quantile `share`; at least 1,
/// and 1 if this quantile is less than one value. Dividing by this factor corrects the tail for model misfit that
/// affects all subjects (genomic control, Devlin and Roeder 1999).
pub fn inflation(neg_log10_p: &[f64], share: f64) -> f64 {
    let is_told = float(neg_log10_p.len()) * share >= 1.0;
    let found = quantile(neg_log10_p, 1.0 - share).filter(|_| is_told).unwrap_or(0.0);
    (found / -share.log10()).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::{inflation, upper};

    #[test]
    fn surprises_of_chance_are_not_inflated_and_doubled_ones_are_halved() {
        let by_chance: Vec<f64> =
            (1..=1_000).map(|rank| -(f64::from(rank) / 1_000.0).log10()).collect();
        assert!((inflation(&by_chance, 0.1) - 1.0).abs() < 0.01);
        let doubled: Vec<f64> = by_chance.iter().map(|one| one * 2.0).collect();
        assert!((inflation(&doubled, 0.02) - 2.0).abs() < 0.05);
        assert!((inflation(&[0.0; 9], 0.1) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn equal_values_share_the_larger_tail() {
        assert_eq!(upper(&[1.0, 5.0, 3.0, 5.0]), [1.0, 0.5, 0.75, 0.5]);
        assert_eq!(upper(&[2.0; 3]), [1.0; 3]);
        assert_eq!(upper(&[]), [0.0; 0]);
    }
}
