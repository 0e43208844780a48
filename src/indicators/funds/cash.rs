//! The cash box of a village: what each voucher put in and took out, and where it came from or went.

use crate::ledger::book::Book;
use crate::ledger::book::chart::Chart;
use crate::ledger::book::index::{LineIx, VillageIx};
use crate::ledger::book::side::Side;
use crate::ledger::contract::cell::{Day, Id};

/// The codes of cash and of bank accounts.
#[derive(Debug)]
pub(super) struct Accounts {
    cash: Vec<Id>,
    bank: Vec<Id>,
}

impl Accounts {
    pub(super) fn of(book: &Book) -> Self {
        let of_root = |root: &str| {
            let is_one = book.names.map(|code| Chart::root(code) == root);
            (0..).zip(is_one).filter(|(_, is_one)| *is_one).map(|(id, _)| Id(id)).collect()
        };
        Self { cash: of_root("101"), bank: of_root("102") }
    }
}

/// How cash moves. Within a day what comes in comes first: the order of entries says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// From the bank.
    Drawn,
    /// From somebody.
    Received,
    /// To the bank.
    Deposited,
    /// To somebody.
    Spent,
}

/// What a voucher did to the cash box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Move {
    pub(super) day: Day,
    pub(super) kind: Kind,
    /// Its first line of cash.
    pub(super) line: LineIx,
    /// In fen, above 0.
    pub(super) amount: i64,
}

impl Move {
    /// By how much the box grows.
    pub(super) fn change(self) -> i64 {
        match self.kind {
            Kind::Drawn | Kind::Received => self.amount,
            Kind::Deposited | Kind::Spent => -self.amount,
        }
    }
}

/// The moves of a village by day.
pub(super) fn moves(book: &Book, accounts: &Accounts, village: VillageIx) -> Vec<Move> {
    let vouchers = book.vouchers_of(village);
    let mut all: Vec<Move> =
        vouchers.flat_map(|voucher| of_voucher(book, accounts, voucher)).collect();
    all.sort_unstable();
    all
}

/// What a voucher moved: with the bank as far as a line of the bank stands against it, and with others beyond that.
fn of_voucher(book: &Book, accounts: &Accounts, voucher: usize) -> Vec<Move> {
    let (mut cash, mut bank, mut first) = (0, 0, None);
    for line in LineIx::within(&book.voucher(voucher)) {
        let account = book.lines.account.at(line);
        let amount = book.lines.amount.at(line).0;
        let amount = if book.sides[line] == Side::Debit { amount } else { -amount };
        if accounts.cash.binary_search(&account).is_ok() {
            first = first.or(Some(line));
            cash += amount;
        } else if accounts.bank.binary_search(&account).is_ok() {
            bank += amount;
        }
    }
    let Some(line) = first else { return Vec::new() };
    let with_bank = if cash > 0 { cash.min(-bank).max(0) } else { (-cash).min(bank).max(0) };
    let kinds =
        if cash > 0 { [Kind::Drawn, Kind::Received] } else { [Kind::Deposited, Kind::Spent] };
    let day = book.lines.date.at(line);
    let amounts = [with_bank, cash.abs() - with_bank];
    let moves = kinds.into_iter().zip(amounts).filter(|(_, amount)| *amount > 0);
    moves.map(|(kind, amount)| Move { day, kind, line, amount }).collect()
}

/// What the box holds at the end of each day, as if it had been empty before the first.
pub(super) fn balances(moves: &[Move]) -> Vec<(Day, i64)> {
    let mut balance = 0;
    let of_day = |day: &[Move]| {
        balance += day.iter().map(|it| it.change()).sum::<i64>();
        day.first().map(|it| (it.day, balance))
    };
    moves.chunk_by(|a, b| a.day == b.day).filter_map(of_day).collect()
}

/// The least that must have been in the box before, so that it never held less than nothing, and the day that says so.
pub(super) fn opening(balances: &[(Day, i64)]) -> Option<(Day, i64)> {
    let least = balances.iter().min_by_key(|(_, balance)| *balance)?;
    Some((least.0, (-least.1).max(0)))
}
