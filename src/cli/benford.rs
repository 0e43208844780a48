//! `mingzhang benford`: all digit tests of one column of amounts.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use arrow::array::{Array, ArrayRef};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use clap::{Args, ValueEnum};
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use serde::Serialize;

use super::digit_tables;
use crate::ledger::cell::{Cell, Fen};
use crate::ledger::coerce::{self, Fault};
use crate::ledger::parse;
use crate::ledger::read::ParquetFile;
use crate::stats::digits::Digits;
use crate::stats::profile::{Laws, Profile};

/// The stream of the simulated null laws.
const SEED: u64 = 1;

/// All digit tests of one column of amounts.
///
/// Leading digits are held against Benford's law and the last two against even shares. The p-values are
/// simulated for the very number of amounts. A small one is a reason to look at the rows, not a finding:
/// price lists, standards and approval limits bend digits too.
#[derive(Debug, Args)]
pub(super) struct Benford {
    /// A Parquet file.
    file: PathBuf,
    /// The column of amounts.
    #[arg(long, value_name = "COLUMN")]
    amount: String,
    /// Test the rows of each value of this column by themselves.
    #[arg(long, value_name = "COLUMN")]
    by: Option<String>,
    /// Leave out amounts below this many yuan.
    #[arg(long, value_name = "AMOUNT")]
    min: Option<String>,
    /// Which digits.
    #[arg(long, value_enum, default_value = "all")]
    digits: Choice,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Choice {
    First,
    Second,
    FirstTwo,
    LastTwo,
    All,
}

impl Choice {
    fn digits(self) -> Vec<Digits> {
        match self {
            Self::First => vec![Digits::First],
            Self::Second => vec![Digits::Second],
            Self::FirstTwo => vec![Digits::FirstTwo],
            Self::LastTwo => vec![Digits::LastTwo],
            Self::All => Digits::ALL.to_vec(),
        }
    }
}

/// What the column holds beside the amounts that are tested.
#[derive(Debug, Default, Serialize)]
pub(super) struct Counts {
    pub(super) rows: u64,
    pub(super) negative: u64,
    pub(super) zero: u64,
    pub(super) empty: u64,
    pub(super) below_min: u64,
    pub(super) unreadable: u64,
    /// Some of the values that could not be understood, with their row.
    pub(super) examples: Vec<String>,
    pub(super) converted: Option<String>,
}

/// The tests of the rows that share one value of the `--by` column.
#[derive(Debug, Serialize)]
pub(super) struct Group {
    pub(super) value: Option<String>,
    pub(super) profile: Profile,
}

/// What the command tells.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    pub(super) column: String,
    pub(super) by: Option<String>,
    pub(super) counts: Counts,
    pub(super) groups: Vec<Group>,
}

impl Benford {
    /// Runs the command; exit code 0.
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<u8> {
        let min = self.least()?;
        let file = ParquetFile::open(&self.file)?;
        let amount = self.column(&file, &self.amount)?;
        let by = self.by.as_deref().map(|by| self.column(&file, by)).transpose()?;
        let reading = self.read(&file, min, amount, by)?;
        let answer = self.answer(reading);
        if self.json {
            serde_json::to_writer_pretty(&mut *out, &answer)?;
            writeln!(out)?;
        } else {
            digit_tables::print(&answer, out)?;
        }
        Ok(0)
    }

    fn read(
        &self,
        file: &ParquetFile,
        min: Fen,
        amount: usize,
        by: Option<usize>,
    ) -> anyhow::Result<Reading> {
        let mut reading = Reading { min, counts: Counts::default(), groups: BTreeMap::new() };
        let columns: Vec<_> = [Some(amount), by].into_iter().flatten().collect();
        for row_group in 0..file.row_groups().len() {
            for batch in file.read(row_group, &columns)? {
                let column = |name: &str| batch.column_by_name(name).context("column not read");
                let by = self.by.as_deref().map(column).transpose()?;
                reading.add(column(&self.amount)?, by).with_context(|| {
                    format!("reading {}: column `{}`", self.file.display(), self.amount)
                })?;
            }
        }
        let Counts { rows, empty, unreadable, examples, .. } = &reading.counts;
        let filled = rows - empty;
        ensure!(
            unreadable * 2 <= filled,
            "reading {}: column `{}`: {unreadable} of the {filled} cells that are not empty are no \
             amounts ({}); name a column of amounts",
            self.file.display(),
            self.amount,
            examples.join("; "),
        );
        ensure!(
            !reading.groups.is_empty(),
            "reading {}: column `{}` has {} rows, but no amount above 0{} to test; name another column",
            self.file.display(),
            self.amount,
            reading.counts.rows,
            self.min.as_ref().map_or(String::new(), |min| format!(" and at least {min}")),
        );
        Ok(reading)
    }

    fn least(&self) -> anyhow::Result<Fen> {
        let Some(text) = &self.min else { return Ok(Fen(1)) };
        match parse::money(text).map(Cell::some) {
            Ok(Some(min)) if min.0 > 0 => Ok(min),
            Ok(_) => bail!("--min must be above 0 yuan, but is `{text}`"),
            Err(reason) => bail!("--min must be an amount in yuan, but `{text}` is {reason}"),
        }
    }

    /// The place of a column, or an error that names those there are.
    fn column(&self, file: &ParquetFile, name: &str) -> anyhow::Result<usize> {
        let names: Vec<_> =
            file.schema().fields().iter().map(|field| field.name().as_str()).collect();
        names.iter().position(|known| *known == name).with_context(|| {
            format!(
                "reading {}: no column `{name}`; its columns are {}",
                self.file.display(),
                names.join(", ")
            )
        })
    }

    fn answer(&self, reading: Reading) -> Answer {
        let lengths: Vec<_> = reading.groups.values().map(|amounts| amounts.len() as u64).collect();
        let laws = Laws::new(&self.digits.digits(), &lengths, SEED);
        let mut groups: Vec<_> = reading.groups.into_iter().collect();
        groups.sort_by(|a, b| Reverse(a.1.len()).cmp(&Reverse(b.1.len())).then(a.0.cmp(&b.0)));
        let group = |(value, amounts): &(Option<String>, Vec<i64>)| Group {
            value: value.clone(),
            profile: Profile::of(amounts, &laws),
        };
        let groups = groups.par_iter().map(group).collect();
        Answer { column: self.amount.clone(), by: self.by.clone(), counts: reading.counts, groups }
    }
}

/// The amounts to test, as they come in.
struct Reading {
    min: Fen,
    counts: Counts,
    groups: BTreeMap<Option<String>, Vec<i64>>,
}

impl Reading {
    fn add(&mut self, amounts: &ArrayRef, by: Option<&ArrayRef>) -> anyhow::Result<()> {
        let coerced = coerce::money(amounts.as_ref())?;
        self.fault(&coerced.faults);
        let counts = &mut self.counts;
        let options = FormatOptions::default();
        let names = by.map(|by| ArrayFormatter::try_new(by.as_ref(), &options)).transpose()?;
        counts.rows += coerced.cells.len() as u64;
        counts.converted = coerced.converted;
        for (row, fen) in coerced.cells.iter().enumerate() {
            match *fen {
                Fen::NONE => counts.empty += 1,
                Fen(0) => counts.zero += 1,
                Fen(..0) => counts.negative += 1,
                fen if fen < self.min => counts.below_min += 1,
                Fen(fen) => {
                    let known = by.filter(|by| by.is_valid(row)).zip(names.as_ref());
                    let name = known.map(|(_, names)| names.value(row).to_string());
                    self.groups.entry(name).or_default().push(fen);
                }
            }
        }
        counts.empty -= coerced.faults.len() as u64;
        Ok(())
    }

    /// Counts the faults and keeps the first few, with the row of the file.
    fn fault(&mut self, faults: &[Fault]) {
        let counts = &mut self.counts;
        counts.unreadable += faults.len() as u64;
        let room = 3_usize.saturating_sub(counts.examples.len());
        let before = counts.rows + 1;
        let told = |fault: &Fault| format!("row {}: {fault}", before + fault.row as u64);
        counts.examples.extend(faults.iter().take(room).map(told));
    }
}
