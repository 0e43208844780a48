//! Terms of office: persons, posts and villages over time.

use crate::ledger::contract::cell::{Cell, Day, Flag, Id};
use crate::ledger::contract::schema::Posts;

/// One term in a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term {
    /// The holder.
    pub person: Id,
    /// The village's division code.
    pub village: Id,
    /// The first day; the minimum date if it is not recorded.
    pub start: Day,
    /// The last day; the maximum date if it is not recorded.
    pub end: Day,
    /// The post, as named in the table.
    pub post: Id,
    /// Whether the holder was suspended.
    pub is_suspended: bool,
}

impl Term {
    /// Whether the day is within the term.
    pub fn holds(&self, day: Day) -> bool {
        self.start <= day && day <= self.end
    }
}

/// All terms of the `posts` table.
#[derive(Debug, Default)]
pub struct Terms {
    /// Sorted by person.
    by_person: Vec<Term>,
    /// Sorted by village.
    by_village: Vec<Term>,
}

impl Terms {
    /// The terms of a table of posts.
    pub fn of(table: &Posts) -> Self {
        let term = |row| Term {
            person: table.person.at(row),
            village: table.village.at(row),
            post: table.post.at(row),
            start: table.start.at(row).some().unwrap_or(Day(i32::MIN)),
            end: table.end.at(row).some().unwrap_or(Day(i32::MAX)),
            is_suspended: table.suspended.at(row) == Flag::Yes,
        };
        let mut by_person: Vec<Term> = (0..table.rows).map(term).collect();
        by_person.sort_unstable();
        let mut by_village = by_person.clone();
        by_village.sort_by_key(|term| term.village);
        Self { by_person, by_village }
    }

    /// The terms of a person, by village and first day.
    pub fn of_person(&self, person: Id) -> &[Term] {
        group(&self.by_person, |term| term.person, person)
    }

    /// The terms in a village, by person and first day.
    pub fn of_village(&self, village: Id) -> &[Term] {
        group(&self.by_village, |term| term.village, village)
    }

    /// The terms of a person in a village on a day, including suspended ones.
    pub fn held(&self, person: Id, village: Id, day: Day) -> impl Iterator<Item = &Term> {
        let terms = self.of_person(person).iter();
        terms.filter(move |term| term.village == village && term.holds(day))
    }

    /// Whether no posts are recorded.
    pub fn is_empty(&self) -> bool {
        self.by_person.is_empty()
    }
}

fn group(sorted: &[Term], key: impl Fn(&Term) -> Id, of: Id) -> &[Term] {
    let from = sorted.partition_point(|term| key(term) < of);
    let to = sorted.partition_point(|term| key(term) <= of);
    sorted.get(from..to).unwrap_or(&[])
}

#[cfg(test)]
mod tests {
    use crate::ledger::contract::cell::{Cell, Day, Id};
    use crate::ledger::sample;

    #[test]
    fn a_term_without_an_end_goes_on() {
        let posts = "person,village,post,start,end\n\
            O1,990101101201,director,2021-01-01,2022-06-30\nO2,990101101201,director,2022-07-01,\n\
            O1,990101101202,secretary,2022-07-01,\n";
        let book = sample::book(&[("ledger", "payee\nP1\n"), ("posts", posts)]);
        let id = |name: &str| book.names.find(name).unwrap();
        let village = id("990101101201");
        let on = |person: &str, day: Day| book.terms.held(id(person), village, day).count();
        assert_eq!((on("O1", Day(19_173)), on("O1", Day(19_174))), (1, 0));
        assert_eq!((on("O2", Day(19_174)), on("O2", Day(30_000))), (1, 1));
        assert_eq!(book.terms.of_person(id("O1")).len(), 2);
        assert_eq!(book.terms.of_village(village).len(), 2);
        assert!(book.terms.of_person(Id::NONE).is_empty());
    }
}
