#![doc = include_str!("split_across_accounts.md")]

use super::paid::Paid;
use super::turns::{Rule, Turn, Usual};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::indicator::{Group, Groups, Indicator, Measure, Out};
use crate::indicators::kinds::Kinds;
use crate::indicators::seen::seen;
use crate::indicators::words::{Purposes, telling};
use crate::ledger::book::Book;
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
