//! `mingzhang outcomes`: imports audit results from workbooks that offices filled in.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use clap::{Args, Subcommand};
use serde_json::json;

use super::lines::Lines;
use crate::ledger::book::open::examine;
use crate::ledger::contract::cell::Day;
use crate::ledger::contract::parse::today;
use crate::ledger::decode::dataset::Dataset;
use crate::outcomes::outcome::{Outcome, closed_leads, outcomes};
use crate::outcomes::register::Register;
use crate::outcomes::results::{Results, cases};
use crate::outcomes::workbook::filled;
use crate::pipeline::Pipeline;
use crate::report::cells::format_message;
use crate::report::published::{Error, listed};
use crate::report::results::lines;
use crate::report::tables;
use crate::report::terminal::write_results;
use crate::words::table::{Lang, Word};
use crate::words::translate::told;

/// Take back what offices found
#[derive(Debug, Args)]
pub(super) struct Outcomes {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Import(Import),
    Report(Report),
}

/// Take the filled columns of leads.xlsx into the dataset's table `outcomes`
///
/// All or nothing: if a cell cannot be taken, every such cell is named and nothing is changed. A subject that was
/// concluded before is concluded anew.
#[derive(Debug, Args)]
struct Import {
    /// Workbooks that offices filled in (.xlsx, .xls or .ods)
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The dataset that the lists were made of, which gets the table
    #[arg(long, value_name = "DATASET")]
    into: PathBuf,
    /// The pipeline of that run, whose ledger settings are meant
    #[arg(long)]
    pipeline: Option<PathBuf>,
}

/// What audits brought: concluded, confirmed, recovered, hit rates, overdue
///
/// The hit rates of the list, of the random sample and of the cases that inspectors chose stand beside each other, each
/// with its 90 % interval.
#[derive(Debug, Args)]
struct Report {
    /// The dataset with the table `outcomes`
    data: PathBuf,
    /// The published lists, to count what is overdue
    #[arg(long, value_name = "PUBLISHED", default_value = "out/latest")]
    out: PathBuf,
    /// The day as of which leads are overdue; without it, today
    #[arg(long)]
    as_of: Option<jiff::civil::Date>,
    /// The pipeline of that run, whose ledger settings are meant
    #[arg(long)]
    pipeline: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Report {
    fn run(self, out: &mut dyn Write, lang: Lang) -> anyhow::Result<u8> {
        let pipeline = Pipeline::load_or_default(self.pipeline.as_deref(), &[])?;
        let as_of = self.as_of.map_or_else(today, Day::of);
        for source in Dataset::at(&self.data).sources()? {
            let (books, _) = examine(&source, &pipeline.ledger, pipeline.last_day())?;
            for book in &books {
                let results = Results::of(&cases(book), &book.county);
                if self.json {
                    writeln!(
                        out,
                        "{}",
                        serde_json::to_string(&json!({"county": book.county, "results": results}))?
                    )?;
                    continue;
                }
                let listed = match listed(&self.out, &book.county, as_of) {
                    Err(Error::NoTable { .. }) => {
                        let cells = [("folder", self.out.display().to_string())];
                        writeln!(out, "{}", format_message(Word::OverdueUnknown, lang, &cells))?;
                        None
                    }
                    other => Some(other?),
                };
                let closed = closed_leads(book);
                let open: Option<Vec<(String, Day)>> = listed.map(|all| {
                    let open = all.into_iter().filter(|it| !closed.contains(it.id.as_str()));
                    open.map(|it| (it.office, it.due)).collect()
                });
                write_results(out, &lines(&results, open.as_deref(), (as_of, lang)), lang)?;
            }
        }
        Ok(0)
    }
}

impl Outcomes {
    pub(super) fn run(self, out: &mut dyn Write, lang: Lang) -> anyhow::Result<u8> {
        match self.command {
            Command::Import(import) => import.run(Lines { out, lang }),
            Command::Report(report) => report.run(out, lang),
        }
    }
}

impl Import {
    fn run(self, mut lines: Lines<'_>) -> anyhow::Result<u8> {
        ensure!(
            self.into.is_dir(),
            "{}: --into takes the folder of a dataset",
            self.into.display()
        );
        let table = self.into.join("outcomes.parquet");
        let parts = self.into.join("outcomes");
        ensure!(
            !parts.exists(),
            "{}: the outcomes are in parts here; join them into {} first",
            parts.display(),
            table.display()
        );
        let register = self.register()?;
        let known = outcomes(&Dataset::at(&self.into)).context("the outcomes so far")?;
        let before = known.len();
        let key = |it: &Outcome| {
            let (grain, subject, period) = it.key();
            (grain.to_owned(), subject.to_owned(), period.to_owned())
        };
        let mut all: BTreeMap<_, Outcome> = known.into_iter().map(|it| (key(&it), it)).collect();
        let (mut refused, mut done, mut concluded) = (0, Vec::new(), BTreeMap::new());
        let mut own_cases = 0;
        for file in &self.files {
            ensure!(file.is_file(), "{}: there is no such file", file.display());
            let found = filled(file, &register).with_context(|| file.display().to_string())?;
            for (lead, cell) in &found.concluded {
                let place = format!("{} {cell}", file.display());
                if let Some(before) = concluded.insert(lead.clone(), place) {
                    lines.tell(&format!(
                        "{}: {cell} `{lead}`: this lead is concluded twice ({before})",
                        file.display()
                    ))?;
                    refused += 1;
                }
            }
            for cell in &found.refused {
                let reason = told(&cell.reason, lines.lang);
                lines.raw(&format!(
                    "{}: {} `{}`: {reason}",
                    file.display(),
                    cell.cell,
                    cell.value
                ))?;
            }
            refused += found.refused.len();
            own_cases += found.own_cases;
            done.push(format!(
                "{}: leads concluded {} of {}, own cases {}, outcomes {}",
                file.display(),
                found.concluded.len(),
                found.leads,
                found.own_cases,
                found.outcomes.len()
            ));
            all.extend(found.outcomes.into_iter().map(|it| (key(&it), it)));
        }
        if refused > 0 {
            bail!("cells that cannot be taken: {refused}; nothing was changed");
        }
        if concluded.is_empty() && own_cases == 0 {
            bail!("no lead has a conclusion; nothing was changed");
        }
        let all: Vec<Outcome> = all.into_values().collect();
        let new = self.into.join(".outcomes.parquet.new");
        tables::outcomes(&all).write(&new)?;
        fs::rename(&new, &table).with_context(|| format!("replacing {}", table.display()))?;
        for line in done {
            lines.tell(&line)?;
        }
        lines.tell(&format!("{}: outcomes {}, before {before}", table.display(), all.len()))?;
        Ok(0)
    }

    fn register(&self) -> anyhow::Result<Register> {
        let pipeline = Pipeline::load_or_default(self.pipeline.as_deref(), &[])?;
        let mut register = Register::default();
        for source in Dataset::at(&self.into).sources()? {
            let (books, _) = examine(&source, &pipeline.ledger, pipeline.last_day())?;
            for book in &books {
                register.add(book);
            }
        }
        Ok(register)
    }
}
