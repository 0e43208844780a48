//! A village's notice as a workbook: a sheet for each section.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use super::grid::{Cell, Looks, Simple, set_up};
use crate::report::posting::content::{self, Posting, Table};
use crate::words::table::Word;

/// The bytes of the workbook of a notice.
///
/// # Errors
/// If the workbook cannot be made, which would be a fault of ours.
pub fn workbook(posting: &Posting) -> Result<Vec<u8>, XlsxError> {
    let (lang, looks) = (posting.lang, Looks::new());
    let mut book = Workbook::new();
    let day = posting.posted.date();
    let (year, month, day) = (day.year(), day.month(), day.day());
    let (year, month, day) = (year.unsigned_abs(), month.unsigned_abs(), day.unsigned_abs());
    // Same input, same bytes: no clock.
    let made = ExcelDateTime::from_ymd(year, month, day)?;
    book.set_properties(
        &DocProperties::new()
            .set_title(posting.title())
            .set_author(Word::Product.to(lang))
            .set_creation_datetime(&made),
    );
    about(book.add_worksheet(), posting, &looks)?;
    for table in &posting.tables {
        simple(table, posting).write(book.add_worksheet(), lang, &looks)?;
    }
    book.save_to_buffer()
}

fn about(sheet: &mut Worksheet, posting: &Posting, looks: &Looks) -> Result<(), XlsxError> {
    let lang = posting.lang;
    sheet.set_name(Word::About.to(lang))?;
    set_up(sheet);
    sheet.set_column_width(0, 110)?;
    sheet.write_string_with_format(0, 0, posting.title(), &looks.title)?;
    let mut lines = vec![format!("{} {}", Word::PostingDay.to(lang), posting.posted)];
    lines.extend(posting.notes());
    lines.push(Word::PostingAsk.to(lang).to_owned());
    for (row, line) in (2_u32..).zip(lines) {
        sheet.write_string_with_format(row, 0, line, &looks.wrapped)?;
    }
    Ok(())
}

fn simple(table: &Table, posting: &Posting) -> Simple {
    let lang = posting.lang;
    let cell = |cell: &content::Cell| match cell {
        content::Cell::Text(text) => Cell::Wrapped(text.clone()),
        content::Cell::Money(amount) => Cell::Money(*amount),
        content::Cell::Number(number) if number.is_nan() => Cell::Text(String::new()),
        content::Cell::Number(number) => Cell::Number(*number),
        content::Cell::Day(day) => Cell::Day(*day),
    };
    let mut rows: Vec<Vec<Cell>> =
        table.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    if let Some(sum) = table.sum {
        let mut last: Vec<Cell> =
            table.columns.iter().skip(1).map(|_| Cell::Text(String::new())).collect();
        last.pop();
        last.insert(0, Cell::Text(Word::PostingSum.to(lang).to_owned()));
        last.push(Cell::Money(sum));
        rows.push(last);
    }
    let width = |word: &Word| match word {
        Word::Summary => 40,
        Word::Account | Word::Payee | Word::PostingTenant => 26,
        _ => 16,
    };
    Simple {
        word: table.title,
        widths: table.columns.iter().map(width).collect(),
        table: (table.columns.iter().map(|it| it.to(lang).to_owned()).collect(), rows),
    }
}
