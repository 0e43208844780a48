//! `mingzhang outcomes`: what audits found, taken back from the sheets that offices filled in.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use clap::{Args, Subcommand};

use crate::ledger::dataset::Dataset;
use crate::ledger::outcomes::{Outcome, outcomes};
use crate::report::filled::filled;
use crate::report::tables;

/// Take back what offices found
#[derive(Debug, Args)]
pub(super) struct Outcomes {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Import(Import),
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
    /// The dataset that gets the table
    #[arg(long, value_name = "DATASET")]
    into: PathBuf,
}

impl Outcomes {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<u8> {
        let Command::Import(import) = self.command;
        import.run(out)
    }
}

impl Import {
    fn run(self, out: &mut dyn Write) -> anyhow::Result<u8> {
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
        let known = outcomes(&Dataset::at(&self.into)).context("the outcomes so far")?;
        let before = known.len();
        let key = |it: &Outcome| {
            let (grain, subject, period) = it.key();
            (grain.to_owned(), subject.to_owned(), period.to_owned())
        };
        let mut all: BTreeMap<_, Outcome> = known.into_iter().map(|it| (key(&it), it)).collect();
        let (mut refused, mut told) = (0, Vec::new());
        for file in &self.files {
            let found = filled(file).with_context(|| file.display().to_string())?;
            for cell in &found.refused {
                writeln!(
                    out,
                    "{}: {} `{}`: {}",
                    file.display(),
                    cell.cell,
                    cell.value,
                    cell.reason
                )?;
            }
            refused += found.refused.len();
            told.push(format!(
                "{}: {} of {} leads concluded, {} outcomes",
                file.display(),
                found.concluded,
                found.leads,
                found.outcomes.len()
            ));
            all.extend(found.outcomes.into_iter().map(|it| (key(&it), it)));
        }
        if refused > 0 {
            bail!("{refused} cells cannot be taken; nothing was changed");
        }
        let all: Vec<Outcome> = all.into_values().collect();
        let new = self.into.join(".outcomes.parquet.new");
        tables::outcomes(&all).write(&new)?;
        fs::rename(&new, &table).with_context(|| format!("replacing {}", table.display()))?;
        for line in told {
            writeln!(out, "{line}")?;
        }
        writeln!(out, "{}: {} outcomes, {before} before", table.display(), all.len())?;
        Ok(0)
    }
}
