//! Leases of collective assets, with rents collected on time, late or never.

use crate::ledger::contract::cell::{Day, Fen};
use crate::simulate::calendar::day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::{BANK, CASH, Use};
use crate::simulate::price::{Habit, fen, finish, yuan};
use crate::simulate::records::{Contract, Lease};
use crate::simulate::village::Village;
use crate::simulate::voucher::{Line, Voucher};

/// Asset classes with usual rent (yuan per mu and year) and usual area (mu).
const ASSETS: [(&str, f64, f64); 4] = [
    ("farmland", 520.0, 30.0),
    ("pond", 800.0, 14.0),
    ("forest", 90.0, 120.0),
    ("shopfront", 42_000.0, 0.2),
];

/// Signs the leases of the span.
pub(crate) fn sign(village: &mut Village<'_>, dice: &mut Dice) {
    for _ in 0..dice.count(2, 6) {
        let (asset, market, area) = dice.one_of(ASSETS);
        let tenants = village.adults(25, 60);
        let Some(tenant) = dice.any(&tenants).and_then(|who| village.payee_of(who)) else {
            continue;
        };
        let area = yuan(fen(dice.log_normal(area, 0.5)).max(5));
        let rent = market * dice.log_normal(1.0, 0.16);
        let tendered = dice.chance(0.6);
        let_asset(village, dice, (asset, tenant, area, rent), tendered);
    }
}

/// Signs one lease, with rent in yuan per mu and year; returns its index.
pub(crate) fn let_asset(
    village: &mut Village<'_>,
    dice: &mut Dice,
    (asset, tenant, area_mu, market): (&'static str, usize, f64, f64),
    tendered: bool,
) -> usize {
    let rent = finish(fen(area_mu * market), Habit::Tens);
    let start = Day(village.span.first().0 - i32::try_from(dice.between(30, 1_400)).unwrap_or(400));
    let years = i16::try_from(dice.between(5, 20)).unwrap_or(10);
    let end = day(start.date().year() + years, start.date().month(), start.date().day());
    let (month, of_month) = (start.date().month(), start.date().day());
    let dues = village.span.all_years().map(|year| day(year, month, of_month)).collect();
    let id = format!("L-{}-{:03}", village.code, village.leases.len() + 1);
    let contract = Contract {
        id: id.clone(),
        payee: tenant,
        kind: "lease",
        amount: Fen(rent * i64::from(years)),
        signed: Day(start.0 - 10),
        end,
        tendered,
    };
    village.contracts.push(contract);
    village.leases.push(Lease {
        id,
        tenant,
        asset,
        area_mu,
        rent: Fen(rent),
        start,
        end,
        tendered,
        dues,
    });
    village.leases.len() - 1
}

/// Books the rents that are due in a year and are paid.
pub(crate) fn collect(village: &mut Village<'_>, dice: &mut Dice, year: i16) {
    for lease in 0..village.leases.len() {
        collect_one(village, dice, lease, year);
    }
}

/// Books the rent of one lease: 88 in 100 on time, 8 late, 4 unpaid.
pub(crate) fn collect_one(village: &mut Village<'_>, dice: &mut Dice, lease: usize, year: i16) {
    let Some(lease) = village.leases.get(lease) else { return };
    let (id, rent) = (lease.id.clone(), lease.rent.0);
    let Some(due) = lease.dues.iter().find(|due| due.date().year() == year).copied() else {
        return;
    };
    let late = match dice.between(0, 99) {
        0..88 => dice.between(-10, 40),
        88..96 => dice.between(60, 250),
        _ => return,
    };
    let date = Day(due.0 + i32::try_from(late).unwrap_or(0));
    if !village.span.holds(date) {
        return;
    }
    let in_cash = rent < 300_000 && dice.chance(0.25);
    let mut line = Line::credit(Use::RentIncome.account(date), rent, "收租金");
    line.contract = Some(id);
    let account = if in_cash { CASH } else { BANK };
    village.book(Voucher::new(date, vec![Line::debit(account, rent, "收租金"), line]));
    if in_cash {
        let date = village.span.clamp(Day(date.0 + i32::try_from(dice.between(0, 3)).unwrap_or(1)));
        let lines = vec![Line::debit(BANK, rent, "存现"), Line::credit(CASH, rent, "存现")];
        village.book(Voucher::new(date, lines));
    }
}
