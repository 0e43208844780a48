//! Rank correlation.

use crate::convert::float;

/// Spearman's rank correlation (1904) with mid-ranks for ties; `None` if a list is constant or the lengths differ.
/// Values must not be NaN.
pub fn spearman(a: &[f64], b: &[f64]) -> Option<f64> {
    (a.len() == b.len()).then(|| pearson(&mid_ranks(a), &mid_ranks(b)))?
}

/// Ascending ranks from 1; ties get the mean rank.
fn mid_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<(f64, usize)> = values.iter().copied().zip(0..).collect();
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for equal in order.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let rank = float(before) + f64::midpoint(float(equal.len()), 1.0);
        before += equal.len();
        for (_, place) in equal {
            if let Some(own) = ranks.get_mut(*place) {
                *own = rank;
            }
        }
    }
    ranks
}

fn pearson(a: &[f64], b: &[f64]) -> Option<f64> {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / float(values.len());
    let (of_a, of_b) = (mean(a), mean(b));
    let (mut product, mut square_a, mut square_b) = (0.0, 0.0, 0.0);
    for (one, other) in a.iter().zip(b) {
        let (one, other) = (one - of_a, other - of_b);
        product += one * other;
        square_a += one * one;
        square_b += other * other;
    }
    let spread = (square_a * square_b).sqrt();
    (spread > 0.0).then(|| product / spread)
}

#[cfg(test)]
mod tests {
    use super::spearman;

    #[test]
    fn ties_share_their_ranks() {
        // Ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4.
        let found = spearman(&[1.0, 2.0, 2.0, 3.0], &[1.0, 2.0, 5.0, 9.0]).unwrap();
        assert!((found - 4.5 / (4.5_f64 * 5.0).sqrt()).abs() < 1e-12, "{found}");
    }

    #[test]
    fn order_alone_counts() {
        assert_eq!(spearman(&[1.0, 2.0, 3.0], &[1.0, 10.0, 11.0]), Some(1.0));
        assert_eq!(spearman(&[1.0, 2.0, 3.0], &[3.0, 2.0, -9.0]), Some(-1.0));
        assert_eq!(spearman(&[1.0, 1.0], &[3.0, 2.0]), None);
        assert_eq!(spearman(&[1.0], &[3.0, 2.0]), None);
    }
}
