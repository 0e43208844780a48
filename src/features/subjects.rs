//! The subjects of one grain with their keys beside their features: what the researcher's tables hold, and
//! all that training and evaluation know of a county.

use std::collections::BTreeMap;

use crate::indicators::card::Scale;
use crate::indicators::named;
use crate::ledger::book::Book;
use crate::ledger::book::view::{NOBODY, Subject};
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::ledger::subject::{Grain, TestingUnits, groups, keys, money_of, numbered, village_of};
use crate::matrix::{Error, Matrix};

/// Subjects of one grain, a row for each; columns that a grain does not have hold empty cells.
#[derive(Debug, Clone, Default)]
pub struct Subjects {
    /// What was measured.
    pub features: Matrix,
    /// The county's code.
    pub county: Vec<String>,
    /// The key of the subject.
    pub subject: Vec<String>,
    /// The village that it belongs to; for payees and approvers the one with most of their payments.
    pub village: Vec<String>,
    /// The group whose reference it is compared with: a payment's class of expense.
    pub group: Vec<String>,
    /// The day of a payment.
    pub day: Vec<Day>,
    /// The amount of a payment, or the sum of a subject's payments.
    pub amount: Vec<Fen>,
    /// The payee of a payment.
    pub payee: Vec<String>,
    /// The approver of a payment.
    pub approver: Vec<String>,
}

impl Subjects {
    /// The subjects of a book's grain with their features.
    pub fn of(book: &Book, grain: Grain, features: Matrix) -> Self {
        let all = || 0..Subject::try_from(grain.subjects(book)).unwrap_or(Subject::MAX);
        let is_payment = grain == Grain::Payment;
        let person = |of: Grain, ids: &[Id]| -> Vec<String> {
            let key =
                |place: &Subject| ids.get(*place as usize).map_or("", |id| book.names.get(*id));
            let keys = keys(book, of).unwrap_or_default();
            all()
                .map(|it| keys.get(it as usize).filter(|_| is_payment).map_or("", key).to_owned())
                .collect()
        };
        let payments = &book.payments;
        let day = |it: Subject| payments.day.get(it as usize).copied().filter(|_| is_payment);
        Self {
            county: vec![book.county.clone(); features.rows()],
            subject: all().map(|it| grain.key(book, it)).collect(),
            village: all().map(|it| village_of(book, grain, it)).collect(),
            group: groups(book, grain).into_iter().map(str::to_owned).collect(),
            day: all().map(|it| day(it).unwrap_or(Day::NONE)).collect(),
            amount: all().map(|it| money_of(book, grain, it)).collect(),
            payee: person(Grain::Payee, &book.payees),
            approver: person(Grain::Official, &book.officials),
            features,
        }
    }

    /// The number of subjects.
    pub fn len(&self) -> usize {
        self.subject.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.subject.is_empty()
    }

    /// Some of the subjects, in the order given.
    #[must_use]
    pub fn select(&self, rows: &[u32]) -> Self {
        fn pick<T: Clone>(cells: &[T], rows: &[u32]) -> Vec<T> {
            rows.iter().filter_map(|row| cells.get(*row as usize)).cloned().collect()
        }
        Self {
            features: self.features.select(rows),
            county: pick(&self.county, rows),
            subject: pick(&self.subject, rows),
            village: pick(&self.village, rows),
            group: pick(&self.group, rows),
            day: pick(&self.day, rows),
            amount: pick(&self.amount, rows),
            payee: pick(&self.payee, rows),
            approver: pick(&self.approver, rows),
        }
    }

    /// Adds the subjects of another county.
    ///
    /// # Errors
    /// If they have other columns; both sides are named.
    pub fn append(&mut self, other: Self) -> Result<(), Error> {
        if self.is_empty() {
            *self = other;
            return Ok(());
        }
        self.features.append(other.features)?;
        self.county.extend(other.county);
        self.subject.extend(other.subject);
        self.village.extend(other.village);
        self.group.extend(other.group);
        self.day.extend(other.day);
        self.amount.extend(other.amount);
        self.payee.extend(other.payee);
        self.approver.extend(other.approver);
        Ok(())
    }

    /// The testing unit that each belongs to, as [`testing_units`](crate::ledger::subject::testing_units) has it.
    pub fn testing_units(&self, grain: Grain) -> TestingUnits {
        let is_payment = grain == Grain::Payment;
        let keys = self.county.iter().zip(self.village.iter().zip(&self.payee));
        let has_payee = |(_, (_, payee)): &(_, (_, &String))| is_payment && !payee.is_empty();
        // A payment's key is its voucher's, and the line.
        let voucher = |key: &'_ String| key.rsplit_once('/').map(|(voucher, _)| voucher.to_owned());
        TestingUnits {
            of_payee: numbered(keys.map(|key| Some(key).filter(has_payee))),
            of_voucher: numbered(
                self.subject.iter().map(|key| voucher(key).filter(|_| is_payment)),
            ),
        }
    }

    /// For each payment its place among the subjects of a coarser grain, or [`NOBODY`].
    pub fn owners(&self, grain: Grain, coarser: &Self) -> Vec<Subject> {
        let names = coarser.county.iter().zip(&coarser.subject);
        let places: BTreeMap<(&String, &String), Subject> = names.zip(0..).collect();
        let keys = match grain {
            Grain::Payee => &self.payee,
            Grain::Official => &self.approver,
            Grain::Village | Grain::Payment => &self.village,
        };
        let place = |key: (&String, &String)| places.get(&key).copied().unwrap_or(NOBODY);
        self.county.iter().zip(keys).map(place).collect()
    }
}

/// The unit of a column.
pub fn unit(column: &str) -> &'static str {
    match named(column).map(|entry| entry.card.scale) {
        Some(Scale::NegLog10P) => "-log10 of a p-value",
        Some(Scale::Value { .. }) => "as its page says",
        None => "natural logarithm",
    }
}
