//! Whether settings lie in their ranges. Each check gives nothing, or what is wrong: the key, what was
//! expected and what was found.

use std::fmt::Display;
use std::ops::RangeInclusive;

/// A number from the first to the last of a range; not a number is in none.
pub(in crate::indicators) fn within<T: Copy + PartialOrd + Display>(
    key: &str,
    found: T,
    range: RangeInclusive<T>,
) -> Option<String> {
    let (least, most) = range.into_inner();
    let is_in = least <= found && found <= most;
    (!is_in).then(|| outside(key, &format!("a number from {least} to {most}"), &found))
}

/// A width or a share: above 0, and 1 at most.
pub(in crate::indicators) fn share(key: &str, found: f64) -> Option<String> {
    let is_share = found > 0.0 && found <= 1.0;
    (!is_share).then(|| outside(key, "above 0 and at most 1", &found))
}

/// A finite number that is not below another.
pub(in crate::indicators) fn at_least(key: &str, found: f64, least: f64) -> Option<String> {
    let is_enough = found.is_finite() && found >= least;
    (!is_enough).then(|| outside(key, &format!("a finite number of at least {least}"), &found))
}

/// A finite number above 0.
pub(in crate::indicators) fn above_zero(key: &str, found: f64) -> Option<String> {
    let is_above = found.is_finite() && found > 0.0;
    (!is_above).then(|| outside(key, "a finite number above 0", &found))
}

/// A count that is not 0.
pub(in crate::indicators) fn counted(key: &str, found: usize) -> Option<String> {
    (found == 0).then(|| outside(key, "at least 1", &found))
}

/// Whole numbers of a range, each larger than the one before, and at least one of them.
pub(in crate::indicators) fn rising(
    key: &str,
    found: &[i32],
    range: &RangeInclusive<i32>,
) -> Option<String> {
    let is_rising = found.is_sorted_by(|a, b| a < b);
    let is_good = !found.is_empty() && is_rising && found.iter().all(|one| range.contains(one));
    let (least, most) = (range.start(), range.end());
    let expected = format!("a rising list of whole numbers from {least} to {most}");
    (!is_good).then(|| outside(key, &expected, &format!("{found:?}")))
}

fn outside(key: &str, expected: &str, found: &dyn Display) -> String {
    format!("`{key}` must be {expected}, but is {found}")
}
