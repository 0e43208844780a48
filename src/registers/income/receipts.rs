//! What a village took in that may be rent: which line, when, how much, and for which lease or from whom.

use crate::ledger::book::Book;
use crate::ledger::book::chart::Chart;
use crate::ledger::book::conform::Entry;
use crate::ledger::book::index::{LineIx, VillageIx};
use crate::ledger::book::side::{Flow, Side};
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};

/// Contract and remitted income (发包及上交收入) and operating income: rent is booked there.
const RENT: u16 = 501;

/// Words of a purpose that say that it is rent.
const RENT_WORDS: [&str; 4] = ["租", "承包费", "承包款", "发包"];

/// The leases of a county by id.
#[derive(Debug)]
pub(super) struct Leases(Vec<(Id, usize)>);

impl Leases {
    pub(super) fn of(book: &Book) -> Self {
        let table = &book.companions.leases;
        let mut all: Vec<_> = (0..table.rows).map(|row| (table.lease.at(row), row)).collect();
        all.sort_unstable();
        Self(all)
    }

    /// The row of a lease.
    pub(super) fn row(&self, lease: Id) -> Option<usize> {
        let place = self.0.binary_search_by_key(&lease, |(own, _)| *own).ok()?;
        self.0.get(place).map(|(_, row)| *row)
    }
}

/// A line by which money came in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Receipt {
    pub(super) line: LineIx,
    pub(super) day: Day,
    /// What no due is paid with yet.
    pub(super) left: Fen,
    /// The row of the lease that the line names.
    pub(super) lease: Option<usize>,
    /// Who paid, by the line or by the lease; the empty cell if neither says.
    pub(super) party: Id,
    /// Whether account or purpose say that it is rent.
    pub(super) is_rent: bool,
}

/// The first and the last day of a village's books, and what it took in, by day; nothing of the latter where its books hold
/// no income.
pub(super) fn receipts(
    book: &Book,
    leases: &Leases,
    village: VillageIx,
) -> ((Day, Day), Vec<Receipt>) {
    let lines = LineIx::within(&book.lines_of(&book.vouchers_of(village)));
    let mut span = (Day(i32::MAX), Day(i32::MIN));
    let mut all = Vec::new();
    for line in lines {
        let day = book.lines.date.at(line);
        span = (span.0.min(day), span.1.max(day));
        all.extend(receipt(book, leases, (village, line)));
    }
    all.sort_unstable_by_key(|it| (it.day, it.line));
    (span, standing(all))
}

/// What a line says of money that came in, or that went back to a tenant.
fn receipt(book: &Book, leases: &Leases, (village, line): (VillageIx, LineIx)) -> Option<Receipt> {
    let lines = &book.lines;
    let takes = match (book.sides[line], book.flows[line]) {
        (Side::Credit, Flow::In) => true,
        // A register of payments has no line of cash beside the income.
        (Side::Credit, _) => {
            book.settings.entry == Entry::Single
                && !Chart::is_cash(book.names.get(lines.account.at(line)))
        }
        (Side::Debit, Flow::Out) => false,
        (Side::Debit, _) => return None,
    };
    let contract = lines.contract.at(line).some();
    let is_own = |row: &usize| book.companions.leases.village.at(*row) == book.villages[village];
    let lease = contract.and_then(|id| leases.row(id)).filter(is_own);
    if lease.is_none() && (contract.is_some() || !takes) {
        return None;
    }
    let tenant = lease.and_then(|row| book.companions.leases.tenant.at(row).some());
    let party = tenant.or(lines.payee.at(line).some()).map_or(Id::NONE, |id| book.person_of(id));
    let amount = lines.amount.at(line).0;
    Some(Receipt {
        line,
        day: lines.date.at(line),
        left: Fen(if takes { amount } else { -amount }),
        lease,
        party,
        is_rent: lease.is_some() || is_rent(book, line),
    })
}

fn is_rent(book: &Book, line: LineIx) -> bool {
    let purpose = book.lines.summary.at(line).some().map_or("", |id| book.names.get(id));
    book.charts[line].series(book.names.get(book.lines.account.at(line))) == RENT
        || RENT_WORDS.iter().any(|word| purpose.contains(word))
}

/// The receipts that stand: what went back is taken from the latest receipt of the same lease or person.
fn standing(all: Vec<Receipt>) -> Vec<Receipt> {
    let mut kept: Vec<Receipt> = Vec::new();
    for one in all {
        if one.left.0 > 0 {
            kept.push(one);
            continue;
        }
        let is_same = |it: &&mut Receipt| (it.lease, it.party) == (one.lease, one.party);
        let mut back = -one.left.0;
        for before in kept.iter_mut().rev().filter(is_same) {
            let part = back.min(before.left.0);
            before.left.0 -= part;
            back -= part;
        }
    }
    kept
}
