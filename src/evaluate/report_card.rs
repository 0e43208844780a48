//! Report card: how well each indicator detects each planted scheme that it should detect.

use std::collections::{BTreeMap, BTreeSet};

use super::planted::{Planted, planted};
use crate::convert::float;
use crate::features::Measured;
use crate::indicators::card::Card;
use crate::ledger::book::Book;
use crate::ledger::book::index::SubjectIx;
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
    /// Subjects with a reading that are in no act, and in no look-alike of a scheme that the indicator should detect.
    pub honest: Detection,
    /// Subjects of the scheme's acts.
    pub acts: Detection,
    /// Subjects of the scheme's look-alikes that are in no act.
    pub look_alikes: Detection,
    /// Probability that a subject of an act reads higher than an honest one. No reading ranks below every reading.
    /// `None` without acts.
    pub auroc: Option<f64>,
    /// Share of act subjects in the top 1 %, divided by their overall share. `None` without acts.
    pub lift: Option<f64>,
    /// Probability that a subject of an act reads higher than one of a look-alike.
    pub against_look_alikes: Option<f64>,
}

/// How many of some subjects the indicator marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Detection {
    /// Number of subjects.
    pub subjects: usize,
    /// Subjects whose reading reaches the threshold of the card's scale.
    pub marked: usize,
}

impl Detection {
    fn of(values: &[f64], card: &Card) -> Self {
        let mark = f64::from(card.scale.threshold());
        let marked = values.iter().filter(|value| **value >= mark).count();
        Self { subjects: values.len(), marked }
    }

    /// Share of marked subjects; `None` without subjects.
    pub fn share(self) -> Option<f64> {
        (self.subjects > 0).then(|| float(self.marked) / float(self.subjects))
    }
}

/// Readings of one indicator in all counties, by what is known of the subjects.
#[derive(Debug)]
struct Asked {
    card: Card,
    subjects: usize,
    answered: usize,
    /// Values of subjects in no act, and in no look-alike that the indicator should detect.
    honest: Vec<f64>,
    /// For each scheme to detect, the values of subjects of acts and of look-alikes.
    faced: Vec<[Vec<f64>; 2]>,
}

/// Value of a subject without a reading; it is below every reading.
const SILENT: f64 = -1.0;

/// Collects the readings of all indicators, county by county.
#[derive(Debug, Default)]
pub struct ReportCard {
    asked: BTreeMap<&'static str, Asked>,
}

impl ReportCard {
    /// Adds the readings of one county.
    pub fn add(&mut self, book: &Book, measured: &[Measured<'_>], answers: &[Answer]) {
        let planted = planted(book, answers);
        for Measured { card, readings, .. } in measured {
            let asked = self.asked.entry(card.name).or_insert_with(|| Asked::new(card));
            let value = |subject: SubjectIx| {
                readings.get(subject).map_or(SILENT, |reading| f64::from(reading.value))
            };
            let subjects = |wanted: &dyn Fn(&Planted) -> bool| -> BTreeSet<SubjectIx> {
                let all = planted.values().filter(|one| wanted(one));
                all.flat_map(|one| one.of(card.grain)).collect()
            };
            let guilty = subjects(&|one| one.is_act);
            let apart = subjects(&|one| {
                one.is_act || card.simulated_schemes.contains(&one.scheme.as_str())
            });
            let all = SubjectIx::all(readings.len());
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

    /// The readings of an indicator's honest subjects (see [`Line::honest`]).
    pub fn honest(&self, indicator: &str) -> Vec<f64> {
        self.asked.get(indicator).map(Asked::telling).unwrap_or_default()
    }

    /// One line for each indicator and each scheme that it should detect, by name.
    pub fn lines(&self) -> Vec<Line> {
        self.asked.values().flat_map(Asked::lines).collect()
    }
}

impl Asked {
    fn new(card: &Card) -> Self {
        let faced = card.simulated_schemes.iter().map(|_| [Vec::new(), Vec::new()]).collect();
        Self { card: *card, subjects: 0, answered: 0, honest: Vec::new(), faced }
    }

    /// Readings of honest subjects, without missing ones.
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

/// Probability that a value of `acts` exceeds one of `others`; ties count one half.
fn above(acts: &[f64], others: &[f64]) -> Option<f64> {
    let scores = [acts, others].concat();
    let cases: Vec<bool> = (0..scores.len()).map(|place| place < acts.len()).collect();
    metrics(&scores, &cases).map(|metrics| metrics.auroc)
}

/// Share of acts in the top 1 %, divided by their overall share. Ties at the cut count by expectation.
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
