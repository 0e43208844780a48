#![doc = include_str!("weekend_holiday_posting.md")]

use jiff::civil::Weekday;

use super::habit::{Habit, Often};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::Seen;
use crate::ledger::book::Book;
use crate::ledger::book::index::PayeeIx;
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

/// Which day off it is, and how often the vouchers of the payee and of others are dated on such days.
fn on_day_off(book: &Book, payee: PayeeIx, (one, often): (Seen, Often)) -> Fact {
    let fact = fact!(
        "holiday", ["date", "payee"],
        day: one.day, payee: payee, off: often.odd, of: often.all, elsewhere: often.other_odd, others: often.others,
    );
    if book.calendar.is_holiday(one.day) {
        return fact;
    }
    let is_sunday = one.day.date().weekday() == Weekday::Sunday;
    Fact { sentence: if is_sunday { "sunday" } else { "saturday" }, ..fact }
}

impl Measure for WeekendHolidayPosting {
    type Context = DaysOff;
    type Groups = PayeeIx;

    fn context(&self, book: &Book) -> DaysOff {
        let days = || book.payments.day.iter().copied();
        let (first, last) =
            (days().min().map_or(0, |day| day.0), days().max().map_or(0, |day| day.0));
        let off: Vec<bool> = (first..=last).map(|day| book.calendar.is_day_off(Day(day))).collect();
        let habit = Habit::of(book, self.minimum, |_, one| is_off(first, &off, one));
        DaysOff { habit, first, off }
    }

    fn measure(&self, book: &Book, county: &DaysOff, group: Group<'_, PayeeIx>, out: &mut Out) {
        let DaysOff { habit, first, off } = county;
        let fact = |one, often| on_day_off(book, group.number, (one, often));
        habit.put(book, group, out, self.minimum, |_, one| is_off(*first, off, one), fact);
    }
}
