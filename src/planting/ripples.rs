//! Updates the bank journal and the notices for vouchers that were added or changed.
//!
//! An office records every payment there, honest or not. Otherwise a model could detect a planted voucher by its
//! missing bank entry.

use std::collections::BTreeMap;

use super::dice::Dice;
use crate::ledger::book::companions::Companions;
use crate::ledger::book::period::Period;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id, Int};
use crate::ledger::contract::names::Names;
use crate::ledger::contract::schema::Bank;
use crate::ledger::contract::table::Col;

/// The largest distance between a voucher and its bank entry, in days, on each side.
const FAR: i32 = 12;
/// Vouchers compared with the journal to estimate the office's delay.
const COMPARED: usize = 60;

/// A line before and after the edits, in signed amounts: credits are negative, and 0 means no line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change {
    pub(super) village: Id,
    pub(super) day: Day,
    pub(super) account: Id,
    pub(super) before: Fen,
    pub(super) after: Fen,
    pub(super) is_bank: bool,
    /// The counterparty's account, if the voucher names one.
    pub(super) payee_account: Id,
}

/// A row of one village's bank journal.
#[derive(Debug, Clone, Copy)]
struct Entry {
    day: Day,
    seq: i32,
    amount: Fen,
    balance: Fen,
    account: Id,
    /// The change of the amount, in fen.
    change: i64,
    is_new: bool,
}

/// Updates the bank journal and the notices. `booked` returns day and amount of a village's unchanged bank lines.
pub(super) fn tell(
    companions: &mut Companions,
    names: &Names,
    changes: &[Change],
    booked: impl Fn(Id) -> Vec<(Day, Fen)>,
    seed: u64,
) {
    if companions.bank.rows > 0 {
        let mut dice = Dice::of(seed, 77);
        companions.bank = journal(&companions.bank, changes, booked, &mut dice);
    }
    if companions.disclosures.rows > 0 {
        post(companions, names, changes);
    }
}

fn journal(
    bank: &Bank,
    changes: &[Change],
    booked: impl Fn(Id) -> Vec<(Day, Fen)>,
    dice: &mut Dice,
) -> Bank {
    let mut villages: BTreeMap<Id, Vec<Entry>> = BTreeMap::new();
    for row in 0..bank.rows {
        villages.entry(bank.village.at(row)).or_default().push(Entry {
            day: bank.date.at(row),
            seq: bank.seq.at(row).0,
            amount: bank.amount.at(row),
            balance: bank.balance.at(row),
            account: bank.counterparty_account.at(row),
            change: 0,
            is_new: false,
        });
    }
    let mut by_village: BTreeMap<Id, Vec<Change>> = BTreeMap::new();
    for change in changes.iter().filter(|change| change.is_bank && change.before != change.after) {
        by_village.entry(change.village).or_default().push(*change);
    }
    for (village, changes) in by_village {
        let Some(entries) = villages.get_mut(&village) else { continue };
        entries.sort_by_key(|entry| (entry.day, entry.seq));
        // If the office does not record its payments in a journal, nothing is added.
        let lags = lags(entries, &booked(village));
        if !lags.is_empty() {
            apply(entries, &changes, &lags, dice);
        }
    }
    written(bank, &villages)
}

/// The delays between vouchers and their journal entries, in days.
fn lags(entries: &[Entry], booked: &[(Day, Fen)]) -> Vec<i32> {
    let step = (booked.len() / COMPARED).max(1);
    let lag = |(day, amount): &(Day, Fen)| {
        let place = nearest(entries, *day, *amount)?;
        entries.get(place).map(|entry| entry.day.0 - day.0)
    };
    booked.iter().step_by(step).filter_map(lag).collect()
}

/// The entry with an amount that is nearest to a day.
fn nearest(entries: &[Entry], day: Day, amount: Fen) -> Option<usize> {
    let from = entries.partition_point(|entry| entry.day.0 < day.0 - FAR);
    let near = entries.get(from..).unwrap_or(&[]).iter();
    let near = near.take_while(|entry| entry.day.0 <= day.0 + FAR).enumerate();
    let same = near.filter(|(_, entry)| entry.amount == amount);
    same.min_by_key(|(_, entry)| (entry.day.0 - day.0).abs()).map(|(place, _)| from + place)
}

fn apply(entries: &mut Vec<Entry>, changes: &[Change], lags: &[i32], dice: &mut Dice) {
    let is_running =
        entries.windows(2).all(|pair| matches!(pair, [first, second] if first.seq < second.seq));
    let mut new = Vec::new();
    for change in changes {
        let place = nearest(entries, change.day, change.before).filter(|_| change.before != Fen(0));
        if let Some(entry) = place.and_then(|place| entries.get_mut(place)) {
            entry.change = change.after.0 - change.before.0;
            entry.amount = change.after;
        } else if change.before == Fen(0) {
            let lag = dice.pick(lags).unwrap_or(0);
            new.push(Entry {
                day: Day(change.day.0 + lag),
                seq: i32::MAX,
                amount: change.after,
                balance: Fen(0),
                account: change.payee_account,
                change: change.after.0,
                is_new: true,
            });
        }
    }
    entries.extend(new);
    entries.sort_by_key(|entry| (entry.day, entry.seq));
    balance(entries);
    entries.retain(|entry| entry.amount != Fen(0));
    number(entries, is_running);
}

/// Updates the balances after each change; earlier inconsistencies remain.
fn balance(entries: &mut [Entry]) {
    let (mut moved, mut before) = (0, Fen::NONE);
    for entry in entries {
        moved += entry.change;
        if entry.is_new {
            let known = before != Fen::NONE;
            entry.balance = if known { Fen(before.0 + entry.amount.0) } else { Fen::NONE };
        } else if entry.balance != Fen::NONE {
            entry.balance = Fen(entry.balance.0 + moved);
        }
        before = entry.balance;
    }
}

/// Numbers the entries as the office does: through the whole book, or anew from the first number each day.
fn number(entries: &mut [Entry], is_running: bool) {
    let first = entries.iter().map(|entry| entry.seq).min().unwrap_or(1);
    let (mut next, mut day) = (first, Day::NONE);
    for entry in entries {
        if !is_running && entry.day != day {
            next = first;
        }
        day = entry.day;
        entry.seq = next;
        next += 1;
    }
}

fn written(bank: &Bank, villages: &BTreeMap<Id, Vec<Entry>>) -> Bank {
    let rows =
        || villages.iter().flat_map(|(village, own)| own.iter().map(|entry| (*village, entry)));
    let account = rows().map(|(_, entry)| entry.account).collect();
    let balance = rows().map(|(_, entry)| entry.balance).collect();
    Bank {
        rows: rows().count(),
        village: Col::new(rows().map(|(village, _)| village).collect()),
        date: Col::new(rows().map(|(_, entry)| entry.day).collect()),
        seq: Col::new(rows().map(|(_, entry)| Int(entry.seq)).collect()),
        amount: Col::new(rows().map(|(_, entry)| entry.amount).collect()),
        balance: if bank.balance.is_recorded() { Col::new(balance) } else { Col::default() },
        counterparty_account: if bank.counterparty_account.is_recorded() {
            Col::new(account)
        } else {
            Col::default()
        },
    }
}

/// Adds changes to the posted amount of their account and period, in its largest section.
fn post(companions: &mut Companions, names: &Names, changes: &[Change]) {
    let table = &mut companions.disclosures;
    let mut rows: BTreeMap<(Id, Id), Vec<usize>> = BTreeMap::new();
    for row in 0..table.rows {
        if table.account.at(row) != Id::NONE && table.amount.at(row) != Fen::NONE {
            rows.entry((table.village.at(row), table.account.at(row))).or_default().push(row);
        }
    }
    for change in changes.iter().filter(|change| !change.is_bank) {
        let own = rows.get(&(change.village, change.account)).into_iter().flatten();
        let own = own.filter(|row| {
            let period = Period::of(names.get(table.period.at(**row)));
            period.is_some_and(|period| period.holds(change.day))
        });
        let Some(row) = own.max_by_key(|row| (table.amount.at(**row), **row)) else { continue };
        let posted = table.amount.at(*row);
        // A notice in whole yuan stays in whole yuan.
        let unit = if posted.0 % 100 == 0 { 100 } else { 1 };
        let more = (change.after.0 - change.before.0) / unit * unit;
        table.amount.set(*row, Fen((posted.0 + more).max(0)));
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, journal};
    use crate::ledger::contract::cell::{Day, Fen, Id, Int};
    use crate::ledger::contract::schema::Bank;
    use crate::ledger::contract::table::Col;
    use crate::planting::dice::Dice;

    #[test]
    fn a_new_payment_moves_the_balances_behind_it() {
        let bank = Bank {
            rows: 3,
            village: Col::new(vec![Id(1); 3]),
            date: Col::new(vec![Day(1), Day(5), Day(9)]),
            seq: Col::new(vec![Int(1), Int(2), Int(3)]),
            amount: Col::new(vec![Fen(-100), Fen(-200), Fen(-300)]),
            balance: Col::new(vec![Fen(900), Fen(700), Fen(400)]),
            ..Bank::default()
        };
        let change = |day, before, after| Change {
            village: Id(1),
            day: Day(day),
            account: Id(7),
            before: Fen(before),
            after: Fen(after),
            is_bank: true,
            payee_account: Id(9),
        };
        let changes = [change(5, 0, -50), change(8, -300, -310)];
        let booked = |_| vec![(Day(1), Fen(-100)), (Day(5), Fen(-200))];
        let told = journal(&bank, &changes, booked, &mut Dice::of(1, 1));
        assert_eq!(told.amount.cells(), [Fen(-100), Fen(-200), Fen(-50), Fen(-310)]);
        assert_eq!(told.balance.cells(), [Fen(900), Fen(700), Fen(650), Fen(340)]);
        assert_eq!(told.seq.cells(), [Int(1), Int(2), Int(3), Int(4)]);
    }
}
