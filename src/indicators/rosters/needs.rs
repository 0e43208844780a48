//! Whom schemes of subsidies are meant for: people in need by the words of a scheme, and ages by its rosters.

use std::collections::{BTreeMap, BTreeSet};

use crate::convert::float;
use crate::ledger::book::Book;
use crate::ledger::book::period::Period;
use crate::ledger::contract::cell::{Cell, Id};

/// Words of schemes for people in need.
const NEED: [&str; 11] = [
    "低保",
    "五保",
    "特困",
    "救助",
    "困难",
    "低收入",
    "贫困",
    "dibao",
    "relief",
    "low_income",
    "subsistence",
];
/// The youngest and the oldest share of the persons, which a scheme's usual ages leave out.
const EDGE: f64 = 0.05;
/// A scheme is for the old if nearly all are at least so old.
const OLD: i32 = 50;
/// A scheme is for the young if nearly all are at most so old.
const YOUNG: i32 = 25;

/// The usual ages of the persons on the rosters of a scheme for the old or for the young.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ages {
    pub(super) least: i32,
    pub(super) most: i32,
    /// The persons on the rosters.
    pub(super) persons: usize,
}

impl Ages {
    /// The usual ages of a scheme by those of its persons on their first and on their last roster; `None` if there is no
    /// clear edge.
    fn of(persons: &[[i32; 2]], edges: Edges) -> Option<Self> {
        let sorted = |of: fn(&[i32; 2]) -> i32| {
            let mut ages: Vec<i32> = persons.iter().map(of).collect();
            ages.sort_unstable();
            ages
        };
        let (earliest, latest) = (sorted(|[it, _]| *it), sorted(|[_, it]| *it));
        let at = |ages: &[i32], share: f64| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place")]
            let place = (share * float(ages.len().saturating_sub(1))).round() as usize;
            ages.get(place).copied()
        };
        let (low, high) = (at(&earliest, EDGE)?, at(&latest, 1.0 - EDGE)?);
        let (least, most) = match (low, high) {
            (low, _) if low >= OLD => (low, i32::MAX),
            (_, high) if high <= YOUNG => (0, high),
            _ => return None,
        };
        let usual = Self { least, most, persons: persons.len() };
        let is_beyond = |ages: &&[i32; 2]| ages.iter().any(|age| usual.beyond(*age) >= edges.years);
        let beyond = persons.iter().filter(is_beyond).count();
        let is_edge = float(beyond) <= edges.few * float(persons.len());
        (is_edge && persons.len() >= edges.persons).then_some(usual)
    }

    /// By how many years an age is beyond the usual ones; negative or 0 if it is not.
    pub(super) fn beyond(self, age: i32) -> i32 {
        (self.least - age).max(age.saturating_sub(self.most))
    }
}

/// When the ages of a scheme's persons have an edge.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edges {
    /// The fewest persons.
    pub(super) persons: usize,
    /// The years beyond the usual ages from which on somebody is beyond them.
    pub(super) years: i32,
    /// The largest share of persons who are.
    pub(super) few: f64,
}

/// Whom a scheme is meant for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meant {
    pub(super) is_for_need: bool,
    pub(super) ages: Option<Ages>,
}

/// The schemes of a county.
#[derive(Debug)]
pub(super) struct Schemes(BTreeMap<Id, Meant>);

impl Schemes {
    /// The schemes on rosters, with the ages of those that have edges.
    pub(super) fn of(book: &Book, edges: Edges) -> Self {
        let (for_need, mut meant) = (for_need(book), BTreeMap::new());
        let ages = ages(book);
        for of_scheme in ages.chunk_by(|a, b| a.0 == b.0) {
            let Some((scheme, _)) = of_scheme.first() else { continue };
            let known: Vec<[i32; 2]> = of_scheme.iter().filter_map(|(_, age)| *age).collect();
            let (is_for_need, ages) = (for_need.contains(scheme), Ages::of(&known, edges));
            meant.insert(*scheme, Meant { is_for_need, ages });
        }
        Self(meant)
    }

    pub(super) fn get(&self, scheme: Id) -> Option<&Meant> {
        self.0.get(&scheme)
    }
}

/// The schemes whose id, or whose purpose on the first payment, says that they are for people in need.
fn for_need(book: &Book) -> BTreeSet<Id> {
    let (mut asked, mut found) = (BTreeSet::new(), BTreeSet::new());
    let says = |id: Id| NEED.iter().any(|word| book.names.get(id).contains(word));
    for line in &book.payments.line {
        let Some(scheme) = book.lines.scheme.at(*line).some() else { continue };
        if asked.insert(scheme) && (says(scheme) || says(book.lines.summary.at(*line))) {
            found.insert(scheme);
        }
    }
    found
}

/// Each person on the rosters of a scheme with the age on the first and on the last of them, if it is known; by scheme.
fn ages(book: &Book) -> Vec<(Id, Option<[i32; 2]>)> {
    let (table, people) = (&book.companions.subsidies, &book.companions.people);
    let mut years: BTreeMap<Id, Option<i32>> = BTreeMap::new();
    let mut rows: Vec<(Id, Id, Option<i32>)> = Vec::new();
    for row in 0..table.rows {
        let (scheme, person, period) =
            (table.scheme.at(row), table.person.at(row), table.period.at(row));
        let year = years
            .entry(period)
            .or_insert_with(|| Period::of(book.names.get(period)).map(|period| period.last.year()));
        rows.push((scheme, person, *year));
    }
    rows.sort_unstable();
    let of_persons = rows.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
    let ages = of_persons.filter_map(|own| {
        let (scheme, person, _) = own.first()?;
        let birth = book.companions.person(*person);
        let birth = birth.and_then(|row| people.birth_year.at(row).some());
        let mut years = own.iter().filter_map(|(.., year)| *year);
        let first = years.next();
        let span = first.map(|first| [first, years.next_back().unwrap_or(first)]);
        Some((*scheme, span.zip(birth).map(|(span, birth)| span.map(|year| year - birth.0))))
    });
    ages.collect()
}

#[cfg(test)]
mod tests {
    use super::{Ages, Edges};

    const EDGES: Edges = Edges { persons: 100, years: 2, few: 0.02 };

    #[test]
    fn a_scheme_for_the_old_has_a_clear_edge() {
        let mut ages: Vec<[i32; 2]> =
            (0..200).map(|place| [65 + place % 20, 68 + place % 20]).collect();
        ages.extend([[40, 43], [50, 53]]);
        let usual = Ages::of(&ages, EDGES).unwrap();
        assert_eq!((usual.least, usual.beyond(40), usual.beyond(64)), (65, 25, 1));
        assert!(usual.beyond(90) <= 0);
    }

    #[test]
    fn a_scheme_without_a_clear_edge_has_no_usual_ages() {
        let all: Vec<[i32; 2]> = (0..200).map(|place| [24 + place % 50; 2]).collect();
        let gradual: Vec<[i32; 2]> = (0..200).map(|place| [50 + place / 5; 2]).collect();
        assert_eq!(Ages::of(&all, EDGES), None);
        assert_eq!(Ages::of(&gradual, EDGES), None);
        assert_eq!(Ages::of(&[], EDGES), None);
    }
}
