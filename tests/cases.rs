//! A list that remembers: what a conclusion closed stays away at every grain, and what is open says since when.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fall over"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Date32Array, RecordBatch, StringArray};
use arrow::compute::{cast, concat_batches, filter_record_batch};
use arrow::datatypes::{DataType, Field};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use calamine::{Reader, open_workbook_auto};
use jiff::civil::date;
use mingzhang::ledger::contract::cell::{Cell, Day, Fen, Flag};
use mingzhang::ledger::decode::read::{ParquetFile, files};
use mingzhang::ledger::decode::write::TableWriter;
use mingzhang::ledger::subject::Grain;
use mingzhang::outcomes::grade::Grade;
use mingzhang::outcomes::outcome::Outcome;
use mingzhang::report::published::listed;
use mingzhang::report::tables;
use mingzhang::simulate::dataset::simulate;
use mingzhang::simulate::settings::Settings;
use mingzhang::worklist::previous::Listed;

fn mingzhang(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mingzhang")).args(words).output().unwrap()
}

/// The folder of a run as of a day.
fn run(data: &Path, out: &Path, as_of: &str) -> PathBuf {
    run_with(data, out, as_of, &[])
}

/// The folder of a run as of a day with further settings.
fn run_with(data: &Path, out: &Path, as_of: &str, more: &[&str]) -> PathBuf {
    let pipeline = concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/demo.toml");
    let (data, out_word) = (data.to_str().unwrap(), out.to_str().unwrap());
    // Hours enough for leads of every grain, and whatever they cost.
    let longer = ["--set", "leads.hours.county=90.0", "--set", "leads.hour_costs=0.0"];
    let words = ["run", pipeline, "--data", data, "--out", out_word, "--as-of", as_of];
    let ran = mingzhang(&[&words[..], &longer, more].concat());
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    out.join(as_of)
}

/// A column of a published table by the column `lead`; empty texts for what is not there.
fn by_lead(folder: &Path, table: &str, column: &str) -> BTreeMap<String, String> {
    let path = folder.join(format!("{table}.parquet"));
    let text = |batch: &RecordBatch, name: &str, row: usize| {
        let array = cast(batch.column_by_name(name).unwrap(), &DataType::Utf8).unwrap();
        let array = array.as_string::<i32>();
        if array.is_null(row) { String::new() } else { array.value(row).to_owned() }
    };
    let mut all = BTreeMap::new();
    for batch in ParquetFile::open(&path).unwrap().batches().unwrap() {
        for row in 0..batch.num_rows() {
            all.insert(text(&batch, "lead", row), text(&batch, column, row));
        }
    }
    all
}

/// What the workbooks of a published folder say of each lead in the column of indicators, which an import takes back.
fn indicators(folder: &Path) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let offices = ["county", "township/*", "village/*"];
    let pattern = |office: &str| folder.join(office).join("leads.xlsx").display().to_string();
    for path in offices.iter().flat_map(|office| glob::glob(&pattern(office)).unwrap()) {
        let mut book = open_workbook_auto(path.unwrap()).unwrap();
        let sheet = book.worksheet_range_at(1).unwrap().unwrap();
        let mut rows = sheet.rows().map(|row| row.iter().map(ToString::to_string));
        let header: Vec<String> = rows.next().unwrap().collect();
        let place =
            |names: [&str; 2]| header.iter().position(|it| names.contains(&it.as_str())).unwrap();
        let (lead, codes) = (place(["Lead", "疑点编号"]), place(["Indicators", "指标代码"]));
        all.extend(rows.map(|row| {
            let cells: Vec<String> = row.collect();
            (cells[lead].clone(), cells[codes].clone())
        }));
    }
    all
}

/// The outcomes of a lead: one for each payment, and one for another subject.
fn outcomes(lead: &Listed, grade: Grade, rectified: Flag, closed: Day) -> Vec<Outcome> {
    let outcome = |subject: &str| Outcome {
        grain: lead.grain.word().to_owned(),
        subject: subject.to_owned(),
        period: String::new(),
        grade: grade.word().to_owned(),
        recovered: Fen::NONE,
        route: "list".to_owned(),
        closed,
        lead: lead.id.clone(),
        verified_by: String::new(),
        remark: String::new(),
        scheme: String::new(),
        indicators: String::new(),
        rectified,
    };
    match lead.grain {
        Grain::Payment => lead.payments.iter().map(|key| outcome(key)).collect(),
        _ => vec![outcome(&lead.key)],
    }
}

#[test]
fn closed_cases_come_back_under_no_id_and_at_no_grain() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (folder.path().join("data"), folder.path().join("out"));
    let settings =
        Settings { villages: 12, townships: 3, years: 2, lines: 400, ..Settings::default() };
    simulate(&settings, &data).unwrap();
    let (first_night, second_night) = ("2025-01-02", "2025-01-03");
    let first = run(&data, &out, first_night);
    let day = Day::of(date(2025, 1, 2));
    let leads = listed(&first, "990101", day).unwrap();
    let grains: BTreeSet<Grain> = leads.iter().map(|it| it.grain).collect();
    assert!(grains.len() >= 3, "the list should have leads of several grains: {grains:?}");
    // Conclusions of all kinds; every fourth is a find without evidence of its rectification.
    let kinds = [
        (Grade::None, Flag::Unknown),
        (Grade::Irregularity, Flag::Yes),
        (Grade::Criminal, Flag::Unknown),
        (Grade::Error, Flag::No),
    ];
    // As they come back from workbooks, with the scheme and all indicators that the conclusion knew.
    let (known, schemes) = (indicators(&first), by_lead(&first, "leads", "scheme"));
    assert!(known.values().any(|codes| codes.split_whitespace().count() > 3));
    let (mut table, mut closed, mut open) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    let mut closed_payments = BTreeSet::new();
    for (lead, (grade, rectified)) in leads.iter().zip(kinds.into_iter().cycle()) {
        table.extend(outcomes(lead, grade, rectified, day).into_iter().map(|it| Outcome {
            scheme:
                Some(&schemes[&lead.id]).filter(|it| *it != "unusual").cloned().unwrap_or_default(),
            indicators: known[&lead.id].clone(),
            ..it
        }));
        if rectified == Flag::No {
            open.insert(lead.id.clone());
        } else {
            closed.insert(lead.id.clone());
            closed_payments.extend(lead.payments.iter().cloned());
        }
    }
    tables::outcomes(&table).write(&data.join("outcomes.parquet")).unwrap();
    let second = run(&data, &out, second_night);
    let mut again = listed(&second, "990101", Day::of(date(2025, 1, 3))).unwrap();
    again.retain(|it| it.is_listed);
    assert!(!again.is_empty());
    let (concluded, uncovered) =
        (by_lead(&second, "leads", "concluded"), by_lead(&second, "leads", "uncovered"));
    for lead in &again {
        let is_covered = lead.payments.iter().all(|key| closed_payments.contains(key));
        assert!(lead.payments.is_empty() || !is_covered, "{}: only closed payments", lead.id);
        if !concluded[&lead.id].is_empty() {
            let uncovered = uncovered[&lead.id].as_str();
            assert_ne!(uncovered, "0", "{}: nothing is new", lead.id);
        }
        assert!(
            !closed.contains(&lead.id) || lead.grain != Grain::Payment,
            "{} came back",
            lead.id
        );
    }
    // Of payees, approvers and villages nothing new was paid: none of the closed ones is back.
    let back: Vec<&Listed> = again.iter().filter(|it| closed.contains(&it.id)).collect();
    assert!(back.is_empty(), "{back:?}");
    let still: Vec<&Listed> = again.iter().filter(|it| open.contains(&it.id)).collect();
    assert!(!still.is_empty(), "a find without evidence of its rectification stays open");
    assert!(
        still.iter().all(|it| it.first_listed == day && it.due <= Day(day.0 + 62)),
        "{still:?}"
    );
    assert!(again.iter().any(|it| it.first_listed > day), "nothing new on the second list");
    let why = by_lead(&second, "dropped", "why");
    let dropped = why.iter().filter(|(_, why)| *why == "concluded").map(|(lead, _)| lead.clone());
    assert_eq!(dropped.collect::<BTreeSet<_>>(), closed, "what was dropped");
    // The night repeated finds the same previous list, and its tables are the same bytes.
    let bytes = |night: &Path| std::fs::read(night.join("leads.parquet")).unwrap();
    let before = bytes(&second);
    assert!(before == bytes(&run(&data, &out, second_night)), "another list of the same night");
}

/// A column of every row of a published table, whatever it holds, as text.
fn texts(folder: &Path, table: &str, column: &str) -> Vec<String> {
    let path = folder.join(format!("{table}.parquet"));
    let batches = ParquetFile::open(&path).unwrap().batches().unwrap();
    let options = FormatOptions::default();
    let of_batch = |batch: &RecordBatch| {
        let array = batch.column_by_name(column).unwrap();
        let formatter = ArrayFormatter::try_new(array, &options).unwrap();
        (0..batch.num_rows()).map(|row| formatter.value(row).to_string()).collect::<Vec<_>>()
    };
    batches.iter().flat_map(of_batch).collect()
}

/// Adds to a ledger the voucher of each of these payments once more, under another number and on another day, and gives
/// the keys of the new payments.
fn paid_again(data: &Path, payments: &BTreeSet<String>, day: Day) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for path in files(&data.join("ledger")).unwrap() {
        let mut all = ParquetFile::open(&path).unwrap().batches().unwrap();
        let schema = all[0].schema();
        let ledger = concat_batches(&schema, &all).unwrap();
        let text = |column: &str| cast(ledger.column_by_name(column).unwrap(), &DataType::Utf8);
        let [villages, vouchers, dates, lines] =
            ["village", "voucher", "date", "line"].map(|column| text(column).unwrap());
        let cell = |array: &ArrayRef, row: usize| array.as_string::<i32>().value(row).to_owned();
        let voucher = |row: usize| {
            let (village, paid) = (cell(&villages, row), cell(&dates, row));
            format!("{village}/{}/{}", &paid[..7], cell(&vouchers, row))
        };
        for (number, payment) in payments.iter().enumerate() {
            let (own, line) = payment.rsplit_once('/').unwrap();
            let rows: Vec<usize> =
                (0..ledger.num_rows()).filter(|row| voucher(*row) == own).collect();
            let Some(row) = rows.iter().find(|row| cell(&lines, **row) == line) else { continue };
            let name = format!("记-99{number:02}");
            let month = day.year_month();
            keys.insert(format!("{}/{month}/{name}/{line}", cell(&villages, *row)));
            let is_own: BooleanArray =
                (0..ledger.num_rows()).map(|row| Some(rows.contains(&row))).collect();
            let copy = filter_record_batch(&ledger, &is_own).unwrap();
            let column = |field: &Arc<Field>, array: &ArrayRef| match field.name().as_str() {
                "voucher" => {
                    let names = StringArray::from_iter_values(rows.iter().map(|_| &name));
                    cast(&names, field.data_type()).unwrap()
                }
                "date" => {
                    let days = Date32Array::from_iter_values(rows.iter().map(|_| day.0));
                    cast(&days, field.data_type()).unwrap()
                }
                _ => Arc::clone(array),
            };
            let columns = schema.fields().iter().zip(copy.columns());
            let columns = columns.map(|(field, array)| column(field, array)).collect();
            all.push(RecordBatch::try_new(Arc::clone(&schema), columns).unwrap());
        }
        let mut writer = TableWriter::create(&path, schema).unwrap();
        for batch in &all {
            writer.write(batch.columns().to_vec()).unwrap();
        }
        writer.finish().unwrap();
    }
    keys
}

#[test]
fn small_sums_stay_closed_until_another_is_paid() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (folder.path().join("data"), folder.path().join("out"));
    let settings =
        Settings { villages: 12, townships: 3, years: 2, lines: 400, ..Settings::default() };
    simulate(&settings, &data).unwrap();
    let day = |day| Day::of(date(2025, 1, day));
    // Small formal points go to the villages.
    let run = |as_of| run_with(&data, &out, as_of, &["--set", "leads.hours.village=8.0"]);
    let first = run("2025-01-02");
    let ids = texts(&first, "leads", "lead").into_iter().zip(texts(&first, "leads", "reasons"));
    let small: BTreeSet<String> =
        ids.filter(|(_, reasons)| reasons.contains("small_sums")).map(|(id, _)| id).collect();
    let leads = listed(&first, "990101", day(2)).unwrap();
    let leads: Vec<Listed> = leads.into_iter().filter(|it| small.contains(&it.id)).collect();
    assert!(!leads.is_empty(), "no small sums are taken together");
    assert!(leads.iter().all(|it| it.payments.len() > 1), "{leads:?}");
    let closed: BTreeSet<String> = leads.iter().flat_map(|it| it.payments.clone()).collect();
    let table: Vec<Outcome> =
        leads.iter().flat_map(|it| outcomes(it, Grade::None, Flag::Unknown, day(2))).collect();
    tables::outcomes(&table).write(&data.join("outcomes.parquet")).unwrap();
    let second = run("2025-01-03");
    let again = listed(&second, "990101", day(3)).unwrap();
    let is_back = |it: &&Listed| !it.payments.is_empty() && it.payments.is_subset(&closed);
    let back: Vec<&Listed> = again.iter().filter(is_back).collect();
    assert!(back.is_empty(), "{back:?}");
    let lasts = leads.iter().filter_map(|it| it.payments.iter().max_by_key(|key| &key[12..]));
    let new = paid_again(&data, &lasts.cloned().collect(), day(3));
    assert_eq!(new.len(), leads.len());
    let third = run("2025-01-04");
    let uncovered = by_lead(&third, "leads", "uncovered");
    let third = listed(&third, "990101", day(4)).unwrap();
    let of_payments = third.iter().filter(|it| it.grain == Grain::Payment);
    let with_new = of_payments.filter(|it| !it.payments.is_disjoint(&new));
    let whole = with_new.filter(|it| !it.payments.is_disjoint(&closed));
    let uncovered: Vec<&String> = whole.map(|it| &uncovered[&it.id]).collect();
    assert!(!uncovered.is_empty(), "nothing came back with its new payment");
    assert!(uncovered.iter().all(|it| *it == "1"), "{uncovered:?}");
}

#[test]
fn the_report_of_results_compares_list_random_sample_and_inspectors() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let settings =
        Settings { villages: 4, townships: 2, years: 1, lines: 300, ..Settings::default() };
    simulate(&settings, &data).unwrap();
    let report = |lang: &str| {
        let out = folder.path().join("none");
        let words = [
            "outcomes",
            "report",
            data.to_str().unwrap(),
            "--out",
            out.to_str().unwrap(),
            "--lang",
            lang,
        ];
        let told = mingzhang(&words);
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        String::from_utf8_lossy(&told.stdout).into_owned()
    };
    assert!(report("en").contains("No conclusion was handed back yet"));
    let village = |number: usize| {
        let lead = Listed {
            id: format!("G-{number}"),
            office: "990101".to_owned(),
            grain: Grain::Village,
            key: "990101101201".to_owned(),
            name: String::new(),
            first_listed: Day(0),
            due: Day(0),
            payments: BTreeSet::new(),
            is_listed: true,
        };
        let grade = if number < 3 { Grade::Error } else { Grade::None };
        let route = ["list", "random", "inspector"][number % 3];
        outcomes(&lead, grade, Flag::Unknown, Day::of(date(2025, 1, 2)))
            .into_iter()
            .map(|it| Outcome { route: route.to_owned(), period: number.to_string(), ..it })
            .collect::<Vec<_>>()
    };
    let all: Vec<Outcome> = (0..9).flat_map(village).collect();
    tables::outcomes(&all).write(&data.join("outcomes.parquet")).unwrap();
    let told = report("en");
    for route in ["list", "random sample", "inspector's choice"] {
        let line = told.lines().find(|line| line.contains(&format!("Selection by: {route} ")));
        let line = line.unwrap_or_else(|| panic!("{route}: {told}"));
        assert!(line.contains("33.3 %"), "{line}");
    }
    assert!(told.contains("Township 990101101"), "{told}");
    assert!(report("zh").contains("查实率"));
}
