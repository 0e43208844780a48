//! Names of people, payees and villages as a person may read them: long numbers are masked.

use crate::ledger::book::Book;
use crate::ledger::book::index::LineIx;
use crate::ledger::contract::cell::{Cell, Id};
use crate::words::mask::shown;

/// The name of who was paid by a line: as in the register, or else as in the line, or else the id.
pub fn paid_by(book: &Book, line: LineIx) -> String {
    let id = book.lines.payee.at(line);
    let name = registered(book, id).or(book.lines.payee_name.at(line).some());
    shown(book.names.get(name.unwrap_or(id)))
}

/// The name of a payee in the register, or else the id.
pub fn payee(book: &Book, payee: Id) -> String {
    shown(book.names.get(registered(book, payee).unwrap_or(payee)))
}

fn registered(book: &Book, payee: Id) -> Option<Id> {
    let row = book.companions.payee(payee)?;
    book.companions.payees.name.at(row).some()
}

/// The name of a person, or else the id.
pub fn person(book: &Book, person: Id) -> String {
    let row = book.companions.person(person);
    let name = row.and_then(|row| book.companions.people.name.at(row).some());
    shown(book.names.get(name.unwrap_or(person)))
}

/// The name of a village in its latest year, or else its code.
pub fn village(book: &Book, code: &str) -> String {
    let villages = &book.companions.villages;
    let own = (0..villages.rows).filter(|row| book.names.get(villages.village.at(*row)) == code);
    let name = own.last().and_then(|row| villages.name.at(row).some());
    name.map_or_else(|| code.to_owned(), |name| shown(book.names.get(name)))
}
