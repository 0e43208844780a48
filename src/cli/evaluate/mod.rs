//! `mingzhang evaluate`: evaluates indicators, models and learning on data with known answers.

use std::io::Write;

use anyhow::ensure;
use clap::{Args, Subcommand};
use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;

use super::source::Source;
use crate::evaluate::correlations::{Pair, pairs};
use crate::evaluate::report_card::{Detection, Line, ReportCard};
use crate::features::matrix;
use crate::ledger::decode::answers::{Answer, answers};
use crate::ledger::decode::dataset::Dataset;
use crate::ledger::subject::Grain;

mod audits;
mod feedback;
mod model;

/// Evaluate indicators, models and learning where the answers are known
#[derive(Debug, Args)]
pub(super) struct Evaluate {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// A report card: each indicator against each planted scheme that it should see
    Indicators(Source),
    /// Which indicators say the same thing: rank correlations of their readings
    Correlations {
        #[command(flatten)]
        source: Source,
        /// Leave out pairs whose correlation is smaller in size
        #[arg(long, default_value_t = 0.5)]
        least: f64,
    },
    Audits(audits::Audits),
    Feedback(feedback::Feedback),
    Model(model::Model),
}

impl Evaluate {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<u8> {
        match self.what {
            What::Indicators(source) => {
                let answers = answers(&Dataset::at(&source.data))?;
                let mut card = ReportCard::default();
                source.measured(|book, measured| {
                    card.add(book, measured, &answers);
                    Ok(())
                })?;
                writeln!(out, "{}", report_card(&card.lines(), &answers))?;
            }
            What::Correlations { source, least } => {
                let is_size = (0.0..=1.0).contains(&least);
                ensure!(is_size, "--least must be a number from 0 to 1, but is {least}");
                source.measured(|book, measured| {
                    for grain in Grain::ALL {
                        let matrix = matrix(book, measured, grain)?;
                        writeln!(out, "## County {}, of each {}\n", book.county, grain.word())?;
                        writeln!(out, "{}\n", correlations(&pairs(&matrix, least)))?;
                    }
                    Ok(())
                })?;
            }
            What::Audits(command) => return command.run(out),
            What::Feedback(command) => command.run(out)?,
            What::Model(command) => return command.run(out),
        }
        Ok(0)
    }
}

fn report_card(lines: &[Line], answers: &[Answer]) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    let mut header = vec!["indicator", "of each", "asked", "answered", "honest marked", "nominal"];
    let has_answers = !answers.is_empty();
    let faced = [
        "scheme",
        "subjects",
        "marked",
        "AUROC",
        "lift at 1 %",
        "look-alikes",
        "marked",
        "AUROC against",
    ];
    header.extend(faced.iter().filter(|_| has_answers));
    table.set_header(header);
    let mut last = "";
    for line in lines {
        let is_new = last != line.card.name;
        last = line.card.name;
        if !is_new && !has_answers {
            continue;
        }
        let own = [
            line.card.name.to_owned(),
            line.card.grain.word().to_owned(),
            line.asked.to_string(),
            line.answered.to_string(),
            percent(line.honest),
            format!("{} %", line.card.scale.false_positives() * 100.0),
        ];
        let mut cells: Vec<String> =
            own.into_iter().map(|cell| if is_new { cell } else { String::new() }).collect();
        let faced = [
            line.scheme.to_owned(),
            line.acts.subjects.to_string(),
            percent(line.acts),
            number(line.auroc, 2),
            number(line.lift, 1),
            line.look_alikes.subjects.to_string(),
            percent(line.look_alikes),
            number(line.against_look_alikes, 2),
        ];
        cells.extend(faced.into_iter().filter(|_| has_answers));
        table.add_row(cells);
    }
    table
}

fn percent(told: Detection) -> String {
    told.share().map_or_else(|| "–".to_owned(), |share| format!("{:.2} %", share * 100.0))
}

fn number(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.digits$}"))
}

fn correlations(pairs: &[Pair]) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    table.set_header(["one", "other", "rows", "rank correlation"]);
    for pair in pairs {
        let rows = pair.rows.to_string();
        table.add_row([&pair.one, &pair.other, &rows, &format!("{:.2}", pair.correlation)]);
    }
    table
}
