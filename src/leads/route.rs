//! Who verifies a point: the written rules of the pipeline, and never somebody whom it is about.

use std::collections::{BTreeMap, BTreeSet};

use super::level::Level;
use super::settings::{Point, Rule, Settings};
use crate::indicators::card::Grain;
use crate::ledger::book::{Book, Subject};
use crate::ledger::cell::{Cell, Id};

/// Who works for which township: holders of a post there, and those who review its villages' vouchers.
#[derive(Debug)]
pub(super) struct Agents<'a> {
    book: &'a Book,
    townships: BTreeMap<Id, BTreeSet<&'a str>>,
}

impl<'a> Agents<'a> {
    pub(super) fn of(book: &'a Book) -> Self {
        let mut townships: BTreeMap<Id, BTreeSet<&str>> = BTreeMap::new();
        let posts = &book.companions.posts;
        let of_posts = (0..posts.rows)
            .map(|row| (posts.person.at(row), book.names.get(posts.village.at(row))))
            .filter(|(_, region)| region.len() == TOWNSHIP_DIGITS);
        let lines = &book.lines;
        let reviewers = (0..lines.rows).filter_map(|line| {
            let person = lines.township_reviewer.at(line).some()?;
            Some((person, Level::Township.office(book.names.get(lines.village.at(line)))))
        });
        for (person, township) in of_posts.chain(reviewers) {
            townships.entry(person).or_default().insert(township);
        }
        Self { book, townships }
    }

    /// The rule that a point falls under and the level that verifies it: the county, where it is about somebody who
    /// works for the township that would.
    pub(super) fn route<'s>(
        &self,
        settings: &'s Settings,
        point: Point<'_>,
    ) -> Option<(Level, &'s Rule)> {
        let rule = settings.rule(&point)?;
        let township = Level::Township.office(point.village);
        let is_agent =
            |person: &Id| self.townships.get(person).is_some_and(|all| all.contains(township));
        let is_about_agent = self.persons(point).iter().any(is_agent);
        let level =
            if rule.level != Level::County && is_about_agent { Level::County } else { rule.level };
        Some((level, rule))
    }

    /// The persons whom a point is about.
    fn persons(&self, Point { grain, subject, .. }: Point<'_>) -> Vec<Id> {
        let book = self.book;
        let at = |column: &[Subject], ids: &[Id]| {
            let place = column.get(subject as usize)?;
            ids.get(*place as usize).copied()
        };
        let (payee, official) = match grain {
            Grain::Payment => (
                at(&book.payments.payee, &book.payees),
                at(&book.payments.approver, &book.officials),
            ),
            Grain::Payee => (book.payees.get(subject as usize).copied(), None),
            Grain::Official => (None, book.officials.get(subject as usize).copied()),
            Grain::Village => (None, None),
        };
        let payees = &book.companions.payees;
        let owner = payee.and_then(|it| book.companions.payee(it)).map(|row| payees.owner.at(row));
        [payee.map(|it| book.person_of(it)), owner, official].into_iter().flatten().collect()
    }
}

/// Digits of a township's division code.
const TOWNSHIP_DIGITS: usize = 9;
