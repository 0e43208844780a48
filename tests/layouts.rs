//! Exports of offices that were not made here, with the ledger that a right import gives.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fall over, and says when it skips"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use mingzhang::cli::Cli;
use mingzhang::ledger::contract::parse::plain;
use serde_json::Value;
use tempfile::TempDir;

/// Rows by the names of their columns; an empty cell is not there.
type Table = Vec<BTreeMap<String, String>>;

/// Columns of persons, which are compared as identities.
const PERSONS: [&str; 5] = ["handler", "witness", "approver", "cosigner", "township_reviewer"];

/// What a person fills in or changes in the drafted mapping: the start of a line, and the line in its place.
type Edits = &'static [(&'static str, &'static str)];

/// The folder of the exports; none where it is absent.
fn exports() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/office-exports");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: there is no folder {}", folder.display());
    None
}

/// What a command gives, which must succeed.
fn mingzhang(arguments: &[&str]) -> String {
    let cli = Cli::try_parse_from(std::iter::once(&"mingzhang").chain(arguments)).unwrap();
    let mut out = Vec::new();
    let code = cli.run(&mut out).map_err(|error| format!("{error:#}")).unwrap();
    assert_eq!(code, 0);
    String::from_utf8(out).unwrap()
}

fn table(path: &Path) -> Table {
    let mut rows = support::table(path).into_iter();
    let names = rows.next().unwrap();
    let row = |row: Vec<String>| {
        names.iter().cloned().zip(row).filter(|(_, cell)| !cell.is_empty()).collect()
    };
    rows.map(row).collect()
}

/// A cell in the form in which it is compared.
fn compared(column: &str, cell: &str) -> String {
    match column {
        "side" => match cell {
            "借" => "debit",
            "贷" => "credit",
            other => other,
        }
        .to_owned(),
        "summary" | "payee_name" => plain(cell)
            .chars()
            .filter(|letter| !letter.is_whitespace() && !"\"“”".contains(*letter))
            .collect(),
        "amount" => format!("{:.2}", cell.parse::<f64>().unwrap()),
        _ => cell
            .chars()
            .take(if ["date", "approved"].contains(&column) { 10 } else { usize::MAX })
            .collect(),
    }
}

/// Counts rows by the columns that must be equal, and pairs the persons of equal rows.
fn hold_against(layout: &str, found: &Table, truth: &Table, info: &Value) {
    let columns: Vec<&str> =
        info["compared"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let exact: Vec<&str> = columns.iter().copied().filter(|name| !PERSONS.contains(name)).collect();
    let key = |row: &BTreeMap<String, String>| {
        let cells = exact.iter().map(|name| row.get(*name).map(|cell| compared(name, cell)));
        cells.collect::<Vec<_>>()
    };
    let mut pools: BTreeMap<_, Vec<&BTreeMap<String, String>>> = BTreeMap::new();
    for row in found {
        pools.entry(key(row)).or_default().push(row);
    }
    let mut pairs = Vec::new();
    let mut missing = Vec::new();
    for row in truth {
        match pools.get_mut(&key(row)).and_then(Vec::pop) {
            Some(own) => pairs.push((row, own)),
            None if row.contains_key("_optional") && row["_optional"] == "true" => {}
            None => missing.push(row),
        }
    }
    let extra: Vec<_> = pools.values().flatten().collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "{layout}: missing {missing:#?}, too many {extra:#?}"
    );
    for person in columns.iter().filter(|name| PERSONS.contains(name)) {
        let is_strict = info["identity"].get(*person).is_some();
        let mut ids: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
        let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (row, own) in &pairs {
            let (name, id) = (row.get(*person), own.get(*person));
            assert_eq!(name.is_some(), id.is_some(), "{layout}: {person} of {row:?}");
            let (Some(name), Some(id)) = (name, id) else { continue };
            let village = row["village"].clone();
            let one = if is_strict { format!("{village} {name}") } else { name.clone() };
            ids.entry((village, name.clone())).or_default().insert(id.clone());
            names.entry(id.clone()).or_default().insert(one);
        }
        assert!(ids.values().all(|ids| ids.len() == 1), "{layout}: {person} is split: {ids:?}");
        assert!(
            names.values().all(|names| names.len() == 1),
            "{layout}: {person} is fused: {names:?}"
        );
    }
}

/// Drafts a mapping, makes the edits, imports, and holds the ledger and the refusals against the truth.
fn verify(layout: &str, edits: Edits) {
    let Some(exports) = exports() else { return };
    let folder = exports.join(layout);
    let work = TempDir::new().unwrap();
    let (mapping, out) = (work.path().join("mapping.toml"), work.path().join("out"));
    let mut files: Vec<PathBuf> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        !name.starts_with("truth.") && name != "README.md"
    });
    files.sort();
    let files = files.iter().map(|path| path.to_str().unwrap());
    let fixed = ["init", "--no-questions", "--out", mapping.to_str().unwrap()];
    mingzhang(&fixed.into_iter().chain(files).collect::<Vec<_>>());
    let mut lines: Vec<String> =
        fs::read_to_string(&mapping).unwrap().lines().map(str::to_owned).collect();
    assert!(edits.len() <= 3, "an office edits three lines at most");
    for (start, line) in edits {
        let place = lines.iter().position(|own| own.starts_with(start)).unwrap();
        (*line).clone_into(&mut lines[place]);
    }
    fs::write(&mapping, lines.join("\n")).unwrap();
    mingzhang(&["import", mapping.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    let info: Value =
        serde_json::from_slice(&fs::read(folder.join("truth.json")).unwrap()).unwrap();
    let truth = table(&folder.join("truth.parquet"));
    hold_against(layout, &table(&out.join("ledger.parquet")), &truth, &info);
    let told = fs::read_to_string(out.join("import_rejected.csv")).unwrap_or_default();
    for refused in info["refused"].as_array().unwrap() {
        let text = refused["text"].as_str().unwrap();
        let wanted = info["refused"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|other| other["text"] == refused["text"])
            .count();
        assert!(told.matches(text).count() >= wanted, "{layout}: {text} is not told");
    }
}

const VILLAGE: &str = "village = ";

#[test]
fn a_journal_with_the_word_and_the_number_of_vouchers_in_two_columns() {
    verify("01-journal-two-number-columns", &[]);
}

#[test]
fn a_list_of_vouchers_with_merged_heads_on_pages() {
    verify(
        "02-voucher-list-merged-pages",
        &[("\"拟东镇示例村", "\"拟东镇示例村股份经济合作社\" = \"990203101202\"")],
    );
}

#[test]
fn a_sheet_for_each_village() {
    verify(
        "03-sheet-per-village-title",
        &[
            ("\"拟东镇模拟村", "\"拟东镇模拟村股份经济合作社\" = \"990203101201\""),
            ("\"拟东镇示例村", "\"拟东镇示例村股份经济合作社\" = \"990203101202\""),
            ("\"拟东镇拟示村", "\"拟东镇拟示村股份经济合作社\" = \"990203101203\""),
        ],
    );
}

#[test]
fn the_village_only_in_the_name_of_the_file() {
    verify("04-village-code-in-file-name", &[]);
}

#[test]
fn a_register_of_payments_with_names() {
    verify("06-payment-register-names", &[]);
}

#[test]
fn codes_kept_as_text_in_four_ways() {
    verify("07-tabs-and-apostrophes", &[]);
}

#[test]
fn days_of_all_kinds_in_three_files() {
    verify("10-dates-of-all-kinds", &[(VILLAGE, "village = \"990203101202\"")]);
}

#[test]
fn full_width_letters_and_red_entries() {
    verify("11-full-width-and-red", &[]);
}

#[test]
fn words_for_nothing() {
    verify("12-placeholders", &[]);
}

#[test]
fn the_payee_on_the_first_line_of_a_voucher() {
    verify("13-payee-on-first-line", &[("\"示拟村", "\"示拟村\" = \"990203103201\"")]);
}

#[test]
fn code_and_name_of_an_account_in_one_cell() {
    verify("14-account-and-name-in-one-cell", &[("\"拟例村", "\"拟例村\" = \"990203102203\"")]);
}

#[test]
fn hidden_columns_filtered_rows_and_a_pivot_table() {
    verify("17-wide-hidden-filtered", &[]);
}
