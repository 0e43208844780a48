//! The notice as a page that is printed and hung up.

use minijinja::{Environment, Value, context};

use super::content::{Cell, Posting, Table};
use crate::ledger::contract::cell::Cell as _;
use crate::report::cells::{money, short};
use crate::words::table::{Lang, Word};

const PAGE: &str = include_str!("posting.html");

pub(super) fn page(posting: &Posting) -> Result<String, minijinja::Error> {
    let lang = posting.lang;
    let to = |word: Word| word.to(lang);
    let mut all = Environment::new();
    all.add_template("posting.html", PAGE)?;
    all.get_template("posting.html")?.render(context! {
        lang => lang.tag(),
        title => posting.title(),
        posted => posting.posted.to_string(),
        tables => posting.tables.iter().map(|it| table(it, lang)).collect::<Vec<Value>>(),
        notes => posting.notes(),
        words => context! {
            posted => to(Word::PostingDay),
            sum => to(Word::PostingSum),
            none => to(Word::PostingNone),
            until => to(Word::PostingUntil),
            made => to(Word::PostingMade),
            committee => to(Word::PostingCommittee),
            ask => to(Word::PostingAsk),
        },
    })
}

fn table(table: &Table, lang: Lang) -> Value {
    let is_number = |place: usize| {
        let mut cells = table.rows.iter().filter_map(|row| row.get(place));
        cells.any(|it| matches!(it, Cell::Money(_) | Cell::Number(_)))
    };
    let columns = table.columns.iter().enumerate();
    let columns = columns.map(|(place, word)| {
        context! {
            title => word.to(lang),
            is_number => is_number(place),
        }
    });
    let cell = |cell: &Cell| match cell {
        Cell::Text(text) => context! { text => text },
        Cell::Money(amount) => context! { text => money(*amount), is_number => true },
        Cell::Number(number) => {
            let text = if number.is_nan() { String::new() } else { short(*number) };
            context! { text, is_number => true }
        }
        Cell::Day(day) => {
            context! { text => day.some().map_or(String::new(), |it| it.to_string()) }
        }
    };
    let rows = table.rows.iter().map(|row| row.iter().map(cell).collect::<Vec<Value>>());
    context! {
        title => table.title.to(lang),
        columns => columns.collect::<Vec<Value>>(),
        rows => rows.collect::<Vec<_>>(),
        sum => table.sum.map(money),
        width => table.columns.len(),
    }
}
