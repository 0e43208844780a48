//! Bootstrap over villages, with percentile intervals.

use rand::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use super::settings::Settings;
use crate::stats::robust::quantile_of_sorted;

/// Distance between the seeds of two replicates; `seed_from_u64` makes their streams unrelated.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// Measures every bootstrap replicate; empty if there are fewer than two villages.
pub(super) fn resample<T: Send>(
    villages: usize,
    settings: &Settings,
    measure: impl Fn(&[u32]) -> T + Sync,
) -> Vec<T> {
    let replicates = if villages < 2 { 0 } else { settings.replicates };
    let all = (0..replicates).into_par_iter();
    all.map(|replicate| measure(&drawn(villages, settings.seed, replicate))).collect()
}

/// How often each village occurs in one replicate: as many draws with replacement as there are villages. Each
/// replicate has its own random stream.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the high half is below the number of villages"
)]
fn drawn(villages: usize, seed: u64, replicate: u32) -> Vec<u32> {
    let own = seed.wrapping_add(STEP.wrapping_mul(u64::from(replicate) + 1));
    let mut random = Xoshiro256PlusPlus::seed_from_u64(own);
    let mut times = vec![0; villages];
    for _ in 0..villages {
        let village = (u128::from(random.next_u64()) * villages as u128) >> 64;
        if let Some(times) = times.get_mut(village as usize) {
            *times += 1;
        }
    }
    times
}

/// Percentile interval of the figure at `place` in each replicate's list. Replicates without a value are left out;
/// `None` if more than half have none.
pub(super) fn interval(
    replicates: &[Vec<Option<f64>>],
    place: usize,
    confidence: f64,
) -> Option<(f64, f64)> {
    let told = replicates.iter().filter_map(|list| list.get(place).copied().flatten());
    let mut told: Vec<f64> = told.collect();
    if told.len() * 2 < replicates.len() {
        return None;
    }
    told.sort_unstable_by(f64::total_cmp);
    let end = |share: f64| quantile_of_sorted(&told, share);
    Some((end((1.0 - confidence) / 2.0)?, end(f64::midpoint(1.0, confidence))?))
}

#[cfg(test)]
mod tests {
    use super::{drawn, interval};

    #[test]
    fn as_many_villages_are_drawn_as_there_are_and_each_about_equally_often() {
        let mut sums = [0; 7];
        for replicate in 0..2000 {
            let times = drawn(7, 3, replicate);
            assert_eq!(times.iter().sum::<u32>(), 7);
            sums.iter_mut().zip(times).for_each(|(sum, times)| *sum += times);
        }
        assert!(sums.iter().all(|&sum| (1850..2150).contains(&sum)), "{sums:?}");
        assert!(drawn(50, 1, 0) == drawn(50, 1, 0) && drawn(50, 1, 0) != drawn(50, 1, 1));
        assert_ne!(drawn(50, 1, 0), drawn(50, 2, 0));
    }

    #[test]
    fn an_interval_leaves_out_as_much_at_either_end() {
        let lists: Vec<Vec<Option<f64>>> =
            (0..=100).rev().map(|one| vec![None, Some(f64::from(one))]).collect();
        let (low, high) = interval(&lists, 1, 0.9).unwrap();
        assert!((low - 5.0).abs() < 1e-9 && (high - 95.0).abs() < 1e-9, "{low} {high}");
        assert_eq!(interval(&lists, 0, 0.9), None);
        assert_eq!(interval(&[], 0, 0.9), None);
    }
}
