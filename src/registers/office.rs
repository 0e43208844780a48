//! Who of a village's office is near to a person on a day.

use crate::ledger::book::Book;
use crate::ledger::book::terms::Term;
use crate::ledger::contract::cell::{Cell, Day, Id};

/// Relatives beyond this degree are not near.
pub const NEAR: u8 = 2;

/// An officer, and how near a person is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Officer {
    /// 0 for the officer; 1 for a parent, child, spouse or sibling; 2 for an in-law or uncle.
    pub degree: u8,
    /// Who holds the post.
    pub person: Id,
}

impl Officer {
    /// How much the tie weighs: 1 for the officer, 0.6 and 0.3 for relatives.
    pub fn weight(self) -> f64 {
        match self.degree {
            0 => 1.0,
            1 => 0.6,
            _ => 0.3,
        }
    }
}

/// The terms in a village of a person and of the relatives, each with who holds the post and how near; posts of which no
/// village is recorded count for none.
pub fn terms(book: &Book, village: Id, person: Id) -> impl Iterator<Item = (Officer, &Term)> {
    let kin = book.kin.of_person(person).filter(|(_, degree)| *degree <= NEAR);
    let near = person.some().map(|person| (person, 0)).into_iter().chain(kin);
    near.flat_map(move |(person, degree)| {
        let terms = book.terms.of_person(person).iter().filter(move |term| term.village == village);
        terms.map(move |term| (Officer { degree, person }, term))
    })
}

/// The officer of a village nearest to a person on a day, the person or a relative.
pub fn nearest(book: &Book, village: Id, person: Id, day: Day) -> Option<Officer> {
    let held = terms(book, village, person).filter(|(_, term)| term.holds(day));
    held.map(|(officer, _)| officer).min()
}

#[cfg(test)]
mod tests {
    use super::{Officer, nearest};
    use crate::ledger::contract::cell::{Day, Id};
    use crate::ledger::sample;

    #[test]
    fn the_nearest_officer_is_in_office_on_that_day() {
        let posts = "person,village,post,start,end\n\
            O1,990101101201,director,2021-01-01,2022-06-30\nO2,990101101201,director,2022-07-01,\n";
        let kinship = "a,b,degree\nA,O1,2\nA,O2,1\nB,O2,3\n";
        let book =
            sample::book(&[("ledger", "payee\nA\n"), ("posts", posts), ("kinship", kinship)]);
        let id = |name: &str| book.names.find(name).unwrap();
        let (before, after) = (Day(19_173), Day(19_174));
        let of = |person: Id, day: Day| nearest(&book, id("990101101201"), person, day);
        assert_eq!(of(id("O1"), before), Some(Officer { degree: 0, person: id("O1") }));
        assert_eq!(of(id("O1"), after), None);
        assert_eq!(of(id("A"), before), Some(Officer { degree: 2, person: id("O1") }));
        assert_eq!(of(id("A"), after), Some(Officer { degree: 1, person: id("O2") }));
        assert_eq!(of(id("B"), after), None);
        assert_eq!(of(Id(0), after), None);
    }
}
