//! `mingzhang run`: the nightly job.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use crate::features::Coverage;
use crate::pipeline::Pipeline;
use crate::report::cells::format_message;
use crate::report::dossier::indicator_title;
use crate::report::notices::sentence;
use crate::report::own_rules;
use crate::report::terminal::write_lists;
use crate::run::job::{Summary, run};
use crate::words::table::{Lang, Word, recorded, stage};

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
    /// End with 1 if any row was refused
    #[arg(long)]
    strict: bool,
}

impl Run {
    pub(super) fn run(self, out: &mut dyn Write, asked: Option<Lang>) -> anyhow::Result<u8> {
        let mut pipeline = Pipeline::read(&self.pipeline, &self.set)?;
        pipeline.data = self.data.or(pipeline.data);
        pipeline.out = self.out.or(pipeline.out);
        pipeline.as_of = self.as_of.or(pipeline.as_of);
        pipeline.lang = asked.unwrap_or(pipeline.lang);
        let lang = pipeline.lang;
        let summary = run(&pipeline, |_, _, _| {})?;
        print_summary(out, &summary, lang)?;
        for done in &summary.counties {
            write_lists(out, (lang, self.head), &done.dossiers)?;
        }
        Ok(u8::from(self.strict && summary.refused_rows > 0))
    }
}

/// Prints what was read, computed, left out and published.
pub(super) fn print_summary(
    out: &mut dyn Write,
    summary: &Summary,
    lang: Lang,
) -> anyhow::Result<()> {
    for done in &summary.counties {
        let asked = done.coverage.iter().filter(|covered| covered.recorded).count();
        let cells = [
            ("county", done.county.clone()),
            ("villages", done.villages.to_string()),
            ("lines", done.lines.to_string()),
            ("payments", done.payments.to_string()),
            ("asked", asked.to_string()),
            ("all", done.coverage.len().to_string()),
        ];
        writeln!(out, "{}", format_message(Word::RunCounty, lang, &cells))?;
        for covered in done.coverage.iter().filter(|covered| !covered.recorded) {
            writeln!(out, "  {}", not_recorded(covered, lang))?;
        }
    }
    for hits in summary.counties.iter().flat_map(|done| &done.own) {
        writeln!(out, "{}", own_rules::summary(hits, lang))?;
    }
    for (name, version, day) in summary
        .changed
        .iter()
        .flat_map(|(day, all)| all.iter().map(move |(name, version)| (name, version, day)))
    {
        let cells =
            [("name", name.clone()), ("version", version.to_string()), ("day", day.to_string())];
        writeln!(out, "{}", format_message(Word::OwnRuleChanged, lang, &cells))?;
    }
    for notice in &summary.notices {
        writeln!(out, "{}", sentence(notice, lang))?;
    }
    if summary.refused_rows > 0 {
        let cells = [("rows", summary.refused_rows.to_string())];
        writeln!(out, "{}", format_message(Word::RunRefused, lang, &cells))?;
    }
    let stages = summary.stages.iter();
    let stages: Vec<String> =
        stages.map(|(name, seconds)| format!("{} {seconds:.2} s", stage(name, lang))).collect();
    let cells =
        [("day", summary.as_of.to_string()), ("stages", stages.join(lang.of([", ", "，"])))];
    writeln!(out, "{}", format_message(Word::RunAsOf, lang, &cells))?;
    let cells = [("folder", summary.folder.display().to_string())];
    writeln!(out, "{}", format_message(Word::RunPublished, lang, &cells))?;
    Ok(())
}

/// Which data an indicator lacks that cannot be asked.
pub(super) fn not_recorded(covered: &Coverage, lang: Lang) -> String {
    let missing: Vec<String> = covered.missing.iter().map(|code| recorded(code, lang)).collect();
    let cells = [
        ("indicator", indicator_title(covered.indicator, lang).to_owned()),
        ("missing", missing.join(lang.of([", no ", "、"]))),
    ];
    format_message(Word::RunMissing, lang, &cells)
}
