//! How much of what was planted in simulated data stands at the head of the rankings.

use std::collections::{BTreeMap, BTreeSet};

use super::rank::Ranking;
use crate::indicators::indicator::Grain;
use crate::ledger::answers::Answer;
use crate::ledger::book::{Book, Subject};

/// What was found of one scheme.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Found {
    /// Planted acts.
    pub acts: usize,
    /// Acts with a subject in the top 1 % of its grain.
    pub in_top_percent: usize,
    /// Acts with a payment among the 100 most unusual payments.
    pub in_top_100: usize,
    /// Acts with a subject on the work list.
    pub on_list: usize,
    /// Look-alikes.
    pub look_alikes: usize,
    /// Look-alikes with a subject in the top 1 % of its grain.
    pub look_alikes_in_top_percent: usize,
    /// Look-alikes with a subject on the work list.
    pub look_alikes_on_list: usize,
}

/// Counts acts and look-alikes by scheme. `listed` holds the lines of the work list as grain and key.
pub fn recall(
    book: &Book,
    rankings: &[Ranking],
    answers: &[Answer],
    listed: &BTreeSet<(Grain, String)>,
) -> BTreeMap<String, Found> {
    let places = places(book, answers);
    let mut acts: BTreeMap<&str, Vec<&Answer>> = BTreeMap::new();
    for answer in answers.iter().filter(|answer| answer_is_of(book, answer)) {
        acts.entry(&answer.act).or_default().push(answer);
    }
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    for subjects in acts.values() {
        let Some(first) = subjects.first() else { continue };
        let mut top_percent = false;
        let mut top_100 = false;
        let mut on_list = false;
        for answer in subjects {
            let Some(grain) = grain(&answer.grain) else { continue };
            on_list |= listed.contains(&(grain, answer.subject.clone()));
            let ranking = rankings.iter().find(|ranking| ranking.grain == grain);
            let subject = places.get(&(grain, answer.subject.as_str()));
            let (Some(ranking), Some(subject)) = (ranking, subject) else { continue };
            let rank =
                ranking.rank.get(*subject as usize).map_or(usize::MAX, |rank| *rank as usize);
            top_percent |= rank <= ranking.rank.len().div_ceil(100);
            top_100 |= grain == Grain::Payment && rank <= 100;
        }
        let counts = found.entry(first.scheme.clone()).or_default();
        if first.is_act {
            counts.acts += 1;
            counts.in_top_percent += usize::from(top_percent);
            counts.in_top_100 += usize::from(top_100);
            counts.on_list += usize::from(on_list);
        } else {
            counts.look_alikes += 1;
            counts.look_alikes_in_top_percent += usize::from(top_percent);
            counts.look_alikes_on_list += usize::from(on_list);
        }
    }
    found
}

fn grain(word: &str) -> Option<Grain> {
    Grain::ALL.into_iter().find(|grain| grain.word() == word)
}

/// Whether a payment or village of an answer lies in this county; payees and officials may.
fn answer_is_of(book: &Book, answer: &Answer) -> bool {
    !matches!(answer.grain.as_str(), "payment" | "village")
        || answer.subject.starts_with(&book.county)
}

/// The subject of each grain and key that the answers name.
fn places<'a>(book: &Book, answers: &'a [Answer]) -> BTreeMap<(Grain, &'a str), Subject> {
    let mut places = BTreeMap::new();
    for grain in Grain::ALL {
        let wanted: BTreeSet<&str> = answers
            .iter()
            .filter(|answer| answer.grain == grain.word())
            .map(|answer| answer.subject.as_str())
            .collect();
        for subject in 0..Subject::try_from(grain.subjects(book)).unwrap_or(Subject::MAX) {
            if let Some(key) = wanted.get(grain.key(book, subject).as_str()) {
                places.insert((grain, *key), subject);
            }
        }
    }
    places
}
