//! Dates: working days, holidays and the day of the election.

use jiff::civil::{Date, Weekday};

use super::chance::{Dice, Draw};
use crate::ledger::contract::cell::Day;

/// First day of the Spring Festival, 2005 to 2031.
const SPRING_FESTIVAL: [(i16, i8, i8); 27] = [
    (2005, 2, 9),
    (2006, 1, 29),
    (2007, 2, 18),
    (2008, 2, 7),
    (2009, 1, 26),
    (2010, 2, 14),
    (2011, 2, 3),
    (2012, 1, 23),
    (2013, 2, 10),
    (2014, 1, 31),
    (2015, 2, 19),
    (2016, 2, 8),
    (2017, 1, 28),
    (2018, 2, 16),
    (2019, 2, 5),
    (2020, 1, 25),
    (2021, 2, 12),
    (2022, 2, 1),
    (2023, 1, 22),
    (2024, 2, 10),
    (2025, 1, 29),
    (2026, 2, 17),
    (2027, 2, 6),
    (2028, 1, 26),
    (2029, 2, 13),
    (2030, 2, 3),
    (2031, 1, 23),
];

/// The days that a dataset covers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) first_year: i16,
    pub(crate) years: i16,
    /// Election day of the county's villages.
    pub(crate) election: Day,
}

/// The date of a year, month (1 to 12) and day; the last of the month if it has fewer days.
pub(crate) fn day(year: i16, month: i8, day: i8) -> Day {
    let first = Date::new(year, month, 1).unwrap_or(Date::ZERO);
    Day::of(Date::new(year, month, day).unwrap_or_else(|_| first.last_of_month()))
}

/// The day of the week, from 0 for Monday.
pub(crate) fn weekday(date: Day) -> i32 {
    i32::from(date.date().weekday().to_monday_zero_offset())
}

/// The Sunday before and the Saturday after a week of holidays, which are make-up workdays.
fn made_up(first: Day, last: Day) -> [Day; 2] {
    let sunday = first.0 - 1 - weekday(first);
    let saturday = last.0 + 1 + (4 - weekday(last)).rem_euclid(7);
    [Day(sunday), Day(saturday)]
}

impl Span {
    pub(crate) fn new(first_year: i16, years: u32) -> Self {
        let years = i16::try_from(years).unwrap_or(1);
        let election = day(first_year + years / 2, 6, 18);
        Self { first_year, years, election }
    }

    pub(crate) fn first(self) -> Day {
        day(self.first_year, 1, 1)
    }

    pub(crate) fn last(self) -> Day {
        day(self.last_year(), 12, 31)
    }

    pub(crate) fn last_year(self) -> i16 {
        self.first_year + self.years - 1
    }

    pub(crate) fn all_years(self) -> impl Iterator<Item = i16> + use<> {
        self.first_year..=self.last_year()
    }

    /// The nearest day within the span.
    pub(crate) fn clamp(self, date: Day) -> Day {
        date.clamp(self.first(), self.last())
    }

    pub(crate) fn holds(self, date: Day) -> bool {
        (self.first()..=self.last()).contains(&date)
    }

    /// A random day of a month; usual days for claims are more likely.
    pub(crate) fn claim_day(dice: &mut Dice, year: i16, month: i8) -> Day {
        let wish = match dice.between(0, 9) {
            0..=3 => dice.between(4, 10),
            4..=6 => dice.between(20, 26),
            _ => dice.between(1, 31),
        };
        let date = day(year, month, i8::try_from(wish).unwrap_or(1));
        let weekend = matches!(date.date().weekday(), Weekday::Saturday | Weekday::Sunday);
        if weekend && date.date().day() > 3 && dice.chance(0.8) { Day(date.0 - 2) } else { date }
    }

    /// A random claim day within the span.
    pub(crate) fn some_day(self, dice: &mut Dice) -> Day {
        let year = self.first_year
            + i16::try_from(dice.between(0, i64::from(self.years) - 1)).unwrap_or(0);
        let month = i8::try_from(dice.between(1, 12)).unwrap_or(1);
        Self::claim_day(dice, year, month)
    }

    /// The rows of the calendar table, by date.
    pub(crate) fn calendar(self) -> Vec<(Day, &'static str)> {
        let mut rows = Vec::new();
        for year in self.all_years() {
            let spring = SPRING_FESTIVAL.iter().find(|(of, ..)| *of == year);
            let spring = spring.map(|(year, month, first)| (day(*year, *month, *first), 7));
            let fixed = [(day(year, 1, 1), 1), (day(year, 5, 1), 3), (day(year, 10, 1), 7)];
            for (first, days) in fixed.into_iter().chain(spring) {
                rows.extend((0..days).map(|more| (Day(first.0 + more), "holiday")));
                if days == 7 {
                    let worked = made_up(first, Day(first.0 + 6));
                    rows.extend(worked.map(|date| (date, "make_up_workday")));
                }
            }
        }
        rows.extend((-60..=0).map(|less| (Day(self.election.0 + less), "election_window")));
        rows.retain(|(date, _)| self.holds(*date));
        rows.sort_unstable();
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::{Span, day, made_up};

    #[test]
    fn a_span_covers_whole_years() {
        let span = Span::new(2022, 3);
        assert_eq!(span.first().to_string(), "2022-01-01");
        assert_eq!(span.last().to_string(), "2024-12-31");
        assert_eq!(span.all_years().count(), 3);
        assert!(span.calendar().is_sorted());
    }

    #[test]
    fn a_week_off_is_made_up_on_the_weekends_beside_it() {
        // 2024-10-01 is a Tuesday, 2023-10-01 a Sunday.
        let worked = |year| made_up(day(year, 10, 1), day(year, 10, 7)).map(|day| day.to_string());
        assert_eq!(worked(2024), ["2024-09-29", "2024-10-12"]);
        assert_eq!(worked(2023), ["2023-09-24", "2023-10-14"]);
    }

    #[test]
    fn a_day_that_the_month_lacks_is_its_last() {
        assert_eq!(day(2023, 2, 31).to_string(), "2023-02-28");
    }
}
