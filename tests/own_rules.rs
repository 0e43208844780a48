//! An office's own rules, from the example to the list.
#![expect(clippy::unwrap_used, reason = "a test may fall over")]

use std::fs;
use std::path::Path;
use std::process::Command;

use calamine::{Reader, open_workbook_auto};
use mingzhang::ledger::book::open::books;
use mingzhang::ledger::contract::cell::{Cell, Day, Id};
use mingzhang::ledger::decode::dataset::Dataset;
use mingzhang::pipeline::Pipeline;

/// Runs the program and returns what it prints, with its errors.
fn mingzhang(words: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_mingzhang")).args(words).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

const RULES: &str = r#"
[[rules]]
id = "large_without_decision"
name = "大额支出无集体决策"
name_en = "Large payment without a decision"
basis = "示例办法第三条"
level = "village"
scheme = "procedure"
most = 0.5
where = [
    { column = "amount", from = 5000 },
    { column = "decision", recorded = false },
]

[[rules]]
id = "any_amount"
name = "任何金额"
name_en = "Any amount"
basis = "示例办法第四条"
level = "township"
scheme = "procedure"
where = [{ column = "金额", from = 0.01 }]

[indicators.just_below_limit]
width = 0.04
"#;

/// Payments of at least 5,000 yuan without a decision, and all payments above nothing, counted in the book.
fn counted(data: &Path) -> (usize, usize) {
    let pipeline = Pipeline::parse("", &[]).unwrap();
    let source = Dataset::at(data).sources().unwrap().remove(0);
    let book = books(&source, &pipeline.ledger, Day(i32::MAX)).unwrap().0.remove(0);
    let (lines, mut large, mut any) = (&book.lines, 0, 0);
    for line in &book.payments.line {
        let amount = lines.amount.at(*line).some().map_or(0, |it| it.0);
        large += usize::from(amount >= 500_000 && lines.decision.at(*line) == Id::NONE);
        any += usize::from(amount >= 1);
    }
    (large, any)
}

#[test]
fn a_rule_is_tried_run_listed_and_followed_when_it_changes() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (data, out, rules) = (path("data"), path("out"), path("rules.toml"));
    let simulated = [
        "simulate",
        "--out",
        &data,
        "--first-year",
        "2024",
        "--villages",
        "6",
        "--townships",
        "2",
        "--years",
        "1",
    ];
    assert!(mingzhang(&simulated).0);
    fs::write(&rules, RULES).unwrap();

    let (is_done, tried) = mingzhang(&["rules", "try", &rules, "--data", &data, "--lang", "en"]);
    assert!(is_done, "{tried}");
    let (large, any) = counted(Path::new(&data));
    assert!(large > 0);
    assert!(
        tried.contains(&format!("“Large payment without a decision” (version 1): {large} of")),
        "{tried}"
    );
    assert!(tried.contains("narrow it"), "{tried}");

    let pipeline = concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/demo.toml");
    let own = format!("own_rules={rules}");
    let run = |as_of: &str, own: &str| {
        mingzhang(&[
            "run", pipeline, "--data", &data, "--out", &out, "--as-of", as_of, "--set", own,
            "--lang", "zh",
        ])
    };
    let (is_done, told) = run("2025-01-01", &own);
    assert!(is_done, "{told}");
    assert!(told.contains(&format!("笔付款中有 {} 笔符合", thousands(any))), "{told}");
    assert!(told.contains("超过规则自定的提示比例"), "{told}");
    let log = fs::read_to_string(Path::new(&out).join("2025-01-01/run.json")).unwrap();
    let log: serde_json::Value = serde_json::from_str(&log).unwrap();
    assert_eq!(log["own_rules"]["rules"][0]["id"], "large_without_decision");
    assert_eq!(log["counties"][0]["own_rules"][0]["met"], large);

    let list = Path::new(&out).join("2025-01-01/county/leads.xlsx");
    let mut book = open_workbook_auto(list).unwrap();
    let sheet = book.worksheet_range("本单位规则").unwrap();
    let of_rule = sheet.rows().filter(|row| row[0] == *"大额支出无集体决策").count();
    assert_eq!(of_rule, large.min(1_000));

    // The same version with other contents is told the next night, and a higher version is not.
    fs::write(&rules, RULES.replace("from = 5000", "from = 6000")).unwrap();
    let (is_done, told) = run("2025-01-02", &own);
    assert!(is_done && told.contains("修改规则时请提高版本号"), "{told}");
    let newer = RULES.replace("name = \"大额", "version = 2\nname = \"大额");
    fs::write(&rules, newer.replace("from = 5000", "from = 7000")).unwrap();
    let (is_done, told) = run("2025-01-03", &own);
    assert!(is_done && !told.contains("请提高版本号"), "{told}");
}

#[test]
fn the_example_is_a_file_of_rules_in_both_forms() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").to_str().unwrap().to_owned();
    assert!(
        mingzhang(&[
            "simulate",
            "--out",
            &data,
            "--villages",
            "3",
            "--townships",
            "1",
            "--years",
            "1"
        ])
        .0
    );
    let tried = ["rules.toml", "rules.xlsx"].map(|name| {
        let file = folder.path().join(name).to_str().unwrap().to_owned();
        let (is_done, told) = mingzhang(&["rules", "template", &file, "--lang", "zh"]);
        assert!(is_done, "{told}");
        let (is_done, told) = mingzhang(&["rules", "template", &file]);
        assert!(!is_done && told.contains(&file), "it overwrites: {told}");
        let (is_done, tried) = mingzhang(&["rules", "try", &file, "--data", &data]);
        assert!(is_done, "{tried}");
        tried
    });
    assert_eq!(tried[0], tried[1]);
}

fn thousands(number: usize) -> String {
    let text = number.to_string();
    let head = text.len() % 3;
    let mut parts: Vec<&str> = vec![&text[..head]];
    parts.extend((head..text.len()).step_by(3).map(|at| &text[at..at + 3]));
    parts.retain(|part| !part.is_empty());
    parts.join(",")
}
