//! Subjects of one grain with keys and features: the tables for researchers, and the input of training and evaluation.

use std::collections::BTreeMap;

use crate::indicators::card;
use crate::indicators::card::Scale;
use crate::ledger::book::Book;
use crate::ledger::book::index::SubjectIx;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::ledger::subject::{
    Grain, Subject, TestingUnits, groups, money_of, numbered, village_of,
};
use crate::matrix::{Error, Matrix};

/// Subjects of one grain, one row each; columns that do not apply to a grain have empty cells.
#[derive(Debug, Clone, Default)]
pub struct Subjects {
    /// The features.
    pub features: Matrix,
    /// The county's code.
    pub county: Vec<String>,
    /// The key of the subject.
    pub subject: Vec<String>,
    /// The village; for payees and approvers the one with most of their payments.
    pub village: Vec<String>,
    /// The comparison group: for payments the class of expense.
    pub group: Vec<String>,
    /// The day, for payments.
    pub day: Vec<Day>,
    /// The amount of a payment, or the sum of a subject's payments.
    pub amount: Vec<Fen>,
    /// The payee, for payments.
    pub payee: Vec<String>,
    /// The approver, for payments.
    pub approver: Vec<String>,
}

impl Subjects {
    /// The subjects of one grain of a book, with their features.
    pub fn of(book: &Book, grain: Grain, features: Matrix) -> Self {
        let all = || grain.all(book);
        let payments = &book.payments;
        let name = |id: Option<Id>| id.map_or("", |id| book.names.get(id)).to_owned();
        let of_payment = |subject: SubjectIx| match grain.subject(subject) {
            Subject::Payment(payment) => Some(payment),
            _ => None,
        };
        let payee = |it| Some(book.payees[payments.payee[of_payment(it)?]?]);
        let approver = |it| Some(book.officials[payments.approver[of_payment(it)?]?]);
        Self {
            county: vec![book.county.clone(); features.rows()],
            subject: all().map(|it| grain.key(book, it)).collect(),
            village: all().map(|it| village_of(book, grain, it)).collect(),
            group: groups(book, grain).into_iter().map(str::to_owned).collect(),
            day: all().map(|it| of_payment(it).map_or(Day::NONE, |it| payments.day[it])).collect(),
            amount: all().map(|it| money_of(book, grain, it)).collect(),
            payee: all().map(|it| name(payee(it))).collect(),
            approver: all().map(|it| name(approver(it))).collect(),
            features,
        }
    }

    /// The number of subjects.
    pub fn len(&self) -> usize {
        self.subject.len()
    }

    /// Whether there are no subjects.
    pub fn is_empty(&self) -> bool {
        self.subject.is_empty()
    }

    /// The given subjects, in the given order.
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

    /// Appends the subjects of another county.
    ///
    /// # Errors
    /// If the columns differ; the error names both.
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

    /// The testing unit of each subject, as in [`testing_units`](crate::ledger::subject::testing_units).
    pub fn testing_units(&self, grain: Grain) -> TestingUnits {
        let is_payment = grain == Grain::Payment;
        let keys = self.county.iter().zip(self.village.iter().zip(&self.payee));
        let has_payee = |(_, (_, payee)): &(_, (_, &String))| is_payment && !payee.is_empty();
        // The key of a payment is that of its voucher followed by the line.
        let voucher = |key: &'_ String| key.rsplit_once('/').map(|(voucher, _)| voucher.to_owned());
        TestingUnits {
            of_payee: numbered(keys.map(|key| Some(key).filter(has_payee))),
            of_voucher: numbered(
                self.subject.iter().map(|key| voucher(key).filter(|_| is_payment)),
            ),
        }
    }

    /// For each payment its index among the subjects of a coarser grain, if it belongs to one of them.
    pub fn owners(&self, grain: Grain, coarser: &Self) -> Vec<Option<SubjectIx>> {
        let names = coarser.county.iter().zip(&coarser.subject);
        let places: BTreeMap<(&String, &String), SubjectIx> =
            names.zip(SubjectIx::all(coarser.len())).collect();
        let keys = match grain {
            Grain::Payee => &self.payee,
            Grain::Official => &self.approver,
            Grain::Village | Grain::Payment => &self.village,
        };
        let place = |key: (&String, &String)| places.get(&key).copied();
        self.county.iter().zip(keys).map(place).collect()
    }
}

/// The unit of a column.
pub fn unit(column: &str) -> &'static str {
    match card(column).map(|it| it.scale) {
        Some(Scale::NegLog10P) => "-log10 of a p-value",
        Some(Scale::Value { .. }) => "as its page says",
        None => "natural logarithm",
    }
}
