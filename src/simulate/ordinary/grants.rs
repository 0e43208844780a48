//! Grants and small receipts, which keep the bank balance positive.

use crate::simulate::calendar::day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::{BANK, Use};
use crate::simulate::price::{Habit, finish, free, part};
use crate::simulate::village::Village;
use crate::simulate::voucher::{Line, Voucher};

/// Books the receipts of a year, in proportion to the spending of each quarter.
pub(crate) fn receive(village: &mut Village<'_>, dice: &mut Dice, year: i16) {
    for quarter in 1..=4_i8 {
        let (first, last) = (day(year, quarter * 3 - 2, 1), day(year, quarter * 3, 31));
        let inside =
            village.vouchers.iter().filter(|voucher| first <= voucher.date && voucher.date <= last);
        let net: i64 = inside.map(|voucher| voucher.change("101") + voucher.change(BANK)).sum();
        let grant = finish(part(-net, dice.share(0.75, 1.2)).max(300_000), Habit::Hundreds);
        let date = day(year, quarter * 3 - 2, 6 + i8::try_from(dice.between(0, 15)).unwrap_or(0));
        let words = dice.one_of(["收上级转移支付资金", "收运转经费补助", "收项目补助资金"]);
        income(village, date, Use::GrantIncome, grant, words);
        let interest = free(dice, 85.0, 0.5, Habit::Metered);
        income(village, day(year, quarter * 3, 21), Use::OtherIncome, interest, "收存款利息");
    }
}

fn income(
    village: &mut Village<'_>,
    date: crate::ledger::contract::cell::Day,
    usage: Use,
    amount: i64,
    words: &'static str,
) {
    let lines =
        vec![Line::debit(BANK, amount, words), Line::credit(usage.account(date), amount, words)];
    village.book(Voucher::new(date, lines));
}
