//! What villages posted for the villagers to see, for which periods, and when.

use std::collections::BTreeMap;

use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, VillageIx};
use crate::ledger::book::period::Period;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};

/// A row of the table of notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    /// What it is about.
    pub period: Period,
    /// The account; empty where the notice names none.
    pub account: Id,
    /// The section of the notice.
    pub section: Id,
    /// Its first day.
    pub posted: Day,
    /// The day on which it was taken down.
    pub removed: Day,
    /// The amount posted.
    pub amount: Fen,
    /// The row of the table, from 0.
    pub row: usize,
}

/// The notices of each village, sorted by period, account, section and first day. Rows of villages without a ledger, and
/// of periods that cannot be read, are left out.
pub fn notices(book: &Book) -> IxVec<VillageIx, Vec<Notice>> {
    let table = &book.companions.disclosures;
    let mut periods: BTreeMap<Id, Option<Period>> = BTreeMap::new();
    let mut all: IxVec<VillageIx, Vec<Notice>> = IxVec::of(Vec::new(), book.villages.len());
    for row in 0..table.rows {
        let word = table.period.at(row);
        let period = periods.entry(word).or_insert_with(|| Period::of(book.names.get(word)));
        let village = book.villages.place(&table.village.at(row));
        let Some((village, period)) = village.zip(*period) else { continue };
        all[village].push(Notice {
            period,
            account: table.account.at(row),
            section: table.section.at(row),
            posted: table.posted.at(row),
            removed: table.removed.at(row),
            amount: table.amount.at(row),
            row,
        });
    }
    for own in &mut all.raw {
        own.sort_unstable();
    }
    all
}

/// The word of a period, as `2024Q3`; a span that is no year, half-year, quarter or month is told by its days.
pub fn word(period: Period) -> String {
    let (first, last) = (period.first.date(), period.last.date());
    let year = first.year();
    match period.last.month() - period.first.month() {
        11 => format!("{year}"),
        5 => format!("{year}H{}", last.month() / 6),
        2 => format!("{year}Q{}", last.month() / 3),
        0 => format!("{year}-{:02}", first.month()),
        _ => format!("{first} - {last}"),
    }
}

/// A period in which a village must have posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The period.
    pub period: Period,
    /// The first day on which all of it was posted, if it was; an empty day where no day is recorded.
    pub posted: Option<Day>,
}

impl Due {
    /// How many days after its end the period was posted, if that is known.
    pub fn days(&self) -> Option<i32> {
        let posted = self.posted.and_then(Cell::some)?;
        Some(posted.0.saturating_sub(self.period.last.0))
    }
}

/// The periods in which each village must have posted: quarters, or months where it posts by month. They begin with the
/// first period of which anybody in the township posted, and end with the last for which there were `grace` days left.
/// None where nobody in the township posted anything.
pub fn due(
    book: &Book,
    notices: &IxVec<VillageIx, Vec<Notice>>,
    grace: i32,
) -> IxVec<VillageIx, Option<Vec<Due>>> {
    let last = last_day(book, notices);
    let first_booked = book.lines.date.cells().iter().map(|day| day.month()).min();
    let township = |village: VillageIx| {
        let code = book.names.get(book.villages[village]);
        code.get(..9).unwrap_or(code)
    };
    let mut began: BTreeMap<&str, i32> = BTreeMap::new();
    for (village, own) in notices.iter_enumerated() {
        let Some(first) = own.iter().map(|it| it.period.first.month()).min() else { continue };
        let known = began.entry(township(village)).or_insert(first);
        *known = first.min(*known);
    }
    let of_village = |village: VillageIx| {
        let began = began.get(township(village)).copied()?.max(first_booked?);
        let own = notices[village].as_slice();
        let step = step(own);
        let first = began.div_euclid(step) * step;
        let grid = (0..).map_while(|place| months(first + place * step, step));
        let grid = grid.take_while(|period| period.last.0.saturating_add(grace) <= last.0);
        // A quarter that began before the books did cannot be held against them.
        let whole = grid.filter(|period| period.first.month() >= began);
        Some(whole.map(|period| Due { period, posted: posted(own, period) }).collect())
    };
    VillageIx::all(book.villages.len()).map(of_village).collect()
}

/// The last day of which the county's books or notices tell.
fn last_day(book: &Book, notices: &IxVec<VillageIx, Vec<Notice>>) -> Day {
    let booked = book.lines.date.cells().iter().copied().max().unwrap_or(Day(0));
    let posted = notices.iter().flatten().filter_map(|it| it.posted.some());
    // A year ahead of the books is an error of the clerk.
    posted.filter(|day| day.0 <= booked.0 + 366).fold(booked, Day::max)
}

/// One month where most periods of the village are months, or three.
fn step(own: &[Notice]) -> i32 {
    let periods = own.chunk_by(|a, b| a.period == b.period).filter_map(|same| same.first());
    let (mut all, mut short) = (0, 0);
    for notice in periods {
        all += 1;
        short += i32::from(notice.period.first.month() == notice.period.last.month());
    }
    if short * 2 > all { 1 } else { 3 }
}

/// So many months from a month on, counted as [`Day::month`] does.
fn months(first: i32, count: i32) -> Option<Period> {
    let day = |month: i32| {
        let (year, month) = (i16::try_from(month.div_euclid(12)).ok()?, month.rem_euclid(12));
        let date = jiff::civil::Date::new(year, i8::try_from(month + 1).ok()?, 1);
        date.ok().map(Day::of)
    };
    Some(Period { first: day(first)?, last: Day(day(first.checked_add(count)?)?.0 - 1) })
}

/// The first day on which a notice stood for each month of a period.
fn posted(own: &[Notice], period: Period) -> Option<Day> {
    let of_month = |month: i32| {
        let holds =
            |it: &&Notice| (it.period.first.month()..=it.period.last.month()).contains(&month);
        let mut days = own.iter().filter(holds).map(|it| it.posted);
        let first = days.next()?;
        Some(
            days.filter_map(Cell::some)
                .fold(first, |first, day| first.some().map_or(day, |first| first.min(day))),
        )
    };
    let months = period.first.month()..=period.last.month();
    let days: Option<Vec<Day>> = months.map(of_month).collect();
    days?.into_iter().max()
}

#[cfg(test)]
mod tests {
    use super::{Due, due, notices, word};
    use crate::ledger::book::Book;
    use crate::ledger::book::index::VillageIx;
    use crate::ledger::book::period::Period;
    use crate::ledger::sample;

    fn book(disclosures: &str) -> Book {
        let ledger = "village,date\n990101101201,2023-01-05\n990101101201,2024-01-31\n\
                      990101101202,2023-05-05\n990101102201,2023-05-05\n";
        sample::book(&[("ledger", ledger), ("disclosures", disclosures)])
    }

    fn told(book: &Book, village: usize) -> Option<Vec<(String, Option<i32>)>> {
        let own = due(book, &notices(book), 30)[VillageIx::from(village)].clone()?;
        let one = |it: Due| (word(it.period), it.posted.and_then(|_| it.days()));
        Some(own.into_iter().map(one).collect())
    }

    #[test]
    fn quarters_are_due_from_the_first_that_the_township_posted() {
        let book = book(
            "village,period,section,posted\n990101101201,2023Q1,expense,2023-04-09\n\
             990101101201,2023Q1,income,2023-04-12\n990101101201,2023年第三季度,expense,\n",
        );
        let of = |word: &str, days| (word.to_owned(), days);
        let quarters = |days: [Option<i32>; 4]| {
            let words = ["2023Q1", "2023Q2", "2023Q3", "2023Q4"];
            words.into_iter().zip(days).map(|(word, days)| of(word, days)).collect::<Vec<_>>()
        };
        assert_eq!(told(&book, 0), Some(quarters([Some(9), None, None, None])));
        assert_eq!(told(&book, 1), Some(quarters([None; 4])));
        assert_eq!(told(&book, 2), None);
        let own = due(&book, &notices(&book), 30);
        let is_posted = |it: &Due| it.posted.is_some();
        let posted = own[VillageIx::from(0)].iter().flatten().map(is_posted);
        assert_eq!(posted.collect::<Vec<_>>(), [true, false, true, false]);
    }

    #[test]
    fn who_posts_by_month_is_asked_by_month_and_a_year_is_all_its_quarters() {
        let book = book(
            "village,period,section,posted\n990101101201,2023-11,expense,2023-12-05\n\
             990101101202,2023,expense,2024-01-10\n",
        );
        let of = |word: &str, days| (word.to_owned(), days);
        let own = told(&book, 0).unwrap();
        assert_eq!(own.len(), 12);
        assert_eq!(own[10..], [of("2023-11", Some(5)), of("2023-12", None)]);
        let year = told(&book, 1).unwrap();
        assert_eq!(year.len(), 4);
        assert_eq!((&year[0], &year[3]), (&of("2023Q1", Some(285)), &of("2023Q4", Some(10))));
    }

    #[test]
    fn a_period_has_a_word() {
        for text in ["2024", "2024H2", "2024Q3", "2024-05"] {
            assert_eq!(word(Period::of(text).unwrap()), text);
        }
    }
}
