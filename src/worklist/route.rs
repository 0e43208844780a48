//! Who verifies a point: the written rules of the pipeline, and never somebody whom it is about.

use std::collections::{BTreeMap, BTreeSet};

use crate::ledger::book::Book;
use crate::ledger::contract::cell::{Cell, Id};
use crate::ledger::level::Level;
use crate::ledger::subject::Subject;
use crate::worklist::settings::{Point, Settings};

/// Who works for which township: holders of a post there, and those who review its villages' vouchers.
#[derive(Debug)]
pub(super) struct Agents<'a> {
    book: &'a Book,
    townships: BTreeMap<Id, BTreeSet<&'a str>>,
}

/// Where a point goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) level: Level,
    /// The level that takes it where the first has no hours for it.
    pub(super) then: Option<Level>,
    pub(super) due_days: i32,
}

impl<'a> Agents<'a> {
    pub(super) fn of(book: &'a Book) -> Self {
        let mut townships: BTreeMap<Id, BTreeSet<&str>> = BTreeMap::new();
        let posts = &book.companions.posts;
        let of_posts = (0..posts.rows).filter_map(|row| {
            Some((posts.person.at(row), township(book.names.get(posts.village.at(row)))?))
        });
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

    /// Where the rules send a point: to the county alone, if it is about somebody who works for its township; else to the
    /// level that an own rule names which it meets.
    pub(super) fn route(
        &self,
        settings: &Settings,
        (point, own): (Point<'_>, Option<Level>),
    ) -> Option<Route> {
        let rule = settings.rule(&point)?;
        let township = Level::Township.office(point.village);
        let is_agent =
            |person: &Id| self.townships.get(person).is_some_and(|all| all.contains(township));
        let is_about_agent = self.persons(point).iter().any(is_agent);
        let (level, then) = match own {
            _ if is_about_agent => (Level::County, None),
            Some(level) => (level, None),
            None => (rule.level, rule.then),
        };
        Some(Route { level, then, due_days: rule.due_days })
    }

    /// The persons whom a point is about.
    fn persons(&self, Point { grain, subject, .. }: Point<'_>) -> Vec<Id> {
        let book = self.book;
        let (payee, official) = match grain.subject(subject) {
            Subject::Payment(it) => (book.payments.payee[it], book.payments.approver[it]),
            Subject::Payee(payee) => (Some(payee), None),
            Subject::Official(official) => (None, Some(official)),
            Subject::Village(_) => (None, None),
        };
        let payee = payee.map(|it| book.payees[it]);
        let official = official.map(|it| book.officials[it]);
        let payees = &book.companions.payees;
        let owner = payee.and_then(|it| book.companions.payee(it)).map(|row| payees.owner.at(row));
        [payee.map(|it| book.person_of(it)), owner, official].into_iter().flatten().collect()
    }
}

/// The nine digits of a township's division code, which may stand with zeros in the place of the village.
fn township(region: &str) -> Option<&str> {
    let code = region.strip_suffix("000").filter(|it| it.len() == TOWNSHIP_DIGITS);
    code.or_else(|| Some(region).filter(|it| it.len() == TOWNSHIP_DIGITS))
}

/// Digits of a township's division code.
const TOWNSHIP_DIGITS: usize = 9;

#[cfg(test)]
mod tests {
    use super::{Agents, township};
    use crate::ledger::contract::cell::Fen;
    use crate::ledger::level::Level;
    use crate::ledger::sample::book;
    use crate::ledger::subject::Grain;
    use crate::worklist::settings::{Point, Settings};

    #[test]
    fn a_township_has_nine_digits_or_zeros_after_them() {
        assert_eq!(township("990101101"), Some("990101101"));
        assert_eq!(township("990101101000"), Some("990101101"));
        assert_eq!(township("990101101201"), None);
    }

    #[test]
    fn what_is_about_a_townships_agent_goes_to_the_county() {
        let book = book(&[
            (
                "ledger",
                "village,payee,approver,township_reviewer\n990101101201,shop,li,gao\n990101102201,gao,wu,he\n990101101201,gao,wu,gao\n",
            ),
            ("posts", "person,village,post\nli,990101101,agent\n"),
        ]);
        let (settings, agents) = (Settings::default(), Agents::of(&book));
        let levels = |payment: usize, village, probability_at_most| {
            let (grain, subject, money) = (Grain::Payment, payment.into(), Fen(100));
            let point = Point { grain, subject, scheme: None, money, probability_at_most, village };
            agents.route(&settings, (point, None)).map(|it| (it.level, it.then))
        };
        // Payments are sorted by village: the approver of the first holds a post in its township, the payee of
        // the second reviews its vouchers; elsewhere the same payee is nobody's agent.
        for probability in [0.1, 0.9] {
            assert_eq!(levels(0, "990101101201", probability), Some((Level::County, None)));
            assert_eq!(levels(1, "990101101201", probability), Some((Level::County, None)));
        }
        assert_eq!(levels(2, "990101102201", 0.1), Some((Level::Township, None)));
        let likely = Some((Level::County, Some(Level::Township)));
        assert_eq!(levels(2, "990101102201", 0.9), likely);
    }
}
