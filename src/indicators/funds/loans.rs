//! What the village lent out: debits of receivables (应收款) and of current accounts (内部往来), and when each
//! was settled by credits.

use crate::ledger::book::Book;
use crate::ledger::book::chart::Chart;
use crate::ledger::book::index::{LineIx, VillageIx};
use crate::ledger::book::side::Side;
use crate::ledger::contract::cell::{Day, Id};

/// The codes of receivables and of current accounts, in both charts (应收款 112, 内部往来 113).
pub(super) fn accounts(book: &Book) -> Vec<Id> {
    let ids = book.names.map(|code| {
        let is_account = matches!(Chart::root(code), "112" | "113");
        is_account && code.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    });
    (0..).zip(ids).filter(|(_, is_account)| *is_account).map(|(id, _)| Id(id)).collect()
}

/// A line of these accounts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// Who owes; [`Id::NONE`] where nobody is named.
    pub(super) payee: Id,
    /// The voucher's day.
    pub(super) day: Day,
    /// In fen; above zero is lent out, below zero comes back.
    pub(super) amount: i64,
    /// The line of the book.
    pub(super) line: LineIx,
}

/// Something lent out.
#[derive(Debug, Clone)]
pub(super) struct Loan {
    /// The line that lent it.
    pub(super) entry: Entry,
    /// What came back: when, and how much of it.
    pub(super) back: Vec<(Day, i64)>,
    /// What is still out.
    pub(super) open: i64,
}

impl Loan {
    /// The day on which the last of it came back, if all did.
    pub(super) fn settled(&self) -> Option<Day> {
        self.back.last().filter(|_| self.open == 0).map(|(day, _)| *day)
    }
}

/// The lines of a village in these accounts, by payee and day.
pub(super) fn entries(book: &Book, accounts: &[Id], village: VillageIx) -> Vec<Entry> {
    let lines = LineIx::within(&book.lines_of(&book.vouchers_of(village)));
    let is_one = |line: &LineIx| accounts.binary_search(&book.lines.account.at(*line)).is_ok();
    let entry = |line: LineIx| {
        let amount = book.lines.amount.at(line).0;
        let amount = if book.sides[line] == Side::Debit { amount } else { -amount };
        let (payee, day) = (book.lines.payee.at(line), book.lines.date.at(line));
        Entry { payee, day, amount, line }
    };
    let mut entries: Vec<Entry> = lines.filter(is_one).map(entry).collect();
    entries.sort_by_key(|entry| (entry.payee, entry.day, entry.line));
    entries
}

/// The loans among entries that are sorted by payee: what comes back settles a payee's oldest loan first.
pub(super) fn loans(entries: &[Entry]) -> Vec<Loan> {
    let mut all = Vec::new();
    for own in entries.chunk_by(|a, b| a.payee == b.payee) {
        let mut loans: Vec<Loan> = Vec::new();
        for entry in own {
            if entry.amount > 0 {
                loans.push(Loan { entry: *entry, back: Vec::new(), open: entry.amount });
                continue;
            }
            let mut left = -entry.amount;
            for loan in loans.iter_mut().filter(|loan| loan.open > 0) {
                let part = loan.open.min(left);
                if part > 0 {
                    loan.open -= part;
                    left -= part;
                    loan.back.push((entry.day, part));
                }
            }
        }
        all.extend(loans);
    }
    all
}
