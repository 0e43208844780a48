//! Columns on the payee: registers, bank account and earlier payments.

use super::context::{Context, number};
use super::definition::{Definition, Family, column};
use super::groups::{Column, distinct, rarity};
use crate::ledger::book::index::{IxVec, PayeeIx, PaymentIx};
use crate::ledger::book::payees::Payee;
use crate::ledger::contract::cell::{Cell, Day, Id};

const PAYEE: &[&str] = &["ledger.payee"];
const REGISTER: &[&str] = &["ledger.payee", "payees"];
const PEOPLE: &[&str] = &["ledger.payee", "people"];
const ACCOUNT: &[&str] = &["ledger.payee_account"];

pub(super) static FAMILY: Family = Family { columns: COLUMNS, measure };

const COLUMNS: &[Definition] = &[
    column("payee_recorded", "0/1", "a payee is recorded", &[]),
    column("payee_registered", "0/1", "the payee is in the register of payees", REGISTER),
    column(
        "payee_kind",
        "kind",
        "1 person, 2 firm, 3 village, 4 government, 5 utility, 6 other",
        &["payees.kind"],
    ),
    column("person_known", "0/1", "the payee or its owner is in the register of people", PEOPLE),
    column("has_owner", "0/1", "the register names the owner of the firm", &["payees.owner"]),
    column("has_phone", "0/1", "the register has a telephone", &["payees.phone"]),
    column("has_address", "0/1", "the register has an address", &["payees.address"]),
    column(
        "phone_shared",
        "payees",
        "payees of the register with this telephone",
        &["payees.phone"],
    ),
    column(
        "address_shared",
        "payees",
        "payees of the register with this address",
        &["payees.address"],
    ),
    column(
        "owner_payees",
        "payees",
        "payees of the register with this owner or person",
        &["payees.owner"],
    ),
    column(
        "days_since_registered",
        "days",
        "from the first day in the register to the payment",
        &["payees.first_seen"],
    ),
    column(
        "registered_to_first",
        "days",
        "from the first day in the register to the first payment",
        &["payees.first_seen"],
    ),
    column(
        "days_since_death",
        "days",
        "from the death of the payee to the payment, -1 while alive",
        &["people.death_date"],
    ),
    column("age", "years", "of the payee", &["people.birth_year"]),
    column(
        "is_resident",
        "0/1",
        "the payee or owner lives in the village that pays",
        &["people.village"],
    ),
    column("account_recorded", "0/1", "a bank account is recorded", ACCOUNT),
    column("account_payees", "payees", "payees that are paid to this bank account", ACCOUNT),
    column(
        "account_is_usual",
        "0/1",
        "the bank account is the one that the payee is paid to most often",
        ACCOUNT,
    ),
    column(
        "account_first_days",
        "days",
        "since the first payment to the payee on this bank account",
        ACCOUNT,
    ),
    column(
        "account_share",
        "share",
        "of the payee's payments that go to this bank account",
        ACCOUNT,
    ),
    column("account_accounts", "accounts", "bank accounts that the payee is paid to", ACCOUNT),
    column(
        "account_of_officer",
        "0/1",
        "the bank account is one that a person with a post is paid to",
        &["ledger.payee_account", "posts"],
    ),
    column(
        "account_of_other",
        "0/1",
        "the bank account is the usual one of another payee",
        ACCOUNT,
    ),
    column(
        "account_of_signer",
        "0/1",
        "the bank account is one that a signer of the payment is paid to",
        ACCOUNT,
    ),
    column(
        "account_village_share",
        "share",
        "of the payments to this bank account that this village makes",
        ACCOUNT,
    ),
    column("days_since_first", "days", "since the payee was first paid", PAYEE),
    column("days_to_last", "days", "until the payee is last paid", PAYEE),
    column("days_since_previous", "days", "since the payee was last paid by the village", PAYEE),
    column("gap_before", "ln ratio", "these days over the median of such gaps of the payee", PAYEE),
    column(
        "first_from_start",
        "days",
        "from the first day of the book to the payee's first payment",
        PAYEE,
    ),
    column("payee_payments", "ln payments", "to the payee", PAYEE),
    column("payee_payments_village", "ln payments", "of the village to the payee", PAYEE),
    column("payee_villages", "villages", "that pay the payee", PAYEE),
    column(
        "payee_texts",
        "purposes",
        "that the payee is paid for by the village",
        &["ledger.payee", "ledger.summary"],
    ),
    column("payee_accounts", "accounts", "that the payee is paid from", PAYEE),
    column(
        "payee_share_village",
        "ln share",
        "of the village's payments by money that go to the payee",
        PAYEE,
    ),
    column(
        "payee_share_text",
        "share",
        "of the village's payments for this purpose that go to the payee",
        &["ledger.payee", "ledger.summary"],
    ),
    column(
        "payee_share_account",
        "ln share",
        "of the village's money in this account that goes to the payee",
        PAYEE,
    ),
    column(
        "payee_growth",
        "ln ratio",
        "money paid by the village within a year before over that in the year before that",
        PAYEE,
    ),
    column(
        "linked_payees",
        "payees",
        "that share an owner, a telephone or a bank account with it, itself included",
        PAYEE,
    ),
    column("rare_account_payee", "-ln share", "of the account among the payee's payments", PAYEE),
    column(
        "rare_text_payee",
        "-ln share",
        "of the purpose among the payee's payments",
        &["ledger.payee", "ledger.summary"],
    ),
    column(
        "rare_kind_text",
        "-ln share",
        "of the payee's kind among the payments for this purpose",
        &["payees.kind", "ledger.summary"],
    ),
    column(
        "name_differs",
        "0/1",
        "the name in the ledger is not the one in the register",
        &["ledger.payee_name", "payees.name"],
    ),
    column("name_shared", "payees", "payees of the register with this name", &["payees.name"]),
];

fn measure(it: &Context<'_>) -> Vec<Column> {
    let companions = &it.book.companions;
    let (register, people) = (&companions.payees, &companions.people);
    let has_payee = it.book.lines.payee.is_recorded() || it.book.lines.payee_name.is_recorded();
    let has_register = register.rows > 0;
    let yes = |it: bool| f32::from(u8::from(it));
    let registered = |payee: &Payee| has_register.then(|| yes(payee.row.is_some()));
    let has = |is_recorded: bool, cell: Id| is_recorded.then(|| yes(cell != Id::NONE));
    let (phones, addresses, owners) = (
        register.phone.is_recorded(),
        register.address.is_recorded(),
        register.owner.is_recorded(),
    );
    let kind = |payee: &Payee| -> Option<f32> { Some(kind(it, payee.row?)) };
    let of_person = |payee: &Payee| payee.person.filter(|_| payee.is_person);
    let mut columns = vec![
        it.each(|at| has_payee.then(|| yes(it.payee(at).is_some()))),
        it.each_payee(registered),
        it.each_payee(kind),
        it.each_payee(|payee| (people.rows > 0).then(|| yes(payee.person.is_some()))),
        it.each_payee(|payee| {
            has(owners, register.owner.at(payee.row.filter(|_| !payee.is_person)?))
        }),
        it.each_payee(|payee| has(phones, register.phone.at(payee.row?))),
        it.each_payee(|payee| has(addresses, register.address.at(payee.row?))),
        shared(it, |row| register.phone.at(row)),
        shared(it, |row| register.address.at(row)),
        shared(it, |row| register.person.at(row).some().unwrap_or(register.owner.at(row))),
        it.each(|at| {
            Some((it.day(at) - register.first_seen.at(it.payee_facts(at)?.row?).some()?.0) as f32)
        }),
        registered_to_first(it),
        it.each(|at| {
            let person = of_person(it.payee_facts(at)?)?;
            let died = people.death_date.at(person).some();
            Some(died.map_or(-1.0, |died| (it.day(at) - died.0).max(-1) as f32))
        }),
        it.each(|at| {
            let born = people.birth_year.at(of_person(it.payee_facts(at)?)?).some()?;
            Some((1970.0 + it.day(at) as f32 / 365.25) - born.0 as f32)
        }),
        it.each(|at| {
            let home = people.village.at(it.payee_facts(at)?.person?).some()?;
            Some(yes(home == it.book.lines.village.at(it.line[at])))
        }),
    ];
    columns.extend(bank_accounts(it));
    columns.extend(history(it));
    let text = |at: PaymentIx| it.text_key(at);
    let kinds = it.each_payee(|payee| Some(self::kind(it, payee.row?)));
    columns.extend([
        rarity(it.rows, |at| it.payee(at), |at| Some(u64::from(it.account[at]))),
        rarity(it.rows, |at| it.payee(at), text),
        rarity(it.rows, text, |at| {
            Some(kinds[at]).filter(|it| !it.is_nan()).map(|it| u64::from(it.to_bits()))
        }),
        it.each(|at| {
            let own = it.book.lines.payee_name.at(it.line[at]).some()?;
            let known = register.name.at(it.payee_facts(at)?.row?).some()?;
            Some(yes(own != known))
        }),
        shared(it, |row| register.name.at(row)),
    ]);
    columns
}

fn kind(it: &Context<'_>, row: usize) -> f32 {
    match it.book.names.get(it.book.companions.payees.kind.at(row)) {
        "person" => 1.0,
        "firm" => 2.0,
        "village" => 3.0,
        "government" => 4.0,
        "utility" => 5.0,
        _ => 6.0,
    }
}

/// The number of payees in the register with the same cell.
fn shared(it: &Context<'_>, cell: impl Fn(usize) -> Id) -> Column {
    let rows = it.book.companions.payees.rows;
    let mut cells: Vec<Id> = (0..rows).map(&cell).filter(|id| *id != Id::NONE).collect();
    cells.sort_unstable();
    let count = |payee: &Payee| {
        let own = cell(payee.row?).some()?;
        let from = cells.partition_point(|it| *it < own);
        let to = cells.partition_point(|it| *it <= own);
        Some((to - from) as f32)
    };
    let of: IxVec<PayeeIx, f32> =
        it.payees.iter().map(|payee| count(payee).unwrap_or(f32::NAN)).collect();
    it.spread_payees(&of)
}

fn registered_to_first(it: &Context<'_>) -> Column {
    let register = &it.book.companions.payees;
    it.by_payee.each(it.rows, |group, out| {
        let first = it.day(group[0]);
        let seen =
            it.payee_facts(group[0]).and_then(|payee| register.first_seen.at(payee.row?).some());
        let days = seen.map_or(f32::NAN, |seen| (first - seen.0) as f32);
        out.extend(group.iter().map(|_| days));
    })
}

fn bank_accounts(it: &Context<'_>) -> Vec<Column> {
    let lines = &it.book.lines;
    let account = |at: PaymentIx| lines.payee_account.at(it.line[at]).some();
    let key = |at: PaymentIx| account(at).map(|id| u64::from(id.0));
    let is_recorded = lines.payee_account.is_recorded();
    let yes = |it: bool| f32::from(u8::from(it));
    let by_account = it.groups(key);
    // Bank account and person whose usual account it is.
    let mut owners: Vec<(Id, Id)> = it
        .payees
        .iter()
        .filter(|payee| payee.is_person && payee.account != Id::NONE)
        .map(|payee| (payee.account, payee.human))
        .collect();
    owners.sort_unstable();
    owners.dedup();
    let owners_of = |account: Id| {
        let from = owners.partition_point(|(it, _)| *it < account);
        owners[from..].iter().take_while(move |(it, _)| *it == account).map(|(_, person)| *person)
    };
    let has_posts = !it.book.terms.is_empty();
    let usual = |at: PaymentIx| it.payee_facts(at).map(|payee| payee.account);
    let mut accounts: Vec<Id> = it.payees.iter().map(|payee| payee.account).collect();
    accounts.sort_unstable();
    let first =
        it.groups(|at| Some((it.payee(at)? << 32) | key(at)?)).by_day(&it.book.payments.day);
    vec![
        it.each(|at| is_recorded.then(|| yes(account(at).is_some()))),
        distinct(&by_account, it.rows, |at| it.payee(at)),
        it.each(|at| Some(yes(account(at)? == usual(at)?))),
        first.each(it.rows, |group, out| {
            out.extend(group.iter().map(|row| (it.day(*row) - it.day(group[0])) as f32));
        }),
        it.by_payee.each(it.rows, |group, out| {
            let mut own: Vec<Id> = group.iter().filter_map(|row| account(*row)).collect();
            own.sort_unstable();
            out.extend(group.iter().map(|row| {
                let Some(account) = account(*row) else { return f32::NAN };
                let same = own.partition_point(|it| *it <= account)
                    - own.partition_point(|it| *it < account);
                same as f32 / own.len() as f32
            }));
        }),
        distinct(&it.by_payee, it.rows, key),
        it.each(|at| {
            let own = it.payee_facts(at)?.human;
            let mut others = owners_of(account(at)?).filter(|person| *person != own);
            has_posts.then(|| yes(others.any(|person| !it.book.terms.of_person(person).is_empty())))
        }),
        it.each(|at| {
            let account = account(at)?;
            let count = accounts.partition_point(|it| *it <= account)
                - accounts.partition_point(|it| *it < account);
            let own = usize::from(usual(at) == Some(account));
            Some(yes(count > own))
        }),
        it.each(|at| {
            let own = it.payee_facts(at)?.human;
            let signers = crate::ledger::book::side::Role::SIGNERS.map(|role| it.signer(role, at));
            let mut others = owners_of(account(at)?).filter(|person| *person != own);
            Some(yes(others.any(|person| signers.contains(&person))))
        }),
        by_account.each(it.rows, |group, out| {
            let mut villages: Vec<u64> = group.iter().map(|row| it.village(*row)).collect();
            villages.sort_unstable();
            out.extend(group.iter().map(|row| {
                let own = it.village(*row);
                let same = villages.partition_point(|it| *it <= own)
                    - villages.partition_point(|it| *it < own);
                same as f32 / villages.len() as f32
            }));
        }),
    ]
}

/// The columns from `days_since_first` to `linked_payees`.
fn history(it: &Context<'_>) -> Vec<Column> {
    let start = it.book.payments.day.iter().copied().min().unwrap_or(Day(0)).0;
    let payee_day = |cell: &(dyn Fn(i32, i32, i32) -> i32 + Sync)| {
        it.by_payee.each(it.rows, |group, out| {
            let first = it.day(group[0]);
            let last = group.last().map_or(first, |row| it.day(*row));
            out.extend(group.iter().map(|row| cell(it.day(*row), first, last) as f32));
        })
    };
    let mut since: Column = IxVec::of(f32::NAN, it.rows);
    let mut gap: Column = IxVec::of(f32::NAN, it.rows);
    it.by_village_payee.fill([&mut since, &mut gap], |group, [since, gap]| {
        let days: Vec<f32> =
            group.windows(2).map(|pair| (it.day(pair[1]) - it.day(pair[0])) as f32).collect();
        let usual = super::groups::median(&mut days.clone(), 3).unwrap_or(f32::NAN);
        for place in 0..group.len() {
            let own = place.checked_sub(1).map_or(f32::NAN, |before| days[before]);
            since.push(own);
            gap.push(((own + 1.0) / (usual + 1.0)).ln());
        }
    });
    let by_village = it.groups(|at| Some(it.village(at)));
    let by_text = it.groups(|at| Some((it.village(at) << 32) | it.text_key(at)?));
    let by_account = it.groups(|at| Some((it.village(at) << 32) | u64::from(it.account[at])));
    let linked = it.groups(|at| it.linked[at].map(number));
    let mut columns = vec![
        payee_day(&|day, first, _| day - first),
        payee_day(&|day, _, last| last - day),
        since,
        gap,
        payee_day(&|_, first, _| first - start),
        super::amounts::ln(it.by_payee.counts(it.rows)),
        super::amounts::ln(it.by_village_payee.counts(it.rows)),
        distinct(&it.by_payee, it.rows, |at| Some(it.village(at))),
        distinct(&it.by_village_payee, it.rows, |at| it.text_key(at)),
        distinct(&it.by_payee, it.rows, |at| Some(u64::from(it.account[at]))),
    ];
    let share = |groups: &super::groups::Groups, money: bool| {
        groups.each(it.rows, |group, out| {
            let weight = |row: &PaymentIx| if money { it.fen(*row).max(0) as f64 } else { 1.0 };
            let mut own: Vec<(u64, f64)> =
                group.iter().map(|row| (it.payee(*row).unwrap_or(u64::MAX), weight(row))).collect();
            own.sort_unstable_by_key(|(payee, _)| *payee);
            let sums: Vec<(u64, f64)> = own
                .chunk_by(|a, b| a.0 == b.0)
                .map(|same| (same[0].0, same.iter().map(|(_, weight)| weight).sum()))
                .collect();
            let all: f64 = sums.iter().map(|(_, sum)| sum).sum();
            out.extend(group.iter().map(|row| {
                let payee = it.payee(*row).unwrap_or(u64::MAX);
                let place = sums.partition_point(|(other, _)| *other < payee);
                (sums[place].1 / all.max(1.0)) as f32
            }));
        })
    };
    columns.push(super::amounts::ln(share(&by_village, true)));
    columns.push(share(&by_text, false));
    columns.push(super::amounts::ln(share(&by_account, true)));
    columns.push(growth(it));
    columns.push(distinct(&linked, it.rows, |at| it.payee(at)));
    columns
}

/// Log ratio of the village's payments to the payee in the year up to each payment to those in the year before; 100
/// yuan are added to both.
fn growth(it: &Context<'_>) -> Column {
    it.by_village_payee.each(it.rows, |group, out| {
        let mut sums = vec![0.0_f64];
        for row in group {
            sums.push(sums.last().copied().unwrap_or(0.0) + it.fen(*row).max(0) as f64 / 100.0);
        }
        let upto = |day: i32| sums[group.partition_point(|row| it.day(*row) <= day)];
        out.extend(group.iter().map(|row| {
            let day = it.day(*row);
            let (now, year, before) = (upto(day), upto(day - 365), upto(day - 730));
            ((now - year + 100.0) / (year - before + 100.0)).ln() as f32
        }));
    })
}
