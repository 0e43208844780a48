//! One detector, alone, on one Parquet file: what `benches/peers/run` measures from outside.
//!
//! `ours load FILE` only reads; `ours NAME FILE` reads, fits and scores the same rows. NAME is a detector,
//! `extended`, the forest with those cuts, or `default`. `--new FILE` scores other rows too, `--label COLUMN`
//! sets a column aside and measures the ranking by it, `--seed 1,2,3` averages. The answer is JSON; times are
//! wall seconds.
#![expect(clippy::print_stdout, reason = "the answer")]

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use arrow::array::AsArray;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float32Type};
use clap::Parser;
use mingzhang::ledger::decode::read::ParquetFile;
use mingzhang::matrix::Matrix;
use mingzhang::model::Model;
use mingzhang::model::detectors::{detector::Detector, name::Name};
use mingzhang::model::settings::Settings;
use mingzhang::params::Params;
use mingzhang::stats::metrics::metrics;

#[derive(Debug, Parser)]
struct Ours {
    /// `load`, a detector, `extended` or `default`.
    name: String,
    file: PathBuf,
    #[arg(long)]
    new: Option<PathBuf>,
    #[arg(long)]
    label: Option<String>,
    #[arg(long, value_delimiter = ',', default_value = "1")]
    seed: Vec<u64>,
}

/// The columns of a file but the label, and which rows the label marks.
fn read(path: &Path, label: Option<&str>) -> anyhow::Result<(Matrix, Vec<bool>)> {
    let file = ParquetFile::open(path)?;
    let mut matrix = Matrix::new(file.row_groups().iter().sum());
    let mut cases = Vec::new();
    for (index, field) in file.schema().fields().iter().enumerate() {
        let mut cells: Vec<Option<f32>> = Vec::with_capacity(matrix.rows());
        for group in 0..file.row_groups().len() {
            for batch in file.read(group, &[index])? {
                let part = cast(batch.column(0), &DataType::Float32)?;
                cells.extend(part.as_primitive::<Float32Type>());
            }
        }
        if label == Some(field.name().as_str()) {
            cases = cells.into_iter().map(|cell| cell.is_some_and(|it| it > 0.0)).collect();
        } else {
            matrix.push(field.name(), cells)?;
        }
    }
    Ok((matrix, cases))
}

/// A detector, or the default combination of them.
enum Fitted {
    One(Detector),
    All(Model),
}

impl Fitted {
    fn of(name: &str, matrix: &Matrix, seed: u64) -> anyhow::Result<Self> {
        let (name, table) = match name {
            "default" => return Ok(Self::All(Settings::default().fit(matrix, seed)?)),
            "extended" => (Name::Iforest, "iforest.cuts = \"extended\""),
            _ => (name.parse()?, ""),
        };
        let settings: Settings = toml::from_str(table)?;
        settings.validate()?;
        Ok(Self::One(Detector::fit(name, &settings, matrix, seed)?))
    }

    fn score(&self, matrix: &Matrix) -> anyhow::Result<Vec<f64>> {
        Ok(match self {
            Self::One(detector) => detector.score(matrix),
            Self::All(model) => model.score(matrix)?,
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "seeds are few")]
fn main() -> anyhow::Result<()> {
    let ours = Ours::parse();
    let (matrix, cases) = read(&ours.file, ours.label.as_deref())?;
    let new = ours.new.as_deref().map(|path| read(path, None)).transpose()?;
    if ours.name == "load" {
        println!("{{\"rows\": {}}}", matrix.rows());
        return Ok(());
    }
    let (mut auroc, mut precision, mut seconds, mut seconds_new) = (0.0, 0.0, 0.0, 0.0);
    let weight = 1.0 / ours.seed.len() as f64;
    for &seed in &ours.seed {
        let begin = Instant::now();
        let fitted = Fitted::of(&ours.name, &matrix, seed)?;
        let scores = fitted.score(&matrix)?;
        seconds += begin.elapsed().as_secs_f64() * weight;
        if let Some((new, _)) = &new {
            let begin = Instant::now();
            let found = fitted.score(new)?;
            seconds_new += begin.elapsed().as_secs_f64() * weight;
            anyhow::ensure!(found.len() == new.rows(), "a row was not scored");
        }
        if ours.label.is_some() {
            let found = metrics(&scores, &cases).context("a score is not a number")?;
            auroc += found.auroc * weight;
            precision += found.average_precision * weight;
        }
    }
    let answer = serde_json::json!({
        "auroc": auroc, "ap": precision, "seconds": seconds, "seconds_new": seconds_new,
    });
    println!("{answer}");
    Ok(())
}
