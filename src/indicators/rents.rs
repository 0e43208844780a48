//! How reasons tell of rent that is due: the due, its row, and what its tenant is to the village's office.

use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::Record;
use crate::ledger::book::Book;
use crate::ledger::contract::cell::Id;
use crate::registers::income::Due;
use crate::registers::office::{Officer, nearest};

/// The officer of the village to whom the tenant of a due is near on its day.
pub(in crate::indicators) fn officer(book: &Book, due: &Due) -> Option<Officer> {
    nearest(book, book.villages[due.village], due.tenant, due.day)
}

/// The row that says that it is due, with what is not booked of it.
pub(in crate::indicators) fn record(due: &Due) -> Record {
    let (table, row) = due.source;
    Record { table, row, money: due.open() }
}

/// What is due and what is booked of it, and then who the tenant is, if an officer or a near relative.
pub(in crate::indicators) fn facts(book: &Book, due: &Due) -> Vec<Fact> {
    let lease = Value::Reference(book.companions.leases.lease.at(due.lease));
    let told = fact!(
        "due", [],
        amount: due.amount, due: due.day, booked: due.booked(), last: due.last, days: due.days(),
    );
    let tie = officer(book, due).map(|it| tie(book, due, it));
    [told].into_iter().chain(tie).map(|fact| fact.with([("lease", lease.clone())])).collect()
}

fn tie(book: &Book, due: &Due, officer: Officer) -> Fact {
    let held = book.terms.held(officer.person, book.villages[due.village], due.day);
    let post = Value::Office(held.map(|term| term.post).min().unwrap_or(officer.person));
    let tenant = who(book, due.tenant);
    match officer.degree {
        0 => fact!("officer", [], tenant: tenant, post: post),
        degree => fact!(
            "kin", [],
            tenant: tenant, degree: u32::from(degree), officer: Value::Person(officer.person),
            post: post,
        ),
    }
}

/// A tenant, who need not have been paid by the village.
fn who(book: &Book, tenant: Id) -> Value {
    book.payees.place(&tenant).map_or(Value::Person(tenant), Value::Payee)
}
