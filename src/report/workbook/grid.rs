//! Cells of sheets, how they look, and how a table of them is written.

use rust_xlsxwriter::{ExcelDateTime, Format, FormatAlign, FormatBorder, Worksheet, XlsxError};

use crate::convert::row32;
use crate::ledger::contract::cell::{Cell as _, Day, Fen};
use crate::report::dossier::LeadView;
use crate::words::table::{Lang, Word};

/// Letters of a cell at most: what the format allows for.
const LETTERS: usize = 32_767;

/// A cell of a sheet.
pub(super) enum Cell {
    Text(String),
    Wrapped(String),
    Number(f64),
    Share(f64),
    Money(Fen),
    Day(Day),
    /// A text that leads to a row of another sheet.
    Link(String, Word, u32),
    /// To be filled in by the office.
    Free(Free),
    /// A cell that a reason speaks of.
    Marked(Box<Cell>),
}

/// How a cell that is to be filled in looks.
#[derive(Clone, Copy)]
pub(super) enum Free {
    Text,
    Money,
    Day,
}

/// The looks of cells.
pub(super) struct Looks {
    pub(super) title: Format,
    pub(super) header: Format,
    pub(super) text: Format,
    pub(super) wrapped: Format,
    pub(super) number: Format,
    pub(super) share: Format,
    pub(super) money: Format,
    pub(super) day: Format,
    pub(super) link: Format,
    pub(super) free: [Format; 3],
    /// The looks of cells that a reason speaks of.
    pub(super) marked: Option<Box<Self>>,
}

impl Looks {
    pub(super) fn new() -> Self {
        let marked = Self::with(|format| format.set_background_color(0x00FF_F0B8));
        Self { marked: Some(Box::new(marked)), ..Self::with(|format| format) }
    }

    fn with(turned: impl Fn(Format) -> Format) -> Self {
        let plain =
            || Format::new().set_font_name("等线").set_font_size(10).set_align(FormatAlign::Top);
        let cell = || turned(plain().set_border(FormatBorder::Hair));
        let free = || cell().set_background_color(0x00FF_F8E1);
        Self {
            title: plain().set_bold().set_font_size(14),
            header: cell()
                .set_bold()
                .set_text_wrap()
                .set_background_color(0x00E8_ECEF)
                .set_align(FormatAlign::VerticalCenter),
            // Text, so that a long id is no number to anybody.
            text: cell().set_num_format("@"),
            wrapped: cell().set_text_wrap(),
            number: cell(),
            share: cell().set_num_format("0.0%"),
            money: cell().set_num_format("#,##0.00"),
            day: cell().set_num_format("yyyy-mm-dd"),
            link: cell()
                .set_font_color(0x001F_4E79)
                .set_underline(rust_xlsxwriter::FormatUnderline::Single),
            free: [
                free().set_text_wrap(),
                free().set_num_format("#,##0.00"),
                free().set_num_format("yyyy-mm-dd"),
            ],
            marked: None,
        }
    }
}

/// A table with its header: the titles of the columns, and the rows.
pub(super) type Table = (Vec<String>, Vec<Vec<Cell>>);

/// How a sheet is set up.
pub(super) struct Sheet<'a> {
    pub(super) word: Word,
    pub(super) widths: &'a [u16],
    /// Columns on the left that stay.
    pub(super) freeze: u16,
}

/// A sheet with its table.
pub(super) struct Simple {
    pub(super) word: Word,
    pub(super) widths: Vec<u16>,
    pub(super) table: Table,
}

impl Simple {
    pub(super) fn write(
        self,
        sheet: &mut Worksheet,
        lang: Lang,
        looks: &Looks,
    ) -> Result<(), XlsxError> {
        let look = Sheet { word: self.word, widths: &self.widths, freeze: 1 };
        look.write(sheet, lang, self.table, looks)
    }
}

impl Sheet<'_> {
    pub(super) fn write(
        &self,
        sheet: &mut Worksheet,
        lang: Lang,
        (titles, rows): Table,
        looks: &Looks,
    ) -> Result<(), XlsxError> {
        sheet.set_name(self.word.to(lang))?;
        set_up(sheet);
        for ((column, width), title) in (0_u16..).zip(self.widths).zip(&titles) {
            sheet.set_column_width(column, *width)?;
            sheet.write_string_with_format(0, column, title, &looks.header)?;
        }
        sheet.set_row_height(0, 30)?;
        sheet.set_freeze_panes(1, self.freeze)?;
        sheet.set_repeat_rows(0, 0)?;
        let last = u16::try_from(titles.len().saturating_sub(1)).unwrap_or(u16::MAX);
        let end = row32(rows.len());
        sheet.autofilter(0, 0, end, last)?;
        for (row, cells) in (1_u32..).zip(rows) {
            for (column, cell) in (0_u16..).zip(cells) {
                write(sheet, (row, column), cell, (lang, looks))?;
            }
        }
        Ok(())
    }
}

/// A4, landscape, one page wide, with page numbers.
pub(super) fn set_up(sheet: &mut Worksheet) {
    sheet.set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0);
    sheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
    sheet.set_footer("&L&A&R&P / &N");
}

pub(super) fn write(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: Cell,
    (lang, looks): (Lang, &Looks),
) -> Result<(), XlsxError> {
    let cut = |text: String| text.chars().take(LETTERS).collect::<String>();
    match cell {
        Cell::Text(text) => sheet.write_string_with_format(row, column, cut(text), &looks.text)?,
        Cell::Wrapped(text) => {
            sheet.write_string_with_format(row, column, cut(text), &looks.wrapped)?
        }
        Cell::Number(number) => {
            sheet.write_number_with_format(row, column, number, &looks.number)?
        }
        Cell::Share(share) => sheet.write_number_with_format(row, column, share, &looks.share)?,
        Cell::Money(money) => match money.some() {
            Some(money) => {
                sheet.write_number_with_format(row, column, money.yuan(), &looks.money)?
            }
            None => sheet.write_blank(row, column, &looks.money)?,
        },
        Cell::Day(day) => match day.some().map(Day::date) {
            Some(date) => {
                let (year, month) = (date.year().unsigned_abs(), date.month().unsigned_abs());
                let date = ExcelDateTime::from_ymd(year, month, date.day().unsigned_abs())?;
                sheet.write_datetime_with_format(row, column, &date, &looks.day)?
            }
            None => sheet.write_blank(row, column, &looks.day)?,
        },
        Cell::Link(text, other, to) => {
            let place = format!("internal:'{}'!A{}", other.to(lang), to + 1);
            sheet.write_url_with_options(
                row,
                column,
                place.as_str(),
                text,
                "",
                Some(&looks.link),
            )?
        }
        Cell::Free(free) => {
            let [text, money, day] = &looks.free;
            let look = match free {
                Free::Text => text,
                Free::Money => money,
                Free::Day => day,
            };
            sheet.write_blank(row, column, look)?
        }
        Cell::Marked(cell) => {
            let looks = looks.marked.as_deref().unwrap_or(looks);
            return write(sheet, (row, column), *cell, (lang, looks));
        }
    };
    Ok(())
}

/// What a lead has in a column, given where its rows begin.
pub(super) type MakeCell<'a> = Box<dyn Fn(&LeadView, u32) -> Cell + 'a>;

/// A column of the list.
pub(super) struct Column<'a> {
    pub(super) title: String,
    pub(super) width: u16,
    pub(super) cell: MakeCell<'a>,
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
pub(super) fn count(count: usize) -> Cell {
    Cell::Number(count as f64)
}
