//! What a notice says, before it is a page, a workbook or rows.

use crate::ledger::book::period::Period;
use crate::ledger::contract::cell::{Day, Fen};
use crate::registers::notices;
use crate::report::cells::format_message;
use crate::words::table::{Lang, Word};

/// An account of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The code.
    pub account: String,
    /// The section, in the word that the county's notices have for it.
    pub section: String,
    /// Whether it is income.
    pub is_income: bool,
    /// What is booked.
    pub amount: Fen,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Text, masked.
    Text(String),
    /// An amount; empty where there is none.
    Money(Fen),
    /// A quantity.
    Number(f64),
    /// A day; empty where none is recorded.
    Day(Day),
}

/// A section of the notice.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Its heading.
    pub title: Word,
    /// The titles of the columns.
    pub columns: Vec<Word>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
    /// What the amounts of the last column come to, where a sum makes sense.
    pub sum: Option<Fen>,
}

/// A notice.
#[derive(Debug, Clone, PartialEq)]
pub struct Posting {
    /// The division code of the village.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The period.
    pub period: Period,
    /// The first day of the notice.
    pub posted: Day,
    /// The accounts, as the table of notices has them.
    pub items: Vec<Item>,
    /// The sections.
    pub tables: Vec<Table>,
    /// Sections whose records were not delivered.
    pub absent: Vec<Word>,
    /// The language.
    pub lang: Lang,
}

impl Posting {
    /// Its heading.
    pub fn title(&self) -> String {
        let cells = [("village", self.name.clone()), ("period", said(self.period, self.lang))];
        format_message(Word::PostingTitle, self.lang, &cells)
    }

    /// What is told below the sections.
    pub fn notes(&self) -> Vec<String> {
        let to = |word: Word| word.to(self.lang).to_owned();
        let mut notes = vec![to(Word::PostingMasked)];
        if !self.absent.is_empty() {
            let names: Vec<String> = self.absent.iter().map(|it| to(*it)).collect();
            let names = names.join(self.lang.of([", ", "、"]));
            notes.push(format_message(Word::PostingAbsent, self.lang, &[("sections", names)]));
        }
        notes
    }
}

/// A period as a notice says it.
pub fn said(period: Period, lang: Lang) -> String {
    let word = notices::word(period);
    let (first, months) = (period.first.date(), period.last.month() - period.first.month() + 1);
    let (year, month) = (first.year(), first.month());
    if lang == Lang::En {
        return word;
    }
    match months {
        12 => format!("{year}年"),
        6 => format!("{year}年{}半年", if month == 1 { "上" } else { "下" }),
        3 => {
            let number = ["一", "二", "三", "四"].get(usize::from(month.unsigned_abs() / 3));
            format!("{year}年第{}季度", number.copied().unwrap_or_default())
        }
        1 => format!("{year}年{month}月"),
        _ => word,
    }
}
