//! Firms of unrelated owners share a telephone, an address or an account. Look-alike: a cooperative that is paid for
//! its members.

use super::scheme::Scheme;
use super::trail::{director, divert, from_payee, note_agreement, spaced, workers};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::Use;
use crate::simulate::manner::Manner;
use crate::simulate::payee::{Payee, Trade};
use crate::simulate::payment::Purchase;
use crate::simulate::price::{Habit, free};
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;
use crate::simulate::voucher::Document;

#[derive(Debug)]
pub(super) struct ShellRing;

/// Villagers who are not related to each other.
fn strangers(village: &Village<'_>, dice: &mut Dice, count: usize) -> Vec<usize> {
    let mut adults = village.adults(26, 60);
    adults.retain(|who| !village.is_official(*who));
    dice.shuffle(&mut adults);
    let mut chosen: Vec<usize> = Vec::new();
    for who in adults {
        if chosen.iter().all(|other| village.kin.degree(who, *other).is_none()) {
            chosen.push(who);
        }
    }
    chosen.truncate(count);
    chosen
}

/// A new firm of this owner, registered from `since` on.
fn open(
    village: &mut Village<'_>,
    dice: &mut Dice,
    trade: Trade,
    owner: usize,
    since: Day,
) -> usize {
    let serial = village.next_payee();
    let mut firm = Payee::firm(dice, &village.code, serial, trade, Some(owner));
    firm.first_seen = Some(since);
    village.payees.push(firm);
    village.payees.len() - 1
}

impl Scheme for ShellRing {
    fn name(&self) -> &'static str {
        "shell_ring"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, from, to) = director(village);
        let count = dice.count(3, 4);
        let owners = strangers(village, dice, count);
        owners.get(1)?;
        let mut firms = Vec::new();
        for owner in owners {
            let trade =
                dice.one_of([Trade::Print, Trade::Repair, Trade::Materials, Trade::Machine]);
            let is_new = manner.leaves(dice, [1.0, 0.4, 0.35]);
            let days = i32::try_from(dice.between(10, 60)).unwrap_or(20);
            let since = if is_new { from.0 + days } else { from.0 - 30 * days };
            let since = Day(since);
            firms.push(open(village, dice, trade, owner, since));
        }
        disguise(village, dice, &firms, manner);
        let subjects = firms.iter().map(|firm| Subject::Payee(*firm));
        let subjects: Vec<Subject> = subjects.chain([Subject::Official(officer)]).collect();
        let act = village.begin(self.name(), manner.kind, &subjects);
        let payments = manner.count(dice, firms.len() * 4, firms.len() * 7);
        let days = spaced(dice, Day(from.0 + 70), to, payments);
        for (date, firm) in days.into_iter().zip(firms.iter().cycle()) {
            let amount = free(dice, 1_300.0, 0.8, Habit::Yuan);
            village.spend_as(dice, date, from_payee(village, *firm, amount), (officer, act));
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let owner = strangers(village, dice, 1).first().copied()?;
        let long_ago = Day(village.span.first().0 - 1_500);
        let cooperative = open(village, dice, Trade::Farm, owner, long_ago);
        let code = village.code.get(6..).unwrap_or_default().to_owned();
        let mut account = String::new();
        if let Some(payee) = village.payees.get_mut(cooperative) {
            payee.name = format!("模拟{code}村种植专业合作社");
            account.clone_from(&payee.account);
        }
        let signed = Day(village.span.first().0 - 30);
        let contract = village.contract("agency", cooperative, 20_000_000, signed, 2_000, false);
        let decision = village.decide(dice, "委托合作社代收代付", 20_000_000, signed);
        let mut members = workers(village, dice);
        members.truncate(dice.count(6, 12));
        let subjects = members.iter().chain([&cooperative]).map(|payee| Subject::Payee(*payee));
        let subjects: Vec<Subject> = subjects.collect();
        let act = village.begin(self.name(), Kind::LookAlike, &subjects);
        let payments = members.len() * dice.count(2, 4);
        let days = spaced(dice, village.span.first(), village.span.last(), payments);
        for (date, payee) in days.into_iter().zip(members.iter().cycle()) {
            let amount = free(dice, 600.0, 0.6, Habit::Tens);
            let purchase = Purchase {
                usage: Use::Production,
                payee: *payee,
                amount,
                summary: "付采摘用工款".into(),
                document: Document::List,
            };
            let line = village.signed(dice, date, purchase);
            let voucher = village.pay(date, vec![line], false);
            divert(village, voucher, &account);
            note_agreement(village, dice, voucher, (&contract, &decision));
            village.mark(voucher, act);
        }
        Some(())
    }
}

/// Gives each firm but the first the telephone, the address or the account of the first.
fn disguise(village: &mut Village<'_>, dice: &mut Dice, firms: &[usize], manner: &Manner) {
    let Some(first) = firms.first().map(|firm| village.payee(*firm).clone()) else { return };
    for firm in firms.iter().skip(1) {
        let (phone, door) = (dice.chance(0.6), dice.chance(0.5));
        let account = manner.leaves(dice, [0.5, 0.15, 0.15]);
        let Some(payee) = village.payees.get_mut(*firm) else { continue };
        if phone || !(door || account) {
            payee.phone.clone_from(&first.phone);
        }
        if door {
            payee.address.clone_from(&first.address);
        }
        if account {
            payee.account.clone_from(&first.account);
        }
    }
}
