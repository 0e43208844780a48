//! A workbook of own rules to fill in: the example, the words that may be chosen, and the columns of the ledger.

use rust_xlsxwriter::{DataValidation, Format, Workbook, Worksheet, XlsxError};

use super::workbook::{RULES, SHEETS, THRESHOLDS};
use super::{Definition, OwnRules, TESTS, WrittenCondition, column, held, tests_of};
use crate::indicators::card::Scheme;
use crate::ledger::contract::schema::LEDGER;
use crate::ledger::level::Level;
use crate::words::table::{Lang, level, scheme};

/// The example as text, which is a file of own rules itself.
pub const EXAMPLE: &str = include_str!("example.toml");

/// Rows that get drop-downs.
const ROWS: u32 = 500;

/// The bytes of a workbook with these rules and thresholds.
///
/// # Errors
/// If the workbook cannot be made, which would be a fault of ours.
pub fn workbook(own: &OwnRules, lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let [rules, thresholds] = SHEETS.map(|names| lang.of(names));
    let cells = own.rules.iter().flat_map(|rule| rows(rule, lang));
    let sheet = book.add_worksheet().set_name(rules)?;
    fill(sheet, &RULES.map(|names| lang.of(names)), cells)?;
    let words_sheet = lang.of(["Columns", "可用字段"]);
    let levels = Level::ALL.map(|it| level(it).to(lang));
    let tests = TESTS.map(|(_, words)| lang.of(words));
    for (column, words) in [(7, &levels[..]), (12, &tests)] {
        let choice = DataValidation::new().allow_list_strings(words)?;
        sheet.add_data_validation(1, column, ROWS, column, &choice)?;
    }
    // Together longer than a drop-down's own list may be: it points at the sheet of words.
    let words = format!("='{words_sheet}'!$E$2:$E${}", Scheme::ALL.len() + 1);
    let choice = DataValidation::new().allow_list_formula(words.as_str().into());
    sheet.add_data_validation(1, 8, ROWS, 8, &choice)?;
    let cells = own.indicators.iter().flat_map(|(name, table)| {
        table.iter().map(move |(key, value)| [name.clone(), key.clone(), plain(value)].into())
    });
    let sheet = book.add_worksheet().set_name(thresholds)?;
    fill(sheet, &THRESHOLDS.map(|names| lang.of(names)), cells)?;
    let titles = lang.of([
        ["Column", "Holds", "Tests", "", "Schemes"],
        ["字段", "内容", "可用条件", "", "疑点类型"],
    ]);
    let words = |key: &&str| TESTS.iter().find(|(own, _)| own == key).map(|(_, it)| lang.of(*it));
    let cells = LEDGER.fields.iter().map(|field| {
        let tests: Vec<&str> = tests_of(field.kind).iter().filter_map(words).collect();
        let name = lang.of([field.name, field.zh]).to_owned();
        vec![name, lang.of(held(field.kind)).to_owned(), tests.join(lang.of([", ", "、"]))]
    });
    let sheet = book.add_worksheet().set_name(words_sheet)?;
    for (row, scheme_of) in (1_u32..).zip(Scheme::ALL) {
        sheet.write_string(row, 4, scheme(Some(*scheme_of)).to(lang))?;
    }
    fill(sheet, &titles, cells)?;
    book.save_to_buffer()
}

/// Writes a sheet of texts with its titles.
fn fill(
    sheet: &mut Worksheet,
    titles: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> Result<(), XlsxError> {
    let header = Format::new().set_bold();
    for (column, title) in (0_u16..).zip(titles) {
        sheet.write_string_with_format(0, column, *title, &header)?;
    }
    for (row, cells) in (1_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(cells) {
            sheet.write_string(row, column, cell)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?.autofit();
    Ok(())
}

/// A row for each test of a rule; the rule's own cells stand in the first.
fn rows(rule: &Definition, lang: Lang) -> Vec<Vec<String>> {
    let date = |date: Option<jiff::civil::Date>| date.map_or_else(String::new, |it| it.to_string());
    let own = |known: &str, all: &[(&str, &'static str)]| {
        let found = all.iter().find(|(word, _)| *word == known);
        found.map_or_else(|| known.to_owned(), |(_, label)| (*label).to_owned())
    };
    let levels = Level::ALL.map(|it| (it.word(), level(it).to(lang)));
    let schemes: Vec<(&str, &str)> =
        Scheme::ALL.iter().map(|it| (it.word(), scheme(Some(*it)).to(lang))).collect();
    let mut head = vec![
        rule.id.clone(),
        rule.version.to_string(),
        rule.name.clone(),
        rule.name_en.clone().unwrap_or_default(),
        rule.basis.clone(),
        date(rule.from),
        date(rule.to),
        own(&rule.level, &levels),
        own(&rule.scheme, &schemes),
        rule.most.map_or_else(String::new, |it| it.to_string()),
        rule.innocent.join("；"),
    ];
    let mut all = Vec::new();
    for test in rule.conditions.iter().flat_map(|asked| tests(asked, lang)) {
        let width = head.len();
        all.push(
            std::mem::replace(&mut head, vec![String::new(); width])
                .into_iter()
                .chain(test)
                .collect(),
        );
    }
    all
}

/// The last four cells of the rows of a condition: a row for each bound.
fn tests(asked: &WrittenCondition, lang: Lang) -> Vec<[String; 4]> {
    let name =
        |text: &str| column(text).map_or(text, |field| lang.of([field.name, field.zh])).to_owned();
    let row = |key: &str, other: String, value: String| {
        let words =
            TESTS.iter().find(|(own, _)| *own == key).map_or("", |(_, words)| lang.of(*words));
        [name(&asked.column), words.to_owned(), other, value]
    };
    let after = asked.test.get("days_after").map(plain);
    let one = |(key, value): (&String, &toml::Value)| match (key.as_str(), &after) {
        ("days_after", _) => None,
        ("from", Some(other)) => Some(row("days_after", name(other), plain(value))),
        ("recorded", _) if value.as_bool() == Some(false) => {
            Some(row("not_recorded", String::new(), String::new()))
        }
        ("recorded" | "not_recorded", _) => Some(row(key, String::new(), String::new())),
        ("same_as" | "differs_from", _) => Some(row(key, name(&plain(value)), String::new())),
        _ => Some(row(key, String::new(), plain(value))),
    };
    asked.test.iter().filter_map(one).collect()
}

/// A value as a cell shows it; the members of a list in one cell.
fn plain(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(all) => all.iter().map(plain).collect::<Vec<_>>().join("；"),
        other => other.to_string(),
    }
}
