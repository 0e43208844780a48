//! Exports of offices, read through a mapping.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fall over, and says when it skips"
)]

mod support;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use encoding_rs::GB18030;
use mingzhang::cli::Cli;
use serde_json::{Value, json};
use support::table;
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
        "amount debit": { "read": "1229.50", "written": "1214.50", "rejected": "15.00" },
        "amount credit": { "read": "1234.50", "written": "1234.50", "rejected": "0.00" },
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
    let told: Vec<_> = rejected.iter().map(|row| (&row[3], &row[4], &row[5], &row[6])).collect();
    let expected = [
        ("6", "借方金额", "5.00", "both sides are filled: `贷方金额` says \"6.00\""),
        ("7", "日期", "3月8日", "not a date such as 2024-03-05"),
        ("8", "科目编码", "", "empty, but every row needs it"),
    ];
    assert_eq!(told, expected);
    let in_chinese: Vec<_> = rejected.iter().map(|row| &row[7]).collect();
    let expected = [
        "借贷两方都有金额：`贷方金额` 为 \"6.00\"",
        "不是日期，应如 2024-03-05",
        "该列必填，此处为空",
    ];
    assert_eq!(in_chinese, expected);
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
    // Its longest invoice numbers were spoiled by a spreadsheet: they are told and not used.
    let refused = fs::read_to_string(out.join("import_rejected.csv")).unwrap();
    assert!(
        refused.contains("2.11101E+11")
            && refused.lines().all(|line| !line.contains("row refused"))
    );
    assert!(ledger.iter().all(|row| !row.contains(&"2.11101E+11".to_owned())));
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
    let told: Vec<_> = office.rejected().into_iter().map(|row| row[3..7].join("|")).collect();
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
    assert_eq!(office.rejected()[0][6], reason);
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
            "unknown field `colunm`, expected one of `column`",
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
            "no column `date`; the columns that come closest are `no`, `day`, `amount`",
        ),
        (LEDGER.to_owned(), b"", "there is no row in it"),
        (
            LEDGER.to_owned(),
            b"no,date,amount\n1,\"2024-01-02,1\n",
            "data.csv: the quotation mark (\") of line 2 is never closed; export it again",
        ),
        (
            LEDGER.to_owned(),
            b"no,no,date,amount\n1,1,2024-01-02,1\n",
            "two columns are named `no`; write `no#1`",
        ),
        (
            LEDGER.to_owned(),
            b"no,date,amount\n1,x,1\n2,y,1\n",
            "none of the 2 rows of table ledger could be understood; the first: data.csv, line 2, column `date`: \"x\": not a date",
        ),
        (
            LEDGER
                .replace("\"no\"", "\"凭证\"")
                .replace("[columns]", "encoding = \"windows-1252\"\n[columns]"),
            &voucher,
            "it was read as windows-1252",
        ),
        (
            LEDGER.replace("[columns]", "encoding = \"utf-8\"\n[columns]"),
            &date,
            "the names are not UTF-8",
        ),
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
    assert_eq!(report["vouchers_with_several_days_or_files"]["count"], 1, "{report}");
    let told = report["vouchers_with_several_days_or_files"]["first"][0].as_str().unwrap();
    assert!(
        told.contains("voucher 1") && told.contains("line 2") && told.contains("line 4"),
        "{told}"
    );

    let joined = "voucher = { columns = [\"字\", \"号\"], join = \"-\", repeat_above = true }";
    let mapping = VOUCHERS.replace("voucher = { column = \"号\", repeat_above = true }", joined);
    let office = Office::new(&mapping, sheet.as_bytes());
    assert_eq!(office.report()["vouchers_with_several_days_or_files"]["count"], 0);
    let rows = picked(&office, &["voucher"]);
    assert_eq!(rows, [["收-1"], ["收-1"], ["付-1"], ["付-1"]]);

    // A number without its word is no number.
    let half = sheet.replace("付,1,2024-01-06,102", ",2,2024-01-06,102");
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

/// What `init` drafts for one file, what a person changes in it, and what the import then gives: its report, and the rows of some columns.
struct Drafted {
    folder: TempDir,
    mapping: String,
}

impl Drafted {
    fn of(name: &str, content: &[u8]) -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join(name), content).unwrap();
        Self::with(folder, &[name])
    }

    fn with(folder: TempDir, names: &[&str]) -> Self {
        let path = folder.path().join("mapping.toml");
        let files: Vec<_> =
            names.iter().map(|name| folder.path().join(name).display().to_string()).collect();
        let fixed = ["mingzhang", "init", "--no-questions", "--out", path.to_str().unwrap()];
        let cli =
            Cli::try_parse_from(fixed.into_iter().chain(files.iter().map(String::as_str))).unwrap();
        cli.run(&mut Vec::new()).map_err(|error| format!("{error:#}")).unwrap();
        let mapping = fs::read_to_string(path).unwrap();
        Self { folder, mapping }
    }

    /// Fills in what is missing: each text in the place of another.
    fn filled(mut self, edits: &[(&str, &str)]) -> Self {
        for (from, to) in edits {
            assert!(self.mapping.contains(from), "{from} is not in\n{}", self.mapping);
            self.mapping = self.mapping.replacen(from, to, 1);
        }
        self
    }

    fn import(&self, names: &[&str]) -> (Value, Vec<Vec<String>>) {
        let (path, out) = (self.folder.path().join("mapping.toml"), self.folder.path().join("out"));
        fs::write(&path, &self.mapping).unwrap();
        let told = import(&[path.to_str().unwrap(), "--out", out.to_str().unwrap(), "--json"]);
        let (_, told) = told.map_err(|error| format!("{error}\n{}", self.mapping)).unwrap();
        let report = serde_json::from_str::<Value>(&told).unwrap()["tables"][0].clone();
        let all = table(&out.join("ledger.parquet"));
        let places = names.iter().map(|name| {
            let place = all[0].iter().position(|it| it == name);
            place.unwrap_or_else(|| panic!("no column {name} by\n{}", self.mapping))
        });
        let places: Vec<usize> = places.collect();
        let rows =
            all[1..].iter().map(|row| places.iter().map(|place| row[*place].clone()).collect());
        (report, rows.collect())
    }
}

/// The village of a draft that asks for it.
const HERE: (&str, &str) = ("village = \"TODO\"", "village = \"990000000001\"");

#[test]
fn a_cash_book_becomes_two_entries_a_row_and_its_balance_is_verified() {
    let sheet = "\
现金日记账,,,,,,,\n\
2024年,,凭证,,摘要,收入,支出,余额\n\
月,日,字,号,,,,\n\
1,1,,,上年结转,,,100.00\n\
1,5,收,1,收房租,\"1,000.00\",,\"1,100.00\"\n\
1,6,付,1,付水费,,60.00,\"1,040.00\"\n\
1,8,付,2,付电费,,40.00,990.00\n\
,,,,本月合计,\"1,000.00\",100.00,990.00\n";
    let (report, rows) = Drafted::of("日记账.csv", &GB18030.encode(sheet).0)
        .filled(&[HERE])
        .import(&["voucher", "date", "account", "side", "amount"]);
    let expected = [
        ["收-1", "2024-01-05", "101", "debit", "1000.00"],
        ["收-1", "2024-01-05", "515", "credit", "1000.00"],
        ["付-1", "2024-01-06", "101", "credit", "60.00"],
        ["付-1", "2024-01-06", "515", "debit", "60.00"],
        ["付-2", "2024-01-08", "101", "credit", "40.00"],
        ["付-2", "2024-01-08", "515", "debit", "40.00"],
    ];
    assert_eq!(rows, expected);
    let broken = &report["balances_that_do_not_follow"];
    assert_eq!(broken["count"], 1, "{report}");
    assert!(broken["first"][0].as_str().unwrap().contains("line 7"), "{broken}");
    assert_eq!(report["sheets"][0]["sums_that_agree"], 2, "{report}");
}

#[test]
fn a_column_for_each_account_becomes_an_entry_for_each_amount() {
    let sheet = "\
管理费用明细账\n\
日期,凭证号,摘要,合计,51301 办公费,51302 差旅费,51303 会议费\n\
2024-01-05,记-1,购纸张和会议用水,50.00,30.00,,20.00\n\
2024-01-09,记-2,报车费,12.50,,12.50,\n\
2024-01-10,记-3,合计有误,9.00,8.00,,\n\
合计,,,71.50,38.00,12.50,20.00\n";
    let (report, rows) = Drafted::of("明细账.csv", sheet.as_bytes())
        .filled(&[HERE])
        .import(&["voucher", "account", "side", "amount"]);
    let expected = [
        ["记-1", "51301", "debit", "30.00"],
        ["记-1", "51303", "debit", "20.00"],
        ["记-2", "51302", "debit", "12.50"],
    ];
    assert_eq!(rows, expected);
    let first = report["first_rejections"][0].as_str().unwrap();
    assert!(first.contains("line 5") && first.contains("add up to 8.00"), "{first}");
}

#[test]
fn a_row_with_both_accounts_becomes_two_entries() {
    let sheet = "\
日期,凭证号,摘要,借方科目,贷方科目,金额\n\
2024-01-05,记-1,付水费,51304 水电费,101 库存现金,10.00\n\
2024-01-06,记-2,提现,[101]库存现金,[102]银行存款,50.00\n";
    let (_, rows) = Drafted::of("凭证.csv", sheet.as_bytes())
        .filled(&[HERE])
        .import(&["voucher", "account", "side", "amount"]);
    let expected = [
        ["记-1", "51304", "debit", "10.00"],
        ["记-1", "101", "credit", "10.00"],
        ["记-2", "101", "debit", "50.00"],
        ["记-2", "102", "credit", "50.00"],
    ];
    assert_eq!(rows, expected);
}

#[test]
fn the_years_of_the_republic_and_other_forms_of_days_are_found() {
    let of = |days: [&str; 2]| {
        let [first, second] = days;
        format!("日期,凭证号,摘要,科目编码,借方,贷方\n{first},1,甲,513,1,\n{second},1,乙,101,,1\n")
    };
    for days in [
        ["113/3/5", "113/3/15"],
        ["民国113年3月5日", "113.3.15"],
        ["15/03/2024", "25/03/2024"],
        ["24.3.5", "24.3.15"],
    ] {
        let (_, rows) = Drafted::of("a.csv", of(days).as_bytes()).filled(&[HERE]).import(&["date"]);
        assert!(rows.iter().all(|row| row[0].starts_with("2024-03-")), "{days:?}: {rows:?}");
    }
    let doubtful = Drafted::of("a.csv", of(["05/03/2024", "06/03/2024"]).as_bytes());
    assert!(
        doubtful.mapping.contains("format = \"TODO\""),
        "a day and a month could be either:\n{}",
        doubtful.mapping
    );
}

#[test]
fn villages_stand_by_name_in_a_column_and_their_codes_in_another_file() {
    let sheet = "\
村名,日期,凭证号,摘要,科目编码,方向,金额\n\
模拟村,2024-01-05,记-1,付水费,513,借,10\n\
模拟村,2024-01-05,记-1,付水费,101,贷,10\n\
示例村,2024-01-05,记-1,付水费,513,借,7\n\
示例村,2024-01-05,记-1,付水费,101,贷,7\n\
拟示村,2024-01-05,记-1,付水费,513,借,5\n";
    let drafted = Drafted::of("凭证.csv", sheet.as_bytes());
    assert_eq!(drafted.mapping.matches("= \"TODO\"").count(), 3, "{}", drafted.mapping);
    let codes = "村名,代码\n模拟村,990000000001\n示例村,'990000000002\n";
    fs::write(drafted.folder.path().join("codes.csv"), GB18030.encode(codes).0).unwrap();
    let values = drafted.mapping.lines().filter(|line| line.contains("\"TODO\""));
    let values = values.map(|line| format!("{line}\n")).collect::<Vec<_>>().concat();
    let lookup = "lookup = { file = \"codes.csv\", name = \"村名\", code = \"代码\" }\n";
    let filled = drafted.filled(&[(&values, ""), ("[columns.village.values]\n", lookup)]);
    let (report, rows) = filled.import(&["village"]);
    assert_eq!(
        rows.iter().map(|row| row[0].as_str()).collect::<Vec<_>>().join(" "),
        "990000000001 990000000001 990000000002 990000000002"
    );
    let first = report["first_rejections"][0].as_str().unwrap();
    assert!(first.contains("拟示村") && first.contains("not among the `values`"), "{first}");
}

#[test]
fn persons_by_name_are_of_their_village_and_codes_lose_what_spreadsheets_add() {
    let sheet = "\
村代码,日期,凭证号,摘要,科目编码,借方,贷方,收款账号,经手人,镇级审核人\n\
990000000001,2024-01-05,'0001,付水费,513,10,,'6217000000000000001,模　拟,拟　示\n\
990000000001,2024-01-05,\"=\"\"0001\"\"\",付水费,101,,10,6217 0000 0000 0000 001,模拟,拟示\n\
990000000002,2024-01-05,０００１,付水费,513,10,,6.217E+18,模拟,拟示\n\
990000000002,2024-01-05,0001,付水费,101,,10,无,无,拟示\n";
    let (report, rows) = Drafted::of("凭证.csv", sheet.as_bytes()).import(&[
        "voucher",
        "payee_account",
        "handler",
        "township_reviewer",
    ]);
    let expected = [
        ["0001", "6217000000000000001", "模拟@990000000001", "拟示@990000000"],
        ["0001", "6217000000000000001", "模拟@990000000001", "拟示@990000000"],
        ["0001", "", "模拟@990000000002", "拟示@990000000"],
        ["0001", "", "", "拟示@990000000"],
    ];
    assert_eq!(rows, expected);
    assert_eq!(report["cells_emptied"], 1, "{report}");
    assert!(report["first_rejections"][0].as_str().unwrap().contains("6.217E+18"), "{report}");
}

#[test]
fn names_are_persons_of_the_register_where_one_person_has_them() {
    let office = Office::new(
        "table = \"ledger\"\n[source]\nfiles = [\"data.csv\"]\n[columns]\nvillage = \"村\"\nvoucher = \"号\"\ndate = \"日期\"\namount = \"金额\"\nhandler = \"经手人\"\n[constants]\naccount = \"513\"\nside = \"debit\"\n",
        "村,号,日期,金额,经手人\n990000000001,1,2024-01-05,1,模拟\n990000000001,2,2024-01-05,2,示例\n990000000002,1,2024-01-05,3,模拟\n".as_bytes(),
    );
    let people = "table = \"people\"\n[source]\nfiles = [\"people.csv\"]\n[columns]\nperson = \"编号\"\nname = \"姓名\"\nvillage = \"村\"\n";
    fs::write(office.path("people.toml"), people).unwrap();
    let register =
        "编号,姓名,村\nP1,模拟,990000000001\nP2,示例,990000000001\nP3,示例,990000000001\n";
    fs::write(office.path("people.csv"), register).unwrap();
    office.import(&[office.path("people.toml").to_str().unwrap()]).unwrap();
    let handlers = picked(&office, &["handler"]);
    assert_eq!(handlers, [["P1"], ["示例@990000000001"], ["模拟@990000000002"]]);
}

#[test]
fn a_file_twice_and_a_period_twice_stop_the_import() {
    let rows = |days: std::ops::Range<u32>| {
        days.map(|day| format!("{day},2024-01-{day:02},{day}.50\n")).collect::<Vec<_>>().concat()
    };
    let mapping = LEDGER.replace("\"data.csv\"", "\"data.csv\", \"more.csv\"");
    let office = |more: &str| {
        let office = Office::new(&mapping, format!("no,date,amount\n{}", rows(1..20)).as_bytes());
        fs::write(office.path("more.csv"), more).unwrap();
        office
    };
    let error = office(&format!("no,date,amount\n{}", rows(1..20))).import(&[]).unwrap_err();
    assert!(error.contains("the same file as data.csv, byte for byte"), "{error}");
    let again = office(&format!("title\nno,date,amount\n{}", rows(5..22)));
    let error = again.import(&[]).unwrap_err();
    assert!(error.contains("15 of the 17 rows of more.csv also stand in data.csv"), "{error}");
    let allowed = mapping.replace("[columns]", "allow_overlap = true\n[columns]");
    fs::write(again.path("map.toml"), allowed).unwrap();
    assert_eq!(again.report()["rows_in_two_files"]["count"], 1);
    let report = office(&format!("no,date,amount\n{}", rows(18..30))).report();
    let told = report["rows_in_two_files"]["first"][0].as_str().unwrap();
    assert_eq!(told, "2 of the 12 rows of more.csv also stand in data.csv");
}

#[test]
fn too_many_refused_rows_stop_the_import() {
    let rows = (1..40)
        .map(|row| format!("{row},2024-01-05,{}\n", if row % 3 == 0 { "1O.00" } else { "10.00" }))
        .collect::<Vec<_>>()
        .concat();
    let office = Office::new(LEDGER, format!("no,date,amount\n{rows}").as_bytes());
    let error = office.import(&[]).unwrap_err();
    assert!(
        error.contains("13 of 39 entries of table ledger were refused, more than the 20 %"),
        "{error}"
    );
    let report = Office::new(
        &format!("max_refused = 0.5\n{LEDGER}"),
        format!("no,date,amount\n{rows}").as_bytes(),
    )
    .report();
    assert_eq!(report["rows"]["rejected"], 13);
}

#[test]
fn no_refused_cell_is_a_formula_and_it_can_still_be_corrected() {
    let office = Office::new(LEDGER, b"no,date,amount\n1,2024-01-05,-10.00\n2,2024-01-06,=1+1\n");
    office.import(&[]).unwrap();
    let list = fs::read_to_string(office.path("out/import_rejected.csv")).unwrap();
    assert!(list.contains(",amount,'=1+1,"), "{list}");
    fs::write(office.path("list.csv"), list.replace("row refused,\n", "row refused,-2.00\n"))
        .unwrap();
    let [mapping, list, out] = ["map.toml", "list.csv", "again"].map(|name| office.path(name));
    let [mapping, list, out] = [&mapping, &list, &out].map(|path| path.to_str().unwrap());
    import(&[mapping, "--corrected", list, "--out", out]).unwrap();
    assert_eq!(table(&office.path("again/ledger.parquet"))[2][5..], ["-2.00"]);
}

#[test]
fn refused_cells_are_corrected_in_their_list_and_taken_in_again() {
    let office = Office::new(
        LEDGER,
        b"no,date,amount\n1,2024-01-05,10.00\n2,2024-01-06,1O.00\n3,2024-02-30,7.00\n",
    );
    office.import(&[]).unwrap();
    let list = fs::read_to_string(office.path("out/import_rejected.csv")).unwrap();
    assert!(
        list.starts_with(
            "\u{feff}table,file,sheet,line,column,value,reason,reason_zh,done,corrected\n"
        ),
        "for Excel"
    );
    let corrected = list.replace("row refused,\n", "row refused,10.00\n");
    let corrected = corrected.replacen("row refused,10.00\n", "row refused,100.00\n", 1);
    let corrected = corrected.replace("row refused,10.00\n", "row refused,2024-02-29\n");
    fs::write(office.path("list.csv"), &corrected).unwrap();
    let again = |list: &str, out: &str| {
        fs::write(office.path("list.csv"), list).unwrap();
        let (mapping, list, out) =
            (office.path("map.toml"), office.path("list.csv"), office.path(out));
        import(&[
            mapping.to_str().unwrap(),
            "--out",
            out.to_str().unwrap(),
            "--corrected",
            list.to_str().unwrap(),
        ])
    };
    again(&corrected, "again").unwrap();
    let rows = table(&office.path("again/ledger.parquet"));
    assert_eq!(rows[2][5..], ["100.00"]);
    assert_eq!(rows[3][2], "2024-02-29");
    let error = again(&corrected.replace("1O.00", "7O.00"), "other").unwrap_err();
    assert!(error.contains("line 3, column `amount` holds \"1O.00\" and not \"7O.00\""), "{error}");
    let error = again(&corrected.replace("data.csv,,3,", "data.csv,,30,"), "other").unwrap_err();
    assert!(error.contains("line 30: no mapping of the table ledger reads such a row"), "{error}");
}

#[test]
fn a_dry_run_shows_the_first_vouchers_and_publishes_nothing() {
    let office = Office::new(
        VOUCHERS,
        "号,日期,科目,收款人,借方,贷方\n记-1,2024-01-05,513,甲,10,\n,,102,,,10\n".as_bytes(),
    );
    let (_, told) = office.import(&["--dry-run"]).unwrap();
    assert!(told.contains("记-1") && told.contains("Nothing was published"), "{told}");
    assert!(!office.path("out").exists());
}

#[test]
fn sums_of_the_source_and_vouchers_are_held_against_the_entries() {
    let sheet = "\
号,日期,科目,收款人,借方,贷方\n\
记-1,2024-01-05,513,甲,10.00,\n\
记-1,2024-01-05,102,,,10.00\n\
记-2,2024-01-06,513,乙,7.00,\n\
记-2,2024-01-06,102,,,7.10\n\
,,本月合计,,17.00,17.00\n";
    let report = Office::new(VOUCHERS, sheet.as_bytes()).report();
    let sums = report["sums_that_differ"]["first"][0].as_str().unwrap();
    assert!(
        sums.contains("line 6") && sums.contains("`贷方` says 17.00") && sums.contains("17.10"),
        "{sums}"
    );
    let voucher = report["vouchers_that_do_not_balance"]["first"][0].as_str().unwrap();
    assert!(voucher.contains("记-2") && voucher.contains("debit lacks 0.10"), "{voucher}");
    let village = &report["villages"]["990000000001"];
    assert_eq!(
        (&village["debit"], &village["credit"], &village["rows"]),
        (&json!("17.00"), &json!("17.10"), &json!(4))
    );
}

#[test]
fn a_decimal_comma_and_a_column_of_voucher_words_are_found() {
    let sheet = "Village;Voucher;Date;Payee name;Amount;Description\n\
990000000001;V1;05.01.2024;Café Müller;1.234,50;Güter\n\
990000000001;V2;25.01.2024;Café Müller;0,50;Güter\n";
    let western = encoding_rs::WINDOWS_1252.encode(sheet).0;
    let (report, rows) = Drafted::of("a.csv", &western).import(&["date", "amount", "payee_name"]);
    assert_eq!(
        rows,
        [["2024-01-05", "1234.50", "Café Müller"], ["2024-01-25", "0.50", "Café Müller"]]
    );
    assert_eq!(report["sheets"][0]["form"], "windows-1252, `;` between cells");

    let sheet = "\
凭证日期,类别,编号,摘要,科目代码,方向,金额\n\
2024-01-05,付,1,付水费,513,借,10.00\n\
,,,付水费,101,贷,10.00\n\
2024-01-05,收,1,收房租,101,借,7.00\n\
,,,收房租,501,贷,7.00\n\
模拟村,,,,第2页,,\n\
凭证日期,类别,编号,摘要,科目代码,方向,金额\n\
,,,承前页,,,17.00\n";
    let (report, rows) =
        Drafted::of("a.csv", sheet.as_bytes()).filled(&[HERE]).import(&["voucher", "side"]);
    assert_eq!(
        rows,
        [["付-1", "debit"], ["付-1", "credit"], ["收-1", "debit"], ["收-1", "credit"]]
    );
    assert_eq!(report["rows"], json!({ "read": 7, "written": 4, "left_out": 3, "rejected": 0 }));
}

#[test]
fn workbooks_of_three_formats_are_read_and_excluded_files_are_not() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let head = ["日期", "凭证号", "摘要", "科目编码", "借方", "贷方"];
    sheet.write_row(2, 0, head).unwrap();
    sheet.write(0, 0, "模拟镇模拟村股份经济合作社").unwrap();
    let merged = rust_xlsxwriter::Format::new();
    sheet.merge_range(3, 0, 4, 0, "2024-01-05", &merged).unwrap();
    sheet.merge_range(3, 1, 4, 1, "记-1", &merged).unwrap();
    sheet.write_row(3, 2, ["付水费", "513"]).unwrap();
    sheet.write(3, 4, 1_234.560_000_000_000_2).unwrap();
    sheet.write_row(4, 2, ["付水费", "101"]).unwrap();
    sheet.write(4, 5, 1_234.56).unwrap();
    sheet.write(5, 4, rust_xlsxwriter::Formula::new("=SUM(E4:E5)").set_result("1234.56")).unwrap();
    sheet.write(5, 2, "合计").unwrap();
    book.add_worksheet().set_name("说明").unwrap().write(0, 0, "由平台导出").unwrap();
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("凭证")).unwrap();
    book.save(folder.path().join("凭证/1月.xlsx")).unwrap();
    fs::write(folder.path().join("凭证/1月 副本.csv"), "x\n").unwrap();
    let here = ("合作社\" = \"TODO\"", "合作社\" = \"990000000001\"");
    let (report, rows) = Drafted::with(folder, &["凭证"])
        .filled(&[here])
        .import(&["voucher", "date", "side", "amount"]);
    let expected =
        [["记-1", "2024-01-05", "debit", "1234.56"], ["记-1", "2024-01-05", "credit", "1234.56"]];
    assert_eq!(rows, expected);
    assert!(report["sheets_not_read"][0].as_str().unwrap().contains("说明"), "{report}");
    assert_eq!(report["sheets"][0]["sums_that_agree"], 1, "{report}");
}

/// The villages, sides and amounts of what a draft gives for a file, with `TODO` filled in.
fn drafted(content: &str, edits: &[(&str, &str)], names: &[&str]) -> Vec<Vec<String>> {
    Drafted::of("a.csv", content.as_bytes()).filled(edits).import(names).1
}

#[test]
fn a_title_between_the_rows_names_the_village_of_those_below() {
    let block = |village: &str, amount: &str| {
        format!(
            "核算单位：{village},,,,,\n日期,凭证号,摘要,科目编码,借方,贷方\n2024-01-05,1,甲,513,{amount},\n2024-01-05,1,甲,101,,{amount}\n,,合计,,{amount},{amount}\n"
        )
    };
    let sheet = format!(
        "{}{}{}",
        block("模拟村", "10.00"),
        block("示例村", "7.00"),
        block("拟示村", "5.00")
    );
    let edits = [
        ("\"模拟村\" = \"TODO\"", "\"模拟村\" = \"990000000001\""),
        ("\"示例村\" = \"TODO\"", "\"示例村\" = \"990000000002\""),
    ];
    let rows = drafted(&sheet, &edits, &["village", "amount"]);
    let expected = [
        ["990000000001", "10.00"],
        ["990000000001", "10.00"],
        ["990000000002", "7.00"],
        ["990000000002", "7.00"],
    ];
    assert_eq!(rows, expected, "a village without a code is refused and not put to another");
}

#[test]
fn one_name_of_a_village_is_asked_for_and_another_is_refused() {
    let sheet = "村名,日期,凭证号,摘要,科目编码,借方,贷方\n模拟村,2024-01-05,1,甲,513,1,\n模拟村,2024-01-05,1,甲,101,,1\n";
    let drafted = Drafted::of("a.csv", sheet.as_bytes());
    assert!(drafted.mapping.contains("\"模拟村\" = \"TODO\""), "{}", drafted.mapping);
    let spoiled = sheet.replace("村名", "村代码").replace("模拟村", "9.90203E+11");
    let drafted = Drafted::of("a.csv", spoiled.as_bytes());
    assert!(
        drafted.mapping.contains("village = \"村代码\"") && !drafted.mapping.contains("TODO\"\n"),
        "{}",
        drafted.mapping
    );
    let towns =
        "乡镇,村,日期,凭证号,摘要,金额\n甲镇,红村,2024-01-05,1,甲,1\n乙镇,红村,2024-01-05,1,甲,1\n";
    let drafted = Drafted::of("a.csv", towns.as_bytes());
    assert!(
        drafted.mapping.contains("\"甲镇红村\"") && drafted.mapping.contains("\"乙镇红村\""),
        "{}",
        drafted.mapping
    );
}

#[test]
fn names_of_columns_that_mislead_are_not_followed() {
    // The account of the other side is none of an entry's own, and the first level decides.
    let sheet = "日期,凭证号,摘要,科目名称,对方科目,借方,贷方\n2024-01-05,1,甲,公益支出-维修费,银行存款,1,\n2024-01-05,1,甲,银行存款,公益支出,,1\n";
    assert_eq!(drafted(sheet, &[HERE], &["account"]), [["514"], ["102"]]);
    // Before 2024 the names have the codes of the older chart.
    let old = sheet.replace("2024", "2023").replace("公益支出-维修费", "应付款");
    assert_eq!(drafted(&old, &[HERE], &["account"]), [["202"], ["102"]]);
    // The unit may stand in a title; what was agreed is not what was paid; the village's own account is nobody's.
    let register = "支付台账,,,,,\n单位：万元,,,,,\n日期,单据号,合同总金额,付款账号,本次付款金额,支付状态\n2024-01-05,1,9,62,0.25,成功\n2024-01-06,2,9,62,0.3,支付失败\n";
    let drafted_register = Drafted::of("a.csv", register.as_bytes()).filled(&[HERE]);
    let (report, rows) = drafted_register.import(&["amount"]);
    assert_eq!(rows, [["2500.00"]]);
    assert!(!drafted_register.mapping.contains("payee_account"), "{}", drafted_register.mapping);
    assert_eq!(report["rows"]["left_out"], 1, "a payment that failed");
}

#[test]
fn cash_books_date_their_sums_and_give_a_day_only_where_it_changes() {
    let sheet = "\
2024年现金日记账,,,,,\n\
月,日,摘要,收入,支出,结余\n\
1,1,上年结转,,,100.00\n\
1,5,付水费,,10.00,90.00\n\
,6,付电费,,10.00,80.00\n\
,,付话费,,5.00,75.00\n\
1,31,本月合计,0.00,25.00,75.00\n";
    let rows = drafted(sheet, &[HERE], &["date", "side", "amount"]);
    let days: Vec<_> = rows
        .iter()
        .filter(|row| row[1] == "debit")
        .map(|row| (row[0].as_str(), row[2].as_str()))
        .collect();
    assert_eq!(days, [("2024-01-05", "10.00"), ("2024-01-06", "10.00"), ("2024-01-06", "5.00")]);
}

#[test]
fn books_of_cash_and_of_the_bank_have_an_account_each_and_merged_money_counts_once() {
    let mut book = rust_xlsxwriter::Workbook::new();
    for name in ["现金日记账", "银行存款日记账"] {
        let sheet = book.add_worksheet();
        sheet.set_name(name).unwrap();
        sheet.write_row(0, 0, ["日期", "凭证号", "摘要", "收入", "支出", "余额"]).unwrap();
        sheet
            .write_row(1, 0, ["2024-01-05", &format!("{name}-1"), "付水费", "", "10.00", "90.00"])
            .unwrap();
        sheet
            .write_row(2, 0, ["2024-01-05", &format!("{name}-1"), "发票二", "", "", "90.00"])
            .unwrap();
        sheet.merge_range(3, 4, 4, 4, "7.00", &rust_xlsxwriter::Format::new()).unwrap();
        sheet.write_row(3, 0, ["2024-01-06", &format!("{name}-2"), "付电费"]).unwrap();
        sheet.write_row(4, 0, ["2024-01-06", &format!("{name}-2"), "发票二"]).unwrap();
    }
    let folder = TempDir::new().unwrap();
    book.save(folder.path().join("账.xlsx")).unwrap();
    let (report, rows) =
        Drafted::with(folder, &["账.xlsx"]).filled(&[HERE]).import(&["account", "side", "amount"]);
    let own: Vec<_> = rows
        .iter()
        .filter(|row| row[1] == "credit")
        .map(|row| (row[0].as_str(), row[2].as_str()))
        .collect();
    assert_eq!(own, [("101", "10.00"), ("101", "7.00"), ("102", "10.00"), ("102", "7.00")]);
    assert_eq!(report["left_out"]["amount merged with the row above"], 2, "{report}");
}

#[test]
fn a_second_table_in_another_order_stops_the_import() {
    let sheet = "号,日期,科目,收款人,借方,贷方\n1,2024-01-05,513,甲,1,\n1,2024-01-05,101,,,1\n号,日期,科目,收款人,贷方,借方\n2,2024-01-06,101,,1,\n";
    let error = Office::new(VOUCHERS, sheet.as_bytes()).import(&[]).unwrap_err();
    assert!(
        error.contains("line 4: the names of the columns stand again in another order"),
        "{error}"
    );
}

#[test]
fn a_register_without_numbers_is_not_taken_in_twice() {
    let rows: String =
        (1..12).map(|day| format!("2024-01-{day:02},{day}.50\n")).collect::<Vec<_>>().concat();
    let mapping = LEDGER
        .replace("\"no\"", "{ row_number = \"P-{}\" }")
        .replace("\"data.csv\"", "\"data.csv\", \"more.csv\"");
    let office = Office::new(&mapping, format!("date,amount\n{rows}").as_bytes());
    fs::write(office.path("more.csv"), format!("copy\ndate,amount\n{rows}")).unwrap();
    let error = office.import(&[]).unwrap_err();
    assert!(error.contains("11 of the 11 rows of more.csv also stand in data.csv"), "{error}");
}

#[test]
fn ids_that_differ_in_the_case_of_letters_are_one_and_told() {
    let mapping = LEDGER.replace("amount = ", "payee = \"payee\"\namount = ");
    let sheet = "no,date,amount,payee\n1,2024-01-05,1,s1\n2,2024-01-05,2,S1\n3,2024-01-05,3,s2\n";
    let office = Office::new(&mapping, sheet.as_bytes());
    assert_eq!(office.report()["ids_respelled"], 1);
    assert_eq!(picked(&office, &["payee"]), [["s1"], ["s1"], ["s2"]]);
}
