//! `mingzhang import`: tables as offices export them, turned into a dataset of the contract.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};
use serde_json::{Value, json};

use crate::import::dataset::{self, REJECTED, Report};
use crate::import::rows::Total;
use crate::ledger::cell::Fen;

/// Turn CSV files as offices export them (UTF-8 or GB18030) into a dataset.
///
/// A mapping says which column of the source becomes which column of one table. Rows that cannot be
/// understood are listed in `import_rejected.csv`; compare the control totals with those of the office's
/// own program. The folder appears at once or not at all.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// One mapping for each table.
    #[arg(required = true, value_name = "MAPPING.toml")]
    mappings: Vec<PathBuf>,
    /// The folder of the source files; without it, each mapping's own folder.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The folder to make; it must not exist, or be empty.
    #[arg(long, value_name = "DIR", default_value = "dataset")]
    out: PathBuf,
    /// Exit with code 1 if a row was rejected.
    #[arg(long)]
    strict: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Import {
    /// Runs the command; exit code 0, or 1 if a row was rejected under `--strict`.
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<u8> {
        let reports = dataset::import(&self.mappings, self.data.as_deref(), &self.out)?;
        if self.json {
            let tables: Vec<_> = reports.iter().map(as_json).collect();
            serde_json::to_writer_pretty(&mut *out, &json!({ "tables": tables }))?;
            writeln!(out)?;
        } else {
            self.print(&reports, out)?;
        }
        let rejected = reports.iter().any(|report| report.rejected > 0);
        Ok(u8::from(self.strict && rejected))
    }

    fn print(&self, reports: &[Report], out: &mut dyn Write) -> anyhow::Result<()> {
        let mut rows = table(&["table", "rows read", "written", "left out", "rejected"]);
        let mut money = table(&["table", "money", "read", "written", "rejected"]);
        for report in reports {
            let counts = [report.read, report.written, report.left_out, report.rejected];
            let name = || std::iter::once(report.table.to_owned());
            rows.add_row(name().chain(counts.map(|count| count.to_string())));
            for (column, total) in &report.totals {
                money.add_row(name().chain([column.clone()]).chain(sums(total)));
            }
        }
        write(&rows, out)?;
        writeln!(out)?;
        write(&money, out)?;
        for report in reports {
            if !report.unused.is_empty() {
                writeln!(
                    out,
                    "\n{}: columns not read: {}",
                    report.table,
                    report.unused.join(", ")
                )?;
            }
            if report.rejected > 0 {
                let place = self.out.join(REJECTED);
                writeln!(
                    out,
                    "\n{}: rejected rows are listed in {}; the first:",
                    report.table,
                    place.display()
                )?;
            }
            for rejection in &report.rejections {
                writeln!(out, "  {rejection}")?;
            }
            if !report.placeholders.is_empty() {
                let told = report.placeholders.iter();
                let told: Vec<String> = told
                    .map(|((column, text), count)| format!("{column} {text:?} ({count})"))
                    .collect();
                writeln!(out, "\n{}: taken for nothing: {}", report.table, told.join(", "))?;
            }
            if report.ambiguous.count > 0 {
                writeln!(
                    out,
                    "\n{}: {} vouchers have one number in a month but several days or files; if they are different \
                     vouchers, join what tells them apart (`columns` and `join` in the mapping); the first:",
                    report.table, report.ambiguous.count
                )?;
                for told in &report.ambiguous.first {
                    writeln!(out, "  {told}")?;
                }
            }
        }
        Ok(())
    }
}

fn as_json(report: &Report) -> Value {
    let totals: BTreeMap<_, _> = report
        .totals
        .iter()
        .map(|(column, total)| {
            let [read, written, rejected] = sums(total);
            (column, json!({ "read": read, "written": written, "rejected": rejected }))
        })
        .collect();
    let placeholders: Vec<_> = report
        .placeholders
        .iter()
        .map(|((column, text), count)| json!({"column": column, "text": text, "rows": count}))
        .collect();
    json!({
        "table": report.table,
        "rows": {
            "read": report.read, "written": report.written,
            "left_out": report.left_out, "rejected": report.rejected,
        },
        "yuan": totals,
        "unused_columns": report.unused,
        "first_rejections": report.rejections,
        "taken_for_nothing": placeholders,
        "vouchers_with_several_days_or_files": report.ambiguous.count,
        "first_vouchers_with_several_days_or_files": report.ambiguous.first,
    })
}

/// Read, written and rejected, in yuan.
fn sums(total: &Total) -> [String; 3] {
    let yuan = |fen: i128| {
        i64::try_from(fen).map_or_else(|_| fen.to_string() + " fen", |fen| Fen(fen).to_string())
    };
    [yuan(total.read), yuan(total.written), yuan(total.read - total.written)]
}

fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.set_header(head);
    for column in table.column_iter_mut().rev().take(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn write(table: &Table, out: &mut dyn Write) -> anyhow::Result<()> {
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
