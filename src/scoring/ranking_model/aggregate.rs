//! Payees, officials and villages, scored from the payments that they touched.

use std::collections::BTreeMap;

use crate::ledger::book::Book;
use crate::ledger::book::side::Role;
use crate::ledger::book::view::View;

/// The highest payments of a village that count.
const OF_VILLAGE: usize = 20;
/// The highest payments of an official that count.
const OF_OFFICIAL: usize = 10;
/// The highest payments of a payee that count.
const OF_PAYEE: usize = 5;

/// What a payment counts for whoever witnessed, countersigned, reviewed or keyed it, beside whoever decided on it, handled it
/// or was paid.
const MINOR_ROLE: f64 = 0.1;

/// Somebody with many payments has high ones by chance. A payment is divided by the count of a person's payments in one role to
/// this power: with 16 times as many, each counts half.
const COUNT_POWER: f64 = 0.25;

/// The mean of the twenty highest payments of each village.
pub fn villages(book: &Book, score: &[f64]) -> Vec<f64> {
    of_groups(book.by_village(), score, OF_VILLAGE)
}

/// The mean of the five highest payments of each payee.
pub fn payees(book: &Book, score: &[f64]) -> Vec<f64> {
    of_groups(book.by_payee(), score, OF_PAYEE)
}

fn of_groups(view: &View, score: &[f64], most: usize) -> Vec<f64> {
    let of_group = |group: usize| {
        let mut highest = Highest::new(most);
        for payment in view.group(group) {
            highest.add(score.get(*payment as usize).copied().unwrap_or(0.0));
        }
        highest.mean()
    };
    (0..view.len()).map(of_group).collect()
}

/// The mean of the ten highest payments of each official. A payment counts for whoever approved, handled or received it, and
/// a tenth of that for whoever witnessed, cosigned, reviewed or keyed it; the more payments somebody has in one role, the less
/// each of them says of this person.
pub fn officials(book: &Book, score: &[f64]) -> Vec<f64> {
    let mut counts: BTreeMap<(Subject, Role), f64> = BTreeMap::new();
    book.each_role(|_, role, official| *counts.entry((official, role)).or_default() += 1.0);
    for ((_, role), count) in &mut counts {
        let is_minor = !matches!(role, Role::Approver | Role::Handler | Role::Payee);
        *count = count.powf(-COUNT_POWER) * if is_minor { MINOR_ROLE } else { 1.0 };
    }
    let mut highest = vec![Highest::new(OF_OFFICIAL); book.officials.len()];
    // Of several roles that somebody has in one payment, the one that weighs most counts.
    let mut own: Vec<(Subject, f64)> = Vec::new();
    let mut last = 0;
    let mut settle = |own: &mut Vec<(Subject, f64)>| {
        for (official, score) in own.drain(..) {
            if let Some(highest) = highest.get_mut(official as usize) {
                highest.add(score);
            }
        }
    };
    book.each_role(|payment, role, official| {
        if payment != last {
            settle(&mut own);
            last = payment;
        }
        let weight = counts.get(&(official, role)).copied().unwrap_or(0.0);
        let weighed = score.get(payment as usize).copied().unwrap_or(0.0) * weight;
        match own.iter_mut().find(|(other, _)| *other == official) {
            Some((_, most)) => *most = most.max(weighed),
            None => own.push((official, weighed)),
        }
    });
    settle(&mut own);
    highest.iter().map(Highest::mean).collect()
}

/// The highest of some scores.
#[derive(Debug, Clone)]
struct Highest {
    /// Falling.
    kept: Vec<f64>,
    most: usize,
}

impl Highest {
    fn new(most: usize) -> Self {
        Self { kept: Vec::new(), most }
    }

    fn add(&mut self, score: f64) {
        let place = self.kept.partition_point(|kept| *kept >= score);
        if place < self.most {
            self.kept.insert(place, score);
            self.kept.truncate(self.most);
        }
    }

    /// A subject with fewer payments counts what is missing as 0, so that one odd payment of a person who signs once does
    /// not outrank ten of a person who signs often.
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    fn mean(&self) -> f64 {
        self.kept.iter().sum::<f64>() / self.most as f64
    }
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
        // a approved two of the three, so that each of them says less.
        let expected = [0.07 * 2.0_f64.powf(-0.25) + 0.01, 0.03, 0.07, 0.0];
        assert!(of.iter().zip(expected).all(|(own, it)| (own - it).abs() < 1e-12), "{of:?}");
        assert!((villages(&book, &[0.5, 0.2, 0.1])[0] - 0.04).abs() < 1e-12);
    }
}
