//! What is on record about the villages of the vouchers: registers by name, and what was paid before.

use crate::ledger::book::chart::{Chart, Class, Classes};
use crate::ledger::book::consulted::Consulted;
use crate::ledger::book::side::Side;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::registers::steps::Steps;

/// The tables that are read, beside the ledger.
pub const TABLES: [&str; 9] = [
    "ledger",
    "limits",
    "decisions",
    "posts",
    "people",
    "payees",
    "kinship",
    "contracts",
    "villages",
];

/// The columns of the ledger that are read.
pub const COLUMNS: [&str; 11] = [
    "village",
    "date",
    "voucher",
    "account",
    "chart",
    "side",
    "amount",
    "payee",
    "document_no",
    "decision",
    "contract",
];

/// A payment on record.
#[derive(Debug, Clone, Copy)]
pub struct Paid {
    /// The village.
    pub village: Id,
    /// The payee.
    pub payee: Id,
    /// The day.
    pub day: Day,
    /// The amount.
    pub amount: Fen,
    /// The class of expense.
    pub class: Class,
    /// The number of the document.
    pub document_no: Id,
    /// The voucher.
    pub voucher: Id,
}

/// What is on record.
#[derive(Debug)]
pub struct Records {
    /// The tables.
    pub data: Consulted,
    /// The payments of payees that are known, by village, payee and day.
    paid: Vec<Paid>,
    /// Sums by decision and by contract, in fen.
    by_decision: Vec<(Id, i64)>,
    by_contract: Vec<(Id, i64)>,
    /// The rows of people and payees by name.
    people: Vec<(Id, u32)>,
    payees: Vec<(Id, u32)>,
    villages: Vec<Id>,
    classes: Classes,
}

/// What a written name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// One person or payee.
    One(Id),
    /// Several of this name.
    Several,
    /// None on record.
    Nobody,
}

impl Records {
    /// The records of tables that were read.
    pub fn of(data: Consulted, classes: &Classes) -> Self {
        let mut records = Self {
            people: by_name(data.companions.people.name.cells()),
            payees: by_name(data.companions.payees.name.cells()),
            villages: data.companions.villages.village.cells().to_vec(),
            data,
            paid: Vec::new(),
            by_decision: Vec::new(),
            by_contract: Vec::new(),
            classes: classes.clone(),
        };
        records.villages.extend(records.data.lines.village.cells());
        records.villages.sort_unstable();
        records.villages.dedup();
        records.add_lines();
        records
    }

    /// Lines that take from cash are the other side of payments.
    fn add_lines(&mut self) {
        let lines = &self.data.lines;
        let (mut decisions, mut contracts) = (Vec::new(), Vec::new());
        for line in 0..lines.rows {
            let (decision, contract) = (lines.decision.at(line), lines.contract.at(line));
            let (payee, amount) = (lines.payee.at(line), lines.amount.at(line));
            if [payee, decision, contract] == [Id::NONE; 3]
                || Chart::is_cash(self.data.names.get(lines.account.at(line)))
            {
                continue;
            }
            let Some(amount) = amount.some() else { continue };
            let signed = match self.data.side(line) {
                Some(Side::Debit) => amount.0,
                Some(Side::Credit) => amount.0.saturating_neg(),
                None => continue,
            };
            decisions.push((decision, signed));
            contracts.push((contract, signed));
            if payee != Id::NONE && signed > 0 {
                let (day, account) = (lines.date.at(line), lines.account.at(line));
                let chart = Chart::named(self.data.names.get(lines.chart.at(line)));
                let chart = chart.unwrap_or(Chart::on(day));
                self.paid.push(Paid {
                    village: lines.village.at(line),
                    payee,
                    day,
                    amount: Fen(signed),
                    class: self.class(chart, self.data.names.get(account)),
                    document_no: lines.document_no.at(line),
                    voucher: lines.voucher.at(line),
                });
            }
        }
        self.paid.sort_unstable_by_key(|paid| (paid.village, paid.payee, paid.day, paid.voucher));
        self.by_decision = sums(decisions);
        self.by_contract = sums(contracts);
    }

    /// The class of an account.
    pub fn class(&self, chart: Chart, account: &str) -> Class {
        self.classes.of(chart, account)
    }

    /// The limits as steps.
    pub fn steps(&self) -> Steps<'_> {
        let Consulted { limits, companions, names, .. } = &self.data;
        Steps { index: limits, table: &companions.limits, names }
    }

    /// The payments of a payee in a village, by day.
    pub fn paid(&self, village: Id, payee: Id) -> &[Paid] {
        let key = |paid: &Paid| (paid.village, paid.payee);
        let from = self.paid.partition_point(|paid| key(paid) < (village, payee));
        let to = self.paid.partition_point(|paid| key(paid) <= (village, payee));
        self.paid.get(from..to).unwrap_or(&[])
    }

    /// What is paid under a decision.
    pub fn under_decision(&self, decision: Id) -> Fen {
        sum(&self.by_decision, decision)
    }

    /// What is paid under a contract.
    pub fn under_contract(&self, contract: Id) -> Fen {
        sum(&self.by_contract, contract)
    }

    /// The code of a village that is written as code or name; none if it is not on record.
    pub fn village(&self, written: &str) -> Option<Id> {
        let id = self.data.names.find(written)?;
        if self.villages.is_empty() || self.villages.binary_search(&id).is_ok() {
            return Some(id);
        }
        let table = &self.data.companions.villages;
        let named = table.name.cells().iter().zip(table.village.cells());
        let mut codes: Vec<Id> =
            named.filter(|(name, _)| **name == id).map(|(_, village)| *village).collect();
        codes.sort_unstable();
        codes.dedup();
        match codes.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }

    /// The payee that is written as id or name.
    pub fn payee(&self, written: &str) -> Found {
        let Some(id) = self.data.names.find(written) else { return Found::Nobody };
        let companions = &self.data.companions;
        if companions.payee(id).is_some() {
            return Found::One(id);
        }
        let rows = named(&self.payees, id);
        match rows {
            [] if companions.payees.rows == 0 => Found::One(id),
            [] => Found::Nobody,
            [(_, row)] => Found::One(companions.payees.payee.at(*row as usize)),
            _ => Found::Several,
        }
    }

    /// The person that is written as id or name; a name of several is that of the one in the village.
    pub fn person(&self, written: &str, village: Id) -> Found {
        let Some(id) = self.data.names.find(written) else { return Found::Nobody };
        let people = &self.data.companions.people;
        if self.data.companions.person(id).is_some() || !self.data.terms.of_person(id).is_empty() {
            return Found::One(id);
        }
        let rows = named(&self.people, id);
        let own: Vec<usize> = rows
            .iter()
            .map(|(_, row)| *row as usize)
            .filter(|row| rows.len() == 1 || people.village.at(*row) == village)
            .collect();
        match (own.as_slice(), rows) {
            ([row], _) => Found::One(people.person.at(*row)),
            (_, []) => Found::Nobody,
            _ => Found::Several,
        }
    }
}

fn by_name(names: &[Id]) -> Vec<(Id, u32)> {
    let mut all: Vec<(Id, u32)> = names.iter().copied().zip(0..).collect();
    all.retain(|(name, _)| *name != Id::NONE);
    all.sort_unstable();
    all
}

fn named(all: &[(Id, u32)], name: Id) -> &[(Id, u32)] {
    let from = all.partition_point(|(own, _)| *own < name);
    let to = all.partition_point(|(own, _)| *own <= name);
    all.get(from..to).unwrap_or(&[])
}

fn sums(mut all: Vec<(Id, i64)>) -> Vec<(Id, i64)> {
    all.retain(|(id, _)| *id != Id::NONE);
    all.sort_unstable_by_key(|(id, _)| *id);
    all.dedup_by(|next, sum| {
        let is_same = next.0 == sum.0;
        if is_same {
            sum.1 = sum.1.saturating_add(next.1);
        }
        is_same
    });
    all
}

fn sum(sums: &[(Id, i64)], id: Id) -> Fen {
    let place = sums.binary_search_by_key(&id, |(own, _)| *own);
    Fen(place.ok().and_then(|place| sums.get(place)).map_or(0, |(_, sum)| *sum))
}
