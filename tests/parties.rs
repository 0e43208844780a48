//! Persons and firms across villages: the county's dossier adds up with the ledger, and nobody else is given one.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fall over")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StructArray};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use calamine::{Reader, Xlsx, open_workbook};
use mingzhang::ledger::decode::read::{ParquetFile, files};
use mingzhang::simulate::dataset::simulate;
use mingzhang::simulate::settings::Settings;

/// A row of a table: the texts of its cells by the names of their columns.
type Row = BTreeMap<String, String>;

fn mingzhang(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mingzhang")).args(words).output().unwrap()
}

fn texts(array: &ArrayRef) -> Vec<String> {
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(array, &options).unwrap();
    (0..array.len()).map(|row| formatter.value(row).to_string()).collect()
}

fn rows(names: &[String], columns: &[ArrayRef]) -> Vec<Row> {
    let columns: Vec<Vec<String>> = columns.iter().map(texts).collect();
    let row = |at: usize| {
        let cells = names.iter().zip(&columns);
        cells.map(|(name, column)| (name.clone(), column[at].clone())).collect()
    };
    (0..columns[0].len()).map(row).collect()
}

fn batches(path: &Path) -> Vec<RecordBatch> {
    ParquetFile::open(path).unwrap().batches().unwrap()
}

fn table(path: &Path) -> Vec<Row> {
    let names = |batch: &RecordBatch| -> Vec<String> {
        batch.schema().fields().iter().map(|it| it.name().clone()).collect()
    };
    batches(path).iter().flat_map(|batch| rows(&names(batch), batch.columns())).collect()
}

/// The rows of a list in a row of a table.
fn list(batch: &RecordBatch, row: usize, column: &str) -> Vec<Row> {
    let lists = batch.column_by_name(column).unwrap().as_list::<i32>();
    let own: StructArray = lists.value(row).as_struct().clone();
    let names: Vec<String> = own.fields().iter().map(|it| it.name().clone()).collect();
    rows(&names, own.columns())
}

fn fen(text: &str) -> i64 {
    text.replace('.', "").parse().unwrap()
}

fn key(row: &Row) -> String {
    format!("{}/{}/{}/{}", row["village"], &row["date"][..7], row["voucher"], row["line"])
}

/// A published county with enough leads that some are about the same suppliers.
fn published(folder: &Path) -> (PathBuf, PathBuf) {
    let (data, out) = (folder.join("data"), folder.join("out"));
    let settings = Settings {
        seed: 1,
        villages: 18,
        townships: 3,
        years: 2,
        lines: 400,
        ..Settings::default()
    };
    simulate(&settings, &data).unwrap();
    let pipeline = concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/demo.toml");
    let (data_word, out_word) = (data.to_str().unwrap(), out.to_str().unwrap());
    let longer = ["--set", "leads.hours.county=90.0", "--set", "leads.hour_costs=0.0"];
    let words = ["run", pipeline, "--data", data_word, "--out", out_word];
    let ran = mingzhang(&[&words[..], &longer].concat());
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    (data, out.join("latest"))
}

#[test]
fn the_dossier_of_a_party_adds_up_with_the_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = published(folder.path());
    let ledger: Vec<Row> =
        files(&data.join("ledger")).unwrap().iter().flat_map(|path| table(path)).collect();
    let paid: Vec<&Row> =
        ledger.iter().filter(|row| row["side"] == "debit" && !row["payee"].is_empty()).collect();
    let mut behind: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in table(&out.join("evidence.parquet")) {
        if row["belongs"] == "true" {
            behind.entry(row["lead"].clone()).or_default().insert(key(&row));
        }
    }
    let page = fs::read_to_string(out.join("county/report.html")).unwrap();
    let mut book: Xlsx<_> = open_workbook(out.join("county/leads.xlsx")).unwrap();
    let sheet = book.worksheet_range("跨村人员与单位").unwrap();
    let sheet: Vec<Vec<String>> =
        sheet.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
    let (mut several, mut looked_at) = (0, 0);
    for batch in batches(&out.join("parties.parquet")) {
        let ids = texts(batch.column_by_name("party").unwrap());
        for (row, id) in ids.iter().enumerate() {
            let of = |column: &str, cell: &str| -> Vec<String> {
                list(&batch, row, column).iter().map(|it| it[cell].clone()).collect()
            };
            let members: BTreeSet<String> = of("members", "member").into_iter().collect();
            let leads = of("leads", "lead");
            let payments: BTreeSet<&String> =
                leads.iter().filter_map(|lead| behind.get(lead)).flatten().collect();
            let villages = list(&batch, row, "villages");
            for village in &villages {
                looked_at += 1;
                let here = || paid.iter().filter(|it| it["village"] == village["village"]);
                let sum = |rows: &[&Row]| {
                    let total: i64 = rows.iter().map(|it| fen(&it["amount"])).sum();
                    (rows.len().to_string(), total)
                };
                let received: Vec<&Row> =
                    here().filter(|it| members.contains(&it["payee"])).copied().collect();
                let signs = |it: &&&Row| {
                    ["approver", "handler", "witness"]
                        .iter()
                        .any(|role| members.contains(&it[*role]))
                };
                let signed: Vec<&Row> = here().filter(signs).copied().collect();
                let own: BTreeSet<String> =
                    received.iter().chain(&signed).map(|it| key(it)).collect();
                let in_leads: Vec<&Row> = here()
                    .filter(|it| own.contains(&key(it)) && payments.contains(&key(it)))
                    .copied()
                    .collect();
                for (name, money, rows) in [
                    ("received_payments", "received", &received),
                    ("signed_payments", "signed", &signed),
                    ("lead_payments", "lead_money", &in_leads),
                ] {
                    let told = (village[name].clone(), fen(&village[money]));
                    assert_eq!(told, sum(rows), "{id} {name} in {}", village["village"]);
                }
                let days = || received.iter().chain(&signed).map(|it| it["date"].as_str());
                assert_eq!(Some(village["first"].as_str()), days().min());
                assert_eq!(Some(village["last"].as_str()), days().max());
                let line = sheet.iter().find(|it| it[0] == *id && it[3] == village["village"]);
                assert_eq!(line.unwrap()[6], village["received_payments"]);
            }
            let with_leads = villages.iter().filter(|it| it["lead_payments"] != "0").count();
            if with_leads < 2 {
                continue;
            }
            several += 1;
            assert!(page.contains(&format!("<div id=\"{id}\"")), "{id} is not on the page");
            assert!(page.contains(&format!("<a href=\"#{id}\">")), "no lead leads to {id}");
            let shown = mingzhang(&["show", id, "--out", out.to_str().unwrap(), "--lang", "zh"]);
            let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
            assert!(leads.iter().all(|lead| shown.contains(lead)), "{shown}");
            assert!(villages.iter().all(|it| shown.contains(&it["village"])), "{shown}");
        }
    }
    assert!(several > 0, "nobody is named in two villages");
    assert!(looked_at > several, "{looked_at} villages of {several}");
    // An office below the county sees its own villages alone.
    for office in fs::read_dir(out.join("township")).unwrap() {
        let office = office.unwrap().path();
        let page = fs::read_to_string(office.join("report.html")).unwrap();
        assert!(!page.contains("跨村") && !office.join("parties.parquet").exists());
    }
}
