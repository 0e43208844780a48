//! Contracts with their supplements, and what was paid under them.

use crate::ledger::book::Book;
use crate::ledger::book::chart::Class;
use crate::ledger::book::index::PaymentIx;
use crate::ledger::contract::cell::{Cell, Day, Fen, Flag, Id};

/// Days after a contract within which a supplement for which no project is named may belong to it.
const LATEST: i32 = 365;

/// What a contract is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Works,
    Supplement,
    Lease,
}

impl Kind {
    fn of(word: &str) -> Self {
        match word {
            "lease" => Self::Lease,
            "supplement" => Self::Supplement,
            _ if word.contains('租') => Self::Lease,
            _ if word.contains("补充") || word.contains("增项") => Self::Supplement,
            _ => Self::Works,
        }
    }
}

/// A row of `contracts` and a payment under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Paid {
    /// The payment.
    pub payment: PaymentIx,
    /// The row of the contract.
    pub contract: usize,
}

/// A contract, its supplements and its payments.
#[derive(Debug)]
pub struct Family {
    /// The row of the first contract.
    pub base: usize,
    /// What it comes to.
    pub amount: Fen,
    /// The project that its payments name; the empty cell if they name none.
    pub project: Id,
    /// The rows of its supplements, by the day of signature.
    pub supplements: Vec<usize>,
    /// The payments under all of them that no red entry took back, in the order of the book.
    pub payments: Vec<Paid>,
}

impl Family {
    /// What some rows of `contracts` come to.
    pub fn sum(book: &Book, rows: &[usize]) -> Fen {
        rows.iter().filter_map(|row| book.companions.contracts.amount.at(*row).some()).sum()
    }

    /// What the contract and all of its supplements come to.
    pub fn total(&self, book: &Book) -> Fen {
        Fen(self.amount.0 + Self::sum(book, &self.supplements).0)
    }

    /// What was paid up to a payment and with it.
    pub fn paid_until(&self, book: &Book, payment: PaymentIx) -> Fen {
        let until = self.payments.iter().take_while(|paid| paid.payment <= payment);
        until.map(|paid| book.payments.amount[paid.payment]).sum()
    }
}

/// The contracts of a county that are no leases and have an amount.
#[derive(Debug)]
pub struct Families {
    all: Vec<Family>,
    /// For each row of `contracts` the place of its family.
    places: Vec<Option<usize>>,
}

impl Families {
    /// The contracts of a book; a supplement belongs to the latest earlier contract of its project, or else of its payee.
    pub fn of(book: &Book) -> Self {
        let rows = Rows::of(book);
        let mut families = Self { all: Vec::new(), places: vec![None; rows.all.len()] };
        for (row, contract) in rows.all.iter().enumerate() {
            let amount = book.companions.contracts.amount.at(row).some().filter(|it| it.0 > 0);
            let Some(amount) = amount.filter(|_| contract.kind == Kind::Works) else { continue };
            if let Some(place) = families.places.get_mut(row) {
                *place = Some(families.all.len());
            }
            let (project, supplements, payments) = (contract.project, Vec::new(), Vec::new());
            families.all.push(Family { base: row, amount, project, supplements, payments });
        }
        rows.link(&mut families);
        for paid in rows.paid {
            if let Some(own) = families.place(paid.contract).and_then(|it| families.all.get_mut(it))
            {
                own.payments.push(paid);
            }
        }
        for own in &mut families.all {
            own.payments = standing(book, &own.payments);
        }
        families
    }

    fn place(&self, row: usize) -> Option<usize> {
        self.places.get(row).copied().flatten()
    }

    /// Every contract with its supplements, in the order of the table.
    pub fn iter(&self) -> impl Iterator<Item = &Family> {
        self.all.iter()
    }

    /// The contract with its supplements under which a payment stands, and the row of `contracts` that it names.
    pub fn of_payment(&self, book: &Book, payment: PaymentIx) -> Option<(&Family, usize)> {
        let contract = book.lines.contract.at(book.payments.line[payment]).some()?;
        let row = book.companions.contract(contract)?;
        Some((self.all.get(self.place(row)?)?, row))
    }
}

/// What finds the contract of a supplement.
#[derive(Debug, Clone, Copy)]
struct Row {
    kind: Kind,
    village: Id,
    payee: Id,
    project: Id,
    signed: Day,
}

/// The rows of `contracts` and the payments under them.
struct Rows {
    all: Vec<Row>,
    paid: Vec<Paid>,
}

impl Rows {
    fn of(book: &Book) -> Self {
        let (table, lines) = (&book.companions.contracts, &book.lines);
        let row = |row: usize| Row {
            kind: Kind::of(book.names.get(table.kind.at(row))),
            village: table.village.at(row),
            payee: table.payee.at(row),
            project: Id::NONE,
            signed: table.signed.at(row),
        };
        let mut all: Vec<Row> = (0..table.rows).map(row).collect();
        let mut paid = Vec::new();
        for (payment, line) in book.payments.line.iter_enumerated() {
            let contract = lines.contract.at(*line).some();
            let Some(contract) = contract.and_then(|it| book.companions.contract(it)) else {
                continue;
            };
            paid.push(Paid { payment, contract });
            let Some(row) = all.get_mut(contract) else { continue };
            let named = (lines.village.at(*line), lines.payee.at(*line), lines.project.at(*line));
            row.village = row.village.some().unwrap_or(named.0);
            row.payee = row.payee.some().unwrap_or(named.1);
            row.project = row.project.some().unwrap_or(named.2);
        }
        Self { all, paid }
    }

    /// Gives each supplement to its contract.
    fn link(&self, families: &mut Families) {
        let firsts = self.all.iter().enumerate();
        let firsts = firsts.filter(|(row, _)| families.place(*row).is_some());
        let keyed = |key: fn(&Row) -> Id| {
            let keys = firsts.clone().filter(|(_, it)| it.village.some().is_some());
            let keys = keys
                .filter_map(move |(row, it)| Some(((it.village, key(it).some()?), it.signed, row)));
            let mut keys: Vec<((Id, Id), Day, usize)> = keys.collect();
            keys.sort_unstable();
            keys
        };
        let (by_project, by_payee) = (keyed(|it| it.project), keyed(|it| it.payee));
        let supplements = self.all.iter().enumerate().filter(|(_, it)| it.kind == Kind::Supplement);
        let mut found: Vec<(Day, usize, usize)> = supplements
            .filter_map(|(row, it)| {
                let of_project = latest(&by_project, (it.village, it.project), it.signed);
                let of_payee = || {
                    let (signed, first) = latest(&by_payee, (it.village, it.payee), it.signed)?;
                    let is_near = it.signed.some()?.0 - signed.some()?.0 <= LATEST;
                    is_near.then_some((signed, first))
                };
                let (_, first) = of_project.or_else(of_payee)?;
                Some((it.signed, row, families.place(first)?))
            })
            .collect();
        found.sort_unstable();
        for (_, row, place) in found {
            if let Some(family) = families.all.get_mut(place) {
                family.supplements.push(row);
            }
            if let Some(own) = families.places.get_mut(row) {
                *own = Some(place);
            }
        }
    }
}

/// The latest contract of a key that was signed up to a day; its day and row.
fn latest(keys: &[((Id, Id), Day, usize)], key: (Id, Id), until: Day) -> Option<(Day, usize)> {
    let until = until.some().unwrap_or(Day(i32::MAX));
    let after = keys.partition_point(|(own, signed, _)| (*own, *signed) <= (key, until));
    let (own, signed, row) = keys.get(after.checked_sub(1)?)?;
    (*own == key).then_some((*signed, *row))
}

/// The payments that no later red entry of the same amount took back.
fn standing(book: &Book, all: &[Paid]) -> Vec<Paid> {
    let amount = |paid: &Paid| book.payments.amount[paid.payment].0;
    let mut kept: Vec<Paid> = Vec::new();
    for paid in all {
        let taken_back = kept.iter().rposition(|it| amount(it) > 0 && amount(it) == -amount(paid));
        match taken_back {
            Some(place) => _ = kept.remove(place),
            None => kept.push(*paid),
        }
    }
    kept
}

/// The amount from which a tender is asked for, for a class in a village on a day.
pub fn tender_from(book: &Book, village: Id, class: Class, day: Day) -> Option<Fen> {
    let bands = book.limits.bands(book.names.get(village), class, day);
    let asks = |row: u32| book.companions.limits.tender.at(row as usize) == Flag::Yes;
    bands.iter().find(|(_, row)| asks(*row)).map(|(from, _)| *from)
}

/// Whether a collective decision that the line names was voted by the payment's day and covers this amount.
pub fn is_decided(book: &Book, payment: PaymentIx, amount: Fen) -> bool {
    let decision = book.lines.decision.at(book.payments.line[payment]).some();
    decision.and_then(|it| book.companions.decision(it)).is_some_and(|row| {
        let table = &book.companions.decisions;
        let is_voted =
            table.voted.at(row).some().is_some_and(|it| it <= book.payments.day[payment]);
        is_voted && table.amount.at(row).some().is_some_and(|decided| decided >= amount)
    })
}

#[cfg(test)]
mod tests {
    use super::{Families, Family};
    use crate::ledger::book::Book;
    use crate::ledger::book::index::PaymentIx;
    use crate::ledger::contract::cell::Fen;
    use crate::ledger::sample;

    fn names(book: &Book, rows: &[usize]) -> Vec<String> {
        let contract = |row: &usize| book.companions.contracts.contract.at(*row);
        rows.iter().map(|row| book.names.get(contract(row)).to_owned()).collect()
    }

    #[test]
    fn a_supplement_belongs_to_the_contract_of_its_project_or_else_of_its_payee() {
        let contracts = "contract,village,payee,kind,amount,signed\n\
            W1,990101101201,a,works,1000,2023-01-01\nW2,990101101201,a,works,2000,2023-06-01\n\
            S1,990101101201,a,supplement,100,2023-07-01\nS2,990101101201,a,补充协议,50,2023-08-01\n\
            S3,990101101201,a,supplement,70,2025-08-01\nL1,990101101201,a,lease,70,2023-01-01\n";
        let ledger = "date,payee,contract,project,amount\n2023-02-01,a,W1,J1,1000\n\
            2023-07-02,a,W2,J2,2000\n2023-08-01,a,S1,J1,100\n2023-08-02,a,S2,,50\n";
        let book = sample::book(&[("ledger", ledger), ("contracts", contracts)]);
        let families = Families::of(&book);
        let all: Vec<&Family> = families.iter().collect();
        assert_eq!(all.len(), 2);
        assert_eq!(names(&book, &all[0].supplements), ["S1"]);
        assert_eq!(names(&book, &all[1].supplements), ["S2"]);
        assert_eq!(all[0].total(&book), Fen(110_000));
        let (own, row) = families.of_payment(&book, PaymentIx::from(2)).unwrap();
        assert_eq!((own.base, names(&book, &[row])), (all[0].base, vec!["S1".to_owned()]));
    }

    #[test]
    fn what_was_taken_back_was_not_paid() {
        let ledger = "date,contract,amount\n2023-02-01,W1,1000\n2023-02-02,W1,-1000\n\
            2023-02-03,W1,1000\n";
        let contracts = "contract,amount\nW1,1000\n";
        let book = sample::book(&[("ledger", ledger), ("contracts", contracts)]);
        let families = Families::of(&book);
        let family = families.iter().next().unwrap();
        assert_eq!(family.payments.len(), 1);
        assert_eq!(family.paid_until(&book, PaymentIx::from(2)), Fen(100_000));
    }
}
