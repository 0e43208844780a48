//! Days off, holidays and election windows.

use jiff::civil::Weekday;

use crate::ledger::contract::cell::{Cell, Day};
use crate::ledger::contract::names::Names;
use crate::ledger::contract::schema::Calendar as Table;

/// The maximum number of consecutive days off.
const MOST_CLOSED: i32 = 60;

/// The days of the `calendar` table.
#[derive(Debug, Default)]
pub struct Calendar {
    holidays: Vec<Day>,
    make_up: Vec<Day>,
    elections: Vec<Day>,
}

impl Calendar {
    /// The days of a table.
    pub fn of(table: &Table, names: &Names) -> Self {
        let of = |kind: &str| {
            let is_kind = |row: &usize| names.get(table.kind.at(*row)) == kind;
            let rows = (0..table.rows).filter(is_kind);
            let mut days: Vec<Day> = rows.filter_map(|row| table.date.at(row).some()).collect();
            days.sort_unstable();
            days.dedup();
            days
        };
        Self {
            holidays: of("holiday"),
            make_up: of("make_up_workday"),
            elections: of("election_window"),
        }
    }

    /// Whether offices are closed: on holidays, and on weekends that are not working days in lieu.
    pub fn is_day_off(&self, day: Day) -> bool {
        let weekend = matches!(day.date().weekday(), Weekday::Saturday | Weekday::Sunday);
        self.is_holiday(day) || (weekend && self.make_up.binary_search(&day).is_err())
    }

    /// Whether the day is a holiday in the table.
    pub fn is_holiday(&self, day: Day) -> bool {
        self.holidays.binary_search(&day).is_ok()
    }

    /// The day itself if it is a working day, otherwise the next working day.
    pub fn open_from(&self, day: Day) -> Day {
        let mut days = (0..MOST_CLOSED).map(|later| Day(day.0.saturating_add(later)));
        days.find(|it| !self.is_day_off(*it)).unwrap_or(day)
    }

    /// The first and last days of the windows before elections, in order.
    pub fn election_windows(&self) -> Vec<(Day, Day)> {
        let runs = self.elections.chunk_by(|a, b| b.0 == a.0 + 1);
        runs.filter_map(|run| Some((*run.first()?, *run.last()?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::ledger::contract::cell::Day;
    use crate::ledger::sample;

    #[test]
    fn a_worked_sunday_is_no_day_off_and_windows_are_runs() {
        let calendar = "date,kind\n2024-10-01,holiday\n2024-09-29,make_up_workday\n\
            2024-05-01,election_window\n2024-05-02,election_window\n2024-06-01,election_window\n";
        let book = sample::book(&[("ledger", "payee\nP1\n"), ("calendar", calendar)]);
        let day = |month, day| Day::of(jiff::civil::date(2024, month, day));
        assert!(book.calendar.is_day_off(day(10, 1)) && book.calendar.is_holiday(day(10, 1)));
        assert!(!book.calendar.is_day_off(day(9, 29)) && book.calendar.is_day_off(day(9, 28)));
        assert_eq!(book.calendar.open_from(day(9, 28)), day(9, 29));
        assert_eq!(book.calendar.open_from(day(10, 1)), day(10, 2));
        let windows = [(day(5, 1), day(5, 2)), (day(6, 1), day(6, 1))];
        assert_eq!(book.calendar.election_windows(), windows);
    }
}
