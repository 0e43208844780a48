//! Subjects: what indicators measure and lists name, each with its grain, its key and its payments.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ledger::book::Book;
use crate::ledger::book::view::View;
use crate::ledger::book::view::{NOBODY, Subject};
use crate::ledger::contract::cell::{Cell, Fen, Id};

/// What kind of subject a reading belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// One payment.
    Payment,
    /// Someone who was paid.
    Payee,
    /// Someone who approved payments.
    Official,
    /// One village.
    Village,
}

impl Grain {
    /// Every grain, the finest first.
    pub const ALL: [Self; 4] = [Self::Payment, Self::Payee, Self::Official, Self::Village];

    /// Its word in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Payee => "payee",
            Self::Official => "official",
            Self::Village => "village",
        }
    }

    /// The grain of this word, if there is one.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grain| grain.word() == word)
    }

    /// The number of subjects that a book has of this grain.
    pub fn subjects(self, book: &Book) -> usize {
        match self {
            Self::Payment => book.payments.len(),
            Self::Payee => book.payees.len(),
            Self::Official => book.officials.len(),
            Self::Village => book.villages.len(),
        }
    }

    /// The key of a subject, as it stands in published tables.
    pub fn key(self, book: &Book, subject: Subject) -> String {
        let at = subject as usize;
        let name =
            |ids: &[_]| ids.get(at).map_or_else(String::new, |id| book.names.get(*id).to_owned());
        match self {
            Self::Payment => book
                .payments
                .line
                .get(at)
                .map_or_else(String::new, |line| book.line_key(*line as usize)),
            Self::Payee => name(&book.payees),
            Self::Official => name(&book.officials),
            Self::Village => name(&book.villages),
        }
    }
}

/// For each payment its subject of a coarser grain.
pub fn keys(book: &Book, grain: Grain) -> Option<&[Subject]> {
    match grain {
        Grain::Payment => None,
        Grain::Payee => Some(&book.payments.payee),
        Grain::Official => Some(&book.payments.approver),
        Grain::Village => Some(&book.payments.village),
    }
}

/// The payments of each subject of a coarser grain.
pub fn view(book: &Book, grain: Grain) -> Option<&View> {
    match grain {
        Grain::Payment => None,
        Grain::Payee => Some(book.by_payee()),
        Grain::Official => Some(book.by_official()),
        Grain::Village => Some(book.by_village()),
    }
}

/// For each line the payment that it is; a number past the last payment where it is none.
pub fn payment_of_line(book: &Book) -> Vec<u32> {
    let mut payment_of = vec![u32::MAX; book.lines.rows];
    for (payment, line) in (0_u32..).zip(&book.payments.line) {
        if let Some(place) = payment_of.get_mut(*line as usize) {
            *place = payment;
        }
    }
    payment_of
}

/// What hangs together, one number of each kind for each subject.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TestingUnits {
    /// The payments of a village to one payee are one testing unit, every other subject is one by itself.
    pub of_payee: Vec<u32>,
    /// Payments of one voucher are looked at together.
    pub of_voucher: Vec<u32>,
}

impl TestingUnits {
    /// Those of some subjects, in the order given.
    #[must_use]
    pub fn select(&self, rows: &[u32]) -> Self {
        let pick =
            |all: &[u32]| rows.iter().filter_map(|row| all.get(*row as usize)).copied().collect();
        Self { of_payee: pick(&self.of_payee), of_voucher: pick(&self.of_voucher) }
    }
}

/// The testing unit that each subject belongs to.
pub fn testing_units(book: &Book, grain: Grain) -> TestingUnits {
    if grain != Grain::Payment {
        let alone: Vec<u32> = (0..).take(grain.subjects(book)).collect();
        return TestingUnits { of_payee: alone.clone(), of_voucher: alone };
    }
    let payments = &book.payments;
    let keys = payments.village.iter().zip(&payments.payee);
    let voucher = |line: &u32| Some(book.vouchers.partition_point(|first| first <= line));
    TestingUnits {
        of_payee: numbered(keys.map(|key| Some(key).filter(|(_, payee)| **payee != NOBODY))),
        of_voucher: numbered(payments.line.iter().map(voucher)),
    }
}

/// Numbers keys in the order in which they first come; what has no key gets a number of its own.
pub(crate) fn numbered<K: Ord>(keys: impl Iterator<Item = Option<K>>) -> Vec<u32> {
    let (mut seen, mut next) = (BTreeMap::new(), 0..);
    let mut fresh = || next.next().unwrap_or(u32::MAX);
    let number = |key: Option<K>| match key {
        Some(key) => *seen.entry(key).or_insert_with(&mut fresh),
        None => fresh(),
    };
    keys.map(number).collect()
}

/// The group whose reference a subject is compared with: a payment's class of expense. Classes differ in
/// what is usual, and so would the share of their payments that look unusual.
pub fn groups(book: &Book, grain: Grain) -> Vec<&'static str> {
    match grain {
        Grain::Payment => book.payments.class.iter().map(|class| class.word()).collect(),
        _ => vec![""; grain.subjects(book)],
    }
}

/// The village of a subject: for payees and officials the one with most of their payments.
pub fn village_of(book: &Book, grain: Grain, subject: Subject) -> String {
    let name = |village: Subject| {
        let id = book.villages.get(village as usize).copied().unwrap_or(Id::NONE);
        book.names.get(id).to_owned()
    };
    let village = |payment: &u32| book.payments.village.get(*payment as usize).copied();
    match grain {
        Grain::Village => name(subject),
        Grain::Payment => village(&subject).map(name).unwrap_or_default(),
        Grain::Payee | Grain::Official => {
            let group = view(book, grain).map_or(&[][..], |view| view.group(subject as usize));
            let most = group
                .chunk_by(|a, b| village(a) == village(b))
                .max_by_key(|chunk| chunk.len())
                .and_then(<[u32]>::first);
            most.and_then(village)
                .filter(|village| *village != NOBODY)
                .map(name)
                .unwrap_or_default()
        }
    }
}

/// The amount of a payment, or the sum of a subject's payments.
pub fn money_of(book: &Book, grain: Grain, subject: Subject) -> Fen {
    let amounts = &book.payments.amount;
    let Some(view) = view(book, grain) else {
        return amounts.get(subject as usize).copied().unwrap_or(Fen(0));
    };
    let group = view.group(subject as usize).iter();
    group.filter_map(|it| amounts.get(*it as usize)).filter_map(|amount| amount.some()).sum()
}
