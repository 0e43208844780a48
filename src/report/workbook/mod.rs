//! `leads.xlsx`: the list of an office as it would have made it by hand.
//!
//! Text from the data is always a cell of text, never a formula or a link. Columns that are to be filled in have
//! drop-downs; [`crate::outcomes::workbook`] takes them back.

mod grid;
mod income;
mod notices;
mod own_rules;
mod parties;
pub mod posting;
mod records;

use rust_xlsxwriter::{
    DataValidation, DataValidationRule, DocProperties, ExcelDateTime, Workbook, Worksheet,
    XlsxError,
};

use crate::convert::row32;
use crate::indicators::card::Scheme;
use crate::ledger::subject::Grain;
use crate::outcomes::grade::Grade;
use crate::report::dossier::{LeadView, indicator_title};
use crate::report::names::village;
use crate::report::office::Office;
use crate::report::results::{Line, TITLES};
use crate::report::voucher::{RECORDED, title};
use crate::report::workbook::grid::{
    Cell, Column, Free, Looks, MakeCell, Sheet, Simple, Table, count, set_up,
};
use crate::words::table::{Lang, Word, grain, level, recorded, scheme};

/// The width of the column of reasons, in letters.
const REASONS_WIDTH: u16 = 54;

/// The last column of the sheet of vouchers that is printed: the purpose.
const PRINTED: u16 = 11;

/// The bytes of an office's workbook.
///
/// # Errors
/// If the workbook cannot be made, which would be a fault of ours.
pub fn workbook(office: &Office<'_>) -> Result<Vec<u8>, XlsxError> {
    let (lang, looks) = (office.run.lang, Looks::new());
    let mut book = Workbook::new();
    let as_of = office.run.as_of.date();
    let (year, month, day) = (as_of.year(), as_of.month(), as_of.day());
    let (year, month, day) = (year.unsigned_abs(), month.unsigned_abs(), day.unsigned_abs());
    // Same input, same bytes: no clock.
    let made = ExcelDateTime::from_ymd(year, month, day)?;
    let title = format!("{} {}", office.title(), Word::Leads.to(lang));
    book.set_properties(
        &DocProperties::new()
            .set_title(title)
            .set_author(Word::Product.to(lang))
            .set_creation_datetime(&made),
    );
    let (first_rows, vouchers) = vouchers(office);
    about(book.add_worksheet(), office, &looks)?;
    leads(book.add_worksheet(), office, &first_rows, &looks)?;
    let mut widths = vec![11, 6, 6, 14, 11, 11, 5, 16, 12, 18, 10, 30, 30, 34];
    widths.resize(vouchers.0.len(), 14);
    let (last, printed) = (row32(vouchers.1.len()), PRINTED);
    let sheet = Sheet { word: Word::Vouchers, widths: &widths, freeze: 1 };
    let worksheet = book.add_worksheet();
    sheet.write(worksheet, lang, vouchers, &looks)?;
    // What else is recorded would make the print too small to read.
    worksheet.set_print_area(0, 0, last, printed)?;
    let records = records::sheet(office);
    if !records.table.1.is_empty() {
        records.write(book.add_worksheet(), lang, &looks)?;
    }
    if !office.parties().is_empty() {
        let (sheet, parties) = (book.add_worksheet(), parties::sheet(office));
        let last = row32(parties.table.1.len());
        parties.write(sheet, lang, &looks)?;
        sheet.set_print_area(0, 0, last, parties::PRINTED)?;
    }
    by_village(office).write(book.add_worksheet(), lang, &looks)?;
    if let Some(notices) = notices::sheet(office) {
        notices.write(book.add_worksheet(), lang, &looks)?;
    }
    if office.sees_scores() {
        results(office).write(book.add_worksheet(), lang, &looks)?;
    }
    if office.sees_scores() {
        income::sheet(office).write(book.add_worksheet(), lang, &looks)?;
    }
    coverage(office).write(book.add_worksheet(), lang, &looks)?;
    if office.sees_scores() && !office.run.own.is_empty() {
        own_rules::sheet(office).write(book.add_worksheet(), lang, &looks)?;
    }
    inspector_cases(book.add_worksheet(), lang, &looks)?;
    book.save_to_buffer()
}

/// The sheet that says what the list is.
fn about(sheet: &mut Worksheet, office: &Office<'_>, looks: &Looks) -> Result<(), XlsxError> {
    let lang = office.run.lang;
    sheet.set_name(Word::About.to(lang))?;
    set_up(sheet);
    sheet.set_column_width(0, 110)?;
    let title = format!("{} · {}", office.title(), Word::Leads.to(lang));
    sheet.write_string_with_format(0, 0, title, &looks.title)?;
    let as_of = format!("{} {}", Word::AsOf.to(lang), office.run.as_of);
    let mut lines = vec![as_of, Word::PointToVerify.to(lang).to_owned()];
    lines.extend(office.preface());
    lines.extend(office.notes());
    lines.push(Word::HowToFill.to(lang).to_owned());
    for (row, line) in (2_u32..).zip(lines) {
        sheet.write_string_with_format(row, 0, line, &looks.wrapped)?;
    }
    Ok(())
}

/// The list itself, with the columns that the office fills in.
fn leads(
    sheet: &mut Worksheet,
    office: &Office<'_>,
    first_rows: &[u32],
    looks: &Looks,
) -> Result<(), XlsxError> {
    let lang = office.run.lang;
    let columns = columns(office);
    let titles = columns.iter().map(|column| column.title.clone()).collect();
    let rows = office.leads.iter().zip(first_rows).map(|((_, dossier), first)| {
        columns.iter().map(|column| (column.cell)(dossier, *first)).collect()
    });
    let rows: Vec<Vec<Cell>> = rows.collect();
    let last = row32(rows.len()).max(1);
    let widths: Vec<u16> = columns.iter().map(|column| column.width).collect();
    let place = |word: Word| {
        let found = columns.iter().position(|column| column.title == word.to(lang));
        found.and_then(|place| u16::try_from(place).ok()).unwrap_or(0)
    };
    Sheet { word: Word::Leads, widths: &widths, freeze: 2 }.write(
        sheet,
        lang,
        (titles, rows),
        looks,
    )?;
    for (row, (_, dossier)) in (1_u32..).zip(&office.leads) {
        sheet.set_row_height(row, height(&office.reasons(dossier)))?;
    }
    sheet.set_print_area(0, 0, last, place(Word::Remark))?;
    let grades: Vec<&str> = Grade::ALL.iter().map(|grade| grade.label().to(lang)).collect();
    let conclusion = place(Word::Conclusion);
    let choices = DataValidation::new().allow_list_strings(&grades)?;
    sheet.add_data_validation(1, conclusion, last, conclusion, &choices)?;
    let rectified = place(Word::Rectified);
    let yes_or_no =
        DataValidation::new().allow_list_strings(&[Word::Yes, Word::No].map(|it| it.to(lang)))?;
    sheet.add_data_validation(1, rectified, last, rectified, &yes_or_no)?;
    let recovered = place(Word::Recovered);
    let amounts =
        DataValidation::new().allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(0.0));
    sheet.add_data_validation(1, recovered, last, recovered, &amounts)?;
    Ok(())
}

/// What an office needs before its eyes, what it fills in, and, beyond the edge of the printed page, the rest.
fn columns<'a>(office: &'a Office<'_>) -> Vec<Column<'a>> {
    let (lang, book) = (office.run.lang, office.run.book);
    let column = |word: Word, width, cell: MakeCell<'a>| Column {
        title: word.to(lang).to_owned(),
        width,
        cell,
    };
    let lines = |all: Vec<String>| Cell::Wrapped(all.join("\n"));
    let mut all = vec![
        column(Word::Place, 4, Box::new(|it, _| Cell::Number(it.place.into()))),
        column(
            Word::Lead,
            10,
            Box::new(|it, first| Cell::Link(it.id.clone(), Word::Vouchers, first)),
        ),
        column(Word::Subject, 16, Box::new(move |it, _| Cell::Wrapped(subject(it, lang)))),
        column(Word::VillageName, 8, Box::new(|it, _| Cell::Wrapped(village(book, &it.village)))),
        column(
            Word::SchemeOf,
            9,
            Box::new(move |it, _| Cell::Wrapped(scheme(it.scheme).to(lang).to_owned())),
        ),
        column(Word::Money, 11, Box::new(|it, _| Cell::Money(it.money))),
        column(
            Word::Reasons,
            REASONS_WIDTH,
            Box::new(move |it, _| lines(numbered(office.reasons(it)))),
        ),
        column(Word::Due, 9, Box::new(|it, _| Cell::Day(it.due))),
        column(Word::Conclusion, 9, Box::new(|_, _| Cell::Free(Free::Text))),
        column(Word::Recovered, 9, Box::new(|_, _| Cell::Free(Free::Money))),
        column(Word::Closed, 9, Box::new(|_, _| Cell::Free(Free::Day))),
        column(Word::Rectified, 5, Box::new(|_, _| Cell::Free(Free::Text))),
        column(Word::By, 6, Box::new(|_, _| Cell::Free(Free::Text))),
        column(Word::Remark, 8, Box::new(|_, _| Cell::Free(Free::Text))),
        column(
            Word::Status,
            16,
            Box::new(move |it, _| Cell::Text(it.status(office.run.as_of, lang))),
        ),
        column(
            Word::LevelOf,
            6,
            Box::new(move |it, _| Cell::Text(level(it.level).to(lang).to_owned())),
        ),
        column(
            Word::Kind,
            7,
            Box::new(move |it, _| Cell::Text(grain(it.grain).to(lang).to_owned())),
        ),
        column(Word::Payments, 7, Box::new(|it, _| count(it.payments()))),
    ];
    all.extend(parties::column(office));
    if office.sees_scores() {
        all.extend([
            column(Word::Recoverable, 13, Box::new(|it, _| Cell::Money(it.recoverable))),
            column(Word::OrderValue, 13, Box::new(|it, _| Cell::Money(it.order_value))),
            column(Word::Probability, 8, Box::new(|it, _| Cell::Share(it.probability_at_most))),
        ]);
    } else {
        all.push(column(
            Word::Questions,
            50,
            Box::new(move |it, _| {
                lines(numbered(it.questions(lang).into_iter().map(str::to_owned).collect()))
            }),
        ));
    }
    all.extend([
        column(Word::ElseCause, 50, Box::new(move |it, _| lines(it.causes(lang)))),
        column(
            Word::Clears,
            40,
            Box::new(move |it, _| lines(it.clears(lang).into_iter().map(str::to_owned).collect())),
        ),
        column(Word::Basis, 34, Box::new(move |it, _| lines(it.rules(lang)))),
        column(Word::LookedFor, 50, Box::new(move |it, _| Cell::Wrapped(it.looked_for(lang)))),
        column(
            Word::PickedBy,
            9,
            Box::new(move |it, _| Cell::Text(it.selection.label().to(lang).to_owned())),
        ),
        column(Word::Minutes, 9, Box::new(|it, _| Cell::Number(it.minutes))),
        column(Word::VillageCode, 14, Box::new(|it, _| Cell::Text(it.village.clone()))),
        column(Word::Key, 30, Box::new(|it, _| Cell::Text(it.shown_key()))),
        column(Word::IndicatorCodes, 30, Box::new(|it, _| Cell::Text(it.indicators().join(" ")))),
    ]);
    if office.sees_scores() {
        all.push(column(
            Word::FalseAtMost,
            12,
            Box::new(|it, _| Cell::Number(it.false_at_most.into())),
        ));
    }
    all
}

/// The kind of a subject and its name.
fn subject(it: &LeadView, lang: Lang) -> String {
    format!("{} {}", grain(it.grain).to(lang), it.name)
}

/// Sentences with their numbers in front.
fn numbered(all: Vec<String>) -> Vec<String> {
    (1..).zip(all).map(|(number, one)| format!("{number}. {one}")).collect()
}

/// The height of a row that shows all its reasons, in points: letters of the width of the column, two for a
/// Chinese one.
fn height(sentences: &[String]) -> f64 {
    let width =
        |text: &str| text.chars().map(|it| if it.is_ascii() { 1 } else { 2 }).sum::<usize>();
    // A font is as wide as it likes: an eighth is left for it.
    let room = usize::from(REASONS_WIDTH - REASONS_WIDTH / 8);
    let lines = |text: &String| (width(text) + 3).div_ceil(room).max(1);
    let lines: usize = sentences.iter().map(lines).sum();
    #[expect(clippy::cast_precision_loss, reason = "lines are few")]
    let points = 13.5 * lines.max(2) as f64;
    points.min(400.0)
}

/// The rows behind every lead, and the row of the sheet at which each lead's begin.
fn vouchers(office: &Office<'_>) -> (Vec<u32>, Table) {
    let lang = office.run.lang;
    let titles = [
        Word::Lead,
        Word::Belongs,
        Word::OfReason,
        Word::VillageCode,
        Word::VoucherNo,
        Word::Date,
        Word::Line,
        Word::Account,
        Word::Amount,
        Word::Payee,
        Word::Approver,
        Word::Summary,
        Word::Key,
    ];
    let mut titles: Vec<String> = titles.map(|word| word.to(lang).to_owned()).into();
    let all = || office.leads.iter().flat_map(|(_, it)| &it.rows);
    let is_recorded = |column: &&&str| all().any(|row| row.recorded.contains_key(**column));
    let recorded: Vec<&str> = RECORDED.iter().filter(is_recorded).copied().collect();
    titles.extend(recorded.iter().map(|column| title(column, lang)));
    let (mut first_rows, mut rows) = (Vec::new(), Vec::new());
    for (_, dossier) in &office.leads {
        first_rows.push(row32(rows.len() + 1));
        let reasons = dossier.reasons_of_rows();
        for ((row, reasons), marked) in dossier.rows.iter().zip(reasons).zip(dossier.marks()) {
            let belongs = if row.belongs { Word::Yes } else { Word::No };
            let mark = |columns: &[&str], cell: Cell| {
                let is_marked = columns.iter().any(|it| marked.contains(it));
                if is_marked { Cell::Marked(Box::new(cell)) } else { cell }
            };
            let mut cells = vec![
                Cell::Text(dossier.id.clone()),
                Cell::Text(belongs.to(lang).to_owned()),
                Cell::Text(reasons),
                Cell::Text(row.village.clone()),
                mark(&["voucher"], Cell::Text(row.voucher.clone())),
                mark(&["date"], Cell::Day(row.date)),
                Cell::Number(row.line.into()),
                mark(&["account"], Cell::Wrapped(row.account_named(lang))),
                mark(&["amount"], Cell::Money(row.amount)),
                mark(&["payee", "payee_name"], Cell::Wrapped(row.payee.clone())),
                mark(&["approver"], Cell::Text(row.approver.clone())),
                mark(&["summary"], Cell::Wrapped(row.summary.clone())),
                Cell::Text(row.key()),
            ];
            cells.extend(recorded.iter().map(|column| {
                mark(&[column], Cell::Wrapped(row.shown(column, lang).unwrap_or_default()))
            }));
            rows.push(cells);
        }
    }
    (first_rows, (titles, rows))
}

fn by_village(office: &Office<'_>) -> Simple {
    let lang = office.run.lang;
    let mut titles = vec![
        Word::VillageCode,
        Word::VillageName,
        Word::Payments,
        Word::Paid,
        Word::OwnLeads,
        Word::Money,
    ];
    if office.sees_scores() {
        titles.push(Word::Recoverable);
    }
    let row = |it: crate::report::office::VillageSum| {
        let mut cells = vec![
            Cell::Text(it.code),
            Cell::Text(it.name),
            count(it.payments),
            Cell::Money(it.paid),
            count(it.leads),
            Cell::Money(it.money),
        ];
        if office.sees_scores() {
            cells.push(Cell::Money(it.recoverable));
        }
        cells
    };
    let rows = office.villages().into_iter().map(row).collect();
    let titles = titles.into_iter().map(|word| word.to(lang).to_owned()).collect();
    Simple {
        word: Word::ByVillage,
        widths: vec![16, 18, 10, 16, 10, 16, 18],
        table: (titles, rows),
    }
}

fn results(office: &Office<'_>) -> Simple {
    let lang = office.run.lang;
    let row = |it: &Line| {
        vec![
            Cell::Text(it.title.clone()),
            Cell::Number(it.tally.concluded.into()),
            Cell::Number(it.tally.confirmed.into()),
            Cell::Text(it.rate(lang)),
            Cell::Money(it.tally.money()),
            Cell::Number(it.tally.unrectified.into()),
            it.overdue.map_or_else(|| Cell::Text(String::new()), count),
        ]
    };
    Simple {
        word: Word::Results,
        widths: vec![34, 10, 10, 26, 16, 16, 12],
        table: (
            TITLES.map(|word| word.to(lang).to_owned()).into(),
            office.results.iter().map(row).collect(),
        ),
    }
}

/// Rows for cases that inspectors chose.
const CASES: u32 = 60;

/// The sheet in which an office enters cases beside the list.
fn inspector_cases(sheet: &mut Worksheet, lang: Lang, looks: &Looks) -> Result<(), XlsxError> {
    let columns = [
        (Word::Kind, 10),
        (Word::Key, 36),
        (Word::SchemeOf, 18),
        (Word::Conclusion, 14),
        (Word::Recovered, 14),
        (Word::Closed, 12),
        (Word::Rectified, 10),
        (Word::By, 10),
        (Word::Remark, 30),
    ];
    let titles = columns.map(|(word, _)| word.to(lang).to_owned()).to_vec();
    let widths = columns.map(|(_, width)| width);
    let free = |(word, _): (Word, u16)| {
        Cell::Free(match word {
            Word::Recovered => Free::Money,
            Word::Closed => Free::Day,
            _ => Free::Text,
        })
    };
    let rows = (0..CASES).map(|_| columns.map(free).into_iter().collect()).collect();
    let look = Sheet { word: Word::InspectorCases, widths: &widths, freeze: 1 };
    look.write(sheet, lang, (titles, rows), looks)?;
    let choices = [
        (0, Grain::ALL.iter().map(|it| grain(*it).to(lang)).collect::<Vec<_>>()),
        (3, Grade::ALL.iter().map(|it| it.label().to(lang)).collect()),
        (6, [Word::Yes, Word::No].map(|it| it.to(lang)).to_vec()),
    ];
    for (column, words) in choices {
        let choice = DataValidation::new().allow_list_strings(&words)?;
        sheet.add_data_validation(1, column, CASES, column, &choice)?;
    }
    let hint = DataValidation::new().allow_any_value();
    sheet.add_data_validation(1, 1, CASES, 1, &hint.set_input_message(Word::KeyHint.to(lang))?)?;
    // A list of so many letters must stand in cells.
    let (place, schemes) = (11_u16, Scheme::ALL.iter().map(|it| scheme(Some(*it)).to(lang)));
    sheet.set_column_width(place, 24)?;
    sheet.write_string_with_format(0, place, Word::SchemeOf.to(lang), &looks.header)?;
    for (row, name) in (1_u32..).zip(schemes) {
        sheet.write_string_with_format(row, place, name, &looks.text)?;
    }
    let names = format!("=$L$2:$L${}", Scheme::ALL.len() + 1);
    let choice = DataValidation::new().allow_list_formula(names.as_str().into());
    sheet.add_data_validation(1, 2, CASES, 2, &choice)?;
    sheet.set_print_area(0, 0, CASES, 8)?;
    Ok(())
}

fn coverage(office: &Office<'_>) -> Simple {
    let lang = office.run.lang;
    let mut titles = vec![Word::Indicator, Word::Asked, Word::Missing];
    // How many there are in the county is no matter of a village.
    if office.sees_scores() {
        titles.extend([Word::AskedOf, Word::Answered]);
    }
    let rows = office.run.coverage.iter().map(|it| {
        let asked = if it.recorded { Word::Yes } else { Word::NotRecorded };
        let missing: Vec<String> = it.missing.iter().map(|code| recorded(code, lang)).collect();
        let mut cells = vec![
            Cell::Text(indicator_title(it.indicator, lang).to_owned()),
            Cell::Text(asked.to(lang).to_owned()),
            Cell::Wrapped(missing.join(lang.of([", ", "、"]))),
        ];
        if office.sees_scores() {
            cells.extend([it.asked, it.answered].map(count));
        }
        cells
    });
    let titles = titles.into_iter().map(|word| word.to(lang).to_owned()).collect();
    Simple {
        word: Word::Covered,
        widths: vec![34, 14, 40, 14, 16],
        table: (titles, rows.collect()),
    }
}
