//! Good exports damaged in more than a hundred ways: either the ledger comes out as before, or the import says what is wrong.
//!
//! `docs/corruptions.md` is what this test writes with `UPDATE_DOCS=1`.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fall over")]

mod support;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use encoding_rs::GB18030;
use mingzhang::cli::Cli;
use serde_json::Value;
use tempfile::TempDir;

/// The mapping of the exports.
const MAPPING: &str = r#"
table = "ledger"
[source]
files = ["*.csv"]
[sides]
debit = "借方金额"
credit = "贷方金额"
[columns]
village = "村代码"
voucher = "凭证号"
date = "日期"
account = "科目编码"
summary = "摘要"
payee_name = "收款人"
payee_account = "收款账号"
attachments = "附件"
handler = "经手人"
approved = "审批日期"
"#;

const NAMES: &str =
    "村代码,日期,凭证号,摘要,科目编码,借方金额,贷方金额,收款人,收款账号,附件,经手人,审批日期";

/// The lines of a good export of one village over two months, with titles and sums: 12 vouchers a month.
fn export(village: &str) -> Vec<String> {
    let mut lines = vec!["凭证明细表,,,,,,,,,,,".to_owned(), NAMES.to_owned()];
    let place: i64 = village[11..].parse().unwrap();
    let mut all = 0;
    for month in 1..=2 {
        let mut sum = 0;
        for number in 1..=12_i64 {
            let fen = 1_234 * number + 100 * month + 7 * place + number * number * 31;
            sum += fen;
            let day = 2 * number;
            let head = format!("{village},2024-0{month}-{day:02},记-{number},付第{number}笔水费");
            let tail = format!(
                "模拟{number}号商店,62170000000000{number:05},{number},模拟,2024-0{month}-{day:02}"
            );
            let yuan = format!("{}.{:02}", fen / 100, fen % 100);
            lines.push(format!("{head},51304,{yuan},,{tail}"));
            lines.push(format!("{head},102,,{yuan},{tail}"));
        }
        all += sum;
        let yuan = format!("{}.{:02}", sum / 100, sum % 100);
        lines.push(format!(",,,本月合计,,{yuan},{yuan},,,,,"));
    }
    let yuan = format!("{}.{:02}", all / 100, all % 100);
    lines.push(format!(",,,合计,,{yuan},{yuan},,,,,"));
    lines
}

/// The files of a county as bytes.
type Files = Vec<(String, Vec<u8>)>;

fn text(lines: &[String]) -> Vec<u8> {
    let mut text = lines.join("\r\n");
    text.push_str("\r\n");
    text.into_bytes()
}

/// What an import gave: the entries as they were written, and what was said of it; or the error.
fn import(files: &Files) -> Result<(Vec<String>, Value), String> {
    let folder = TempDir::new().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let mapping = folder.path().join("map.toml");
    fs::write(&mapping, MAPPING).unwrap();
    let out = folder.path().join("out");
    let arguments = [
        "mingzhang",
        "import",
        mapping.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
        "--json",
    ];
    let mut told = Vec::new();
    let done = Cli::try_parse_from(arguments).unwrap().run(&mut told);
    let here = folder.path().display().to_string();
    done.map_err(|error| format!("{error:#}").replace(&format!("{here}/"), ""))?;
    let report = serde_json::from_slice::<Value>(&told).unwrap()["tables"][0].clone();
    let rows = support::table(&out.join("ledger.parquet"));
    let entries = rows[1..].iter().map(|row| row.join("|")).collect();
    Ok((entries, report))
}

/// What a report says that the report of the good export does not: the first of each kind.
fn said(report: &Value, good: &Value) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(first) = report["first_rejections"][0].as_str() {
        let (rows, cells) = (&report["rows"]["rejected"], &report["cells_emptied"]);
        said.push(format!("{rows} rows refused, {cells} cells emptied: {first}"));
    }
    for (kind, what) in [
        ("sums_that_differ", "sums differ"),
        ("vouchers_that_do_not_balance", "vouchers do not balance"),
        ("vouchers_with_several_days_or_files", "one number, several days or files"),
        ("rows_in_two_files", "rows in two files"),
    ] {
        if let Some(first) = report[kind]["first"][0].as_str() {
            said.push(format!("{what}: {first}"));
        }
    }
    for (kind, what) in [
        ("accounts_outside_the_chart", "accounts outside the chart"),
        ("taken_for_nothing", "taken for nothing"),
        ("cleaned", "cleaned"),
        ("left_out", "left out"),
        ("sheets_not_read", "not read"),
    ] {
        if report[kind] != good[kind] {
            said.push(format!("{what}: {}", report[kind]));
        }
    }
    said
}

/// One way to damage the first of two good exports.
type Damage = Box<dyn Fn(&mut Files)>;

/// Changes a cell of a line, both counted from 0.
fn cell(line: usize, place: usize, to: &str) -> Damage {
    let to = to.to_owned();
    Box::new(move |files| {
        let mut lines = lines(&files[0].1);
        let mut cells: Vec<String> = lines[line].split(',').map(str::to_owned).collect();
        cells[place] = to.replace("{}", &cells[place]);
        lines[line] = cells.join(",");
        files[0].1 = text(&lines);
    })
}

/// Changes the lines.
fn rows(change: impl Fn(&mut Vec<String>) + 'static) -> Damage {
    Box::new(move |files| {
        let mut lines = lines(&files[0].1);
        change(&mut lines);
        files[0].1 = text(&lines);
    })
}

/// Changes the bytes.
fn bytes(change: impl Fn(&mut Vec<u8>) + 'static) -> Damage {
    Box::new(move |files| change(&mut files[0].1))
}

/// Changes the files.
fn files(change: impl Fn(&mut Files) + 'static) -> Damage {
    Box::new(change)
}

fn lines(bytes: &[u8]) -> Vec<String> {
    std::str::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect()
}

/// Reads the text with another encoding than it was written in.
fn garbled(bytes: &[u8]) -> Vec<u8> {
    GB18030.decode_without_bom_handling(bytes).0.into_owned().into_bytes()
}

const VILLAGE: usize = 0;
const DATE: usize = 1;
const VOUCHER: usize = 2;
const SUMMARY: usize = 3;
const ACCOUNT: usize = 4;
const DEBIT: usize = 5;
const CREDIT: usize = 6;
const PAYEE: usize = 7;
const BANK: usize = 8;
const PAPERS: usize = 9;
const HANDLER: usize = 10;
const APPROVED: usize = 11;

/// A line of debit, the line of credit below it, the sum of the first month, and the last sum.
const LINE: usize = 6;
const BELOW: usize = 7;
const MONTH: usize = 26;
const LAST: usize = 52;

#[expect(clippy::too_many_lines, reason = "a table")]
fn damages() -> Vec<(&'static str, String, Damage)> {
    let mut all: Vec<(&'static str, String, Damage)> = Vec::new();
    for (what, place, to) in [
        ("letter O for a nought in an amount", DEBIT, "4O.19"),
        ("letter l for a one in an amount", DEBIT, "l4.19"),
        ("a full stop for the point of an amount", DEBIT, "41。19"),
        ("two points in an amount", DEBIT, "4.1.19"),
        ("a comma at the wrong place of an amount", DEBIT, "\"4,1.19\""),
        ("three decimals", DEBIT, "{}5"),
        ("an amount in words", DEBIT, "肆拾壹元"),
        ("an amount with an exponent", DEBIT, "4.1E1"),
        ("an amount with a unit that is not money", DEBIT, "{}亩"),
        ("two signs", DEBIT, "--{}"),
        ("an amount that is not there", DEBIT, ""),
        ("a nought for an amount", DEBIT, "0.00"),
        ("a failed formula for an amount", DEBIT, "#VALUE!"),
        ("a formula for an amount", DEBIT, "=F3*2"),
        ("a digit more in an amount", DEBIT, "1{}"),
        ("another sign of an amount", DEBIT, "-{}"),
        ("a red amount", DEBIT, "[红]{}"),
        ("an amount in brackets", DEBIT, "({})"),
        ("an amount ten times as large", DEBIT, "410.00"),
        ("an amount wrong by a fen", DEBIT, "40.89"),
        ("both sides filled", CREDIT, "5.00"),
        ("a date that does not exist", DATE, "2024-02-30"),
        ("a thirteenth month", DATE, "2024-13-01"),
        ("a year of two digits", DATE, "24.1.6"),
        ("a day without a year", DATE, "1月6日"),
        ("a month without a day", DATE, "2024-01"),
        ("a word for a date", DATE, "元旦"),
        ("no date", DATE, ""),
        ("a date of another month", DATE, "2024-03-06"),
        ("a date of another day", DATE, "2024-01-07"),
        ("a date of another year", DATE, "2042-01-06"),
        ("a number that is no day of a spreadsheet", DATE, "4529"),
        ("a serial number of another day", DATE, "45400"),
        ("a village of 11 digits", VILLAGE, "99000000000"),
        ("a village of 13 digits", VILLAGE, "9900000000011"),
        ("a village with an exponent", VILLAGE, "9.9E+11"),
        ("a village by name", VILLAGE, "模拟村"),
        ("no village", VILLAGE, ""),
        ("another village on one line", VILLAGE, "990000000009"),
        ("no voucher", VOUCHER, ""),
        ("another voucher on one line", VOUCHER, "记-99"),
        ("a voucher that exists already", VOUCHER, "记-1"),
        ("a voucher with an exponent", VOUCHER, "1.2E+5"),
        ("no account", ACCOUNT, ""),
        ("a placeholder for an account", ACCOUNT, "无"),
        ("an account that no chart has", ACCOUNT, "99901"),
        ("an account of a four-digit chart", ACCOUNT, "6602"),
        ("the name of an account for its code", ACCOUNT, "管理费用"),
        ("a bank account with an exponent", BANK, "6.217E+18"),
        ("a bank account with an apostrophe", BANK, "'{}"),
        ("a bank account as a formula", BANK, "\"=\"\"{}\"\"\""),
        ("a placeholder for a bank account", BANK, "无"),
        ("a placeholder for a payee", PAYEE, "待定"),
        ("a failed lookup for a payee", PAYEE, "#N/A"),
        ("a blank inside a payee's name", PAYEE, "模拟 3号商店"),
        ("a sign without width in a payee's name", PAYEE, "模拟\u{200b}3号商店"),
        ("a placeholder for a person", HANDLER, "/"),
        ("words for the number of papers", PAPERS, "两张"),
        ("half a paper", PAPERS, "1.5"),
        ("a placeholder for the number of papers", PAPERS, "——"),
        ("an approval on a day that does not exist", APPROVED, "2024-04-31"),
        ("a word of sums in the summary of an entry without a number", VOUCHER, "合计"),
        ("a failed formula for a summary", SUMMARY, "#REF!"),
    ] {
        all.push(("cell", what.to_owned(), cell(LINE, place, to)));
    }
    for (what, line, place, to) in [
        ("a sum of a month with another digit", MONTH, DEBIT, "1{}"),
        ("a sum of a month on one side only", MONTH, CREDIT, ""),
        ("a last sum with another digit", LAST, CREDIT, "9{}"),
        ("the word of a sum lost", MONTH, SUMMARY, ""),
        ("the word of a sum misspelt", MONTH, SUMMARY, "本月合討"),
        ("a sum with a number and an account, like an entry", MONTH, VOUCHER, "记-13"),
    ] {
        all.push(("sum", what.to_owned(), cell(line, place, to)));
    }
    let more: Vec<(&'static str, &'static str, Damage)> = vec![
        (
            "sum",
            "the sums of the months left out",
            rows(|lines| lines.retain(|line| !line.contains("本月"))),
        ),
        ("sum", "a sum twice", rows(|lines| lines.insert(MONTH, lines[MONTH].clone()))),
        ("row", "a line lost", rows(|lines| drop(lines.remove(LINE)))),
        ("row", "a voucher lost", rows(|lines| drop(lines.drain(LINE..LINE + 2)))),
        ("row", "a month lost but for its sum", rows(|lines| drop(lines.drain(3..MONTH)))),
        ("row", "the end of the file lost", rows(|lines| lines.truncate(40))),
        ("row", "a line twice", rows(|lines| lines.insert(LINE, lines[LINE].clone()))),
        (
            "row",
            "a voucher twice",
            rows(|lines| {
                let again = lines[LINE..LINE + 2].to_vec();
                lines.splice(LINE..LINE, again);
            }),
        ),
        ("row", "a line cut short", rows(|lines| lines[LINE].truncate(40))),
        ("row", "a cell too many", rows(|lines| lines[LINE].push_str(",模拟"))),
        (
            "row",
            "a cell too few",
            rows(|lines| lines[LINE] = lines[LINE].replacen(",51304", "", 1)),
        ),
        (
            "row",
            "a comma in a summary without quotation marks",
            rows(|lines| lines[LINE] = lines[LINE].replacen("水费", "水费,电费", 1)),
        ),
        (
            "row",
            "two lines joined",
            rows(|lines| {
                let next = lines.remove(BELOW);
                lines[LINE].push_str(&next);
            }),
        ),
        (
            "row",
            "a line divided in two",
            rows(|lines| {
                let rest = lines[LINE].split_off(30);
                lines.insert(BELOW, rest);
            }),
        ),
        ("row", "blank lines between", rows(|lines| lines.insert(LINE, String::new()))),
        ("row", "lines of commas between", rows(|lines| lines.insert(LINE, ",".repeat(11)))),
        (
            "row",
            "a note between",
            rows(|lines| lines.insert(LINE, "制表人：模拟,,,,,,,,,,,".to_owned())),
        ),
        (
            "row",
            "the names of columns once more",
            rows(|lines| lines.insert(LINE, NAMES.to_owned())),
        ),
        (
            "quotes",
            "a stray mark that opens a cell",
            rows(|lines| lines[LINE] = lines[LINE].replacen(",记", ",\"记", 1)),
        ),
        (
            "quotes",
            "two stray marks on two lines",
            rows(|lines| {
                for line in [LINE, LINE + 4] {
                    lines[line] = lines[line].replacen(",记", ",\"记", 1);
                }
            }),
        ),
        (
            "quotes",
            "text after a closing mark",
            rows(|lines| lines[LINE] = lines[LINE].replacen(",付", ",\"付\"", 1)),
        ),
        (
            "quotes",
            "an odd mark inside a cell",
            rows(|lines| lines[LINE] = lines[LINE].replacen("水费", "水\"费", 1)),
        ),
        ("quotes", "a mark at the end of the file", bytes(|bytes| bytes.extend_from_slice(b"\""))),
        (
            "quotes",
            "a line's end inside a quoted cell",
            rows(|lines| lines[LINE] = lines[LINE].replacen("付第3笔水费", "\"付第3笔\n水费\"", 1)),
        ),
        (
            "encoding",
            "saved in GB18030",
            bytes(|bytes| {
                *bytes = GB18030.encode(std::str::from_utf8(bytes).unwrap()).0.into_owned();
            }),
        ),
        (
            "encoding",
            "saved in UTF-16",
            bytes(|bytes| {
                *bytes = std::str::from_utf8(bytes)
                    .unwrap()
                    .encode_utf16()
                    .flat_map(u16::to_le_bytes)
                    .collect();
            }),
        ),
        (
            "encoding",
            "with a byte order mark",
            bytes(|bytes| drop(bytes.splice(0..0, *b"\xef\xbb\xbf"))),
        ),
        ("encoding", "read in GB18030 and saved again", bytes(|bytes| *bytes = garbled(bytes))),
        (
            "encoding",
            "letters lost to question marks",
            bytes(|bytes| {
                let text: String = std::str::from_utf8(bytes)
                    .unwrap()
                    .chars()
                    .map(|letter| if letter.is_ascii() { letter } else { '?' })
                    .collect();
                *bytes = text.into_bytes();
            }),
        ),
        (
            "encoding",
            "a byte of a name damaged",
            bytes(|bytes| {
                let place = bytes.windows(3).rposition(|three| three == "模".as_bytes()).unwrap();
                bytes[place + 1] = 0xff;
            }),
        ),
        (
            "encoding",
            "a byte lost in a name of a column",
            bytes(|bytes| {
                let place = bytes.windows(3).position(|three| three == "借".as_bytes()).unwrap();
                bytes.remove(place + 1);
            }),
        ),
        (
            "encoding",
            "cut off inside a letter",
            bytes(|bytes| {
                let place = bytes.windows(3).rposition(|three| three == "模".as_bytes()).unwrap();
                bytes.truncate(place + 2);
            }),
        ),
        ("encoding", "zero bytes at the end", bytes(|bytes| bytes.extend_from_slice(&[0; 64]))),
        (
            "encoding",
            "lines that end as on old machines",
            bytes(|bytes| {
                let text = std::str::from_utf8(bytes).unwrap().replace("\r\n", "\r");
                *bytes = text.into_bytes();
            }),
        ),
        (
            "format",
            "a web page named .csv",
            bytes(|bytes| *bytes = b"<html><table><tr><td>1</td></tr></table>".to_vec()),
        ),
        ("format", "nothing in the file", bytes(Vec::clear)),
        (
            "format",
            "semicolons for commas",
            bytes(|bytes| {
                let text = std::str::from_utf8(bytes).unwrap().replace(',', ";");
                *bytes = text.into_bytes();
            }),
        ),
        (
            "format",
            "a zip archive named .csv",
            bytes(|bytes| *bytes = b"PK\x03\x04nothing".to_vec()),
        ),
        (
            "names",
            "a name of a column lost",
            rows(|lines| lines[1] = lines[1].replacen("借方金额", "", 1)),
        ),
        (
            "names",
            "a name of a column changed",
            rows(|lines| lines[1] = lines[1].replacen("科目编码", "科目", 1)),
        ),
        (
            "names",
            "a name of a column twice",
            rows(|lines| lines[1] = lines[1].replacen("附件", "借方金额", 1)),
        ),
        ("names", "no names of columns", rows(|lines| drop(lines.remove(1)))),
        (
            "names",
            "a column lost",
            rows(|lines| {
                for line in lines.iter_mut().skip(1) {
                    *line = line
                        .split(',')
                        .enumerate()
                        .filter(|(place, _)| *place != ACCOUNT)
                        .map(|(_, cell)| cell)
                        .collect::<Vec<_>>()
                        .join(",");
                }
            }),
        ),
        (
            "names",
            "the names shifted by a column",
            rows(|lines| lines[1] = format!("序号,{}", NAMES.rsplit_once(',').unwrap().0)),
        ),
        (
            "names",
            "the cells of one line shifted by a column",
            rows(|lines| {
                lines[LINE] = format!(",{}", lines[LINE].rsplit_once(',').unwrap().0);
            }),
        ),
        (
            "names",
            "columns in another order",
            rows(|lines| {
                for line in lines.iter_mut().skip(1) {
                    let mut cells: Vec<&str> = line.split(',').collect();
                    cells.swap(DEBIT, SUMMARY);
                    *line = cells.join(",");
                }
            }),
        ),
        ("order", "lines sorted by their text", rows(|lines| lines[2..].sort())),
        ("order", "two lines of one voucher changed about", rows(|lines| lines.swap(LINE, BELOW))),
        (
            "order",
            "a line moved into the next month",
            rows(|lines| {
                let line = lines.remove(LINE);
                lines.insert(40, line);
            }),
        ),
        (
            "files",
            "the same file twice",
            files(|files| {
                let again = files[0].1.clone();
                files.push(("c.csv".to_owned(), again));
            }),
        ),
        (
            "files",
            "the same file in another encoding",
            files(|files| {
                let again =
                    GB18030.encode(std::str::from_utf8(&files[0].1).unwrap()).0.into_owned();
                files.push(("c.csv".to_owned(), again));
            }),
        ),
        (
            "files",
            "the same file for another village",
            files(|files| {
                let again = std::str::from_utf8(&files[0].1)
                    .unwrap()
                    .replace("990000000001", "990000000003");
                files.push(("c.csv".to_owned(), again.into_bytes()));
            }),
        ),
        (
            "files",
            "a month that another file has too",
            files(|files| {
                let mut lines = lines(&files[0].1);
                lines.drain(MONTH..);
                files.push(("c.csv".to_owned(), text(&lines)));
            }),
        ),
        (
            "files",
            "a voucher that another file has too",
            files(|files| {
                let lines = lines(&files[0].1);
                files.push((
                    "c.csv".to_owned(),
                    text(&[vec![NAMES.to_owned()], lines[LINE..LINE + 2].to_vec()].concat()),
                ));
            }),
        ),
        (
            "files",
            "two villages under one code",
            files(|files| {
                let other = std::str::from_utf8(&files[1].1)
                    .unwrap()
                    .replace("990000000002", "990000000001")
                    .replace("第", "另");
                files[1].1 = other.into_bytes();
            }),
        ),
        (
            "files",
            "a file of another kind",
            files(|files| files.push(("c.csv".to_owned(), "姓名,电话\n模拟,1\n".into()))),
        ),
    ];
    all.extend(more.into_iter().map(|(kind, what, damage)| (kind, what.to_owned(), damage)));
    all
}

#[test]
fn nothing_passes_in_silence() {
    let good: Files = ["990000000001", "990000000002"]
        .into_iter()
        .zip(["a.csv", "b.csv"])
        .map(|(village, name)| (name.to_owned(), text(&export(village))))
        .collect();
    let (ledger, report) = import(&good).unwrap();
    assert_eq!(
        said(&report, &report),
        Vec::<String>::new(),
        "nothing is wrong with the good exports: {report}"
    );
    assert_eq!(report["sheets"][0]["sums_that_agree"], 6, "{report}");
    let mut sorted = ledger.clone();
    sorted.sort();
    let damages = damages();
    assert!(damages.len() >= 100, "{}", damages.len());
    let mut table = String::from(HEAD);
    let mut silent = Vec::new();
    for (number, (kind, what, damage)) in (1..).zip(&damages) {
        let mut files = good.clone();
        damage(&mut files);
        assert!(files != good, "{what}: nothing was changed");
        let answer = match import(&files) {
            Err(error) => format!("stops: {error}"),
            Ok((mut entries, told)) => {
                let said = said(&told, &report);
                let is_same = entries == ledger;
                entries.sort();
                match (is_same, said.first()) {
                    (true, None) => "the ledger is the same".to_owned(),
                    (true, Some(first)) => format!("the ledger is the same; {first}"),
                    (false, None) if entries == sorted => {
                        "the same entries in another order".to_owned()
                    }
                    (false, Some(_)) => said.join("; "),
                    (false, None) => {
                        silent.push(format!("{kind}: {what}"));
                        "nothing".to_owned()
                    }
                }
            }
        };
        let plain = answer.replace(['\r', '\n'], " ").replace('|', "\\|");
        writeln!(table, "| {number} | {kind} | {what} | {plain} |").unwrap();
    }
    let page: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/corruptions.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&page, &table).unwrap();
    }
    assert!(silent.is_empty(), "these pass in silence: {silent:#?}");
    assert_eq!(fs::read_to_string(page).unwrap(), table, "UPDATE_DOCS=1 writes it anew");
}

const HEAD: &str = "\
# What an import says of damaged exports

Two correct simulated exports, of one village each, are damaged in one way at a time and imported. Either the entries are
as before, or the import stops, or it reports what is wrong. `tests/corruptions.rs` does the damage and checks this table.

Errors that an export does not reveal are not detected, such as another payee's name in all lines of a voucher, or a voucher
missing from an export without sums.

| | kind | what was done | what was said |
| --- | --- | --- | --- |
";
