//! Public notices of a village: quarterly sums by account.

use std::collections::BTreeMap;

use super::calendar::day;
use super::chance::{Draw, Purpose, dice};
use super::chart::is_money;
use super::village::Village;
use crate::ledger::contract::cell::{Day, Fen};

/// One line of a public notice.
#[derive(Debug, Clone)]
pub(crate) struct Notice {
    pub(crate) period: String,
    pub(crate) section: &'static str,
    pub(crate) posted: Day,
    pub(crate) account: &'static str,
    pub(crate) amount: Fen,
    pub(crate) channel: &'static str,
}

/// The notices of all quarters. They agree with the ledger; some are late and a few are missing.
pub(crate) fn posted(village: &Village<'_>) -> Vec<Notice> {
    let mut sums: BTreeMap<(i16, i8, &'static str, &'static str), i64> = BTreeMap::new();
    for voucher in &village.vouchers {
        let date = voucher.date.date();
        let quarter = (date.month() + 2) / 3;
        for line in voucher.lines.iter().filter(|line| !is_money(line.account)) {
            let section = if voucher.is_payment(line) {
                "expense"
            } else if !line.is_debit && line.account.starts_with('5') {
                "income"
            } else {
                continue;
            };
            *sums.entry((date.year(), quarter, section, line.account)).or_default() += line.amount;
        }
    }
    let place = [u64::from(village.township.county_index), u64::from(village.index), 7];
    let mut dice = dice(village.township.seed, Purpose::Closing, &place);
    let mut rows = Vec::new();
    for year in village.span.all_years() {
        for quarter in 1..=4_i8 {
            let late = if dice.chance(0.9) { dice.between(3, 20) } else { dice.between(25, 80) };
            let posted = Day(day(year, quarter * 3, 31).0 + i32::try_from(late).unwrap_or(10));
            let channel = dice.one_of(["board", "board", "app"]);
            if dice.chance(0.02) {
                continue;
            }
            let of = |key: &&(i16, i8, &str, &str)| (key.0, key.1) == (year, quarter);
            for key in sums.keys().filter(of) {
                let amount = Fen(sums.get(key).copied().unwrap_or_default());
                let period = format!("{year}Q{quarter}");
                rows.push(Notice {
                    period,
                    section: key.2,
                    posted,
                    account: key.3,
                    amount,
                    channel,
                });
            }
        }
    }
    rows
}
