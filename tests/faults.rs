//! Bad input: each kind ends in a clear error or in quarantined rows, and nothing is half published.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test may fall over, and says when it skips"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryArray, Date32Array, Decimal128Array, Float64Array, Int32Array, Int64Array,
    StringArray, StructArray,
};
use arrow::datatypes::{DataType, Field, Schema};
use mingzhang::cli::causes::causes;
use mingzhang::ledger::contract::parse;
use mingzhang::ledger::decode::read::ParquetFile;
use mingzhang::ledger::decode::write::TableWriter;
use mingzhang::words::table::Lang;

/// Writes a Parquet file with these columns.
fn write(path: &Path, columns: Vec<(&str, ArrayRef)>) {
    let fields: Vec<_> = columns
        .iter()
        .map(|(name, column)| Field::new(*name, column.data_type().clone(), true))
        .collect();
    let mut writer = TableWriter::create(path, Arc::new(Schema::new(fields))).unwrap();
    writer.write(columns.into_iter().map(|(_, column)| column).collect()).unwrap();
    writer.finish().unwrap();
}

/// A column of text.
fn text<'a>(cells: impl IntoIterator<Item = &'a str>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(cells))
}

/// A column of dates.
fn days<'a>(cells: impl IntoIterator<Item = &'a str>) -> ArrayRef {
    let cells = cells.into_iter().map(|cell| parse::day(cell).unwrap().0);
    Arc::new(Date32Array::from_iter_values(cells))
}

/// A column of yuan.
fn yuan<'a>(cells: impl IntoIterator<Item = &'a str>) -> ArrayRef {
    let cells = cells.into_iter().map(|cell| i128::from(parse::money(cell).unwrap().0));
    let cells = Decimal128Array::from_iter_values(cells).with_precision_and_scale(18, 2);
    Arc::new(cells.unwrap())
}

/// A column of whole numbers.
fn ints(cells: impl IntoIterator<Item = i32>) -> ArrayRef {
    Arc::new(Int32Array::from_iter_values(cells))
}

/// One voucher line: village, voucher, line, date, account, side, amount, payee, approver.
type Line<'a> = (&'a str, &'a str, i32, &'a str, &'a str, &'a str, &'a str, &'a str, &'a str);

/// The columns of a ledger with these lines.
fn ledger(lines: &[Line<'_>]) -> Vec<(&'static str, ArrayRef)> {
    vec![
        ("village", text(lines.iter().map(|line| line.0))),
        ("voucher", text(lines.iter().map(|line| line.1))),
        ("line", ints(lines.iter().map(|line| line.2))),
        ("date", days(lines.iter().map(|line| line.3))),
        ("account", text(lines.iter().map(|line| line.4))),
        ("side", text(lines.iter().map(|line| line.5))),
        ("amount", yuan(lines.iter().map(|line| line.6))),
        ("payee", text(lines.iter().map(|line| line.7))),
        ("approver", text(lines.iter().map(|line| line.8))),
    ]
}

/// A voucher that pays one payee from the bank.
fn payment<'a>(village: &'a str, voucher: &'a str, amount: &'a str) -> [Line<'a>; 2] {
    let date = "2024-03-05";
    [
        (village, voucher, 1, date, "513", "debit", amount, "P1", "H1"),
        (village, voucher, 2, date, "102", "credit", amount, "", "H1"),
    ]
}

/// Runs the program.
fn mingzhang(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mingzhang")).args(arguments).output().unwrap()
}

/// What the program said on standard output.
fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What the program said on standard error.
fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The real data beside the repository, where it is; otherwise says that the test is skipped.
fn shared(path: &str) -> Option<PathBuf> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let root = std::env::var_os("MINGZHANG_SHARED_DATA").map_or(default, PathBuf::from);
    let found = root.join(path);
    if found.exists() {
        return Some(found);
    }
    eprintln!("skipped: {} is not there", found.display());
    None
}

const VILLAGE: &str = "990101101201";

/// Runs the whole job on a dataset and gives what was said, and whether anything was published.
fn run(data: &Path, out: &Path) -> (i32, String, bool) {
    let pipeline = concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/nightly.toml");
    let (data, folder) = (data.to_str().unwrap(), out.to_str().unwrap());
    let output =
        mingzhang(&["run", pipeline, "--data", data, "--out", folder, "--as-of", "2024-12-31"]);
    let said = stderr(&output);
    assert!(!said.contains("panicked"), "{said}");
    (output.status.code().unwrap(), said, out.join("latest").exists())
}

#[track_caller]
fn fails(data: &Path, expected: &[&str]) {
    let out = tempfile::tempdir().unwrap();
    let (code, said, is_published) = run(data, out.path());
    assert_eq!(code, 2, "{said}");
    assert!(!is_published);
    for words in expected {
        assert!(said.contains(words), "`{words}` is not in: {said}");
    }
    let left: Vec<_> = fs::read_dir(out.path()).unwrap().collect();
    assert!(left.is_empty(), "a failed run left {left:?}");
}

/// Checks a ledger of these columns and gives what was said.
fn check(columns: Vec<(&str, ArrayRef)>) -> String {
    let data = tempfile::tempdir().unwrap();
    write(&data.path().join("ledger.parquet"), columns);
    let output = mingzhang(&["check", data.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    stdout(&output)
}

fn with<'a>(more: &[Line<'a>]) -> Vec<Line<'a>> {
    let mut lines = payment(VILLAGE, "记-0001", "100.00").to_vec();
    lines.extend(payment(VILLAGE, "记-0002", "230.00"));
    lines.extend(more);
    lines
}

#[test]
fn the_public_malformed_files_end_in_an_error_each() {
    let Some(folder) = shared("parquet-bad") else { return };
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let out = tempfile::tempdir().unwrap();
        let (code, said, is_published) = run(&path, out.path());
        assert_eq!(code, 2, "{}: {said}", path.display());
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(said.contains(name), "{said} does not name {name}");
        assert!(!is_published);
        files += 1;
    }
    assert_eq!(files, 8);
}

#[test]
fn words_for_nothing_are_nobody_and_spellings_are_one() {
    let mut lines = Vec::new();
    let vouchers: Vec<String> = (1..=4).map(|number| format!("记-{number}")).collect();
    let people = [("P１", "无"), ("P1", "H1"), ("'P1", "0"), ("待定", "H1\u{200b}")];
    for (voucher, (payee, approver)) in vouchers.iter().zip(people) {
        let date = "2024-03-05";
        lines.push((VILLAGE, voucher.as_str(), 1, date, "513", "debit", "10.00", payee, approver));
        lines.push((VILLAGE, voucher.as_str(), 2, date, "102", "credit", "10.00", payee, approver));
    }
    let told = check(ledger(&lines));
    for words in [
        "blanks, width and marks of spreadsheets are cleaned",
        "words for nothing, such as 无 or 0, are empty",
    ] {
        assert_eq!(told.matches(words).count(), 2, "payee and approver: {told}");
    }
    assert!(told.contains("payee 75 %") && told.contains("approver 50 %"), "{told}");
}

#[test]
fn a_small_file_that_promises_millions_of_rows_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.parquet");
    let schema = Schema::new(vec![Field::new("voucher", DataType::Int32, true)]);
    let mut writer = TableWriter::create(&path, Arc::new(schema)).unwrap();
    let rows: ArrayRef = Arc::new(Int32Array::from_iter_values(std::iter::repeat_n(1, 100_000)));
    for _ in 0..25 {
        writer.write(vec![rows.clone()]).unwrap();
    }
    writer.finish().unwrap();
    let size = fs::metadata(&path).unwrap().len();
    assert!(size < 1_000_000, "{size}");
    let refused = mingzhang(&["check", folder.path().to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("it promises 2500000 rows"), "{}", stderr(&refused));
}

#[test]
fn a_truncated_file_is_named() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().join("ledger.parquet");
    write(&path, ledger(&with(&[])));
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 100]).unwrap();
    fails(data.path(), &["ledger.parquet", "export it again"]);
}

#[test]
fn a_file_that_is_text_is_named() {
    let data = tempfile::tempdir().unwrap();
    fs::write(data.path().join("ledger.parquet"), "village,voucher\n").unwrap();
    fails(data.path(), &["ledger.parquet", "not a readable Parquet file"]);
}

#[test]
fn a_folder_in_the_place_of_a_file_is_told_to_be_one() {
    let folder = tempfile::tempdir().unwrap();
    let error = anyhow::Error::from(ParquetFile::open(folder.path()).unwrap_err());
    let told = causes(&error, Lang::En);
    assert!(told.ends_with("it is a folder, and a file is expected; give the file"), "{told}");
}

#[test]
fn a_missing_column_is_named_with_what_is_there() {
    let data = tempfile::tempdir().unwrap();
    write(&data.path().join("ledger.parquet"), vec![("x", text(["1"])), ("y", text(["2"]))]);
    fails(data.path(), &["ledger.parquet", "`village`", "`x`, `y`"]);
}

#[test]
fn a_column_name_that_stands_twice_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut columns = ledger(&payment("990101101201", "记-1", "10.00"));
    columns.push(("payee", text(["甲", "乙"])));
    write(&folder.path().join("ledger.parquet"), columns);
    fails(folder.path(), &["two columns are named `payee`", "ledger.parquet"]);
}

#[test]
fn a_column_of_structures_is_named_with_its_type() {
    let inner = Arc::new(Field::new("id", DataType::Utf8, true));
    let payee: ArrayRef = Arc::new(StructArray::from(vec![(inner, text(["甲", "乙"]))]));
    let mut columns = ledger(&payment("990101101201", "记-1", "10.00"));
    for (name, column) in &mut columns {
        if *name == "payee" {
            *column = Arc::clone(&payee);
        }
    }
    let told = check(columns);
    assert!(told.contains("column `payee` is not used: expected text"), "{told}");
}

#[test]
fn a_column_of_an_impossible_type_is_named() {
    let data = tempfile::tempdir().unwrap();
    let mut columns = ledger(&with(&[]));
    columns[6].1 = Arc::new(BinaryArray::from_iter_values([b"1", b"2", b"3", b"4"]));
    write(&data.path().join("ledger.parquet"), columns);
    fails(data.path(), &["ledger.parquet", "`amount`"]);
}

#[test]
fn an_empty_folder_and_a_missing_one_have_no_ledger() {
    let data = tempfile::tempdir().unwrap();
    fails(data.path(), &["no ledger", "ledger.parquet"]);
    fails(&data.path().join("nowhere"), &["no ledger", "nowhere"]);
}

#[test]
fn a_ledger_without_rows_says_so() {
    let data = tempfile::tempdir().unwrap();
    write(&data.path().join("ledger.parquet"), ledger(&[]));
    fails(data.path(), &["no row that can be used"]);
}

#[test]
fn a_voucher_whose_sides_differ_is_refused_whole() {
    let odd = [
        (VILLAGE, "记-0003", 1, "2024-03-06", "513", "debit", "50.00", "P1", "H1"),
        (VILLAGE, "记-0003", 2, "2024-03-06", "102", "credit", "49.00", "", "H1"),
    ];
    let said = check(ledger(&with(&odd)));
    assert!(said.contains("debits 50.00 and credits 49.00 of this voucher differ"), "{said}");
    assert!(said.contains("ledger rows refused           2"), "{said}");
}

#[test]
fn a_date_in_the_year_206_is_refused_with_its_voucher() {
    let odd = [
        (VILLAGE, "记-0003", 1, "0206-03-06", "513", "debit", "50.00", "P1", "H1"),
        (VILLAGE, "记-0003", 2, "2024-03-06", "102", "credit", "50.00", "", "H1"),
    ];
    let said = check(ledger(&with(&odd)));
    assert!(said.contains("row 5 date: `0206-03-06`: the date must lie from"), "{said}");
    assert!(said.contains("ledger rows refused           2"), "{said}");
}

#[test]
fn a_float_that_is_not_exact_to_the_fen_is_refused() {
    let mut columns = ledger(&with(&[]));
    columns[6].1 = Arc::new(Float64Array::from(vec![100.001, 100.001, 230.0, 230.0]));
    let said = check(columns);
    assert!(said.contains("100.001"), "{said}");
    assert!(said.contains("ledger rows refused           2"), "{said}");
    assert!(said.contains("float64 to yuan"), "{said}");
}

#[test]
fn a_voucher_delivered_twice_counts_once() {
    let said = check(ledger(&with(&payment(VILLAGE, "记-0002", "230.00"))));
    assert!(said.contains("the same line stands in ledger.parquet row 3"), "{said}");
    assert!(said.contains("ledger rows kept              4"), "{said}");
}

#[test]
fn two_vouchers_under_one_number_are_both_refused() {
    let said = check(ledger(&with(&payment(VILLAGE, "记-0002", "99.00"))));
    assert!(
        said.contains("two different lines have this village, month, voucher and line"),
        "{said}"
    );
    assert!(said.contains("ledger rows refused           4"), "{said}");
}

#[test]
fn too_many_faults_stop_the_run_and_leave_the_last_list_in_place() {
    let (data, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = data.path().join("ledger.parquet");
    write(&path, ledger(&with(&[])));
    let (code, said, is_published) = run(data.path(), out.path());
    assert_eq!((code, is_published), (0, true), "{said}");
    let before = fs::read(out.path().join("latest/payments.parquet")).unwrap();
    write(&path, ledger(&with(&payment(VILLAGE, "记-0002", "99.00"))));
    let (code, said, _) = run(data.path(), out.path());
    assert_eq!(code, 2);
    assert!(said.contains("4 of 6 ledger rows were refused"), "{said}");
    assert_eq!(fs::read(out.path().join("latest/payments.parquet")).unwrap(), before);
}

#[test]
fn refused_rows_are_told_in_the_quarantine_and_under_strict_in_the_exit_code() {
    let (data, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut lines = Vec::new();
    let vouchers: Vec<String> = (1..=10).map(|number| format!("记-{number:04}")).collect();
    for voucher in &vouchers {
        lines.extend(payment(VILLAGE, voucher, "100.00"));
    }
    lines[0].6 = "101.00";
    write(&data.path().join("ledger.parquet"), ledger(&lines));
    let pipeline = concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/nightly.toml");
    let (data, out) = (data.path().to_str().unwrap(), out.path().to_str().unwrap());
    let output = mingzhang(&["run", pipeline, "--data", data, "--out", out, "--strict"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let quality = fs::read_to_string(Path::new(out).join("latest/quality.json")).unwrap();
    let quality: serde_json::Value = serde_json::from_str(&quality).unwrap();
    assert_eq!(quality["990101"]["refused_rows"], 2);
    assert_eq!(quality["990101"]["read"]["debit_fen"], 100_100);
    assert_eq!(quality["990101"]["kept"]["debit_fen"], 90_000);
}

#[test]
fn the_obvious_other_types_are_read_the_same() {
    let plain = check(ledger(&with(&[])));
    let mut columns = ledger(&with(&[]));
    columns[0].1 = Arc::new(Int64Array::from(vec![990_101_101_201; 4]));
    columns[3].1 = text(["2024/3/5", "20240305", "2024年3月5日", "2024-03-05"]);
    columns[4].1 = ints([513, 102, 513, 102]);
    columns[5].1 = text(["借", "贷", "借", "贷"]);
    columns[6].1 = Arc::new(Float64Array::from(vec![100.0, 100.0, 230.0, 230.0]));
    let other = check(columns);
    let totals = |said: &str| said.lines().take(3).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(totals(&plain), totals(&other));
    assert!(other.contains("Int64 to text"), "{other}");
}

#[test]
fn a_ledger_file_beside_county_folders_is_not_left_out_in_silence() {
    for astray in ["ledger.parquet", "ledger/part-0.parquet"] {
        let data = tempfile::tempdir().unwrap();
        write(&data.path().join("ledger/county=990101/part-0.parquet"), ledger(&with(&[])));
        write(&data.path().join(astray), ledger(&with(&[])));
        fails(data.path(), &[astray, "beside `county=` folders"]);
    }
}

#[test]
fn a_companion_that_cannot_be_used_is_told_and_stops_nothing() {
    let (data, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write(&data.path().join("ledger.parquet"), ledger(&with(&[])));
    write(&data.path().join("limits.parquet"), vec![("region", text(["990101"]))]);
    let (code, said, is_published) = run(data.path(), out.path());
    assert_eq!((code, is_published), (0, true), "{said}");
    let coverage = fs::read_to_string(out.path().join("latest/coverage.json")).unwrap();
    let coverage: serde_json::Value = serde_json::from_str(&coverage).unwrap();
    let indicators = coverage["990101"]["indicators"].as_array().unwrap();
    let limit = indicators.iter().find(|it| it["indicator"] == "just_below_limit").unwrap();
    assert_eq!(limit["recorded"], false);
    let quality = fs::read_to_string(out.path().join("latest/quality.json")).unwrap();
    assert!(quality.contains("the table is not used"), "{quality}");
}

#[test]
fn a_class_of_expense_that_is_not_known_is_told() {
    let data = tempfile::tempdir().unwrap();
    write(&data.path().join("ledger.parquet"), ledger(&with(&[])));
    let limits = vec![
        ("region", text(["990101"])),
        ("expense_class", text(["luxury"])),
        ("from_amount", yuan(["1000"])),
        ("valid_from", days(["2020-01-01"])),
    ];
    write(&data.path().join("limits.parquet"), limits);
    let said = stdout(&mingzhang(&["check", data.path().to_str().unwrap()]));
    assert!(said.contains("rows of these classes of expense are not used: luxury"), "{said}");
}

#[test]
fn a_check_says_that_a_run_would_stop() {
    let said = check(ledger(&with(&payment(VILLAGE, "记-0002", "99.00"))));
    assert!(said.contains("a run would stop: 4 of 6 ledger rows were refused"), "{said}");
}

#[test]
fn settings_out_of_their_range_are_refused_before_anything_is_read() {
    let pipeline = concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/nightly.toml");
    for (set, named) in [
        ("ledger.max_refused=nan", "max_refused"),
        ("ledger.max_refused=-1", "max_refused"),
        ("model.iforest.trees=0", "trees"),
        ("leave_out=[\"nothing\"]", "nothing"),
    ] {
        let output = mingzhang(&["run", pipeline, "--set", set]);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{set}");
        assert!(said.contains(named) && said.contains("nightly.toml"), "{said}");
    }
}

#[test]
fn wrong_settings_are_named_with_their_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wrong.toml");
    fs::write(&path, "[leads]\npayments = 3\n").unwrap();
    let output = mingzhang(&["run", path.to_str().unwrap()]);
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("wrong.toml") && said.contains("payments"), "{said}");
}
