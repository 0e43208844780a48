//! `mingzhang rules`: an office's own rules, written as an example and tried on its data.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use super::run::not_recorded;
use super::source::Source;
use crate::features::measure;
use crate::features::own_hits::own_hits;
use crate::pipeline::Pipeline;
use crate::pipeline::own_rules::OwnRules;
use crate::pipeline::own_rules::template::{EXAMPLE, workbook};
use crate::report::cells::money;
use crate::report::own_rules::{found, summary};
use crate::report::voucher::Row;
use crate::words::table::Lang;

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
        #[command(flatten)]
        source: Source,
        /// Print this many payments of each rule
        #[arg(long, default_value_t = 3, value_name = "LINES")]
        head: usize,
    },
}

impl Rules {
    pub(super) fn run(self, out: &mut dyn Write, lang: Lang) -> anyhow::Result<u8> {
        match self.what {
            What::Template { file } => template(&file, lang)?,
            What::Try { file, source, head } => try_rules(out, (&file, &source), (head, lang))?,
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

fn try_rules(
    out: &mut dyn Write,
    (file, source): (&Path, &Source),
    (head, lang): (usize, Lang),
) -> anyhow::Result<()> {
    let pipeline = Pipeline { own_rules: Some(file.to_owned()), ..source.pipeline()? };
    let own = pipeline.own_rules()?;
    // Thresholds are checked as well.
    pipeline.of_catalogue(&own)?;
    let rules = own.configured()?;
    for book in source.books()? {
        let (measured, coverage) = measure(&book, &rules);
        for covered in coverage.iter().filter(|it| !it.recorded) {
            writeln!(out, "{}", not_recorded(covered, lang))?;
        }
        for hits in own_hits(&book, &measured) {
            writeln!(out, "{} {}", book.county, summary(&hits, lang))?;
            for payment in hits.met.iter().take(head) {
                let Row { date, village, voucher, amount, payee, .. } =
                    Row::of(&book, book.payments.line[*payment], true);
                let (amount, told) = (money(amount), found(&book, (hits.own, *payment), lang));
                writeln!(out, "    {date} {village} {voucher} {amount} {payee}: {told}")?;
            }
        }
    }
    Ok(())
}
