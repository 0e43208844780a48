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
use crate::ledger::book::Book;
use crate::ledger::book::view::Subject;
use crate::ledger::book::view::View;
use crate::ledger::contract::cell::Day;
use crate::ledger::subject::Grain;
use crate::params::{Fault, Params, Setting};

/// The groups that a kernel is handed one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Groups {
    /// The payments of a village.
    ByVillage,
    /// The payments to a payee, village after village.
    ByPayee,
    /// The payments that one person approved.
    ByApprover,
    /// The payments to a payee from one account.
    ByPayeeAccount,
}

impl Groups {
    fn view(self, book: &Book) -> &View {
        match self {
            Self::ByVillage => book.by_village(),
            Self::ByPayee => book.by_payee(),
            Self::ByApprover => book.by_approver(),
            Self::ByPayeeAccount => book.by_payee_account(),
        }
    }

    /// The group that holds a payment, if any does.
    fn of_payment(self, book: &Book, payment: Subject) -> Option<usize> {
        let payments = &book.payments;
        let at = payment as usize;
        let place = match self {
            Self::ByVillage => payments.village.get(at),
            Self::ByPayee => payments.payee.get(at),
            Self::ByApprover => payments.approver.get(at),
            Self::ByPayeeAccount => {
                let key = |at: usize| (payments.payee.get(at), payments.account.get(at));
                let view = self.view(book);
                let place = view.find(|first| key(first as usize) < key(at));
                return view.group(place).contains(&payment).then_some(place);
            }
        };
        place.map(|place| *place as usize)
    }
}

/// One group of payments: its number in the view (for villages, payees and approvers also the
/// subject's number) and its payments in the book's order.
#[derive(Debug, Clone, Copy)]
pub struct Group<'a> {
    /// The number of the group.
    pub number: Subject,
    /// Payment numbers.
    pub payments: &'a [u32],
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
    traced: Option<Subject>,
    found: Vec<(Subject, Reading)>,
    rows: Vec<u32>,
}

impl Out {
    /// A reading for a subject, with the lines of the book that are behind it.
    ///
    /// `rows` is only asked when this subject is to be shown. A subject without a reading is one to
    /// which the question does not apply.
    pub fn put<I: IntoIterator<Item = u32>>(
        &mut self,
        subject: Subject,
        value: f64,
        sample: usize,
        rows: impl FnOnce() -> I,
    ) {
        debug_assert!(value.is_finite() && value >= 0.0, "a reading of {value}");
        if self.traced == Some(subject) {
            self.rows = rows().into_iter().collect();
            self.rows.sort_unstable();
            self.rows.dedup();
        } else if self.traced.is_none() {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a reading has seven digits at most"
            )]
            let value = value as f32;
            let sample = u32::try_from(sample).unwrap_or(u32::MAX);
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
    const GROUPS: Groups;

    /// Computes what all groups share.
    fn context(&self, book: &Book) -> Self::Context;

    /// Puts a reading for each subject of this group to which the question applies.
    fn measure(&self, book: &Book, context: &Self::Context, group: Group<'_>, out: &mut Out);
}

/// One reading for each subject of a grain, where there is one.
#[derive(Debug, Clone)]
pub struct Readings {
    /// A value for each subject; NaN where the question does not apply.
    values: Vec<f32>,
    samples: Vec<u32>,
}

impl Readings {
    /// The reading of a subject.
    pub fn get(&self, subject: Subject) -> Option<Reading> {
        let at = subject as usize;
        let value = self.values.get(at).copied().filter(|value| !value.is_nan())?;
        Some(Reading { value, sample: self.samples.get(at).copied().unwrap_or(0) })
    }

    /// A value or nothing for each subject, in order.
    pub fn values(&self) -> impl ExactSizeIterator<Item = Option<f32>> {
        self.values.iter().map(|value| Some(*value).filter(|value| !value.is_nan()))
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

    /// The lines of the book behind a subject's reading, sorted; none where it has no reading.
    fn rows(&self, subject: Subject) -> Vec<u32>;
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
        let view = M::GROUPS.view(self.book);
        let tasks = view.len().div_ceil(GROUPS_PER_TASK);
        let found: Vec<Vec<(Subject, Reading)>> = (0..tasks)
            .into_par_iter()
            .map(|task| {
                let mut out = Out { traced: None, found: Vec::new(), rows: Vec::new() };
                let first = task * GROUPS_PER_TASK;
                for group in first..(first + GROUPS_PER_TASK).min(view.len()) {
                    self.ask(view, group, &mut out);
                }
                out.found
            })
            .collect();
        let subjects = self.card.grain.subjects(self.book);
        let mut readings =
            Readings { values: vec![f32::NAN; subjects], samples: vec![0; subjects] };
        for (subject, reading) in found.into_iter().flatten() {
            let at = subject as usize;
            let place = readings.values.get_mut(at).zip(readings.samples.get_mut(at));
            if let Some((value, sample)) = place {
                debug_assert!(value.is_nan(), "{}: two readings for {subject}", self.card.name);
                *value = reading.value;
                *sample = reading.sample;
            }
        }
        readings
    }

    fn rows(&self, subject: Subject) -> Vec<u32> {
        let group = match self.card.grain {
            Grain::Payment => M::GROUPS.of_payment(self.book, subject),
            _ => Some(subject as usize),
        };
        let mut out = Out { traced: Some(subject), found: Vec::new(), rows: Vec::new() };
        if let Some(group) = group {
            self.ask(M::GROUPS.view(self.book), group, &mut out);
        }
        out.rows
    }
}

impl<M: Measure> Asked<'_, M> {
    fn ask(&self, view: &View, group: usize, out: &mut Out) {
        let number = Subject::try_from(group).unwrap_or(Subject::MAX);
        let payments = view.group(group);
        let Some(in_force) = &self.in_force else {
            self.measure.measure(self.book, &self.context, Group { number, payments }, out);
            return;
        };
        let day = |payment: &u32| self.book.payments.day.get(*payment as usize);
        let holds = |payment: &u32| day(payment).is_some_and(|day| is_in(in_force, *day));
        let payments: Vec<u32> = payments.iter().copied().filter(holds).collect();
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

struct WithCard<M> {
    card: Card,
    measure: M,
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
