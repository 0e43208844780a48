//! What an indicator is: a card that says what it asks and needs, and a kernel that measures.
//!
//! A kernel is handed one group of a view at a time and puts readings for subjects of that group. The
//! same kernel is run again on a single group to show the rows behind a listed subject, so there is no
//! second way of explaining that could disagree with the first.

use std::fmt::Debug;
use std::ops::RangeInclusive;

use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use serde::de::DeserializeOwned;
use thiserror::Error;

use super::basis::Basis;
use super::card::{Card, Class};
use super::fact::Fact;
use crate::convert::row32;
use crate::ledger::book::Book;
use crate::ledger::book::index::{
    IxVec, LineIx, PayeeAccountIx, PayeeIx, PaymentIx, PersonIx, SubjectIx, VillageIx,
};
use crate::ledger::book::view::View;
use crate::ledger::contract::cell::{Day, Fen};
use crate::ledger::subject::Grain;
use crate::params::{Fault, Params, Setting};

/// What numbers the groups that a kernel is handed one by one.
pub trait GroupIx: Copy + From<usize> + Into<usize> + Send + Sync {
    /// The groups.
    fn view(book: &Book) -> &View<Self>;

    /// The group that holds a payment, if any does.
    fn of_payment(book: &Book, payment: PaymentIx) -> Option<Self>;

    /// The group of a subject that is no payment, if such subjects have one.
    fn of_subject(_: SubjectIx) -> Option<Self> {
        None
    }
}

/// The payments of a village.
impl GroupIx for VillageIx {
    fn view(book: &Book) -> &View<Self> {
        book.by_village()
    }

    fn of_payment(book: &Book, payment: PaymentIx) -> Option<Self> {
        Some(book.payments.village[payment])
    }

    fn of_subject(subject: SubjectIx) -> Option<Self> {
        Some(Self::of(subject))
    }
}

/// The payments to a payee, village after village.
impl GroupIx for PayeeIx {
    fn view(book: &Book) -> &View<Self> {
        book.by_payee()
    }

    fn of_payment(book: &Book, payment: PaymentIx) -> Option<Self> {
        book.payments.payee[payment]
    }

    fn of_subject(subject: SubjectIx) -> Option<Self> {
        Some(Self::of(subject))
    }
}

/// The payments that one person approved.
impl GroupIx for PersonIx {
    fn view(book: &Book) -> &View<Self> {
        book.by_approver()
    }

    fn of_payment(book: &Book, payment: PaymentIx) -> Option<Self> {
        book.payments.approver[payment]
    }

    fn of_subject(subject: SubjectIx) -> Option<Self> {
        Some(Self::of(subject))
    }
}

/// The payments to a payee from one account.
impl GroupIx for PayeeAccountIx {
    fn view(book: &Book) -> &View<Self> {
        book.by_payee_account()
    }

    fn of_payment(book: &Book, payment: PaymentIx) -> Option<Self> {
        let payments = &book.payments;
        let key = |it: PaymentIx| (payments.payee[it], payments.account[it]);
        let view = book.by_payee_account();
        let group = view.find(|first| key(first) < key(payment))?;
        view.group(group).contains(&payment).then_some(group)
    }
}

/// One group of payments: its number in the view and its payments in the book's order.
#[derive(Debug, Clone, Copy)]
pub struct Group<'a, G> {
    /// The number of the group.
    pub number: G,
    /// Its payments.
    pub payments: &'a [PaymentIx],
}

/// What was found for one subject.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// Larger is more unusual; finite and not negative.
    pub value: f32,
    /// How much stands behind the value: payments, vouchers, or whatever the page says.
    pub sample: u32,
}

/// Where a kernel puts its readings.
#[derive(Debug)]
pub struct Out {
    /// The subject whose rows are asked for; without one, readings are collected.
    traced: Option<SubjectIx>,
    found: Vec<(SubjectIx, Reading)>,
    trace: Trace,
}

/// What stands behind a reading.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trace {
    /// The lines of the book, sorted.
    pub rows: Vec<LineIx>,
    /// Rows of the other tables, sorted.
    pub records: Vec<Record>,
    /// What they show, the most telling first.
    pub facts: Vec<Fact>,
}

/// A row of a table other than the ledger: rent that fell due, an account of a notice, a person on a roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Record {
    /// The name of the table in the contract.
    pub table: &'static str,
    /// The row of the table, from 0.
    pub row: u32,
    /// Money that the row stands for and no payment does, as rent that is not booked; nothing if payments carry it.
    pub money: Fen,
}

impl Out {
    fn new(traced: Option<SubjectIx>) -> Self {
        Self { traced, found: Vec::new(), trace: Trace::default() }
    }

    /// States facts about a subject with a reading; `facts` is only asked when this subject is to be shown.
    pub fn tell<I: IntoIterator<Item = Fact>>(
        &mut self,
        subject: impl Into<SubjectIx>,
        facts: impl FnOnce() -> I,
    ) {
        if self.traced == Some(subject.into()) {
            self.trace.facts.extend(facts());
        }
    }

    /// Rows of other tables behind a reading; `records` is only asked when this subject is to be shown.
    pub fn cite<I: IntoIterator<Item = Record>>(
        &mut self,
        subject: impl Into<SubjectIx>,
        records: impl FnOnce() -> I,
    ) {
        if self.traced == Some(subject.into()) {
            self.trace.records.extend(records());
            self.trace.records.sort_unstable();
            self.trace.records.dedup();
        }
    }

    /// A reading for a subject, with the lines of the book that are behind it.
    ///
    /// `rows` is only asked when this subject is to be shown. A subject without a reading is one to
    /// which the question does not apply.
    pub fn put<I: IntoIterator<Item = LineIx>>(
        &mut self,
        subject: impl Into<SubjectIx>,
        value: f64,
        sample: usize,
        rows: impl FnOnce() -> I,
    ) {
        debug_assert!(value.is_finite() && value >= 0.0, "a reading of {value}");
        let subject = subject.into();
        if self.traced == Some(subject) {
            self.trace.rows = rows().into_iter().collect();
            self.trace.rows.sort_unstable();
            self.trace.rows.dedup();
        } else if self.traced.is_none() {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a reading has seven digits at most"
            )]
            let value = value as f32;
            let sample = row32(sample);
            self.found.push((subject, Reading { value, sample }));
        }
    }
}

/// The work of an indicator; its settings are the struct itself. It cannot fail, do I/O, or see
/// another book.
pub trait Measure: Debug + Send + Sync {
    /// What is computed once for a book and shared by all groups: a profile, a null distribution.
    type Context: Send + Sync;

    /// The groups that the kernel is handed.
    type Groups: GroupIx;

    /// Computes what all groups share.
    fn context(&self, book: &Book) -> Self::Context;

    /// Puts a reading for each subject of this group to which the question applies.
    fn measure(
        &self,
        book: &Book,
        context: &Self::Context,
        group: Group<'_, Self::Groups>,
        out: &mut Out,
    );
}

/// One reading for each subject of a grain, where there is one.
#[derive(Debug, Clone)]
pub struct Readings {
    /// A value for each subject; NaN where the question does not apply.
    values: IxVec<SubjectIx, f32>,
    samples: IxVec<SubjectIx, u32>,
}

impl Readings {
    /// The reading of a subject.
    pub fn get(&self, subject: SubjectIx) -> Option<Reading> {
        let (value, sample) = (self.values[subject], self.samples[subject]);
        (!value.is_nan()).then_some(Reading { value, sample })
    }

    /// A value or nothing for each subject, in order.
    pub fn values(&self) -> impl ExactSizeIterator<Item = Option<f32>> {
        self.values.iter().map(|value| Some(*value).filter(|value| !value.is_nan()))
    }

    /// The subjects with a reading, in order, each with its value.
    pub fn known(&self) -> impl Iterator<Item = (SubjectIx, f32)> {
        let all = self.values.iter_enumerated().map(|(subject, value)| (subject, *value));
        all.filter(|(_, value)| !value.is_nan())
    }

    /// The number of subjects.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is no subject.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The number of subjects with a reading.
    pub fn answered(&self) -> usize {
        self.values.iter().filter(|value| !value.is_nan()).count()
    }
}

/// An indicator that is ready to be asked about one book.
pub trait Prepared: Send + Sync {
    /// The readings of all subjects.
    fn readings(&self) -> Readings;

    /// The lines of the book behind a subject's reading and the facts that they show; none where it has no reading.
    fn trace(&self, subject: SubjectIx) -> Trace;
}

struct Asked<'a, M: Measure> {
    card: &'a Card,
    measure: &'a M,
    book: &'a Book,
    context: M::Context,
    /// When the rule was in force, if some payments are older or younger; none if every payment counts.
    in_force: Option<Vec<RangeInclusive<Day>>>,
}

/// Groups that one task handles: enough to make a task worth its while.
const GROUPS_PER_TASK: usize = 32;

impl<M: Measure> Prepared for Asked<'_, M> {
    fn readings(&self) -> Readings {
        let view = M::Groups::view(self.book);
        let tasks = view.len().div_ceil(GROUPS_PER_TASK);
        let found: Vec<Vec<(SubjectIx, Reading)>> = (0..tasks)
            .into_par_iter()
            .map(|task| {
                let mut out = Out::new(None);
                let first = task * GROUPS_PER_TASK;
                for group in first..(first + GROUPS_PER_TASK).min(view.len()) {
                    self.ask(view, group.into(), &mut out);
                }
                out.found
            })
            .collect();
        let subjects = self.card.grain.subjects(self.book);
        let mut readings =
            Readings { values: IxVec::of(f32::NAN, subjects), samples: IxVec::of(0, subjects) };
        for (subject, Reading { value, sample }) in found.into_iter().flatten() {
            let (name, known) = (self.card.name, readings.values[subject]);
            debug_assert!(known.is_nan(), "{name}: two readings for {subject:?}");
            readings.values[subject] = value;
            readings.samples[subject] = sample;
        }
        readings
    }

    fn trace(&self, subject: SubjectIx) -> Trace {
        let group = match self.card.grain {
            Grain::Payment => M::Groups::of_payment(self.book, PaymentIx::of(subject)),
            _ => M::Groups::of_subject(subject),
        };
        let mut out = Out::new(Some(subject));
        if let Some(group) = group {
            self.ask(M::Groups::view(self.book), group, &mut out);
        }
        out.trace
    }
}

impl<M: Measure> Asked<'_, M> {
    fn ask(&self, view: &View<M::Groups>, number: M::Groups, out: &mut Out) {
        let payments = view.group(number);
        let Some(in_force) = &self.in_force else {
            self.measure.measure(self.book, &self.context, Group { number, payments }, out);
            return;
        };
        let holds = |payment: &PaymentIx| is_in(in_force, self.book.payments.day[*payment]);
        let payments: Vec<PaymentIx> = payments.iter().copied().filter(holds).collect();
        let group = Group { number, payments: &payments };
        self.measure.measure(self.book, &self.context, group, out);
    }
}

fn is_in(spans: &[RangeInclusive<Day>], day: Day) -> bool {
    spans.iter().any(|span| span.contains(&day))
}

/// When a rule was in force, if the book has payments of other days.
fn in_force(card: &Card, book: &Book) -> Option<Vec<RangeInclusive<Day>>> {
    let spans: Vec<_> = card.basis.iter().map(Basis::days).collect();
    let is_outside = |day: &Day| !is_in(&spans, *day);
    let asks_some = card.class == Class::Rule && book.payments.day.iter().any(is_outside);
    asks_some.then_some(spans)
}

/// Why settings cannot be taken.
#[derive(Debug, Error)]
pub enum Refused {
    /// A value is out of its range.
    #[error(transparent)]
    Range(#[from] Fault),
    /// A key is unknown, or a value has the wrong type.
    #[error("{}", _0.to_string().trim().replace('\n', " "))]
    Form(#[from] toml::de::Error),
}

/// An indicator with its settings.
pub trait Configured: Debug + Send + Sync {
    /// Its card.
    fn card(&self) -> &Card;

    /// Makes it ready for one book.
    fn prepare<'a>(&'a self, book: &'a Book) -> Box<dyn Prepared + 'a>;
}

/// A card and the kernel that measures by it.
pub(super) struct WithCard<M> {
    pub(super) card: Card,
    pub(super) measure: M,
}

/// The settings tell one from another; the card and its pages would only hide them.
impl<M: Debug> Debug for WithCard<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.measure.fmt(f)
    }
}

impl<M: Measure> Configured for WithCard<M> {
    fn card(&self) -> &Card {
        &self.card
    }

    fn prepare<'a>(&'a self, book: &'a Book) -> Box<dyn Prepared + 'a> {
        let (card, measure) = (&self.card, &self.measure);
        let (context, in_force) = (measure.context(book), in_force(card, book));
        Box::new(Asked { card, measure, book, context, in_force })
    }
}

/// An entry of the catalogue.
#[derive(Debug)]
pub struct Indicator {
    /// What it asks, and of whom.
    pub card: Card,
    build: fn(Card, toml::Table) -> Result<Box<dyn Configured>, Refused>,
    settings: fn() -> Vec<Setting>,
}

impl Indicator {
    /// An entry for the kernel `M`.
    pub(super) const fn of<M: Measure + Params + DeserializeOwned + 'static>(card: Card) -> Self {
        Self { card, build: build::<M>, settings: M::settings }
    }

    /// Its settings in the order of its page.
    pub fn settings(&self) -> Vec<Setting> {
        (self.settings)()
    }

    /// The indicator with these settings.
    ///
    /// # Errors
    /// If a key is unknown, or a value has the wrong type or lies outside its range.
    pub fn with(&self, settings: toml::Table) -> Result<Box<dyn Configured>, Refused> {
        (self.build)(self.card, settings)
    }
}

fn build<M: Measure + Params + DeserializeOwned + 'static>(
    card: Card,
    settings: toml::Table,
) -> Result<Box<dyn Configured>, Refused> {
    let measure: M = settings.try_into()?;
    measure.validate()?;
    Ok(Box::new(WithCard { card, measure }))
}
