//! Whether two persons may well be paid on one account.

use crate::ledger::book::Book;
use crate::ledger::contract::cell::{Cell, Id};

/// What is known of two persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::indicators) enum Tie {
    /// One household, or parent, child, spouse or sibling.
    Family,
    /// Of different households, and not such near relatives.
    Apart,
    /// Neither a household nor a relative of them is recorded.
    Unknown,
}

/// What is known of two persons.
pub(in crate::indicators) fn tie(book: &Book, a: Id, b: Id) -> Tie {
    let (home, other) = (household(book, a), household(book, b));
    let is_known = home.is_some() && other.is_some();
    let has_kin = |person: Id| book.kin.of_person(person).next().is_some();
    if home.is_some() && home == other || book.kin.degree(a, b) == Some(1) {
        Tie::Family
    } else if is_known || has_kin(a) || has_kin(b) {
        Tie::Apart
    } else {
        Tie::Unknown
    }
}

/// The household of a person, if it is recorded.
pub(super) fn household(book: &Book, person: Id) -> Option<Id> {
    let row = book.companions.person(person)?;
    book.companions.people.household.at(row).some()
}
