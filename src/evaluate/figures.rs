//! How well scores put first what is known to be there: the figures of `eval.json`.
//!
//! Rows of which nobody knows are left out and counted. Equal scores are one step: where a list ends
//! among them, a random choice of them is expected. Intervals are percentiles of figures over resampled
//! villages (Davison and Hinkley 1997, sections 2.4 and 3.8), since rows of one village share its books.

use std::fmt;

use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use serde::Serialize;

use super::bootstrap::{drawn, interval};
use super::measure::measure;
use super::ranked::Ranked;
use super::scored::{Error, Scored};
use super::settings::Settings;
use crate::ledger::subject::Grain;
use crate::params::Params;
use crate::scoring::evidence::trained::Split;

/// The version of the form of `eval.json`.
const FORMAT: u32 = 1;

/// The figures of scored rows, one set for each grain and split.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// The version of this form.
    pub format: u32,
    /// What was asked.
    pub settings: Settings,
    /// The sets, the finest grain first.
    pub sets: Vec<Set<Estimate>>,
}

/// A figure with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The figure; none where it cannot be told.
    pub value: Option<f64>,
    /// The lower end; none where villages or finds are too few to resample.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

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

impl Figures {
    /// Measures every grain and split of scored rows, with intervals. The number of threads changes
    /// nothing.
    ///
    /// # Errors
    /// If a setting is out of its range.
    pub fn of(scored: &Scored, settings: &Settings) -> Result<Self, Error> {
        settings.validate()?;
        let ranked = scored.sets().filter_map(|rows| Ranked::of(rows, settings));
        let sets = ranked.map(|ranked| estimates(&ranked, settings)).collect();
        Ok(Self { format: FORMAT, settings: settings.clone(), sets })
    }
}

fn estimates(ranked: &Ranked, settings: &Settings) -> Set<Estimate> {
    let point = measure(ranked, settings, &vec![1; ranked.villages]);
    let resampled =
        resample(ranked.villages, settings, |weights| list(&measure(ranked, settings, weights)));
    let mut place = 0;
    point.map(|_, value| {
        let interval = interval(&resampled, place, settings.confidence).filter(|_| value.is_some());
        place += 1;
        Estimate { value: *value, low: interval.map(|it| it.0), high: interval.map(|it| it.1) }
    })
}

/// All figures of a set in their order.
pub(super) fn list(set: &Set<Option<f64>>) -> Vec<Option<f64>> {
    let mut list = Vec::new();
    let _same = set.map(|_, value| list.push(*value));
    list
}

/// What is measured when villages are drawn again and again; nothing where there is only one.
pub(super) fn resample<T: Send>(
    villages: usize,
    settings: &Settings,
    measure: impl Fn(&[u32]) -> T + Sync,
) -> Vec<T> {
    let replicates = if villages < 2 { 0 } else { settings.replicates };
    let all = (0..replicates).into_par_iter();
    all.map(|replicate| measure(&drawn(villages, settings.seed, replicate))).collect()
}
