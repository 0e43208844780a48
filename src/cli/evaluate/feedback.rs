//! `mingzhang evaluate feedback`: the value of audit results, on tables with known cases.

use std::io::Write;
use std::path::{Path, PathBuf};
use strum::IntoStaticStr;

use anyhow::{Context, ensure};
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::super::detect::detectors;
use super::super::numbers;
use crate::convert::float;
use crate::evaluate::audits::{Learning, Ranked, Rounds, audits};
use crate::matrix::Matrix;
use crate::model::feedback::FeedbackSettings;

/// The minimum number of known cases per file; recall is imprecise with fewer.
const FEWEST: usize = 50;
/// The numbers of audits at which recall is reported.
const MARKS: [usize; 3] = [50, 100, 200];

/// What answers are worth: audits in rounds, learning after each, on tables whose cases are known
///
/// In each round the first rows of the ranking that nobody audited yet are audited, the label is the answer,
/// and all are ranked anew. Recall is the share of the known cases audited so far, and the
/// ceiling what it would be if every audit met one; the hit rate is the share of audits that met one.
#[derive(Debug, Args)]
pub(super) struct Feedback {
    /// Parquet files, each by itself; those with fewer than 50 known cases are left out
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The column that marks known cases (0: no); it does not take part
    #[arg(long, value_name = "COLUMN")]
    label: String,
    /// The ranking that learns, and the prior's own
    #[arg(long, value_delimiter = ',', default_value = "static,aad")]
    method: Vec<Method>,
    /// The prior: a detector, or default: those combined by default
    #[arg(long, value_name = "NAME", default_value = "iforest")]
    detector: String,
    /// Rounds of audits
    #[arg(long, value_name = "N", default_value_t = 20)]
    rounds: usize,
    /// Audits of each round
    #[arg(long, value_name = "N", default_value_t = 10)]
    each: usize,
    /// Seeds of prior, learning and wrong answers; figures are their mean
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "1")]
    seed: Vec<u64>,
    /// The share of audits with the wrong answer
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    wrong: f64,
    /// Set a key of learning, as aad.budget=0.03
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The prior's ranking, or one that learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ValueEnum, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
enum Method {
    /// The prior's own ranking
    Static,
    /// Active anomaly discovery: the leaves of a forest learn
    Aad,
}

/// The results of one method for one file, or on average.
#[derive(Debug, Serialize)]
struct Figures {
    file: String,
    method: Method,
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cases: Option<usize>,
    /// The share of the known cases audited after 50, 100 and 200 audits; `None` if there were fewer audits.
    recall: Vec<Option<f64>>,
    /// The maximum possible recall, if every audit meets a case.
    ceiling: f64,
    hit_rate: f64,
}

/// The results, and the files left out.
#[derive(Debug, Default, Serialize)]
struct Answer {
    files: Vec<Figures>,
    mean: Vec<Figures>,
    left_out: Vec<String>,
}

impl Method {
    fn name(self) -> &'static str {
        self.into()
    }
}

impl Feedback {
    pub(super) fn run(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        let share = (0.0..=1.0).contains(&self.wrong);
        ensure!(share, "--wrong must be a share from 0 to 1, but is {}", self.wrong);
        ensure!(self.rounds > 0 && self.each > 0, "--rounds and --each must be at least 1");
        let mut answer = Answer::default();
        for path in &self.files {
            self.measure(path, &mut answer)?;
        }
        for &method in &self.method {
            let of: Vec<&Figures> = answer.files.iter().filter(|it| it.method == method).collect();
            answer.mean.extend(Figures::mean(&of));
        }
        if self.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&answer)?)?;
            return Ok(());
        }
        answer.print(out)
    }

    fn measure(&self, path: &Path, answer: &mut Answer) -> anyhow::Result<()> {
        let numbers = numbers::read(path, Some(&self.label))?;
        let cases = numbers.cases.context("the label was not read; please report this")?;
        let file = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let known = cases.iter().filter(|&&case| case).count();
        if known < FEWEST {
            answer.left_out.push(format!("{file} ({known} known cases, fewer than {FEWEST})"));
            return Ok(());
        }
        for &method in &self.method {
            let curves = self.curves(method, (&numbers.matrix, &cases))?;
            let recall = |mark: usize| {
                let round =
                    mark.checked_rem(self.each).filter(|it| *it == 0).map(|_| mark / self.each)?;
                let found = curves.iter().map(|it| it.get(round.checked_sub(1)?).copied());
                let found: Vec<f64> =
                    found.collect::<Option<Vec<usize>>>()?.into_iter().map(float).collect();
                Some(average(&found) / float(known))
            };
            let last: Vec<f64> =
                curves.iter().map(|it| float(it.last().copied().unwrap_or(0))).collect();
            let audits = (self.rounds * self.each).min(cases.len());
            answer.files.push(Figures {
                file: file.clone(),
                method,
                rows: Some(cases.len()),
                cases: Some(known),
                recall: MARKS.map(recall).to_vec(),
                ceiling: float(audits.min(known)) / float(known),
                hit_rate: average(&last) / float(audits),
            });
        }
        Ok(())
    }

    /// For each seed the number of cases found after each round.
    fn curves(
        &self,
        method: Method,
        (features, cases): (&Matrix, &[bool]),
    ) -> anyhow::Result<Vec<Vec<usize>>> {
        let settings: FeedbackSettings = toml::from_str(&self.set.join("\n"))
            .with_context(|| format!("reading --set {}", self.set.join(" --set ")))?;
        let learning = match method {
            Method::Static => Learning::Nothing,
            Method::Aad => Learning::Feedback(&settings),
        };
        let acts: Vec<Option<usize>> =
            cases.iter().enumerate().map(|(row, case)| case.then_some(row)).collect();
        let units: Vec<u32> = (0..).take(cases.len()).collect();
        let curve = |&seed: &u64| {
            let model = detectors(&self.detector)?.fit(features, seed)?;
            let prior = model.score(features)?;
            let rows = Ranked {
                features,
                prior: &prior,
                forest: model.forest(),
                units: &units,
                acts: &acts,
            };
            let rounds = Rounds { rounds: self.rounds, each: self.each, wrong: self.wrong, seed };
            Ok(audits(rows, learning, rounds)?.into_iter().map(|found| found.cases).collect())
        };
        self.seed.iter().map(curve).collect()
    }
}

impl Answer {
    fn print(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        let width = self.files.iter().map(|it| it.file.chars().count()).max().unwrap_or(0).max(4);
        writeln!(
            out,
            "{:width$}  {:>6}  {:>5}  method    after {:>3}    {:>3}    {:>3}  ceiling   hits",
            "file", "rows", "cases", MARKS[0], MARKS[1], MARKS[2]
        )?;
        for it in self.files.iter().chain(&self.mean) {
            let count = |number: Option<usize>| number.map_or(String::new(), |it| it.to_string());
            let recall =
                |share: &Option<f64>| share.map_or("–".to_owned(), |it| format!("{it:.3}"));
            let recall: Vec<String> = it.recall.iter().map(recall).collect();
            writeln!(
                out,
                "{:width$}  {:>6}  {:>5}  {:8}      {}    {:.3}  {:.3}",
                it.file,
                count(it.rows),
                count(it.cases),
                it.method.name(),
                recall.join("  "),
                it.ceiling,
                it.hit_rate
            )?;
        }
        self.left_out.iter().try_for_each(|it| writeln!(out, "left out: {it}"))?;
        Ok(())
    }
}

impl Figures {
    /// The mean over files; `None` without files.
    fn mean(all: &[&Self]) -> Option<Self> {
        let method = all.first()?.method;
        let recall = |mark: usize| {
            let shares: Option<Vec<f64>> =
                all.iter().map(|it| it.recall.get(mark).copied().flatten()).collect();
            shares.map(|it| average(&it))
        };
        Some(Self {
            file: "mean".to_owned(),
            method,
            rows: None,
            cases: None,
            recall: (0..MARKS.len()).map(recall).collect(),
            ceiling: average(&all.iter().map(|it| it.ceiling).collect::<Vec<_>>()),
            hit_rate: average(&all.iter().map(|it| it.hit_rate).collect::<Vec<_>>()),
        })
    }
}

fn average(figures: &[f64]) -> f64 {
    figures.iter().sum::<f64>() / float(figures.len().max(1))
}
