//! The one room that knows every stage: settings in ([`Pipeline`]), a published folder out ([`run`]).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use jiff::civil::Date;
use linfa::ParamGuard;
use serde::{Deserialize, Serialize};

use crate::indicators::indicator::{Configured, Indicator};
use crate::indicators::{CATALOGUE, named};
use crate::ledger::cell::Day;
use crate::ledger::conform;
use crate::model;
use crate::model::drift::LIMIT;
use crate::model::feedback::FeedbackSettings;
use crate::scoring::ranking_model::pretrained::Pretrained;
use crate::scoring::ranking_model::{self, Basis};
use crate::words::table::Lang;
use crate::worklist;

/// Days after the as-of date that a voucher may still have: postings for the year to come.
const DAYS_AHEAD: i32 = 366;

/// The settings of a run: one TOML file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pipeline {
    /// The dataset; without it `--data` must be given.
    pub data: Option<PathBuf>,
    /// Where to publish; without it `--out` must be given.
    pub out: Option<PathBuf>,
    /// The day as of which the list speaks; without it, the last voucher day.
    pub as_of: Option<Date>,
    /// The last day of the reference period; without it, all payments are in the reference.
    pub reference_to: Option<Date>,
    /// The seed of all random choices.
    pub seed: u64,
    /// The language of lists, sheets and pages.
    pub lang: Lang,
    /// How the ledger was kept.
    pub ledger: conform::Settings,
    /// The settings of indicators, by name; every indicator is asked, whether it has some or not.
    pub indicators: BTreeMap<String, toml::Table>,
    /// The indicators that are not asked.
    pub leave_out: Vec<String>,
    /// How the ranking model learns, where no trained model is named.
    pub ranking: ranking_model::settings::Settings,
    /// The detectors, where a county is held against itself without a ranking model.
    pub model: model::settings::Settings,
    /// How a model learns from what audits found, when it is trained.
    pub feedback: FeedbackSettings,
    /// The folder of a trained model; without it, a county is held against itself.
    pub trained: Option<PathBuf>,
    /// How far a county may differ from what a trained model was fitted on.
    pub drift: Drift,
    /// How long the lists are, and who verifies what.
    pub leads: worklist::settings::Settings,
}

/// The `[drift]` table of a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Drift {
    /// The population stability index from which a column counts as drifted.
    pub limit: f64,
    /// The share of the columns of a grain above which the model is not believed and the run stops.
    pub most: f64,
}

impl Default for Drift {
    fn default() -> Self {
        Self { limit: LIMIT, most: 0.2 }
    }
}

impl Default for Pipeline {
    fn default() -> Self {
        Self {
            data: None,
            out: None,
            as_of: None,
            reference_to: None,
            seed: 1,
            lang: Lang::default(),
            ledger: conform::Settings::default(),
            indicators: BTreeMap::new(),
            leave_out: Vec::new(),
            ranking: ranking_model::settings::Settings::default(),
            model: model::settings::Settings::default(),
            feedback: FeedbackSettings::default(),
            trained: None,
            drift: Drift::default(),
            leads: worklist::settings::Settings::default(),
        }
    }
}

impl Pipeline {
    /// The pipeline of a TOML text, with some keys set to other values: `leads.minutes.payment=30.0`.
    ///
    /// # Errors
    /// If the text is no TOML, a key is unknown, or a value has the wrong type.
    pub fn parse(text: &str, set: &[String]) -> anyhow::Result<Self> {
        let mut table: toml::Table = text.parse()?;
        for assignment in set {
            let Some((key, value)) = assignment.split_once('=') else {
                bail!("expected --set KEY=VALUE, found `{assignment}`");
            };
            assign(&mut table, key.trim(), value.trim())?;
        }
        let pipeline: Self = table.try_into()?;
        pipeline.indicators()?;
        pipeline.model.check_ref().context("in `model`")?;
        pipeline.ranking.check()?;
        let Drift { limit, most } = pipeline.drift;
        if !(limit > 0.0 && (0.0..=1.0).contains(&most)) {
            bail!(
                "in `drift`: `limit` must be above 0 and `most` from 0 to 1, but they are {limit} and {most}"
            );
        }
        for (part, fault) in
            [("ledger", pipeline.ledger.validate()), ("leads", pipeline.leads.validate())]
        {
            if let Some(fault) = fault {
                bail!("in `{part}`: {fault}");
            }
        }
        Ok(pipeline)
    }

    /// The pipeline that is meant: that of a file, or the default one where no file is named.
    ///
    /// # Errors
    /// As [`Self::read`] and [`Self::parse`].
    pub fn load_or_default(file: Option<&Path>, set: &[String]) -> anyhow::Result<Self> {
        file.map_or_else(|| Self::parse("", set), |file| Self::read(file, set))
    }

    /// The pipeline of a file. A relative `data`, `out`, `trained` or `ranking.pretrained` is meant from the file's folder.
    ///
    /// # Errors
    /// If the file cannot be read, or its settings are wrong.
    pub fn read(file: &Path, set: &[String]) -> anyhow::Result<Self> {
        let text =
            fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
        let mut pipeline =
            Self::parse(&text, set).with_context(|| format!("in {}", file.display()))?;
        let folder = file.parent().unwrap_or(Path::new("."));
        let Self { data, out, trained, ranking, .. } = &mut pipeline;
        let paths = [data, out, trained, &mut ranking.pretrained];
        for path in paths.into_iter().flatten() {
            *path = folder.join(&*path);
        }
        Ok(pipeline)
    }

    /// The chosen indicators with their settings, sorted by name.
    ///
    /// # Errors
    /// If a name is not in the catalogue, or a setting is wrong.
    pub fn indicators(&self) -> anyhow::Result<Vec<Box<dyn Configured>>> {
        for name in self.indicators.keys().chain(&self.leave_out) {
            if named(name).is_none() {
                let names: Vec<_> = CATALOGUE.iter().map(|entry| entry.card.name).collect();
                bail!("there is no indicator `{name}`; expected one of {}", names.join(", "));
            }
        }
        let is_asked =
            |entry: &&&Indicator| !self.leave_out.iter().any(|name| name == entry.card.name);
        let configured = |entry: &&'static Indicator| {
            let settings = self.indicators.get(entry.card.name).cloned().unwrap_or_default();
            entry.with(settings).with_context(|| format!("in `indicators.{}`", entry.card.name))
        };
        CATALOGUE.iter().filter(is_asked).map(configured).collect()
    }

    /// What the scores of a county rest on.
    pub fn basis<'a>(&'a self, pretrained: &'a Pretrained) -> Basis<'a> {
        Basis {
            settings: &self.ranking,
            pretrained,
            prevalence: self.leads.prior.payment,
            seed: self.seed,
        }
    }

    /// The last day that a voucher may have where the ledger's settings do not say. Without an as-of
    /// date the clock decides how far ahead a date can be meant; no other result depends on it.
    pub fn last_day(&self) -> Day {
        let today = jiff::Timestamp::now().as_second().div_euclid(24 * 3600);
        let today = Day(i32::try_from(today).unwrap_or(i32::MAX - DAYS_AHEAD));
        Day(self.as_of.map_or(today, Day::of).0 + DAYS_AHEAD)
    }
}

/// Sets one key, given as a dotted path, to a TOML value; what is no TOML value is a string.
fn assign(table: &mut toml::Table, key: &str, value: &str) -> anyhow::Result<()> {
    let parsed = format!("value = {value}").parse::<toml::Table>();
    let parsed = parsed.ok().and_then(|mut table| table.remove("value"));
    let value = parsed.unwrap_or_else(|| toml::Value::String(value.to_owned()));
    let mut place = table;
    let mut steps = key.split('.').peekable();
    while let Some(step) = steps.next() {
        if steps.peek().is_none() {
            place.insert(step.to_owned(), value);
            return Ok(());
        }
        let inner = place.entry(step.to_owned()).or_insert_with(|| toml::Table::new().into());
        let Some(inner) = inner.as_table_mut() else {
            bail!("--set {key}: `{step}` is a value, not a table");
        };
        place = inner;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Pipeline;

    #[test]
    fn a_key_is_set_from_the_command_line() {
        let set = ["leads.minutes.payment=7.0".to_owned(), "as_of=2024-12-31".to_owned()];
        let text = "[leads.minutes]\npayment = 1.0\n";
        let pipeline = Pipeline::parse(text, &set).unwrap();
        assert!((pipeline.leads.minutes.payment - 7.0).abs() < 1e-9);
        assert_eq!(pipeline.as_of, Some(jiff::civil::date(2024, 12, 31)));
    }

    #[test]
    fn an_unknown_key_or_indicator_is_named() {
        for (text, named) in [
            ("sed = 1", "sed"),
            ("[indicators.no_such_thing]", "no_such_thing"),
            ("[indicators.self_approval]\nno_such_key = 1", "no_such_key"),
            ("seed = \"one\"", "seed"),
        ] {
            let error = format!("{:#}", Pipeline::parse(text, &[]).unwrap_err());
            assert!(error.contains(named), "{error}");
        }
    }
}
