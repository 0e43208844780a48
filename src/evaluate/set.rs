//! The figures of one grain and split, whatever a figure is: a number, or one with an interval.

use std::fmt;

use serde::Serialize;

use crate::ledger::subject::Grain;
use crate::scoring::evidence::trained::Split;

/// The figures of one grain and split; `T` is a figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Set<T> {
    /// The kind of subject.
    pub grain: Grain,
    /// Which split put them into the test set.
    pub split: Split,
    /// The rows that the figures rest on.
    pub rows: usize,
    /// Rows of which nobody knows, left out.
    pub unknown: usize,
    /// Villages of the rows.
    pub villages: usize,
    /// Rows where something was found.
    pub found: usize,
    /// Cases that they belong to.
    pub cases: usize,
    /// The chance that a find ranks above another row, a tie counting one half.
    pub auroc: T,
    /// The mean of the precisions at each find, equal scores taken as one step.
    pub average_precision: T,
    /// The precision of a random list.
    pub precision_by_chance: Option<f64>,
    /// The precision of lists that are not longer than the ranking.
    pub precision_at: Vec<PrecisionAt<T>>,
    /// What an audit of the head of the ranking finds.
    pub budget: Budget<T>,
    /// For each cut, how often rows without a find have a p-value up to it.
    pub calibration: Vec<Calibrated<T>>,
    /// By scheme, in the order of names.
    pub schemes: Vec<OfScheme<T>>,
}

/// The share of finds among the first rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PrecisionAt<T> {
    /// So many rows.
    pub first: usize,
    /// The share.
    #[serde(flatten)]
    pub share: T,
}

/// What is found when the head of the ranking is audited for as long as the budget lasts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Budget<T> {
    /// The hours of the budget.
    pub hours: f64,
    /// The minutes for one subject.
    pub minutes: f64,
    /// Subjects that are audited.
    pub subjects: usize,
    /// The recall of a random list as long.
    pub recall_by_chance: Option<f64>,
    /// The share of the finds that are audited.
    pub recall_subjects: T,
    /// The share of the cases of which a find is audited.
    pub recall_cases: T,
    /// What the audited finds are worth, in yuan.
    pub recovered_yuan: T,
    /// The same as a share of what all finds are worth.
    pub recovered_share: T,
}

/// The share of rows without a find whose p-value is at most a cut; as large as the cut where p-values
/// keep their word.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibrated<T> {
    /// The cut.
    pub cut: f64,
    /// Rows without a find.
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
    /// Its finds.
    pub subjects: usize,
    /// The share of the finds that are audited at the budget.
    pub recall_subjects: T,
    /// The share of the cases of which a find is audited.
    pub recall_cases: T,
    /// The chance that one of its finds ranks above a row without a find.
    pub auroc: T,
}

impl<T> Set<T> {
    /// The same set with other figures: `change` is given the name of each and the figure, always in the
    /// same order.
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

/// All figures of a set in their order.
pub(super) fn list(set: &Set<Option<f64>>) -> Vec<Option<f64>> {
    let mut list = Vec::new();
    let _same = set.map(|_, value| list.push(*value));
    list
}
