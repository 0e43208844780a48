//! What `mingzhang check` says of a dataset: what is missing, what is not understood, what would make more possible.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fall over")]

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Decimal128Array, Int32Array, StringArray};
use arrow::datatypes::{Field, Schema};
use clap::Parser;
use mingzhang::cli::Cli;
use mingzhang::ledger::contract::parse;
use mingzhang::ledger::decode::write::TableWriter;
use serde_json::Value;
use tempfile::TempDir;

/// A dataset in a folder of its own, its tables given as CSV.
struct Dataset(TempDir);

impl Dataset {
    fn of(tables: &[(&str, &str)]) -> Self {
        let dataset = Self(TempDir::new().unwrap());
        for (name, csv) in tables {
            write(&dataset.path().join(format!("{name}.parquet")), csv);
        }
        dataset
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, command: &[&str]) -> String {
        let data = self.path().to_str().unwrap();
        let cli = Cli::try_parse_from(["mingzhang", "check", data].iter().chain(command)).unwrap();
        let mut out = Vec::new();
        assert_eq!(cli.run(&mut out).unwrap(), 0);
        String::from_utf8(out).unwrap()
    }

    /// What the terminal shows in English.
    fn told(&self) -> String {
        self.run(&["--lang", "en"])
    }

    /// The report of the one part of the dataset.
    fn json(&self) -> Value {
        let reports: Value = serde_json::from_str(&self.run(&["--json"])).unwrap();
        reports[0].clone()
    }
}

fn write(path: &Path, csv: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut rows = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let names = rows.next().unwrap();
    let rows: Vec<_> = rows.collect();
    let column = |place: usize| -> ArrayRef {
        let cells = rows.iter().map(|row| Some(row[place]).filter(|cell| !cell.is_empty()));
        match names[place] {
            "date" | "valid_from" => {
                let day = |cell: &str| parse::day(cell).unwrap().0;
                Arc::new(cells.map(|cell| cell.map(day)).collect::<Date32Array>())
            }
            "amount" | "from_amount" => {
                let fen = |cell: &str| i128::from(parse::money(cell).unwrap().0);
                let cells = cells.map(|cell| cell.map(fen)).collect::<Decimal128Array>();
                Arc::new(cells.with_precision_and_scale(18, 2).unwrap())
            }
            "line" | "year" => {
                let whole = |cell: &str| cell.parse::<i32>().unwrap();
                Arc::new(cells.map(|cell| cell.map(whole)).collect::<Int32Array>())
            }
            _ => Arc::new(cells.collect::<StringArray>()),
        }
    };
    let columns: Vec<ArrayRef> = (0..names.len()).map(column).collect();
    let field =
        |(name, column): (&&str, &ArrayRef)| Field::new(*name, column.data_type().clone(), true);
    let fields: Vec<_> = names.iter().zip(&columns).map(field).collect();
    let mut writer = TableWriter::create(path, Arc::new(Schema::new(fields))).unwrap();
    writer.write(columns).unwrap();
    writer.finish().unwrap();
}

/// Vouchers of two lines that pay from the bank: village, day, account, payee, approver.
fn ledger(payments: &[[&str; 5]]) -> String {
    let mut csv = "village,voucher,line,date,account,side,amount,payee,approver\n".to_owned();
    for (number, [village, day, account, payee, approver]) in (1..).zip(payments) {
        let key = format!("{village},记-{number:04}");
        writeln!(csv, "{key},1,{day},{account},debit,88.00,{payee},{approver}").unwrap();
        writeln!(csv, "{key},2,{day},102,credit,88.00,,").unwrap();
    }
    csv
}

const EAST: &str = "990101101201";
const WEST: &str = "990101101202";
const NEW: &str = "990101104201";

fn two_villages() -> String {
    ledger(&[
        [EAST, "2024-01-05", "51301", "P1", "he"],
        [EAST, "2024-06-30", "513.02", "P2", "he"],
        [WEST, "2024-01-31", "513", "P1", ""],
        [WEST, "2024-02-11", "51102", "P2", ""],
        [NEW, "2024-05-30", "51102", "P2", "li"],
    ])
}

const REGISTER: &str = "village,year,name\n990101101201,2024,东村\n990101101202,2024,西村\n\
    990101101203,2024,中村\n990101102201,2024,南村\n990101102202,2024,北村\n";

#[test]
fn villages_and_townships_without_vouchers_are_named_with_their_codes() {
    let dataset = Dataset::of(&[("ledger", &two_villages()), ("villages", REGISTER)]);
    let missing = dataset.json()["missing"].clone();
    let codes = |list: &Value| -> Vec<String> {
        let list = list.as_array().unwrap().iter();
        list.map(|it| {
            format!("{} {}", it["village"].as_str().unwrap(), it["name"].as_str().unwrap())
        })
        .collect()
    };
    let silent = ["990101101203 中村", "990101102201 南村", "990101102202 北村"];
    assert_eq!(codes(&missing["villages_without_vouchers"]), silent);
    assert_eq!(missing["townships_without_vouchers"][0]["township"], "990101102");
    assert_eq!(codes(&missing["villages_not_in_register"]), ["990101104201 "]);

    let told = dataset.told();
    for words in [
        "Without a voucher in the books: 3 of 5 villages of the register; townships without any: 1",
        "990101102  ",
        "990101102201 南村, 990101102202 北村",
        "990101101203  ",
        "villages with vouchers that the register does not have, 1: 990101104201",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn months_without_vouchers_and_old_last_vouchers_are_told() {
    let dataset = Dataset::of(&[("ledger", &two_villages()), ("villages", REGISTER)]);
    let months = dataset.json()["missing"]["months"].clone();
    assert_eq!(months[0]["ranges"], serde_json::json!(["2024-02..2024-05"]));
    assert_eq!(months[1]["ranges"], serde_json::json!(["2024-03..2024-06"]));
    assert_eq!((&months[1]["days_behind"], &months[1]["is_behind"]), (&140.into(), &true.into()));
    assert_eq!((&months[2]["days_behind"], &months[2]["is_behind"]), (&31.into(), &false.into()));
    let told = dataset.told();
    assert!(
        told.contains("Villages with months without a voucher from 2024-01 to 2024-06: 3 of 3")
    );
    assert!(
        told.contains("Villages whose last voucher lies more than 62 days before 2024-06-30: 1"),
        "{told}"
    );
    assert!(told.lines().any(|line| line.contains("2024-02-11") && line.contains("140")), "{told}");
}

#[test]
fn roles_are_never_recorded_or_in_some_villages_only() {
    let dataset = Dataset::of(&[("ledger", &two_villages())]);
    let missing = dataset.json()["missing"].clone();
    let never = missing["never_recorded"].as_array().unwrap();
    for role in [
        "handler",
        "witness",
        "cosigner",
        "township_reviewer",
        "committee_stamp",
        "decision",
        "contract",
        "document_no",
        "payee_account",
        "approved",
        "attachments",
    ] {
        assert!(never.contains(&role.into()), "{role}");
    }
    assert!(!never.contains(&"payee".into()));
    let partly = &missing["partly_recorded"];
    assert_eq!((&partly[0]["column"], &partly[0]["recorded"]), (&"approver".into(), &2.into()));
    assert_eq!(partly[0]["never"][0]["village"], WEST);
    assert_eq!(missing["has_register"], false);
    let told = dataset.told();
    assert!(told.contains("There is no register of villages"), "{told}");
    let line = told.lines().find(|line| line.trim_start().starts_with("approver ")).unwrap();
    assert!(line.contains(WEST), "{line}");
}

#[test]
fn words_of_the_limits_that_nobody_understands_are_told_with_their_row() {
    let limits = "region,expense_class,from_amount,valid_from,requires\n\
        990101,非生产性,0,2020-01-01,审批人\n\
        990101,非生产性,1000,2020-01-01,审批＋会签、监委会盖章+乡长同意\n\
        990101,生产性支出,0,2020-01-01,aprover\n\
        990101,奢侈,0,2020-01-01,approver\n";
    let dataset = Dataset::of(&[("ledger", &two_villages()), ("limits", limits)]);
    let report = dataset.json();
    let defects: Vec<_> = report["defects"].as_array().unwrap().iter().collect();
    let found: Vec<_> = defects
        .iter()
        .map(|it| (it["row"].as_u64().unwrap(), it["column"].as_str().unwrap(), &it["value"]))
        .collect();
    assert_eq!(
        found,
        [
            (2, "requires", &"乡长同意".into()),
            (3, "requires", &"aprover".into()),
            (4, "expense_class", &"奢侈".into()),
        ]
    );
    let reason = |place: usize| defects[place]["reason"].as_str().unwrap();
    assert!(reason(0).contains("expected approver (审批人), cosigner (会签人)"), "{}", reason(0));
    assert!(reason(1).contains("perhaps approver is meant"), "{}", reason(1));
    assert!(reason(2).contains("expected production (生产性)"), "{}", reason(2));
    let kinds: Vec<_> =
        report["notices"].as_array().unwrap().iter().map(|it| &it["column"]).collect();
    assert_eq!(kinds, ["expense_class", "requires"]);

    let told = dataset.told();
    assert!(
        told.starts_with(
            "NOTE: rows of limits whose `expense_class` is not understood: 1, with 奢侈 (1)"
        ),
        "{told}"
    );
    assert!(told.contains("limits.parquet row 2 requires: `乡长同意`"), "{told}");
    let zh = dataset.run(&["--lang", "zh"]);
    assert!(zh.contains("支出类别无法识别：奢侈（1）") && zh.contains("乡长同意（1）"), "{zh}");
}

#[test]
fn chinese_words_of_the_limits_ask_as_much_as_english_ones() {
    let of = |class: &str, roles: &str| {
        let limits = format!(
            "region,expense_class,from_amount,valid_from,requires\n\
             990101,{class},0,2020-01-01,{roles}\n"
        );
        let mut report = Dataset::of(&[("ledger", &two_villages()), ("limits", &limits)]).json();
        assert_eq!(report["defects"], serde_json::json!([]));
        report["coverage"].take()
    };
    let english =
        of("non-production", "approver+cosigner+committee_stamp+township_reviewer+decision");
    let chinese = of("非生产性", "审批人、会签人、监督委员会、镇审核、四议两公开");
    assert_eq!(english, chinese);
}

#[test]
fn a_village_that_answers_less_than_the_others_is_shown_with_what_it_lacks() {
    let dataset = Dataset::of(&[("ledger", &two_villages()), ("villages", REGISTER)]);
    let villages = dataset.json()["villages"]["990101"].clone();
    assert_eq!((&villages[1]["village"], &villages[1]["name"]), (&WEST.into(), &"西村".into()));
    let answered = |place: usize| villages[place]["answered"].as_u64().unwrap();
    assert!(answered(1) < answered(0));
    let silent = villages[1]["usual_elsewhere"].as_array().unwrap();
    assert!(silent.contains(&"self_approval".into()), "{silent:?}");
    let told = dataset.told();
    let line = told.lines().find(|line| line.contains("西村") && line.contains(" / ")).unwrap();
    assert!(line.contains("approval"), "{line}");
}

#[test]
fn what_delivering_a_column_would_make_possible_is_told_in_both_languages() {
    let dataset = Dataset::of(&[("ledger", &two_villages())]);
    let wanted = dataset.json()["wanted"]["990101"].clone();
    let counts: Vec<_> = wanted
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["asked_then"].as_array().unwrap().len())
        .collect();
    assert!(counts.is_sorted_by(|a, b| a >= b) && counts[0] > 1, "{counts:?}");
    let limits = wanted.as_array().unwrap().iter().find(|it| it["needed"] == "limits").unwrap();
    assert!(limits["asked_then"].as_array().unwrap().contains(&"just_below_limit".into()));
    let english = dataset.told();
    assert!(english.contains("  limits: "), "{english}");
    assert!(english.contains("more indicators could be asked: just_below_limit"), "{english}");
    let chinese = dataset.run(&["--lang", "zh"]);
    assert!(chinese.contains("审批限额（limits）：可增加"), "{chinese}");
    assert!(chinese.contains("金额紧贴审批限额"), "{chinese}");
}

#[test]
fn accounts_of_another_chart_are_told_first_and_stop_nothing() {
    let other = ledger(&[
        [EAST, "2024-01-05", "5131", "P1", "he"],
        [EAST, "2024-02-05", "5131.02", "P2", "he"],
        [WEST, "2024-01-31", "1012", "P1", "he"],
    ]);
    let dataset = Dataset::of(&[("ledger", &other)]);
    let told = dataset.told();
    let first = "NOTE: 50 % of the ledger rows (3 of 6) have an account that is not in their chart, most often";
    assert!(told.starts_with(first), "{told}");
    assert!(told.contains("map the accounts in the mapping of `mingzhang import`"), "{told}");
    let notice = dataset.json()["notices"][0].clone();
    assert_eq!((&notice["kind"], &notice["rows"]), (&"outside_chart".into(), &3.into()));
    assert!(notice["zh"].as_str().unwrap().contains("科目不在其会计制度之内"));

    let few = Dataset::of(&[("ledger", &two_villages())]);
    assert_eq!(few.json()["notices"], serde_json::json!([]));
}

#[test]
fn a_section_is_short_and_json_holds_all_of_it() {
    let villages: Vec<String> = (0..40).map(|number| format!("9901011012{number:02}")).collect();
    let payments: Vec<_> =
        villages.iter().map(|code| [code.as_str(), "2024-03-05", "513", "P1", "he"]).collect();
    let mut register = "village,year,name\n".to_owned();
    for number in 0..40 {
        writeln!(register, "9901011013{number:02},2024,村{number}").unwrap();
    }
    let dataset = Dataset::of(&[("ledger", &ledger(&payments)), ("villages", &register)]);
    let silent = dataset.json()["missing"]["villages_without_vouchers"].clone();
    assert_eq!(silent.as_array().unwrap().len(), 40);
    let told = dataset.told();
    assert_eq!(told.lines().filter(|line| line.contains("9901011013")).count(), 10, "{told}");
    assert!(told.contains("and 30 more (--json lists all)"), "{told}");
}

#[test]
fn months_are_those_of_all_counties_and_villages_those_of_the_own() {
    let dataset = Dataset::of(&[(
        "villages",
        "village,year,name\n990101101209,2024,甲\n990102101209,2024,乙\n",
    )]);
    for (county, day) in [("990101", "2024-01-05"), ("990102", "2024-04-05")] {
        let village = format!("{county}101201");
        let part = format!("ledger/county={county}/part-0.parquet");
        write(&dataset.path().join(part), &ledger(&[[&village, day, "513", "P1", "he"]]));
    }
    let reports: Value = serde_json::from_str(&dataset.run(&["--json"])).unwrap();
    for (place, own) in ["990101101209", "990102101209"].into_iter().enumerate() {
        let missing = &reports[place]["missing"];
        let silent = missing["villages_without_vouchers"].as_array().unwrap();
        assert_eq!((silent.len(), &silent[0]["village"]), (1, &own.into()));
        assert_eq!(missing["first_month"], "2024-01");
        assert_eq!(missing["last_month"], "2024-04");
    }
}

#[test]
fn faults_are_told_in_chinese_throughout() {
    let faulty =
        ledger(&[[EAST, "2024-01-05", "51301", "P1", "he"], ["99", "2024-01-06", "513", "P1", ""]]);
    let dataset = Dataset::of(&[("ledger", &faulty)]);
    let told = dataset.run(&["--lang", "zh"]);
    for words in [
        "拒收分录             2",
        "账目·村级统计用区划代码（ledger.village）：应为 12 位区划代码",
        "ledger.parquet 第 3 行 village：`99`：应为 12 位区划代码（整行拒收）",
        "正式运行会中止：账目 4 行中有 2 行被拒收，超过 `ledger.max_refused` 允许的 20 %",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    for words in ["expected ", "refused", " of ", " in "] {
        let english = |line: &&str| line.contains(words) && !line.contains('`');
        assert_eq!(told.lines().find(english), None, "{told}");
    }
}
