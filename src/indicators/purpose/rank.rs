//! How surprising a score is among those of the county.

use crate::indicators::seen::neg_log10;
use crate::stats::tail::upper;

/// The `-log10 p` of each score, with p the share of all that score at least as much. A score of 0 is
/// ordinary; one that is not a number is no score.
pub(super) fn among_all(scores: &[f64]) -> Vec<f64> {
    let known: Vec<f64> = scores.iter().copied().filter(|score| !score.is_nan()).collect();
    let mut tails = upper(&known).into_iter();
    let value = |score: &f64| {
        if score.is_nan() {
            return f64::NAN;
        }
        let tail = tails.next().unwrap_or(1.0);
        if *score > 0.0 { neg_log10(tail) } else { 0.0 }
    };
    scores.iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::among_all;

    #[test]
    fn one_in_a_hundred_is_a_surprise_of_two() {
        let mut scores = vec![0.0; 99];
        scores.extend([7.0, f64::NAN]);
        let values = among_all(&scores);
        assert_eq!((values[0], values[99]), (0.0, 2.0));
        assert!(values[100].is_nan());
    }
}
