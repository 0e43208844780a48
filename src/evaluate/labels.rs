//! What is known of subjects: what audits found, or what a simulation planted.

use std::collections::BTreeMap;

use super::planted::planted;
use crate::ledger::book::Book;
use crate::ledger::book::index::SubjectIx;
use crate::ledger::contract::cell::Fen;
use crate::ledger::decode::answers::Answer;
use crate::ledger::subject::Grain;
use crate::outcomes::outcome::{Audit, audits};

/// What is known of one subject.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Label {
    /// The kind of subject.
    pub grain: String,
    /// The county's code.
    pub county: String,
    /// The key of the subject.
    pub subject: String,
    /// Whether something was found, or was planted.
    pub found: bool,
    /// The scheme of what was planted.
    pub scheme: String,
    /// The act that was planted.
    pub case: String,
    /// How an audit came to it: `list`, `random`, `complaint` or `routine`.
    pub route: String,
    /// What was recovered, where it is known.
    pub recovered: Option<Fen>,
}

/// The route of labels that a simulation gives: everything is known.
pub const SIMULATED: &str = "simulated";

/// What audits found in a county, as its table `outcomes` has it. A grade other than `none` is a find.
pub fn from_outcomes(book: &Book) -> Vec<Label> {
    let label = |audit: Audit<'_>| Label {
        grain: audit.grain.to_owned(),
        county: book.county.clone(),
        subject: audit.subject.to_owned(),
        found: audit.is_find,
        scheme: String::new(),
        case: String::new(),
        route: audit.route.to_owned(),
        recovered: audit.recovered,
    };
    audits(book).map(label).collect()
}

/// The subjects of planted acts, at every grain that an act has payments of. All others are known to be in
/// none. A subject of several acts is told of the first.
pub fn from_answers(book: &Book, answers: &[Answer]) -> Vec<Label> {
    let mut all: BTreeMap<(Grain, SubjectIx), Label> = BTreeMap::new();
    for (case, act) in planted(book, answers).into_iter().filter(|(_, one)| one.is_act) {
        for (grain, subject) in act.named.iter().chain(&act.implied) {
            all.entry((*grain, *subject)).or_insert_with(|| Label {
                grain: grain.word().to_owned(),
                county: book.county.clone(),
                subject: grain.key(book, *subject),
                found: true,
                scheme: act.scheme.clone(),
                case: case.clone(),
                route: SIMULATED.to_owned(),
                recovered: None,
            });
        }
    }
    all.into_values().collect()
}
