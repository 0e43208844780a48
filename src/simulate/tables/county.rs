//! Companion tables of a county or township as a whole, and of the dataset.

use super::columns::{Columns, days, flags, lists, money, words};
use crate::ledger::contract::cell::{Day, Fen};
use crate::ledger::contract::schema::{CALENDAR, LIMITS, STANDARDS};
use crate::simulate::calendar::Span;
use crate::simulate::ordinary::subsidies::{ELDER, LAND, standard};
use crate::simulate::policy::Band;
use crate::simulate::tables::village::Rows;

pub(crate) fn limits(bands: &[Band]) -> Rows {
    let columns = vec![
        words(bands.iter().map(|band| &band.region)),
        words(bands.iter().map(|band| band.class.word())),
        money(bands.iter().map(|band| Some(band.from))),
        money(bands.iter().map(|band| band.to)),
        days(bands.iter().map(|band| Some(band.valid_from))),
        days(bands.iter().map(|band| band.valid_to)),
        lists(bands.iter().map(|band| band.requires.as_slice())),
        flags(bands.iter().map(|band| Some(band.tender))),
        money(bands.iter().map(|band| Some(band.cash_max))),
    ];
    (&LIMITS, columns, bands.len())
}

pub(crate) fn standards(span: Span) -> Rows {
    let mut rows: Vec<(&str, String, Fen)> = Vec::new();
    for year in span.all_years() {
        for quarter in 1..=4 {
            rows.push((ELDER, format!("{year}Q{quarter}"), Fen(standard(ELDER, year))));
        }
    }
    for year in span.all_years() {
        rows.push((LAND, year.to_string(), Fen(standard(LAND, year))));
    }
    let columns: Columns = vec![
        words(rows.iter().map(|(scheme, ..)| *scheme)),
        words(rows.iter().map(|(_, period, _)| period)),
        money(rows.iter().map(|(.., amount)| Some(*amount))),
    ];
    (&STANDARDS, columns, rows.len())
}

pub(crate) fn calendar(span: Span) -> Rows {
    let rows: Vec<(Day, &str)> = span.calendar();
    let columns = vec![
        days(rows.iter().map(|(date, _)| Some(*date))),
        words(rows.iter().map(|(_, kind)| *kind)),
    ];
    (&CALENDAR, columns, rows.len())
}
