//! The one room that knows every stage: settings in, a published folder out.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, bail};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::features::{Coverage, matrix, measure};
use crate::indicators::indicator::{Configured, Grain};
use crate::indicators::{CATALOGUE, named};
use crate::leads::evidence::evidence;
use crate::leads::list::{self, Lead, leads};
use crate::leads::rank::{Ranking, Reference, rank};
use crate::ledger::book::Book;
use crate::ledger::cell::Day;
use crate::ledger::conform;
use crate::ledger::dataset::{Dataset, Source};
use crate::ledger::open::{Intake, books};
use crate::model;
use crate::report::tables::{self, County, path, write_quarantine};
use crate::run::publish::Staging;

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
    /// How the ledger was kept.
    pub ledger: conform::Settings,
    /// The indicators to ask, each with its settings; without any, the whole catalogue.
    pub indicators: BTreeMap<String, toml::Table>,
    /// The detectors.
    pub model: model::settings::Settings,
    /// How long the list is, and who verifies it.
    pub leads: list::Settings,
}

impl Default for Pipeline {
    fn default() -> Self {
        Self {
            data: None,
            out: None,
            as_of: None,
            reference_to: None,
            seed: 1,
            ledger: conform::Settings::default(),
            indicators: BTreeMap::new(),
            model: model::settings::Settings::default(),
            leads: list::Settings::default(),
        }
    }
}

/// What a run did.
#[derive(Debug)]
pub struct Outcome {
    /// The published folder.
    pub folder: PathBuf,
    /// The day as of which the list speaks.
    pub as_of: Day,
    /// What was done for each county.
    pub counties: Vec<CountyOutcome>,
    /// Ledger rows refused.
    pub refused_rows: usize,
    /// Stages with their seconds.
    pub stages: Vec<(&'static str, f64)>,
}

/// What a run did for one county.
#[derive(Debug)]
pub struct CountyOutcome {
    /// The county.
    pub county: String,
    /// Lines in the book.
    pub lines: usize,
    /// Payments that were ranked.
    pub payments: usize,
    /// Villages.
    pub villages: usize,
    /// Which indicators could be asked.
    pub coverage: Vec<Coverage>,
    /// The work list.
    pub leads: Vec<Lead>,
}

impl Pipeline {
    /// The pipeline of a TOML text, with some keys set to other values: `leads.payment.lines=20`.
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
        Ok(pipeline)
    }

    /// The pipeline of a file. A relative `data` or `out` is meant from the file's folder.
    ///
    /// # Errors
    /// If the file cannot be read, or its settings are wrong.
    pub fn read(file: &Path, set: &[String]) -> anyhow::Result<Self> {
        let text =
            fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
        let mut pipeline =
            Self::parse(&text, set).with_context(|| format!("in {}", file.display()))?;
        let folder = file.parent().unwrap_or(Path::new("."));
        for path in [&mut pipeline.data, &mut pipeline.out].into_iter().flatten() {
            *path = folder.join(&*path);
        }
        Ok(pipeline)
    }

    /// The chosen indicators with their settings, sorted by name.
    ///
    /// # Errors
    /// If a name is not in the catalogue, or a setting is wrong.
    pub fn indicators(&self) -> anyhow::Result<Vec<Box<dyn Configured>>> {
        if self.indicators.is_empty() {
            let all = CATALOGUE.iter().map(|entry| entry.with(toml::Table::new()));
            return Ok(all.collect::<Result<_, _>>()?);
        }
        let configured = |(name, settings): (&String, &toml::Table)| {
            let Some(entry) = named(name) else {
                let names: Vec<_> = CATALOGUE.iter().map(|entry| entry.card.name).collect();
                bail!("there is no indicator `{name}`; expected one of {}", names.join(", "));
            };
            entry.with(settings.clone()).with_context(|| format!("in `indicators.{name}`"))
        };
        self.indicators.iter().map(configured).collect()
    }

    /// Runs every stage and publishes. `observe` is shown each county's book and rankings.
    ///
    /// # Errors
    /// Whatever made a stage fail; then nothing is published.
    pub fn run(
        &self,
        mut observe: impl FnMut(&Book, &[Ranking], &[Lead]),
    ) -> anyhow::Result<Outcome> {
        let started = jiff::Timestamp::now();
        let (Some(data), Some(out)) = (&self.data, &self.out) else {
            bail!(
                "a run needs both a dataset and a place to publish: set `data` and `out`, or give --data and --out"
            );
        };
        let indicators = self.indicators()?;
        let sources = Dataset::at(data).sources()?;
        let several = sources.len() > 1;
        let mut clock = Clock::default();
        let mut work = Vec::new();
        let mut inputs = Vec::new();
        let mut staging: Option<(Staging, Day)> = None;
        let mut quality = serde_json::Map::new();
        let mut coverage = serde_json::Map::new();
        let mut defects = Vec::new();
        let mut refused_rows = 0;
        for source in &sources {
            inputs.extend(clock.time("digest", || digests(source))?);
            let (books, intake) =
                clock.time("read and conform", || books(source, &self.ledger, self.last_day()))?;
            let last = last_voucher_day(&books)?;
            let as_of = match (&staging, self.as_of) {
                (Some((_, day)), _) => *day,
                (None, Some(given)) => Day::of(given),
                (None, None) => last,
            };
            if staging.is_none() {
                staging = Some((Staging::begin(out, &as_of.to_string())?, as_of));
            }
            let Some((place, _)) = &staging else { continue };
            let several = several || books.len() > 1;
            for book in &books {
                let part = several.then_some(book.county.as_str());
                let done = self.county(
                    book,
                    &indicators,
                    as_of,
                    place.folder(),
                    part,
                    &mut clock,
                    &mut observe,
                );
                let done = done.with_context(|| format!("county {}", book.county))?;
                coverage.insert(book.county.clone(), covered(&done.coverage, &intake));
                work.push(done);
            }
            let name =
                source.county.clone().or_else(|| books.first().map(|book| book.county.clone()));
            let Intake { refused_rows: refused, defects: found, .. } = &intake;
            refused_rows += refused;
            defects.extend(found.iter().cloned());
            quality.insert(name.unwrap_or_default(), serde_json::to_value(&intake)?);
        }
        let Some((staging, as_of)) = staging else {
            bail!("{}: there is no ledger", data.display())
        };
        clock.time("publish", || -> anyhow::Result<()> {
            write_quarantine(&defects, &path(staging.folder(), "quarantine", None))?;
            staging.write("quality.json", &pretty(&quality)?)?;
            staging.write("coverage.json", &pretty(&coverage)?)?;
            Ok(())
        })?;
        let log = json!({
            "program": "mingzhang",
            "version": env!("CARGO_PKG_VERSION"),
            "status": "complete",
            "as_of": as_of.to_string(),
            "started": started.to_string(),
            "finished": jiff::Timestamp::now().to_string(),
            "data": data,
            "inputs": inputs,
            "settings": self,
            "refused_rows": refused_rows,
            "counties": work.iter().map(summary).collect::<Vec<_>>(),
            "stages": clock.stages.iter().map(|(stage, seconds)| json!({"stage": stage, "seconds": seconds})).collect::<Vec<_>>(),
        });
        staging.write("run.json", &pretty(&log)?)?;
        let folder = staging.publish(&as_of.to_string())?;
        Ok(Outcome { folder, as_of, counties: work, refused_rows, stages: clock.stages })
    }

    #[expect(clippy::too_many_arguments, reason = "the one place where all stages meet")]
    fn county(
        &self,
        book: &Book,
        indicators: &[Box<dyn Configured>],
        as_of: Day,
        folder: &Path,
        part: Option<&str>,
        clock: &mut Clock,
        observe: &mut impl FnMut(&Book, &[Ranking], &[Lead]),
    ) -> anyhow::Result<CountyOutcome> {
        clock.time("views", || book.warm_up());
        let (measured, coverage) = clock.time("indicators", || measure(book, indicators));
        let evidence = clock.time("evidence", || evidence(book, &measured));
        let reference = Reference {
            settings: &self.model,
            seed: self.seed,
            to: self.reference_to.map(Day::of),
        };
        let mut rankings = Vec::new();
        for evidence in evidence {
            let features = clock.time("features", || matrix(book, &measured, evidence.grain))?;
            rankings
                .push(clock.time("fit and score", || rank(book, evidence, features, reference))?);
        }
        let leads =
            clock.time("leads", || leads(book, &measured, &rankings, &self.leads, as_of))?;
        let county = County { book, measured: &measured, rankings: &rankings, leads: &leads };
        clock.time("publish", || tables::write(county, folder, part))?;
        observe(book, &rankings, &leads);
        Ok(CountyOutcome {
            county: book.county.clone(),
            lines: book.lines.rows,
            payments: book.payments.len(),
            villages: book.villages.len(),
            coverage,
            leads,
        })
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

fn last_voucher_day(books: &[Book]) -> anyhow::Result<Day> {
    let days = books.iter().flat_map(|book| book.lines.date.cells());
    days.copied()
        .max()
        .context("the ledger has no row that can be used; run `mingzhang check` to see why")
}

/// The stages of a run and how long each took, in the order in which they first began.
#[derive(Debug, Default)]
struct Clock {
    stages: Vec<(&'static str, f64)>,
}

impl Clock {
    fn time<T>(&mut self, stage: &'static str, work: impl FnOnce() -> T) -> T {
        let begin = Instant::now();
        let done = work();
        let seconds = begin.elapsed().as_secs_f64();
        match self.stages.iter_mut().find(|(name, _)| *name == stage) {
            Some((_, sum)) => *sum += seconds,
            None => self.stages.push((stage, seconds)),
        }
        done
    }
}

/// Name, size and SHA-256 of each input file.
fn digests(source: &Source) -> anyhow::Result<Vec<serde_json::Value>> {
    let files = source.tables.iter().flat_map(|(_, files)| files);
    let digest = |file: &PathBuf| {
        let mut opened =
            fs::File::open(file).with_context(|| format!("reading {}", file.display()))?;
        let mut hasher = Sha256::new();
        let mut bytes = 0;
        let mut buffer = vec![0; 1 << 20];
        loop {
            let read = opened.read(&mut buffer);
            let read = read.with_context(|| format!("reading {}", file.display()))?;
            if read == 0 {
                break;
            }
            hasher.update(buffer.get(..read).unwrap_or(&[]));
            bytes += read;
        }
        let hex = hex(&hasher.finalize());
        Ok(json!({"file": source.name(file), "bytes": bytes, "sha256": hex}))
    };
    files.map(digest).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a string cannot fail.
        _ = write!(text, "{byte:02x}");
        text
    })
}

fn covered(coverage: &[Coverage], intake: &Intake) -> serde_json::Value {
    let filled: BTreeMap<_, _> =
        intake.tables.iter().map(|(table, found)| (table, &found.filled)).collect();
    json!({"indicators": coverage, "columns": filled})
}

fn summary(done: &CountyOutcome) -> serde_json::Value {
    let of = |grain: Grain| done.leads.iter().filter(|lead| lead.grain == grain).count();
    let leads: BTreeMap<_, _> = Grain::ALL.iter().map(|grain| (grain.word(), of(*grain))).collect();
    json!({
        "county": done.county,
        "lines": done.lines,
        "payments": done.payments,
        "villages": done.villages,
        "indicators_asked": done.coverage.iter().filter(|covered| covered.recorded).count(),
        "leads": leads,
    })
}

fn pretty(value: &impl Serialize) -> anyhow::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::Pipeline;

    #[test]
    fn a_key_is_set_from_the_command_line() {
        let set = ["leads.payment.lines=7".to_owned(), "as_of=2024-12-31".to_owned()];
        let text = "[leads.payment]\nlines = 1\nlevel = \"township\"\ndue_days = 3\n";
        let pipeline = Pipeline::parse(text, &set).unwrap();
        assert_eq!(pipeline.leads.payment.lines, 7);
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
