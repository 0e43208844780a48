//! The figures of one grain and split. A figure is a number, or a number with an interval.

use std::fmt;

use serde::Serialize;

use crate::ledger::subject::Grain;
use crate::scoring::evidence::trained::Split;

/// The figures of one grain and split; `T` is the type of a figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Set<T> {
    /// The kind of subject.
    pub grain: Grain,
    /// How the subjects were kept out of training.
    pub split: Split,
    /// Rows on which the figures are based.
    pub rows: usize,
    /// Rows left out because their result is unknown.
    pub unknown: usize,
    /// Villages of the rows.
    pub villages: usize,
    /// Positives: rows where something was found.
    pub found: usize,
    /// Cases to which the positives belong.
    pub cases: usize,
    /// Probability that a positive ranks above a negative; ties count one half.
    pub auroc: T,
    /// Mean precision over the positives; equal scores are one step.
    pub average_precision: T,
    /// Expected precision of a random list.
    pub precision_by_chance: Option<f64>,
    /// Precision of each list length that does not exceed the ranking.
    pub precision_at: Vec<PrecisionAt<T>>,
    /// What an audit of the head of the ranking finds.
    pub budget: Budget<T>,
    /// For each cut, how often negatives have a p-value up to it.
    pub calibration: Vec<Calibrated<T>>,
    /// By scheme, ordered by name.
    pub schemes: Vec<OfScheme<T>>,
}

/// Share of positives among the first rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PrecisionAt<T> {
    /// Number of rows.
    pub first: usize,
    /// The share.
    #[serde(flatten)]
    pub share: T,
}

/// Results of auditing the head of the ranking within the budget.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Budget<T> {
    /// The hours of the budget.
    pub hours: f64,
    /// The minutes for one subject.
    pub minutes: f64,
    /// Subjects audited.
    pub subjects: usize,
    /// Expected recall of a random list of this length.
    pub recall_by_chance: Option<f64>,
    /// Share of positives that are audited.
    pub recall_subjects: T,
    /// Share of cases with an audited positive.
    pub recall_cases: T,
    /// Amount recovered or at stake in the audited positives, in yuan.
    pub recovered_yuan: T,
    /// The same as a share of the amount of all positives.
    pub recovered_share: T,
}

/// Share of negatives whose p-value is at most a cut; it equals the cut if p-values are calibrated.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibrated<T> {
    /// The cut.
    pub cut: f64,
    /// Number of negatives.
    pub rows: usize,
    /// The share.
    #[serde(flatten)]
    pub share: T,
}

/// The figures of one scheme.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OfScheme<T> {
    /// The scheme.
    pub scheme: String,
    /// Its cases.
    pub cases: usize,
    /// Its positives.
    pub subjects: usize,
    /// Share of its positives that are audited within the budget.
    pub recall_subjects: T,
    /// Share of its cases with an audited positive.
    pub recall_cases: T,
    /// Probability that one of its positives ranks above a negative.
    pub auroc: T,
}

impl<T> Set<T> {
    /// The same set with every figure replaced by `change`, which gets its name and value in a fixed order.
    pub fn map<U>(&self, mut change: impl FnMut(fmt::Arguments<'_>, &T) -> U) -> Set<U> {
        let Self { grain, split, rows, unknown, villages, found, cases, .. } = *self;
        Set {
            grain,
            split,
            rows,
            unknown,
            villages,
            found,
            cases,
            auroc: change(format_args!("AUROC"), &self.auroc),
            average_precision: change(format_args!("average precision"), &self.average_precision),
            precision_by_chance: self.precision_by_chance,
            precision_at: self.precision_at.iter().map(|one| one.map(&mut change)).collect(),
            budget: self.budget.map(&mut change),
            calibration: self.calibration.iter().map(|one| one.map(&mut change)).collect(),
            schemes: self.schemes.iter().map(|one| one.map(&mut change)).collect(),
        }
    }
}

impl<T> PrecisionAt<T> {
    fn map<U>(&self, change: &mut impl FnMut(fmt::Arguments<'_>, &T) -> U) -> PrecisionAt<U> {
        let first = self.first;
        PrecisionAt { first, share: change(format_args!("precision at {first}"), &self.share) }
    }
}

impl<T> Budget<T> {
    fn map<U>(&self, change: &mut impl FnMut(fmt::Arguments<'_>, &T) -> U) -> Budget<U> {
        let Self { hours, minutes, subjects, recall_by_chance, .. } = *self;
        Budget {
            hours,
            minutes,
            subjects,
            recall_by_chance,
            recall_subjects: change(format_args!("recall of subjects"), &self.recall_subjects),
            recall_cases: change(format_args!("recall of cases"), &self.recall_cases),
            recovered_yuan: change(format_args!("recovered yuan"), &self.recovered_yuan),
            recovered_share: change(format_args!("recovered share"), &self.recovered_share),
        }
    }
}

impl<T> Calibrated<T> {
    fn map<U>(&self, change: &mut impl FnMut(fmt::Arguments<'_>, &T) -> U) -> Calibrated<U> {
        let Self { cut, rows, .. } = *self;
        let share = change(format_args!("share of p up to {cut}"), &self.share);
        Calibrated { cut, rows, share }
    }
}

impl<T> OfScheme<T> {
    fn map<U>(&self, change: &mut impl FnMut(fmt::Arguments<'_>, &T) -> U) -> OfScheme<U> {
        let Self { scheme, cases, subjects, .. } = self;
        let recall = change(format_args!("{scheme}: recall of subjects"), &self.recall_subjects);
        OfScheme {
            scheme: scheme.clone(),
            cases: *cases,
            subjects: *subjects,
            recall_subjects: recall,
            recall_cases: change(format_args!("{scheme}: recall of cases"), &self.recall_cases),
            auroc: change(format_args!("{scheme}: AUROC"), &self.auroc),
        }
    }
}

/// All figures of a set, in the order of `Set::map`.
pub(super) fn list(set: &Set<Option<f64>>) -> Vec<Option<f64>> {
    let mut list = Vec::new();
    let _same = set.map(|_, value| list.push(*value));
    list
}
