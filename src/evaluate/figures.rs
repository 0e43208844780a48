//! How well scores put first what is known to be there: the figures of `eval.json`.
//!
//! Rows of which nobody knows are left out and counted. Equal scores are one step: where a list ends
//! among them, a random choice of them is expected. Intervals are percentiles of figures over resampled
//! villages (Davison and Hinkley 1997, sections 2.4 and 3.8), since rows of one village share its books.

use serde::Serialize;

use super::bootstrap::{interval, resample};
use super::measure::measure;
use super::ranked::Ranked;
use super::scored::{Error, Scored};
use super::set::{Set, list};
use super::settings::Settings;
use crate::params::Params;

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
