//! A right example: a row of the worked example of an indicator's page that has no error.

use csv::Reader;

use crate::indicators::card::{Card, section};
use crate::ledger::contract::schema::LEDGER;
use crate::words::table::{Lang, value};

/// Columns that only tell rows apart.
const LEFT_OUT: [&str; 4] = ["village", "voucher", "line", "entered"];

/// The rows of a block of a page's worked example, below its titles.
fn block(page: &str, name: &str) -> Option<(Vec<String>, Vec<Vec<String>>)> {
    let (_, rest) = page.split_once(&format!("```csv {name}\n"))?;
    let (text, _) = rest.split_once("```")?;
    let mut reader = Reader::from_reader(text.as_bytes());
    let cells = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
    let titles = cells(reader.headers().ok()?);
    let rows = reader.records().filter_map(|record| record.ok().map(|record| cells(&record)));
    Some((titles, rows.collect()))
}

/// The row with the smallest reading, and of those the one with most cells: title and cell of each that is filled.
pub(super) fn example(card: &Card, lang: Lang) -> Vec<(String, String)> {
    let blocks = block(card.page, "ledger").zip(block(card.page, "readings"));
    let Some(((titles, rows), (_, readings))) = blocks else { return Vec::new() };
    let read = |reading: &Vec<String>| {
        let number: usize = reading.first()?.parse().ok()?;
        let value: f64 = reading.get(1)?.parse().ok()?;
        let row = rows.get(number.checked_sub(1)?)?;
        let filled = row.iter().filter(|cell| !cell.is_empty()).count();
        Some((value, filled, row))
    };
    let least = readings
        .iter()
        .filter_map(read)
        .min_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(&a.1)));
    let Some((_, _, row)) = least else { return Vec::new() };
    let shown = |(title, cell): (&String, &String)| {
        let field = LEDGER.field(title)?;
        let is_left_out = cell.is_empty() || LEFT_OUT.contains(&title.as_str());
        let flag = match cell.as_str() {
            "true" => "yes",
            "false" => "no",
            other => other,
        };
        let cell = value(title, flag).map_or_else(|| cell.clone(), |it| it.to(lang).to_owned());
        (!is_left_out).then(|| (lang.of([field.en, field.zh]).to_owned(), cell))
    };
    titles.iter().zip(row).filter_map(shown).collect()
}

/// What the rule asks for, line by line as the page has it.
pub(super) fn rule(card: &Card, lang: Lang) -> Vec<String> {
    let text = section(lang.of([card.page, card.page_zh]), lang.of(["Rule", "规则"]));
    let mut all: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let plain = line.trim().replace(['`', '*'], "");
        match (plain.strip_prefix("- "), all.last_mut()) {
            (None, Some(last)) => {
                last.push_str(lang.of([" ", ""]));
                last.push_str(&plain);
            }
            (item, _) => all.push(item.unwrap_or(&plain).to_owned()),
        }
    }
    all
}

/// The written rules.
pub(super) fn basis(card: &Card, lang: Lang) -> Vec<&'static str> {
    card.basis.iter().map(|it| lang.of([it.title, it.title_zh])).collect()
}
