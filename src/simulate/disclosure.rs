//! Public notices of a village: quarterly sums by account.

use std::collections::BTreeMap;

use super::calendar::day;
use super::chance::{Dice, Draw, Purpose, dice};
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
    /// The day on which it was taken down, where the township records it.
    pub(crate) removed: Option<Day>,
    pub(crate) text: Option<String>,
}

/// What stands beside the amounts of a village's notices, from a stream of its own.
struct Beside {
    dice: Dice,
    /// Whether the township records when a notice was taken down.
    is_recorded: bool,
    /// Who answers questions: the clerk's surname and the last digits of a telephone.
    clerk: (char, i64),
    /// The number of an identity card that one notice of the village shows by mistake, until it has.
    exposed: Option<String>,
}

impl Beside {
    fn of(village: &Village<'_>) -> Self {
        let township = village.township;
        let place = [u64::from(township.county_index), u64::from(township.index)];
        let is_recorded = dice(township.seed, Purpose::Notices, &place).chance(0.7);
        let place = [u64::from(township.county_index), u64::from(village.index), 1];
        let mut dice = dice(township.seed, Purpose::Notices, &place);
        let surname = village.people.first().and_then(|it| it.name.chars().next());
        let clerk = (surname.unwrap_or('某'), dice.between(1_000, 9_999));
        let exposed = dice.chance(0.02).then(|| identity(&mut dice));
        Self { dice, is_recorded, clerk, exposed }
    }

    /// A notice stands for some weeks.
    fn removed(&mut self, posted: Day) -> Option<Day> {
        let weeks = i32::try_from(self.dice.between(2, 9)).unwrap_or(4);
        self.is_recorded.then_some(Day(posted.0 + weeks * 7))
    }

    /// Most notices say more than amounts; persons are masked in it.
    fn text(&mut self, section: &str) -> Option<String> {
        let (surname, digits) = self.clerk;
        if !self.dice.chance(0.8) {
            return None;
        }
        if section == "expense"
            && let Some(number) = self.exposed.take()
        {
            return Some(format!("补贴发放名单：{surname}某某，身份证号{number}"));
        }
        Some(format!("明细另附，个人信息已遮盖。咨询：{surname}**，电话138****{digits}"))
    }
}

/// The number of an identity card, with its check digit, of a region that does not exist.
fn identity(dice: &mut Dice) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let (year, serial) = (dice.between(1_940, 1_999), dice.between(100, 999));
    let digits = format!("990101{year}0101{serial}");
    let weighted = digits.chars().zip(WEIGHTS);
    let sum: u32 = weighted.filter_map(|(it, weight)| Some(it.to_digit(10)? * weight)).sum();
    let check = "10X98765432".chars().nth(usize::try_from(sum % 11).unwrap_or(0));
    format!("{digits}{}", check.unwrap_or('0'))
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
    let mut beside = Beside::of(village);
    for year in village.span.all_years() {
        for quarter in 1..=4_i8 {
            let late = if dice.chance(0.9) { dice.between(3, 20) } else { dice.between(25, 80) };
            let posted = Day(day(year, quarter * 3, 31).0 + i32::try_from(late).unwrap_or(10));
            let channel = dice.one_of(["board", "board", "app"]);
            if dice.chance(0.02) {
                continue;
            }
            let removed = beside.removed(posted);
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
                    removed,
                    text: beside.text(key.2),
                });
            }
        }
    }
    rows
}
