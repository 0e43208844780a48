#![doc = include_str!("weekend_holiday_posting.md")]

use super::habit::Habit;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::indicator::{Group, Groups, Indicator, Measure, Out};
use crate::indicators::seen::Seen;
use crate::ledger::book::Book;
use crate::ledger::contract::cell::Day;
use crate::ledger::subject::Grain;
use crate::params::{counted, params};

pub(super) static INDICATOR: Indicator = Indicator::of::<WeekendHolidayPosting>(card! {
    "weekend_holiday_posting",
    grain: Grain::Payment,
    class: Class::Statistic,
    scheme: Scheme::LateRecords,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee", "calendar"],
    basis: &[],
    simulated_schemes: &["entered_at_night"],
});

params! {
    struct WeekendHolidayPosting {
        minimum: usize = 5, counted,
            "fewest vouchers of the payee in the village",
            "收款人在本村的最少凭证张数";
    }
}

/// What is computed once for a county.
#[derive(Debug)]
struct DaysOff {
    habit: Habit,
    /// The first day of the ledger.
    first: i32,
    /// Whether each day from the first on is off.
    off: Vec<bool>,
}

fn is_off(first: i32, off: &[bool], one: Seen) -> Option<bool> {
    off.get(usize::try_from(one.day.0 - first).ok()?).copied()
}

impl Measure for WeekendHolidayPosting {
    type Context = DaysOff;
    const GROUPS: Groups = Groups::ByPayee;

    fn context(&self, book: &Book) -> DaysOff {
        let days = || book.payments.day.iter().copied();
        let (first, last) =
            (days().min().map_or(0, |day| day.0), days().max().map_or(0, |day| day.0));
        let off: Vec<bool> = (first..=last).map(|day| book.calendar.is_day_off(Day(day))).collect();
        let habit = Habit::of(book, self.minimum, |_, one| is_off(first, &off, one));
        DaysOff { habit, first, off }
    }

    fn measure(&self, book: &Book, county: &DaysOff, group: Group<'_>, out: &mut Out) {
        let DaysOff { habit, first, off } = county;
        habit.put(book, group, out, self.minimum, |_, one| is_off(*first, off, one));
    }
}
