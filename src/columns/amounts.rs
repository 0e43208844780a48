//! Columns on the amount relative to payee, account, purpose, village and signers, and on its digits.

use super::context::Context;
use super::definition::{Definition, Family, column};
use super::groups::{Cells, Column, Groups, median, over_median, rank};
use crate::ledger::book::index::PaymentIx;
use crate::ledger::book::side::Role;
use crate::ledger::contract::cell::Cell;

const PAYEE: &[&str] = &["ledger.payee"];
const TEXT: &[&str] = &["ledger.summary"];

pub(super) static FAMILY: Family = Family { columns: COLUMNS, measure };

const COLUMNS: &[Definition] = &[
    column("ln_amount", "ln yuan", "the amount without its sign", &[]),
    column("is_red", "0/1", "the amount is negative", &[]),
    column("over_payee", "ln ratio", "over the median of the payee's payments (3 or more)", PAYEE),
    column("over_payee_account", "ln ratio", "over the median of the payee in this account", PAYEE),
    column(
        "over_payee_village",
        "ln ratio",
        "over the median of what this village pays the payee",
        PAYEE,
    ),
    column(
        "over_payee_text",
        "ln ratio",
        "over the median of the payee for this purpose",
        &["ledger.payee", "ledger.summary"],
    ),
    column("over_account", "ln ratio", "over the county's median in this account", &[]),
    column("over_account_village", "ln ratio", "over the village's median in this account", &[]),
    column("over_text", "ln ratio", "over the county's median for this purpose", TEXT),
    column("over_text_village", "ln ratio", "over the village's median for this purpose", TEXT),
    column("over_village", "ln ratio", "over the village's median", &[]),
    column(
        "over_handler",
        "ln ratio",
        "over the median of the handler's payments",
        &["ledger.handler"],
    ),
    column(
        "over_approver_account",
        "ln ratio",
        "over the median of the approver's payments in this account",
        &["ledger.approver"],
    ),
    column("rank_payee", "share", "share of the payee's other payments that are smaller", PAYEE),
    column(
        "rank_account",
        "share",
        "share of the county's other payments in this account that are smaller",
        &[],
    ),
    column(
        "rank_account_village",
        "share",
        "share of the village's other payments in this account that are smaller",
        &[],
    ),
    column(
        "rank_text",
        "share",
        "share of the county's other payments for this purpose that are smaller",
        TEXT,
    ),
    column(
        "rank_text_village",
        "share",
        "share of the village's other payments for this purpose that are smaller",
        TEXT,
    ),
    column(
        "spread_text",
        "robust deviations",
        "over the median for this purpose, in median absolute deviations",
        TEXT,
    ),
    column(
        "spread_payee",
        "robust deviations",
        "over the median of the payee, in median absolute deviations",
        PAYEE,
    ),
    column(
        "spread_account_village",
        "robust deviations",
        "over the village's median in this account, in median absolute deviations",
        &[],
    ),
    column("over_next_payee", "ln ratio", "over the largest other payment of the payee", PAYEE),
    column(
        "over_previous_payee_text",
        "ln ratio",
        "over the previous payment to the payee for this purpose",
        &["ledger.payee", "ledger.summary"],
    ),
    column("trailing_zeros", "digits", "zeros at the end of the amount in fen", &[]),
    column("digits", "digits", "digits of the amount in fen", &[]),
    column("fen_part", "fen", "the part below one yuan", &[]),
    column("last_yuan_digit", "digit", "the last digit of whole yuan", &[]),
    column("first_two_digits", "number", "the leading two digits", &[]),
    column("round_for_text", "digits", "zeros at the end over the median for this purpose", TEXT),
    column("round_for_payee", "digits", "zeros at the end over the median of the payee", PAYEE),
    column("same_amount_county", "ln payments", "payments of this amount in the county", &[]),
    column("same_amount_village", "ln payments", "payments of this amount in the village", &[]),
    column(
        "same_amount_text",
        "share",
        "share of the payments for this purpose that have this amount",
        TEXT,
    ),
    column(
        "same_amount_payee",
        "share",
        "share of the payee's payments that have this amount",
        PAYEE,
    ),
    column(
        "fixed_standard",
        "0/1",
        "the amount is set by a public standard",
        &["ledger.fixed_standard"],
    ),
];

fn measure(it: &Context<'_>) -> Vec<Column> {
    let (rows, sizes) = (it.rows, &it.size);
    let account = |at: PaymentIx| Some(u64::from(it.account[at]));
    let both = |one: Option<u64>, other: Option<u64>| Some((one? << 32) | other?);
    let by_payee = it.groups(|at| it.payee(at));
    let by_account = it.groups(account);
    let by_account_village = it.groups(|at| both(Some(it.village(at)), account(at)));
    let by_text = it.groups(|at| it.text_key(at));
    let by_text_village = it.groups(|at| both(Some(it.village(at)), it.text_key(at)));
    let by_payee_text = it.groups(|at| both(it.payee(at), it.text_key(at)));
    let signer = |role: Role, at: PaymentIx| it.signer(role, at).some().map(|id| u64::from(id.0));
    let zeros = it.each(|at| Some(trailing_zeros(it.fen(at))));
    let over = |groups: &Groups, least: usize| over_median(groups, sizes, least);
    vec![
        sizes.clone(),
        it.each(|at| Some(f32::from(u8::from(it.fen(at) < 0)))),
        over(&by_payee, 3),
        over(&it.groups(|at| both(it.payee(at), account(at))), 3),
        over(&it.by_village_payee, 3),
        over(&by_payee_text, 3),
        over(&by_account, 3),
        over(&by_account_village, 3),
        over(&by_text, 3),
        over(&by_text_village, 3),
        over(&it.groups(|at| Some(it.village(at))), 3),
        over(&it.groups(|at| signer(Role::Handler, at)), 5),
        over(&it.groups(|at| both(signer(Role::Approver, at), account(at))), 5),
        rank(&by_payee, sizes, 3),
        rank(&by_account, sizes, 3),
        rank(&by_account_village, sizes, 3),
        rank(&by_text, sizes, 3),
        rank(&by_text_village, sizes, 3),
        spread(&by_text, sizes),
        spread(&by_payee, sizes),
        spread(&by_account_village, sizes),
        over_next(&by_payee, sizes),
        over_previous(it, &by_payee_text),
        zeros.clone(),
        it.each(|at| Some(digits(it.fen(at)))),
        it.each(|at| Some((it.fen(at).unsigned_abs() % 100) as f32)),
        it.each(|at| Some((it.fen(at).unsigned_abs() / 100 % 10) as f32)),
        it.each(|at| first_two(it.fen(at))),
        over_median(&by_text, &zeros, 5),
        over_median(&by_payee, &zeros, 5),
        ln(it.groups(|at| Some(it.fen(at).cast_unsigned())).counts(rows)),
        ln(it
            .groups(|at| both(Some(it.village(at)), Some(it.fen(at).unsigned_abs() & 0xffff_ffff)))
            .counts(rows)),
        same_amount(it, &by_text),
        same_amount(it, &by_payee),
        it.each(|at| flag(it.book.lines.fixed_standard.at(it.line[at]))),
    ]
}

pub(super) fn flag(flag: crate::ledger::contract::cell::Flag) -> Option<f32> {
    use crate::ledger::contract::cell::Flag;
    match flag {
        Flag::Unknown => None,
        Flag::No => Some(0.0),
        Flag::Yes => Some(1.0),
    }
}

pub(super) fn ln(mut cells: Column) -> Column {
    for cell in &mut cells.raw {
        *cell = cell.ln();
    }
    cells
}

fn trailing_zeros(fen: i64) -> f32 {
    let mut rest = fen.unsigned_abs();
    let mut zeros = 0_u8;
    while rest > 0 && rest.is_multiple_of(10) {
        rest /= 10;
        zeros += 1;
    }
    f32::from(zeros)
}

fn digits(fen: i64) -> f32 {
    fen.unsigned_abs().checked_ilog10().map_or(0.0, |it| it as f32 + 1.0)
}

fn first_two(fen: i64) -> Option<f32> {
    let fen = fen.unsigned_abs();
    let power = fen.checked_ilog10()?.checked_sub(1)?;
    Some((fen / 10_u64.pow(power)) as f32)
}

/// Log amount minus the group's median, in median absolute deviations; missing in groups of fewer than 5.
fn spread(groups: &Groups, sizes: &Cells) -> Column {
    groups.each(sizes.len(), |group, out| {
        let mut own: Vec<f32> = group.iter().map(|row| sizes[*row]).collect();
        let middle = median(&mut own, 5).unwrap_or(f32::NAN);
        for size in &mut own {
            *size = (*size - middle).abs();
        }
        // A lower bound of the scale, since equal amounts have a deviation of zero.
        let scale = median(&mut own, 5).unwrap_or(f32::NAN).max(0.02);
        out.extend(group.iter().map(|row| (sizes[*row] - middle) / scale));
    })
}

fn over_next(groups: &Groups, sizes: &Cells) -> Column {
    groups.each(sizes.len(), |group, out| {
        let (mut first, mut second) = (f32::NAN, f32::NAN);
        for size in group.iter().map(|row| sizes[*row]).filter(|it| !it.is_nan()) {
            if first.is_nan() || size > first {
                (first, second) = (size, first);
            } else if second.is_nan() || size > second {
                second = size;
            }
        }
        out.extend(group.iter().map(|row| {
            let size = sizes[*row];
            size - if size < first { first } else { second }
        }));
    })
}

fn over_previous(it: &Context<'_>, groups: &Groups) -> Column {
    groups.each(it.rows, |group, out| {
        let mut last = f32::NAN;
        out.extend(group.iter().map(|row| {
            let size = it.size[*row];
            size - std::mem::replace(&mut last, size)
        }));
    })
}

fn same_amount(it: &Context<'_>, groups: &Groups) -> Column {
    groups.each(it.rows, |group, out| {
        let mut sorted: Vec<i64> = group.iter().map(|row| it.fen(*row)).collect();
        sorted.sort_unstable();
        out.extend(group.iter().map(|row| {
            let own = it.fen(*row);
            let same = sorted.partition_point(|fen| *fen <= own)
                - sorted.partition_point(|fen| *fen < own);
            same as f32 / sorted.len() as f32
        }));
    })
}
