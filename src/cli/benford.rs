//! `mingzhang benford`: all digit tests of one column of amounts.

use std::cmp::Reverse;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use clap::{Args, ValueEnum};
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::features::amount_column::{AmountColumn, Amounts, Counts, Sign};
use crate::ledger::contract::amount::{Amount, amount};
use crate::ledger::contract::cell::Fen;
use crate::ledger::decode::read::ParquetFile;
use crate::report::digit_tables::{self, DigitGroup, DigitTables};
use crate::stats::digits::Digits;
use crate::stats::profile::Laws;

/// The random seed of the simulated null distributions.
const SEED: u64 = 1;

/// All digit tests of one column of amounts.
///
/// Leading digits are held against Benford's law and the last two against even shares. Amounts may have any size and
/// any number of decimals; the last two digits are left out where they are whole or not exact to the fen. The p-values are
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
    /// Leave out amounts below this many yuan, whatever their sign.
    #[arg(long, value_name = "AMOUNT")]
    min: Option<String>,
    /// Which amounts: those above zero, those below without their sign, or all without their sign.
    #[arg(long, value_enum, default_value = "positive")]
    sign: Sign,
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
        min: Option<Amount>,
        amount: usize,
        by: Option<usize>,
    ) -> anyhow::Result<AmountColumn> {
        let mut reading = AmountColumn::new(self.sign, min);
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
            "reading {}: column `{}` has {} rows, but no amount {} 0{} to test; name another column{}",
            self.file.display(),
            self.amount,
            reading.counts.rows,
            self.sign.side(),
            self.min.as_ref().map_or(String::new(), |min| format!(" and at least {min}")),
            if self.sign == Sign::Both { "" } else { " or another --sign" },
        );
        Ok(reading)
    }

    fn least(&self) -> anyhow::Result<Option<Amount>> {
        let Some(text) = &self.min else { return Ok(None) };
        match amount(text) {
            Ok(Amount::Fen(Fen(1..))) => {}
            Ok(Amount::Other(min)) if !min.is_negative() && !min.is_zero() => {}
            Ok(_) => bail!("--min must be above 0 yuan, but is `{text}`"),
            Err(reason) => bail!("--min must be an amount in yuan, but `{text}` is {reason}"),
        }
        Ok(amount(text).ok())
    }

    /// The index of a column, or an error that lists the available columns.
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

    fn answer(&self, reading: AmountColumn) -> DigitTables {
        let lengths: Vec<_> =
            reading.groups.values().map(|amounts| amounts.count() as u64).collect();
        let laws = Laws::new(&self.digits.digits(), &lengths, SEED);
        let mut groups: Vec<_> = reading.groups.into_iter().collect();
        groups.sort_by(|a, b| Reverse(a.1.count()).cmp(&Reverse(b.1.count())).then(a.0.cmp(&b.0)));
        let group = |(value, amounts): &(Option<String>, Amounts)| DigitGroup {
            value: value.clone(),
            profile: amounts.profile(&laws),
        };
        let groups = groups.par_iter().map(group).collect();
        let (column, by, sign) = (self.amount.clone(), self.by.clone(), self.sign);
        DigitTables { column, sign, by, counts: reading.counts, groups }
    }
}
