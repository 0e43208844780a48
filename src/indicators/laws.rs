//! Laws of the catalogue: what holds of every page, every card and every kernel.

use std::collections::BTreeSet;

use proptest::prelude::{ProptestConfig, Strategy, any, prop, proptest};

use super::CATALOGUE;
use super::card::Class;
use super::fact::{Fact, HEADINGS, sentence, sentences};
use super::indicator::{Configured, Indicator, Prepared, Readings, Record, Trace};
use super::page::{SECTIONS, SECTIONS_ZH, blocks, section, sections, settings};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, LineIx, SubjectIx};
use crate::ledger::contract::schema::TABLES;
use crate::ledger::sample;
use crate::ledger::subject::Grain;

fn default(indicator: &Indicator) -> Box<dyn Configured> {
    indicator.with(toml::Table::new()).unwrap()
}

/// The readings as a worked example writes them: subject, value, sample, rows.
fn written(
    prepared: &dyn Prepared,
    readings: &Readings,
    lines: &IxVec<LineIx, u32>,
) -> Vec<(u32, f32, u32, String)> {
    let row = |subject: SubjectIx| {
        let reading = readings.get(subject)?;
        let rows = prepared.trace(subject).rows.into_iter().map(|line| lines[line].to_string());
        let rows = rows.collect::<Vec<_>>().join(" ");
        Some((u32::from(subject) + 1, reading.value, reading.sample, rows))
    };
    SubjectIx::all(readings.len()).filter_map(row).collect()
}

/// The rows of other tables as the block `records` of a worked example writes them; nothing if there are none.
fn records_of(prepared: &dyn Prepared, readings: &Readings) -> String {
    let of_subject = |subject: SubjectIx| {
        let records = prepared.trace(subject).records;
        let written = move |it: Record| {
            let (table, row, yuan) = (it.table, it.row + 1, it.money);
            format!("\n{},{table},{row},{yuan}", u32::from(subject) + 1)
        };
        records.into_iter().map(written)
    };
    let all: String = SubjectIx::all(readings.len()).flat_map(of_subject).collect();
    if all.is_empty() { all } else { format!("subject,table,row,yuan{all}") }
}

/// The place in the example's ledger block, from 1, of each line of the book.
fn places(book: &Book, csv: &str) -> IxVec<LineIx, u32> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header = reader.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|column| column == name);
    let (voucher, village) = (column("voucher"), column("village"));
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    let is_row = |line: usize, row: usize| {
        let own = format!("v-{:04}", row + 1);
        let cell = |column: Option<usize>| column.map(|column| rows[row][column].trim().to_owned());
        let number = book.names.get(book.lines.voucher.at(line));
        let home = book.names.get(book.lines.village.at(line));
        number == cell(voucher).unwrap_or(own) && cell(village).is_none_or(|code| code == home)
    };
    let place = |line: usize| (0..rows.len()).find(|row| is_row(line, *row)).unwrap();
    (0..book.lines.rows).map(|line| u32::try_from(place(line)).unwrap() + 1).collect()
}

#[test]
fn every_worked_example_holds() {
    for indicator in CATALOGUE.iter() {
        let card = &indicator.card;
        let mut tables = blocks(card.page);
        let place = tables.iter().position(|(name, _)| *name == "readings").unwrap();
        let (_, expected) = tables.remove(place);
        let overrides = tables.iter().position(|(name, _)| *name == "settings");
        let settings = overrides
            .map_or_else(toml::Table::new, |place| tables.remove(place).1.parse().unwrap());
        let records = tables.iter().position(|(name, _)| *name == "records");
        let records = records.map_or("", |place| tables.remove(place).1);
        let book = sample::book(&tables);
        let ledger = tables.iter().find(|(name, _)| *name == "ledger").unwrap().1;
        let configured = indicator.with(settings).unwrap();
        let prepared = configured.prepare(&book);
        let readings = prepared.readings();
        for subject in SubjectIx::all(readings.len()) {
            hold_against_page(indicator, &prepared.trace(subject).facts);
        }
        assert_eq!(records.trim(), records_of(prepared.as_ref(), &readings), "{}", card.name);
        let found = written(prepared.as_ref(), &readings, &places(&book, ledger));
        let mut reader = csv::Reader::from_reader(expected.as_bytes());
        let expected: Vec<_> = reader.records().map(Result::unwrap).collect();
        let says = |(subject, value, sample, rows): &(u32, f32, u32, String)| {
            format!("{subject},{},{sample},{rows}\n", (value * 1e3).round() / 1e3)
        };
        let says = format!("{} says\n{}", card.name, found.iter().map(says).collect::<String>());
        assert_eq!(found.len(), expected.len(), "{says}");
        for ((subject, value, sample, rows), row) in found.iter().zip(&expected) {
            let near = row[1].parse::<f32>().unwrap();
            assert!((value - near).abs() <= 5e-4 * near.max(1.0), "{says}");
            let rest = (subject.to_string(), sample.to_string(), rows.as_str());
            let written = (row[0].to_owned(), row[2].to_owned(), row[3].trim());
            assert_eq!(rest, written, "{says}");
        }
    }
}

#[test]
fn every_page_has_its_sections_in_order() {
    for Indicator { card, .. } in CATALOGUE.iter() {
        assert_eq!(sections(card.page), SECTIONS, "{}", card.name);
        assert_eq!(card.page.lines().next(), Some(format!("# {}", card.title()).as_str()));
        assert!(!blocks(card.page).is_empty(), "{} has no worked example", card.name);
    }
}

#[test]
fn the_chinese_page_says_what_the_english_one_says() {
    for Indicator { card, .. } in CATALOGUE.iter() {
        let (page, zh) = (card.page, card.page_zh);
        assert_eq!(sections(zh), SECTIONS_ZH, "{}", card.name);
        assert_eq!(zh.lines().next(), Some(format!("# {}", card.title_zh()).as_str()));
        let both = [section(page, "Settings"), section(zh, "设置")].map(settings);
        assert_eq!(both[0], both[1], "{}", card.name);
        assert_eq!(blocks(page), blocks(zh), "{}", card.name);
        let points = |text: &str| text.lines().filter(|line| line.starts_with("- ")).count();
        for (heading, own) in SECTIONS.iter().zip(SECTIONS_ZH) {
            let (en, own) = (points(section(page, heading)), points(section(zh, own)));
            let needs_points =
                !["Value and sample", "Sentences", "Method", "Settings", "Worked example"]
                    .contains(heading);
            assert!(en == own, "{}: {heading} has {en} points, in Chinese {own}", card.name);
            assert!(en > 0 || !needs_points, "{}: {heading} has no points", card.name);
            assert!(en <= 5 || *heading != "Rule", "{}: the rule has {en} points", card.name);
        }
    }
}

#[test]
fn sentences_of_both_pages_have_the_same_keys_and_blanks() {
    for Indicator { card, .. } in CATALOGUE.iter() {
        let pages = [(card.page, HEADINGS[0]), (card.page_zh, HEADINGS[1])];
        let [en, zh] = pages.map(|(page, heading)| {
            let own = sentences(page, heading).map(|(key, text)| (key, blanks(text)));
            own.collect::<Vec<_>>()
        });
        assert_eq!(en, zh, "{}", card.name);
    }
}

/// The names in the braces of a sentence, sorted.
fn blanks(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
}

/// Holds facts against the sentences of the page: each has its sentence, and fills all of its blanks and no others.
fn hold_against_page(indicator: &Indicator, facts: &[Fact]) {
    let Indicator { card, .. } = indicator;
    for fact in facts {
        let own = sentence(card.page, HEADINGS[0], fact.sentence);
        let own = own.unwrap_or_else(|| panic!("{}: no sentence `{}`", card.name, fact.sentence));
        let cells: BTreeSet<&str> = fact.cells.iter().map(|(name, _)| *name).collect();
        assert_eq!(cells, blanks(own), "{}: `{}`", card.name, fact.sentence);
        let ledger = TABLES.iter().find(|table| table.name == "ledger").unwrap();
        let is_column = |name: &&str| ledger.field(name).is_some();
        assert!(fact.columns.iter().all(is_column), "{}: {:?}", card.name, fact.columns);
    }
}

#[test]
fn what_else_can_cause_it_speaks_of_the_world_and_not_of_the_simulation() {
    // The list stands beside every reason that a person is shown.
    for Indicator { card, .. } in CATALOGUE.iter() {
        let causes = section(card.page, "What else can cause it");
        let own = section(card.page_zh, "还有什么可能的原因");
        assert!(!causes.contains("imulated") && !own.contains("模拟"), "{}", card.name);
    }
}

#[test]
fn a_rule_names_what_it_rests_on_and_every_card_whom_it_faces() {
    for Indicator { card, .. } in CATALOGUE.iter() {
        assert!(card.class != Class::Rule || !card.basis.is_empty(), "{}", card.name);
        assert!(!card.simulated_schemes.is_empty(), "{} is never tried", card.name);
        let (mark, honest) = (card.scale.threshold(), card.scale.false_positives());
        assert!(mark > 0.0 && (0.0..=0.1).contains(&honest), "{}: {:?}", card.name, card.scale);
    }
}

#[test]
fn names_are_snake_case_sorted_and_given_once() {
    let names: Vec<_> = CATALOGUE.iter().map(|indicator| indicator.card.name).collect();
    assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
    for name in names {
        assert!(name.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase()), "{name}");
        for word in ["fraud", "corrupt", "illegal", "crime"] {
            assert!(!name.contains(word), "{name}: a ledger cannot show that");
        }
    }
}

#[test]
fn a_title_is_five_words_without_a_stop() {
    for Indicator { card, .. } in CATALOGUE.iter() {
        assert!(card.title().split_whitespace().count() <= 5, "{}", card.title());
        assert!(
            !card.title().ends_with('.') && !card.title_zh().ends_with('。'),
            "{}",
            card.title()
        );
    }
}

#[test]
fn what_is_required_is_in_the_contract() {
    for Indicator { card, .. } in CATALOGUE.iter() {
        for needed in card.requires {
            let (table, column) = needed.split_once('.').unwrap_or((needed, ""));
            let found = TABLES.iter().find(|known| known.name == table);
            let name = card.name;
            let table =
                found.unwrap_or_else(|| panic!("{name}: the contract has no table `{table}`"));
            assert!(column.is_empty() || table.field(column).is_some(), "{}: {needed}", card.name);
        }
    }
}

#[test]
fn an_unknown_setting_is_refused() {
    for indicator in CATALOGUE.iter() {
        let refused = indicator.with("no_such_key = 1".parse().unwrap());
        assert!(refused.is_err(), "{}", indicator.card.name);
    }
}

#[test]
fn a_setting_out_of_its_range_is_refused_by_its_name() {
    let mut tried: Vec<(&Indicator, &str, String)> = Vec::new();
    for indicator in CATALOGUE.iter() {
        for (key, default) in settings(section(indicator.card.page, "Settings")) {
            for wrong in ["-1", "nan", "inf"] {
                let value = default.split_once('[').map(|_| format!("[{wrong}]"));
                tried.push((indicator, key, value.unwrap_or_else(|| wrong.to_owned())));
            }
        }
    }
    let more = [
        ("kin_approval", "degree", "99"),
        ("kin_approval", "degree", "0"),
        ("just_below_limit", "width", "0.0"),
        ("just_below_limit", "width_small", "1.01"),
        ("rare_payee_account", "minimum", "0"),
        ("rare_payee_account", "digits", "10"),
        ("self_approval", "handler", "1.5"),
        ("sequence_gap", "prior", "0"),
        ("split_same_payee_window", "ratio", "0.9"),
        ("split_same_payee_window", "windows", "[]"),
        ("split_same_payee_window", "windows", "[-1, 100000]"),
        ("split_same_payee_window", "windows", "[1, 367]"),
        ("split_same_payee_window", "windows", "[7, 3]"),
        ("split_same_payee_window", "windows", "[3, 3]"),
    ];
    let named = |(name, key, value): &(&str, &'static str, &str)| {
        (super::named(name).unwrap(), *key, (*value).to_owned())
    };
    tried.extend(more.iter().map(named));
    for (indicator, key, value) in tried {
        let refused = indicator.with(format!("{key} = {value}").parse().unwrap());
        let told = refused.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(
            told.contains(&format!("`{key}`")),
            "{}: {key} = {value}: {told:?}",
            indicator.card.name
        );
    }
}

/// One payment of a made-up book: village, payee, approver, account, days, fen.
type Made = (u8, u8, u8, u8, u16, u32);

const HEADER: &str = "village,date,voucher,account,amount,payee,approver,handler,document_no";
const KIN: &str = "a,b,degree\nH0,H1,1\nH1,H2,2\nO0,P1,1";
const LIMITS: &str = "region,expense_class,from_amount,valid_from\n\
    990101,non-production,0,2020-01-01\n990101,non-production,1000,2020-01-01\n";

fn csv_row(place: usize, (village, payee, approver, account, day, fen): Made) -> String {
    let date =
        jiff::civil::date(2022, 1, 1).saturating_add(jiff::Span::new().days(i32::from(day % 700)));
    let account = ["513", "51302", "511", "541"][usize::from(account % 4)];
    let (yuan, cents) = (fen % 500_000 / 100, fen % 100);
    let (village, payee, approver) = (village % 3, payee % 6, approver % 3);
    format!(
        "99010110120{village},{date},记-{place:04},{account},{yuan}.{cents:02},P{payee},O{approver},\
         H{payee},F{}",
        fen % 50
    )
}

fn made_book(rows: &[Made]) -> Book {
    let rows: Vec<_> =
        rows.iter().enumerate().map(|(place, made)| csv_row(place + 1, *made)).collect();
    let ledger = format!("{HEADER}\n{}\n", rows.join("\n"));
    sample::book(&[("ledger", &ledger), ("kinship", KIN), ("limits", LIMITS)])
}

fn rows() -> impl Strategy<Value = Vec<Made>> {
    prop::collection::vec(any::<Made>(), 1..120)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_kernel_says_the_same_twice_and_shows_rows_that_exist(rows in rows()) {
        let book = made_book(&rows);
        for indicator in CATALOGUE.iter() {
            let name = indicator.card.name;
            let configured = default(indicator);
            let prepared = configured.prepare(&book);
            let readings = prepared.readings();
            let again = configured.prepare(&book).readings();
            let same = |subject| readings.get(subject) == again.get(subject);
            assert!(SubjectIx::all(again.len()).all(same), "{name}");
            assert_eq!(readings.len(), indicator.card.grain.subjects(&book), "{name}");
            for subject in SubjectIx::all(readings.len()) {
                let Trace { rows: shown, records, facts } = prepared.trace(subject);
                hold_against_page(indicator, &facts);
                assert!(facts.is_empty() || readings.get(subject).is_some(), "{name}");
                assert!(records.is_empty() || readings.get(subject).is_some(), "{name}");
                assert!(shown.is_sorted_by(|a, b| a < b), "{name}: {shown:?}");
                assert!(shown.iter().all(|line| usize::from(*line) < book.lines.rows), "{name}");
                match readings.get(subject) {
                    Some(reading) => assert!(reading.value.is_finite() && reading.value >= 0.0, "{name}"),
                    None => assert!(shown.is_empty(), "{name}: rows without a reading"),
                }
            }
        }
    }

    #[test]
    fn another_villages_payment_to_another_payee_changes_no_payment_grain_rule(rows in rows()) {
        // Statistics compare with the county and may move; a written rule looks at one payment.
        let mut more = rows.clone();
        more.push((2, 5, 2, 0, 699, 77_700));
        let with = made_book(&more);
        let without = made_book(&rows);
        let is_rule = |indicator: &&&Indicator| {
            indicator.card.grain == Grain::Payment
                && indicator.card.class == Class::Rule
                && indicator.card.name != "duplicate_exact"
        };
        for indicator in CATALOGUE.iter().filter(is_rule) {
            let (before, after) = (default(indicator), default(indicator));
            let before = before.prepare(&without).readings();
            let after = after.prepare(&with).readings();
            let keys = |book: &Book, readings: &Readings| {
                let one = |payment| (Grain::Payment.key(book, payment), readings.get(payment));
                SubjectIx::all(readings.len()).map(one).collect::<std::collections::BTreeMap<_, _>>()
            };
            let after = keys(&with, &after);
            for (key, reading) in keys(&without, &before) {
                assert_eq!(after[&key], reading, "{}: {key}", indicator.card.name);
            }
        }
    }
}

#[test]
fn an_empty_book_says_nothing() {
    let book = sample::book(&[("ledger", "payee\n")]);
    for indicator in CATALOGUE.iter() {
        let configured = default(indicator);
        assert_eq!(configured.prepare(&book).readings().answered(), 0, "{}", indicator.card.name);
    }
}
