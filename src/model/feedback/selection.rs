//! For how many rows a lesson speaks, and how many hits there are among all.
//!
//! Rows on a list were chosen for looking unusual, so the share of hits among them says nothing about the
//! others. The quota drawn by lot does. Two strata follow: rows picked in any other way than by lot speak for
//! themselves alone (their chance is 1 unless another was noted), and the lot speaks for all other rows,
//! each drawn row for `1 / chance` of them (Horvitz and Thompson 1952; shares are ratios of such sums, Hájek
//! 1971). A lot drawn with equal chances has the chance `drawn / rows that came in no other way`.
//!
//! For learning the weights are cut off at a limit (Ionides 2008): without it a few drawn rows would speak
//! louder than all others together, at the price of a variance that no few hundred answers can pay.
//! Prevalence is estimated without the limit.

use super::{Answer, Lesson, Route};
use crate::stats::interval;

/// The share of hits among all rows, estimated from the rows drawn by lot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prevalence {
    /// The estimate.
    pub share: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Rows drawn by lot.
    pub drawn: usize,
    /// Hits among them.
    pub hits: usize,
}

/// The share of hits among all `rows` rows, with an interval that holds it with the probability `level`.
///
/// Rows that came in another way than by lot are counted as they are; for all others stands the share of hits
/// in the lot, with the interval of Clopper and Pearson (with unequal chances, for the effective number of
/// rows of Kish 1965, as Korn and Graubard 1998). It is unbiased if the lot was drawn among the rows that
/// came in no other way. None without a lot: nothing else tells.
#[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^52")]
pub fn prevalence(lessons: &[Lesson], rows: usize, level: f64) -> Option<Prevalence> {
    let (drawn, others): (Vec<&Lesson>, Vec<&Lesson>) =
        lessons.iter().partition(|it| it.route == Route::Random);
    if drawn.is_empty() {
        return None;
    }
    let pool = rows.saturating_sub(others.len()) as f64;
    let even = chance(lessons, rows);
    let weight = |it: &Lesson| 1.0 / it.propensity.unwrap_or(even);
    let whole: f64 = drawn.iter().map(|it| weight(it)).sum();
    let squares: f64 = drawn.iter().map(|it| weight(it).powi(2)).sum();
    let of_hits: f64 = drawn.iter().filter(|it| it.hit).map(|it| weight(it)).sum();
    let (share, effective) = (of_hits / whole, whole * whole / squares);
    let (low, high) = interval::share(share * effective, effective, level);
    let known = others.iter().filter(|it| it.hit).count() as f64;
    let of_all = |share: f64| (known + share * pool) / rows.max(1) as f64;
    Some(Prevalence {
        share: of_all(share),
        low: of_all(low),
        high: of_all(high),
        drawn: drawn.len(),
        hits: drawn.iter().filter(|it| it.hit).count(),
    })
}

/// The chance of each row of a lot drawn with equal chances.
#[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^52")]
fn chance(lessons: &[Lesson], rows: usize) -> f64 {
    let drawn = lessons.iter().filter(|it| it.route == Route::Random).count();
    let pool = rows.saturating_sub(lessons.len() - drawn);
    (drawn as f64 / pool.max(1) as f64).clamp(f64::MIN_POSITIVE, 1.0)
}

/// Each lesson with the number of rows that it speaks for, at most `most`.
pub(super) fn weigh(lessons: &[Lesson], rows: usize, most: f64) -> Vec<Answer> {
    let even = chance(lessons, rows);
    let answer = |lesson: &Lesson| {
        let usual = if lesson.route == Route::Random { even } else { 1.0 };
        let weight = (1.0 / lesson.propensity.unwrap_or(usual)).min(most);
        Answer { row: lesson.row, hit: lesson.hit, weight }
    };
    lessons.iter().map(answer).collect()
}

#[cfg(test)]
mod tests {
    use super::{prevalence, weigh};
    use crate::model::feedback::{Lesson, Route};

    fn lesson(row: u32, hit: bool, route: Route) -> Lesson {
        Lesson { row, hit, route, propensity: None }
    }

    #[test]
    fn a_drawn_row_speaks_for_the_rows_it_was_drawn_among() {
        let mut lessons: Vec<Lesson> = (0..20).map(|row| lesson(row, true, Route::List)).collect();
        lessons.extend((20..30).map(|row| lesson(row, row == 20, Route::Random)));
        let weights: Vec<f64> = weigh(&lessons, 120, 1e6).iter().map(|it| it.weight).collect();
        assert!(weights[..20].iter().all(|it| (it - 1.0).abs() < 1e-12));
        assert!(weights[20..].iter().all(|it| (it - 10.0).abs() < 1e-12));
        let found = prevalence(&lessons, 120, 0.95).unwrap();
        // 20 known hits and a tenth of the other 100.
        assert!((found.share - 30.0 / 120.0).abs() < 1e-12);
        assert!(found.low < found.share && found.share < found.high);
        assert_eq!((found.drawn, found.hits), (10, 1));
    }

    #[test]
    fn unequal_chances_are_made_good() {
        let with = |row, hit, chance| Lesson {
            propensity: Some(chance),
            ..lesson(row, hit, Route::Random)
        };
        // Each hit was twice as likely to be drawn as each miss.
        let lessons = [with(0, true, 0.2), with(1, true, 0.2), with(2, false, 0.1)];
        let found = prevalence(&lessons, 20, 0.95).unwrap();
        assert!((found.share - 0.5).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn without_a_lot_nothing_is_known() {
        assert_eq!(prevalence(&[lesson(0, true, Route::List)], 9, 0.95), None);
        assert_eq!(prevalence(&[], 9, 0.95), None);
    }
}
