//! `mingzhang show`: one lead with its reasons and the rows behind it.

use std::io::Write;
use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use comfy_table::Table;
use comfy_table::presets::NOTHING;

use crate::indicators::named;
use crate::report::published::{Published, PublishedReason, ROWS, lead};
use crate::report::terminal::{facts, plain, title};

/// Show one lead with its reasons and the vouchers behind it
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The lead's id, as it stands in the list
    lead: String,
    /// The published folder
    #[arg(long, default_value = "out/latest")]
    out: PathBuf,
    /// Show at most this many rows of each indicator
    #[arg(long, default_value_t = 12, value_name = "ROWS")]
    rows: usize,
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
        for reason in reasons {
            let PublishedReason { indicator, scheme, value, peers_median, p, contribution } =
                reason;
            let added = contribution.unwrap_or(0.0);
            writeln!(out, "  {} ({indicator}) [+{added:.2}]", title(&indicator, &scheme))?;
            writeln!(out, "    {}", facts(&indicator, value, peers_median, p))?;
            let page = named(&indicator).map(|entry| entry.card.page);
            for cause in page.map(innocent_causes).unwrap_or_default() {
                writeln!(out, "    could also be: {cause}")?;
            }
        }
        writeln!(out, "\nRows")?;
        let mut table = Table::new();
        table.load_style(NOTHING);
        table.set_header(ROWS);
        let mut left_out = 0;
        for of_indicator in rows.chunk_by(|[a, ..], [b, ..]| a == b) {
            left_out += of_indicator.len().saturating_sub(self.rows);
            for row in of_indicator.iter().take(self.rows) {
                table.add_row(row.each_ref().map(|cell| plain(cell)));
            }
        }
        writeln!(out, "{table}")?;
        if left_out > 0 {
            writeln!(out, "{left_out} more rows: see evidence.parquet, or give --rows")?;
        }
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
