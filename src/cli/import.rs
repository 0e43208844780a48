//! `mingzhang import`: converts exported tables to a dataset of the contract.

use std::cmp::Reverse;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};
use serde_json::json;

use super::lines::Lines;
use crate::import::control::{Cases, yuan};
use crate::import::dataset::{self, REJECTED, Request};
use crate::import::report::{Report, sums};
use crate::words::table::{Lang, recorded};
use crate::words::translate::told;

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
    pub(super) fn run(self, out: &mut dyn Write, lang: Lang) -> anyhow::Result<u8> {
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
            self.print(&reports, &mut Lines { out, lang })?;
        }
        let is_doubtful = reports.iter().any(Report::is_doubtful);
        Ok(u8::from(self.strict && is_doubtful))
    }

    fn print(&self, reports: &[Report], lines: &mut Lines<'_>) -> anyhow::Result<()> {
        let mut rows =
            table(&["table", "rows read", "entries written", "left out", "refused"], 4, lines.lang);
        let mut money = table(&["table", "money", "read", "written", "refused"], 3, lines.lang);
        for report in reports {
            let counts = &report.counts;
            let numbers = [counts.read, counts.written, counts.left_out, counts.rejected];
            let name = || std::iter::once(recorded(report.table, lines.lang));
            rows.add_row(name().chain(numbers.map(|count| count.to_string())));
            for (column, total) in &counts.totals {
                money.add_row(name().chain([column.clone()]).chain(sums(total)));
            }
        }
        write(&rows, lines)?;
        lines.raw("")?;
        write(&money, lines)?;
        for report in reports {
            sheets(report, lines)?;
            villages(report, lines)?;
            self.refusals(report, lines)?;
            remarks(report, lines)?;
        }
        if self.dry_run {
            for report in reports {
                sample(report, lines)?;
            }
            lines.paragraph("Nothing was published: this was a dry run.")?;
        }
        Ok(())
    }

    fn refusals(&self, report: &Report, lines: &mut Lines<'_>) -> anyhow::Result<()> {
        let (rows, cells) = (report.counts.rejected, report.emptied);
        if rows + cells == 0 {
            return Ok(());
        }
        let place = if self.dry_run {
            told("a dry run keeps no list", lines.lang)
        } else {
            self.out.join(REJECTED).display().to_string()
        };
        lines.paragraph(&format!(
            "{}: {rows} rows were refused and {cells} cells emptied, all listed ({place}); the first:",
            recorded(report.table, lines.lang)
        ))?;
        for rejection in &report.rejections {
            lines.item(rejection)?;
        }
        let all: u64 = report.reasons.values().map(|(count, _)| *count).sum();
        if all > report.rejections.len() as u64 {
            lines.item("by column and reason:")?;
            let mut reasons: Vec<_> = report.reasons.iter().collect();
            reasons.sort_by_key(|(_, (count, _))| Reverse(*count));
            for ((column, reason), (count, first)) in reasons.into_iter().take(SHOWN) {
                let reason = format!("{column}: {reason} (such as {first:?})");
                lines.raw(&format!("  {count:>8}  {}", told(&reason, lines.lang)))?;
            }
        }
        Ok(())
    }
}

/// Prints the number of rows of each sheet, and how it was read.
fn sheets(report: &Report, lines: &mut Lines<'_>) -> anyhow::Result<()> {
    let name = recorded(report.table, lines.lang);
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
        lines.lang,
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
        let texts = [sheet.name.clone(), told(&sheet.form, lines.lang)];
        table.add_row(texts.into_iter().chain(numbers.map(|count| count.to_string())));
    }
    lines.paragraph(&format!("{name}: {} sheets", report.sheets.len()))?;
    write(&table, lines)?;
    more(report.sheets.len(), lines)?;
    for sheet in &report.passed_over {
        lines.item(&format!("not read: {sheet}"))?;
    }
    Ok(())
}

/// Prints the rows and amounts of each village.
fn villages(report: &Report, lines: &mut Lines<'_>) -> anyhow::Result<()> {
    if report.villages.is_empty() {
        return Ok(());
    }
    let name = recorded(report.table, lines.lang);
    let mut table =
        table(&["village", "first day", "last day", "entries", "debit", "credit"], 3, lines.lang);
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
    lines.paragraph(&format!("{name}: {} villages", report.villages.len()))?;
    write(&table, lines)?;
    more(report.villages.len(), lines)
}

fn more(all: usize, lines: &mut Lines<'_>) -> anyhow::Result<()> {
    Ok(lines.more(all.saturating_sub(SHOWN))?)
}

/// Prints remarks for the user.
fn remarks(report: &Report, lines: &mut Lines<'_>) -> anyhow::Result<()> {
    let lang = lines.lang;
    let name = recorded(report.table, lang);
    let list = |texts: Vec<String>| texts.join(lang.of([", ", "、"]));
    if !report.left_out.is_empty() {
        let kinds = report.left_out.iter();
        let kinds =
            list(kinds.map(|(kind, rows)| format!("{} ({rows})", told(kind, lang))).collect());
        lines.paragraph(&format!("{name}: rows that are no entries: {kinds}"))?;
        for text in &report.texts.first {
            lines.raw(&format!("  {text}"))?;
        }
    }
    if !report.unused.is_empty() {
        let columns = list(report.unused.clone());
        lines.paragraph(&format!("{name}: columns not read: {columns}"))?;
    }
    if !report.lacking.is_empty() {
        let columns = list(report.lacking.clone());
        lines.paragraph(&format!("{name}: columns that sheets do not have: {columns}"))?;
    }
    if !report.placeholders.is_empty() {
        let texts = report.placeholders.iter();
        let texts = texts.map(|((column, text), count)| format!("{column} {text:?} ({count})"));
        let texts = list(texts.collect());
        lines.paragraph(&format!("{name}: taken for nothing: {texts}"))?;
    }
    if !report.cleaned.is_empty() || report.respelled > 0 {
        let columns = report.cleaned.iter();
        let columns = columns.map(|(column, (count, first))| {
            told(&format!("{column} ({count}, such as {first:?})"), lang)
        });
        let letters = (report.respelled > 0)
            .then(|| told(&format!("case of letters ({})", report.respelled), lang));
        let cleaned = list(columns.chain(letters).collect());
        lines.paragraph(&format!("{name}: codes and names cleaned: {cleaned}"))?;
    }
    let (matched, unmatched) = report.names;
    if matched + unmatched > 0 {
        lines.paragraph(&format!(
            "{name}: persons stand by name: {matched} cells are persons of the register, in {unmatched} the name with its village \
             is the id"
        ))?;
    }
    if !report.shared_names.is_empty() {
        let names = list(report.shared_names.clone());
        lines.item(&format!("several persons of the register have these names: {names}"))?;
    }
    let cases = [
        (&report.sums, "sums of the source differ from its entries"),
        (&report.balances, "balances do not follow from the row above"),
        (&report.unbalanced, "vouchers whose debit and credit differ"),
        (
            &report.ambiguous,
            "vouchers have one number in a month but several days or files; if they are different vouchers, join what \
             tells them apart (`columns` and `join` in the mapping)",
        ),
        (&report.overlaps, "rows stand in two files"),
    ];
    for (cases, what) in cases {
        print_cases(lines, cases, (&name, what))?;
    }
    let (share, accounts) = &report.strange_accounts;
    if !accounts.is_empty() {
        let accounts = accounts.iter().map(|(account, rows)| format!("{account} ({rows})"));
        let accounts = list(accounts.collect());
        lines.paragraph(&format!(
            "{name}: {:.1} % of the entries have an account that is not of the villages' chart: {accounts}; give their meaning in \
             `values` of `account`, or the `chart`",
            share * 100.0
        ))?;
    }
    Ok(())
}

/// Prints problems of one kind, if there are any.
fn print_cases(
    lines: &mut Lines<'_>,
    cases: &Cases,
    (name, what): (&str, &str),
) -> anyhow::Result<()> {
    if cases.count > 0 {
        lines.paragraph(&format!("{name}: {what}: {}; the first:", cases.count))?;
        for case in &cases.first {
            lines.item(case)?;
        }
    }
    Ok(())
}

/// Prints the first vouchers in the output format.
fn sample(report: &Report, lines: &mut Lines<'_>) -> anyhow::Result<()> {
    let name = recorded(report.table, lines.lang);
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
    let mut table = table(&head.iter().map(String::as_str).collect::<Vec<_>>(), 0, Lang::En);
    for row in rows {
        table.add_row(kept(row));
    }
    lines.paragraph(&format!("{name}: the first entries as they would be written"))?;
    write(&table, lines)
}

/// A table whose last `numbers` columns are right-aligned.
fn table(head: &[&str], numbers: usize, lang: Lang) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.set_header(head.iter().map(|name| told(name, lang)));
    for column in table.column_iter_mut().rev().take(numbers) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn write(table: &Table, lines: &mut Lines<'_>) -> anyhow::Result<()> {
    for line in table.lines() {
        lines.raw(line.trim_end())?;
    }
    Ok(())
}
