//! `mingzhang rules`: an office's own rules, written as an example and tried on its data.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use crate::features::measure;
use crate::features::own_hits::own_hits;
use crate::ledger::book::open::books;
use crate::ledger::decode::dataset::Dataset;
use crate::pipeline::Pipeline;
use crate::pipeline::own_rules::OwnRules;
use crate::pipeline::own_rules::template::{EXAMPLE, workbook};
use crate::report::cells::{format_message, money};
use crate::report::own_rules::{found, summary};
use crate::report::voucher::Row;
use crate::words::table::{Lang, Word};

/// An office's own rules: write an example, and try rules on a dataset
#[derive(Debug, Args)]
pub(super) struct Rules {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Write an example to fill in: a workbook, or a text file if the name ends in .toml
    Template {
        /// The file to write; it must not exist yet
        file: PathBuf,
    },
    /// Count the payments that meet each rule, and print some of them
    Try {
        /// The rules: a workbook or a TOML file
        file: PathBuf,
        /// The dataset: a folder of Parquet tables, or one ledger file
        #[arg(long)]
        data: PathBuf,
        /// Print this many payments of each rule
        #[arg(long, default_value_t = 3, value_name = "LINES")]
        head: usize,
    },
}

impl Rules {
    pub(super) fn run(self, out: &mut dyn Write, lang: Lang) -> anyhow::Result<u8> {
        match self.what {
            What::Template { file } => template(&file, lang)?,
            What::Try { file, data, head } => attempt(out, (&file, &data), (head, lang))?,
        }
        Ok(0)
    }
}

fn template(file: &Path, lang: Lang) -> anyhow::Result<()> {
    let is_text = file.extension().is_some_and(|it| it.eq_ignore_ascii_case("toml"));
    if !is_text && !file.extension().is_some_and(|it| it.eq_ignore_ascii_case("xlsx")) {
        bail!("{}: the name must end in .xlsx or .toml", file.display());
    }
    let bytes = if is_text {
        EXAMPLE.as_bytes().to_vec()
    } else {
        workbook(&toml::from_str::<OwnRules>(EXAMPLE)?, lang)?
    };
    let mut new = File::create_new(file).with_context(|| format!("writing {}", file.display()))?;
    new.write_all(&bytes).with_context(|| format!("writing {}", file.display()))
}

fn attempt(
    out: &mut dyn Write,
    (file, data): (&Path, &Path),
    (head, lang): (usize, Lang),
) -> anyhow::Result<()> {
    let pipeline = Pipeline { own_rules: Some(file.to_owned()), ..Pipeline::default() };
    let rules = pipeline.own_rules()?.configured()?;
    // Thresholds are checked as well.
    pipeline.of_catalogue()?;
    for source in Dataset::at(data).sources()? {
        for book in books(&source, &pipeline.ledger, pipeline.last_day())?.0 {
            let (measured, coverage) = measure(&book, &rules);
            for covered in coverage.iter().filter(|it| !it.recorded) {
                let cells = [
                    ("indicator", covered.indicator.to_owned()),
                    ("missing", covered.missing.join(", ")),
                ];
                writeln!(out, "{}", format_message(Word::RunMissing, lang, &cells))?;
            }
            for hits in own_hits(&book, &measured) {
                writeln!(out, "{} {}", book.county, summary(&hits, lang))?;
                for payment in hits.met.iter().take(head) {
                    let row = Row::of(&book, book.payments.line[*payment], true);
                    let told = found(&book, &measured, (hits.own, *payment), lang);
                    let (day, sum) = (row.date, money(row.amount));
                    writeln!(
                        out,
                        "    {day} {} {} {sum} {}: {told}",
                        row.village, row.voucher, row.payee
                    )?;
                }
            }
        }
    }
    Ok(())
}
