//! Tests of amounts beyond single digits: sums, gaps and repetitions.

use crate::convert::float;
use crate::stats::decimal::Decimal;
use crate::stats::digits::Digits;

/// Summation test (Nigrini 2012): the sums of amounts by digits should all be equal. Returns each digit with its sum
/// minus the mean over all bins, largest difference first.
///
/// `amounts` are in fen and must be positive. Ties: smaller digits first.
pub fn summation(digits: Digits, amounts: &[i64]) -> Vec<(u8, f64)> {
    let mut sums = vec![0_i128; digits.bins()];
    for fen in amounts {
        let bin = digits.of(*fen).map(|shown| usize::from(shown - digits.start()));
        if let Some(sum) = bin.and_then(|bin| sums.get_mut(bin)) {
            *sum += i128::from(*fen);
        }
    }
    let mean = float(sums.iter().sum::<i128>()) / float(sums.len());
    let gaps = sums.iter().map(|sum| float(*sum) - mean);
    widest_first(digits, gaps)
}

/// [`summation`] for amounts with any number of decimals; the results are also in fen.
///
/// Sums are doubles, whose error is far smaller than the differences tested. An amount larger than all others together
/// determines the result, as it does for amounts in fen.
pub fn summation_of_decimals(digits: Digits, amounts: &[Decimal]) -> Vec<(u8, f64)> {
    let mut sums = vec![0.0; digits.bins()];
    for amount in amounts {
        let bin = amount.shown(digits).map(|shown| usize::from(shown - digits.start()));
        if let Some(sum) = bin.and_then(|bin| sums.get_mut(bin)) {
            *sum += amount.value() * 100.0;
        }
    }
    let bins = f64::from(u8::try_from(sums.len()).unwrap_or(u8::MAX));
    let mean = sums.iter().sum::<f64>() / bins;
    widest_first(digits, sums.iter().map(|sum| sum - mean))
}

/// The digits with their differences, largest first.
fn widest_first(digits: Digits, gaps: impl Iterator<Item = f64>) -> Vec<(u8, f64)> {
    let mut gaps: Vec<_> = (digits.start()..=u8::MAX).zip(gaps).collect();
    gaps.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
    gaps
}

/// The positive differences between neighbours of the sorted amounts (second-order test, Nigrini and Miller 2009: their
/// digits follow Benford's law for almost all amounts that were not rounded or invented).
pub fn gaps(amounts: &[i64]) -> Vec<i64> {
    let mut sorted = amounts.to_vec();
    sorted.sort_unstable();
    let pairs = sorted.iter().zip(sorted.iter().skip(1));
    pairs.map(|(low, high)| high.saturating_sub(*low)).filter(|gap| *gap > 0).collect()
}

/// [`gaps`] for amounts with any number of decimals. Gaps are exact and may have more decimals than the amounts. Gaps
/// within the rounding error of doubles (10^-12 of the amounts) are omitted, since their digits would be noise.
pub fn gaps_of_decimals(amounts: &[Decimal]) -> Vec<Decimal> {
    let mut sorted = amounts.to_vec();
    sorted.sort_unstable();
    let pairs = sorted.iter().zip(sorted.iter().skip(1));
    pairs.filter_map(|(low, high)| high.gap(*low)).collect()
}

/// Each amount that occurs more than once, with its count, by descending count and ascending amount.
pub fn duplicates<T: Ord + Copy>(amounts: &[T]) -> Vec<(T, u64)> {
    let mut repeated: Vec<_> = runs(amounts).into_iter().filter(|(_, count)| *count > 1).collect();
    repeated.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    repeated
}

/// The average frequency: the sum of squared counts divided by the number of amounts (number bunching, Simonsohn 2019);
/// 1 if no amount is repeated, 0 without amounts.
pub fn mean_frequency<T: Ord + Copy>(amounts: &[T]) -> f64 {
    let squares: u64 = runs(amounts).iter().map(|(_, count)| count * count).sum();
    float(squares) / float(amounts.len().max(1))
}

/// The distinct amounts in ascending order with their counts.
fn runs<T: Ord + Copy>(amounts: &[T]) -> Vec<(T, u64)> {
    let mut sorted = amounts.to_vec();
    sorted.sort_unstable();
    let run = |run: &[T]| run.first().map(|amount| (*amount, run.len() as u64));
    sorted.chunk_by(T::eq).filter_map(run).collect()
}

#[cfg(test)]
mod tests {
    use super::{
        Decimal, duplicates, gaps, gaps_of_decimals, mean_frequency, summation,
        summation_of_decimals,
    };
    use crate::stats::digits::Digits;

    #[test]
    fn the_digit_that_holds_most_money_comes_first() {
        let sums = summation(Digits::First, &[900, 100, 100, 5_000]);
        assert_eq!(sums[0].0, 5);
        assert!((sums[0].1 - (5_000.0 - 6_100.0 / 9.0)).abs() < 1e-9);
        assert_eq!(sums.len(), 9);
        let ties: Vec<_> = sums[1..].iter().map(|(digit, _)| *digit).collect();
        assert_eq!(ties, [2, 3, 4, 6, 7, 8, 1, 9]);
    }

    #[test]
    fn equal_neighbours_have_no_gap() {
        assert_eq!(gaps(&[500, 100, 100, 350]), [250, 150]);
        assert_eq!(gaps(&[7]), [0_i64; 0]);
    }

    #[test]
    fn repeated_amounts_come_in_the_order_of_their_counts() {
        let amounts = [5, 9, 5, 9, 5, 1, 2, 2];
        assert_eq!(duplicates(&amounts), [(5, 3), (2, 2), (9, 2)]);
        assert!((mean_frequency(&amounts) - 18.0 / 8.0).abs() < 1e-15);
        assert!((mean_frequency::<i64>(&[]) - 0.0).abs() < 1e-15);
    }

    #[test]
    fn amounts_in_fen_say_the_same_as_decimals() {
        let fen = [90_000, 10_000, 10_100, 5_000, 5_000, 123_456];
        let decimals = fen.map(Decimal::of_fen);
        let gaps_of_fen: Vec<_> = gaps(&fen).into_iter().map(Decimal::of_fen).collect();
        assert_eq!(gaps_of_decimals(&decimals), gaps_of_fen);
        let both = summation(Digits::FirstTwo, &fen)
            .into_iter()
            .zip(summation_of_decimals(Digits::FirstTwo, &decimals));
        for ((bin, gap), (same, other)) in both {
            assert!(bin == same && (gap - other).abs() < 1e-6, "{bin} {gap} {same} {other}");
        }
        assert_eq!(duplicates(&decimals), [(Decimal::of_fen(5_000), 2)]);
    }
}
