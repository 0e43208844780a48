use std::path::Path;

use super::View;
use super::list::PowerList;
use super::workbook::{of_list, template, words};
use crate::import::vouchers::Vouchers;
use crate::import::workbook::pages;
use crate::ledger::book::chart::Classes;
use crate::ledger::book::consulted::Consulted;
use crate::ledger::book::limits::LimitIndex;
use crate::ledger::contract::cell::Day;
use crate::ledger::contract::schema::LEDGER;
use crate::ledger::sample;
use crate::precheck::Precheck;
use crate::precheck::records::Records;
use crate::precheck::voucher::Defaults;
use crate::words::table::Lang;

const DAY: Day = Day(19_783);
const VILLAGE: &str = "990101101201";

fn records() -> Records {
    let limits = "region,expense_class,from_amount,valid_from,requires,cash_max\n\
        990101,non-production,0,2020-01-01,approver,1000\n\
        990101,non-production,2000,2020-01-01,approver+cosigner,1000\n";
    let book = sample::book(&[("ledger", "amount\n1\n"), ("limits", limits)]);
    let companions = (*book.companions).clone();
    let data = Consulted {
        limits: LimitIndex::of(&companions.limits, &book.names),
        names: (*book.names).clone(),
        companions,
        lines: book.lines.clone(),
        has_ledger: true,
        ..Consulted::default()
    };
    Records::of(data, &Classes::default())
}

fn check(file: &Vouchers, records: &Records) -> Precheck {
    let defaults = Defaults { day: DAY, village: Some(VILLAGE.to_owned()) };
    Precheck::of(file, records, &defaults)
}

fn printed(file: &Vouchers, records: &Records, lang: Lang) -> String {
    let check = check(file, records);
    let mut out = Vec::new();
    View { file, check: &check, names: &records.data.names, lang }.print(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

const CSV: &str = "科目编码,金额,收款人,支付方式\n513,2500,模拟商店,现金\n999,1,甲,现金\n";

#[test]
fn a_clerk_reads_plain_sentences() {
    let file = Vouchers::read(Path::new("付款.csv"), CSV.as_bytes()).unwrap();
    let records = records();
    let zh = printed(&file, &records, Lang::Zh);
    for line in [
        "第 2 行：2500.00 元 模拟商店",
        "  非生产性支出，满 2,000.00 元（990101 自 2020-01-01 起执行的限额）：审批人、会签人、现金不超过 1,000.00 元",
        "  待办：缺会签人签字",
        "  待办：现金支付 2,500.00 元超过限额 1,000.00 元，请改为转账",
        "  付款.csv，第 3 行，“科目编码”列：“999”：2024 年会计制度没有这个科目；请填写其中的编码，如 513",
        "凭证 2 张：0 张齐全，1 张有缺项，1 张无法识别",
    ] {
        assert!(zh.lines().any(|it| it == line), "{line}\n{zh}");
    }
    let en = printed(&file, &records, Lang::En);
    assert!(en.contains("to do: the signature of the cosigner is missing"), "{en}");
    assert!(
        en.contains(
            "付款.csv, row 3, column `科目编码`: `999`: not in the chart of accounts of 2024"
        ),
        "{en}"
    );
    assert!(!zh.contains('{') && !en.contains('{'));
    let check = check(&file, &records);
    let json =
        View { file: &file, check: &check, names: &records.data.names, lang: Lang::Zh }.json();
    assert_eq!(json["vouchers"][0]["missing"][0]["key"], "signature_missing");
    assert_eq!(json["vouchers"][0]["limits"]["from"], "2000.00");
    assert_eq!((&json["unread"], &json["complete"]), (&1.into(), &0.into()));
}

#[test]
fn a_checked_workbook_is_read_and_checked_again() {
    let file = Vouchers::read(Path::new("付款.csv"), CSV.as_bytes()).unwrap();
    let records = records();
    let first = check(&file, &records);
    for lang in [Lang::En, Lang::Zh] {
        let view = View { file: &file, check: &first, names: &records.data.names, lang };
        let bytes = view.workbook().unwrap();
        let again = Vouchers::read(Path::new("checked.xlsx"), &bytes).unwrap();
        let names = |file: &Vouchers| -> Vec<&str> {
            file.columns.iter().map(|(field, _)| field.name).collect()
        };
        assert_eq!(names(&again), names(&file));
        let second = check(&again, &records);
        assert_eq!(second.rows[0].missing, first.rows[0].missing);
        assert_eq!(second.unread(), 1);
    }
}

#[test]
fn a_template_is_read_once_it_is_filled_in() {
    let records = records();
    let list = PowerList::of(records.steps(), VILLAGE, DAY);
    for lang in [Lang::En, Lang::Zh] {
        let bytes = template(Some((&list, &records.data.names)), lang).unwrap();
        let empty = Vouchers::read(Path::new("fill.xlsx"), &bytes).unwrap_err();
        assert!(empty.to_string().contains("fill in a row for each payment"), "{empty}");
        let sheets = pages(&bytes).unwrap();
        assert_eq!(sheets.len(), 3);
        let headings: Vec<&str> = sheets[0].records[0].iter().collect();
        let filled = format!(
            "{}\n{VILLAGE},2024-03-01,513,12.50,纸,{}\n",
            headings.join(","),
            lang.of(["Shop,transfer", "商店,转账"])
        );
        let filled = Vouchers::read(Path::new("fill.csv"), filled.as_bytes()).unwrap();
        assert_eq!(filled.columns.len(), headings.len());
        assert_eq!((filled.rows[0].cells.len(), filled.rows[0].faults.len()), (7, 0));
    }
}

#[test]
fn every_word_to_choose_from_is_read() {
    for lang in [Lang::En, Lang::Zh] {
        for name in ["method", "document", "committee_stamp", "fixed_standard"] {
            let words = words(LEDGER.field(name).unwrap(), lang);
            assert!(words.len() > 1, "{name}");
            for word in words {
                let csv = format!("account,amount,{name}\n513,1,{word}\n");
                let file = Vouchers::read(Path::new("a.csv"), csv.as_bytes()).unwrap();
                let row = &file.rows[0];
                assert!(row.faults.is_empty() && row.cells.contains_key(name), "{word}");
            }
        }
    }
}

#[test]
fn the_power_list_names_the_steps_of_each_band() {
    let records = records();
    let list = PowerList::of(records.steps(), VILLAGE, DAY);
    let names = &records.data.names;
    let rows: Vec<_> = list.rows(names, Lang::Zh).collect();
    assert_eq!(
        rows[1],
        ["非生产性支出", "2,000.00", "", "审批人、会签人", "1,000.00", "990101", "2020-01-01"]
    );
    assert_eq!(rows[0][2], "2,000.00");
    assert_eq!(list.json(names, Lang::En)["bands"][1]["steps"][1], "cosigner");
    assert!(!of_list(&list, names, Lang::Zh).unwrap().is_empty());
    let none = PowerList::of(records.steps(), "110101101201", DAY);
    assert!(none.is_empty() && none.title(Lang::En).starts_with("No limits are on record"));
}
