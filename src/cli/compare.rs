//! `mingzhang compare`: compares the metrics of two scorings of the same subjects.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;
use serde::Deserialize;

use crate::evaluate::paired::{Comparison, Line};
use crate::evaluate::settings::Settings;
use crate::report::evaluated::FIGURES;
use crate::report::scores::{place, read};

/// Compare two scorings of the same subjects, figure by figure
///
/// A difference is B less A, with its interval over resampled villages, the same for both. It is clear
/// where the interval leaves out 0. What is asked (budget, cuts, resampling) is what the eval.json beside
/// A was asked, or the default where there is none.
#[derive(Debug, Args)]
pub(super) struct Compare {
    /// A folder with scores.parquet, or such a file
    a: PathBuf,
    /// Another of the same subjects
    b: PathBuf,
    /// The hours of an audit, for each kind of subject alone
    #[arg(long)]
    hours: Option<f64>,
    /// How often villages are resampled
    #[arg(long, value_name = "N")]
    replicates: Option<u32>,
    /// The seed of the resampling
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The settings taken from `eval.json`.
#[derive(Debug, Deserialize)]
struct Asked {
    settings: Settings,
}

impl Compare {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<u8> {
        let [a, b] = [&self.a, &self.b].map(|path| place(path));
        let settings = self.settings(&a)?;
        let (one, other) = (read(&a)?, read(&b)?);
        let comparison = Comparison::of(&one, &other, &settings).with_context(|| {
            format!("comparing {} (A, named first) with {} (B)", a.display(), b.display())
        })?;
        if self.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&comparison)?)?;
            return Ok(0);
        }
        writeln!(out, "A: {}\nB: {}", a.display(), b.display())?;
        for pair in &comparison.sets {
            writeln!(
                out,
                "\n## Of each {}, {}: {} rows in {} villages, {} finds, {} unknown\n",
                pair.grain.word(),
                pair.split.word(),
                pair.rows,
                pair.villages,
                pair.found,
                pair.unknown
            )?;
            writeln!(out, "{}", table(&pair.figures, settings.confidence))?;
        }
        Ok(0)
    }

    fn settings(&self, scores: &Path) -> anyhow::Result<Settings> {
        let path = scores.with_file_name(FIGURES);
        let mut settings = match fs::read(&path) {
            Ok(text) => {
                let asked: Asked = serde_json::from_slice(&text)
                    .with_context(|| format!("reading the settings in {}", path.display()))?;
                asked.settings
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Settings::default(),
            Err(error) => return Err(error).context(format!("reading {}", path.display())),
        };
        settings.hours = self.hours.unwrap_or(settings.hours);
        settings.replicates = self.replicates.unwrap_or(settings.replicates);
        settings.seed = self.seed.unwrap_or(settings.seed);
        Ok(settings)
    }
}

fn table(lines: &[Line], confidence: f64) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    let interval = format!("{} % interval", confidence * 100.0);
    table.set_header(["figure", "A", "B", "B - A", interval.as_str(), "clear"]);
    for Line { figure, a, b, difference, clear } in lines {
        let ends = match (difference.low, difference.high) {
            (Some(low), Some(high)) => format!("{} to {}", number(Some(low)), number(Some(high))),
            _ => number(None),
        };
        let clear = clear.map_or("–", |clear| if clear { "yes" } else { "no" });
        table.add_row([
            figure.clone(),
            number(*a),
            number(*b),
            number(difference.value),
            ends,
            clear.to_owned(),
        ]);
    }
    table
}

/// A share with four decimals, an amount without decimals.
fn number(value: Option<f64>) -> String {
    match value {
        None => "–".to_owned(),
        Some(value) if value.abs() > 10.0 => format!("{value:.0}"),
        Some(value) => format!("{value:.4}"),
    }
}
