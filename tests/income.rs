//! Expected income: no money counts twice, each office sees its own villages, and what is not recorded is told.
#![expect(clippy::unwrap_used, reason = "a test may fall over")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::process::{Command, Output};

use calamine::{Data, Reader, Xlsx};
use mingzhang::ledger::book::Book;
use mingzhang::ledger::book::conform::Settings as Ledger;
use mingzhang::ledger::book::open::books;
use mingzhang::ledger::contract::cell::Day;
use mingzhang::ledger::decode::dataset::Dataset;
use mingzhang::ledger::level::Level;
use mingzhang::pipeline::Pipeline;
use mingzhang::report::income::{DueView, dues};
use mingzhang::report::office::{Office, RunView};
use mingzhang::report::party::Parties;
use mingzhang::report::workbook::workbook;
use mingzhang::simulate::dataset::simulate;
use mingzhang::simulate::settings::Settings;
use mingzhang::words::table::Lang;
use serde_json::Value;

fn mingzhang(words: &[&str]) -> Output {
    let lang = ["--lang", "en"];
    Command::new(env!("CARGO_BIN_EXE_mingzhang")).args(words).args(lang).output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn county(folder: &Path) {
    let size = Settings { villages: 12, townships: 3, years: 2, lines: 400, ..Settings::default() };
    simulate(&size, folder).unwrap();
}

fn book(folder: &Path) -> Book {
    let source = Dataset::at(folder).sources().unwrap().remove(0);
    books(&source, &Ledger::default(), Day(40_000)).unwrap().0.remove(0)
}

/// The rows of the sheet of expected income of an office without leads.
fn sheet(book: &Book, dues: &[DueView], (level, code): (Level, &str)) -> Vec<Vec<Data>> {
    let pipeline = Pipeline::load_or_default(None, &[]).unwrap();
    let run = RunView {
        book,
        measured: &[],
        coverage: &[],
        own: &[],
        rankings: &[],
        power: None,
        lacking: &[],
        pretrained: None,
        leads: &[],
        parties: &Parties::default(),
        dropped: &[],
        dues,
        notices: &[],
        settings: &pipeline.leads,
        as_of: Day(20_000),
        lang: Lang::Zh,
    };
    let (leads, results) = (Vec::new(), Vec::new());
    let bytes = workbook(&Office { run, level, code: code.to_owned(), leads, results }).unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range("应收未收").unwrap();
    range.rows().skip(1).map(<[Data]>::to_vec).collect()
}

#[test]
fn no_money_pays_two_dues_and_each_office_sees_its_own_villages() {
    let folder = tempfile::tempdir().unwrap();
    county(folder.path());
    let book = book(folder.path());
    let all = dues(&book);
    let mut paid: BTreeMap<usize, i64> = BTreeMap::new();
    for due in all.iter().map(|it| &it.due) {
        assert!(due.open().0 >= 0 && due.booked().0 >= 0);
        for part in &due.parts {
            assert_eq!(book.lines.village.at(part.line), book.villages[due.village]);
            *paid.entry(part.line.into()).or_default() += part.amount.0;
        }
    }
    assert!(!paid.is_empty());
    assert!(paid.iter().all(|(line, sum)| *sum <= book.lines.amount.at(*line).0));

    let whole = sheet(&book, &all, (Level::County, &book.county));
    let township = &all[0].village[..9];
    let own = sheet(&book, &all, (Level::Township, township));
    assert!(!own.is_empty() && own.len() < whole.len());
    assert!(own.iter().all(|row| row[0].to_string().starts_with(township)), "{own:?}");
}

#[test]
fn the_command_prints_what_is_published() {
    let folder = tempfile::tempdir().unwrap();
    county(folder.path());
    let data = folder.path().to_str().unwrap();
    let all = dues(&book(folder.path()));
    let json = |words: &[&str]| -> Vec<Value> {
        serde_json::from_str(&said(&mingzhang(&[&["income", data, "--json"], words].concat())))
            .unwrap()
    };
    assert_eq!(json(&[]), all.iter().map(DueView::json).collect::<Vec<_>>());
    let village = all[0].village.as_str();
    let own = json(&["--village", village]);
    assert!(!own.is_empty() && own.iter().all(|it| it["village"] == village));
    let table = said(&mingzhang(&["income", data, "--village", village]));
    assert!(own.iter().all(|it| table.contains(it["lease"].as_str().unwrap())), "{table}");
    let unknown = mingzhang(&["income", data, "--village", "990199199299"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8(unknown.stderr).unwrap().contains("no village 990199199299"));
}

#[test]
fn without_leases_it_says_that_nothing_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    county(folder.path());
    for table in ["leases", "lease_dues"] {
        fs::remove_file(folder.path().join(format!("{table}.parquet"))).unwrap();
    }
    let book = book(folder.path());
    let rows = sheet(&book, &dues(&book), (Level::County, &book.county));
    assert_eq!(rows.len(), 1);
    assert!(rows[0][0].to_string().starts_with("未登记"), "{rows:?}");
    let data = folder.path().to_str().unwrap();
    assert_eq!(
        said(&mingzhang(&["income", data])),
        "No rent that fell due in these books is recorded.\n"
    );
    assert_eq!(said(&mingzhang(&["income", data, "--json"])), "[]\n");
}
