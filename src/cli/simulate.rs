//! `mingzhang simulate`: writes a simulated dataset with planted schemes and their answers.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use super::lines::Lines;
use crate::simulate::dataset::{clear, simulate};
use crate::simulate::settings::Settings;
use crate::simulate::summary::Summary;
use crate::words::table::{Lang, Word};

/// Make a simulated dataset with planted schemes, innocent look-alikes and the answers.
///
/// Every person, payee, village and amount in it is invented. The same settings give the same
/// bytes.
#[derive(Debug, Args)]
pub(super) struct Simulate {
    /// Folder to write into; it must be empty or not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Replace an earlier simulated dataset in the folder
    #[arg(long)]
    force: bool,
    /// Seed of every stream of chance
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Number of counties
    #[arg(long, value_name = "N")]
    counties: Option<u32>,
    /// Townships of each county, no more than it has villages
    #[arg(long, value_name = "N")]
    townships: Option<u32>,
    /// Villages of each county
    #[arg(long, value_name = "N")]
    villages: Option<u32>,
    /// Whole calendar years
    #[arg(long, value_name = "N")]
    years: Option<u32>,
    /// First calendar year
    #[arg(long, value_name = "YEAR")]
    first_year: Option<i16>,
    /// Voucher lines of an ordinary village in a year
    #[arg(long, value_name = "N")]
    lines: Option<u32>,
    /// Share of the villages in which something is planted, 0 to 1
    #[arg(long, value_name = "SHARE")]
    acts: Option<f64>,
    /// How much care those take who hide an act, 0 to 1
    #[arg(long, value_name = "DEGREE")]
    care: Option<f64>,
    /// Innocent look-alikes for each act
    #[arg(long, value_name = "N")]
    look_alikes: Option<f64>,
    /// Plant no act at all; the look-alikes stay
    #[arg(long)]
    honest: bool,
    /// Print what was made as JSON
    #[arg(long)]
    json: bool,
}

impl Simulate {
    pub(super) fn run(self, out: &mut dyn Write, lang: Lang) -> anyhow::Result<u8> {
        if self.force {
            clear(&self.out)?;
        }
        let made = simulate(&self.settings(), &self.out)
            .with_context(|| format!("simulating into {}", self.out.display()))?;
        if self.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&made)?)?;
        } else {
            print(&mut Lines { out, lang }, &made)?;
        }
        Ok(0)
    }

    fn settings(&self) -> Settings {
        let usual = Settings::default();
        let villages = self.villages.unwrap_or(usual.villages);
        Settings {
            seed: self.seed.unwrap_or(usual.seed),
            counties: self.counties.unwrap_or(usual.counties),
            townships: self.townships.unwrap_or(usual.townships.min(villages.max(1))),
            villages,
            years: self.years.unwrap_or(usual.years),
            first_year: self.first_year.unwrap_or(usual.first_year),
            lines: self.lines.unwrap_or(usual.lines),
            acts: self.acts.unwrap_or(usual.acts),
            care: self.care.unwrap_or(usual.care),
            look_alikes: self.look_alikes.unwrap_or(usual.look_alikes),
            honest: self.honest,
        }
    }
}

fn print(lines: &mut Lines<'_>, made: &Summary) -> anyhow::Result<()> {
    let rows = made.rows.iter().map(|(table, rows)| [table.clone(), rows.to_string()]);
    lines.whole_table([Word::MadeTable, Word::MadeRows], &rows.collect::<Vec<_>>())?;
    lines.raw("")?;
    let planted = made.planted.iter().map(|(scheme, made)| {
        [
            scheme.clone(),
            made.acts.to_string(),
            made.act_payments.to_string(),
            made.look_alikes.to_string(),
            made.look_alike_payments.to_string(),
        ]
    });
    let head = [
        Word::DemoScheme,
        Word::DemoActs,
        Word::MadePayments,
        Word::DemoLookAlikes,
        Word::MadePayments,
    ];
    lines.whole_table(head, &planted.collect::<Vec<_>>())?;
    Ok(())
}
