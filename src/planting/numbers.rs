//! Renumbers the vouchers of one village after new ones were added.
//!
//! The numbers of a series share the prefix before their last digits. A new voucher follows the vouchers of its day,
//! and later ones move up by one. Existing gaps in the numbers are kept.

use std::collections::BTreeMap;

use crate::ledger::contract::cell::{Day, Id};

/// The largest step from the last number of a month to the first of the next in a series that runs through the year.
const THROUGH: i64 = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    month: i32,
    number: i64,
    day: Day,
    voucher: u32,
    id: Id,
}

/// The vouchers of one series: existing and new ones.
#[derive(Debug, Default)]
struct One {
    before: String,
    width: usize,
    had: Vec<Entry>,
    joins: Vec<(i32, Day, u32)>,
}

/// The series of one village, by prefix.
#[derive(Debug, Default)]
pub(super) struct Series {
    all: Vec<One>,
    places: BTreeMap<String, usize>,
    /// The series of the previous voucher, tried first.
    last: usize,
}

/// A newly issued number.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Number {
    /// A number that another voucher of the series had.
    Known(Id),
    /// A number that no voucher had.
    New(String),
}

/// A voucher whose number changed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Numbered {
    pub(super) voucher: u32,
    pub(super) number: Number,
}

/// Splits a printed number into its prefix, the value of its last digits, and their count.
pub(super) fn split(printed: &str) -> (&str, i64, usize) {
    let digits = printed.bytes().rev().take_while(u8::is_ascii_digit).count().min(15);
    let (before, number) = printed.split_at(printed.len() - digits);
    (before, number.parse().unwrap_or(0), digits)
}

impl Series {
    fn find(&mut self, before: &str) -> Option<&mut One> {
        if self.all.get(self.last).is_none_or(|one| one.before != before) {
            self.last = self.places.get(before).copied()?;
        }
        self.all.get_mut(self.last)
    }

    /// Adds an existing voucher.
    pub(super) fn keep(&mut self, voucher: u32, printed: &str, id: Id, (day, month): (Day, i32)) {
        let (before, number, width) = split(printed);
        let entry = Entry { month, number, day, voucher, id };
        if let Some(one) = self.find(before) {
            one.had.push(entry);
            return;
        }
        self.last = self.all.len();
        self.places.insert(before.to_owned(), self.last);
        let before = before.to_owned();
        self.all.push(One { before, width, had: vec![entry], joins: Vec::new() });
    }

    /// Adds a new voucher to the series of another one.
    pub(super) fn add(&mut self, voucher: u32, beside: &str, day: Day) {
        let (before, ..) = split(beside);
        if let Some(one) = self.find(before) {
            one.joins.push((day.month(), day, voucher));
        }
    }

    /// The vouchers whose number changed.
    pub(super) fn issue(self) -> Vec<Numbered> {
        let mut issued = Vec::new();
        for one in self.all.into_iter().filter(|one| !one.joins.is_empty()) {
            one.issue(&mut issued);
        }
        issued
    }
}

impl One {
    fn issue(mut self, issued: &mut Vec<Numbered>) {
        self.had.sort_unstable();
        self.joins.sort_unstable();
        let mut known: Vec<(i64, Id)> = self.had.iter().map(|had| (had.number, had.id)).collect();
        known.sort_unstable();
        let (before, width) = (self.before, self.width);
        let mut give = |voucher: u32, number: i64| {
            let place = known.binary_search_by_key(&number, |(number, _)| *number).ok();
            let number = match place.and_then(|place| known.get(place)) {
                Some((_, id)) => Number::Known(*id),
                None => Number::New(format!("{before}{number:0width$}")),
            };
            issued.push(Numbered { voucher, number });
        };
        let mut joins = self.joins.into_iter().peekable();
        let mut shift = 0;
        let mut last: Option<(i32, i64, i64)> = None;
        for months in self.had.chunk_by(|a, b| a.month == b.month) {
            let Some(first) = months.first() else { continue };
            let goes_on =
                last.is_some_and(|(_, had, _)| first.number > had && first.number - had <= THROUGH);
            if !goes_on {
                shift = 0;
            }
            // The number before the first of this month, after renumbering.
            let mut now = first.number + shift - 1;
            for (place, had) in months.iter().enumerate() {
                let later = months.get(place..).unwrap_or(&[]);
                while let Some((month, day, voucher)) = joins.peek().copied() {
                    let is_due = month < had.month
                        || month == had.month && later.iter().all(|later| day < later.day);
                    if !is_due {
                        break;
                    }
                    now += 1;
                    shift += 1;
                    give(voucher, now);
                    joins.next();
                }
                now = had.number + shift;
                if shift != 0 {
                    give(had.voucher, now);
                }
            }
            while let Some((_, _, voucher)) = joins.next_if(|(month, ..)| *month <= first.month) {
                now += 1;
                shift += 1;
                give(voucher, now);
            }
            last = months.last().map(|had| (had.month, had.number, now));
        }
        let mut now = last.map_or(0, |(.., now)| now);
        for (_, _, voucher) in joins {
            now += 1;
            give(voucher, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Number, Numbered, Series, split};
    use crate::ledger::contract::cell::{Day, Id};

    fn dated(day: i32) -> (Day, i32) {
        (Day(day), Day(day).month())
    }

    #[test]
    fn the_last_digits_are_the_number() {
        assert_eq!(split("记-202406-014"), ("记-202406-", 14, 3));
        assert_eq!(split("现付7"), ("现付", 7, 1));
        assert_eq!(split("无号"), ("无号", 0, 0));
    }

    #[test]
    fn a_new_voucher_moves_those_behind_it_up() {
        let mut series = Series::default();
        for (number, day) in [(1, 0), (2, 4), (4, 9)] {
            let printed = format!("v-{number:03}");
            series.keep(number, &printed, Id(number), dated(day));
        }
        // The next month starts from 1 again.
        series.keep(9, "v-001", Id(1), dated(40));
        series.add(100, "v-002", Day(4));
        series.add(101, "v-001", Day(41));
        let mut issued = series.issue();
        issued.sort_by_key(|numbered| numbered.voucher);
        let number = |voucher, number| Numbered { voucher, number };
        assert_eq!(
            issued,
            [
                number(4, Number::New("v-005".to_owned())),
                number(100, Number::New("v-003".to_owned())),
                number(101, Number::Known(Id(2))),
            ]
        );
    }

    #[test]
    fn a_series_through_the_year_goes_on_in_the_next_month() {
        let mut series = Series::default();
        for (number, day) in [(1, 0), (2, 20), (3, 40)] {
            series.keep(number, &format!("{number}"), Id(number), dated(day));
        }
        series.add(100, "1", Day(10));
        let issued: Vec<u32> = series.issue().iter().map(|numbered| numbered.voucher).collect();
        assert_eq!(issued, [100, 2, 3]);
    }
}
