use super::page::page;
use super::workbook::workbook;
use super::{Education, LEAST};
use crate::features::measure;
use crate::import::workbook::pages;
use crate::indicators::CATALOGUE;
use crate::indicators::indicator::Configured;
use crate::ledger::book::Book;
use crate::ledger::contract::cell::Day;
use crate::ledger::sample;
use crate::ledger::subject::Grain;
use crate::words::table::Lang;

/// 2024-12-31.
const AS_OF: Day = Day(20_088);

/// Slips instead of invoices: seven and three in two townships in 2024, and nine of ten in one in 2023.
fn book() -> Book {
    let mut ledger = "village,date,amount,payee,approver,document,document_no\n".to_owned();
    let mut pay = |village: &str, year: i32, count: usize, document: &str| {
        for day in 0..count {
            let line = format!(
                "{village},{year}-03-{:02},{}00,收款模拟{day},审批模拟,{document},N-{day}\n",
                day + 1,
                day + 5
            );
            ledger.push_str(&line);
        }
    };
    pay("990101101201", 2024, 7, "none");
    pay("990101101202", 2024, 13, "invoice");
    pay("990101102201", 2024, 3, "none");
    pay("990101102201", 2024, 17, "invoice");
    pay("990101101201", 2023, 9, "none");
    pay("990101101202", 2023, 1, "invoice");
    let villages = "village,year,name\n990101101201,2024,模拟甲村\n990101102201,2024,模拟乙村\n";
    let payees = "payee,kind,name\n收款模拟0,firm,收款模拟0\n";
    sample::book(&[("ledger", &ledger), ("villages", villages), ("payees", payees)])
}

fn indicators() -> Vec<Box<dyn Configured>> {
    CATALOGUE.iter().map(|it| it.with(toml::Table::new()).unwrap()).collect()
}

#[test]
fn errors_are_counted_by_township_and_small_numbers_are_not_shown() {
    let (book, indicators) = (book(), indicators());
    let (measured, _) = measure(&book, &indicators);
    let education = Education::of(&book, &measured, AS_OF);
    let slips = education.kinds.iter().find(|kind| kind.card.name == "white_slip").unwrap();
    let years = slips.townships["990101101"];
    assert_eq!((years.now.errors, years.now.asked), (7, 20));
    assert_eq!((years.before.errors, years.before.asked), (9, 10));
    assert!((years.change().unwrap() + 55.0).abs() < 1e-9);
    assert_eq!(slips.townships["990101102"].now.shown(), None);
    assert_eq!(slips.sum().now.errors, 7, "what is not shown cannot be told from the sum");
    let text = page(&education, "990101", (Lang::En, true)).unwrap();
    assert!(text.contains(&format!("under {LEAST}")) && text.contains("35 %"), "{text}");
    assert!(education.of_township("990101102").kinds.is_empty());
    let of_measured = measured.iter().find(|it| it.card.name == "white_slip").unwrap();
    let flagged = of_measured.readings.known().filter(|(_, value)| *value > 0.0).count();
    let all: u32 = slips.townships.values().map(|it| it.now.errors + it.before.errors).sum();
    assert_eq!(flagged, all as usize);
}

#[test]
fn nobody_is_named() {
    let (book, indicators) = (book(), indicators());
    let (measured, _) = measure(&book, &indicators);
    let education = Education::of(&book, &measured, AS_OF);
    let names = book.villages.iter().map(|id| book.names.get(*id)).map(str::to_owned);
    let hidden: Vec<String> = names
        .chain((0..17).map(|day| format!("收款模拟{day}")))
        .chain(["审批模拟", "模拟甲村", "模拟乙村", "v-0001", "N-1"].map(str::to_owned))
        .collect();
    for lang in [Lang::En, Lang::Zh] {
        let whole = (education.clone(), true);
        for (own, by_township) in [whole, (education.of_township("990101101"), false)] {
            let mut text = page(&own, "990101101", (lang, by_township)).unwrap();
            for sheet in pages(&workbook(&own, lang).unwrap()).unwrap() {
                for record in &sheet.records {
                    text.extend(record.iter());
                }
            }
            for name in &hidden {
                assert!(!text.contains(name.as_str()), "{name}");
            }
            let body = text.split("</style>").nth(1).unwrap();
            assert!(!body.contains('{'), "every cell is filled in");
        }
    }
}

#[test]
fn each_kind_has_its_rule_and_every_rule_a_right_example() {
    let (book, indicators) = (book(), indicators());
    let (measured, _) = measure(&book, &indicators);
    let asked = indicators.iter().map(|it| it.card()).filter(|card| super::is_correctable(card));
    let cards: Vec<_> = asked.collect();
    for name in ["white_slip", "missing_countersign", "cash_over_limit", "backdated_approval"] {
        assert!(cards.iter().any(|card| card.name == name), "{name}");
    }
    for card in cards {
        assert_eq!(card.grain, Grain::Payment);
        for lang in [Lang::En, Lang::Zh] {
            assert!(!super::example::rule(card, lang).is_empty(), "{}", card.name);
            assert!(!super::example::example(card, lang).is_empty(), "{}", card.name);
        }
    }
    let education = Education::of(&book, &measured, AS_OF);
    let text = page(&education, "990101", (Lang::Zh, true)).unwrap();
    assert!(text.contains("《会计基础工作规范》") && text.contains("正确示例（模拟）"), "{text}");
}
