//! Who stands behind each payee by the registers, and which payees belong together.

use std::collections::BTreeMap;

use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PayeeIx};
use crate::ledger::book::linked::Linked;
use crate::ledger::contract::cell::{Cell, Id};

/// An identifier shared by more payees than this is considered public, such as the address of a market.
pub(super) const MOST_LINKED: usize = 12;

/// Register data of a payee.
#[derive(Debug, Clone, Copy)]
pub struct Payee {
    /// The row in the register of payees.
    pub row: Option<usize>,
    /// The person that the payee is, or its owner.
    pub human: Id,
    /// Whether the payee is itself a person, not a firm with an owner.
    pub is_person: bool,
    /// The row of the human in the register of people.
    pub person: Option<usize>,
    /// The payee's most frequent bank account.
    pub account: Id,
}

/// Register data of each payee of the book.
pub fn payees(book: &Book) -> IxVec<PayeeIx, Payee> {
    let companions = &book.companions;
    let accounts = usual_accounts(book);
    let of = |(payee, account): (&Id, Id)| {
        let row = companions.payee(*payee);
        let person = row.and_then(|row| companions.payees.person.at(row).some());
        let person = person.or_else(|| companions.person(*payee).map(|_| *payee));
        let owner = row.and_then(|row| companions.payees.owner.at(row).some());
        let human = person.or(owner).unwrap_or(Id::NONE);
        Payee { row, human, is_person: person.is_some(), person: companions.person(human), account }
    };
    book.payees.iter().zip(accounts).map(of).collect()
}

/// The most frequent bank account of each payee.
fn usual_accounts(book: &Book) -> IxVec<PayeeIx, Id> {
    let payments = book.payments.payee.iter().zip(&book.payments.line);
    let mut pairs: Vec<(PayeeIx, Id)> = payments
        .filter_map(|(payee, line)| Some(((*payee)?, book.lines.payee_account.at(*line).some()?)))
        .collect();
    pairs.sort_unstable();
    let mut usual: IxVec<PayeeIx, (usize, Id)> = IxVec::of((0, Id::NONE), book.payees.len());
    for same in pairs.chunk_by(|a, b| a == b) {
        if let Some((payee, account)) = same.first()
            && same.len() > usual[*payee].0
        {
            usual[*payee] = (same.len(), *account);
        }
    }
    usual.into_iter().map(|(_, account)| account).collect()
}

/// For each payee the first payee with which it shares an owner, a telephone or a bank account.
pub fn linked(book: &Book, payees: &IxVec<PayeeIx, Payee>) -> IxVec<PayeeIx, PayeeIx> {
    let register = &book.companions.payees;
    let mut keys: Vec<(u8, Id, PayeeIx)> = Vec::new();
    for (place, payee) in payees.iter_enumerated() {
        let phone = payee.row.map_or(Id::NONE, |row| register.phone.at(row));
        keys.extend([(0, payee.human, place), (1, phone, place), (2, payee.account, place)]);
    }
    keys.retain(|(_, id, _)| *id != Id::NONE);
    keys.sort_unstable();
    let mut linked = Linked::default();
    for same in keys.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        if same.len() <= MOST_LINKED {
            linked.join(same.iter().map(|(.., place)| *place));
        }
    }
    payees.keys().map(|place| linked.first(place)).collect()
}

/// Payees that belong together: they share an owner, a telephone or a bank account.
#[derive(Debug)]
pub struct Partners {
    /// The first of those that each payee belongs to.
    first: IxVec<PayeeIx, PayeeIx>,
    /// All of them, by the first.
    members: BTreeMap<PayeeIx, Vec<PayeeIx>>,
}

impl Partners {
    /// The partners of every payee of a book.
    pub fn of(book: &Book) -> Self {
        let first = linked(book, &payees(book));
        let mut members: BTreeMap<PayeeIx, Vec<PayeeIx>> = BTreeMap::new();
        for (payee, first) in first.iter_enumerated() {
            members.entry(*first).or_default().push(payee);
        }
        Self { first, members }
    }

    /// The first of those that a payee belongs to.
    pub fn first(&self, payee: PayeeIx) -> PayeeIx {
        self.first[payee]
    }

    /// A payee and its partners, sorted.
    pub fn of_payee(&self, payee: PayeeIx) -> &[PayeeIx] {
        self.members.get(&self.first[payee]).map_or(&[], Vec::as_slice)
    }
}
