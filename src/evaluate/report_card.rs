//! The report card: for every indicator and every planted scheme that it should see, how it does.

use std::collections::{BTreeMap, BTreeSet};

use super::planted::{Planted, planted};
use crate::convert::float;
use crate::features::Measured;
use crate::indicators::card::Card;
use crate::ledger::book::Book;
use crate::ledger::book::view::Subject;
use crate::ledger::decode::answers::Answer;
use crate::stats::metrics::metrics;

/// One line of the report card. Subjects are those of the indicator's grain.
#[derive(Debug, Clone)]
pub struct Line {
    /// The indicator.
    pub card: Card,
    /// The scheme.
    pub scheme: &'static str,
    /// All subjects.
    pub asked: usize,
    /// Subjects with a reading.
    pub answered: usize,
    /// Subjects with a reading that are in no act of any scheme, and in no look-alike of a scheme that
    /// the indicator should see.
    pub honest: Detection,
    /// Subjects of the scheme's acts.
    pub acts: Detection,
    /// Subjects of the scheme's look-alikes that are in no act.
    pub look_alikes: Detection,
    /// The chance that a subject of an act reads higher than an honest one; a subject without a reading
    /// stands below all others. None without acts.
    pub auroc: Option<f64>,
    /// How many times more often than chance subjects of acts stand in the top 1 %. None without acts.
    pub lift: Option<f64>,
    /// The chance that a subject of an act reads higher than one of a look-alike.
    pub against_look_alikes: Option<f64>,
}

/// Some subjects, and how many of them are marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Detection {
    /// Subjects.
    pub subjects: usize,
    /// Subjects that read at least as much as the card's scale marks.
    pub marked: usize,
}

impl Detection {
    fn of(values: &[f64], card: &Card) -> Self {
        let mark = f64::from(card.scale.threshold());
        let marked = values.iter().filter(|value| **value >= mark).count();
        Self { subjects: values.len(), marked }
    }

    /// The share that is marked; none without subjects.
    pub fn share(self) -> Option<f64> {
        (self.subjects > 0).then(|| float(self.marked) / float(self.subjects))
    }
}

/// The readings of one indicator beside what is known of its subjects, county after county.
#[derive(Debug)]
struct Asked {
    card: Card,
    subjects: usize,
    answered: usize,
    /// The readings of subjects in nothing planted that the indicator should see.
    honest: Vec<f64>,
    /// For each scheme that it faces, the readings of the subjects of acts and of look-alikes.
    faced: Vec<[Vec<f64>; 2]>,
}

/// What a subject without a reading counts as: less than any reading.
const SILENT: f64 = -1.0;

/// Collects what indicators read in one county after the other.
#[derive(Debug, Default)]
pub struct ReportCard {
    asked: BTreeMap<&'static str, Asked>,
}

impl ReportCard {
    /// Adds what was measured in one county.
    pub fn add(&mut self, book: &Book, measured: &[Measured<'_>], answers: &[Answer]) {
        let planted = planted(book, answers);
        for Measured { card, readings, .. } in measured {
            let asked = self.asked.entry(card.name).or_insert_with(|| Asked::new(card));
            let value = |subject: Subject| {
                readings.get(subject).map_or(SILENT, |reading| f64::from(reading.value))
            };
            let subjects = |wanted: &dyn Fn(&Planted) -> bool| -> BTreeSet<Subject> {
                let all = planted.values().filter(|one| wanted(one));
                all.flat_map(|one| one.of(card.grain)).collect()
            };
            let guilty = subjects(&|one| one.is_act);
            let apart = subjects(&|one| {
                one.is_act || card.simulated_schemes.contains(&one.scheme.as_str())
            });
            let all = 0..Subject::try_from(readings.len()).unwrap_or(Subject::MAX);
            asked.subjects += readings.len();
            asked.answered += readings.answered();
            asked.honest.extend(all.filter(|subject| !apart.contains(subject)).map(value));
            for (scheme, [acts, look_alikes]) in card.simulated_schemes.iter().zip(&mut asked.faced)
            {
                let own = subjects(&|one| one.is_act && one.scheme == *scheme);
                let alike = subjects(&|one| !one.is_act && one.scheme == *scheme);
                acts.extend(own.into_iter().map(value));
                look_alikes.extend(alike.difference(&guilty).map(|subject| value(*subject)));
            }
        }
    }

    /// What an indicator reads of its honest subjects (see [`Line::honest`]).
    pub fn honest(&self, indicator: &str) -> Vec<f64> {
        self.asked.get(indicator).map(Asked::telling).unwrap_or_default()
    }

    /// One line for each indicator and each scheme that it should see, by name.
    pub fn lines(&self) -> Vec<Line> {
        self.asked.values().flat_map(Asked::lines).collect()
    }
}

impl Asked {
    fn new(card: &Card) -> Self {
        let faced = card.simulated_schemes.iter().map(|_| [Vec::new(), Vec::new()]).collect();
        Self { card: *card, subjects: 0, answered: 0, honest: Vec::new(), faced }
    }

    /// The readings of honest subjects that have one.
    fn telling(&self) -> Vec<f64> {
        self.honest.iter().copied().filter(|one| *one > SILENT).collect()
    }

    fn lines(&self) -> impl Iterator<Item = Line> {
        let honest = Detection::of(&self.telling(), &self.card);
        self.card.simulated_schemes.iter().zip(&self.faced).map(
            move |(scheme, [acts, look_alikes])| Line {
                card: self.card,
                scheme,
                asked: self.subjects,
                answered: self.answered,
                honest,
                acts: Detection::of(acts, &self.card),
                look_alikes: Detection::of(look_alikes, &self.card),
                auroc: above(acts, &self.honest),
                lift: lift(acts, &self.honest),
                against_look_alikes: above(acts, look_alikes),
            },
        )
    }
}

/// The chance that one of the first reads higher than one of the second; a tie counts one half.
fn above(acts: &[f64], others: &[f64]) -> Option<f64> {
    let scores = [acts, others].concat();
    let cases: Vec<bool> = (0..scores.len()).map(|place| place < acts.len()).collect();
    metrics(&scores, &cases).map(|metrics| metrics.auroc)
}

/// The share of acts among the top 1 %, over their share among all; of equal values at the edge a random
/// choice is expected.
fn lift(acts: &[f64], others: &[f64]) -> Option<f64> {
    let mut all: Vec<(f64, bool)> = acts.iter().map(|value| (*value, true)).collect();
    all.extend(others.iter().map(|value| (*value, false)));
    all.sort_unstable_by(|(a, _), (b, _)| b.total_cmp(a));
    let top = all.len().div_ceil(100);
    let edge = all.get(top.checked_sub(1)?)?.0;
    let count =
        |wanted: &dyn Fn(&(f64, bool)) -> bool| all.iter().filter(|one| wanted(one)).count();
    let surely = float(count(&|(value, is_act)| *is_act && *value > edge));
    let places = top - count(&|(value, _)| *value > edge);
    let tied = count(&|(value, _)| value.total_cmp(&edge).is_eq());
    let perhaps = float(count(&|(value, is_act)| *is_act && value.total_cmp(&edge).is_eq()));
    let found = surely + perhaps * float(places) / float(tied);
    let expected = float(acts.len()) * float(top) / float(all.len());
    (!acts.is_empty()).then_some(found / expected)
}

#[cfg(test)]
mod tests {
    use super::{above, lift};

    #[test]
    fn lift_counts_ties_by_chance() {
        let others: Vec<f64> = (0..198).map(f64::from).collect();
        assert_eq!(lift(&[500.0, -1.0], &others), Some(50.0));
        assert_eq!(lift(&[0.0; 2], &[0.0; 198]), Some(1.0));
        assert_eq!(lift(&[], &others), None);
    }

    #[test]
    fn a_silent_subject_stands_below_all() {
        assert_eq!(above(&[-1.0], &[0.0, 0.0]), Some(0.0));
        assert_eq!(above(&[1.0, -1.0], &[0.0]), Some(0.5));
        assert_eq!(above(&[1.0], &[]), None);
    }
}
