//! Known results of subjects, from audits or from a simulation.

use std::collections::BTreeMap;

use super::planted::planted;
use crate::ledger::book::Book;
use crate::ledger::book::index::SubjectIx;
use crate::ledger::contract::cell::Fen;
use crate::ledger::decode::answers::Answer;
use crate::ledger::subject::Grain;
use crate::outcomes::outcome::{Audit, audits};

/// The known result of one subject.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Label {
    /// The kind of subject.
    pub grain: String,
    /// The county's code.
    pub county: String,
    /// The key of the subject.
    pub subject: String,
    /// Whether an irregularity was found or planted.
    pub found: bool,
    /// The scheme of the planted act.
    pub scheme: String,
    /// The id of the planted act.
    pub case: String,
    /// Why the subject was audited: `list`, `random`, `complaint` or `routine`; or [`SIMULATED`].
    pub route: String,
    /// The amount recovered, if known.
    pub recovered: Option<Fen>,
}

/// Route of labels from a simulation, where the result of every subject is known.
pub const SIMULATED: &str = "simulated";

/// Audit results of a county, from its table `outcomes`. Any grade other than `none` counts as found.
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

/// One label for each subject of a planted act, at every grain. Subjects without a label belong to no act. A subject
/// of several acts gets the label of the first.
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
