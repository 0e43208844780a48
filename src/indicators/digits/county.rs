//! What a village's amounts are held against: the county's own in the same classes of expense, and how far
//! the county's villages lie apart.

use std::f64::consts::SQRT_2;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use statrs::function::erf::erfc_inv;

use super::amounts::Amount;
use crate::convert::float;
use crate::indicators::seen::Receiver;
use crate::stats::peers::peer_upper;

/// The other villages without which a county shows no spread.
const PEERS: usize = 8;

/// The p-value of each village, or its rank among the county's villages if that is less unusual.
///
/// Villages differ honestly: by their payees, their crops and their clerks. Where they lie farther apart than
/// chance explains, the p-values of all are small; a village must then stand out from the others (the
/// empirical null of Efron 2004). With fewer than nine villages the p-values stay as they are.
pub(super) fn among_villages(p: &[Option<f64>]) -> Vec<Option<f64>> {
    let scores: Vec<Option<f64>> = p.iter().map(|p| p.map(score)).collect();
    let places: Vec<usize> = (0..p.len()).collect();
    let ranked = |place: &usize| {
        let (own, score) = ((*p.get(*place)?)?, (*scores.get(*place)?)?);
        let others = scores.iter().enumerate().filter(|(other, _)| other != place);
        let others: Vec<f64> = others.filter_map(|(_, score)| *score).collect();
        let rank = peer_upper(score, &others).filter(|_| others.len() >= PEERS);
        Some(rank.map_or(own, |rank| rank.max(own)))
    };
    places.par_iter().map(ranked).collect()
}

/// A p-value as a value of the normal law.
fn score(p: f64) -> f64 {
    SQRT_2 * erfc_inv(2.0 * p.clamp(1e-300, 1.0 - 1e-9))
}

/// Counts of bins, for each cell of amounts that are alike: a class of expense, or a class in a year.
#[derive(Debug, Clone)]
pub(super) struct Cells {
    counts: Vec<Vec<u64>>,
}

impl Cells {
    pub(super) fn new(cells: usize, bins: usize) -> Self {
        Self { counts: vec![vec![0; bins]; cells] }
    }

    /// Counts one amount.
    pub(super) fn count(&mut self, cell: usize, bin: usize) {
        if let Some(count) = self.counts.get_mut(cell).and_then(|cell| cell.get_mut(bin)) {
            *count += 1;
        }
    }

    /// Adds the counts of another village.
    pub(super) fn add(&mut self, other: &Self) {
        for (sums, counts) in self.counts.iter_mut().zip(&other.counts) {
            for (sum, count) in sums.iter_mut().zip(counts) {
                *sum += count;
            }
        }
    }

    /// The counts of all villages.
    pub(super) fn total<'a>(
        villages: impl IntoIterator<Item = &'a Self>,
        cells: usize,
        bins: usize,
    ) -> Self {
        villages.into_iter().fold(Self::new(cells, bins), |mut total, village| {
            total.add(village);
            total
        })
    }

    /// The counts of a range of cells.
    pub(super) fn sums(&self, cells: std::ops::Range<usize>) -> Vec<u64> {
        let bins = self.counts.first().map_or(0, Vec::len);
        let mut sums = vec![0; bins];
        for cell in self.counts.get(cells).unwrap_or_default() {
            for (sum, count) in sums.iter_mut().zip(cell) {
                *sum += count;
            }
        }
        sums
    }

    /// The counts of the other villages of the county, `whole` with this village, over a range of cells.
    pub(super) fn of_others(&self, whole: &Self, cells: std::ops::Range<usize>) -> Vec<u64> {
        let all = whole.sums(cells.clone()).into_iter();
        all.zip(self.sums(cells)).map(|(all, own)| all - own).collect()
    }

    /// What the rest of the county, `whole` with this village, leads to expect of it: in each cell as many amounts as it has,
    /// with the bins of the others, which `prior` amounts of `law` are mixed into.
    pub(super) fn expected(&self, whole: &Self, law: &[f64], prior: f64) -> Expected {
        let mut counts = vec![vec![0.0; law.len()]; self.counts.len()];
        let (mut n, mut of_others) = (0.0, 0.0);
        for ((own, all), expected) in self.counts.iter().zip(&whole.counts).zip(&mut counts) {
            let size = float(own.iter().sum::<u64>());
            let drawn = float(all.iter().sum::<u64>()) - size + prior;
            if size == 0.0 {
                continue;
            }
            for (((own, all), share), expected) in own.iter().zip(all).zip(law).zip(expected) {
                let count = float(all - own) + prior * share;
                *expected = size * if drawn > 0.0 { count / drawn } else { *share };
            }
            n += size;
            of_others += if drawn > 0.0 { size * size / drawn } else { 0.0 };
        }
        Expected { counts, chance_of_others: if n > 0.0 { of_others / n } else { 0.0 } }
    }
}

/// What the rest of the county leads to expect of a village.
#[derive(Debug)]
pub(super) struct Expected {
    /// Amounts, for each cell and bin.
    counts: Vec<Vec<f64>>,
    /// What the others owe to chance, in variances of the village's own chance.
    pub(super) chance_of_others: f64,
}

impl Expected {
    /// Amounts in each bin, over a range of cells.
    pub(super) fn sums(&self, cells: std::ops::Range<usize>) -> Vec<f64> {
        let bins = self.counts.first().map_or(0, Vec::len);
        let mut sums = vec![0.0; bins];
        for cell in self.counts.get(cells).unwrap_or_default() {
            for (sum, count) in sums.iter_mut().zip(cell) {
                *sum += count;
            }
        }
        sums
    }

    /// The share of each bin in the whole village.
    pub(super) fn shares(&self) -> Vec<f64> {
        let sums = self.sums(0..self.counts.len());
        let total: f64 = sums.iter().sum();
        sums.into_iter().map(|sum| if total > 0.0 { sum / total } else { 0.0 }).collect()
    }
}

/// How many times larger chi-square becomes because the amounts of one payee resemble each other, at
/// least 1 (the design effect of clusters, Rao and Scott 1981).
///
/// `bins` come payee after payee; `counts` are theirs, `shares` those of the law.
#[expect(clippy::indexing_slicing, reason = "the hot loop; every bin is one of the counts")]
pub(super) fn clustering(bins: &[(Receiver, usize)], counts: &[u64], shares: &[f64]) -> f64 {
    let n = float(counts.iter().sum::<u64>());
    let weights: Vec<f64> =
        shares.iter().map(|share| if *share > 0.0 { (n * share).recip() } else { 0.0 }).collect();
    let usual: Vec<f64> = counts.iter().map(|count| float(*count) / n).collect();
    let squares_of_usual: f64 =
        usual.iter().zip(&weights).map(|(usual, weight)| usual * usual * weight).sum();
    let mut own = vec![0.0_f64; counts.len()];
    let (mut sum, mut payees) = (0.0, 0.0_f64);
    for payee in bins.chunk_by(|a, b| a.0 == b.0 && a.0 != Receiver::Nobody) {
        let (mut squares, mut cross) = (0.0, 0.0);
        for (_, bin) in payee {
            squares += (2.0 * own[*bin] + 1.0) * weights[*bin];
            cross += usual[*bin] * weights[*bin];
            own[*bin] += 1.0;
        }
        for (_, bin) in payee {
            own[*bin] = 0.0;
        }
        let size = float(payee.len());
        sum += squares - 2.0 * size * cross + size * size * squares_of_usual;
        payees += 1.0;
    }
    let freedom = float(weights.iter().filter(|weight| **weight > 0.0).count()) - 1.0;
    let effect = sum / freedom * payees / (payees - 1.0);
    if payees > 1.0 && freedom > 0.0 { effect.max(1.0) } else { 1.0 }
}

/// The bins that hold more than any of the laws gives, by more standard deviations than the largest of as
/// many bins is expected to show by chance.
pub(super) fn raised(counts: &[u64], laws: &[&[f64]]) -> Vec<usize> {
    let n = float(counts.iter().sum::<u64>());
    let telling = (2.0 * float(counts.len()).ln()).sqrt();
    let is_raised = |(bin, count): (usize, &u64)| {
        let above = |law: &&[f64]| {
            let share = law.get(bin).copied().unwrap_or(0.0);
            float(*count) - n * share >= telling * (n * share * (1.0 - share)).sqrt()
        };
        laws.iter().all(above).then_some(bin)
    };
    counts.iter().enumerate().filter_map(is_raised).collect()
}

/// The share of a bin; none where nothing was counted.
pub(super) fn share(counts: &[u64], bin: usize) -> Option<f64> {
    let all: u64 = counts.iter().sum();
    (all > 0).then_some(float(*counts.get(bin)?) / float(all))
}

/// The bin that stands highest above all of the laws, in standard deviations: one of those that are raised, if any is.
pub(super) fn highest(counts: &[u64], laws: &[&[f64]], raised: &[usize]) -> Option<usize> {
    let n = float(counts.iter().sum::<u64>());
    let above = |bin: &usize| {
        let count = float(counts.get(*bin).copied().unwrap_or(0));
        let above = laws.iter().map(|law| {
            let expected = n * law.get(*bin).copied().unwrap_or(0.0);
            // A bin that a law leaves empty is not infinitely high.
            (count - expected) / expected.max(0.5).sqrt()
        });
        above.fold(f64::INFINITY, f64::min)
    };
    let shows = |bin: &usize| counts.get(*bin).is_some_and(|count| *count > 0);
    let is_any_raised = raised.iter().any(shows);
    let bins = (0..counts.len()).filter(shows);
    let bins = bins.filter(|bin| !is_any_raised || raised.contains(bin));
    bins.max_by(|a, b| above(a).total_cmp(&above(b)))
}

/// The bin of each amount that has one, with its payee.
pub(super) fn binned(
    amounts: &[Amount],
    bin: impl Fn(i64) -> Option<usize>,
) -> Vec<(Receiver, usize)> {
    amounts.iter().filter_map(|one| Some((one.payee, bin(one.fen)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::{Cells, Receiver, among_villages, clustering, raised};
    use crate::stats::peers::normal_upper;

    #[test]
    fn where_all_villages_differ_none_is_surprising() {
        let apart = (0..40).map(|step| Some(normal_upper(4.0 + f64::from(step) / 20.0)));
        let apart: Vec<Option<f64>> = apart.collect();
        let among = among_villages(&apart);
        assert!(among.iter().flatten().all(|p| *p > 0.01), "{among:?}");
        let mut one = apart;
        one[3] = Some(1e-60);
        one.push(None);
        let among = among_villages(&one);
        assert!(among[3].unwrap() < 1e-6 && among[40].is_none(), "{among:?}");
        assert_eq!(among_villages(&[Some(0.5), Some(1e-9)]), [Some(0.5), Some(1e-9)]);
    }

    #[test]
    fn a_village_is_held_against_the_others_of_its_classes() {
        let (mut own, mut other) = (Cells::new(2, 2), Cells::new(2, 2));
        for _ in 0..10 {
            own.count(0, 0);
            other.count(0, 0);
            other.count(1, 1);
        }
        let county = Cells::total([&own, &other], 2, 2);
        let expected = own.expected(&county, &[0.5, 0.5], 0.0);
        assert_eq!(expected.shares(), [1.0, 0.0]);
        assert!((expected.chance_of_others - 1.0).abs() < 1e-12);
        assert_eq!(own.expected(&own, &[0.5, 0.5], 10.0).shares(), [0.5, 0.5]);
    }

    #[test]
    fn payees_with_one_amount_each_do_not_cluster_and_copies_do() {
        let counts = [20, 20];
        let payee = |row: usize| Receiver::Payee(row.into());
        let spread: Vec<_> = (0..40).map(|row| (payee(row), row % 2)).collect();
        assert!(clustering(&spread, &counts, &[0.5, 0.5]) < 1.1);
        let copies: Vec<_> = (0..40).map(|row| (payee(row / 4), row / 4 % 2)).collect();
        let effect = clustering(&copies, &counts, &[0.5, 0.5]);
        assert!((3.9..4.6).contains(&effect), "{effect}");
    }

    #[test]
    fn only_bins_above_both_laws_are_shown() {
        let benford = [0.301, 0.176, 0.125, 0.097, 0.079, 0.067, 0.058, 0.051, 0.046];
        let counts = [30, 18, 12, 10, 8, 7, 6, 5, 40];
        assert_eq!(raised(&counts, &[&benford]), [8]);
        let bent = counts.map(|count| super::float(count) / 136.0);
        assert!(raised(&counts, &[&benford, &bent]).is_empty());
    }
}
