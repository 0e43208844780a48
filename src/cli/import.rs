//! `mingzhang import`: converts exported tables to a dataset of the contract.

use std::cmp::Reverse;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};
use serde_json::json;

use crate::import::control::{Cases, yuan};
use crate::import::dataset::{self, REJECTED, Request};
use crate::import::report::{Report, sums};

/// Turn tables as offices export them (csv, tsv, xlsx, xls, ods) into a dataset.
///
/// A mapping says which column of the source becomes which column of one table; `mingzhang init` writes one from the
/// files. Rows that cannot be understood are listed in `import_rejected.csv`; compare the control totals with those of
/// the office's own program. The folder appears at once or not at all.
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
    /// An `import_rejected.csv` whose column `corrected` was filled in: the cells are read as they were corrected.
    #[arg(long, value_name = "FILE")]
    corrected: Option<PathBuf>,
    /// Show the first vouchers as they would be, and publish nothing.
    #[arg(long)]
    dry_run: bool,
    /// Exit with code 1 if a row or a cell was refused, or something does not add up.
    #[arg(long)]
    strict: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The maximum number of sheets and villages printed; JSON lists all.
const SHOWN: usize = 20;

impl Import {
    /// Runs the command; exit code 0, or 1 under `--strict` if there is something to look at.
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<u8> {
        let reports = dataset::import(Request {
            mappings: &self.mappings,
            data: self.data.as_deref(),
            out: &self.out,
            corrected: self.corrected.as_deref(),
            dry_run: self.dry_run,
        })?;
        if self.json {
            let tables: Vec<_> = reports.iter().map(Report::as_json).collect();
            serde_json::to_writer_pretty(&mut *out, &json!({ "tables": tables }))?;
            writeln!(out)?;
        } else {
            self.print(&reports, out)?;
        }
        let is_doubtful = reports.iter().any(Report::is_doubtful);
        Ok(u8::from(self.strict && is_doubtful))
    }

    fn print(&self, reports: &[Report], out: &mut dyn Write) -> anyhow::Result<()> {
        let mut rows = table(&["table", "rows read", "entries written", "left out", "refused"], 4);
        let mut money = table(&["table", "money", "read", "written", "refused"], 3);
        for report in reports {
            let counts = &report.counts;
            let numbers = [counts.read, counts.written, counts.left_out, counts.rejected];
            let name = || std::iter::once(report.table.to_owned());
            rows.add_row(name().chain(numbers.map(|count| count.to_string())));
            for (column, total) in &counts.totals {
                money.add_row(name().chain([column.clone()]).chain(sums(total)));
            }
        }
        write(&rows, out)?;
        writeln!(out)?;
        write(&money, out)?;
        for report in reports {
            sheets(report, out)?;
            villages(report, out)?;
            self.refusals(report, out)?;
            remarks(report, out)?;
        }
        if self.dry_run {
            for report in reports {
                sample(report, out)?;
            }
            writeln!(out, "\nNothing was published: this was a dry run.")?;
        }
        Ok(())
    }

    fn refusals(&self, report: &Report, out: &mut dyn Write) -> anyhow::Result<()> {
        let (rows, cells) = (report.counts.rejected, report.emptied);
        if rows + cells == 0 {
            return Ok(());
        }
        let place = if self.dry_run {
            "a dry run keeps no list".to_owned()
        } else {
            self.out.join(REJECTED).display().to_string()
        };
        writeln!(
            out,
            "\n{}: {rows} rows were refused and {cells} cells emptied, all listed ({place}); the first:",
            report.table
        )?;
        for rejection in &report.rejections {
            writeln!(out, "  {rejection}")?;
        }
        let all: u64 = report.reasons.values().map(|(count, _)| *count).sum();
        if all > report.rejections.len() as u64 {
            writeln!(out, "  by column and reason:")?;
            let mut reasons: Vec<_> = report.reasons.iter().collect();
            reasons.sort_by_key(|(_, (count, _))| Reverse(*count));
            for ((column, reason), (count, first)) in reasons.into_iter().take(SHOWN) {
                writeln!(out, "  {count:>8}  {column}: {reason} (such as {first:?})")?;
            }
        }
        Ok(())
    }
}

/// Prints the number of rows of each sheet, and how it was read.
fn sheets(report: &Report, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut table = table(
        &[
            "sheet",
            "read as",
            "names in row",
            "rows",
            "written",
            "left out",
            "refused",
            "own sums that agree",
        ],
        6,
    );
    for sheet in report.sheets.iter().take(SHOWN) {
        let counts = &sheet.counts;
        let numbers = [
            sheet.header,
            counts.read,
            counts.written,
            counts.left_out,
            counts.rejected,
            sheet.sums,
        ];
        let texts = [sheet.name.clone(), sheet.form.clone()];
        table.add_row(texts.into_iter().chain(numbers.map(|count| count.to_string())));
    }
    writeln!(out, "\n{}: {} sheets", report.table, report.sheets.len())?;
    write(&table, out)?;
    more(report.sheets.len(), out)?;
    for sheet in &report.passed_over {
        writeln!(out, "  not read: {sheet}")?;
    }
    Ok(())
}

/// Prints the rows and amounts of each village.
fn villages(report: &Report, out: &mut dyn Write) -> anyhow::Result<()> {
    if report.villages.is_empty() {
        return Ok(());
    }
    let mut table = table(&["village", "first day", "last day", "entries", "debit", "credit"], 3);
    for (village, totals) in report.villages.iter().take(SHOWN) {
        let [first, last] = match totals.days {
            Some((first, last)) => [first, last].map(|day| day.date().to_string()),
            None => [String::new(), String::new()],
        };
        table.add_row([
            village.clone(),
            first,
            last,
            totals.rows.to_string(),
            yuan(totals.debit),
            yuan(totals.credit),
        ]);
    }
    writeln!(out, "\n{}: {} villages", report.table, report.villages.len())?;
    write(&table, out)?;
    more(report.villages.len(), out)
}

fn more(all: usize, out: &mut dyn Write) -> anyhow::Result<()> {
    if let Some(more) = all.checked_sub(SHOWN).filter(|more| *more > 0) {
        writeln!(out, "  and {more} more; --json lists all")?;
    }
    Ok(())
}

/// Prints remarks for the user.
fn remarks(report: &Report, out: &mut dyn Write) -> anyhow::Result<()> {
    let name = report.table;
    let list = |texts: Vec<String>| texts.join(", ");
    if !report.left_out.is_empty() {
        let told = report.left_out.iter().map(|(kind, rows)| format!("{kind} ({rows})"));
        writeln!(out, "\n{name}: rows that are no entries: {}", list(told.collect()))?;
        for text in &report.texts.first {
            writeln!(out, "  {text}")?;
        }
    }
    if !report.unused.is_empty() {
        writeln!(out, "\n{name}: columns not read: {}", report.unused.join(", "))?;
    }
    if !report.lacking.is_empty() {
        writeln!(out, "\n{name}: columns that sheets do not have: {}", report.lacking.join(", "))?;
    }
    if !report.placeholders.is_empty() {
        let told = report.placeholders.iter();
        let told = told.map(|((column, text), count)| format!("{column} {text:?} ({count})"));
        writeln!(out, "\n{name}: taken for nothing: {}", list(told.collect()))?;
    }
    if !report.cleaned.is_empty() || report.respelled > 0 {
        let told = report.cleaned.iter();
        let told =
            told.map(|(column, (count, first))| format!("{column} ({count}, such as {first:?})"));
        let told = list(
            told.chain(
                (report.respelled > 0).then(|| format!("case of letters ({})", report.respelled)),
            )
            .collect(),
        );
        writeln!(out, "\n{name}: codes and names cleaned: {told}")?;
    }
    let (matched, unmatched) = report.names;
    if matched + unmatched > 0 {
        writeln!(
            out,
            "\n{name}: persons stand by name: {matched} cells are persons of the register, in {unmatched} the name with its village \
             is the id"
        )?;
    }
    if !report.shared_names.is_empty() {
        writeln!(
            out,
            "  several persons of the register have these names: {}",
            report.shared_names.join(", ")
        )?;
    }
    told(out, &report.sums, &format!("{name}: sums of the source differ from its entries"))?;
    told(out, &report.balances, &format!("{name}: balances do not follow from the row above"))?;
    told(out, &report.unbalanced, &format!("{name}: vouchers whose debit and credit differ"))?;
    let hint = "vouchers have one number in a month but several days or files; if they are different vouchers, join what tells \
                them apart (`columns` and `join` in the mapping)";
    told(out, &report.ambiguous, &format!("{name}: {hint}"))?;
    told(out, &report.overlaps, &format!("{name}: rows stand in two files"))?;
    let (share, accounts) = &report.strange_accounts;
    if !accounts.is_empty() {
        let accounts = accounts.iter().map(|(account, rows)| format!("{account} ({rows})"));
        writeln!(
            out,
            "\n{name}: {:.1} % of the entries have an account that is not of the villages' chart: {}; give their meaning in `values` \
             of `account`, or the `chart`",
            share * 100.0,
            list(accounts.collect())
        )?;
    }
    Ok(())
}

/// Prints problems of one kind, if there are any.
fn told(out: &mut dyn Write, cases: &Cases, what: &str) -> anyhow::Result<()> {
    if cases.count > 0 {
        writeln!(out, "\n{what}: {}; the first:", cases.count)?;
        for case in &cases.first {
            writeln!(out, "  {case}")?;
        }
    }
    Ok(())
}

/// Prints the first vouchers in the output format.
fn sample(report: &Report, out: &mut dyn Write) -> anyhow::Result<()> {
    let (names, rows) = &report.sample;
    // Empty columns are omitted to save space.
    let filled: Vec<usize> = (0..names.len())
        .filter(|place| rows.iter().any(|row| row.get(*place).is_some_and(|cell| !cell.is_empty())))
        .collect();
    let kept = |row: &[String]| {
        filled.iter().filter_map(|place| row.get(*place).cloned()).collect::<Vec<_>>()
    };
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let head = kept(&names);
    let mut table = table(&head.iter().map(String::as_str).collect::<Vec<_>>(), 0);
    for row in rows {
        table.add_row(kept(row));
    }
    writeln!(out, "\n{}: the first entries as they would be written", report.table)?;
    write(&table, out)
}

/// A table whose last `numbers` columns are right-aligned.
fn table(head: &[&str], numbers: usize) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.set_header(head);
    for column in table.column_iter_mut().rev().take(numbers) {
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
