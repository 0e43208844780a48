#![doc = include_str!("split_across_accounts.md")]

use std::collections::BTreeSet;

use super::paid::Paid;
use super::turns::{Rule, Told, Turn, Usual};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::kinds::Kinds;
use crate::indicators::seen::seen;
use crate::indicators::words::{Purposes, telling};
use crate::ledger::book::Book;
use crate::ledger::book::index::{PayeeIx, PaymentIx};
use crate::ledger::contract::cell::{Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{above_zero, at_least, params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<SplitAcrossAccounts>(card! {
    "split_across_accounts",
    grain: Grain::Payee,
    class: Class::Statistic,
    scheme: Scheme::Splitting,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee", "ledger.summary", "limits"],
    basis: &[],
    simulated_schemes: &["split_accounts"],
});

params! {
    struct SplitAcrossAccounts {
        days: i32 = 15, within(1..=366),
            "length of a window in days",
            "时段的天数";
        ratio: f64 = 1.1, at_least(1.0),
            "multiple of the limit that a window must reach",
            "时段合计须达到限额的倍数";
        prior: f64 = 20.0, above_zero,
            "pairs at the wider group's rate mixed into each share",
            "向上一级比例收缩所用的付款对个数";
        digits: usize = 3, within(1..=9),
            "first digits of the account code that count (3: first-level account)",
            "科目编码取前几位（3 为一级科目）";
    }
}

/// What each payment of a book was for.
#[derive(Debug)]
struct Purchases {
    kinds: Kinds,
    purposes: Purposes,
    /// For each purpose the number of what it tells; equal where the telling words are.
    numbers: Vec<u32>,
}

impl Purchases {
    fn of(book: &Book, digits: usize) -> Self {
        let (kinds, purposes) = (Kinds::of(book, digits), Purposes::of(book));
        let told: Vec<String> = purposes.map(book, telling);
        let mut all: Vec<&String> = told.iter().collect();
        all.sort_unstable();
        all.dedup();
        let matter = |told: &String| {
            all.binary_search(&told).ok().and_then(|place| u32::try_from(place).ok())
        };
        let numbers = told.iter().map(|told| matter(told).unwrap_or(u32::MAX)).collect();
        Self { kinds, purposes, numbers }
    }

    /// The payee's payments under limits; one matter is one series.
    fn turns(&self, book: &Book, payments: &[PaymentIx]) -> Vec<Turn> {
        let turn = |paid: Paid| {
            let place = self.purposes.place(book, paid.one.line)?;
            let series = *self.numbers.get(place)?;
            let kind = self.kinds.kind(paid.one.payment);
            let (hand, world) = (kind as usize, self.kinds.chart(kind) as u32);
            Some(Turn { paid, series, hand, world, paper: paid.one.document_no(book).0 })
        };
        seen(book, payments).filter_map(|one| turn(Paid::under_limit(book, one)?)).collect()
    }
}

/// The window with the largest sum and its accounts, and how many more windows there are.
fn facts(book: &Book, told: &Told) -> Vec<Fact> {
    let Some(window) = told.largest() else { return Vec::new() };
    let account = |turn: &Turn| book.lines.account.at(turn.paid.one.line);
    let accounts: BTreeSet<Id> = window.turns.iter().map(account).collect();
    let accounts: Vec<Value> = accounts.into_iter().map(Value::Text).collect();
    let (first, last) = (window.first.paid.one, window.last.paid.one);
    let purpose = Value::Text(book.lines.summary.at(first.line));
    let highest = window.highest.paid;
    let (class, limit, payments) = (highest.one.class, Fen(highest.limit), window.turns.len());
    let mut facts = vec![if first.day == last.day {
        fact!(
            "day", ["payee", "date", "amount", "account", "summary"],
            village: first.village, day: first.day, purpose: purpose, payments: payments, sum: window.sum,
            limit: limit, class: class, accounts: accounts,
        )
    } else {
        fact!(
            "window", ["payee", "date", "amount", "account", "summary"],
            village: first.village, from: first.day, until: last.day, days: window.days(), purpose: purpose,
            payments: payments, sum: window.sum, limit: limit, class: class, accounts: accounts,
        )
    }];
    if told.windows.len() > 1 {
        facts.push(fact!(
            "more", ["payee", "date", "amount", "account", "summary"], others: told.windows.len() - 1,
        ));
    }
    facts
}

impl SplitAcrossAccounts {
    fn rule(&self) -> Rule {
        Rule { days: self.days, ratio: self.ratio, prior: self.prior }
    }
}

impl Measure for SplitAcrossAccounts {
    type Context = (Purchases, Usual);
    type Groups = PayeeIx;

    fn context(&self, book: &Book) -> (Purchases, Usual) {
        let matters = Purchases::of(book, self.digits);
        let usual = self.rule().usual(book, |payments| matters.turns(book, payments));
        (matters, usual)
    }

    fn measure(
        &self,
        book: &Book,
        (matters, usual): &Self::Context,
        group: Group<'_, PayeeIx>,
        out: &mut Out,
    ) {
        let turns = matters.turns(book, group.payments);
        let Some(told) = self.rule().reading(usual, turns) else { return };
        out.put(group.number, told.value, told.sample, || told.rows());
        out.tell(group.number, || facts(book, &told));
    }
}
