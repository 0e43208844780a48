//! Columns on the nearest similar claim: same amount, number or purpose, by the same or another payee.

use super::context::Context;
use super::definition::{Definition, Family, column};
use super::groups::{Column, Groups};
use crate::ledger::book::index::{IxVec, LineIx, PaymentIx};
use crate::ledger::contract::cell::{Cell, Flag};

const PAYEE: &[&str] = &["ledger.payee"];
const NUMBER: &[&str] = &["ledger.document_no"];

pub(super) static FAMILY: Family = Family { columns: COLUMNS, measure };

/// The maximum distance to another claim, in days.
const FAR: f32 = 1_000.0;

const COLUMNS: &[Definition] = &[
    column(
        "equal_payee_days",
        "days",
        "to the nearest payment of this amount to the payee; 1,000 where there is none",
        PAYEE,
    ),
    column(
        "equal_payee_before",
        "days",
        "to the last earlier payment of this amount to the payee; 1,000 where there is none",
        PAYEE,
    ),
    column("equal_payee_village_days", "days", "the same in this village alone", PAYEE),
    column(
        "equal_text_days",
        "days",
        "to the nearest payment of this amount and purpose in the village to another payee; 1,000 where there is none",
        &["ledger.summary"],
    ),
    column(
        "equal_village_days",
        "days",
        "to the nearest payment of this amount, not of a standard, in the village; 1,000 where there is none",
        &[],
    ),
    column(
        "equal_same_text",
        "0/1",
        "the nearest payment of this amount to the payee has this purpose",
        &["ledger.payee", "ledger.summary"],
    ),
    column(
        "equal_same_document_date",
        "0/1",
        "the nearest payment of this amount to the payee has a document of this day",
        &["ledger.payee", "ledger.document_date"],
    ),
    column(
        "equal_same_handler",
        "0/1",
        "the nearest payment of this amount to the payee has this handler",
        &["ledger.payee", "ledger.handler"],
    ),
    column(
        "equal_number_gap",
        "ln numbers",
        "between the document numbers of the two",
        &["ledger.payee", "ledger.document_no"],
    ),
    column("equal_payee_count", "payments", "payments of this amount to the payee", PAYEE),
    column(
        "near_payee_ratio",
        "ln ratio",
        "to the nearest other amount paid to the payee within 120 days; 10 where there is none",
        PAYEE,
    ),
    column(
        "near_text_ratio",
        "ln ratio",
        "to the nearest other amount paid for this purpose in the village within 120 days; 10 where there is none",
        &["ledger.summary"],
    ),
    column(
        "text_payee_days",
        "days",
        "to the nearest payment for this purpose to the payee; 1,000 where there is none",
        &["ledger.payee", "ledger.summary"],
    ),
    column(
        "text_payee_pace",
        "ln ratio",
        "days to the nearest payment for this purpose over the payee's usual days between them",
        &["ledger.payee", "ledger.summary"],
    ),
    column("number_count", "payments", "payments with this document number", NUMBER),
    column(
        "number_other_payee",
        "payments",
        "payments with this document number to other payees",
        &["ledger.payee", "ledger.document_no"],
    ),
    column(
        "number_same_amount",
        "payments",
        "other payments with this document number and amount",
        NUMBER,
    ),
    column(
        "number_days",
        "days",
        "to the nearest payment with this document number; 1,000 where there is none",
        NUMBER,
    ),
    column(
        "number_gap_payee",
        "ln numbers",
        "to the nearest document number of the payee",
        &["ledger.payee", "ledger.document_no"],
    ),
    column(
        "number_order",
        "days",
        "how much later the payee's next lower document number is dated",
        &["ledger.payee", "ledger.document_no", "ledger.document_date"],
    ),
    column(
        "equal_elsewhere_days",
        "days",
        "to the nearest payment of this amount to the payee in another village; 1,000 where there is none",
        PAYEE,
    ),
];

fn measure(it: &Context<'_>) -> Vec<Column> {
    let days = &it.book.payments.day;
    let lines = &it.book.lines;
    let fen = |at: PaymentIx| it.fen(at).cast_unsigned();
    // The three parts are hashed into one key; a collision has a probability of 2^-64 per pair and would match
    // unrelated payments.
    let equal_payee = it.groups(|at| Some(mixed(it.payee(at)?, fen(at)))).by_day(days);
    let equal_payee_village =
        it.groups(|at| Some(mixed(mixed(it.payee(at)?, it.village(at)), fen(at)))).by_day(days);
    let is_free = |at: PaymentIx| lines.fixed_standard.at(it.line[at]) != Flag::Yes;
    let equal_text =
        it.groups(|at| Some(mixed(mixed(it.text_key(at)?, it.village(at)), fen(at)))).by_day(days);
    let equal_village =
        it.groups(|at| is_free(at).then(|| mixed(it.village(at), fen(at)))).by_day(days);
    let text_payee = it
        .groups(|at| Some(mixed(mixed(it.payee(at)?, it.text_key(at)?), it.village(at))))
        .by_day(days);
    let number = it.groups(|at| it.id_key(&lines.document_no, at)).by_day(days);
    let twin = twins(it, &equal_payee);
    let of_twin = |same: &(dyn Fn(PaymentIx, PaymentIx) -> Option<bool> + Sync)| {
        it.each(|at| {
            let Some(twin) = twin[at] else { return it.payee(at).map(|_| 0.0) };
            same(at, twin).map(|same| f32::from(u8::from(same)))
        })
    };
    let numbers = numbers(it);
    vec![
        nearest(it, &equal_payee, |_, _| true),
        before(it, &equal_payee),
        nearest(it, &equal_payee_village, |_, _| true),
        nearest(it, &equal_text, |at, other| it.payee(at) != it.payee(other)),
        nearest(it, &equal_village, |_, _| true),
        of_twin(&|at, twin| Some(it.text_key(at)? == it.text_key(twin)?)),
        of_twin(&|at, twin| {
            let date = |at: PaymentIx| lines.document_date.at(it.line[at]).some();
            Some(date(at)? == date(twin)?)
        }),
        of_twin(&|at, twin| {
            Some(it.id_key(&lines.handler, at)? == it.id_key(&lines.handler, twin)?)
        }),
        it.each(|at| Some(ln_gap(numbers[at]?, numbers[twin[at]?]?))),
        equal_payee.counts(it.rows),
        near(it, &it.by_payee),
        near(
            it,
            &it.groups(|at| {
                is_free(at).then_some(())?;
                Some(mixed(it.text_key(at)?, it.village(at)))
            })
            .by_day(days),
        ),
        nearest(it, &text_payee, |_, _| true),
        pace(it, &text_payee),
        number.counts(it.rows),
        others(it, &number, |at, other| it.payee(at) != it.payee(other)),
        others(it, &number, |at, other| at != other && it.fen(at) == it.fen(other)),
        nearest(it, &number, |_, _| true),
        number_gap(it, &numbers),
        number_order(it, &numbers),
        nearest(it, &equal_payee, |at, other| it.village(at) != it.village(other)),
    ]
}

pub(super) fn mixed(one: u64, other: u64) -> u64 {
    let mut mix = one.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ other.rotate_left(32);
    mix = (mix ^ (mix >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mix = (mix ^ (mix >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mix ^ (mix >> 31)
}

/// The number of payments examined on each side of a payment.
const LOOKED_AT: usize = 32;

/// Days to the nearest other payment of the group that satisfies a condition; the group is sorted by day.
fn nearest(
    it: &Context<'_>,
    groups: &Groups,
    counts: impl Fn(PaymentIx, PaymentIx) -> bool + Sync,
) -> Column {
    groups.each(it.rows, |group, out| {
        out.extend(group.iter().enumerate().map(|(place, row)| {
            let at = *row;
            let is_other = |row: &&PaymentIx| counts(at, **row);
            let before = group[..place].iter().rev().take(LOOKED_AT).find(is_other);
            let after = group[place + 1..].iter().take(LOOKED_AT).find(is_other);
            let days = |row: &PaymentIx| (it.day(*row) - it.day(at)).unsigned_abs() as f32;
            before.into_iter().chain(after).map(days).fold(FAR, f32::min)
        }));
    })
}

fn before(it: &Context<'_>, groups: &Groups) -> Column {
    groups.each(it.rows, |group, out| {
        out.extend(group.iter().enumerate().map(|(place, row)| {
            let last = place.checked_sub(1).map(|last| group[last]);
            last.map_or(FAR, |last| (it.day(*row) - it.day(last)) as f32).min(FAR)
        }));
    })
}

/// The nearest other payment of the group in time.
fn twins(it: &Context<'_>, groups: &Groups) -> IxVec<PaymentIx, Option<PaymentIx>> {
    let mut twins = IxVec::of(None, it.rows);
    for group in groups.iter() {
        for (place, row) in group.iter().enumerate() {
            let days = |other: &PaymentIx| (it.day(*other) - it.day(*row)).abs();
            let before = place.checked_sub(1).map(|before| group[before]);
            let after = group.get(place + 1).copied();
            twins[*row] = before.into_iter().chain(after).min_by_key(|other| days(other));
        }
    }
    twins
}

/// Log ratio to the nearest different amount within 120 days; 10 if there is none.
fn near(it: &Context<'_>, groups: &Groups) -> Column {
    groups.each(it.rows, |group, out| {
        out.extend(group.iter().enumerate().map(|(place, row)| {
            let at = *row;
            let is_close = |row: &&PaymentIx| (it.day(**row) - it.day(at)).abs() <= 120;
            let before = group[..place].iter().rev().take(LOOKED_AT).take_while(is_close);
            let after = group[place + 1..].iter().take(LOOKED_AT).take_while(is_close);
            let ratio = |row: &PaymentIx| (it.size[*row] - it.size[at]).abs();
            let other = |row: &&PaymentIx| it.fen(**row) != it.fen(at);
            before.chain(after).filter(other).map(ratio).fold(10.0, f32::min)
        }));
    })
}

fn others(
    it: &Context<'_>,
    groups: &Groups,
    counts: impl Fn(PaymentIx, PaymentIx) -> bool + Sync,
) -> Column {
    groups.each(it.rows, |group, out| {
        out.extend(group.iter().map(|row| {
            let same = group.iter().take(LOOKED_AT);
            same.filter(|other| counts(*row, **other)).count() as f32
        }));
    })
}

/// Log ratio of the days to the nearest payment of the group to the group's median; 1 is added to both.
fn pace(it: &Context<'_>, groups: &Groups) -> Column {
    groups.each(it.rows, |group, out| {
        let gap = |pair: &[PaymentIx]| (it.day(pair[1]) - it.day(pair[0])) as f32;
        let gaps: Vec<f32> = group.windows(2).map(gap).collect();
        let usual = super::groups::median(&mut gaps.clone(), 3).unwrap_or(f32::NAN);
        out.extend((0..group.len()).map(|place| {
            let before = place.checked_sub(1).and_then(|before| gaps.get(before)).copied();
            let own = before.into_iter().chain(gaps.get(place).copied()).fold(FAR, f32::min);
            ((own + 1.0) / (usual + 1.0)).ln()
        }));
    })
}

/// The digits of each payment's document number as an integer, at most the last 15.
fn numbers(it: &Context<'_>) -> IxVec<PaymentIx, Option<i64>> {
    let lines = &it.book.lines;
    let number = |line: &LineIx| {
        let text = it.book.names.get(lines.document_no.at(*line).some()?);
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let last = digits.get(digits.len().saturating_sub(15)..)?;
        last.parse().ok()
    };
    it.line.iter().map(number).collect()
}

fn ln_gap(one: i64, other: i64) -> f32 {
    ((one - other).unsigned_abs() as f32 + 1.0).ln()
}

fn number_gap(it: &Context<'_>, numbers: &IxVec<PaymentIx, Option<i64>>) -> Column {
    it.by_payee.each(it.rows, |group, out| {
        let mut own: Vec<i64> = group.iter().filter_map(|row| numbers[*row]).collect();
        own.sort_unstable();
        out.extend(group.iter().map(|row| {
            let Some(number) = numbers[*row] else { return f32::NAN };
            let from = own.partition_point(|it| *it < number);
            let to = own.partition_point(|it| *it <= number);
            if to - from > 1 {
                return 0.0;
            }
            let before = from.checked_sub(1).map(|before| own[before]);
            let after = own.get(to).copied();
            let gaps = before.into_iter().chain(after).map(|other| ln_gap(number, other));
            gaps.fold(f32::NAN, f32::min)
        }));
    })
}

fn number_order(it: &Context<'_>, numbers: &IxVec<PaymentIx, Option<i64>>) -> Column {
    let date = |at: PaymentIx| it.book.lines.document_date.at(it.line[at]).some().map(|day| day.0);
    it.by_payee.each(it.rows, |group, out| {
        let known = group.iter().filter_map(|row| {
            let at = *row;
            Some((numbers[at]?, date(at)?))
        });
        let mut known: Vec<(i64, i32)> = known.collect();
        known.sort_unstable();
        out.extend(group.iter().map(|row| {
            let at = *row;
            let (Some(number), Some(date)) = (numbers[at], date(at)) else { return f32::NAN };
            let place = known.partition_point(|(other, _)| *other < number);
            let lower = place.checked_sub(1).map(|before| known[before].1);
            lower.map_or(f32::NAN, |lower| (lower - date) as f32)
        }));
    })
}
