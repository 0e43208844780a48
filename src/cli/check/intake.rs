//! Output of the intake report: sums, faults, tables, and the coverage of a county.

use super::part::{County, Part};
use crate::cli::lines::Lines;
use crate::ledger::book::open::{EXAMPLE, Intake, TableIntake};
use crate::ledger::contract::cell::Fen;
use crate::ledger::contract::defect::{Action, Defect, Totals};
use crate::ledger::delivery::notice::most_frequent;
use crate::report::cells::plain;
use crate::report::notices::sentence;
use crate::words::table::{Lang, Word, grain, recorded};
use crate::words::translate::told;

/// The maximum number of unknown accounts printed.
const ACCOUNTS: usize = 10;

pub(super) fn tell(lines: &mut Lines<'_>, part: &Part) -> anyhow::Result<()> {
    let intake = &part.intake;
    for notice in &intake.notices {
        lines.raw(&sentence(notice, lines.lang))?;
    }
    lines.say(Word::CheckRead, &[("totals", totals(&intake.read, lines.lang))])?;
    lines.say(Word::CheckKept, &[("totals", totals(&intake.kept, lines.lang))])?;
    lines.say(Word::CheckRefused, &[("rows", format!("{:>10}", intake.refused_rows))])?;
    lines.say(Word::CheckEmptied, &[("cells", format!("{:>10}", intake.emptied_cells))])?;
    for (reason, count) in intake.refusals.iter().chain(&intake.emptied) {
        lines.raw(&format!("  {count:>8}  {}", plain(&kind(reason, lines.lang))))?;
    }
    tell_accounts(lines, intake)?;
    if part.faults > 0 {
        let shown = intake.defects.len().to_string();
        let cells = [("shown", shown), ("all", part.faults.to_string())];
        lines.raw("")?;
        lines.say(Word::CheckFaults, &cells)?;
    }
    for defect in &intake.defects {
        tell_defect(lines, defect)?;
    }
    for (reference, share) in &intake.match_rates {
        let cells = [
            ("share", format!("{:>7.1}", share * 100.0)),
            ("reference", found(reference, lines.lang)),
        ];
        lines.say(Word::CheckFound, &cells)?;
    }
    if let Some(why) = &part.stops {
        lines.raw("")?;
        lines.say(Word::CheckStops, &[("why", told(why, lines.lang))])?;
    }
    for (name, table) in &intake.tables {
        tell_table(lines, name, table)?;
    }
    Ok(())
}

/// A reference such as `ledger.payee in payees`, in a language.
fn found(reference: &str, lang: Lang) -> String {
    match (lang, reference.split_once(" in ")) {
        (Lang::Zh, Some((column, table))) => {
            format!("{} → {}", recorded(column, lang), recorded(table, lang))
        }
        _ => reference.to_owned(),
    }
}

/// A kind of fault, its column first, in a language.
fn kind(kind: &str, lang: Lang) -> String {
    match kind.split_once(": ") {
        Some((column, reason)) => {
            let (example, reason) = match reason.strip_prefix(EXAMPLE) {
                Some(reason) => (lang.of([EXAMPLE, "例如，"]), reason),
                None => ("", reason),
            };
            let colon = lang.of([": ", "："]);
            format!("{}{colon}{example}{}", recorded(column, lang), told(reason, lang))
        }
        None => kind.to_owned(),
    }
}

fn tell_accounts(lines: &mut Lines<'_>, intake: &Intake) -> anyhow::Result<()> {
    for (account, rows) in most_frequent(&intake.strange_accounts, ACCOUNTS) {
        let cells = [("rows", format!("{rows:>8}")), ("account", plain(&account))];
        lines.say(Word::CheckAccount, &cells)?;
    }
    let more = intake.strange_accounts.len().saturating_sub(ACCOUNTS);
    if more > 0 {
        lines.say(Word::CheckMore, &[("count", more.to_string())])?;
    }
    Ok(())
}

fn tell_defect(lines: &mut Lines<'_>, defect: &Defect) -> anyhow::Result<()> {
    let done = match defect.action {
        Action::RowRefused => Word::CheckRowRefused,
        Action::CellEmptied => Word::CheckCellEmptied,
        Action::WordUnknown => Word::CheckWordUnknown,
    };
    let cells = [
        ("file", plain(&defect.file)),
        ("row", defect.row.to_string()),
        ("column", defect.column.clone()),
        ("value", plain(&defect.value)),
        ("reason", plain(&told(&defect.reason, lines.lang))),
        ("done", done.to(lines.lang).to_owned()),
    ];
    Ok(lines.say(Word::CheckDefect, &cells)?)
}

fn tell_table(lines: &mut Lines<'_>, name: &str, table: &TableIntake) -> anyhow::Result<()> {
    lines.raw("")?;
    let cells = [("table", recorded(name, lines.lang)), ("rows", table.rows.to_string())];
    lines.say(Word::CheckTable, &cells)?;
    let filled = table.filled.iter();
    let filled: Vec<_> =
        filled.map(|(column, share)| format!("{column} {:.0} %", share * 100.0)).collect();
    lines.raw(&format!("  {}", filled.join(", ")))?;
    for note in &table.notes {
        lines.raw(&format!("  {}", plain(&told(note, lines.lang))))?;
    }
    if !table.unknown_columns.is_empty() {
        let columns = plain(&table.unknown_columns.join(", "));
        lines.say(Word::CheckUnknownColumns, &[("columns", columns)])?;
    }
    Ok(())
}

pub(super) fn tell_coverage(lines: &mut Lines<'_>, county: &County) -> anyhow::Result<()> {
    let asked = county.covered.iter().filter(|it| it.coverage.recorded).count();
    let cells = [
        ("county", county.code.clone()),
        ("asked", asked.to_string()),
        ("all", county.covered.len().to_string()),
    ];
    lines.raw("")?;
    lines.say(Word::CheckCounty, &cells)?;
    let coverage = || county.covered.iter().map(|it| &it.coverage);
    let width = coverage().map(|it| it.indicator.len()).max().unwrap_or(0) + 2;
    for covered in coverage() {
        let says = if covered.recorded {
            let kind = match lines.lang {
                Lang::En => covered.grain.word(),
                Lang::Zh => grain(covered.grain).to(Lang::Zh),
            };
            let cells = [
                ("answered", covered.answered.to_string()),
                ("asked", covered.asked.to_string()),
                ("kind", kind.to_owned()),
            ];
            lines.text(Word::CheckAnswered, &cells)
        } else {
            let missing: Vec<_> =
                covered.missing.iter().map(|code| recorded(code, lines.lang)).collect();
            let missing = missing.join(lines.lang.of([", no ", "、"]));
            lines.text(Word::CheckNotRecorded, &[("missing", missing)])
        };
        lines.raw(&format!("  {:<width$}{says}", covered.indicator))?;
    }
    Ok(())
}

fn totals(totals: &Totals, lang: Lang) -> String {
    let yuan = |fen: i128| Fen(i64::try_from(fen).unwrap_or(i64::MAX)).to_string();
    let (debit, credit) = (yuan(totals.debit_fen), yuan(totals.credit_fen));
    let [on_debit, on_credit] = lang.of([["debit", "credit"], ["借方", "贷方"]]);
    format!("{:>10}   {on_debit} {debit:>18}   {on_credit} {credit:>18}", totals.rows)
}
