//! Columns on the village's income, on advances and on cash drawn.
//!
//! The bank journal is not used: when planting did not update it, trees learned that trace alone (docs/ranking.md).

use super::context::{Context, NONE, number};
use super::definition::{Definition, Family, column};
use super::groups::Column;
use crate::ledger::book::chart::Chart;
use crate::ledger::book::index::{IxVec, LineIx, PaymentIx};
use crate::ledger::book::side::Flow;
use crate::ledger::contract::cell::{Cell, Id};

const ADVANCES: &[&str] = &["ledger.payee", "advances"];

pub(super) static FAMILY: Family = Family { columns: COLUMNS, measure };

/// The maximum distance between an income and a payment, in days.
const FAR: f32 = 400.0;

const COLUMNS: &[Definition] = &[
    column(
        "income_equal_days",
        "days",
        "to the nearest income of the village of this amount; 400 where there is none",
        &[],
    ),
    column(
        "income_payee_days",
        "days",
        "to the nearest income of the village from the payee; 400 where there is none",
        &["ledger.payee"],
    ),
    column(
        "income_payee_share",
        "ln ratio",
        "the village's income from the payee within 90 days after, over the payment",
        &["ledger.payee"],
    ),
    column(
        "reversed_days",
        "days",
        "to the nearest red entry of this amount in the village; 400 where there is none",
        &[],
    ),
    column("is_receivable", "0/1", "booked as a claim on somebody", &[]),
    column(
        "advance_known",
        "0/1",
        "the table of advances has this village, person and amount",
        ADVANCES,
    ),
    column(
        "advance_settled_days",
        "days",
        "until it was settled, or to the end of the book where it was not",
        ADVANCES,
    ),
    column("advance_open", "0/1", "it was not settled", ADVANCES),
    column("advances_person", "advances", "of the person in the village", ADVANCES),
    column(
        "advances_open_person",
        "ln yuan",
        "of the person that were open on this day, itself not included",
        ADVANCES,
    ),
    column("advance_over_year", "0/1", "open at the end of the year", ADVANCES),
    column(
        "receivable_returned",
        "days",
        "to the next income from the payee on the same account; 400 where there is none",
        &["ledger.payee"],
    ),
    column(
        "cash_drawn",
        "ln ratio",
        "cash drawn by the village within 15 days over cash paid",
        &["ledger.method"],
    ),
];

fn measure(it: &Context<'_>) -> Vec<Column> {
    let incomes = Incomes::of(it);
    let mut columns = vec![
        it.each(|at| Some(nearest(&incomes.by_amount, (it.village(at), it.fen(at)), it.day(at)))),
        it.each(|at| {
            Some(nearest(&incomes.by_payee, (it.village(at), payee_id(it, at)?), it.day(at)))
        }),
        it.each(|at| {
            let key = (it.village(at), payee_id(it, at)?);
            let sum = incomes.sum_after(key, it.day(at), 90);
            Some(((sum as f32 + 1.0) / (it.fen(at).max(100) as f32 / 100.0 + 1.0)).ln())
        }),
        it.each(|at| Some(nearest(&incomes.red, (it.village(at), it.fen(at)), it.day(at)))),
        it.each(|at| Some(f32::from(u8::from(is_receivable(it.account[at]))))),
    ];
    columns.extend(advances(it));
    columns.push(it.each(|at| {
        let key = (it.village(at), mixed_account(payee_id(it, at)?, it.account[at]));
        is_receivable(it.account[at]).then(|| next(&incomes.by_payee_account, key, it.day(at)))
    }));
    columns.push(cash_drawn(it));
    columns
}

fn is_receivable(account: u16) -> bool {
    matches!(account, 112 | 113)
}

fn payee_id(it: &Context<'_>, at: PaymentIx) -> Option<i64> {
    it.payee(at).and_then(|payee| i64::try_from(payee).ok())
}

fn mixed_account(payee: i64, account: u16) -> i64 {
    (payee << 16) | i64::from(account)
}

/// Key (village and another value), day and yuan; sorted.
type Entries = Vec<((u64, i64), i32, f64)>;

/// The income of each village, by amount and by source.
struct Incomes {
    by_amount: Entries,
    by_payee: Entries,
    by_payee_account: Entries,
    red: Entries,
}

impl Incomes {
    fn of(it: &Context<'_>) -> Self {
        let book = it.book;
        let lines = &book.lines;
        let mut all = Self {
            by_amount: Vec::new(),
            by_payee: Vec::new(),
            by_payee_account: Vec::new(),
            red: Vec::new(),
        };
        let mut village = (Id::NONE, 0_u64);
        for (line, flow) in book.flows.iter_enumerated() {
            if *flow != Flow::In {
                continue;
            }
            let id = lines.village.at(line);
            if id != village.0 {
                village = (id, book.villages.place(&id).map_or(u64::from(NONE), number));
            }
            let (day, fen) = (lines.date.at(line).0, lines.amount.at(line));
            all.by_amount.push(((village.1, fen.0), day, fen.yuan()));
            let payee = lines.payee.at(line).some().unwrap_or(lines.payee_name.at(line));
            let Some(payee) =
                book.payees.place(&payee).and_then(|it| i64::try_from(usize::from(it)).ok())
            else {
                continue;
            };
            all.by_payee.push(((village.1, payee), day, fen.yuan()));
            let account = book.names.get(lines.account.at(line));
            let account = book.charts[line].series(account);
            all.by_payee_account.push((
                (village.1, mixed_account(payee, account)),
                day,
                fen.yuan(),
            ));
        }
        let red = it.line.keys().filter(|at| it.fen(*at) < 0);
        all.red = red.map(|at| ((it.village(at), -it.fen(at)), it.day(at), 0.0)).collect();
        for entries in
            [&mut all.by_amount, &mut all.by_payee, &mut all.by_payee_account, &mut all.red]
        {
            entries.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)));
        }
        all
    }

    fn sum_after(&self, key: (u64, i64), day: i32, days: i32) -> f64 {
        let from = self.by_payee.partition_point(|one| (one.0, one.1) < (key, day));
        let own =
            self.by_payee[from..].iter().take_while(|one| one.0 == key && one.1 <= day + days);
        own.map(|(.., yuan)| yuan).sum()
    }
}

/// Days to the nearest entry of a key.
fn nearest(entries: &Entries, key: (u64, i64), day: i32) -> f32 {
    let place = entries.partition_point(|one| (one.0, one.1) < (key, day));
    let before = place.checked_sub(1).map(|before| &entries[before]);
    let around = before.into_iter().chain(entries.get(place)).filter(|one| one.0 == key);
    around.map(|one| (one.1 - day).unsigned_abs() as f32).fold(FAR, f32::min)
}

/// Days to the next entry of a key.
fn next(entries: &Entries, key: (u64, i64), day: i32) -> f32 {
    let place = entries.partition_point(|one| (one.0, one.1) < (key, day));
    let next = entries.get(place).filter(|one| one.0 == key);
    next.map_or(FAR, |one| ((one.1 - day) as f32).min(FAR))
}

/// The columns from `advance_known` to `advance_over_year`.
fn advances(it: &Context<'_>) -> Vec<Column> {
    let table = &it.book.companions.advances;
    let mut rows: Vec<((Id, Id), i32, usize)> = (0..table.rows)
        .map(|row| ((table.village.at(row), table.person.at(row)), table.date.at(row).0, row))
        .collect();
    rows.sort_unstable();
    let own = |at: PaymentIx| {
        let human = it.payee_facts(at)?.human.some()?;
        let key = (it.book.lines.village.at(it.line[at]), human);
        let from = rows.partition_point(|one| one.0 < key);
        let to = rows.partition_point(|one| one.0 <= key);
        (table.rows > 0).then(|| &rows[from..to])
    };
    let found = |at: PaymentIx| {
        let same = own(at)?.iter().filter(|one| table.amount.at(one.2).0 == it.fen(at));
        same.min_by_key(|one| (one.1 - it.day(at)).abs())
            .filter(|one| (one.1 - it.day(at)).abs() <= 40)
    };
    let yes = |it: bool| f32::from(u8::from(it));
    let settled = |row: usize| table.settled.at(row).some();
    let open_days = |at: PaymentIx| {
        let (_, day, row) = found(at)?;
        Some((*day, settled(*row).map_or(it.last_day.0, |settled| settled.0)))
    };
    vec![
        it.each(|at| own(at).map(|_| yes(found(at).is_some()))),
        it.each(|at| open_days(at).map(|(from, to)| (to - from) as f32)),
        it.each(|at| Some(yes(settled(found(at)?.2).is_none()))),
        it.each(|at| Some(own(at)?.len() as f32)),
        it.each(|at| {
            let day = it.day(at);
            let itself = found(at).map(|one| one.2);
            let open = own(at)?.iter().filter(|one| {
                Some(one.2) != itself
                    && one.1 <= day
                    && settled(one.2).is_none_or(|settled| settled.0 > day)
            });
            let yuan: f64 = open.map(|one| table.amount.at(one.2).yuan()).sum();
            Some((yuan + 1.0).ln() as f32)
        }),
        it.each(|at| {
            let (from, to) = open_days(at)?;
            let year = crate::ledger::contract::cell::Day(from).year();
            Some(yes(crate::ledger::contract::cell::Day(to).year() > year))
        }),
    ]
}

/// Log ratio of cash drawn from the bank to cash paid within 15 days; 100 yuan are added to both.
fn cash_drawn(it: &Context<'_>) -> Column {
    let lines = &it.book.lines;
    let Some(cash) = it.book.names.find("cash") else { return IxVec::of(f32::NAN, it.rows) };
    let mut drawn: Vec<(u64, i32, f64)> = Vec::new();
    for (village, id) in it.book.villages.iter_enumerated() {
        let vouchers = it.book.vouchers_of(village);
        for line in LineIx::within(&it.book.lines_of(&vouchers)) {
            let is_debit = it.book.sides[line] == crate::ledger::book::side::Side::Debit;
            if is_debit
                && Chart::root(it.book.names.get(lines.account.at(line))) == "101"
                && lines.village.at(line) == *id
            {
                drawn.push((number(village), lines.date.at(line).0, lines.amount.at(line).yuan()));
            }
        }
    }
    drawn.sort_unstable_by_key(|entry| (entry.0, entry.1));
    let mut paid: Vec<(u64, i32, f64)> = it
        .line
        .keys()
        .filter(|at| lines.method.at(it.line[*at]) == cash)
        .map(|at| (it.village(at), it.day(at), it.fen(at) as f64 / 100.0))
        .collect();
    paid.sort_unstable_by_key(|entry| (entry.0, entry.1));
    let (drawn, paid) = (Running::of(drawn), Running::of(paid));
    it.each(|at| {
        let around =
            |sums: &Running| sums.between(it.village(at), it.day(at) - 15, it.day(at) + 15) + 100.0;
        Some((around(&drawn) / around(&paid)).ln() as f32)
    })
}

/// Cumulative sums of entries sorted by village and day.
struct Running {
    keys: Vec<(u64, i32)>,
    sums: Vec<f64>,
}

impl Running {
    fn of(entries: Vec<(u64, i32, f64)>) -> Self {
        let mut sums = vec![0.0];
        let mut sum = 0.0;
        for (.., yuan) in &entries {
            sum += yuan.max(0.0);
            sums.push(sum);
        }
        Self { keys: entries.into_iter().map(|(village, day, _)| (village, day)).collect(), sums }
    }

    fn between(&self, village: u64, from: i32, to: i32) -> f64 {
        let start = self.keys.partition_point(|key| *key < (village, from));
        let end = self.keys.partition_point(|key| *key <= (village, to));
        self.sums[end] - self.sums[start]
    }
}
