//! What is made of registers, in a county that keeps them all and in one that lacks half of its tables.
#![expect(clippy::unwrap_used, reason = "a test may fall over")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use mingzhang::ledger::decode::read::ParquetFile;
use mingzhang::simulate::dataset::simulate;
use mingzhang::simulate::settings::Settings;

/// Tables that the poor county does not have.
const MISSING: [&str; 7] = ["bank", "calendar", "leases", "limits", "people", "posts", "standards"];

/// A village of both.
const VILLAGE: &str = "990101101201";

fn mingzhang(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mingzhang")).args(words).output().unwrap()
}

/// What a command prints in Chinese; it must succeed.
fn said(words: &[&str]) -> String {
    let output = mingzhang(&[words, &["--lang", "zh"]].concat());
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn rows(table: &Path) -> usize {
    let batches = ParquetFile::open(table).unwrap().batches().unwrap();
    batches.iter().map(arrow::array::RecordBatch::num_rows).sum()
}

/// A village's notice, an expected income, a list before payment and a run; the folder that the run published.
fn every_product(data: &Path, work: &Path) -> (PathBuf, [String; 3]) {
    let (folder, out) = (data.to_str().unwrap(), work.join("out"));
    let vouchers = work.join("vouchers.csv");
    fs::write(&vouchers, format!("村代码,日期,科目编码,金额\n{VILLAGE},2021-03-01,541,3000\n"))
        .unwrap();
    let notices = work.join("notices");
    let pipeline = concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/demo.toml");
    said(&["run", pipeline, "--data", folder, "--out", out.to_str().unwrap()]);
    let income = said(&["income", folder]);
    let to = notices.to_str().unwrap();
    let notice = said(&["disclose", "--data", folder, "--village", VILLAGE, "--out", to]);
    assert_eq!(fs::read_dir(&notices).unwrap().count(), 3, "a page, a workbook and rows");
    let before = said(&["precheck", vouchers.to_str().unwrap(), "--data", folder]);
    (out.join("latest"), [income, notice, before])
}

/// A simulated county.
fn county(data: &Path) {
    let settings =
        Settings { villages: 12, townships: 3, years: 2, lines: 300, ..Settings::default() };
    simulate(&settings, data).unwrap();
}

#[test]
fn a_county_with_its_registers_has_every_product() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    county(&data);
    let (published, [income, notice, before]) = every_product(&data, folder.path());
    assert!(rows(&published.join("income.parquet")) > 0);
    assert!(rows(&published.join("disclosures.parquet")) > 0);
    for page in ["county/education.html", "county/education.xlsx", "county/records.parquet"] {
        assert!(published.join(page).exists(), "{page}");
    }
    assert!(income.contains("到期租金") && notice.contains("财务公开"), "{income}{notice}");
    assert!(before.contains("缺会签人签字"), "{before}");
}

#[test]
fn a_county_without_half_of_its_tables_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    county(&data);
    for table in MISSING {
        let path = data.join(table);
        let file = path.with_extension("parquet");
        let gone = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&file) };
        gone.unwrap();
    }
    let (published, [income, notice, before]) = every_product(&data, folder.path());
    assert_eq!(rows(&published.join("income.parquet")), 0);
    assert!(published.join("county/education.html").exists());
    assert!(income.contains("未登记"), "{income}");
    assert!(notice.contains("数据集中没有记录"), "{notice}");
    assert!(before.contains("审批限额（limits）") && before.contains("无法说明"), "{before}");
}
