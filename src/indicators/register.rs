//! Who stands behind payees, as the register of payees says.

use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PayeeIx};
use crate::ledger::contract::cell::{Cell, Id};

/// Who stands behind a payee.
#[derive(Debug, Clone, Copy)]
pub(in crate::indicators) struct Behind {
    /// The person that the payee is (its own id where the register names none), and the owner.
    pub(in crate::indicators) persons: [Id; 2],
    /// A firm.
    pub(in crate::indicators) is_firm: bool,
    /// A utility, a government or a village.
    pub(in crate::indicators) is_public: bool,
    /// The row of the register, where it has one.
    pub(in crate::indicators) row: Option<usize>,
}

impl Behind {
    /// Whether it can be told whose relative stands behind it: not of public bodies, nor of a firm
    /// whose owner is not known.
    pub(in crate::indicators) fn is_somebody(self) -> bool {
        !(self.is_public || self.is_firm && self.owner().is_none())
    }

    /// The owner, where one is recorded.
    pub(in crate::indicators) fn owner(self) -> Option<Id> {
        self.persons[1].some()
    }

    /// The owner of a firm, where one is recorded.
    pub(in crate::indicators) fn owner_of_firm(self) -> Option<Id> {
        self.owner().filter(|_| self.is_firm)
    }

    /// Whether this person is the payee or owns it.
    pub(in crate::indicators) fn is(self, person: Id) -> bool {
        self.persons.contains(&person)
    }
}

/// Who stands behind each payee of the book, in the order of its payees.
pub(in crate::indicators) fn behind(book: &Book) -> IxVec<PayeeIx, Behind> {
    let register = &book.companions.payees;
    let of = |payee: &Id| {
        let row = book.companions.payee(*payee);
        let kind = row.map_or("", |row| book.names.get(register.kind.at(row)));
        let owner = row.map_or(Id::NONE, |row| register.owner.at(row));
        Behind {
            persons: [book.person_of(*payee), owner],
            is_firm: kind == "firm",
            is_public: book.is_public(*payee),
            row,
        }
    };
    book.payees.iter().map(of).collect()
}

/// Each person behind a payee with the payee, sorted; public bodies are nobody's.
pub(in crate::indicators) fn payees_of_persons(
    behind: &IxVec<PayeeIx, Behind>,
) -> Vec<(Id, PayeeIx)> {
    let known = behind.iter_enumerated().filter(|(_, behind)| behind.is_somebody());
    let each = known.flat_map(|(payee, behind)| behind.persons.map(|person| (person, payee)));
    let mut all: Vec<(Id, PayeeIx)> = each.filter(|(person, _)| *person != Id::NONE).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The payees behind whom a relative up to this degree stands, and not the person, sorted by payee;
/// each with its nearest degree.
pub(in crate::indicators) fn kin_payees(
    book: &Book,
    (behind, payees): (&IxVec<PayeeIx, Behind>, &[(Id, PayeeIx)]),
    person: Id,
    degree: u8,
) -> Vec<(PayeeIx, u8)> {
    let mut all: Vec<(PayeeIx, u8)> = Vec::new();
    for (relative, near) in book.kin.of_person(person).filter(|(_, near)| *near <= degree) {
        let from = payees.partition_point(|(one, _)| *one < relative);
        let own = payees.get(from..).unwrap_or(&[]).iter();
        let own = own.take_while(|(one, _)| *one == relative).map(|(_, payee)| *payee);
        let is_own = |payee: &PayeeIx| behind[*payee].is(person);
        all.extend(own.filter(|payee| !is_own(payee)).map(|payee| (payee, near)));
    }
    all.sort_unstable();
    all.dedup_by_key(|(payee, _)| *payee);
    all
}
