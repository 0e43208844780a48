//! `mingzhang detect`: fits and scores any numeric table.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, ensure};
use arrow::array::{Array, ArrayRef, Float64Array, UInt32Array};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use clap::Args;
use serde::Serialize;

use super::lines::Lines;
use super::numbers::{self, Numbers};
use crate::convert::float;
use crate::ledger::decode::write::TableWriter;
use crate::matrix::Matrix;
use crate::model::detectors::name::Name;
use crate::model::settings::Settings;
use crate::scoring::ranks::{ranking, ranks};
use crate::stats::metrics::{Metrics, metrics};
use crate::words::table::Lang;

/// The number of columns listed as reasons for a row.
const REASONS: usize = 3;

/// Fit and score any table of numbers, and rank its rows, the most unusual first.
///
/// All numeric columns take part, those of other types are named and left out. Without --label the
/// first rows of the ranking are printed with the columns that contributed most; with --label, how well
/// the ranking puts the rows first whose label is not 0. A high rank is a reason to look, not a finding.
#[derive(Debug, Args)]
pub(super) struct Detect {
    /// Parquet files; each is fitted and scored by itself.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The column that marks known cases (0: no); it does not take part.
    #[arg(long, value_name = "COLUMN")]
    label: Option<String>,
    /// `fair_forest`, hbos, mahalanobis, mcd, neighbours, iforest, ecod, loda, or default: the first five
    /// combined.
    #[arg(long, value_name = "NAME", default_value = "default")]
    detector: String,
    /// Seeds of the random choices; with a label the figures are their mean.
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "1")]
    seed: Vec<u64>,
    /// How many rows of the ranking are printed.
    #[arg(long, value_name = "N", default_value_t = 20)]
    head: usize,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Also write number (from 1), score and rank of every row.
    #[arg(long, value_name = "FILE.parquet")]
    out: Option<PathBuf>,
}

/// The metrics of one file, or their means over several.
#[derive(Debug, Serialize)]
struct Figures {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    columns: Option<usize>,
    auroc: f64,
    average_precision: f64,
    precision_at_n: f64,
    not_finite: Vec<(String, usize)>,
    left_out: Vec<String>,
}

/// The first rows of one file's ranking.
#[derive(Debug, Serialize)]
struct Head {
    file: String,
    rows: usize,
    columns: usize,
    /// Columns with cells that are not finite, and the number of such cells; they count as missing.
    not_finite: Vec<(String, usize)>,
    left_out: Vec<String>,
    first: Vec<Line>,
}

/// One row of a ranking.
#[derive(Debug, Serialize)]
struct Line {
    rank: usize,
    /// The row in the file, counted from 1.
    row: u32,
    score: f64,
    reasons: Vec<Reason>,
}

/// The contribution of one column.
#[derive(Debug, Serialize)]
struct Reason {
    column: String,
    /// The value in the file.
    value: Option<serde_json::Value>,
    contribution: f64,
}

/// The settings for `--detector`: the name of one detector, or `default`.
pub(super) fn detectors(word: &str) -> anyhow::Result<Settings> {
    if word == "default" {
        return Ok(Settings::default());
    }
    let name: Name = word.parse().with_context(|| {
        format!("--detector must be `default` or one detector, but is `{word}`")
    })?;
    Ok(Settings::with(&[name]))
}

impl Detect {
    /// Runs the command; exit code 0.
    pub(super) fn run(self, out: &mut dyn Write, lang: Lang) -> anyhow::Result<u8> {
        let settings = detectors(&self.detector)?;
        let several = self.files.len() > 1 || self.seed.len() > 1;
        ensure!(
            self.out.is_none() || !several,
            "--out takes the scores of one file and one seed, but got {} files and {} seeds",
            self.files.len(),
            self.seed.len()
        );
        ensure!(
            self.label.is_some() || self.seed.len() == 1,
            "without --label there is one ranking, so give one --seed, not {}",
            self.seed.len()
        );
        let mut lines = Lines { out, lang };
        if self.label.is_some() {
            self.measure(&settings, &mut lines)
        } else {
            self.list(&settings, &mut lines)
        }?;
        Ok(0)
    }

    /// With a label: prints the metrics of each file and their means.
    fn measure(&self, settings: &Settings, lines: &mut Lines<'_>) -> anyhow::Result<()> {
        let mut all = Vec::new();
        for path in &self.files {
            let numbers = numbers::read(path, self.label.as_deref())?;
            all.push(self.figures(settings, path, numbers)?);
        }
        let mean = Figures::mean(&all);
        if self.json {
            let answer = serde_json::json!({
                "detector": self.detector, "seeds": self.seed, "files": all, "mean": mean,
            });
            lines.raw(&serde_json::to_string_pretty(&answer)?)?;
            return Ok(());
        }
        let width = all.iter().map(|it| it.file.chars().count()).max().unwrap_or(0).max(4);
        lines.raw(&format!(
            "{:width$}  {:>8}  {:>7}  AUROC      AP    P@N",
            "file", "rows", "columns"
        ))?;
        for it in all.iter().chain((all.len() > 1).then_some(&mean)) {
            let count = |number: Option<usize>| number.map_or(String::new(), |it| it.to_string());
            lines.raw(&format!(
                "{:width$}  {:>8}  {:>7}  {:.4}  {:.4}  {:.4}",
                it.file,
                count(it.rows),
                count(it.columns),
                it.auroc,
                it.average_precision,
                it.precision_at_n
            ))?;
        }
        all.iter().try_for_each(|it| {
            not_finite(&it.file, &it.not_finite, lines)?;
            left_out(&it.file, &it.left_out, lines)
        })
    }

    fn figures(
        &self,
        settings: &Settings,
        path: &Path,
        numbers: Numbers,
    ) -> anyhow::Result<Figures> {
        let Numbers { matrix, not_finite, left_out, cases, .. } = numbers;
        let cases = cases.context("the label was not read; please report this")?;
        let mut found = Vec::new();
        for &seed in &self.seed {
            let scores = self.scores(settings, &matrix, seed)?;
            found.push(metrics(&scores, &cases).context("a score is not a number; please report")?);
        }
        let mean = |figure: fn(&Metrics) -> f64| average(found.iter().map(figure));
        Ok(Figures {
            file: stem(path),
            rows: Some(matrix.rows()),
            columns: Some(matrix.names().len()),
            auroc: mean(|it| it.auroc),
            average_precision: mean(|it| it.average_precision),
            precision_at_n: mean(|it| it.precision_at_n),
            not_finite,
            left_out,
        })
    }

    fn scores(&self, settings: &Settings, matrix: &Matrix, seed: u64) -> anyhow::Result<Vec<f64>> {
        let scores = settings.fit(matrix, seed)?.score(matrix)?;
        self.out.as_deref().map_or(Ok(()), |path| write_scores(path, &scores))?;
        Ok(scores)
    }

    /// Without a label: prints the first rows of each file's ranking.
    fn list(&self, settings: &Settings, lines: &mut Lines<'_>) -> anyhow::Result<()> {
        let mut heads = Vec::new();
        for path in &self.files {
            let numbers = numbers::read(path, None)?;
            let head = self.head(settings, path, numbers)?;
            if !self.json {
                head.print(lines)?;
            }
            heads.push(head);
        }
        if self.json {
            let answer = serde_json::json!({
                "detector": self.detector, "seeds": self.seed, "files": heads,
            });
            lines.raw(&serde_json::to_string_pretty(&answer)?)?;
        }
        Ok(())
    }

    fn head(&self, settings: &Settings, path: &Path, numbers: Numbers) -> anyhow::Result<Head> {
        let Numbers { matrix, own, not_finite, left_out, .. } = numbers;
        let seed = self.seed.first().copied().unwrap_or(1);
        let model = settings.fit(&matrix, seed)?;
        let scores = model.score(&matrix)?;
        self.out.as_deref().map_or(Ok(()), |path| write_scores(path, &scores))?;
        let mut first = ranking(&scores);
        first.truncate(self.head);
        let parts = model.contributions(&matrix, &first)?;
        let line = |((rank, &row), parts): ((usize, &u32), &Vec<f64>)| {
            let score = scores.get(row as usize).copied().unwrap_or(f64::NAN);
            Line {
                rank,
                row: row.saturating_add(1),
                score,
                reasons: reasons((&matrix, &own), row, parts),
            }
        };
        let first_lines = (1..).zip(&first).zip(&parts).map(line).collect();
        let (rows, columns) = (matrix.rows(), matrix.names().len());
        Ok(Head { file: stem(path), rows, columns, not_finite, left_out, first: first_lines })
    }
}

impl Head {
    fn print(&self, lines: &mut Lines<'_>) -> anyhow::Result<()> {
        let (file, rows, columns) = (&self.file, self.rows, self.columns);
        lines.tell(&format!("{file}: {rows} rows, {columns} columns"))?;
        lines.raw(&format!("{:>6}  {:>8}  {:>8}  reasons", "rank", "row", "score"))?;
        for line in &self.first {
            let reason = |it: &Reason| {
                let value = it.value.as_ref().map_or("missing".to_owned(), ToString::to_string);
                format!("{} = {value} (+{:.2})", it.column, it.contribution)
            };
            let reasons: Vec<String> = line.reasons.iter().map(reason).collect();
            let reasons = reasons.join(", ");
            let (rank, row, score) = (line.rank, line.row, line.score);
            lines.raw(&format!("{rank:>6}  {row:>8}  {score:>8.3}  {reasons}"))?;
        }
        not_finite(&self.file, &self.not_finite, lines)?;
        left_out(&self.file, &self.left_out, lines)
    }
}

impl Figures {
    fn mean(all: &[Self]) -> Self {
        let mean = |figure: fn(&Self) -> f64| average(all.iter().map(figure));
        Self {
            file: "mean".to_owned(),
            rows: None,
            columns: None,
            auroc: mean(|it| it.auroc),
            average_precision: mean(|it| it.average_precision),
            precision_at_n: mean(|it| it.precision_at_n),
            not_finite: Vec::new(),
            left_out: Vec::new(),
        }
    }
}

/// The columns with the largest contributions to a row's score.
fn reasons((matrix, own): (&Matrix, &[ArrayRef]), row: u32, parts: &[f64]) -> Vec<Reason> {
    let columns = ranking(parts).into_iter().map(|column| column as usize);
    let reason = |column: usize| Reason {
        column: matrix.names().get(column).cloned().unwrap_or_default(),
        value: own.get(column).and_then(|cells| shown(cells, row as usize)),
        contribution: parts.get(column).copied().unwrap_or(0.0),
    };
    columns.map(reason).filter(|reason| reason.contribution > 0.0).take(REASONS).collect()
}

/// The value of a cell in the file; `None` if it is empty.
fn shown(cells: &ArrayRef, row: usize) -> Option<serde_json::Value> {
    let format = ArrayFormatter::try_new(cells, &FormatOptions::default()).ok()?;
    let text = (!cells.is_null(row)).then(|| format.value(row).to_string())?;
    // Values that are not JSON numbers, such as infinity, are written as text.
    Some(serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text)))
}

fn not_finite(
    file: &str,
    columns: &[(String, usize)],
    lines: &mut Lines<'_>,
) -> anyhow::Result<()> {
    for (column, count) in columns {
        lines.tell(&format!(
            "{file}: `{column}` is infinite or not a number in {count} rows, taken as missing"
        ))?;
    }
    Ok(())
}

fn left_out(file: &str, columns: &[String], lines: &mut Lines<'_>) -> anyhow::Result<()> {
    if !columns.is_empty() {
        lines.tell(&format!("{file}: left out, no numbers: {}", columns.join(", ")))?;
    }
    Ok(())
}

fn write_scores(path: &Path, scores: &[f64]) -> anyhow::Result<()> {
    let schema = Arc::new(Schema::new(vec![
        Field::new("row", DataType::UInt32, false),
        Field::new("score", DataType::Float64, false),
        Field::new("rank", DataType::UInt32, false),
    ]));
    let rows = u32::try_from(scores.len()).context("more than 4,294,967,295 rows")?;
    let columns: Vec<ArrayRef> = vec![
        Arc::new(UInt32Array::from_iter_values(1..=rows)),
        Arc::new(Float64Array::from(scores.to_vec())),
        Arc::new(UInt32Array::from(ranks(scores))),
    ];
    let mut writer = TableWriter::create(path, schema)?;
    writer.write(columns)?;
    Ok(writer.finish()?)
}

fn average(figures: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = float(figures.len().max(1));
    figures.sum::<f64>() / count
}

/// The file name without folder and extension.
fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
