#![doc = include_str!("after_hours_entry.md")]

use super::habit::Habit;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::indicator::{Group, Groups, Indicator, Measure, Out};
use crate::indicators::seen::Seen;
use crate::ledger::book::Book;
use crate::ledger::contract::cell::Cell;
use crate::ledger::subject::Grain;
use crate::params::{counted, params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<AfterHoursEntry>(card! {
    "after_hours_entry",
    grain: Grain::Payment,
    class: Class::Statistic,
    scheme: Scheme::LateRecords,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee", "ledger.entered"],
    basis: &[],
    simulated_schemes: &["entered_at_night"],
});

params! {
    struct AfterHoursEntry {
        from: i64 = 22, within(12..=24),
            "hour at which night begins",
            "深夜开始的钟点";
        to: i64 = 6, within(0..=12),
            "hour at which it ends",
            "深夜结束的钟点";
        minimum: usize = 5, counted,
            "fewest vouchers of the payee in the village",
            "收款人在本村的最少凭证张数";
    }
}

impl AfterHoursEntry {
    /// Whether a payment was keyed at night. Midnight to the second is a day without a time.
    fn is_at_night(&self, book: &Book, one: Seen) -> Option<bool> {
        let entered = book.lines.entered.at(one.line as usize).some()?;
        let second = entered.0.rem_euclid(86_400);
        let is_night = second >= self.from * 3_600 || second < self.to * 3_600;
        (second != 0).then_some(is_night)
    }
}

impl Measure for AfterHoursEntry {
    type Context = Habit;
    const GROUPS: Groups = Groups::ByPayee;

    fn context(&self, book: &Book) -> Habit {
        Habit::of(book, self.minimum, |book, one| self.is_at_night(book, one))
    }

    fn measure(&self, book: &Book, habit: &Habit, group: Group<'_>, out: &mut Out) {
        habit.put(book, group, out, self.minimum, |book, one| self.is_at_night(book, one));
    }
}
