//! `mingzhang run`: the nightly job.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use crate::pipeline::Pipeline;
use crate::pipeline::run::Outcome;
use crate::report::terminal::write_lists;
use crate::report::words::Lang;

/// Read, measure, score and publish a dataset
#[derive(Debug, Args)]
pub(super) struct Run {
    /// The pipeline, a TOML file (see pipelines/nightly.toml)
    pipeline: PathBuf,
    /// The dataset: a folder of Parquet tables, or one ledger file
    #[arg(long)]
    data: Option<PathBuf>,
    /// Where to publish
    #[arg(long)]
    out: Option<PathBuf>,
    /// The day as of which the list speaks; without it, the last voucher day
    #[arg(long, value_name = "DATE")]
    as_of: Option<jiff::civil::Date>,
    /// Set a key of the pipeline to another value
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Print this many leads of the county's list
    #[arg(long, default_value_t = 5, value_name = "LINES")]
    head: usize,
    /// The language of the lists; without it, that of the pipeline
    #[arg(long, value_enum)]
    lang: Option<Lang>,
    /// End with 1 if any row was refused
    #[arg(long)]
    strict: bool,
}

impl Run {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<u8> {
        let mut pipeline = Pipeline::read(&self.pipeline, &self.set)?;
        pipeline.data = self.data.or(pipeline.data);
        pipeline.out = self.out.or(pipeline.out);
        pipeline.as_of = self.as_of.or(pipeline.as_of);
        pipeline.lang = self.lang.unwrap_or(pipeline.lang);
        let lang = pipeline.lang;
        let outcome = pipeline.run(|_, _, _| {})?;
        summary(out, &outcome)?;
        for done in &outcome.counties {
            write_lists(out, (lang, self.head), &done.dossiers)?;
        }
        Ok(u8::from(self.strict && outcome.refused_rows > 0))
    }
}

/// What was read, asked, left out and published.
pub(super) fn summary(out: &mut dyn Write, outcome: &Outcome) -> anyhow::Result<()> {
    for done in &outcome.counties {
        let asked = done.coverage.iter().filter(|covered| covered.recorded).count();
        writeln!(
            out,
            "county {}: {} villages, {} lines, {} payments; {asked} of {} indicators asked",
            done.county,
            done.villages,
            done.lines,
            done.payments,
            done.coverage.len(),
        )?;
        for covered in done.coverage.iter().filter(|covered| !covered.recorded) {
            writeln!(
                out,
                "  not recorded: {} (no {})",
                covered.indicator,
                covered.missing.join(", no ")
            )?;
        }
    }
    if outcome.refused_rows > 0 {
        let rows = outcome.refused_rows;
        writeln!(out, "{rows} rows were refused: see quarantine.parquet and quality.json")?;
    }
    let stages = outcome.stages.iter().map(|(stage, seconds)| format!("{stage} {seconds:.2} s"));
    writeln!(out, "as of {}; {}", outcome.as_of, stages.collect::<Vec<_>>().join(", "))?;
    writeln!(out, "published: {}", outcome.folder.display())?;
    Ok(())
}
