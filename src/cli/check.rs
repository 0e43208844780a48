//! `mingzhang check`: all faults and the coverage of a dataset, nothing scored.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::features::measure;
use crate::indicators::CATALOGUE;
use crate::ledger::cell::Fen;
use crate::ledger::dataset::Dataset;
use crate::ledger::defect::{Action, Totals};
use crate::ledger::open::{Error, Intake, examine, would_stop};
use crate::pipeline::Pipeline;
use crate::report::notices::sentence;
use crate::report::terminal::plain;
use crate::report::words::Lang;

/// Tell all faults and the coverage of a dataset, without scoring it
#[derive(Debug, Args)]
pub(super) struct Check {
    /// The dataset: a folder of Parquet tables, or one ledger file
    data: PathBuf,
    /// A pipeline whose ledger and indicator settings are meant
    #[arg(long)]
    pipeline: Option<PathBuf>,
    /// Set a key of the pipeline to another value
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Print this many faults
    #[arg(long, default_value_t = 20, value_name = "LINES")]
    head: usize,
    /// Print JSON, with every fault
    #[arg(long)]
    json: bool,
    /// End with 1 if any row was refused
    #[arg(long)]
    strict: bool,
}

impl Check {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<u8> {
        let pipeline = Pipeline::meant(self.pipeline.as_deref(), &self.set)?;
        let indicators = pipeline.indicators()?;
        let mut refused = 0;
        let mut reports = Vec::new();
        for source in Dataset::at(&self.data).sources()? {
            let (books, intake) = examine(&source, &pipeline.ledger, pipeline.last_day())?;
            refused += intake.refused_rows;
            let coverage: Vec<_> = books
                .iter()
                .map(|book| (book.county.clone(), measure(book, &indicators).1))
                .collect();
            if self.json {
                let coverage: serde_json::Map<_, _> = coverage
                    .into_iter()
                    .map(|(county, covered)| Ok((county, serde_json::to_value(covered)?)))
                    .collect::<Result<_, serde_json::Error>>()?;
                let defects = &intake.defects;
                reports.push(json!({"quality": intake, "coverage": coverage, "defects": defects}));
                continue;
            }
            let stops = would_stop(&books, &intake, &pipeline.ledger).err();
            self.tell(out, &intake, stops)?;
            for (county, coverage) in coverage {
                let asked = coverage.iter().filter(|covered| covered.recorded).count();
                writeln!(
                    out,
                    "\ncounty {county}: {asked} of {} indicators can be asked",
                    CATALOGUE.len()
                )?;
                for covered in coverage {
                    let says = if covered.recorded {
                        let (answered, asked) = (covered.answered, covered.asked);
                        format!("{answered} of {asked} {}s", covered.grain.word())
                    } else {
                        format!("not recorded: no {}", covered.missing.join(", no "))
                    };
                    writeln!(out, "  {:<26}{says}", covered.indicator)?;
                }
            }
        }
        if self.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&reports)?)?;
        }
        Ok(u8::from(self.strict && refused > 0))
    }

    fn tell(
        &self,
        out: &mut dyn Write,
        intake: &Intake,
        stops: Option<Error>,
    ) -> anyhow::Result<()> {
        for notice in &intake.notices {
            writeln!(out, "{}", sentence(notice, Lang::En))?;
        }
        writeln!(out, "ledger rows read     {}", totals(&intake.read))?;
        writeln!(out, "ledger rows kept     {}", totals(&intake.kept))?;
        writeln!(out, "ledger rows refused  {:>10}", intake.refused_rows)?;
        writeln!(out, "cells emptied        {:>10}", intake.emptied_cells)?;
        for (reason, count) in intake.refusals.iter().chain(&intake.emptied) {
            writeln!(out, "  {count:>8}  {}", plain(reason))?;
        }
        for (account, rows) in &intake.strange_accounts {
            writeln!(
                out,
                "  {rows:>8}  account {} is not in its chart (rows kept)",
                plain(account)
            )?;
        }
        if !intake.defects.is_empty() {
            writeln!(
                out,
                "\nfaults, {} of {}",
                self.head.min(intake.defects.len()),
                intake.defects.len()
            )?;
        }
        for defect in intake.defects.iter().take(self.head) {
            let done = match defect.action {
                Action::RowRefused => "row refused",
                Action::CellEmptied => "cell emptied",
                Action::WordUnknown => "word not understood",
            };
            writeln!(
                out,
                "  {} row {} {}: `{}`: {} ({done})",
                plain(&defect.file),
                defect.row,
                defect.column,
                plain(&defect.value),
                plain(&defect.reason)
            )?;
        }
        for (reference, share) in &intake.match_rates {
            writeln!(out, "  {:>7.1} %  of {reference} are found", share * 100.0)?;
        }
        if let Some(stops) = stops {
            writeln!(out, "\na run would stop: {stops}")?;
        }
        for (name, table) in &intake.tables {
            writeln!(out, "\n{name}: {} rows", table.rows)?;
            let filled = table
                .filled
                .iter()
                .map(|(column, share)| format!("{column} {:.0} %", share * 100.0));
            writeln!(out, "  {}", filled.collect::<Vec<_>>().join(", "))?;
            for note in &table.notes {
                writeln!(out, "  {}", plain(note))?;
            }
            if !table.unknown_columns.is_empty() {
                writeln!(
                    out,
                    "  not of the contract, not used: {}",
                    plain(&table.unknown_columns.join(", "))
                )?;
            }
        }
        Ok(())
    }
}

fn totals(totals: &Totals) -> String {
    let yuan = |fen: i128| Fen(i64::try_from(fen).unwrap_or(i64::MAX)).to_string();
    let (debit, credit) = (yuan(totals.debit_fen), yuan(totals.credit_fen));
    format!("{:>10}   debit {debit:>18}   credit {credit:>18}", totals.rows)
}
