//! The sheets of a workbook (xlsx, xls, ods) as texts.

use std::collections::BTreeSet;
use std::io::Cursor;

use crate::convert::row32;
use calamine::{Data, Range, Reader, SheetVisible, Sheets, open_workbook_auto_from_rs};
use csv::StringRecord;
use jiff::civil::Date;

/// One sheet of a workbook.
#[derive(Debug)]
pub struct Page {
    /// The name of the sheet.
    pub name: String,
    /// Whether the sheet is hidden.
    pub is_hidden: bool,
    /// The row number of the first record, counted from 1.
    pub first: u64,
    /// The rows.
    pub records: Vec<StringRecord>,
    /// Repeated cells of vertically merged cells: row, counted from 1, and column, counted from 0.
    pub repeated: BTreeSet<(u64, usize)>,
}

/// Reads all sheets of a workbook in order, including hidden and filtered rows and columns.
///
/// A vertically merged cell is repeated in each of its rows. A formula without a cached result is returned as its own
/// text, so that it is not mistaken for an empty cell.
///
/// # Errors
/// If the bytes are not a workbook, or the workbook has a password.
pub fn pages(bytes: &[u8]) -> Result<Vec<Page>, String> {
    let wrong = |error: calamine::Error| {
        format!(
            "it cannot be read as a workbook ({error}); take its password off if it has one, and save it as .xlsx or .csv"
        )
    };
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(wrong)?;
    let sheets: Vec<_> = book.sheets_metadata().to_vec();
    sheets
        .into_iter()
        .map(|sheet| {
            let cells = book.worksheet_range(&sheet.name).map_err(wrong)?;
            let formulas = book.worksheet_formula(&sheet.name).unwrap_or_default();
            let merged = merged(&mut book, &sheet.name);
            let records = records(&cells, &formulas, &merged);
            let repeated = merged.iter().flat_map(|(first, last, column)| {
                (first + 1..=*last).map(|row| (u64::from(row) + 1, *column as usize))
            });
            let repeated = repeated.collect();
            let first = cells.start().map_or(1, |(row, _)| u64::from(row) + 1);
            let is_hidden = sheet.visible != SheetVisible::Visible;
            Ok(Page { name: sheet.name, is_hidden, first, records, repeated })
        })
        .collect()
}

/// Vertically merged cells: first row, last row and column, counted from 0.
fn merged(book: &mut Sheets<Cursor<&[u8]>>, sheet: &str) -> Vec<(u32, u32, u32)> {
    let regions = match book {
        Sheets::Xlsx(book) => book.merge_cells_by_sheet_name(sheet).unwrap_or_default(),
        Sheets::Xls(book) => book.merge_cells_by_sheet_name(sheet).unwrap_or_default(),
        Sheets::Xlsb(_) | Sheets::Ods(_) => Vec::new(),
    };
    let tall = regions.into_iter().filter(|region| region.end.0 > region.start.0);
    tall.map(|region| (region.start.0, region.end.0, region.start.1)).collect()
}

fn records(
    cells: &Range<Data>,
    formulas: &Range<String>,
    merged: &[(u32, u32, u32)],
) -> Vec<StringRecord> {
    let Some((top, left)) = cells.start() else { return Vec::new() };
    let place = |row: usize, column: usize| {
        let at = |first: u32, more: usize| first + row32(more);
        (at(top, row), at(left, column))
    };
    let mut rows: Vec<Vec<String>> = cells
        .rows()
        .enumerate()
        .map(|(row, data)| {
            // Pad leading empty columns, so that column numbers match the sheet.
            let before = std::iter::repeat_n(String::new(), left as usize);
            let cells = data.iter().enumerate().map(|(column, data)| match data {
                Data::Empty => formulas
                    .get_value(place(row, column))
                    .filter(|formula| !formula.is_empty())
                    .map_or_else(String::new, |formula| format!("={formula}")),
                data => text(data),
            });
            before.chain(cells).collect()
        })
        .collect();
    for &(first, last, column) in merged {
        let row = |row: u32| row.checked_sub(top).map(|row| row as usize);
        let (Some(first), Some(last)) = (row(first), row(last)) else { continue };
        let cell = rows.get(first).and_then(|row| row.get(column as usize)).cloned();
        for row in rows.iter_mut().take(last + 1).skip(first + 1) {
            if let (Some(cell), Some(place)) = (&cell, row.get_mut(column as usize)) {
                place.clone_from(cell);
            }
        }
    }
    rows.into_iter().map(StringRecord::from).collect()
}

/// The text of a cell, as a person would type it.
fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Float(number) => decimal(*number),
        Data::Int(number) => number.to_string(),
        Data::Bool(yes) => if *yes { "TRUE" } else { "FALSE" }.to_owned(),
        Data::Error(error) => error.to_string(),
        Data::DateTime(moment) => {
            if !moment.is_datetime() {
                return decimal(moment.as_f64());
            }
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            let date =
                i16::try_from(year).ok().zip(i8::try_from(month).ok().zip(i8::try_from(day).ok()));
            let date = date.and_then(|(year, (month, day))| Date::new(year, month, day).ok());
            match date {
                Some(date) if (hour, minute, second) == (0, 0, 0) => date.to_string(),
                Some(date) => format!("{date} {hour:02}:{minute:02}:{second:02}"),
                None => decimal(moment.as_f64()),
            }
        }
    }
}

/// The maximum number of digits that a spreadsheet keeps.
const DIGITS: usize = 15;

/// Formats a number with the digits that a spreadsheet keeps: 1234.5600000000002 becomes 1234.56. Numbers from 1e15
/// keep an exponent, since their last digits are lost.
fn decimal(number: f64) -> String {
    let kept = format!("{number:.*e}", DIGITS - 1);
    match kept.parse::<f64>() {
        Ok(kept) if kept.abs() < 1e15 => kept.to_string(),
        _ => kept,
    }
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn the_noise_of_binary_fractions_is_left_out() {
        assert_eq!(decimal(1_234.560_000_000_000_2), "1234.56");
        assert_eq!(decimal(990_203_101_201.0), "990203101201");
        assert_eq!(decimal(0.1 + 0.2), "0.3");
        assert_eq!(decimal(-12.0), "-12");
    }

    #[test]
    fn a_number_whose_last_digits_are_lost_is_seen_to_be_one() {
        assert_eq!(decimal(6_217_067_721_382_935_818.0), "6.21706772138294e18");
    }
}
