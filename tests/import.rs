//! Exports of offices, read through a mapping.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fall over, and says when it skips"
)]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use clap::Parser;
use encoding_rs::GB18030;
use mingzhang::cli::Cli;
use mingzhang::ledger::read::ParquetFile;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A mapping of this repository.
fn pipeline(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines").join(name)
}

/// What `mingzhang import` gives: its exit code and its text, or its error.
fn import(arguments: &[&str]) -> Result<(u8, String), String> {
    let cli = Cli::try_parse_from(["mingzhang", "import"].iter().chain(arguments));
    let mut out = Vec::new();
    let done = cli.map_err(|error| error.to_string())?.run(&mut out);
    done.map(|code| (code, String::from_utf8(out).unwrap())).map_err(|error| format!("{error:#}"))
}

/// The rows of a written table as texts, the names first.
fn table(path: &Path) -> Vec<Vec<String>> {
    let file = ParquetFile::open(path).unwrap();
    let names: Vec<_> = file.schema().fields().iter().map(|field| field.name().clone()).collect();
    let all: Vec<_> = (0..names.len()).collect();
    let groups = 0..file.row_groups().len();
    let batches = groups.flat_map(|group| file.read(group, &all).unwrap());
    std::iter::once(names).chain(batches.flat_map(|batch| rows(&batch))).collect()
}

fn rows(batch: &RecordBatch) -> Vec<Vec<String>> {
    let options = FormatOptions::default();
    let columns = batch.columns().iter();
    let columns: Vec<_> =
        columns.map(|column| ArrayFormatter::try_new(column.as_ref(), &options).unwrap()).collect();
    let row = |row| columns.iter().map(|column| column.value(row).to_string()).collect();
    (0..batch.num_rows()).map(row).collect()
}

/// A folder with a mapping `map.toml` and a source `data.csv`.
struct Office(TempDir);

impl Office {
    fn new(mapping: &str, source: &[u8]) -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("map.toml"), mapping).unwrap();
        fs::write(folder.path().join("data.csv"), source).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn import(&self, more: &[&str]) -> Result<(u8, String), String> {
        let (mapping, out) = (self.path("map.toml"), self.path("out"));
        let fixed = [mapping.to_str().unwrap(), "--out", out.to_str().unwrap()];
        import(&[fixed.as_slice(), more].concat())
    }

    /// The report as JSON.
    fn report(&self) -> Value {
        let (_, told) = self.import(&["--json"]).unwrap();
        serde_json::from_str::<Value>(&told).unwrap()["tables"][0].clone()
    }

    fn rejected(&self) -> Vec<Vec<String>> {
        let mut file = csv::Reader::from_path(self.path("out/import_rejected.csv")).unwrap();
        file.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    }
}

const LEDGER: &str = r#"
table = "ledger"
[source]
files = ["data.csv"]
[columns]
voucher = "no"
date = "date"
amount = "amount"
[constants]
village = "990000000001"
account = "541"
side = "debit"
"#;

#[test]
fn a_voucher_list_of_a_chinese_program_becomes_a_ledger() {
    let sheet = "\
华山村凭证列表,,,,,\n\
凭证字号,日期,摘要,科目编码,借方金额,贷方金额\n\
记-0001,2024年3月5日,购买办公用品,511003,\"1,234.50\",\n\
,,付办公用品款,101,,\"￥１，２３４．５０\"\n\
记-0002,2024/3/6,冲销,511003,(20.00),0.00\n\
记-0003,2024-03-07,两边都有,511003,5.00,6.00\n\
记-0004,3月8日,没有年份,511003,7.00,\n\
记-0005,2024-03-08,没有科目,,8.00,\n\
,,合计,,\"1,234.50\",\"1,234.50\"\n";
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("凭证.csv"), GB18030.encode(sheet).0).unwrap();
    let out = folder.path().join("out");
    let mapping = pipeline("import-vouchers-example.toml");
    let arguments = [
        mapping.to_str().unwrap(),
        "--data",
        folder.path().to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
        "--json",
        "--strict",
    ];
    let (code, told) = import(&arguments).unwrap();
    assert_eq!(code, 1, "rows were rejected under --strict");
    let told: Value = serde_json::from_str(&told).unwrap();
    let report = &told["tables"][0];
    assert_eq!(report["rows"], json!({ "read": 7, "written": 3, "left_out": 1, "rejected": 3 }));
    let yuan = json!({
        "amount debit": { "read": "1234.50", "written": "1214.50", "rejected": "20.00" },
        "amount credit": { "read": "1240.50", "written": "1234.50", "rejected": "6.00" },
    });
    assert_eq!(report["yuan"], yuan);
    let expected = [
        ["village", "voucher", "date", "account", "chart", "side", "amount", "summary"],
        [
            "990000000001",
            "记-0001",
            "2024-03-05",
            "511003",
            "2024",
            "debit",
            "1234.50",
            "购买办公用品",
        ],
        [
            "990000000001",
            "记-0001",
            "2024-03-05",
            "101",
            "2024",
            "credit",
            "1234.50",
            "付办公用品款",
        ],
        ["990000000001", "记-0002", "2024-03-06", "511003", "2024", "debit", "-20.00", "冲销"],
    ];
    assert_eq!(table(&out.join("ledger.parquet")), expected);
    let mut rejected = csv::Reader::from_path(out.join("import_rejected.csv")).unwrap();
    let rejected: Vec<_> = rejected.records().map(|row| row.unwrap()).collect();
    let told: Vec<_> = rejected.iter().map(|row| (&row[2], &row[3], &row[4], &row[5])).collect();
    let expected = [
        ("6", "借方金额 / 贷方金额", "5.00 / 6.00", "both sides are filled"),
        ("7", "日期", "3月8日", "not a date such as 2024-03-05"),
        ("8", "科目编码", "", "empty, but every row needs it"),
    ];
    assert_eq!(told, expected);
}

#[test]
fn the_payments_of_2010_are_imported_to_the_cent() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let shared = env::var_os("MINGZHANG_SHARED_DATA").map_or(beside, PathBuf::from);
    let data = shared.join("payments-2010");
    if !data.is_dir() {
        eprintln!("skipped: no {}", data.display());
        return;
    }
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("ledger");
    let mapping = pipeline("import-payments-2010.toml");
    let arguments = [
        mapping.to_str().unwrap(),
        "--data",
        data.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
        "--json",
    ];
    let told: Value = serde_json::from_str(&import(&arguments).unwrap().1).unwrap();
    let report = &told["tables"][0];
    let rows = json!({ "read": 189_470, "written": 189_470, "left_out": 0, "rejected": 0 });
    assert_eq!(report["rows"], rows);
    let text = fs::read_to_string(data.join("payments.csv")).unwrap();
    let amounts = text.lines().skip(1).map(|line| line.rsplit(',').next().unwrap());
    let cents: i64 =
        amounts.map(|amount| amount.trim().replace('.', "").parse::<i64>().unwrap()).sum();
    let sum = format!("{}.{:02}", cents / 100, cents % 100);
    assert_eq!(
        report["yuan"]["amount debit"],
        json!({ "read": sum, "written": sum, "rejected": "0.00" })
    );
    let ledger = table(&out.join("ledger.parquet"));
    assert_eq!(ledger.len(), 189_471);
    assert_eq!(ledger[1][..3], ["990000000001", "P-000001", "2010-01-02"]);
    assert!(!out.join("import_rejected.csv").exists());
}

#[test]
fn faults_are_listed_with_their_line_and_all_else_is_written() {
    let office = Office::new(
        LEDGER,
        "no,date,amount,remark\n1,2024-01-02,10.00,x\n2,2024-02-30,12.345,\"a\nb\"\n3,2024-01-03,n/a\n\n4,2024-01-04,-7,\n"
            .as_bytes(),
    );
    let report = office.report();
    assert_eq!(report["rows"], json!({ "read": 4, "written": 2, "left_out": 0, "rejected": 2 }));
    assert_eq!(report["unused_columns"], json!(["remark"]));
    let told: Vec<_> = office.rejected().into_iter().map(|row| row[2..].join("|")).collect();
    let expected = [
        "3|date|2024-02-30|not a date such as 2024-03-05",
        "3|amount|12.345|more than two decimals",
        "5||3,2024-01-03,n/a|3 cells under 4 names of columns",
    ];
    assert_eq!(told, expected);
    let told = [
        "data.csv, line 3, column `date`: \"2024-02-30\": not a date such as 2024-03-05",
        "data.csv, line 3, column `amount`: \"12.345\": more than two decimals",
        "data.csv, line 5: \"3,2024-01-03,n/a\": 3 cells under 4 names of columns",
    ];
    assert_eq!(report["first_rejections"], json!(told));
    let ledger = table(&office.path("out/ledger.parquet"));
    assert_eq!(ledger[2], ["990000000001", "4", "2024-01-04", "541", "debit", "-7.00"]);
}

#[test]
fn damaged_bytes_cost_their_row_and_are_named_by_their_place() {
    let mut source = GB18030.encode("no,date,amount\n记1,2024-01-02,1\n").0.into_owned();
    let place = source.len();
    source.extend_from_slice(b"\xff2,2024-01-02,2\n");
    let mapping = LEDGER.replace("[columns]", "encoding = \"gb18030\"\n[columns]");
    let office = Office::new(&mapping, &source);
    assert_eq!(office.report()["rows"]["written"], 1);
    let reason = format!("byte {place} of the file is not gb18030");
    assert_eq!(office.rejected()[0][5], reason);
}

#[test]
fn the_same_sources_give_the_same_bytes() {
    let source = b"no,date,amount\n1,2024-01-02,1\n2,2024-01-02,2\n";
    let (one, other) = (Office::new(LEDGER, source), Office::new(LEDGER, source));
    one.import(&[]).unwrap();
    other.import(&[]).unwrap();
    let bytes = |office: &Office| fs::read(office.path("out/ledger.parquet")).unwrap();
    assert_eq!(bytes(&one), bytes(&other));
}

#[test]
fn a_folder_that_holds_something_is_left_alone() {
    let office = Office::new(LEDGER, b"no,date,amount\n1,2024-01-02,1\n");
    fs::create_dir(office.path("out")).unwrap();
    office.import(&[]).unwrap();
    let error = office.import(&[]).unwrap_err();
    assert!(error.contains("is not empty; name a new folder with --out"), "{error}");
    let names: Vec<_> =
        fs::read_dir(office.0.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 3, "nothing half-made is left: {names:?}");
}

#[test]
fn wrong_mappings_and_sources_are_told_with_the_way_out() {
    let good = "no,date,amount\n1,2024-01-02,1\n";
    let chinese =
        |name| GB18030.encode(&format!("{name},date,amount\n1,2024-01-02,1\n")).0.into_owned();
    let (voucher, date) = (chinese("凭证"), chinese("日期"));
    let table: Vec<(String, &[u8], &str)> = vec![
        (
            LEDGER.replace("\"ledger\"", "\"leger\""),
            good.as_bytes(),
            "no table `leger`; the tables are ledger, villages",
        ),
        (
            LEDGER.replace("amount =", "amonut ="),
            good.as_bytes(),
            "has no column `amonut`; its columns are village",
        ),
        (LEDGER.replace("account = \"541\"", ""), good.as_bytes(), "also needs account"),
        (LEDGER.replace("files", "file"), good.as_bytes(), "unknown field `file`"),
        (
            LEDGER.replace("\"date\"", "{ column = \"date\", unit = \"wan\" }"),
            good.as_bytes(),
            "column `date`: `unit` is for amounts",
        ),
        (
            LEDGER.replace("\"date\"", "{ colunm = \"date\" }"),
            good.as_bytes(),
            "the name of a source column, or a table with `column`",
        ),
        (
            LEDGER.replace("[constants]", "[constants]\nentered = \"noon\""),
            good.as_bytes(),
            "column `entered`: the constant \"noon\": not a date and time",
        ),
        (
            LEDGER.replace("990000000001", "99000000000"),
            good.as_bytes(),
            "column `village`: the constant \"99000000000\": not a division code of 12 digits",
        ),
        (
            LEDGER.replace("[constants]", "[constants]\ndate = \"2024-01-01\""),
            good.as_bytes(),
            "column `date` is given twice",
        ),
        (
            LEDGER.to_owned(),
            b"no,day,amount\n",
            "no column `date`; its columns are `no`, `day`, `amount`",
        ),
        (LEDGER.to_owned(), b"", "expected the names of columns in record 1, but the file ends"),
        (
            LEDGER.to_owned(),
            b"no,date,amount\n1,\"2024-01-02,1\n",
            "data.csv: the quotation mark (\") of line 2 is never closed; export it again",
        ),
        (LEDGER.to_owned(), b"no,no,amount\n", "two columns are named `no`"),
        (
            LEDGER.to_owned(),
            b"no,date,amount\n1,x,1\n2,y,1\n",
            "none of the 2 rows of table ledger could be understood; the first: data.csv, line 2, column `date`: \"x\": not a date",
        ),
        (
            LEDGER.replace("\"no\"", "\"凭证\""),
            &voucher,
            "it was read as UTF-8: set `encoding` if they look garbled",
        ),
        (LEDGER.to_owned(), &date, "the names of the columns are not UTF-8"),
        (LEDGER.replace("data.csv", "absent.csv"), good.as_bytes(), "absent.csv: No such file"),
        (LEDGER.replace("data.csv", "absent.csv"), good.as_bytes(), "the file system refused "),
    ];
    for (mapping, source, words) in table {
        let office = Office::new(&mapping, source);
        let error = office.import(&[]).unwrap_err();
        assert!(error.contains(words), "expected {words}\nfound {error}");
        assert_eq!(error.matches(words).count(), 1, "told twice: {error}");
        assert!(!office.path("out").exists(), "{words}: nothing is published");
    }
}

/// A mapping of a voucher list with debit and credit in two columns.
const VOUCHERS: &str = r#"
table = "ledger"
[source]
files = ["data.csv"]
[sides]
debit = "借方"
credit = "贷方"
[columns]
voucher = { column = "号", repeat_above = true }
date = { column = "日期", repeat_above = true }
account = "科目"
payee = { column = "收款人", repeat_above = true }
[constants]
village = "990000000001"
"#;

/// Some columns of what was imported.
fn picked(office: &Office, names: &[&str]) -> Vec<Vec<String>> {
    let all = table(&office.path("out/ledger.parquet"));
    let places = names.iter().map(|name| all[0].iter().position(|it| it == name).unwrap());
    let places: Vec<usize> = places.collect();
    let row = |row: &Vec<String>| places.iter().map(|place| row[*place].clone()).collect();
    all[1..].iter().map(row).collect()
}

#[test]
fn what_stands_on_the_first_line_of_a_voucher_is_of_that_voucher_alone() {
    let sheet = "\
号,日期,科目,收款人,借方,贷方\n\
记-1,2024-01-05,513,甲,10,\n\
,,102,,,10\n\
记-2,2024-01-05,513,,7,\n\
,,152,,,7\n";
    let office = Office::new(VOUCHERS, sheet.as_bytes());
    office.import(&[]).unwrap();
    let rows = picked(&office, &["voucher", "date", "payee"]);
    let expected = [
        ["记-1", "2024-01-05", "甲"],
        ["记-1", "2024-01-05", "甲"],
        ["记-2", "2024-01-05", ""],
        ["记-2", "2024-01-05", ""],
    ];
    assert_eq!(rows, expected);
}

#[test]
fn words_for_nothing_are_nobody_and_a_dash_is_no_amount() {
    let sheet = "\
号,日期,科目,收款人,借方,贷方\n\
记-1,2024-01-05,513,无,\" 1,234.50 \",\"  -   \"\n\
记-1,2024-01-05,102,-,—,1234.50\n\
记-2,2024-01-06,513,0,3,-\n\
记-2,2024-01-06,102,#N/A,-,3\n\
记-3,2024-01-06,513,未知,3,-\n";
    let office = Office::new(VOUCHERS, sheet.as_bytes());
    let report = office.report();
    assert_eq!(report["rows"]["written"], 5, "{report}");
    let rows = picked(&office, &["payee", "amount"]);
    assert_eq!(
        rows,
        [["", "1234.50"], ["", "1234.50"], ["", "3.00"], ["", "3.00"], ["未知", "3.00"]]
    );
    let told = report["taken_for_nothing"].to_string();
    for text in ["无", "#N/A", "\"0\""] {
        assert!(told.contains(text), "{told}");
    }
    // Whoever is said to be nobody does not take the name of the line above.
    let said = sheet.replace("05,513,无,", "05,513,甲,");
    let office = Office::new(VOUCHERS, said.as_bytes());
    office.import(&[]).unwrap();
    assert_eq!(picked(&office, &["payee"])[..2], [["甲"], [""]]);
    // An office's own word for nothing is said in the mapping.
    let mapping = VOUCHERS.replace("[sides]", "empty = [\"未知\"]\n[sides]");
    let office = Office::new(&mapping, sheet.as_bytes());
    office.import(&[]).unwrap();
    assert_eq!(picked(&office, &["payee"])[4], [""]);
}

#[test]
fn a_number_in_two_columns_is_joined_and_fused_vouchers_are_told() {
    let sheet = "\
字,号,日期,科目,收款人,借方,贷方\n\
收,1,2024-01-05,102,,10,\n\
收,1,2024-01-05,501,,,10\n\
付,1,2024-01-06,513,甲,7,\n\
付,1,2024-01-06,102,,,7\n";
    let office = Office::new(VOUCHERS, sheet.as_bytes());
    let report = office.report();
    assert_eq!(report["vouchers_with_several_days_or_files"], 1, "{report}");
    let told = report["first_vouchers_with_several_days_or_files"][0].as_str().unwrap();
    assert!(
        told.contains("voucher 1") && told.contains("line 2") && told.contains("line 4"),
        "{told}"
    );

    let joined = "voucher = { columns = [\"字\", \"号\"], join = \"-\", repeat_above = true }";
    let mapping = VOUCHERS.replace("voucher = { column = \"号\", repeat_above = true }", joined);
    let office = Office::new(&mapping, sheet.as_bytes());
    assert_eq!(office.report()["vouchers_with_several_days_or_files"], 0);
    let rows = picked(&office, &["voucher"]);
    assert_eq!(rows, [["收-1"], ["收-1"], ["付-1"], ["付-1"]]);

    // A number without its word is no number.
    let half = sheet.replace("付,1,2024-01-06,102", ",1,2024-01-06,102");
    let report = Office::new(&mapping, half.as_bytes()).report();
    let first = report["first_rejections"][0].as_str().unwrap();
    assert!(
        first.contains("line 5") && first.contains("one of the joined cells is empty"),
        "{first}"
    );

    let both = "voucher = { column = \"号\", columns = [\"字\", \"号\"] }";
    let mapping = VOUCHERS.replace("voucher = { column = \"号\", repeat_above = true }", both);
    let error = Office::new(&mapping, sheet.as_bytes()).import(&[]).unwrap_err();
    assert!(error.contains("`columns`"), "{error}");
}

#[test]
fn two_stray_quotation_marks_do_not_swallow_what_stands_between() {
    let sheet = "no,date,amount\n\"5 inch,2024-01-05,1\nb,2024-01-05,2\n\"3 inch,2024-01-05,3\n";
    let error = Office::new(LEDGER, sheet.as_bytes()).import(&[]).unwrap_err();
    assert!(error.contains("line 2 is never closed"), "{error}");
}

#[test]
fn a_word_that_marks_a_sum_may_be_written_with_blanks() {
    let mapping = LEDGER.replace("[columns]", "leave_out = { no = [\"合计\"] }\n[columns]");
    let sheet = "no,date,amount\n1,2024-01-05,1\n合　 计,,1\n";
    let report = Office::new(&mapping, sheet.as_bytes()).report();
    assert_eq!((&report["rows"]["left_out"], &report["rows"]["rejected"]), (&json!(1), &json!(0)));
}
