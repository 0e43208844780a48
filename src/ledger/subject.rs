//! Subjects: the units that are measured and listed, each with a grain, a key and payments.

use std::collections::BTreeMap;
use strum::{EnumString, IntoStaticStr};

use serde::{Deserialize, Serialize};

use crate::ledger::book::Book;
use crate::ledger::book::index::{
    IxVec, LineIx, PayeeIx, PaymentIx, PersonIx, SubjectIx, VillageIx,
};
use crate::ledger::contract::cell::{Cell, Fen, Id};

/// The grain, or kind, of a subject.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    IntoStaticStr,
    EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Grain {
    /// One payment.
    Payment,
    /// A payee.
    Payee,
    /// An approver of payments.
    Official,
    /// One village.
    Village,
}

impl Grain {
    /// All grains, the finest first.
    pub const ALL: [Self; 4] = [Self::Payment, Self::Payee, Self::Official, Self::Village];

    /// The name in tables.
    pub fn word(self) -> &'static str {
        self.into()
    }

    /// The grain with this name, if there is one.
    pub fn of(word: &str) -> Option<Self> {
        word.parse().ok()
    }

    /// The number of subjects of this grain in a book.
    pub fn subjects(self, book: &Book) -> usize {
        match self {
            Self::Payment => book.payments.len(),
            Self::Payee => book.payees.len(),
            Self::Official => book.officials.len(),
            Self::Village => book.villages.len(),
        }
    }

    /// All subjects of this grain in a book.
    pub fn all(self, book: &Book) -> impl ExactSizeIterator<Item = SubjectIx> + Clone + use<> {
        SubjectIx::all(self.subjects(book))
    }

    /// Converts an index of this grain.
    pub fn subject(self, subject: SubjectIx) -> Subject {
        match self {
            Self::Payment => Subject::Payment(PaymentIx::of(subject)),
            Self::Payee => Subject::Payee(PayeeIx::of(subject)),
            Self::Official => Subject::Official(PersonIx::of(subject)),
            Self::Village => Subject::Village(VillageIx::of(subject)),
        }
    }

    /// The key of a subject in published tables.
    pub fn key(self, book: &Book, subject: SubjectIx) -> String {
        let name = |id: Id| book.names.get(id).to_owned();
        match self.subject(subject) {
            Subject::Payment(payment) => book.line_key(book.payments.line[payment]),
            Subject::Payee(payee) => name(book.payees[payee]),
            Subject::Official(person) => name(book.officials[person]),
            Subject::Village(village) => name(book.villages[village]),
        }
    }
}

/// A subject of known grain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// One payment.
    Payment(PaymentIx),
    /// A payee.
    Payee(PayeeIx),
    /// An official.
    Official(PersonIx),
    /// One village.
    Village(VillageIx),
}

/// The subject to which a payment belongs: itself, its payee, its approver or its village.
pub fn owner(book: &Book, grain: Grain, payment: PaymentIx) -> Option<SubjectIx> {
    let payments = &book.payments;
    match grain {
        Grain::Payment => Some(payment.into()),
        Grain::Payee => payments.payee[payment].map(Into::into),
        Grain::Official => payments.approver[payment].map(Into::into),
        Grain::Village => Some(payments.village[payment].into()),
    }
}

/// The payments of a subject; for a payment, itself.
pub fn payments_of(book: &Book, grain: Grain, subject: SubjectIx) -> &[PaymentIx] {
    match grain.subject(subject) {
        Subject::Payment(payment) => book.by_village().alone(payment),
        Subject::Payee(payee) => book.by_payee().group(payee),
        Subject::Official(person) => book.by_official().group(person),
        Subject::Village(village) => book.by_village().group(village),
    }
}

/// The payment of each line, if the line is one.
pub fn payment_of_line(book: &Book) -> IxVec<LineIx, Option<PaymentIx>> {
    let mut payment_of = IxVec::of(None, book.lines.rows);
    for (payment, line) in book.payments.line.iter_enumerated() {
        payment_of[*line] = Some(payment);
    }
    payment_of
}

/// Groups of dependent subjects, one number of each kind per subject.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TestingUnits {
    /// The payments of a village to one payee are one testing unit; every other subject is its own.
    pub of_payee: Vec<u32>,
    /// The payments of one voucher are examined together.
    pub of_voucher: Vec<u32>,
}

impl TestingUnits {
    /// The given subjects, in the given order.
    #[must_use]
    pub fn select(&self, rows: &[u32]) -> Self {
        let pick =
            |all: &[u32]| rows.iter().filter_map(|row| all.get(*row as usize)).copied().collect();
        Self { of_payee: pick(&self.of_payee), of_voucher: pick(&self.of_voucher) }
    }
}

/// The testing unit of each subject.
pub fn testing_units(book: &Book, grain: Grain) -> TestingUnits {
    if grain != Grain::Payment {
        let alone: Vec<u32> = (0..).take(grain.subjects(book)).collect();
        return TestingUnits { of_payee: alone.clone(), of_voucher: alone };
    }
    let payments = &book.payments;
    let keys = payments.village.iter().zip(&payments.payee);
    let voucher = |line: &LineIx| Some(book.vouchers.partition_point(|first| first <= line));
    TestingUnits {
        of_payee: numbered(keys.map(|(village, payee)| payee.map(|payee| (village, payee)))),
        of_voucher: numbered(payments.line.iter().map(voucher)),
    }
}

/// Numbers keys in order of appearance; missing keys get unique numbers.
pub(crate) fn numbered<K: Ord>(keys: impl Iterator<Item = Option<K>>) -> Vec<u32> {
    let (mut seen, mut next) = (BTreeMap::new(), 0..);
    let mut fresh = || next.next().unwrap_or(u32::MAX);
    let number = |key: Option<K>| match key {
        Some(key) => *seen.entry(key).or_insert_with(&mut fresh),
        None => fresh(),
    };
    keys.map(number).collect()
}

/// The comparison group of each subject: for payments the class of expense, because classes differ in their
/// distributions.
pub fn groups(book: &Book, grain: Grain) -> Vec<&'static str> {
    match grain {
        Grain::Payment => book.payments.class.iter().map(|class| class.word()).collect(),
        _ => vec![""; grain.subjects(book)],
    }
}

/// The village of a subject: for payees and officials the one with most of their payments.
pub fn village_of(book: &Book, grain: Grain, subject: SubjectIx) -> String {
    let village = |payment: &PaymentIx| book.payments.village[*payment];
    let most = match grain.subject(subject) {
        Subject::Village(own) => Some(own),
        _ => payments_of(book, grain, subject)
            .chunk_by(|a, b| village(a) == village(b))
            .max_by_key(|chunk| chunk.len())
            .and_then(<[_]>::first)
            .map(village),
    };
    most.map_or_else(String::new, |village| book.names.get(book.villages[village]).to_owned())
}

/// The amount of a payment, or the sum of a subject's payments.
pub fn money_of(book: &Book, grain: Grain, subject: SubjectIx) -> Fen {
    let payments = payments_of(book, grain, subject).iter();
    payments.filter_map(|payment| book.payments.amount[*payment].some()).sum()
}
