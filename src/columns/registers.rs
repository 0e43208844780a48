//! Columns on rows of other registers that belong to a payment: the row of a roster, the contract with its supplements,
//! and what other villages pay the same person at that time.

use super::context::{Context, number, size};
use super::definition::{Definition, Family, column};
use super::groups::{Column, Windows, median};
use super::repeats::mixed;
use crate::ledger::book::index::{IxVec, PaymentIx, RosterIx};
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};

const ROSTER: &[&str] = &["ledger.payee", "ledger.scheme", "subsidies"];
const CONTRACT: &[&str] = &["ledger.contract", "contracts.kind", "contracts.amount"];
const PAYEE: &[&str] = &["ledger.payee"];

pub(super) static FAMILY: Family = Family { columns: COLUMNS, measure };

const COLUMNS: &[Definition] = &[
    column("roster_row", "0/1", "a row of a roster fits the payment", ROSTER),
    column("roster_times", "payments", "of that row", ROSTER),
    column("roster_over", "ln ratio", "all payments of that row over its amount", ROSTER),
    column(
        "roster_quantity",
        "ln ratio",
        "the row's quantity over the median of the person's rows of the scheme",
        &["ledger.payee", "ledger.scheme", "subsidies.quantity"],
    ),
    column("roster_periods", "rows", "of the person and scheme", ROSTER),
    column("roster_schemes", "schemes", "whose rosters name the person in that period", ROSTER),
    column(
        "roster_dead",
        "days",
        "from the death of the row's person to the payment",
        &["ledger.scheme", "subsidies", "people.death_date"],
    ),
    column("supplement", "0/1", "the contract is a supplement", CONTRACT),
    column(
        "supplement_share",
        "ln ratio",
        "the contract with its supplements over the contract alone",
        CONTRACT,
    ),
    column("supplement_count", "contracts", "supplements to the contract", CONTRACT),
    column(
        "supplement_days",
        "days",
        "from the signature of the contract to that of its first supplement",
        &["ledger.contract", "contracts.kind", "contracts.signed"],
    ),
    column(
        "supplements_paid",
        "ln ratio",
        "payments under the contract and its supplements over their sum",
        CONTRACT,
    ),
    column(
        "account_person_month",
        "ln ratio",
        "paid to the payee in this account by all villages within 15 days, over the county's median payment in it",
        PAYEE,
    ),
    column("payee_vouchers_10", "vouchers", "that pay the payee within 10 days", PAYEE),
    column("payee_villages_31", "villages", "that pay the payee within 31 days", PAYEE),
];

fn measure(it: &Context<'_>) -> Vec<Column> {
    let mut columns = rosters(it);
    columns.extend(supplements(it));
    columns.extend(elsewhere(it));
    columns
}

/// The columns from `roster_row` to `roster_dead`.
fn rosters(it: &Context<'_>) -> Vec<Column> {
    let (lines, companions) = (&it.book.lines, &it.book.companions);
    let table = &companions.subsidies;
    if table.rows == 0 || !lines.scheme.is_recorded() {
        return vec![IxVec::of(f32::NAN, it.rows); 7];
    }
    let rosters = it.book.rosters();
    let is_paid = |at: PaymentIx| lines.scheme.at(it.line[at]) != Id::NONE;
    let row = |at: PaymentIx| rosters.row(at);
    let quantity = |row: RosterIx| table.quantity.at(row).some().map(|it| it.0.ln() as f32);
    let rows_of = |row: RosterIx| rosters.of_person(table.person.at(row), table.scheme.at(row));
    let mut of_period: Vec<(Id, Id, Id)> = (0..table.rows)
        .map(|row| (table.person.at(row), table.period.at(row), table.scheme.at(row)))
        .collect();
    of_period.sort_unstable();
    of_period.dedup();
    let schemes = |row: RosterIx| {
        let key = (table.person.at(row), table.period.at(row));
        let from = of_period.partition_point(|own| (own.0, own.1) < key);
        let to = of_period.partition_point(|own| (own.0, own.1) <= key);
        (to - from) as f32
    };
    vec![
        it.each(|at| is_paid(at).then(|| f32::from(u8::from(row(at).is_some())))),
        it.each(|at| Some(rosters.payments(row(at)?).count() as f32)),
        it.each(|at| {
            let row = row(at)?;
            let paid: i64 = rosters.payments(row).map(|payment| it.fen(payment)).sum();
            Some(size(Fen(paid)) - size(table.amount.at(row)))
        }),
        it.each(|at| {
            let row = row(at)?;
            let mut own: Vec<f32> = rows_of(row).filter_map(|it| quantity(it.row)).collect();
            Some(quantity(row)? - median(&mut own, 2)?)
        }),
        it.each(|at| Some(rows_of(row(at)?).count() as f32)),
        it.each(|at| Some(schemes(row(at)?))),
        it.each(|at| {
            let person = companions.person(table.person.at(row(at)?))?;
            let died = companions.people.death_date.at(person).some()?;
            Some((it.day(at) - died.0) as f32)
        }),
    ]
}

/// A contract with what its supplements add.
#[derive(Debug, Clone, Copy, Default)]
struct Supplemented {
    /// The sum of the supplements.
    added: i64,
    count: u32,
    first: Option<Day>,
}

/// The columns from `supplement` to `supplements_paid`.
fn supplements(it: &Context<'_>) -> Vec<Column> {
    let (lines, companions) = (&it.book.lines, &it.book.companions);
    let table = &companions.contracts;
    if table.rows == 0 || !table.kind.is_recorded() {
        return vec![IxVec::of(f32::NAN, it.rows); 5];
    }
    let is_supplement = |row: usize| it.book.names.get(table.kind.at(row)) == "supplement";
    let base = bases(it, &is_supplement);
    let mut all = vec![Supplemented::default(); table.rows];
    for (row, base) in base.iter().enumerate().filter(|(row, base)| row != *base) {
        let own = &mut all[*base];
        own.added += table.amount.at(row).some().map_or(0, |it| it.0);
        own.count += 1;
        let signed = table.signed.at(row).some();
        own.first = own.first.into_iter().chain(signed).min();
    }
    let contract = |at: PaymentIx| companions.contract(lines.contract.at(it.line[at]).some()?);
    let base_of = |at: PaymentIx| contract(at).map(|row| base[row]);
    let amount = |row: usize| table.amount.at(row).some().map(|it| it.0).filter(|it| *it > 0);
    let whole = |row: usize| Some(size(Fen(amount(row)? + all[row].added)));
    let by_base = it.groups(|at| base_of(at).map(number));
    let paid = by_base.each(it.rows, |group, out| {
        let sum: i64 = group.iter().map(|row| it.fen(*row)).sum();
        out.extend(group.iter().map(|_| size(Fen(sum))));
    });
    vec![
        it.each(|at| Some(f32::from(u8::from(is_supplement(contract(at)?))))),
        it.each(|at| {
            let row = base_of(at)?;
            Some(whole(row)? - size(Fen(amount(row)?)))
        }),
        it.each(|at| Some(all[base_of(at)?].count as f32)),
        it.each(|at| {
            let row = base_of(at)?;
            Some((all[row].first?.0 - table.signed.at(row).some()?.0) as f32)
        }),
        it.each(|at| Some(paid[at] - whole(base_of(at)?)?)),
    ]
}

/// For each contract the one that it supplements: of the same village and payee, the last one signed before it; itself
/// if it is no supplement, or none is found.
fn bases(it: &Context<'_>, is_supplement: &dyn Fn(usize) -> bool) -> Vec<usize> {
    let table = &it.book.companions.contracts;
    let mut signed: Vec<(Id, Id, Day, usize)> = (0..table.rows)
        .filter(|row| !is_supplement(*row) && table.payee.at(*row) != Id::NONE)
        .map(|row| (table.village.at(row), table.payee.at(row), table.signed.at(row), row))
        .collect();
    signed.sort_unstable();
    let base = |row: usize| {
        let key = (table.village.at(row), table.payee.at(row));
        let day = table.signed.at(row).some().unwrap_or(Day(i32::MAX));
        let after = signed.partition_point(|own| (own.0, own.1, own.2) <= (key.0, key.1, day));
        let before = signed.get(after.checked_sub(1)?)?;
        ((before.0, before.1) == key).then_some(before.3)
    };
    (0..table.rows)
        .map(|row| if is_supplement(row) { base(row).unwrap_or(row) } else { row })
        .collect()
}

/// The columns from `account_person_month` to `payee_villages_31`.
fn elsewhere(it: &Context<'_>) -> Vec<Column> {
    let account = |at: PaymentIx| number(usize::from(it.account[at]));
    let usual = it.groups(|at| Some(account(at))).each(it.rows, |group, out| {
        let mut own: Vec<f32> = group.iter().map(|row| it.size[*row]).collect();
        let middle = median(&mut own, 5).unwrap_or(f32::NAN);
        out.extend(group.iter().map(|_| middle));
    });
    let of_account =
        it.groups(|at| Some(mixed(account(at), it.payee(at)?))).by_day(&it.book.payments.day);
    let month = of_account.each(it.rows, |group, out| {
        let windows = Windows::of(group, |at| it.day(at), |at| it.fen(at) as f64);
        out.extend((0..windows.len()).map(|place| {
            let (fen, _) = windows.within(place, 15);
            size(Fen(fen as i64)) - usual[group[place]]
        }));
    });
    let distinct_within = |days: i32, value: &(dyn Fn(PaymentIx) -> u64 + Sync)| {
        it.by_payee.each(it.rows, |group, out| {
            let day: Vec<i32> = group.iter().map(|row| it.day(*row)).collect();
            out.extend(group.iter().map(|row| {
                let own = it.day(*row);
                let from = day.partition_point(|one| *one < own - days);
                let to = day.partition_point(|one| *one <= own + days).min(from + MOST);
                let mut values: Vec<u64> = group[from..to].iter().map(|at| value(*at)).collect();
                values.sort_unstable();
                values.dedup();
                values.len() as f32
            }));
        })
    };
    vec![
        month,
        distinct_within(10, &|at| u64::from(it.voucher[at])),
        distinct_within(31, &|at| it.village(at)),
    ]
}

/// Payments to one payee that are looked at around a day; a utility is paid by every village.
const MOST: usize = 64;
