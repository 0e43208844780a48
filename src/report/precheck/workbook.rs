//! Workbooks of vouchers before payment: one to fill in, and one that was checked. Both are read again.

use rust_xlsxwriter::{DataValidation, Format, Workbook, Worksheet, XlsxError};

use super::list::PowerList;
use super::{View, sentence};
use crate::ledger::contract::names::Names;
use crate::ledger::contract::schema::LEDGER;
use crate::ledger::contract::table::{Field, Kind};
use crate::words::precheck::Saying;
use crate::words::table::{Lang, Word, value};

/// The columns to fill in.
const COLUMNS: [&str; 20] = [
    "village",
    "date",
    "account",
    "amount",
    "summary",
    "payee_name",
    "method",
    "document",
    "document_no",
    "attachments",
    "handler",
    "witness",
    "approver",
    "cosigner",
    "committee_stamp",
    "township_reviewer",
    "decision",
    "contract",
    "fixed_standard",
    "voucher",
];

/// The rows that get drop-downs.
const ROWS: u32 = 1_000;

/// The looks of a sheet of vouchers.
struct Looks {
    header: Format,
    cell: Format,
    wrapped: Format,
}

impl Looks {
    fn new() -> Self {
        let plain = || Format::new().set_font_name("等线").set_font_size(10);
        Self {
            header: plain().set_bold().set_text_wrap().set_background_color(0x00E8_ECEF),
            // Text, so that a code keeps its digits.
            cell: plain().set_num_format("@"),
            wrapped: plain().set_text_wrap(),
        }
    }
}

fn title(field: &Field, lang: Lang) -> &'static str {
    lang.of([field.name, field.zh])
}

/// The words that a column may hold, as a person calls them.
pub(super) fn words(field: &Field, lang: Lang) -> Vec<&'static str> {
    let known = field.values.iter().filter_map(|word| value(field.name, word));
    let flags = [Word::Yes, Word::No].into_iter().filter(|_| field.kind == Kind::Flag);
    known.chain(flags).map(|word| word.to(lang)).collect()
}

/// A row of titles that stays.
fn head(sheet: &mut Worksheet, titles: &[&str], looks: &Looks) -> Result<(), XlsxError> {
    for (column, title) in (0_u16..).zip(titles) {
        sheet.write_string_with_format(0, column, *title, &looks.header)?;
        sheet.set_column_width(column, 14)?;
    }
    sheet.set_row_height(0, 30)?.set_freeze_panes(1, 0)?;
    sheet.set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    Ok(())
}

/// The bytes of a workbook to fill in, with the power list if there is one.
///
/// # Errors
/// If the workbook cannot be made, which would be a fault of ours.
pub fn template(list: Option<(&PowerList, &Names)>, lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let (mut book, looks) = (Workbook::new(), Looks::new());
    let fields: Vec<&Field> = COLUMNS.iter().filter_map(|name| LEDGER.field(name)).collect();
    let sheet = book.add_worksheet().set_name(Saying::ToFillIn.to(lang))?;
    let titles: Vec<&str> = fields.iter().map(|field| title(field, lang)).collect();
    head(sheet, &titles, &looks)?;
    for (column, field) in (0_u16..).zip(&fields) {
        sheet.set_column_format(column, &looks.cell)?;
        let words = words(field, lang);
        if !words.is_empty() {
            let choice = DataValidation::new().allow_list_strings(&words)?;
            sheet.add_data_validation(1, column, ROWS, column, &choice)?;
        }
    }
    how_to(book.add_worksheet(), &fields, (lang, &looks))?;
    if let Some((list, names)) = list {
        power_list(book.add_worksheet(), (list, names), (lang, &looks))?;
    }
    book.save_to_buffer()
}

/// What each column holds.
fn how_to(
    sheet: &mut Worksheet,
    fields: &[&Field],
    (lang, looks): (Lang, &Looks),
) -> Result<(), XlsxError> {
    sheet.set_name(Saying::HowToFill.to(lang))?;
    let titles = [Saying::HowColumn, Saying::HowMeaning, Saying::HowWords, Saying::HowExample];
    head(sheet, &titles.map(|it| it.to(lang)), looks)?;
    for (column, width) in (0_u16..).zip([22, 44, 34, 26]) {
        sheet.set_column_width(column, width)?;
    }
    for (row, field) in (1_u32..).zip(fields) {
        let words = words(field, lang).join(lang.of([", ", "、"]));
        let cells = [title(field, lang), lang.of([field.en, field.zh]), &words, field.example];
        for (column, cell) in (0_u16..).zip(cells) {
            sheet.write_string_with_format(row, column, cell, &looks.wrapped)?;
        }
    }
    Ok(())
}

/// The bytes of a workbook with a power list alone.
///
/// # Errors
/// If the workbook cannot be made, which would be a fault of ours.
pub fn of_list(list: &PowerList, names: &Names, lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let (mut book, looks) = (Workbook::new(), Looks::new());
    power_list(book.add_worksheet(), (list, names), (lang, &looks))?;
    book.save_to_buffer()
}

fn power_list(
    sheet: &mut Worksheet,
    (list, names): (&PowerList, &Names),
    (lang, looks): (Lang, &Looks),
) -> Result<(), XlsxError> {
    sheet.set_name(Saying::PowerList.to(lang))?;
    head(sheet, &PowerList::titles(lang), looks)?;
    sheet.set_column_width(3, 60)?;
    let mut filled = 0;
    for (row, cells) in (1_u32..).zip(list.rows(names, lang)) {
        for (column, cell) in (0_u16..).zip(cells) {
            sheet.write_string_with_format(row, column, cell, &looks.wrapped)?;
        }
        filled = row;
    }
    let below = [list.title(lang), PowerList::about_decisions(lang)];
    for (row, text) in (filled + 2..).zip(below) {
        sheet.write_string(row, 0, text)?;
    }
    Ok(())
}

impl View<'_> {
    /// The bytes of a workbook with the file's columns and what is told of each row.
    ///
    /// # Errors
    /// If the workbook cannot be made, which would be a fault of ours.
    pub fn workbook(&self) -> Result<Vec<u8>, XlsxError> {
        let (mut book, looks, lang) = (Workbook::new(), Looks::new(), self.lang);
        let sheet = book.add_worksheet().set_name(Saying::Checked.to(lang))?;
        let fields: Vec<&Field> = self.file.columns.iter().map(|(field, _)| *field).collect();
        let told =
            [Saying::MissingTitle, Saying::StepsTitle, Saying::NotesTitle, Saying::UnreadTitle];
        let titles: Vec<&str> = fields
            .iter()
            .map(|field| title(field, lang))
            .chain(told.map(|it| it.to(lang)))
            .collect();
        head(sheet, &titles, &looks)?;
        let first = u16::try_from(fields.len()).unwrap_or(u16::MAX);
        for (column, width) in (first..).zip([48, 48, 30, 40]) {
            sheet.set_column_width(column, width)?;
        }
        for (place, (line, row)) in (1_u32..).zip(&self.check.rows).enumerate() {
            for (column, field) in (0_u16..).zip(&fields) {
                let written =
                    row.faults.iter().find(|fault| self.file.heading(field.name) == fault.column);
                let cell = written.map_or_else(|| self.shown(place, field), |it| it.value.clone());
                sheet.write_string_with_format(line, column, cell, &looks.cell)?;
            }
            let sentences = |said: &[crate::precheck::said::Said]| {
                said.iter().map(|it| sentence(it, lang)).collect::<Vec<_>>().join("\n")
            };
            let faults = row.faults.iter().map(|fault| self.fault(row.line, fault));
            let is_complete = row.faults.is_empty() && row.missing.is_empty();
            let missing = if is_complete {
                Saying::NothingMissing.to(lang).to_owned()
            } else {
                sentences(&row.missing)
            };
            let cells = [
                missing,
                row.band.as_ref().map_or_else(String::new, |band| self.limits(band)),
                sentences(&row.notes),
                faults.collect::<Vec<_>>().join("\n"),
            ];
            for (column, cell) in (first..).zip(cells) {
                sheet.write_string_with_format(line, column, cell, &looks.wrapped)?;
            }
        }
        book.save_to_buffer()
    }

    /// A cell of the file as a person writes it.
    fn shown(&self, place: usize, field: &Field) -> String {
        let cell = self.cell(place, field.name);
        value(field.name, &cell).map_or(cell, |word| word.to(self.lang).to_owned())
    }
}
