//! Common parts of the schemes: selection of vouchers, days, persons and payees.

use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw, Purpose, dice};
use crate::simulate::chart::{Class, Use};
use crate::simulate::payee::Trade;
use crate::simulate::payment::Purchase;
use crate::simulate::price::{Habit, finish, part};
use crate::simulate::records::{Kind, Post};
use crate::simulate::village::Village;
use crate::simulate::voucher::{Document, Fate, Line};

/// Vouchers with a single payment and nothing planted that satisfy `fits`, in random order.
pub(super) fn plain(
    village: &Village<'_>,
    dice: &mut Dice,
    fits: impl Fn(&Line, Day) -> bool,
) -> Vec<usize> {
    let is_plain = |(_, voucher): &(usize, &crate::simulate::voucher::Voucher)| {
        voucher.lines.len() == 2
            && voucher.fate == Fate::Persisted
            && voucher.lines.iter().all(|line| line.acts.is_empty())
            && voucher.lines.first().is_some_and(|line| {
                let free = line
                    .slip
                    .as_ref()
                    .is_some_and(|slip| !slip.fixed_standard && slip.contract.is_none());
                free && line.amount > 0 && fits(line, voucher.date)
            })
    };
    let found = village.vouchers.iter().enumerate().filter(is_plain).map(|(place, _)| place);
    let mut found: Vec<usize> = found.collect();
    dice.shuffle(&mut found);
    found
}

/// A random stream that is the same in all villages of a township.
pub(super) fn shared(village: &Village<'_>, scheme: &str, kind: Kind) -> Dice {
    let township = village.township;
    let place = [township.county_index, township.index].into_iter().map(u64::from);
    let words = scheme.bytes().chain(kind.word().bytes()).map(u64::from);
    let place: Vec<u64> = place.chain(words).collect();
    dice(township.seed, Purpose::Shared, &place)
}

/// Firms of the township's market with one of these trades.
pub(super) fn market_firms(village: &Village<'_>, trades: &[Trade]) -> Vec<usize> {
    let market = village.township.county_payees..village.township.payees.len();
    market.filter(|firm| trades.contains(&village.payee(*firm).trade)).collect()
}

/// The director with the longest time in office within the span, with first and last day.
pub(super) fn director(village: &Village<'_>) -> (usize, Day, Day) {
    longest(village, Post::Director, 0)
}

/// The person with the longest time in a seat within the span, with first and last day.
pub(super) fn longest(village: &Village<'_>, post: Post, seat: usize) -> (usize, Day, Day) {
    let span = village.span;
    let (first, last) = (span.first(), span.last());
    let terms = village.terms.iter().filter(|term| term.post == post && term.seat == seat);
    let inside = terms.map(|term| {
        let end = term.end.unwrap_or(last).min(last);
        // Slips are approved up to six days before payment, so the first week is left out.
        (term.person, Day(term.start.0 + 7).max(first), end)
    });
    inside.max_by_key(|(_, start, end)| end.0 - start.0).unwrap_or((0, first, last))
}

/// `count` days between two days, one in each of `count` equal intervals.
pub(super) fn spaced(dice: &mut Dice, from: Day, to: Day, count: usize) -> Vec<Day> {
    let parts = i64::try_from(count).unwrap_or(1).max(1);
    let length = i64::from(to.0 - from.0);
    let in_part = |part: i64| {
        let day = dice.between(length * part / parts, length * (part + 1) / parts - 1);
        Day((from.0 + i32::try_from(day).unwrap_or(0)).min(to.0))
    };
    (0..parts).map(in_part).collect()
}

/// A usual purchase of a trade: use, kind of document, purpose.
pub(super) fn usual(trade: Trade) -> (Use, Document, &'static str) {
    match trade {
        Trade::Shop => (Use::Admin, Document::Invoice, "付日用品款"),
        Trade::Print => (Use::Admin, Document::Invoice, "付宣传栏制作费"),
        Trade::Restaurant => (Use::Admin, Document::Receipt, "付工作餐费"),
        Trade::Repair => (Use::Admin, Document::Invoice, "付办公室维修费"),
        Trade::Farm => (Use::Production, Document::Invoice, "付农药款"),
        Trade::Machine => (Use::Production, Document::Receipt, "付机耕费"),
        Trade::Materials => (Use::Works, Document::Invoice, "付砂石料款"),
        Trade::Builder => (Use::Works, Document::Invoice, "付零星工程款"),
        Trade::Appliance => (Use::Equipment, Document::Invoice, "购置办公电脑"),
        Trade::Power | Trade::Water | Trade::Telecom | Trade::Office => {
            (Use::Admin, Document::Invoice, "付服务费")
        }
        Trade::Labour => (Use::Welfare, Document::List, "付保洁用工款"),
    }
}

/// A usual purchase from a payee at this amount.
pub(super) fn from_payee(village: &Village<'_>, payee: usize, amount: i64) -> Purchase {
    let (usage, document, summary) = usual(village.payee(payee).trade);
    Purchase { usage, payee, amount, summary: summary.into(), document }
}

/// A random trade with frequent sales.
pub(super) fn some_trade(dice: &mut Dice) -> Trade {
    dice.one_of([
        Trade::Shop,
        Trade::Print,
        Trade::Repair,
        Trade::Farm,
        Trade::Machine,
        Trade::Materials,
        Trade::Labour,
    ])
}

/// A random payee of a trade who is alive and no official.
pub(super) fn some_payee(village: &Village<'_>, dice: &mut Dice, trade: Trade) -> Option<usize> {
    let mut payees = village.of_trade(trade);
    payees.retain(|payee| {
        let behind = [village.payee(*payee).person, village.payee(*payee).owner];
        behind
            .iter()
            .flatten()
            .all(|who| !village.is_official(*who) && village.person(*who).death.is_none())
            && village.payee(*payee).person.is_none_or(|who| village.person(who).age(2022) < 70)
    });
    dice.any(&payees)
}

/// Limit number `step` of a class on a day.
pub(super) fn limit(village: &Village<'_>, class: Class, date: Day, step: usize) -> Option<i64> {
    village.township.policy.limit(class, date, step)
}

/// Unequal parts, each below the limit, with a sum well above it.
pub(super) fn parts(dice: &mut Dice, limit: i64) -> Vec<i64> {
    let total = part(limit, dice.share(1.3, 2.6));
    let mut parts = Vec::new();
    let mut left = total;
    while left > part(limit, 0.2) {
        let amount = part(limit, dice.share(0.52, 0.97)).min(left);
        parts.push(
            finish(amount, dice.one_of([Habit::Yuan, Habit::Yuan, Habit::Tens])).min(limit - 100),
        );
        left -= amount;
    }
    parts
}

/// Numbers a voucher's documents consecutively from `number`.
pub(super) fn number_from(village: &mut Village<'_>, voucher: usize, number: &mut i64) {
    for slip in village.slips(voucher) {
        slip.document_no = Some(format!("{number:08}"));
        *number += 1;
    }
}

/// Books one invoice in one voucher, allocated to several uses, with all signatures.
pub(super) fn mixed_invoice(
    village: &mut Village<'_>,
    dice: &mut Dice,
    date: Day,
    purchases: impl IntoIterator<Item = Purchase>,
) -> usize {
    let number = format!("{:08}", dice.between(1_000, 99_999_999));
    let mut paper: Option<Option<Day>> = None;
    let mut lines = Vec::new();
    for purchase in purchases {
        let mut line = village.signed(dice, date, purchase);
        if let Some(slip) = line.slip.as_deref_mut() {
            slip.document_no = Some(number.clone());
            slip.document_date = *paper.get_or_insert(slip.document_date);
            slip.cosigner = slip.approver.map(|approver| village.second(approver, date));
            slip.reviewer = Some(0);
            slip.stamp = Some(true);
        }
        lines.push(line);
    }
    village.pay(date, lines, false)
}

/// Makes one officer the approver of a voucher; another cosigns if somebody had cosigned.
pub(super) fn approve_by(village: &mut Village<'_>, voucher: usize, officer: usize) {
    let date = village.voucher(voucher).date;
    let second = village.second(officer, date);
    for slip in village.slips(voucher) {
        slip.approver = Some(officer);
        slip.cosigner = slip.cosigner.map(|_| second);
        if slip.handler == Some(officer) {
            slip.handler = Some(second);
        }
    }
}

impl Village<'_> {
    /// Books a payment of an act, approved by its officer.
    pub(super) fn spend_as(
        &mut self,
        dice: &mut Dice,
        date: Day,
        purchase: Purchase,
        (officer, act): (usize, usize),
    ) {
        let voucher = self.spend(dice, date, purchase);
        approve_by(self, voucher, officer);
        self.mark(voucher, act);
    }
}

/// Records contract and decision on a voucher; clerks sometimes forget to.
pub(super) fn note_agreement(
    village: &mut Village<'_>,
    dice: &mut Dice,
    voucher: usize,
    (contract, decision): (&str, &str),
) {
    if dice.chance(0.85) {
        for slip in village.slips(voucher) {
            slip.contract = Some(contract.to_owned());
            slip.decision = Some(decision.to_owned());
        }
    }
}

/// Pays into an account that is not the payee's own.
pub(super) fn divert(village: &mut Village<'_>, voucher: usize, account: &str) {
    for slip in village.slips(voucher) {
        slip.account = Some(account.to_owned());
        slip.in_cash = false;
    }
}

/// Claims of a random month with nothing planted that satisfy `fits`, in random order.
pub(super) fn of_a_month(
    village: &Village<'_>,
    dice: &mut Dice,
    fits: impl Fn(&Line, Day) -> bool,
) -> Vec<usize> {
    let month = village.span.some_day(dice).month();
    let advance = |day: Day| Use::Advance.account(day);
    plain(village, dice, |line, day| {
        day.month() == month && line.account != advance(day) && fits(line, day)
    })
}

/// Payees of working age who hold no post, in random order.
pub(super) fn workers(village: &Village<'_>, dice: &mut Dice) -> Vec<usize> {
    let mut workers = village.adults(20, 64);
    workers.retain(|who| !village.is_official(*who));
    dice.shuffle(&mut workers);
    workers.into_iter().filter_map(|who| village.payee_of(who)).collect()
}
