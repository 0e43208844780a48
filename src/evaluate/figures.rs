//! How well scores rank known irregularities first: the figures of `eval.json`.
//!
//! Rows without a known result are left out and counted. If a list ends inside a run of equal scores, figures are
//! expectations over a random choice from the run. Intervals are percentiles over resampled villages (Davison and
//! Hinkley 1997, sections 2.4 and 3.8), because rows of one village share its books.

use serde::Serialize;

use super::bootstrap::{interval, resample};
use super::measure::measure;
use super::ranked::Ranked;
use super::scored::{Error, Scored};
use super::set::{Set, list};
use super::settings::Settings;
use crate::params::Params;

/// Version of the format of `eval.json`.
const FORMAT: u32 = 1;

/// The figures of scored rows, one set for each grain and split.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// Version of the format.
    pub format: u32,
    /// The settings used.
    pub settings: Settings,
    /// The sets, the finest grain first.
    pub sets: Vec<Set<Estimate>>,
}

/// A figure with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The figure; `None` if it is undefined.
    pub value: Option<f64>,
    /// Lower end; `None` if there are too few villages or irregularities to resample.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

impl Figures {
    /// Measures every grain and split of scored rows, with intervals. The result does not depend on the number of
    /// threads.
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
