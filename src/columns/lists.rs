//! Columns on lists: vouchers that pay many people at once, such as wages and subsidies.

use super::context::Context;
use super::definition::{Definition, Family, column};
use super::groups::{Cells, Column, Groups, median, over_median, rank};
use super::repeats::mixed;
use crate::ledger::book::index::{IxVec, PaymentIx};
use crate::ledger::book::side::Role;
use crate::ledger::contract::cell::{Cell, Id};

const PAYEE: &[&str] = &["ledger.payee"];
const LIST: &[&str] = &["ledger.payee", "ledger.summary"];
const SUBSIDIES: &[&str] = &["ledger.scheme", "subsidies"];

pub(super) static FAMILY: Family = Family { columns: COLUMNS, measure };

const COLUMNS: &[Definition] = &[
    column("list_lines", "ln payments", "of the voucher", &[]),
    column("list_place", "share", "place of the payment among those of the voucher", &[]),
    column("list_over_median", "ln ratio", "over the median of the voucher's payments", &[]),
    column("list_rank", "share", "share of the voucher's other payments that are smaller", &[]),
    column("list_same_payee", "payments", "of the voucher to the payee", PAYEE),
    column(
        "list_same_household",
        "payments",
        "of the voucher to the household of the payee",
        &["ledger.payee", "people.household"],
    ),
    column(
        "list_same_account",
        "payments",
        "of the voucher to this bank account",
        &["ledger.payee_account"],
    ),
    column(
        "list_kin_share",
        "share",
        "of the voucher's payments that go to relatives of approver, handler or clerk",
        &["ledger.payee", "kinship"],
    ),
    column(
        "list_unregistered",
        "share",
        "of the voucher's payees that no register knows",
        &["ledger.payee", "payees"],
    ),
    column(
        "list_sum_usual",
        "ln ratio",
        "the voucher's sum over the median sum of the village's vouchers for this purpose",
        &["ledger.summary"],
    ),
    column(
        "list_lines_usual",
        "ln ratio",
        "the voucher's payments over the median of the village's vouchers for this purpose",
        &["ledger.summary"],
    ),
    column(
        "list_before",
        "share",
        "of the ten vouchers for this purpose before that pay the payee",
        LIST,
    ),
    column(
        "list_after",
        "share",
        "of the ten vouchers for this purpose after that pay the payee",
        LIST,
    ),
    column(
        "list_first_time",
        "0/1",
        "no earlier voucher for this purpose pays the payee, though there is one",
        LIST,
    ),
    column(
        "list_amount_steady",
        "ln ratio",
        "over the median of what the payee is paid for this purpose by the village",
        LIST,
    ),
    column(
        "list_age",
        "years",
        "the payee's age less the median age of those paid for this purpose",
        &["ledger.payee", "ledger.summary", "people.birth_year"],
    ),
    column(
        "list_age_rank",
        "share",
        "of those paid for this purpose in the county who are younger",
        &["ledger.payee", "ledger.summary", "people.birth_year"],
    ),
    column(
        "list_stranger",
        "0/1",
        "the payee lives in another village than most that are paid for this purpose by the village",
        &["ledger.payee", "ledger.summary", "people.village"],
    ),
    column(
        "list_day_lists",
        "vouchers",
        "of the village for this purpose within 10 days",
        &["ledger.summary"],
    ),
    column(
        "list_month_payee",
        "payments",
        "to the payee for this purpose by the village within 25 days",
        LIST,
    ),
    column(
        "list_standard_mode",
        "ln ratio",
        "over the most frequent amount for this purpose in the village",
        &["ledger.summary"],
    ),
    column("scheme_named", "0/1", "a subsidy scheme is named", &["ledger.scheme"]),
    column(
        "scheme_in_register",
        "rows",
        "rows of the register of subsidies for this person and scheme",
        SUBSIDIES,
    ),
    column("scheme_amount_known", "0/1", "one of them has this amount", SUBSIDIES),
    column(
        "scheme_account_same",
        "0/1",
        "one of them has this bank account",
        &["ledger.scheme", "subsidies.payee_account", "ledger.payee_account"],
    ),
    column(
        "scheme_units",
        "units",
        "the amount over the standard of the scheme",
        &["ledger.scheme", "standards"],
    ),
    column(
        "scheme_units_part",
        "units",
        "how far these units are from a whole number",
        &["ledger.scheme", "standards"],
    ),
    column(
        "scheme_quantity",
        "ln ratio",
        "these units over the quantity in the register",
        &["ledger.scheme", "standards", "subsidies.quantity"],
    ),
    column(
        "scheme_age",
        "years",
        "the payee's age less the median age of those paid under the scheme",
        &["ledger.scheme", "people.birth_year"],
    ),
    column(
        "scheme_household",
        "persons",
        "of the payee's household that are paid under the scheme",
        &["ledger.scheme", "people.household"],
    ),
];

fn measure(it: &Context<'_>) -> Vec<Column> {
    let lines = &it.book.lines;
    let by_voucher = it.groups(|at| Some(u64::from(it.voucher[at])));
    let text = |at: PaymentIx| Some((it.village(at) << 32) | it.text_key(at)?);
    let by_text = it.groups(text).by_day(&it.book.payments.day);
    let age = ages(it);
    let in_voucher = |key: &(dyn Fn(PaymentIx) -> Option<u64> + Sync)| {
        it.groups(|at| Some(mixed(u64::from(it.voucher[at]), key(at)?))).counts(it.rows)
    };
    let household = |at: PaymentIx| {
        let person = it.payee_facts(at)?.person?;
        it.book.companions.people.household.at(person).some().map(|id| u64::from(id.0))
    };
    let has_register = it.book.companions.payees.rows > 0;
    let unregistered = it.each(|at| {
        let payee = it.payee_facts(at).filter(|_| has_register)?;
        Some(f32::from(u8::from(payee.row.is_none() && payee.person.is_none())))
    });
    let kin = kin_of_signers(it);
    let mean = |cells: &Cells| {
        by_voucher.each(it.rows, |group, out| {
            let known = group.iter().map(|row| cells[*row]).filter(|it| !it.is_nan());
            let (sum, count) = known.fold((0.0, 0.0), |(sum, count), it| (sum + it, count + 1.0));
            out.extend(group.iter().map(|_| if count > 0.0 { sum / count } else { f32::NAN }));
        })
    };
    let village_of_payee = |at: PaymentIx| {
        let person = it.payee_facts(at)?.person?;
        it.book.companions.people.village.at(person).some().map(|id| u64::from(id.0))
    };
    let (sum_usual, lines_usual) = usual_voucher(it, &by_text);
    let [before, after, first] = memberships(it, &by_text);
    let payee_text =
        it.groups(|at| Some(mixed(text(at)?, it.payee(at)?))).by_day(&it.book.payments.day);
    let scheme = |at: PaymentIx| it.id_key(&lines.scheme, at);
    let county_text = it.groups(|at| it.text_key(at));
    let by_scheme = it.groups(scheme);
    let mut columns = vec![
        super::amounts::ln(by_voucher.counts(it.rows)),
        by_voucher.each(it.rows, |group, out| {
            out.extend((0..group.len()).map(|place| (place as f32 + 0.5) / group.len() as f32));
        }),
        over_median(&by_voucher, &it.size, 3),
        rank(&by_voucher, &it.size, 3),
        in_voucher(&|at| it.payee(at)),
        in_voucher(&household),
        in_voucher(&|at| it.id_key(&lines.payee_account, at)),
        mean(&kin),
        mean(&unregistered),
        sum_usual,
        lines_usual,
        before,
        after,
        first,
        over_median(&payee_text, &it.size, 3),
        over_median(&county_text, &age, 5),
        rank(&county_text, &age, 10),
        stranger(it, &by_text, village_of_payee),
        lists_around(it, &by_text),
        payee_text.each(it.rows, |group, out| {
            out.extend(group.iter().map(|row| {
                let day = it.day(*row);
                let from = group.partition_point(|other| it.day(*other) < day - 25);
                let to = group.partition_point(|other| it.day(*other) <= day + 25);
                (to - from) as f32
            }));
        }),
        over_mode(it, &by_text),
    ];
    let named = lines.scheme.is_recorded();
    columns.push(it.each(|at| named.then(|| f32::from(u8::from(scheme(at).is_some())))));
    columns.extend(subsidies(it));
    columns.push(over_median(&by_scheme, &age, 5));
    columns.push(
        it.groups(|at| Some(mixed(mixed(scheme(at)?, household(at)?), u64::from(it.voucher[at]))))
            .counts(it.rows),
    );
    columns
}

/// The age of the payee if it is a person.
fn ages(it: &Context<'_>) -> Column {
    let people = &it.book.companions.people;
    it.each(|at| {
        let payee = it.payee_facts(at).filter(|payee| payee.is_person)?;
        let born = people.birth_year.at(payee.person?).some()?;
        Some(1970.0 + it.day(at) as f32 / 365.25 - born.0 as f32)
    })
}

/// Whether the payee is a relative of approver, handler or clerk; missing if no kinship is recorded.
fn kin_of_signers(it: &Context<'_>) -> Column {
    let has_kin = it.book.companions.kinship.rows > 0;
    it.each(|at| {
        let human = it.payee_facts(at).filter(|_| has_kin)?.human.some()?;
        let signers = [Role::Approver, Role::Handler, Role::Clerk].map(|role| it.signer(role, at));
        let mut relatives = it.book.kin.of_person(human);
        Some(f32::from(u8::from(
            signers.contains(&human) || relatives.any(|(one, _)| signers.contains(&one)),
        )))
    })
}

/// Sum and number of payments of the voucher relative to the village's vouchers for the purpose.
fn usual_voucher(it: &Context<'_>, by_text: &Groups) -> (Column, Column) {
    let (mut sums, mut counts): (Column, Column) =
        (IxVec::of(f32::NAN, it.rows), IxVec::of(f32::NAN, it.rows));
    by_text.fill([&mut sums, &mut counts], |group, [sums, counts]| {
        let mut own: Vec<(u32, f64)> =
            group.iter().map(|row| (it.voucher[*row], it.fen(*row).max(1) as f64)).collect();
        own.sort_unstable_by_key(|(voucher, _)| *voucher);
        let vouchers: Vec<(u32, f32, f32)> = own
            .chunk_by(|a, b| a.0 == b.0)
            .map(|same| {
                let sum: f64 = same.iter().map(|(_, fen)| fen).sum();
                (same[0].0, sum.ln() as f32, (same.len() as f32).ln())
            })
            .collect();
        let middle = |cells: Vec<f32>| median(&mut cells.clone(), 3).unwrap_or(f32::NAN);
        let (sum, count) = (
            middle(vouchers.iter().map(|it| it.1).collect()),
            middle(vouchers.iter().map(|it| it.2).collect()),
        );
        for row in group {
            let place = vouchers.partition_point(|one| one.0 < it.voucher[*row]);
            sums.push(vouchers[place].1 - sum);
            counts.push(vouchers[place].2 - count);
        }
    });
    (sums, counts)
}

/// Three columns: the shares of the ten earlier and the ten later vouchers for the purpose that pay the payee, and
/// whether the payee is new.
fn memberships(it: &Context<'_>, by_text: &Groups) -> [Column; 3] {
    const LOOKED_AT: usize = 10;
    let mut all: [Column; 3] = std::array::from_fn(|_| IxVec::of(f32::NAN, it.rows));
    by_text.fill(all.each_mut(), |group, [before, after, first]| {
        // The vouchers in order of their days, and the vouchers that pay each payee.
        let mut order: Vec<u32> = Vec::new();
        let mut number = vec![0_usize; group.len()];
        let mut place_of = std::collections::BTreeMap::new();
        for (place, row) in group.iter().enumerate() {
            let voucher = it.voucher[*row];
            number[place] = *place_of.entry(voucher).or_insert_with(|| {
                order.push(voucher);
                order.len() - 1
            });
        }
        let mut stands: Vec<(u64, usize)> = group
            .iter()
            .zip(&number)
            .filter_map(|(row, number)| Some((it.payee(*row)?, *number)))
            .collect();
        stands.sort_unstable();
        stands.dedup();
        for (row, number) in group.iter().zip(&number) {
            let Some(payee) = it.payee(*row) else {
                for column in [&mut *before, &mut *after, &mut *first] {
                    column.push(f32::NAN);
                }
                continue;
            };
            let own = stands.partition_point(|it| *it < (payee, *number));
            let from = stands.partition_point(|it| *it < (payee, number.saturating_sub(LOOKED_AT)));
            let to = stands.partition_point(|it| *it <= (payee, number + LOOKED_AT));
            let (earlier, later) =
                (LOOKED_AT.min(*number), LOOKED_AT.min(order.len() - 1 - number));
            let share =
                |count: usize, of: usize| if of == 0 { f32::NAN } else { count as f32 / of as f32 };
            before.push(share(own - from, earlier));
            after.push(share((to - own).saturating_sub(1), later));
            let begins = stands.partition_point(|it| it.0 < payee) == own;
            first.push(if *number == 0 { f32::NAN } else { f32::from(u8::from(begins)) });
        }
    });
    all
}

/// Whether the payee lives in another place than most payees of the village for this purpose.
fn stranger(
    it: &Context<'_>,
    by_text: &Groups,
    village: impl Fn(PaymentIx) -> Option<u64> + Sync,
) -> Column {
    by_text.each(it.rows, |group, out| {
        let mut own: Vec<u64> = group.iter().filter_map(|row| village(*row)).collect();
        own.sort_unstable();
        let most = own.chunk_by(|a, b| a == b).max_by_key(|same| same.len());
        let most = most.filter(|same| same.len() * 2 > own.len()).map(|same| same[0]);
        out.extend(group.iter().map(|row| match (village(*row), most) {
            (Some(own), Some(most)) => f32::from(u8::from(own != most)),
            _ => f32::NAN,
        }));
    })
}

/// The number of the village's vouchers for the purpose within 10 days.
fn lists_around(it: &Context<'_>, by_text: &Groups) -> Column {
    by_text.each(it.rows, |group, out| {
        let mut vouchers: Vec<(i32, u32)> =
            group.iter().map(|row| (it.day(*row), it.voucher[*row])).collect();
        vouchers.sort_unstable();
        vouchers.dedup();
        out.extend(group.iter().map(|row| {
            let day = it.day(*row);
            let from = vouchers.partition_point(|one| one.0 < day - 10);
            let to = vouchers.partition_point(|one| one.0 <= day + 10);
            (to - from) as f32
        }));
    })
}

fn over_mode(it: &Context<'_>, by_text: &Groups) -> Column {
    by_text.each(it.rows, |group, out| {
        let mut amounts: Vec<i64> = group.iter().map(|row| it.fen(*row)).collect();
        amounts.sort_unstable();
        let mode = amounts.chunk_by(|a, b| a == b).max_by_key(|same| same.len());
        let mode = mode.filter(|same| same.len() > 2).map_or(f32::NAN, |same| {
            super::context::size(crate::ledger::contract::cell::Fen(same[0]))
        });
        out.extend(group.iter().map(|row| it.size[*row] - mode));
    })
}

/// The columns from `scheme_in_register` to `scheme_quantity`.
fn subsidies(it: &Context<'_>) -> Vec<Column> {
    let (lines, companions) = (&it.book.lines, &it.book.companions);
    let table = &companions.subsidies;
    let mut rows: Vec<(Id, Id, usize)> =
        (0..table.rows).map(|row| (table.person.at(row), table.scheme.at(row), row)).collect();
    rows.sort_unstable();
    let of = |at: PaymentIx| -> Option<&[(Id, Id, usize)]> {
        let scheme = lines.scheme.at(it.line[at]).some().filter(|_| table.rows > 0)?;
        let human = it.payee_facts(at)?.human.some()?;
        let from = rows.partition_point(|(person, own, _)| (*person, *own) < (human, scheme));
        let to = rows.partition_point(|(person, own, _)| (*person, *own) <= (human, scheme));
        Some(&rows[from..to])
    };
    let any = |at: PaymentIx, holds: &dyn Fn(usize) -> bool| {
        Some(f32::from(u8::from(of(at)?.iter().any(|(.., row)| holds(*row)))))
    };
    let standards = &companions.standards;
    let mut standard: Vec<(Id, i64)> = (0..standards.rows)
        .map(|row| (standards.scheme.at(row), standards.amount_per_unit.at(row).0))
        .filter(|(scheme, fen)| *scheme != Id::NONE && *fen > 0)
        .collect();
    standard.sort_unstable();
    // If a scheme has several standards, use the one that divides the amount best.
    let units = |at: PaymentIx| {
        let scheme = lines.scheme.at(it.line[at]).some()?;
        let from = standard.partition_point(|(own, _)| *own < scheme);
        let own = standard[from..].iter().take_while(|(own, _)| *own == scheme);
        let units = own.map(|(_, fen)| it.fen(at) as f64 / *fen as f64);
        units.min_by(|a, b| (a - a.round()).abs().total_cmp(&(b - b.round()).abs()))
    };
    vec![
        it.each(|at| Some(of(at)?.len() as f32)),
        it.each(|at| any(at, &|row| table.amount.at(row).0 == it.fen(at))),
        it.each(|at| {
            let account = lines.payee_account.at(it.line[at]).some()?;
            any(at, &|row| table.payee_account.at(row) == account)
        }),
        it.each(|at| Some(units(at)? as f32)),
        it.each(|at| units(at).map(|it| (it - it.round()).abs() as f32)),
        it.each(|at| {
            let units = units(at)?;
            let quantities = of(at)?.iter().filter_map(|(.., row)| table.quantity.at(*row).some());
            let nearest =
                quantities.map(|it| (units / it.0).ln()).min_by(|a, b| a.abs().total_cmp(&b.abs()));
            nearest.map(|it| it as f32)
        }),
    ]
}
