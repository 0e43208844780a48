//! Upper bounds on the number of false lines in a list, simultaneously for all lengths.

use crate::convert::float;

/// For each length of the list an upper bound on its number of false lines; with probability 1 - `risk` all bounds hold
/// simultaneously, so the length may be chosen after inspecting the list.
///
/// The interpolation bound of Blanchard, Neuvial and Roquain (*Post hoc confidence bounds on false positives using
/// reference families*, Ann. Stat. 2020) with the Simes line as reference family: of a set S of N tested subjects, at
/// most `#{S: p > risk k / N} + k - 1` are false, for every k. It assumes Simes' inequality, which holds for
/// independent and for conformal p-values (Bates et al. 2023). A p-value that is NaN counts as 1.
///
/// `head` holds the p-values of the lines in order, out of `total` tested subjects. Cost: `head²`.
pub fn at_most_false(head: &[f64], total: usize, risk: f64) -> Vec<usize> {
    let line = |k: usize| risk * float(k) / float(total.max(1));
    // For each k up to the length of the list (larger k give no bound), the number of lines below line k.
    let mut under = vec![0_usize; head.len()];
    let mut bounds = Vec::with_capacity(head.len());
    for (before, p) in head.iter().enumerate() {
        for (k, count) in (1..).zip(&mut under) {
            *count += usize::from(*p <= line(k));
        }
        let length = before + 1;
        let least = (0..).zip(&under).map(|(less, count)| length - count + less).min();
        bounds.push(least.unwrap_or(length).min(length));
    }
    bounds
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_distr::{Distribution, Open01};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::at_most_false;

    #[test]
    fn the_bounds_are_those_by_hand() {
        // N = 10, risk 0.1: line k is k / 100.
        let head = [0.001, 0.015, 0.02, 0.5, f64::NAN];
        // One line: below line 1, so 0. Two: one above line 1. Three: all below line 2, so 1.
        assert_eq!(at_most_false(&head, 10, 0.1), [0, 1, 1, 2, 3]);
        assert_eq!(at_most_false(&[], 10, 0.1), Vec::<usize>::new());
        assert_eq!(at_most_false(&[1.0; 3], 3, 0.1), [1, 2, 3]);
    }

    #[test]
    fn among_nothing_but_chance_some_bound_is_broken_as_rarely_as_promised() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
        let mut broken = 0;
        for _ in 0..1000 {
            let mut p: Vec<f64> = (0..200).map(|_| Open01.sample(&mut random)).collect();
            p.sort_by(f64::total_cmp);
            // All lines are false, so a bound fails if it is smaller than the length.
            let bounds = at_most_false(&p[..50], 200, 0.1);
            broken += u32::from((1..).zip(bounds).any(|(length, bound)| bound < length));
        }
        assert!((60..=130).contains(&broken), "{broken}");
    }
}
