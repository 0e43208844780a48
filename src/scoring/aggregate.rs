//! Payees, officials and villages, scored from the payments that they touched.

use crate::ledger::book::{Book, Subject};

/// The highest payments of a village that count.
const OF_VILLAGE: usize = 20;
/// The highest payments of an official that count.
const OF_OFFICIAL: usize = 10;
/// The highest payments of a payee that count.
const OF_PAYEE: usize = 5;

/// The mean of the twenty highest payments of each village.
pub fn villages(book: &Book, score: &[f64]) -> Vec<f64> {
    let view = book.by_village();
    (0..view.len())
        .map(|village| highest(view.group(village).iter().copied(), score, OF_VILLAGE))
        .collect()
}

/// The mean of the five highest payments of each payee.
pub fn payees(book: &Book, score: &[f64]) -> Vec<f64> {
    let view = book.by_payee();
    (0..view.len())
        .map(|payee| highest(view.group(payee).iter().copied(), score, OF_PAYEE))
        .collect()
}

/// The mean of the ten highest payments that each official approved, handled, witnessed, cosigned, reviewed, keyed or
/// received.
pub fn officials(book: &Book, score: &[f64]) -> Vec<f64> {
    let view = book.by_official();
    (0..view.len())
        .map(|official| highest(view.group(official).iter().copied(), score, OF_OFFICIAL))
        .collect()
}

/// The mean of the highest scores; a subject with fewer payments counts what is missing as 0, so that one odd payment of a
/// person who signs once does not outrank ten of a person who signs often.
fn highest(payments: impl Iterator<Item = Subject>, score: &[f64], most: usize) -> f64 {
    let mut own: Vec<f64> = payments.filter_map(|it| score.get(it as usize)).copied().collect();
    own.sort_unstable_by(|a, b| b.total_cmp(a));
    own.truncate(most);
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    let mean = own.iter().sum::<f64>() / most as f64;
    mean
}

#[cfg(test)]
mod tests {
    use super::{officials, villages};
    use crate::ledger::sample::book;

    #[test]
    fn an_official_answers_for_what_he_handled_and_received_too() {
        let book = book(&[
            ("ledger", "payee,approver,handler\nP1,a,h\nh,a,b\nP2,b,a\n"),
            ("posts", "person,village,post\nidle,990101101201,committee\n"),
        ]);
        let names: Vec<&str> = book.officials.iter().map(|id| book.names.get(*id)).collect();
        assert_eq!(names, ["a", "b", "h", "idle"]);
        let of = officials(&book, &[0.5, 0.2, 0.1]);
        let expected = [0.08, 0.03, 0.07, 0.0];
        assert!(of.iter().zip(expected).all(|(own, it)| (own - it).abs() < 1e-12), "{of:?}");
        assert!((villages(&book, &[0.5, 0.2, 0.1])[0] - 0.04).abs() < 1e-12);
    }
}
