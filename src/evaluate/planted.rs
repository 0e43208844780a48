//! Planted acts and look-alikes, as subjects of a book.

use std::collections::{BTreeMap, BTreeSet};

use crate::ledger::book::Book;
use crate::ledger::book::index::{PaymentIx, SubjectIx};
use crate::ledger::decode::answers::Answer;
use crate::ledger::subject::{Grain, owner};

/// One planted act or look-alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planted {
    /// The scheme.
    pub scheme: String,
    /// True for an act, false for an innocent look-alike.
    pub is_act: bool,
    /// The subjects that the answers name.
    pub named: BTreeSet<(Grain, SubjectIx)>,
    /// For each grain that the answers do not name, the subjects to which its payments belong.
    pub implied: BTreeSet<(Grain, SubjectIx)>,
}

impl Planted {
    /// Every subject of a grain, named or implied.
    pub fn of(&self, grain: Grain) -> impl Iterator<Item = SubjectIx> {
        let all = self.named.iter().chain(&self.implied);
        all.filter(move |(own, _)| *own == grain).map(|(_, subject)| *subject)
    }
}

/// Acts and look-alikes of a book's county, by id.
pub fn planted(book: &Book, answers: &[Answer]) -> BTreeMap<String, Planted> {
    let places = places(book, answers);
    let mut all: BTreeMap<String, Planted> = BTreeMap::new();
    for answer in answers {
        let Some(grain) = Grain::of(&answer.grain) else { continue };
        let Some(subject) = places.get(&(grain, answer.subject.as_str())) else { continue };
        let one = all.entry(answer.act.clone()).or_insert_with(|| Planted {
            scheme: answer.scheme.clone(),
            is_act: answer.is_act,
            named: BTreeSet::new(),
            implied: BTreeSet::new(),
        });
        one.named.insert((grain, *subject));
    }
    for one in all.values_mut() {
        one.implied = implied(book, &one.named);
    }
    all
}

/// Payees, officials and villages of an act's payments, for each grain without a named subject.
fn implied(book: &Book, subjects: &BTreeSet<(Grain, SubjectIx)>) -> BTreeSet<(Grain, SubjectIx)> {
    let payments = subjects.iter().filter(|(grain, _)| *grain == Grain::Payment);
    let payments: Vec<PaymentIx> = payments.map(|(_, payment)| PaymentIx::of(*payment)).collect();
    let mut implied = BTreeSet::new();
    for grain in Grain::ALL.into_iter().filter(|grain| subjects.iter().all(|(own, _)| own != grain))
    {
        let of = payments.iter().filter_map(|payment| owner(book, grain, *payment));
        implied.extend(of.map(|subject| (grain, subject)));
    }
    implied
}

/// Subjects that the answers name and the book contains, by grain and key.
fn places<'a>(book: &Book, answers: &'a [Answer]) -> BTreeMap<(Grain, &'a str), SubjectIx> {
    let mut places = BTreeMap::new();
    for grain in Grain::ALL {
        let wanted: BTreeSet<&str> = answers
            .iter()
            .filter(|answer| answer.grain == grain.word())
            .map(|answer| answer.subject.as_str())
            .collect();
        for subject in grain.all(book) {
            if let Some(key) = wanted.get(grain.key(book, subject).as_str()) {
                places.insert((grain, *key), subject);
            }
        }
    }
    places
}
