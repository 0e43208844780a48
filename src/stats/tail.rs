//! How rare each value is among its own sample.

/// For each value the share of the sample that is at least as large: `(# >=) / n`, so that equal values
/// share one p-value, the largest of a sample of n without ties has 1/n and the smallest has 1.
///
/// NaN counts as larger than any number (`f64::total_cmp`); callers leave it out.
pub fn upper(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<_> = values.iter().enumerate().collect();
    order.sort_unstable_by(|a, b| b.1.total_cmp(a.1).then(a.0.cmp(&b.0)));
    let mut tails = vec![0.0; values.len()];
    let mut above = 0;
    for equals in order.chunk_by(|a, b| a.1.total_cmp(b.1).is_eq()) {
        above += equals.len();
        #[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^53")]
        let share = above as f64 / values.len() as f64;
        for (row, _) in equals {
            if let Some(tail) = tails.get_mut(*row) {
                *tail = share;
            }
        }
    }
    tails
}

#[cfg(test)]
mod tests {
    use super::upper;

    #[test]
    fn equal_values_share_the_larger_tail() {
        assert_eq!(upper(&[1.0, 5.0, 3.0, 5.0]), [1.0, 0.5, 0.75, 0.5]);
        assert_eq!(upper(&[2.0; 3]), [1.0; 3]);
        assert_eq!(upper(&[]), [0.0; 0]);
    }
}
