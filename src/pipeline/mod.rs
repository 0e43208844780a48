//! The settings of a run ([`Pipeline`]): one TOML file with a table for each stage, executed by [`crate::run`].

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use jiff::civil::Date;

use crate::indicators::indicator::{Configured, Indicator, Refused};
use crate::indicators::{CATALOGUE, named};
use crate::ledger::book::conform;
use crate::ledger::contract::cell::Day;
use crate::model;
use crate::model::drift::LIMIT;
use crate::model::feedback::FeedbackSettings;
use crate::params::{Params, above_zero, any, params, within};
use crate::pipeline::own_rules::OwnRules;
use crate::scoring::ranking_model::pretrained::Pretrained;
use crate::scoring::ranking_model::{self, Basis};
use crate::words::nearest::suggestion;
use crate::words::table::Lang;
use crate::worklist;

pub mod own_rules;
mod place;

/// How many days a voucher may be dated after the as-of date: postings for the next year are allowed.
const DAYS_AHEAD: i32 = 366;

params! {
    /// The settings of a run, stored in one TOML file.
    pub struct Pipeline {
        pub data: Option<PathBuf> = None, any,
            "The dataset: a folder of Parquet tables, or one ledger file. Relative paths are meant from this file."
            => "\"/srv/village-ledgers\"";
        pub out: Option<PathBuf> = None, any,
            "Where to publish: FOLDER/AS-OF-DATE/, and FOLDER/latest that is moved to it at the very end."
            => "\"/srv/points-to-verify\"";
        pub as_of: Option<Date> = None, any,
            "The day as of which the list speaks. Without it, the last voucher day of the ledger." => "2024-12-31";
        pub reference_to: Option<Date> = None, any,
            "The last day of the reference period that p-values compare with. Without it, all payments."
            => "2023-12-31";
        pub seed: u64 = 1, any, "The seed of all random choices: same input, same seed, same bytes.";
        pub lang: Lang = Lang::default(), any, "The language of lists, sheets and pages: zh or en.";
        pub trained: Option<PathBuf> = None, any,
            "The folder of a trained model (mingzhang train). Without it, the county is held against itself."
            => "\"../models/simulated\"";
        pub own_rules: Option<PathBuf> = None, any,
            "A file with the office's own rules and thresholds, TOML or a workbook: docs/own-rules.md."
            => "\"own-rules.xlsx\"";
        pub leave_out: Vec<String> = Vec::new(), any, "Indicators that are not asked; all others are.";
        pub indicators: BTreeMap<String, toml::Table> = BTreeMap::new(), any,
            "The settings of the indicators. What each measures: mingzhang explain NAME";
    }
    tables {
        pub ledger: conform::Settings, "How the ledger was kept.";
        pub ranking: ranking_model::settings::Settings,
            "How the ranking model learns: acts and innocent placebos are planted into a copy of the county's own book, and trees learn to tell them from its payments. See docs/ranking.md and docs/planting.md.";
        pub model: model::settings::Settings,
            "The detectors that say what is unusual among payments beside the schemes, and how each is fitted; what they are and how they do: docs/detectors.md";
        pub feedback: FeedbackSettings,
            "How a model learns from what audits found (the table `outcomes`), when it is trained: docs/feedback.md.";
        pub drift: Drift,
            "How far a county may differ from what a trained model was fitted on.";
        pub leads: worklist::settings::Settings,
            "The lists: for each office as many leads as its hours allow, those first that may bring back most in an hour.";
    }
}

params! {
    /// The `[drift]` table of a pipeline.
    #[derive(Copy)]
    pub struct Drift {
        pub limit: f64 = LIMIT, above_zero,
            "the population stability index from which a column counts as drifted";
        pub most: f64 = 0.2, within(0.0..=1.0),
            "the share of the columns of a grain above which the model is not believed and the run stops";
    }
}

impl Pipeline {
    /// Parses a TOML text and overrides some keys, for example `leads.minutes.payment=30.0`.
    ///
    /// # Errors
    /// If the text is not valid TOML, a key is unknown or was renamed, or a value has the wrong type or is out of
    /// range. The error names the line of the text or the assignment.
    pub fn parse(text: &str, set: &[String]) -> anyhow::Result<Self> {
        let mut table: toml::Table = text.parse()?;
        refuse_renamed(&table, text)?;
        let of_file = |(key, error): (String, anyhow::Error)| match place::line_of(text, &key) {
            Some(line) => error.context(format!("line {line}")),
            None => error,
        };
        let mut pipeline = Self::of_table(&table).map_err(of_file)?;
        for assignment in set {
            let Some((key, value)) = assignment.split_once('=') else {
                bail!("expected --set KEY=VALUE, found `{assignment}`");
            };
            assign(&mut table, key.trim(), value.trim())?;
            let of_flag =
                |(_, error): (String, anyhow::Error)| error.context(format!("--set {assignment}"));
            pipeline = Self::of_table(&table).map_err(of_flag)?;
        }
        Ok(pipeline)
    }

    /// Converts a table and checks the ranges; the error contains the key.
    fn of_table(table: &toml::Table) -> Result<Self, (String, anyhow::Error)> {
        let pipeline: Self = table.clone().try_into().map_err(|error: toml::de::Error| {
            let message = error.message().to_owned();
            // The error message names the table of the faulty key on a separate line.
            let told = error.to_string();
            let table = told.lines().find_map(|line| line.strip_prefix("in `")?.strip_suffix('`'));
            let field = message.strip_prefix("unknown field `").and_then(|it| it.split('`').next());
            let key: Vec<&str> = table.into_iter().chain(field).collect();
            let key = key.join(".");
            let error = anyhow!("`{key}`: {}", told_plainly(&message, field));
            (key, error)
        })?;
        pipeline.validate().map_err(|fault| (fault.key.clone(), fault.into()))?;
        pipeline.configured(&pipeline.indicators)?;
        Ok(pipeline)
    }

    /// The pipeline of a file, or the default pipeline if no file is given.
    ///
    /// # Errors
    /// See [`Self::read`] and [`Self::parse`].
    pub fn load_or_default(file: Option<&Path>, set: &[String]) -> anyhow::Result<Self> {
        file.map_or_else(|| Self::parse("", set), |file| Self::read(file, set))
    }

    /// Reads a pipeline file. Relative paths in `data`, `out`, `trained`, `own_rules` and `ranking.pretrained` are
    /// relative to the file's folder, those of `set` to the working folder.
    ///
    /// # Errors
    /// If the file cannot be read or its settings are invalid.
    pub fn read(file: &Path, set: &[String]) -> anyhow::Result<Self> {
        let text =
            fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
        let mut pipeline =
            Self::parse(&text, set).with_context(|| format!("in {}", file.display()))?;
        let folder = file.parent().unwrap_or(Path::new("."));
        let Self { data, out, trained, own_rules, ranking, .. } = &mut pipeline;
        let paths = [
            ("data", data),
            ("out", out),
            ("trained", trained),
            ("own_rules", own_rules),
            ("ranking.pretrained", &mut ranking.pretrained),
        ];
        // A path of the command line is meant from where it is given.
        let is_of_file = |key: &str| {
            let sets = |it: &String| it.split_once('=').is_some_and(|(own, _)| own.trim() == key);
            !set.iter().any(sets)
        };
        for (_, path) in paths.into_iter().filter(|(key, _)| is_of_file(key)) {
            if let Some(path) = path {
                *path = folder.join(&*path);
            }
        }
        Ok(pipeline)
    }

    /// The selected indicators of the catalogue with their settings, sorted by name, and then the office's own rules.
    ///
    /// # Errors
    /// If a name is not in the catalogue, a setting is invalid, or an own rule is wrong.
    pub fn indicators(&self, own: &OwnRules) -> anyhow::Result<Vec<Box<dyn Configured>>> {
        let mut all = self.of_catalogue(own)?;
        all.extend(own.configured()?);
        Ok(all)
    }

    /// Those of the catalogue alone, with the thresholds of the office: what a model can be trained on.
    ///
    /// # Errors
    /// See [`Self::indicators`].
    pub fn of_catalogue(&self, own: &OwnRules) -> anyhow::Result<Vec<Box<dyn Configured>>> {
        let mut settings = own.indicators.clone();
        for (name, table) in &self.indicators {
            settings.entry(name.clone()).or_default().extend(table.clone());
        }
        let all = self.configured(&settings).map_err(|(_, error)| error);
        match self.own_rules.as_deref().filter(|_| !own.indicators.is_empty()) {
            Some(file) => all.with_context(|| format!("with the thresholds of {}", file.display())),
            None => all,
        }
    }

    /// The office's own rules; none without a file.
    ///
    /// # Errors
    /// If the file cannot be read, or a rule in it is wrong.
    pub fn own_rules(&self) -> anyhow::Result<OwnRules> {
        self.own_rules.as_deref().map_or_else(|| Ok(OwnRules::default()), OwnRules::read)
    }

    /// The indicators of the catalogue with these settings; an error contains its key.
    fn configured(
        &self,
        settings: &BTreeMap<String, toml::Table>,
    ) -> Result<Vec<Box<dyn Configured>>, (String, anyhow::Error)> {
        let chosen = settings.keys().map(|name| (name, format!("indicators.{name}")));
        let left_out = self.leave_out.iter().map(|name| (name, "leave_out".to_owned()));
        if let Some((name, key)) = chosen.chain(left_out).find(|(name, _)| named(name).is_none()) {
            let names = CATALOGUE.iter().map(|entry| entry.card.name);
            let meant = suggestion(name, names, "; `mingzhang explain` lists them");
            let error = anyhow!("there is no indicator `{name}`{meant}");
            return Err((key, error));
        }
        let is_asked =
            |entry: &&&Indicator| !self.leave_out.iter().any(|name| name == entry.card.name);
        let configured = |entry: &&'static Indicator| {
            let own = settings.get(entry.card.name).cloned().unwrap_or_default();
            entry.with(own).map_err(|refused| {
                let table = format!("indicators.{}", entry.card.name);
                match refused {
                    Refused::Range(fault) => {
                        let fault = fault.below(&table);
                        (fault.key.clone(), fault.into())
                    }
                    Refused::Form(_) => (table.clone(), anyhow!("`{table}`: {refused}")),
                }
            })
        };
        CATALOGUE.iter().filter(is_asked).map(configured).collect()
    }

    /// The inputs of the ranking model.
    pub fn basis<'a>(&'a self, pretrained: &'a Pretrained) -> Basis<'a> {
        Basis {
            settings: &self.ranking,
            pretrained,
            prevalence: self.leads.prior.payment,
            seed: self.seed,
        }
    }

    /// The last valid day of a voucher if the ledger's settings do not give one. Without an as-of date it depends on
    /// the clock; no other result does.
    pub fn last_day(&self) -> Day {
        let today = jiff::Timestamp::now().as_second().div_euclid(24 * 3600);
        let today = Day(i32::try_from(today).unwrap_or(i32::MAX - DAYS_AHEAD));
        Day(self.as_of.map_or(today, Day::of).0 + DAYS_AHEAD)
    }
}

/// Old and current names of renamed keys.
const RENAMED: &[(&str, &str)] = &[
    ("teach", "feedback"),
    ("feedback.way", "nothing: active anomaly discovery is the one way to learn"),
    ("leads.find", "leads.trail_recovery"),
];

/// Rejects keys that were renamed.
fn refuse_renamed(table: &toml::Table, text: &str) -> anyhow::Result<()> {
    for (old, new) in RENAMED {
        let mut steps = old.split('.');
        let first = steps.next().and_then(|step| table.get(step));
        if steps.try_fold(first, |value, step| value.map(|it| it.get(step))).flatten().is_some() {
            let line =
                place::line_of(text, old).map_or_else(String::new, |line| format!("line {line}: "));
            bail!("{line}`{old}` is now `{new}`; see pipelines/nightly.toml");
        }
    }
    Ok(())
}

/// What is wrong with a key in the words of a pipeline: an unknown key gets the nearest known one, and a table its keys.
fn told_plainly(message: &str, unknown: Option<&str>) -> String {
    if let Some(unknown) = unknown {
        let known: Vec<&str> = message.split('`').skip(3).step_by(2).collect();
        let otherwise = format!("; known are {}", known.join(", "));
        let meant = suggestion(unknown, known.iter().copied(), &otherwise);
        return format!("there is no such key{meant}");
    }
    match message.split_once(", expected struct ") {
        Some((found, _)) => {
            let found = found.strip_prefix("invalid type: ").unwrap_or(found);
            format!(
                "it is a table of keys, but is given {found}; set its keys one by one (see pipelines/nightly.toml)"
            )
        }
        None => message.to_owned(),
    }
}

/// Sets a key, given as a dotted path, to a TOML value; a text that is not a TOML value is taken as a string.
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
