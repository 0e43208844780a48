//! Data of a book that all families of columns use, computed once.

use std::collections::BTreeMap;

use rayon::prelude::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};

use super::groups::{Column, Groups};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, LineIx, PayeeIx, PaymentIx};
use crate::ledger::book::payees::{Payee, linked, payees};
use crate::ledger::book::side::Role;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::ledger::contract::table::Col;

/// Marks a payment without a text or another key.
pub(super) const NONE: u32 = u32::MAX;

/// The payments of a book, prepared for the families.
#[derive(Debug)]
pub(super) struct Context<'a> {
    pub(super) book: &'a Book,
    /// The number of payments.
    pub(super) rows: usize,
    /// The line of each payment.
    pub(super) line: &'a IxVec<PaymentIx, LineIx>,
    /// The natural logarithm of the absolute amount in yuan; missing for zero.
    pub(super) size: Column,
    /// The account, with one number for both charts.
    pub(super) account: &'a IxVec<PaymentIx, u16>,
    /// The purpose without numbers, signs and units of time, numbered from 0.
    pub(super) text: IxVec<PaymentIx, u32>,
    /// The voucher of each payment.
    pub(super) voucher: IxVec<PaymentIx, u32>,
    /// The group of payees that share an owner, a telephone or a bank account.
    pub(super) linked: IxVec<PaymentIx, Option<PayeeIx>>,
    /// Register data of each payee of the book.
    pub(super) payees: IxVec<PayeeIx, Payee>,
    /// The last day of the book.
    pub(super) last_day: Day,
    /// Payments by village and payee, sorted by day.
    pub(super) by_village_payee: Groups,
    /// Payments by payee in all villages, sorted by day.
    pub(super) by_payee: Groups,
}

impl<'a> Context<'a> {
    pub(super) fn of(book: &'a Book) -> Self {
        let payments = &book.payments;
        let line = &payments.line;
        let texts = plain_texts(book);
        let text = line
            .iter()
            .map(|line| {
                let summary = book.lines.summary.at(*line);
                texts.get(summary.0 as usize).copied().unwrap_or(NONE)
            })
            .collect();
        let payees = payees(book);
        let linked_of = linked(book, &payees);
        let linked = payments.payee.iter().map(|it| it.map(|payee| linked_of[payee]));
        let key = |at: PaymentIx| payments.payee[at].map(number);
        let both = |at: PaymentIx| Some((number(payments.village[at]) << 32) | key(at)?);
        Self {
            rows: line.len(),
            size: payments.amount.iter().map(|fen| size(*fen)).collect(),
            account: book.series(),
            text,
            voucher: vouchers(book),
            linked: linked.collect(),
            payees,
            last_day: payments.day.iter().copied().max().unwrap_or(Day(0)),
            by_village_payee: Groups::of(line.len(), both).by_day(&payments.day),
            by_payee: Groups::of(line.len(), key).by_day(&payments.day),
            line,
            book,
        }
    }

    /// Groups payments by key; those without a key are in no group.
    pub(super) fn groups(&self, key: impl Fn(PaymentIx) -> Option<u64>) -> Groups {
        Groups::of(self.rows, key)
    }

    pub(super) fn day(&self, at: PaymentIx) -> i32 {
        self.book.payments.day[at].0
    }

    pub(super) fn fen(&self, at: PaymentIx) -> i64 {
        self.book.payments.amount[at].0
    }

    pub(super) fn village(&self, at: PaymentIx) -> u64 {
        number(self.book.payments.village[at])
    }

    pub(super) fn payee(&self, at: PaymentIx) -> Option<u64> {
        self.book.payments.payee[at].map(number)
    }

    /// Register data of a payment's payee.
    pub(super) fn payee_facts(&self, at: PaymentIx) -> Option<&Payee> {
        self.book.payments.payee[at].map(|payee| &self.payees[payee])
    }

    pub(super) fn text_key(&self, at: PaymentIx) -> Option<u64> {
        (self.text[at] != NONE).then_some(u64::from(self.text[at]))
    }

    /// The person in a role at a payment.
    pub(super) fn signer(&self, role: Role, at: PaymentIx) -> Id {
        self.book.lines.of_role(role).at(self.line[at])
    }

    /// A cell of the ledger as a key.
    pub(super) fn id_key(&self, column: &Col<Id>, at: PaymentIx) -> Option<u64> {
        column.at(self.line[at]).some().map(|id| u64::from(id.0))
    }

    /// A column with one cell per payment.
    pub(super) fn each(&self, cell: impl Fn(PaymentIx) -> Option<f32> + Sync) -> Column {
        self.each_of(&cell)
    }

    // Not generic, to avoid compiling a separate parallel loop for each of hundreds of columns.
    fn each_of(&self, cell: &(dyn Fn(PaymentIx) -> Option<f32> + Sync)) -> Column {
        let one = |at: PaymentIx| cell(at).filter(|it| it.is_finite()).unwrap_or(f32::NAN);
        let places = (0..self.rows).into_par_iter().with_min_len(4096).map(PaymentIx::from);
        places.map(one).collect::<Vec<f32>>().into()
    }

    /// A column with the value of `cell` for each payment's payee.
    pub(super) fn each_payee(&self, cell: impl Fn(&Payee) -> Option<f32> + Sync) -> Column {
        let of: IxVec<PayeeIx, f32> =
            self.payees.iter().map(|it| cell(it).unwrap_or(f32::NAN)).collect();
        self.spread_payees(&of)
    }

    /// The cell of each payment's payee.
    pub(super) fn spread_payees(&self, of: &IxVec<PayeeIx, f32>) -> Column {
        let payees = self.book.payments.payee.iter();
        payees.map(|it| it.map_or(f32::NAN, |payee| of[payee])).collect()
    }
}

/// An index as a key, or as a part of one.
pub(super) fn number(place: impl Into<usize>) -> u64 {
    place.into() as u64
}

/// The natural logarithm of the absolute amount in yuan.
#[expect(clippy::cast_possible_truncation, reason = "a logarithm needs no more than f32 has")]
pub(super) fn size(fen: Fen) -> f32 {
    if fen.0 == 0 || fen == Fen::NONE { f32::NAN } else { fen.yuan().abs().ln() as f32 }
}

/// The purpose number of each string of the book; strings that differ only in numbers, signs and units of time share
/// one.
fn plain_texts(book: &Book) -> Vec<u32> {
    let mut numbers = vec![NONE; book.names.len()];
    let mut known: BTreeMap<String, u32> = BTreeMap::new();
    for line in &book.payments.line {
        let Some(id) = book.lines.summary.at(*line).some() else { continue };
        let Some(place) = numbers.get_mut(id.0 as usize).filter(|place| **place == NONE) else {
            continue;
        };
        let letters = book
            .names
            .get(id)
            .chars()
            .filter(|letter| letter.is_alphabetic() && !"年月日号第季度期".contains(*letter));
        let next = u32::try_from(known.len()).unwrap_or(NONE);
        *place = *known.entry(letters.collect()).or_insert(next);
    }
    numbers
}

fn vouchers(book: &Book) -> IxVec<PaymentIx, u32> {
    let mut of_line: IxVec<LineIx, u32> = IxVec::of(0, book.lines.rows);
    for (number, bounds) in (0_u32..).zip(book.vouchers.windows(2)) {
        LineIx::within(&(bounds[0]..bounds[1])).for_each(|line| of_line[line] = number);
    }
    book.payments.line.iter().map(|line| of_line[*line]).collect()
}
