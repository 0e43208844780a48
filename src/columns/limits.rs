//! Columns on the distance to the approval limits, for single payments and for sums within some days.

use super::context::{Context, number};
use super::definition::{Definition, Family, column};
use super::groups::{Column, Groups, Windows};
use crate::ledger::book::index::{IxVec, PaymentIx};
use crate::ledger::book::side::Role;
use crate::ledger::contract::cell::{Cell, Fen};

const LIMITS: &[&str] = &["limits"];
const PAYEE: &[&str] = &["limits", "ledger.payee"];

pub(super) static FAMILY: Family = Family { columns: COLUMNS, measure };

/// The windows in days before and after a payment.
const DAYS: [i32; 6] = [0, 3, 7, 15, 30, 60];

const COLUMNS: &[Definition] = &[
    column("to_limit_above", "ln ratio", "the limit above over the amount", LIMITS),
    column("gap_below_limit", "share", "how far below the limit above, as a share of it", LIMITS),
    column(
        "over_limit_reached",
        "ln ratio",
        "the amount over the highest limit that it reaches",
        LIMITS,
    ),
    column("has_limit_above", "0/1", "a limit of its class lies above", LIMITS),
    column(
        "sum_0",
        "ln ratio",
        "what the village pays the payee on this day, over the limit above",
        PAYEE,
    ),
    column("sum_3", "ln ratio", "the same within 3 days before and after", PAYEE),
    column("sum_7", "ln ratio", "the same within 7 days", PAYEE),
    column("sum_15", "ln ratio", "the same within 15 days", PAYEE),
    column("sum_30", "ln ratio", "the same within 30 days", PAYEE),
    column("sum_60", "ln ratio", "the same within 60 days", PAYEE),
    column("times_3", "payments", "payments of the village to the payee within 3 days", PAYEE),
    column("times_15", "payments", "the same within 15 days", PAYEE),
    column("times_60", "payments", "the same within 60 days", PAYEE),
    column(
        "busy_15",
        "ln ratio",
        "payments within 15 days over what the payee's whole span would have in as many",
        PAYEE,
    ),
    column("share_of_window", "share", "the amount's share of the sum within 15 days", PAYEE),
    column("passes_15", "0/1", "the sum within 15 days reaches the limit above", PAYEE),
    column("passes_30", "0/1", "the sum within 30 days reaches the limit above", PAYEE),
    column(
        "passes_without_contract",
        "0/1",
        "the sum within 30 days reaches the limit above, and no contract or decision is named",
        PAYEE,
    ),
    column(
        "near_limit_times_30",
        "payments",
        "payments at 70 to 100 % of the limit above to the payee within 30 days",
        PAYEE,
    ),
    column(
        "linked_sum_7",
        "ln ratio",
        "what the village pays payees linked by owner, telephone or account within 7 days, over the limit above",
        PAYEE,
    ),
    column("linked_sum_30", "ln ratio", "the same within 30 days", PAYEE),
    column(
        "text_sum_7",
        "ln ratio",
        "what the village pays for this purpose within 7 days, over the limit above",
        &["limits", "ledger.summary"],
    ),
    column("text_sum_30", "ln ratio", "the same within 30 days", &["limits", "ledger.summary"]),
    column(
        "handler_sum_3",
        "ln ratio",
        "what the handler's payments of non-standard amounts sum to within 3 days, over the limit above",
        &["limits", "ledger.handler"],
    ),
    column(
        "account_sum_3",
        "ln ratio",
        "what the village pays in this account within 3 days, over the limit above",
        LIMITS,
    ),
    column(
        "accounts_15",
        "accounts",
        "accounts that the payee is paid from within 15 days",
        &["ledger.payee"],
    ),
    column(
        "approvers_15",
        "persons",
        "approvers of what the payee is paid within 15 days",
        &["ledger.payee", "ledger.approver"],
    ),
    column(
        "handlers_15",
        "persons",
        "handlers of what the payee is paid within 15 days",
        &["ledger.payee", "ledger.handler"],
    ),
    column(
        "voucher_gap",
        "vouchers",
        "vouchers to the nearest other one of the village for the payee",
        &["ledger.payee"],
    ),
    column(
        "approver_near_limit",
        "share",
        "share of the approver's payments at 90 to 100 % of their limit, less that at 100 to 110 %",
        &["limits", "ledger.approver"],
    ),
];

fn measure(it: &Context<'_>) -> Vec<Column> {
    let above = it.book.limit_above();
    let reached = it.book.limit_reached();
    let has_limits = !it.book.limits.is_empty();
    let limit = |at: PaymentIx| above[at].some().filter(|fen| fen.0 > 0);
    let positive = |at: PaymentIx| (it.fen(at) > 0).then(|| it.fen(at) as f64);
    let mut columns = vec![
        it.each(|at| Some((limit(at)?.0 as f64 / positive(at)?).ln() as f32)),
        it.each(|at| Some((1.0 - positive(at)? / limit(at)?.0 as f64) as f32)),
        it.each(|at| {
            Some((positive(at)? / reached[at].some().filter(|fen| fen.0 > 0)?.0 as f64).ln() as f32)
        }),
        it.each(|at| has_limits.then(|| f32::from(u8::from(limit(at).is_some())))),
    ];
    columns.extend(payee_windows(it, above));
    let over_limit = |groups: Groups, days: i32| {
        groups.by_day(&it.book.payments.day).each(it.rows, |group, out| {
            let windows = windows(it, group);
            out.extend(
                group
                    .iter()
                    .enumerate()
                    .map(|(place, row)| ratio(windows.within(place, days).0, above[*row])),
            );
        })
    };
    let linked =
        || it.groups(|at| it.linked[at].map(|payee| (it.village(at) << 32) | number(payee)));
    let texts = || {
        it.groups(|at| {
            it.text_key(at)
                .filter(|_| !is_standard(it, at))
                .map(|text| (it.village(at) << 32) | text)
        })
    };
    let handlers = it.groups(|at| {
        it.signer(Role::Handler, at)
            .some()
            .filter(|_| !is_standard(it, at))
            .map(|id| u64::from(id.0))
    });
    let accounts = it.groups(|at| {
        (!is_standard(it, at)).then(|| (it.village(at) << 32) | u64::from(it.account[at]))
    });
    columns.extend([
        over_limit(linked(), 7),
        over_limit(linked(), 30),
        over_limit(texts(), 7),
        over_limit(texts(), 30),
        over_limit(handlers, 3),
        over_limit(accounts, 3),
    ]);
    let lines = &it.book.lines;
    let differing = |value: &(dyn Fn(PaymentIx) -> Option<u64> + Sync)| {
        it.by_village_payee.each(it.rows, |group, out| {
            out.extend(group.iter().enumerate().map(|(place, row)| {
                let day = it.day(*row);
                let near = |other: &&PaymentIx| (it.day(**other) - day).abs() <= 15;
                let before = group[..place].iter().rev().take(32).take_while(near);
                let after = group[place..].iter().take(32).take_while(near);
                let mut values: Vec<u64> =
                    before.chain(after).filter_map(|row| value(*row)).collect();
                values.sort_unstable();
                values.dedup();
                values.len() as f32
            }));
        })
    };
    columns.push(differing(&|at| Some(u64::from(it.account[at]))));
    columns.push(differing(&|at| it.id_key(&lines.approver, at)));
    columns.push(differing(&|at| it.id_key(&lines.handler, at)));
    columns.push(voucher_gap(it));
    columns.push(near_limit(it, above));
    columns
}

fn is_standard(it: &Context<'_>, at: PaymentIx) -> bool {
    it.book.lines.fixed_standard.at(it.line[at]) == crate::ledger::contract::cell::Flag::Yes
}

fn windows<'a>(it: &Context<'_>, group: &'a [PaymentIx]) -> Windows<'a> {
    Windows::of(group, |at| it.day(at), |at| (it.fen(at).max(0) as f64) / 100.0)
}

fn ratio(yuan: f64, limit: Fen) -> f32 {
    match limit.some().filter(|fen| fen.0 > 0) {
        Some(limit) if yuan > 0.0 => (yuan / limit.yuan()).ln() as f32,
        _ => f32::NAN,
    }
}

/// The columns from `sum_0` to `near_limit_times_30`.
fn payee_windows(it: &Context<'_>, above: &IxVec<PaymentIx, Fen>) -> Vec<Column> {
    const COLUMNS: usize = 15;
    let lines = &it.book.lines;
    let mut all: [Column; COLUMNS] = std::array::from_fn(|_| IxVec::of(f32::NAN, it.rows));
    it.by_village_payee.fill(all.each_mut(), |group, mut out| {
        let windows = windows(it, group);
        let day = |row: &PaymentIx| it.day(*row);
        let span = group.last().map_or(0, day) - group.first().map_or(0, day) + 1;
        for (place, row) in group.iter().enumerate() {
            let at = *row;
            let (limit, yuan) = (above[at], it.fen(at).max(0) as f64 / 100.0);
            let sums = DAYS.map(|days| windows.within(place, days));
            let passes = |sum: f64| {
                limit.some().map_or(f32::NAN, |limit| f32::from(u8::from(sum >= limit.yuan())))
            };
            let is_covered = lines.contract.at(it.line[at]).some().is_some()
                || lines.decision.at(it.line[at]).some().is_some();
            let usual = windows.len() as f64 * f64::from(31_i32.min(span)) / f64::from(span);
            let (sum_15, times_15) = sums[3];
            let near = group_near_limit(it, above, (group, place));
            let cells = [
                ratio(sums[0].0, limit),
                ratio(sums[1].0, limit),
                ratio(sums[2].0, limit),
                ratio(sum_15, limit),
                ratio(sums[4].0, limit),
                ratio(sums[5].0, limit),
                sums[1].1 as f32,
                times_15 as f32,
                sums[5].1 as f32,
                (times_15 as f64 / usual.max(0.5)).ln() as f32,
                if sum_15 > 0.0 { (yuan / sum_15) as f32 } else { f32::NAN },
                passes(sum_15),
                passes(sums[4].0),
                if is_covered { 0.0 } else { passes(sums[4].0) },
                near,
            ];
            out.iter_mut().zip(cells).for_each(|(column, cell)| column.push(cell));
        }
    });
    all.into()
}

/// The number of payments to the payee at 70 to 100 % of their limit within 30 days, this one included.
fn group_near_limit(
    it: &Context<'_>,
    above: &IxVec<PaymentIx, Fen>,
    (group, place): (&[PaymentIx], usize),
) -> f32 {
    const LOOKED_AT: usize = 64;
    let day = it.day(group[place]);
    let is_close = |row: &&PaymentIx| (it.day(**row) - day).abs() <= 30;
    let before = group[..place].iter().rev().take(LOOKED_AT).take_while(is_close);
    let after = group[place..].iter().take(LOOKED_AT).take_while(is_close);
    let is_near = |row: &&PaymentIx| {
        let at = **row;
        above[at].some().is_some_and(|limit| it.fen(at) * 10 >= limit.0 * 7)
    };
    before.chain(after).filter(is_near).count() as f32
}

fn voucher_gap(it: &Context<'_>) -> Column {
    it.by_village_payee.each(it.rows, |group, out| {
        let mut vouchers: Vec<u32> = group.iter().map(|row| it.voucher[*row]).collect();
        vouchers.sort_unstable();
        vouchers.dedup();
        out.extend(group.iter().map(|row| {
            let own = it.voucher[*row];
            let place = vouchers.partition_point(|it| *it < own);
            let before = place.checked_sub(1).map(|before| own - vouchers[before]);
            let after = vouchers.get(place + 1).map(|after| after - own);
            before.into_iter().chain(after).min().map_or(f32::NAN, |gap| gap as f32)
        }));
    })
}

fn near_limit(it: &Context<'_>, above: &IxVec<PaymentIx, Fen>) -> Column {
    let reached = it.book.limit_reached();
    let groups = it.groups(|at| it.signer(Role::Approver, at).some().map(|id| u64::from(id.0)));
    groups.each(it.rows, |group, out| {
        let below = |row: &&PaymentIx| {
            let at = **row;
            above[at].some().is_some_and(|limit| it.fen(at) * 10 >= limit.0 * 9)
        };
        let beyond = |row: &&PaymentIx| {
            let at = **row;
            reached[at].some().is_some_and(|limit| limit.0 > 0 && it.fen(at) * 10 <= limit.0 * 11)
        };
        let more =
            group.iter().filter(below).count() as f32 - group.iter().filter(beyond).count() as f32;
        let share = more / group.len() as f32;
        out.extend(group.iter().map(|_| share));
    })
}
