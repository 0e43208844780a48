#![doc = include_str!("split_across_accounts.md")]

use serde::Deserialize;

use super::paid::Paid;
use super::turns::{Rule, Turn, Usual};
use crate::indicators::bounds::{above_zero, at_least, within};
use crate::indicators::card::{Card, Class, Scale, Scheme};
use crate::indicators::indicator::{Group, Groups, Indicator, Measure, Out};
use crate::indicators::kinds::Kinds;
use crate::indicators::seen::seen;
use crate::indicators::words::{Purposes, telling};
use crate::ledger::book::Book;
use crate::ledger::subject::Grain;

pub(super) static INDICATOR: Indicator = Indicator::of::<SplitAcrossAccounts>(Card {
    name: "split_across_accounts",
    title: "One purchase, several accounts",
    title_zh: "同一采购分记多个科目",
    grain: Grain::Payee,
    class: Class::Statistic,
    scheme: Scheme::Splitting,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee", "ledger.summary", "limits"],
    basis: &[],
    faces: &["split_accounts"],
    page: include_str!("split_across_accounts.md"),
    page_zh: include_str!("split_across_accounts.zh.md"),
});

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SplitAcrossAccounts {
    days: i32,
    ratio: f64,
    prior: f64,
    digits: usize,
}

impl Default for SplitAcrossAccounts {
    fn default() -> Self {
        Self { days: 15, ratio: 1.1, prior: 20.0, digits: 3 }
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
    fn turns(&self, book: &Book, payments: &[u32]) -> Vec<Turn> {
        let turn = |paid: Paid| {
            let place = self.purposes.place(book, paid.one.line)?;
            let series = *self.numbers.get(place)?;
            let hand = self.kinds.kind(paid.one.payment);
            let world = self.kinds.chart(hand) as u32;
            Some(Turn { paid, series, hand, world, paper: paid.one.document_no(book).0 })
        };
        seen(book, payments).filter_map(|one| turn(Paid::under_limit(book, one)?)).collect()
    }
}

impl SplitAcrossAccounts {
    fn rule(&self) -> Rule {
        Rule { days: self.days, ratio: self.ratio, prior: self.prior }
    }
}

impl Measure for SplitAcrossAccounts {
    type Context = (Purchases, Usual);
    const GROUPS: Groups = Groups::ByPayee;

    fn validate(&self) -> Option<String> {
        within("days", self.days, 1..=366)
            .or_else(|| at_least("ratio", self.ratio, 1.0))
            .or_else(|| above_zero("prior", self.prior))
            .or_else(|| within("digits", self.digits, 1..=9))
    }

    fn context(&self, book: &Book) -> (Purchases, Usual) {
        let matters = Purchases::of(book, self.digits);
        let usual = self.rule().usual(book, |payments| matters.turns(book, payments));
        (matters, usual)
    }

    fn measure(
        &self,
        book: &Book,
        (matters, usual): &Self::Context,
        group: Group<'_>,
        out: &mut Out,
    ) {
        let turns = matters.turns(book, group.payments);
        let Some((value, sample, rows)) = self.rule().reading(usual, turns) else { return };
        out.put(group.number, value, sample, || rows);
    }
}
