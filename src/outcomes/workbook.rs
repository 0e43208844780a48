//! Import of the columns that an office filled in in its workbook.
//!
//! Columns are identified by their titles in either language, so that sorting, filtering and moving columns is allowed.
//! A lead's id is a digest of its subject: a changed id, or a workbook of another county, is rejected. A lead about
//! payments gives one outcome for each of its payments.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{Data, Dimensions, Range, Reader, Sheets, open_workbook_auto};
use thiserror::Error;

use crate::indicators::card::Scheme;
use crate::ledger::contract::cell::{Cell, Day, Fen, Flag};
use crate::ledger::contract::parse;
use crate::ledger::subject::Grain;
use crate::outcomes::grade::{Grade, Route};
use crate::outcomes::outcome::Outcome;
use crate::outcomes::register::Register;
use crate::words::mask::shown_key;
use crate::words::table::{Lang, Word, grain, scheme};

/// Errors of importing a workbook.
#[derive(Debug, Error)]
pub enum Error {
    /// The file cannot be opened.
    #[error(
        "it is no workbook; hand back the file that was given out, saved as .xlsx, .xls or .ods"
    )]
    Open(#[source] calamine::Error),
    /// A sheet of the original list is missing.
    #[error("there is no sheet `{}` ({})", _0.to(Lang::Zh), _0.to(Lang::En))]
    NoSheet(Word),
    /// A column of the original list is missing.
    #[error("sheet `{}`: there is no column `{}` ({})", sheet.to(Lang::Zh), column.to(Lang::Zh), column.to(Lang::En))]
    NoColumn {
        /// The sheet.
        sheet: Word,
        /// The column.
        column: Word,
    },
}

/// A rejected cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The cell reference, such as `W5`.
    pub cell: String,
    /// The content.
    pub value: String,
    /// The reason.
    pub reason: String,
}

/// The content of a workbook.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filled {
    /// The outcomes, one row per subject.
    pub outcomes: Vec<Outcome>,
    /// Leads with a conclusion, and the cells of their ids.
    pub concluded: Vec<(String, String)>,
    /// The number of leads in the list.
    pub leads: usize,
    /// The number of cases that the office chose itself.
    pub own_cases: usize,
    /// Rejected cells; if there are any, no outcome should be imported.
    pub refused: Vec<Refused>,
}

/// Reads what an office filled in about the subjects of a register.
///
/// # Errors
/// If the file is not a workbook written by this program.
pub fn filled(path: &Path, register: &Register) -> Result<Filled, Error> {
    let mut book = open_workbook_auto(path).map_err(Error::Open)?;
    let names = book.sheet_names();
    let mut sheet = |word: Word| {
        let name = names.iter().find(|name| is(word, name)).ok_or(Error::NoSheet(word))?;
        let cells = book.worksheet_range(name).map_err(Error::Open)?;
        // Some formats do not provide formulas; then the values are used.
        let formulas = book.worksheet_formula(name).unwrap_or_default();
        Ok(Sheet { word, cells, formulas, merged: merged(&mut book, name) })
    };
    let (list, vouchers) = (sheet(Word::Leads)?, sheet(Word::Vouchers)?);
    // Lists of earlier versions do not have this sheet.
    let own_cases = sheet(Word::InspectorCases).ok();
    let mut filled = Filled::default();
    let behind = Behind::of(&vouchers, register, &mut filled.refused)?;
    Reading::of(&list, parse::today())?.all((&behind, register), &mut filled);
    if let Some(sheet) = &own_cases {
        OwnCases::of(sheet, parse::today())?.all(register, &mut filled);
    }
    Ok(filled)
}

/// The merged cells of a sheet; empty for .ods, which does not provide them.
fn merged(book: &mut Sheets<BufReader<File>>, sheet: &str) -> Vec<Dimensions> {
    match book {
        Sheets::Xlsx(book) => book.merge_cells_by_sheet_name(sheet).unwrap_or_default(),
        Sheets::Xls(book) => book.merge_cells_by_sheet_name(sheet).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// A sheet with its cells.
struct Sheet {
    word: Word,
    cells: Range<Data>,
    formulas: Range<String>,
    merged: Vec<Dimensions>,
}

impl Sheet {
    /// The index of a column by its title.
    fn column(&self, word: Word) -> Result<usize, Error> {
        let titles = self.cells.rows().next().unwrap_or(&[]);
        let place = titles.iter().position(|title| is(word, &text(title)));
        place.ok_or(Error::NoColumn { sheet: self.word, column: word })
    }

    /// The rows below the titles, with their numbers.
    fn rows(&self) -> impl Iterator<Item = (usize, &[Data])> {
        let first = self.cells.start().map_or(0, |(row, _)| row as usize);
        (first + 1..).zip(self.cells.rows()).skip(1)
    }

    /// The column of the sheet, from 0, for an index into the cells.
    fn column_at(&self, place: usize) -> usize {
        self.cells.start().map_or(0, |(_, column)| column as usize) + place
    }

    /// The reference of a cell; the main list is not prefixed with its sheet.
    fn name(&self, (number, place): (usize, usize)) -> String {
        let name = format!("{}{number}", letters(self.column_at(place)));
        let is_list = self.word == Word::Leads;
        if is_list { name } else { format!("{}!{name}", self.word.to(Lang::Zh)) }
    }

    /// Creates a rejected cell.
    fn refuse(&self, at: (usize, usize), cell: &Data, reason: &str) -> Refused {
        Refused { cell: self.name(at), value: text(cell), reason: reason.to_owned() }
    }

    /// Whether a cell is merged with others, so that its lead is ambiguous.
    fn is_merged(&self, at: (usize, usize)) -> bool {
        let at = self.position(at);
        at.is_some_and(|(row, column)| self.merged.iter().any(|it| it.contains(row, column)))
    }

    /// Whether a cell is a formula without a computed value.
    fn is_unworked(&self, at: (usize, usize), cell: &Data) -> bool {
        let formula = self.position(at).and_then(|at| self.formulas.get_value(at));
        *cell == Data::Empty && formula.is_some_and(|it| !it.is_empty())
    }

    /// The row and column of a cell in the sheet, from 0.
    fn position(&self, (number, place): (usize, usize)) -> Option<(u32, u32)> {
        let row = u32::try_from(number.checked_sub(1)?).ok()?;
        Some((row, u32::try_from(self.column_at(place)).ok()?))
    }
}

fn is(word: Word, text: &str) -> bool {
    [Lang::Zh, Lang::En].into_iter().any(|lang| word.to(lang) == text.trim())
}

/// The cell of a row, which may be shorter.
fn at(row: &[Data], place: usize) -> &Data {
    row.get(place).unwrap_or(&Data::Empty)
}

fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::DateTime(date) => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        // Spreadsheets store 15 digits; further digits are rounding errors.
        Data::Float(value) => format!("{value:.14e}")
            .parse()
            .map_or_else(|_| value.to_string(), |it: f64| it.to_string()),
        other => other.to_string().trim().to_owned(),
    }
}

/// The vouchers of each lead.
#[derive(Default)]
struct Behind {
    /// The keys of the payments of each lead.
    payments: BTreeMap<String, Vec<String>>,
    /// The last day of these payments.
    last: BTreeMap<String, Day>,
}

impl Behind {
    fn of(
        vouchers: &Sheet,
        register: &Register,
        refused: &mut Vec<Refused>,
    ) -> Result<Self, Error> {
        let [lead, belongs, key, date] =
            [Word::Lead, Word::Belongs, Word::Key, Word::Date].map(|word| vouchers.column(word));
        let (lead, belongs, key, date) = (lead?, belongs?, key?, date?);
        let mut all = Self::default();
        for (number, row) in vouchers.rows() {
            let cell = |place: usize| at(row, place);
            let (id, subject) = (text(cell(lead)), text(cell(key)));
            let says = text(cell(belongs));
            if id.is_empty() || is(Word::No, &says) {
                continue;
            }
            if !is(Word::Yes, &says) {
                refused.push(vouchers.refuse((number, belongs), cell(belongs), KEEP));
                continue;
            }
            if !register.has_payment(&subject) {
                refused.push(vouchers.refuse((number, key), cell(key), UNKNOWN));
                continue;
            }
            if let Ok(day) = day(cell(date)) {
                let last = all.last.entry(id.clone()).or_insert(day);
                *last = day.max(*last);
            }
            all.payments.entry(id).or_default().push(subject);
        }
        Ok(all)
    }
}

const KEEP: &str = "this column must stay as it was";
const UNKNOWN: &str = "there is nothing of this id in the dataset";

/// The list with the indices of its columns.
struct Reading<'a> {
    list: &'a Sheet,
    lead: usize,
    key: usize,
    payments: usize,
    picked_by: usize,
    concluded: Conclusions<'a>,
    by: usize,
    remark: usize,
    // Lists of earlier versions do not have these.
    scheme: Option<usize>,
    indicators: Option<usize>,
}

impl<'a> Reading<'a> {
    fn of(list: &'a Sheet, today: Day) -> Result<Self, Error> {
        Ok(Self {
            list,
            lead: list.column(Word::Lead)?,
            key: list.column(Word::Key)?,
            payments: list.column(Word::Payments)?,
            picked_by: list.column(Word::PickedBy)?,
            concluded: Conclusions::of(list, today)?,
            by: list.column(Word::By)?,
            remark: list.column(Word::Remark)?,
            scheme: list.column(Word::SchemeOf).ok(),
            indicators: list.column(Word::IndicatorCodes).ok(),
        })
    }

    fn all(&self, known: (&Behind, &Register), filled: &mut Filled) {
        for (number, row) in self.list.rows() {
            if row.iter().all(|cell| text(cell).is_empty()) {
                continue;
            }
            filled.leads += 1;
            match self.row(number, row, known) {
                Ok(outcomes) if outcomes.is_empty() => {}
                Ok(outcomes) => {
                    let cell = self.list.name((number, self.lead));
                    filled.concluded.push((text(at(row, self.lead)), cell));
                    filled.outcomes.extend(outcomes);
                }
                Err(refused) => filled.refused.extend(refused),
            }
        }
    }

    /// The outcomes of one lead; none without a conclusion.
    fn row(
        &self,
        number: usize,
        row: &[Data],
        (behind, register): (&Behind, &Register),
    ) -> Result<Vec<Outcome>, Vec<Refused>> {
        let cell = |place: usize| at(row, place);
        let words = |place: usize| text(cell(place));
        let id = words(self.lead);
        let last = behind.last.get(&id).copied();
        let (concluded, mut refused) = self.concluded.read((number, row), last);
        if concluded.is_none() && refused.is_empty() {
            return Ok(Vec::new());
        }
        let mut take = |place: usize, reason: &str| {
            refused.push(self.list.refuse((number, place), cell(place), reason));
        };
        let told = words(self.picked_by);
        let route = Route::ALL.iter().find(|route| is(route.label(), &told));
        if route.is_none() {
            take(self.picked_by, KEEP);
        }
        let subject = subject(register, &id, words(self.key));
        if subject.is_none() {
            take(self.lead, UNKNOWN);
        }
        let own = behind.payments.get(&id).map_or(&[][..], Vec::as_slice);
        if words(self.payments) != own.len().to_string() {
            take(self.payments, "not as many as in the sheet of vouchers");
        }
        let (Some(concluded), Some(route), Some((grain, key)), true) =
            (concluded, route, subject, refused.is_empty())
        else {
            return Err(refused);
        };
        // All payments of a lead get the same conclusion.
        let mut subjects = vec![key.as_str()];
        if grain == Grain::Payment {
            subjects.extend(own.iter().map(String::as_str).filter(|it| *it != key));
        }
        let outcome = |subject: &str| Outcome {
            grain: grain.word().to_owned(),
            subject: subject.to_owned(),
            period: String::new(),
            grade: concluded.grade.word().to_owned(),
            // The amount recovered is recorded once, at the main payment.
            recovered: if subject == key { concluded.recovered } else { Fen::NONE },
            route: route.word().to_owned(),
            closed: concluded.closed,
            lead: id.clone(),
            verified_by: words(self.by),
            remark: words(self.remark),
            scheme: self
                .scheme
                .and_then(|place| scheme_named(&words(place)))
                .map_or_else(String::new, |it| it.word().to_owned()),
            indicators: self.indicators.map_or_else(String::new, words),
            rectified: concluded.rectified,
        };
        Ok(subjects.into_iter().map(outcome).collect())
    }
}

/// The columns of a conclusion, in the list and in the sheet of an office's own cases.
struct Conclusions<'a> {
    sheet: &'a Sheet,
    today: Day,
    conclusion: usize,
    recovered: usize,
    closed: usize,
    // Lists of earlier versions do not have it.
    rectified: Option<usize>,
}

/// A conclusion that can be taken.
struct Concluded {
    grade: Grade,
    recovered: Fen,
    closed: Day,
    rectified: Flag,
}

impl<'a> Conclusions<'a> {
    fn of(sheet: &'a Sheet, today: Day) -> Result<Self, Error> {
        Ok(Self {
            sheet,
            today,
            conclusion: sheet.column(Word::Conclusion)?,
            recovered: sheet.column(Word::Recovered)?,
            closed: sheet.column(Word::Closed)?,
            rectified: sheet.column(Word::Rectified).ok(),
        })
    }

    /// The conclusion of a row, if it has one that can be taken, and the cells that cannot; `last` is the day of the
    /// last voucher.
    fn read(
        &self,
        (number, row): (usize, &[Data]),
        last: Option<Day>,
    ) -> (Option<Concluded>, Vec<Refused>) {
        let cell = |place: usize| at(row, place);
        let words = |place: usize| text(cell(place));
        let mut refused = Vec::new();
        let mut take = |place: usize, reason: &str| {
            refused.push(self.sheet.refuse((number, place), cell(place), reason));
        };
        let places = [self.conclusion, self.recovered, self.closed];
        for place in places {
            if self.sheet.is_unworked((number, place), cell(place)) {
                take(place, "a formula without a value");
            }
            if self.sheet.is_merged((number, place)) {
                take(place, "merged cells: unmerge them and fill in each row");
            }
        }
        let conclusion = words(self.conclusion);
        if places.iter().all(|place| words(*place).is_empty()) {
            return (None, refused);
        }
        let grade =
            Grade::ALL.iter().find(|it| is(it.label(), &conclusion) || it.word() == conclusion);
        if conclusion.is_empty() {
            take(self.conclusion, "a conclusion is missing");
        } else if grade.is_none() {
            take(self.conclusion, "choose one of the list");
        }
        let recovered = amount(cell(self.recovered));
        if recovered.is_err() {
            take(self.recovered, "an amount of 0 or more in yuan, to the fen");
        }
        let is_none = grade == Some(&Grade::None);
        if is_none && recovered.is_ok_and(|fen| fen.0 > 0) {
            take(self.recovered, "nothing was found, but money came back");
        }
        let closed = day(cell(self.closed));
        match closed {
            Err(()) => take(self.closed, "a date such as 2024-12-31"),
            Ok(Day::NONE) => take(self.closed, "the day is missing"),
            Ok(day) if last.is_some_and(|last| last > day) => {
                take(self.closed, "before the last voucher");
            }
            Ok(day) if day > self.today => take(self.closed, "in the future"),
            Ok(_) => {}
        }
        let rectified = self.rectified.map_or(Ok(Flag::Unknown), |place| flag(&words(place)));
        if let (Err(()), Some(place)) = (rectified, self.rectified) {
            take(place, "choose yes or no");
        }
        let concluded = match (grade, recovered, closed, rectified) {
            (Some(grade), Ok(recovered), Ok(closed), Ok(rectified)) => {
                Some(Concluded { grade: *grade, recovered, closed, rectified })
            }
            _ => None,
        };
        (concluded.filter(|_| refused.is_empty()), refused)
    }
}

/// The sheet of cases that inspectors chose beside the list.
struct OwnCases<'a> {
    sheet: &'a Sheet,
    kind: usize,
    key: usize,
    scheme: usize,
    concluded: Conclusions<'a>,
    by: usize,
    remark: usize,
}

impl<'a> OwnCases<'a> {
    fn of(sheet: &'a Sheet, today: Day) -> Result<Self, Error> {
        Ok(Self {
            sheet,
            kind: sheet.column(Word::Kind)?,
            key: sheet.column(Word::Key)?,
            scheme: sheet.column(Word::SchemeOf)?,
            concluded: Conclusions::of(sheet, today)?,
            by: sheet.column(Word::By)?,
            remark: sheet.column(Word::Remark)?,
        })
    }

    fn all(&self, register: &Register, filled: &mut Filled) {
        for (number, row) in self.sheet.rows() {
            let words = |place: usize| text(at(row, place));
            let own = [self.kind, self.key, self.by, self.remark].map(words);
            let (concluded, mut refused) = self.concluded.read((number, row), None);
            if own.iter().all(String::is_empty) && concluded.is_none() && refused.is_empty() {
                continue;
            }
            let [kind, key, verified_by, remark] = own;
            let grain = Grain::ALL.into_iter().find(|it| is(grain(*it), &kind));
            let is_silent = refused.is_empty() && concluded.is_none();
            let mut take = |place: usize, reason: &str| {
                refused.push(self.sheet.refuse((number, place), at(row, place), reason));
            };
            let subject = grain.and_then(|grain| Some((grain, register.known(grain, &key)?)));
            match (grain, &subject) {
                (None, _) => take(self.kind, "choose one of the list"),
                (Some(_), None) => take(self.key, UNKNOWN),
                (Some(_), Some(_)) if is_silent => {
                    take(self.concluded.conclusion, "a conclusion is missing");
                }
                (Some(_), Some(_)) => {}
            }
            let ((Some((grain, subject)), Some(concluded)), true) =
                ((subject, concluded), refused.is_empty())
            else {
                filled.refused.extend(refused);
                continue;
            };
            let scheme = scheme_named(&words(self.scheme));
            filled.own_cases += 1;
            filled.outcomes.push(Outcome {
                grain: grain.word().to_owned(),
                subject,
                period: String::new(),
                grade: concluded.grade.word().to_owned(),
                recovered: concluded.recovered,
                route: Route::Inspector.word().to_owned(),
                closed: concluded.closed,
                lead: String::new(),
                verified_by,
                remark,
                scheme: scheme.map_or_else(String::new, |it| it.word().to_owned()),
                indicators: String::new(),
                rectified: concluded.rectified,
            });
        }
    }
}

/// Whether evidence of the rectification was seen; unknown if the cell is empty.
fn flag(text: &str) -> Result<Flag, ()> {
    match text {
        "" => Ok(Flag::Unknown),
        text if is(Word::Yes, text) => Ok(Flag::Yes),
        text if is(Word::No, text) => Ok(Flag::No),
        _ => Err(()),
    }
}

/// The scheme with this name in a list.
fn scheme_named(text: &str) -> Option<Scheme> {
    Scheme::ALL.iter().copied().find(|it| is(scheme(Some(*it)), text))
}

/// The subject of the lead with an id, given its key as shown in the list.
fn subject(register: &Register, id: &str, key: String) -> Option<(Grain, String)> {
    if register.is_about(id, &key) {
        return Some((Grain::Payment, key));
    }
    let is_shown = |it: &&(Grain, String)| shown_key(it.0, &it.1) == key;
    register.others(id).iter().find(is_shown).cloned()
}

/// An amount of at least 0 in yuan, parsed as in `mingzhang import`; empty if the cell is empty.
fn amount(cell: &Data) -> Result<Fen, ()> {
    let fen = parse::money(&text(cell)).map_err(drop)?;
    if fen == Fen::NONE || fen.0 >= 0 { Ok(fen) } else { Err(()) }
}

/// A day, parsed as in `mingzhang import`; empty if the cell is empty.
fn day(cell: &Data) -> Result<Day, ()> {
    let day = parse::day(&text(cell)).map_err(drop)?;
    let is_plausible = day == Day::NONE || (2000..=2100).contains(&day.year());
    if is_plausible { Ok(day) } else { Err(()) }
}

/// The letters of a column index: `A`, `Z`, `AA`.
fn letters(place: usize) -> String {
    let mut letters = Vec::new();
    let mut left = place + 1;
    while left > 0 {
        let letter = u8::try_from((left - 1) % 26).unwrap_or(0);
        letters.push(char::from(b'A' + letter));
        left = (left - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use calamine::{Data, Range, Reader};

    use super::{Sheet, Word, amount, day, letters, merged};
    use crate::ledger::contract::cell::{Cell, Day, Fen};

    #[test]
    fn amounts_and_dates_are_taken_as_offices_write_them() {
        let text = |text: &str| Data::String(text.to_owned());
        assert_eq!(amount(&text("1,234.50")), Ok(Fen(123_450)));
        assert_eq!(amount(&text("1200元")), Ok(Fen(120_000)));
        assert_eq!(amount(&Data::Float(0.29)), Ok(Fen(29)));
        assert_eq!(amount(&Data::Float(1_234.560_000_000_000_2)), Ok(Fen(123_456)));
        assert_eq!(amount(&text("￥１，２３４．５０")), Ok(Fen(123_450)));
        assert_eq!(amount(&Data::Empty), Ok(Fen::NONE));
        for wrong in ["-1", "1.005", "十元", "NaN", "1e99"] {
            assert_eq!(amount(&text(wrong)), Err(()), "{wrong}");
        }
        let expected = Day::of(jiff::civil::date(2024, 3, 1));
        for right in ["2024-03-01", "2024/3/1", "2024.3.1", "2024-03-01T00:00:00", "2024年3月1日"]
        {
            assert_eq!(day(&text(right)), Ok(expected), "{right}");
        }
        for wrong in ["2024-02-30", "3月1日", "24-3-1", "2024"] {
            assert_eq!(day(&text(wrong)), Err(()), "{wrong}");
        }
    }

    #[test]
    fn merged_cells_are_known() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("merged.xlsx");
        let mut book = rust_xlsxwriter::Workbook::new();
        let format = rust_xlsxwriter::Format::new();
        book.add_worksheet().merge_range(1, 2, 4, 2, "属实", &format).unwrap();
        book.save(&path).unwrap();
        let mut book = calamine::open_workbook_auto(&path).unwrap();
        let name = book.sheet_names().remove(0);
        let merged = merged(&mut book, &name);
        let list = Sheet {
            word: Word::Leads,
            cells: Range::default(),
            formulas: Range::default(),
            merged,
        };
        let rows = [1, 2, 5, 6].map(|number| list.is_merged((number, 2)));
        assert_eq!(rows, [false, true, true, false]);
        assert!(!list.is_merged((3, 1)));
    }

    #[test]
    fn columns_have_the_letters_of_a_sheet() {
        assert_eq!(
            [0, 25, 26, 51, 52, 701, 702].map(letters),
            ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
        );
    }
}
