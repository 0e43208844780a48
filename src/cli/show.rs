//! `mingzhang show`: one lead with its reasons and the rows behind it.

use std::io::Write;
use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use comfy_table::Table;
use comfy_table::presets::NOTHING;

use crate::indicators::named;
use crate::report::published::{Published, lead};
use crate::report::terminal::plain;

/// Show one lead with its reasons and the vouchers behind it
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The lead's id, as it stands in the list
    lead: String,
    /// The published folder
    #[arg(long, default_value = "out/latest")]
    out: PathBuf,
}

impl Show {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<u8> {
        let Some(found) = lead(&self.out, &self.lead)? else {
            bail!(
                "there is no lead `{}` in {}; see its leads.parquet",
                self.lead,
                self.out.display()
            );
        };
        let Published { cells, reasons, rows } = found;
        writeln!(out, "A point to verify 待核实疑点, not a finding.\n")?;
        for (name, cell) in cells {
            writeln!(out, "{name:<10}{}", plain(&cell))?;
        }
        writeln!(out, "\nReasons")?;
        for [indicator, value, usual, share, added] in reasons {
            let entry = named(&indicator);
            let title = entry.map_or(indicator.as_str(), |entry| entry.card.title);
            writeln!(out, "  {title} ({indicator}) adds {added}")?;
            for (word, cell) in [("measured", value), ("usually", usual), ("share as high", share)]
            {
                if !cell.is_empty() {
                    writeln!(out, "    {word:<14}{cell}")?;
                }
            }
            for cause in entry.map(|entry| innocent_causes(entry.card.page)).unwrap_or_default() {
                writeln!(out, "    could also be: {cause}")?;
            }
        }
        writeln!(out, "\nRows")?;
        let mut table = Table::new();
        table.load_style(NOTHING);
        table.set_header([
            "indicator",
            "voucher",
            "line",
            "date",
            "account",
            "amount",
            "payee",
            "approver",
            "summary",
        ]);
        for row in rows {
            table.add_row(row.map(|cell| plain(&cell)));
        }
        writeln!(out, "{table}")?;
        Ok(0)
    }
}

/// The list under "What else can cause it" of a page, one string for each point.
fn innocent_causes(page: &str) -> Vec<String> {
    let section = page.split("## What else can cause it").nth(1).unwrap_or("");
    let section = section.split("\n## ").next().unwrap_or("");
    let points = section.split("\n- ").skip(1);
    points.map(|point| point.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}
