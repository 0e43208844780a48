//! Columns on when a payment was made and when it was entered.

use super::context::Context;
use super::definition::{Definition, Family, column};
use super::groups::{Column, over_median, rarity};
use crate::ledger::book::index::PaymentIx;
use crate::ledger::book::side::Role;
use crate::ledger::contract::cell::{Cell, Day};

const ENTERED: &[&str] = &["ledger.entered"];

pub(super) static FAMILY: Family = Family { columns: COLUMNS, measure };

const COLUMNS: &[Definition] = &[
    column("month", "month", "of the year", &[]),
    column("day_of_month", "day", "of the month", &[]),
    column("days_to_year_end", "days", "until 31 December", &[]),
    column("is_day_off", "0/1", "a weekend or holiday", &[]),
    column("is_holiday", "0/1", "a holiday of the calendar", &["calendar"]),
    column(
        "document_day_off",
        "0/1",
        "the document is dated on a weekend or holiday",
        &["ledger.document_date"],
    ),
    column("approved_day_off", "0/1", "approved on a weekend or holiday", &["ledger.approved"]),
    column(
        "days_to_election",
        "days",
        "until the next window before an election ends, 400 where none follows within that",
        &["calendar"],
    ),
    column("entry_lag", "days", "from the voucher to its entry", ENTERED),
    column("entry_lag_usual", "days", "the lag over the median of the village", ENTERED),
    column("entry_hour", "hours", "from 4 in the morning to the entry", ENTERED),
    column("entry_day_off", "0/1", "keyed on a weekend or holiday", ENTERED),
    column("entry_rush", "ln lines", "payments of the village keyed on that day", ENTERED),
    column("entry_order", "days", "keyed later than the next voucher of the village", ENTERED),
    column(
        "rare_month_text",
        "-ln share",
        "of the month among the village's payments for this purpose",
        &["ledger.summary"],
    ),
    column(
        "rare_month_account",
        "-ln share",
        "of the month among the village's payments in this account",
        &[],
    ),
    column("day_payments", "ln payments", "of the village on this day", &[]),
    column(
        "day_vouchers_handler",
        "ln payments",
        "of the handler on this day",
        &["ledger.handler"],
    ),
    column(
        "village_month_money",
        "ln ratio",
        "the village's money paid this month over its median month",
        &[],
    ),
    column(
        "account_month_money",
        "ln ratio",
        "the village's money paid from this account this month over its median month",
        &[],
    ),
];

fn measure(it: &Context<'_>) -> Vec<Column> {
    let lines = &it.book.lines;
    let yes = |it: bool| f32::from(u8::from(it));
    let calendar = &it.book.calendar;
    let days = Days::of(it);
    let entered = |at: PaymentIx| lines.entered.at(it.line[at]).some().map(|moment| moment.0);
    let entered_day =
        |at: PaymentIx| entered(at).map(|seconds| Day(seconds.div_euclid(86_400) as i32));
    let village = |at: PaymentIx| Some(it.village(at));
    let lag = it.each(|at| Some((entered_day(at)?.0 - it.day(at)) as f32));
    let windows = calendar.election_windows();
    let month = |at: PaymentIx| days.month(it.day(at));
    let has_calendar = it.book.companions.calendar.rows > 0;
    vec![
        it.each(|at| Some((month(at).rem_euclid(12) + 1) as f32)),
        it.each(|at| Some(f32::from(days.of_month(it.day(at))))),
        it.each(|at| Some(days.to_year_end(it.day(at)))),
        it.each(|at| Some(yes(days.is_off(it, it.day(at))))),
        it.each(|at| has_calendar.then(|| yes(calendar.is_holiday(Day(it.day(at)))))),
        it.each(|at| Some(yes(days.is_off(it, lines.document_date.at(it.line[at]).some()?.0)))),
        it.each(|at| Some(yes(days.is_off(it, lines.approved.at(it.line[at]).some()?.0)))),
        it.each(|at| {
            let until =
                windows.iter().map(|(_, last)| last.0 - it.day(at)).filter(|days| *days >= 0);
            (!windows.is_empty())
                .then(|| until.min().map_or(400.0, |days| (days as f32).min(400.0)))
        }),
        lag.clone(),
        over_median(&it.groups(village), &lag, 5),
        it.each(|at| Some(((entered(at)? - 4 * 3600).rem_euclid(86_400)) as f32 / 3600.0)),
        it.each(|at| Some(yes(days.is_off(it, entered_day(at)?.0)))),
        super::amounts::ln(
            it.groups(|at| {
                Some((it.village(at) << 32) | u64::from(entered_day(at)?.0.cast_unsigned()))
            })
            .counts(it.rows),
        ),
        entry_order(it, entered),
        rarity(
            it.rows,
            |at| Some((it.village(at) << 32) | it.text_key(at)?),
            |at| Some(month(at).rem_euclid(12) as u64),
        ),
        rarity(
            it.rows,
            |at| Some((it.village(at) << 32) | u64::from(it.account[at])),
            |at| Some(month(at).rem_euclid(12) as u64),
        ),
        super::amounts::ln(
            it.groups(|at| Some((it.village(at) << 32) | u64::from(it.day(at).cast_unsigned())))
                .counts(it.rows),
        ),
        super::amounts::ln(
            it.groups(|at| {
                let handler = it.signer(Role::Handler, at).some()?;
                Some((u64::from(handler.0) << 32) | u64::from(it.day(at).cast_unsigned()))
            })
            .counts(it.rows),
        ),
        month_money(it, &days, |at| Some(it.village(at))),
        month_money(it, &days, |at| Some((it.village(at) << 32) | u64::from(it.account[at]))),
    ]
}

/// Calendar data of each day of the book, computed once per day.
struct Days {
    first: i32,
    months: Vec<i32>,
    of_month: Vec<u8>,
    off: Vec<bool>,
}

impl Days {
    fn of(it: &Context<'_>) -> Self {
        let days = it.book.payments.day.iter().map(|day| day.0);
        let first = days.clone().min().unwrap_or(0) - 400;
        let last = days.max().unwrap_or(0) + 400;
        let all = || (first..=last).map(Day);
        Self {
            first,
            months: all().map(Day::month).collect(),
            of_month: all().map(|day| day.date().day().unsigned_abs()).collect(),
            off: all().map(|day| it.book.calendar.is_day_off(day)).collect(),
        }
    }

    fn place(&self, day: i32) -> Option<usize> {
        usize::try_from(day - self.first).ok().filter(|place| *place < self.months.len())
    }

    /// Months since the year 0.
    fn month(&self, day: i32) -> i32 {
        self.place(day).map_or_else(|| Day(day).month(), |place| self.months[place])
    }

    fn of_month(&self, day: i32) -> u8 {
        self.place(day).map_or(0, |place| self.of_month[place])
    }

    fn is_off(&self, it: &Context<'_>, day: i32) -> bool {
        self.place(day)
            .map_or_else(|| it.book.calendar.is_day_off(Day(day)), |place| self.off[place])
    }

    fn to_year_end(&self, day: i32) -> f32 {
        let months = 11 - self.month(day).rem_euclid(12);
        // A whole month counts as 30.4 days; precision matters only near the end of the year.
        months as f32 * 30.4 + (31.0 - f32::from(self.of_month(day))).max(0.0)
    }
}

/// Days by which a payment was entered later than the next voucher of its village.
fn entry_order(it: &Context<'_>, entered: impl Fn(PaymentIx) -> Option<i64> + Sync) -> Column {
    let groups = it.groups(|at| Some(it.village(at)));
    groups.each(it.rows, |group, out| {
        out.extend(group.iter().enumerate().map(|(place, row)| {
            let at = *row;
            let next =
                group[place + 1..].iter().find(|other| it.voucher[**other] != it.voucher[at]);
            let later = next.and_then(|next| Some(entered(at)? - entered(*next)?));
            later.map_or(f32::NAN, |seconds| seconds as f32 / 86_400.0)
        }));
    })
}

/// The log sum of the payment's month minus the median over the months of its group.
fn month_money(
    it: &Context<'_>,
    days: &Days,
    key: impl Fn(PaymentIx) -> Option<u64> + Sync,
) -> Column {
    it.groups(key).by_day(&it.book.payments.day).each(it.rows, |group, out| {
        let month = |row: &PaymentIx| days.month(it.day(*row));
        let sums: Vec<(i32, f32)> = group
            .chunk_by(|a, b| month(a) == month(b))
            .map(|same| {
                let fen: f64 = same.iter().map(|row| it.fen(*row).max(0) as f64).sum();
                (month(&same[0]), ((fen + 100.0).ln()) as f32)
            })
            .collect();
        let middle =
            super::groups::median(&mut sums.iter().map(|it| it.1).collect(), 3).unwrap_or(f32::NAN);
        out.extend(group.iter().map(|row| {
            let place = sums.partition_point(|one| one.0 < month(row));
            sums[place].1 - middle
        }));
    })
}
