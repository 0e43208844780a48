//! `mingzhang precheck`: what a payment still lacks, told before it is made.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use jiff::civil::Date;

use super::lines::Lines;
use crate::import::value::Value;
use crate::import::vouchers::Vouchers;
use crate::ledger::book::conform::is_village;
use crate::ledger::book::consulted::Consulted;
use crate::ledger::contract::cell::Day;
use crate::ledger::contract::parse::today;
use crate::ledger::decode::dataset::Dataset;
use crate::pipeline::Pipeline;
use crate::precheck::Precheck;
use crate::precheck::records::{COLUMNS, Records, TABLES};
use crate::precheck::voucher::Defaults;
use crate::report::precheck::View;
use crate::report::precheck::list::PowerList;
use crate::report::precheck::workbook::{of_list, template};
use crate::words::table::Lang;

/// Tell a clerk before payment which steps, signatures and papers are missing, and print the power list
///
/// Vouchers are rows of a workbook, a table of text or a Parquet file, with headings in either language; `--template`
/// writes a workbook to fill in. Only what they need of the dataset is read.
#[derive(Debug, Args)]
pub(super) struct PrecheckCommand {
    /// The vouchers to be paid: xlsx, csv or parquet
    #[arg(required_unless_present_any = ["template", "list"])]
    vouchers: Option<PathBuf>,
    /// The dataset: a folder of Parquet tables
    #[arg(long, required_unless_present = "template")]
    data: Option<PathBuf>,
    /// The village of rows that name none, and of the power list: its 12-digit code
    #[arg(long, value_name = "CODE", required_if_eq("list", "true"))]
    village: Option<String>,
    /// The day of payment of rows without a date, and of the power list; without it, today
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Write a workbook with what is missing in each row
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write a workbook to fill in, with the power list of `--village`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["vouchers", "list", "out"])]
    template: Option<PathBuf>,
    /// Print the power list of a village: the steps of each kind and size of expense
    #[arg(long, conflicts_with = "vouchers")]
    list: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// End with 1 if anything is missing or cannot be read
    #[arg(long)]
    strict: bool,
    /// A pipeline whose classes of expense are meant
    #[arg(long)]
    pipeline: Option<PathBuf>,
    /// Set a key of the pipeline to another value
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
}

impl PrecheckCommand {
    pub(super) fn run(self, out: &mut dyn Write, lang: Lang) -> anyhow::Result<u8> {
        if let Some(target) = &self.template {
            let records = self.village.as_deref().filter(|_| self.data.is_some());
            let records = records.map(|village| self.records((village, village))).transpose()?;
            let list = records.as_ref().map(|records| (self.power_list(records), records));
            let list = list.as_ref().map(|(list, records)| (list, &records.data.names));
            write_new(target, &template(list, lang)?)?;
            return Ok(0);
        }
        match &self.vouchers {
            Some(vouchers) => self.check(vouchers, out, lang),
            None => self.list(out, lang),
        }
    }

    fn day(&self) -> Day {
        self.as_of.map_or_else(today, Day::of)
    }

    /// What is on record of villages from the first to the last.
    fn records(&self, villages: (&str, &str)) -> anyhow::Result<Records> {
        let pipeline = Pipeline::load_or_default(self.pipeline.as_deref(), &self.set)?;
        let data = self.data.as_deref().context("name the dataset with --data")?;
        if !data.is_dir() {
            bail!("{}: no dataset; name its folder with --data", data.display());
        }
        let mut sources = Dataset::at(data).sources()?;
        if sources.len() > 1 {
            let [first, last] = [villages.0, villages.1].map(|code| code.get(..6));
            if first.is_none() || first != last {
                bail!(
                    "the dataset has several counties: give vouchers of one county at a time, with 12-digit codes of villages"
                );
            }
            sources.retain(|source| source.county.as_deref() == first);
        }
        let Some(source) = sources.pop() else {
            bail!("no county of the dataset has the village {}; check its code", villages.0);
        };
        let data = Consulted::read(&source.with_tables(&TABLES), &COLUMNS, villages)?;
        Ok(Records::of(data, &pipeline.ledger.classes))
    }

    fn check(&self, vouchers: &Path, out: &mut dyn Write, lang: Lang) -> anyhow::Result<u8> {
        let bytes =
            fs::read(vouchers).with_context(|| format!("reading {}", vouchers.display()))?;
        let file = Vouchers::read(vouchers, &bytes)?;
        let codes = villages(&file, self.village.as_deref());
        let records = self.records((&codes.0, &codes.1))?;
        let defaults = Defaults { day: self.day(), village: self.village.clone() };
        let check = Precheck::of(&file, &records, &defaults);
        let view = View { file: &file, check: &check, names: &records.data.names, lang };
        if let Some(target) = &self.out {
            let bytes = view.workbook()?;
            fs::write(target, bytes).with_context(|| format!("writing {}", target.display()))?;
        }
        if self.json {
            writeln!(out, "{:#}", view.json())?;
        } else {
            view.print(out)?;
        }
        Ok(u8::from(self.strict && check.complete() < check.rows.len()))
    }

    fn power_list(&self, records: &Records) -> PowerList {
        let village = self.village.as_deref().unwrap_or_default();
        PowerList::of(records.steps(), village, self.day())
    }

    fn list(&self, out: &mut dyn Write, lang: Lang) -> anyhow::Result<u8> {
        let village = self.village.as_deref().unwrap_or_default();
        if !is_village(village) {
            bail!("`{village}` is no village; write its 12-digit code");
        }
        let records = self.records((village, village))?;
        let (list, names) = (self.power_list(&records), &records.data.names);
        if let Some(target) = &self.out {
            let bytes = of_list(&list, names, lang)?;
            fs::write(target, bytes).with_context(|| format!("writing {}", target.display()))?;
        }
        if self.json {
            writeln!(out, "{:#}", list.json(names, lang))?;
            return Ok(0);
        }
        let mut lines = Lines { out, lang };
        lines.raw(&list.title(lang))?;
        if !list.is_empty() {
            let rows: Vec<[String; 7]> = list.rows(names, lang).collect();
            lines.titled(PowerList::titles(lang), &rows)?;
            lines.raw(&PowerList::about_decisions(lang))?;
        }
        Ok(0)
    }
}

/// The first and the last village of the file; all where one is not written as a code.
fn villages(file: &Vouchers, default: Option<&str>) -> (String, String) {
    let written = file.rows.iter().map(|row| match row.cells.get("village") {
        Some(Value::Text(village)) => village.as_str(),
        _ => default.unwrap_or_default(),
    });
    let codes: Vec<&str> = written.filter(|village| !village.is_empty()).collect();
    let ends = codes.iter().min().zip(codes.iter().max());
    match ends.filter(|_| codes.iter().all(|code| is_village(code))) {
        Some((first, last)) => ((*first).to_owned(), (*last).to_owned()),
        None => (String::new(), "\u{10ffff}".to_owned()),
    }
}

fn write_new(target: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if !target.extension().is_some_and(|it| it.eq_ignore_ascii_case("xlsx")) {
        bail!("{}: the name must end in .xlsx", target.display());
    }
    let told = || format!("writing {}", target.display());
    let mut new = File::create_new(target).with_context(told)?;
    new.write_all(bytes).with_context(told)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use crate::cli::Cli;
    use crate::ledger::book::consulted::Consulted;
    use crate::ledger::decode::dataset::Dataset;
    use crate::precheck::records::{COLUMNS, TABLES};
    use crate::simulate::dataset::simulate;
    use crate::simulate::settings::Settings;

    const VILLAGE: &str = "990101101201";

    #[test]
    fn a_thousand_vouchers_are_held_against_a_simulated_county() {
        let folder = tempfile::tempdir().unwrap();
        let (data, file) = (folder.path().join("data"), folder.path().join("payments.csv"));
        let settings = Settings { villages: 4, townships: 2, ..Settings::default() };
        simulate(&settings, &data).unwrap();
        let rows = (0..1_000).map(|row| format!("{VILLAGE},513,{}.50,R-{row}\n", row * 7 + 1));
        let csv = format!("village,account,amount,payee\n{}", rows.collect::<String>());
        std::fs::write(&file, csv).unwrap();
        let (data, file) = (data.to_str().unwrap(), file.to_str().unwrap());
        let run = |words: &[&str]| {
            let before = ["mingzhang", "precheck", "--data", data, "--as-of", "2024-12-20"];
            let words = before.iter().chain(words);
            let mut out = Vec::new();
            let code = Cli::parse_from(words).run(&mut out).unwrap();
            (code, String::from_utf8(out).unwrap())
        };
        let (code, told) = run(&[file, "--json", "--strict"]);
        let json: serde_json::Value = serde_json::from_str(&told).unwrap();
        assert_eq!((code, json["unread"].as_u64()), (1, Some(0)));
        let vouchers = json["vouchers"].as_array().unwrap();
        assert_eq!(vouchers.len(), 1_000);
        assert!(vouchers.iter().all(|it| !it["limits"].is_null()));
        let (code, list) = run(&["--list", "--village", VILLAGE, "--lang", "zh"]);
        assert_eq!(code, 0);
        assert!(list.contains("工程支出") && list.contains("集体决策：先提议"), "{list}");
    }

    #[test]
    fn of_the_ledger_only_the_villages_asked_for_are_decoded() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings { villages: 4, townships: 2, ..Settings::default() };
        simulate(&settings, folder.path()).unwrap();
        let source = Dataset::at(folder.path()).sources().unwrap().remove(0);
        let rows = |first: &str, last: &str| {
            let source = source.clone().with_tables(&TABLES);
            Consulted::read(&source, &COLUMNS, (first, last)).unwrap().lines.rows
        };
        assert!(rows(VILLAGE, VILLAGE) > 0);
        assert_eq!(rows("0", "1"), 0);
    }
}
