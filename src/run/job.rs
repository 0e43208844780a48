//! Every stage in its order: read and conform, measure, rank, list, write, publish.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, bail};
use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::convert::float;
use crate::features::own_hits::{OwnHits, of_catalogue, own_hits};
use crate::features::{Coverage, matrices, measure};
use crate::indicators::indicator::Configured;
use crate::ledger::book::Book;
use crate::ledger::book::open::{Intake, books};
use crate::ledger::contract::cell::Day;
use crate::ledger::contract::defect::Defect;
use crate::ledger::decode::dataset::{Dataset, Source};
use crate::ledger::delivery::notice::Notice;
use crate::ledger::subject::Grain;
use crate::matrix::Matrix;
use crate::model;
use crate::model::drift::{Drift as Moved, drifted};
use crate::model::file::{NAME, hex, load_held};
use crate::pipeline::own_rules::of_run;
use crate::pipeline::{Drift, Pipeline};
use crate::report::disclosure;
use crate::report::dossier::LeadView;
use crate::report::folders;
use crate::report::income;
use crate::report::notices;
use crate::report::office::RunView;
use crate::report::party::Parties;
use crate::report::published::listed;
use crate::report::tables::{self, County, path, quarantine};
use crate::run::publish::Staging;
use crate::scoring::evidence::trained::Trained;
use crate::scoring::ranking::{Ranking, Standard, rankings};
use crate::scoring::ranking_model::power::Stated;
use crate::scoring::ranking_model::pretrained::Pretrained;
use crate::scoring::ranking_model::scores;
use crate::scoring::ranking_model::scores::Scores;
use crate::worklist::lead::Lead;
use crate::worklist::list::leads as list;
use crate::worklist::previous::carry_over;
use crate::worklist::settings::Settings;

/// What a run did.
#[derive(Debug)]
pub struct Summary {
    /// The published folder.
    pub folder: PathBuf,
    /// The day as of which the list speaks.
    pub as_of: Day,
    /// What was done for each county.
    pub counties: Vec<CountySummary>,
    /// Ledger rows refused.
    pub refused_rows: usize,
    /// What must be told before anything that was measured.
    pub notices: Vec<Notice>,
    /// Own rules, with their versions, that differ from what the list of this day used under the same version.
    pub changed: Option<(Day, Vec<(String, u32)>)>,
    /// Stages with their seconds.
    pub stages: Vec<(&'static str, f64)>,
}

/// What a run did for one county.
#[derive(Debug)]
pub struct CountySummary {
    /// The county.
    pub county: String,
    /// Lines in the book.
    pub lines: usize,
    /// Payments that were ranked.
    pub payments: usize,
    /// Villages.
    pub villages: usize,
    /// Payments of the reference, which p-values compare with.
    pub reference: u64,
    /// Which indicators could be asked.
    pub coverage: Vec<Coverage>,
    /// The work lists.
    pub dossiers: Vec<LeadView>,
    /// What the office's own rules found.
    pub own: Vec<OwnHits>,
}

/// Runs every stage of a pipeline and publishes. `observe` is shown each county's book, rankings and list.
///
/// # Errors
/// Whatever made a stage fail; then nothing is published.
pub fn run(
    pipeline: &Pipeline,
    observe: impl FnMut(&Book, &[Ranking], &[Lead]),
) -> anyhow::Result<Summary> {
    let started = jiff::Timestamp::now();
    let (Some(data), Some(out)) = (&pipeline.data, &pipeline.out) else {
        bail!(
            "a run needs a dataset and a place to publish: set `data` and `out`, or give --data \
                 and --out"
        );
    };
    let sources = Dataset::at(data).sources()?;
    if sources.len() > 1 && pipeline.as_of.is_none() {
        bail!("a dataset of several counties needs an as-of date: set `as_of`, or give --as-of");
    }
    let (clock, done) = (Clock::default(), Done::default());
    let trained = pipeline.trained.as_deref().map(|folder| {
        load_held::<Trained>(folder)
            .with_context(|| format!("the trained model {}", folder.display()))
    });
    let trained = trained.transpose()?;
    // A trained model ranks in its place.
    let pretrained = if trained.is_none() {
        let folder = pipeline.ranking.pretrained.as_deref();
        Some(Pretrained::of(folder).context("the pretrained ranking model")?)
    } else {
        None
    };
    let own_rules = pipeline.own_rules()?;
    let mut changed = None;
    let mut job = Job {
        pipeline,
        indicators: pipeline.indicators(&own_rules)?,
        trained: trained.as_ref(),
        pretrained: pretrained.as_ref(),
        clock,
        done,
        observe,
        previous: None,
    };
    let mut staging: Option<(Staging, Day)> = None;
    for source in &sources {
        let (books, intake) = job.read(source)?;
        if staging.is_none() {
            let as_of = match pipeline.as_of {
                Some(given) => Day::of(given),
                None => last_voucher_day(&books)?,
            };
            staging = Some((Staging::begin(out, &as_of.to_string())?, as_of));
            job.previous = previous(out, as_of);
            changed = job.previous.as_ref().and_then(|(folder, day)| {
                let changed = own_rules.changed(&of_run(folder)?);
                (!changed.is_empty()).then_some((*day, changed))
            });
        }
        let Some((place, as_of)) = &staging else { continue };
        let several = sources.len() > 1 || books.len() > 1;
        for book in &books {
            let part = several.then_some(book.county.as_str());
            let coverage = job
                .county(book, *as_of, place.folder(), part)
                .with_context(|| format!("county {}", book.county))?;
            job.done.coverage.insert(book.county.clone(), covered(&coverage, &intake));
        }
        job.done.take_in(&books, intake)?;
    }
    let Some((staging, as_of)) = staging else { bail!("{}: there is no ledger", data.display()) };
    let Job { mut clock, done, .. } = job;
    clock.time("publish", || -> anyhow::Result<()> {
        quarantine(&done.defects).write(&path(staging.folder(), "quarantine", None))?;
        staging.write("quality.json", &pretty(&done.quality)?)?;
        staging.write("coverage.json", &pretty(&done.coverage)?)?;
        if !done.power.is_empty() {
            staging.write("power.json", &pretty(&done.power)?)?;
        }
        if trained.is_some() {
            staging.write("drift.json", &pretty(&done.drift)?)?;
        }
        Ok(())
    })?;
    let stage = |(stage, seconds): &(&str, f64)| json!({"stage": stage, "seconds": seconds});
    let log = json!({
        "program": "mingzhang",
        "version": env!("CARGO_PKG_VERSION"),
        "status": "complete",
        "as_of": as_of.to_string(),
        "started": started.to_string(),
        "finished": jiff::Timestamp::now().to_string(),
        "data": data,
        "inputs": done.inputs,
        "settings": pipeline,
        "own_rules": own_rules,
        "trained": pipeline.trained.as_deref().map(model_digest).transpose()?,
        "refused_rows": done.refused_rows,
        "counties": done.counties.iter().map(summary).collect::<Vec<_>>(),
        "stages": clock.stages.iter().map(stage).collect::<Vec<_>>(),
    });
    staging.write("run.json", &pretty(&log)?)?;
    let folder = staging.publish(&as_of.to_string())?;
    let Done { counties, refused_rows, notices, .. } = done;
    Ok(Summary { folder, as_of, counties, refused_rows, notices, changed, stages: clock.stages })
}

/// A run under way.
struct Job<'a, F> {
    pipeline: &'a Pipeline,
    indicators: Vec<Box<dyn Configured>>,
    trained: Option<&'a Trained>,
    /// What ranks a county that is too small to plant into; none where a trained model ranks.
    pretrained: Option<&'a Pretrained>,
    clock: Clock,
    done: Done,
    observe: F,
    /// The folder and the day of the previous list.
    previous: Option<(PathBuf, Day)>,
}

/// What a run has to tell at its end.
#[derive(Default)]
struct Done {
    inputs: Vec<Value>,
    quality: Map<String, Value>,
    coverage: Map<String, Value>,
    drift: Map<String, Value>,
    power: Map<String, Value>,
    defects: Vec<Defect>,
    refused_rows: usize,
    notices: Vec<Notice>,
    counties: Vec<CountySummary>,
}

impl Done {
    /// Takes in what came with a source, under the names of its counties.
    fn take_in(&mut self, books: &[Book], mut intake: Intake) -> anyhow::Result<()> {
        let counties: Vec<&str> = books.iter().map(|book| book.county.as_str()).collect();
        self.refused_rows += intake.refused_rows;
        self.defects.append(&mut intake.defects);
        let mut quality = serde_json::to_value(&intake)?;
        if let Some(quality) = quality.as_object_mut() {
            quality.insert("notices".to_owned(), notices::json(&intake.notices)?.into());
        }
        self.quality.insert(counties.join("+"), quality);
        // Counties share the table of limits, and what is to be told of it is told once.
        for notice in intake.notices {
            if !self.notices.contains(&notice) {
                self.notices.push(notice);
            }
        }
        Ok(())
    }
}

impl<F: FnMut(&Book, &[Ranking], &[Lead])> Job<'_, F> {
    fn read(&mut self, source: &Source) -> anyhow::Result<(Vec<Book>, Intake)> {
        let digests = self.clock.time("digest", || digests(source))?;
        self.done.inputs.extend(digests);
        let Pipeline { ledger, .. } = self.pipeline;
        let last_day = self.pipeline.last_day();
        Ok(self.clock.time("read and conform", || books(source, ledger, last_day))?)
    }

    /// Measures, ranks and lists one county and writes its tables.
    fn county(
        &mut self,
        book: &Book,
        as_of: Day,
        folder: &Path,
        part: Option<&str>,
    ) -> anyhow::Result<Vec<Coverage>> {
        let Self { pipeline, indicators, trained, pretrained, clock, done, observe, previous } =
            self;
        clock.time("views", || book.warm_up());
        let (measured, coverage) = clock.time("indicators", || measure(book, indicators));
        let to = pipeline.reference_to.map(Day::of);
        let own = own_hits(book, &measured);
        let known = if trained.is_some() { of_catalogue(&measured) } else { &measured };
        let features = clock.time("features", || matrices(book, known))?;
        let scores = match pretrained {
            Some(pretrained) => {
                clock.time("plant and score", || scores(book, pipeline.basis(pretrained)))?
            }
            None => None,
        };
        let power = scores.as_ref().map(|it| it.stated(within_hours(&pipeline.leads)));
        if let Some((scores, power)) = scores.as_ref().zip(power.as_ref()) {
            done.power.insert(book.county.clone(), stated(scores, power));
        }
        let standard = match trained {
            None => Standard::Own {
                settings: &pipeline.model,
                seed: pipeline.seed,
                to,
                scores: scores.as_ref(),
            },
            Some(trained) => {
                let drift = clock.time("drift", || drifts(trained, &features))?;
                refuse_strangers(&drift, pipeline.drift)?;
                done.drift.insert(book.county.clone(), serde_json::to_value(&drift)?);
                Standard::Trained(trained)
            }
        };
        let rankings = clock.time("fit and score", || rankings(book, features, standard))?;
        let mut leads = clock.time("leads", || {
            list(book, &measured, &rankings, &pipeline.leads, (as_of, pipeline.seed))
        })?;
        let previous = match previous {
            Some((folder, day)) => listed(folder, &book.county, *day)?,
            None => Vec::new(),
        };
        let dropped = carry_over(book, &mut leads, previous);
        let parties = clock.time("leads", || Parties::of(book, &leads));
        let dues = clock.time("registers", || income::dues(book));
        let notices = clock.time("registers", || disclosure::notices(book));
        let told = RunView {
            book,
            measured: &measured,
            coverage: &coverage,
            own: &own,
            rankings: &rankings,
            power: power.as_ref(),
            lacking: scores.as_ref().map_or(&[], |it| &it.lacking),
            pretrained: pretrained.filter(|_| scores.as_ref().is_some_and(|it| it.is_pretrained)),
            leads: &leads,
            parties: &parties,
            notices: &notices,
            dropped: &dropped,
            dues: &dues,
            settings: &pipeline.leads,
            as_of,
            lang: pipeline.lang,
        };
        let dossiers = told.dossiers();
        let county = County {
            book,
            measured: &measured,
            rankings: &rankings,
            dossiers: &dossiers,
            parties: &parties,
            notices: &notices,
            dropped: &dropped,
            dues: &dues,
        };
        clock.time("publish", || tables::write(county, folder, part))?;
        clock.time("offices", || folders::write(told, folder, part.is_some()))?;
        observe(book, &rankings, &leads);
        done.counties.push(CountySummary {
            county: book.county.clone(),
            lines: book.lines.rows,
            payments: book.payments.len(),
            villages: book.villages.len(),
            reference: rankings.first().map_or(0, |payments| payments.reference),
            coverage: coverage.clone(),
            dossiers,
            own,
        });
        Ok(coverage)
    }
}

/// The newest published folder of an earlier day; a run of the same day that is repeated finds the same one.
fn previous(out: &Path, as_of: Day) -> Option<(PathBuf, Day)> {
    let folders = fs::read_dir(out).ok()?.filter_map(Result::ok);
    let dated = folders.filter_map(|folder| {
        let day = folder.file_name().to_str()?.parse().ok().map(Day::of)?;
        (day < as_of).then(|| (folder.path(), day))
    });
    dated.max_by_key(|(_, day)| *day)
}

/// As many payments as the county's hours suffice for.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "hours and minutes are held to ranges"
)]
fn within_hours(leads: &Settings) -> usize {
    (leads.hours.county * 60.0 / leads.minutes.payment) as usize
}

/// What is stated of a county's ranking: what the payments that the county has hours for would show, what the first
/// hundredth would, and which kinds of acts its books cannot hold.
fn stated(scores: &Scores, power: &Stated) -> Value {
    let lacking: Vec<Value> = scores
        .lacking
        .iter()
        .map(
            |it| json!({"kind": it.kind, "needs": it.needs, "one_percent_elsewhere": it.elsewhere}),
        )
        .collect();
    let one_percent = scores.stated(scores.payment.len() / 100);
    json!({
        "model": if scores.is_pretrained { "pretrained" } else { "own" },
        "within_hours": power,
        "one_percent": one_percent,
        "not_recorded": lacking,
    })
}

/// How far each column of each grain has moved from what the model was trained on.
fn drifts(
    trained: &Trained,
    features: &[(Grain, Matrix)],
) -> Result<BTreeMap<Grain, Vec<Moved>>, model::error::Error> {
    features.iter().map(|(grain, matrix)| Ok((*grain, trained.drift(*grain, matrix)?))).collect()
}

/// Refuses a county that is too unlike those that the model was trained on.
fn refuse_strangers(
    drift: &BTreeMap<Grain, Vec<Moved>>,
    Drift { limit, most }: Drift,
) -> anyhow::Result<()> {
    for (grain, columns) in drift {
        let moved: Vec<&str> = drifted(columns, limit).map(|one| one.column.as_str()).collect();
        let share = float(moved.len()) / float(columns.len().max(1));
        if share > most {
            bail!(
                "the trained model does not fit this county: {} of the {} columns of {}s have drifted ({}), \
                 and `drift.most` allows the share {most}; train a model on counties like this one, or \
                 leave `trained` out",
                moved.len(),
                columns.len(),
                grain.word(),
                moved.join(", ")
            );
        }
    }
    Ok(())
}

/// The digest of a model's file.
fn model_digest(folder: &Path) -> anyhow::Result<Value> {
    let path = folder.join(NAME);
    let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
    Ok(json!({"folder": folder, "sha256": hex(&Sha256::digest(&bytes))}))
}

fn last_voucher_day(books: &[Book]) -> anyhow::Result<Day> {
    let days = books.iter().flat_map(|book| book.lines.date.cells());
    days.copied().max().context("the books have no line")
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

fn covered(coverage: &[Coverage], intake: &Intake) -> serde_json::Value {
    let filled: BTreeMap<_, _> =
        intake.tables.iter().map(|(table, found)| (table, &found.filled)).collect();
    json!({"indicators": coverage, "columns": filled})
}

fn summary(done: &CountySummary) -> serde_json::Value {
    let of = |grain: Grain| done.dossiers.iter().filter(|lead| lead.grain == grain).count();
    let leads: BTreeMap<_, _> = Grain::ALL.iter().map(|grain| (grain.word(), of(*grain))).collect();
    json!({
        "county": done.county,
        "lines": done.lines,
        "payments": done.payments,
        "villages": done.villages,
        "reference_payments": done.reference,
        "indicators_asked": done.coverage.iter().filter(|covered| covered.recorded).count(),
        "leads": leads,
        "own_rules": done.own.iter().map(hits).collect::<Vec<_>>(),
    })
}

fn hits(hits: &OwnHits) -> serde_json::Value {
    let OwnHits { own, asked, met, money } = hits;
    json!({
        "rule": own.card.name,
        "asked": asked,
        "met": met.len(),
        "yuan": money.yuan(),
        "too_wide": hits.is_too_wide(),
    })
}

fn pretty(value: &impl Serialize) -> anyhow::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}
