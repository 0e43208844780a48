//! `education.xlsx`: the same numbers in a sheet, a row for each township and kind that is shown.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use super::example::{basis, example, rule};
use super::{Education, Kind, LEAST, Years};
use crate::words::education as words;
use crate::words::table::{Lang, fill};

/// The bytes of the workbook of a county or a township.
///
/// # Errors
/// If the workbook cannot be made, which would be a fault of ours.
pub fn workbook(education: &Education<'_>, lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let as_of = education.as_of.date();
    let (month, day) = (as_of.month().unsigned_abs(), as_of.day().unsigned_abs());
    // Same input, same bytes: no clock.
    let made = ExcelDateTime::from_ymd(as_of.year().unsigned_abs(), month, day)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let plain = || Format::new().set_font_name("等线").set_font_size(10).set_text_wrap();
    let (header, text) = (plain().set_bold().set_background_color(0x00E8_ECEF), plain());
    let (share, points) = (plain().set_num_format("0.0%"), plain().set_num_format("+0.0;-0.0;0.0"));
    let sheet = book.add_worksheet().set_name(lang.of(words::SHEET))?;
    let titles = [
        words::KIND,
        words::OFFICE,
        words::COUNT,
        words::ASKED,
        words::SHARE,
        words::BEFORE,
        words::CHANGE,
        words::RULE,
        words::BASIS,
        words::EXAMPLE,
    ];
    let widths = [22, 12, 10, 10, 8, 10, 10, 60, 40, 40];
    for ((column, title), width) in (0_u16..).zip(titles).zip(widths) {
        sheet.write_string_with_format(0, column, lang.of(title), &header)?;
        sheet.set_column_width(column, width)?;
    }
    sheet.set_freeze_panes(1, 2)?.set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0);
    let mut row = 1;
    for kind in &education.kinds {
        for (office, years) in rows(kind, lang) {
            let title = lang.of([kind.card.title(), kind.card.title_zh()]);
            sheet.write_string_with_format(row, 0, title, &text)?;
            sheet.write_string_with_format(row, 1, office, &text)?;
            match years.now.shown() {
                None => drop(sheet.write_string_with_format(
                    row,
                    2,
                    words::under(LEAST, lang),
                    &text,
                )?),
                Some(now) => {
                    sheet.write_number_with_format(row, 2, now.errors, &text)?;
                    sheet.write_number_with_format(row, 3, now.asked, &text)?;
                    sheet.write_number_with_format(row, 4, now.share(), &share)?;
                    if let Some(before) = years.before.shown() {
                        sheet.write_number_with_format(row, 5, before.share(), &share)?;
                    }
                    if let Some(change) = years.change() {
                        sheet.write_number_with_format(row, 6, change, &points)?;
                    }
                }
            }
            row += 1;
        }
        let example = example(kind.card, lang).into_iter();
        let example =
            example.map(|(title, cell)| format!("{title}{}{cell}", lang.of([": ", "："])));
        let told = [
            rule(kind.card, lang).join("\n"),
            basis(kind.card, lang).join("\n"),
            example.collect::<Vec<_>>().join("\n"),
        ];
        // Beside the sum, the last row of the kind.
        for (column, cell) in (7_u16..).zip(told) {
            sheet.write_string_with_format(row - 1, column, cell, &text)?;
        }
    }
    let least = LEAST.to_string();
    let (from, to) = (education.from().to_string(), education.as_of.to_string());
    let notes = [
        lang.of(words::ABOUT).to_owned(),
        fill(lang.of(words::SPAN), &[("from", &from), ("to", &to)]),
        fill(lang.of(words::SUPPRESSED), &[("least", &least)]),
    ];
    for (line, note) in (row + 1..).zip(notes) {
        sheet.write_string(line, 0, note)?;
    }
    book.save_to_buffer()
}

/// The townships of a kind and the sum of what is shown.
fn rows(kind: &Kind<'_>, lang: Lang) -> impl Iterator<Item = (String, Years)> {
    let own = kind.townships.iter().map(|(office, years)| (office.clone(), *years));
    own.chain([(lang.of(words::ALL).to_owned(), kind.sum())])
}
