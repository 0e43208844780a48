//! Subsidies at public rates, received from higher levels and paid to persons by list.

use crate::ledger::contract::cell::{Day, Fen};
use crate::simulate::calendar::day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::{BANK, Use};
use crate::simulate::payment::Purchase;
use crate::simulate::price::{fen, yuan};
use crate::simulate::records::{Post, Subsidy};
use crate::simulate::village::Village;
use crate::simulate::voucher::{Document, Line, Voucher, Words};

/// Subsidy for farmed land, per mu and year.
pub(crate) const LAND: &str = "LAND";
/// Old-age allowance, per month, paid quarterly.
pub(crate) const ELDER: &str = "ELDER";
/// Age from which the old-age allowance is paid.
const OLD: i32 = 78;

/// The rate for one unit in a year, in fen.
pub(crate) fn standard(scheme: &str, year: i16) -> i64 {
    let step = i64::from(year - 2005);
    if scheme == LAND { 8_000 + step * 115 } else { 5_000 + step / 3 * 1_000 }
}

pub(crate) fn pay(village: &mut Village<'_>, dice: &mut Dice, year: i16) {
    let date = day(year, 6, 10 + i8::try_from(dice.between(0, 12)).unwrap_or(0));
    let heads = heads(village);
    let land: Vec<(usize, f64)> = heads.into_iter().map(|who| (who, mu(village, who))).collect();
    pay_list(village, dice, date, LAND, &year.to_string(), &land);
    for quarter in 1..=4_i8 {
        let date = day(year, quarter * 3, 18 + i8::try_from(dice.between(0, 8)).unwrap_or(0));
        let old = |who: &usize| {
            let person = village.person(*who);
            person.age(i32::from(year)) >= OLD && person.lives(date)
        };
        let old: Vec<(usize, f64)> = village.locals().filter(old).map(|who| (who, 3.0)).collect();
        pay_list(village, dice, date, ELDER, &format!("{year}Q{quarter}"), &old);
    }
}

/// One person of each household: the first of working age.
fn heads(village: &Village<'_>) -> Vec<usize> {
    let mut seen: Vec<&str> = Vec::new();
    let mut heads = Vec::new();
    for who in village.adults(24, 70) {
        let household = village.person(who).household.as_deref();
        if let Some(household) = household.filter(|household| !seen.contains(household)) {
            seen.push(household);
            heads.push(who);
        }
    }
    heads
}

/// Registered land of a household in mu, fixed for its head.
fn mu(village: &Village<'_>, who: usize) -> f64 {
    let trait_of = village.person(who).account.bytes().map(i64::from).sum::<i64>();
    yuan(200 + trait_of * 37 % 900)
}

/// Books the grant and the payments made from it.
pub(crate) fn pay_list(
    village: &mut Village<'_>,
    dice: &mut Dice,
    date: Day,
    scheme: &'static str,
    period: &str,
    list: &[(usize, f64)],
) -> Option<usize> {
    let lines: Vec<Line> = list
        .iter()
        .filter_map(|(who, quantity)| line(village, dice, date, scheme, period, (*who, *quantity)))
        .collect();
    let sum: i64 = lines.iter().map(|line| line.amount).sum();
    if sum == 0 {
        return None;
    }
    let received = village.span.clamp(Day(date.0 - i32::try_from(dice.between(2, 9)).unwrap_or(3)));
    let words =
        if scheme == LAND { "收耕地地力补贴资金" } else { "收高龄补贴资金" };
    village.book(Voucher::new(
        received,
        vec![
            Line::debit(BANK, sum, words),
            Line::credit(Use::Subsidy.account(received), sum, words),
        ],
    ));
    Some(village.pay(date, lines, false))
}

/// The payment line of one person; also adds its subsidy row.
pub(crate) fn line(
    village: &mut Village<'_>,
    dice: &mut Dice,
    date: Day,
    scheme: &'static str,
    period: &str,
    (who, quantity): (usize, f64),
) -> Option<Line> {
    let payee = village.payee_of(who)?;
    let year = date.date().year();
    let amount = fen(yuan(standard(scheme, year)) * quantity);
    let summary = Words::Borrowed(if scheme == LAND {
        "发放耕地地力补贴"
    } else {
        "发放高龄补贴"
    });
    let purchase =
        Purchase { usage: Use::Subsidy, payee, amount, summary, document: Document::List };
    let mut line = village.signed(dice, date, purchase);
    if let Some(slip) = line.slip.as_deref_mut() {
        slip.fixed_standard = true;
        slip.scheme = Some(scheme);
        slip.handler = Some(village.holder(Post::Clerk, 0, date));
    }
    let account = village.person(who).account.clone();
    village.subsidies.push(Subsidy {
        person: who,
        scheme,
        period: period.to_owned(),
        amount: Fen(amount),
        quantity,
        account,
    });
    Some(line)
}
