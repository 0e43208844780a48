#![doc = include_str!("after_hours_entry.md")]

use super::habit::{Habit, Often};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::Seen;
use crate::ledger::book::Book;
use crate::ledger::book::index::PayeeIx;
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
        let entered = book.lines.entered.at(one.line).some()?;
        let second = entered.0.rem_euclid(86_400);
        let is_night = second >= self.from * 3_600 || second < self.to * 3_600;
        (second != 0).then_some(is_night)
    }

    /// When a payment was keyed, and how often those of its payee and of others are keyed at night.
    fn fact(&self, book: &Book, payee: PayeeIx, (one, often): (Seen, Often)) -> Fact {
        let hour = |hour: i64| hour.unsigned_abs();
        fact!(
            "night", ["entered", "payee"],
            entered: book.lines.entered.at(one.line), from: hour(self.from), to: hour(self.to), payee: payee,
            night: often.odd, of: often.all, elsewhere: often.other_odd, others: often.others,
        )
    }
}

impl Measure for AfterHoursEntry {
    type Context = Habit;
    type Groups = PayeeIx;

    fn context(&self, book: &Book) -> Habit {
        Habit::of(book, self.minimum, |book, one| self.is_at_night(book, one))
    }

    fn measure(&self, book: &Book, habit: &Habit, group: Group<'_, PayeeIx>, out: &mut Out) {
        let is_at_night = |book: &Book, one: Seen| self.is_at_night(book, one);
        let fact = |one, often| self.fact(book, group.number, (one, often));
        habit.put(book, group, out, self.minimum, is_at_night, fact);
    }
}
