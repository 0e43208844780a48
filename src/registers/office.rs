//! Who of a village's office is near to a person on a day.

use crate::ledger::book::Book;
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

/// The officer of a village nearest to a person on a day, the person or a relative; posts of which no village is recorded
/// count for none.
pub fn nearest(book: &Book, village: Id, person: Id, day: Day) -> Option<Officer> {
    person.some()?;
    let in_office = |person: Id| book.terms.held(person, village, day).next().is_some();
    let own = in_office(person).then_some(Officer { degree: 0, person });
    let kin = || {
        let near = book.kin.of_person(person).filter(|(_, degree)| *degree <= NEAR);
        let officers = near.filter(|(relative, _)| in_office(*relative));
        officers.map(|(person, degree)| Officer { degree, person }).min()
    };
    own.or_else(kin)
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
