//! The columns that an office filled in, taken back from its workbook.
//!
//! The list is read by the titles of its columns, in either language, so that sorting, filtering and columns that were
//! moved do no harm. A lead about payments is an outcome for each of the payments that belong together.

use std::collections::BTreeMap;
use std::path::Path;

use calamine::{Data, Range, Reader, open_workbook_auto};
use thiserror::Error;

use super::words::{GRADES, Lang, Word, grain, picked};
use crate::indicators::card::Grain;
use crate::leads::lead::Picked;
use crate::ledger::cell::{Cell, Day, Fen};
use crate::ledger::outcomes::Outcome;

/// Why a workbook cannot be taken back.
#[derive(Debug, Error)]
pub enum Error {
    /// It cannot be opened.
    #[error(
        "it is no workbook; hand back the file that was given out, saved as .xlsx, .xls or .ods"
    )]
    Open(#[source] calamine::Error),
    /// It lacks a sheet of the list that was given out.
    #[error("there is no sheet `{}` ({})", _0.to(Lang::Zh), _0.to(Lang::En))]
    NoSheet(Word),
    /// A sheet lacks a column of the list that was given out.
    #[error("sheet `{}`: there is no column `{}` ({})", sheet.to(Lang::Zh), column.to(Lang::Zh), column.to(Lang::En))]
    NoColumn {
        /// The sheet.
        sheet: Word,
        /// The column.
        column: Word,
    },
}

/// A cell that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its place, as `W5`.
    pub cell: String,
    /// What stands in it.
    pub value: String,
    /// What is wrong with it.
    pub reason: String,
}

/// What a workbook holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filled {
    /// What was found, a row for each subject.
    pub outcomes: Vec<Outcome>,
    /// Leads with a conclusion.
    pub concluded: usize,
    /// Leads of the list.
    pub leads: usize,
    /// Cells that cannot be taken; if there is one, none should be.
    pub refused: Vec<Refused>,
}

/// What an office filled in.
///
/// # Errors
/// If the file is no workbook of ours.
pub fn filled(path: &Path) -> Result<Filled, Error> {
    let mut book = open_workbook_auto(path).map_err(Error::Open)?;
    let names = book.sheet_names();
    let mut sheet = |word: Word| {
        let name = names.iter().find(|name| is(word, name));
        let cells = book.worksheet_range(name.ok_or(Error::NoSheet(word))?);
        let cells = cells.map_err(Error::Open)?;
        Ok(Sheet { word, cells })
    };
    let (list, vouchers) = (sheet(Word::Leads)?, sheet(Word::Vouchers)?);
    let members = members(&vouchers)?;
    Ok(Reading::of(&list)?.all(&members))
}

/// A sheet with its cells.
struct Sheet {
    word: Word,
    cells: Range<Data>,
}

impl Sheet {
    /// The place of a column by its title.
    fn column(&self, word: Word) -> Result<usize, Error> {
        let titles = self.cells.rows().next().unwrap_or(&[]);
        let place = titles.iter().position(|title| is(word, &text(title)));
        place.ok_or(Error::NoColumn { sheet: self.word, column: word })
    }

    /// The rows below the titles with their numbers.
    fn rows(&self) -> impl Iterator<Item = (usize, &[Data])> {
        let first = self.cells.start().map_or(0, |(row, _)| row as usize);
        (first + 1..).zip(self.cells.rows()).skip(1)
    }
}

fn is(word: Word, text: &str) -> bool {
    [Lang::Zh, Lang::En].into_iter().any(|lang| word.to(lang) == text.trim())
}

fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::DateTime(date) => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        other => other.to_string().trim().to_owned(),
    }
}

/// The payments that belong to each lead.
fn members(vouchers: &Sheet) -> Result<BTreeMap<String, Vec<String>>, Error> {
    let [lead, belongs, key] =
        [Word::Lead, Word::Belongs, Word::Key].map(|word| vouchers.column(word));
    let (lead, belongs, key) = (lead?, belongs?, key?);
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (_, row) in vouchers.rows() {
        let cell = |place: usize| row.get(place).map(text).unwrap_or_default();
        if is(Word::Yes, &cell(belongs)) {
            all.entry(cell(lead)).or_default().push(cell(key));
        }
    }
    Ok(all)
}

/// The list with the places of its columns.
struct Reading<'a> {
    list: &'a Sheet,
    lead: usize,
    kind: usize,
    key: usize,
    picked_by: usize,
    conclusion: usize,
    recovered: usize,
    closed: usize,
}

impl<'a> Reading<'a> {
    fn of(list: &'a Sheet) -> Result<Self, Error> {
        Ok(Self {
            list,
            lead: list.column(Word::Lead)?,
            kind: list.column(Word::Kind)?,
            key: list.column(Word::Key)?,
            picked_by: list.column(Word::PickedBy)?,
            conclusion: list.column(Word::Conclusion)?,
            recovered: list.column(Word::Recovered)?,
            closed: list.column(Word::Closed)?,
        })
    }

    fn all(&self, members: &BTreeMap<String, Vec<String>>) -> Filled {
        let mut filled = Filled::default();
        for (number, row) in self.list.rows() {
            if row.get(self.lead).is_none_or(|cell| text(cell).is_empty()) {
                continue;
            }
            filled.leads += 1;
            match self.row(number, row, members) {
                Ok(outcomes) => {
                    filled.concluded += usize::from(!outcomes.is_empty());
                    filled.outcomes.extend(outcomes);
                }
                Err(refused) => filled.refused.extend(refused),
            }
        }
        filled
    }

    /// The outcomes of one lead; none where nothing was filled in.
    fn row(
        &self,
        number: usize,
        row: &[Data],
        members: &BTreeMap<String, Vec<String>>,
    ) -> Result<Vec<Outcome>, Vec<Refused>> {
        let cell = |place: usize| row.get(place).unwrap_or(&Data::Empty);
        let words = |place: usize| text(cell(place));
        let first = self.list.cells.start().map_or(0, |(_, column)| column as usize);
        let refuse = |place: usize, reason: &str| Refused {
            cell: format!("{}{number}", letters(first + place)),
            value: text(cell(place)),
            reason: reason.to_owned(),
        };
        let mut refused = Vec::new();
        let mut take = |place: usize, reason: &str| refused.push(refuse(place, reason));
        let conclusion = words(self.conclusion);
        let grade =
            GRADES.iter().find(|(grade, word)| is(*word, &conclusion) || *grade == conclusion);
        let recovered = amount(cell(self.recovered));
        let closed = day(cell(self.closed));
        let kind = Grain::ALL.into_iter().find(|kind| is(grain(*kind), &words(self.kind)));
        let route = [Picked::List, Picked::Random];
        let route = route.into_iter().find(|route| is(picked(*route), &words(self.picked_by)));
        if !conclusion.is_empty() && grade.is_none() {
            take(self.conclusion, "choose one of the list / 请从下拉列表中选择");
        }
        if recovered.is_err() {
            take(
                self.recovered,
                "an amount of 0 or more in yuan, to the fen / 请填写不小于 0 的金额（元）",
            );
        }
        if closed.is_err() {
            take(self.closed, "a date such as 2024-12-31 / 请填写日期，如 2024-12-31");
        }
        let is_filled = [self.recovered, self.closed].iter().any(|place| !words(*place).is_empty());
        if conclusion.is_empty() && is_filled {
            take(self.conclusion, "a conclusion is missing / 缺少核查结论");
        }
        if !conclusion.is_empty() && kind.is_none() {
            take(self.kind, "this column must stay as it was / 本列不可改动");
        }
        if !conclusion.is_empty() && route.is_none() {
            take(self.picked_by, "this column must stay as it was / 本列不可改动");
        }
        let key = words(self.key);
        if !conclusion.is_empty() && key.is_empty() {
            take(self.key, "this column must stay as it was / 本列不可改动");
        }
        if !refused.is_empty() {
            return Err(refused);
        }
        let (Some((grade, _)), Ok(recovered), Ok(closed), Some(kind), Some(route)) =
            (grade, recovered, closed, kind, route)
        else {
            return Ok(Vec::new());
        };
        let own = members.get(&words(self.lead)).filter(|_| kind == Grain::Payment);
        let mut subjects = own.cloned().unwrap_or_default();
        if !subjects.contains(&key) {
            subjects.insert(0, key.clone());
        }
        let outcome = |subject: String| Outcome {
            grain: kind.word().to_owned(),
            // What came back counts once, at the payment that stands for all.
            recovered: if subject == key { recovered } else { Fen::NONE },
            subject,
            period: String::new(),
            grade: (*grade).to_owned(),
            route: route.word().to_owned(),
            closed,
        };
        Ok(subjects.into_iter().map(outcome).collect())
    }
}

/// An amount in yuan, exact to the fen; none where the cell is empty.
fn amount(cell: &Data) -> Result<Fen, ()> {
    let text = text(cell).replace([',', '，'], "");
    if text.is_empty() {
        return Ok(Fen::NONE);
    }
    let yuan: f64 = text.parse().map_err(|_| ())?;
    let fen = (yuan * 100.0).round();
    let is_exact = (yuan * 100.0 - fen).abs() < 1e-6;
    if !(0.0..1e15).contains(&yuan) || !is_exact {
        return Err(());
    }
    #[expect(clippy::cast_possible_truncation, reason = "it is a whole number in the range")]
    Ok(Fen(fen as i64))
}

/// A day; none where the cell is empty.
fn day(cell: &Data) -> Result<Day, ()> {
    let text = text(cell).replace(['/', '.'], "-");
    if text.is_empty() {
        return Ok(Day::NONE);
    }
    let text = text.split(['T', ' ']).next().unwrap_or_default();
    let mut parts = text.split('-').map(str::parse::<i16>);
    let (Some(Ok(year)), Some(Ok(month)), Some(Ok(day)), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(());
    };
    let small = |part: i16| i8::try_from(part).map_err(|_| ());
    let date = jiff::civil::Date::new(year, small(month)?, small(day)?).map_err(|_| ())?;
    if (2000..=2100).contains(&year) { Ok(Day::of(date)) } else { Err(()) }
}

/// The letters of a column: `A`, `Z`, `AA`.
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
    use calamine::Data;

    use super::{amount, day, letters};
    use crate::ledger::cell::{Cell, Day, Fen};

    #[test]
    fn amounts_and_dates_are_taken_as_offices_write_them() {
        let text = |text: &str| Data::String(text.to_owned());
        assert_eq!(amount(&text("1,234.50")), Ok(Fen(123_450)));
        assert_eq!(amount(&Data::Float(0.29)), Ok(Fen(29)));
        assert_eq!(amount(&Data::Empty), Ok(Fen::NONE));
        for wrong in ["-1", "1.005", "十元", "NaN", "1e99"] {
            assert_eq!(amount(&text(wrong)), Err(()), "{wrong}");
        }
        let expected = Day::of(jiff::civil::date(2024, 3, 1));
        for right in ["2024-03-01", "2024/3/1", "2024.3.1", "2024-03-01T00:00:00"] {
            assert_eq!(day(&text(right)), Ok(expected), "{right}");
        }
        for wrong in ["2024-02-30", "3月1日", "24-3-1", "2024"] {
            assert_eq!(day(&text(wrong)), Err(()), "{wrong}");
        }
    }

    #[test]
    fn columns_have_the_letters_of_a_sheet() {
        assert_eq!(
            [0, 25, 26, 51, 52, 701, 702].map(letters),
            ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
        );
    }
}
