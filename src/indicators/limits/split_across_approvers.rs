#![doc = include_str!("split_across_approvers.md")]

use super::paid::Paid;
use super::turns::{Rule, Told, Turn, Usual};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::seen;
use crate::ledger::book::Book;
use crate::ledger::book::index::{PayeeIx, PaymentIx};
use crate::ledger::contract::cell::Fen;
use crate::ledger::subject::Grain;
use crate::params::{above_zero, at_least, params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<SplitAcrossApprovers>(card! {
    "split_across_approvers",
    grain: Grain::Payee,
    class: Class::Statistic,
    scheme: Scheme::Splitting,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee", "ledger.approver", "limits"],
    basis: &[],
    simulated_schemes: &["split_approvers"],
});

params! {
    struct SplitAcrossApprovers {
        days: i32 = 15, within(1..=366),
            "length of a window in days",
            "时段的天数";
        ratio: f64 = 1.1, at_least(1.0),
            "multiple of the limit that a window must reach",
            "时段合计须达到限额的倍数";
        prior: f64 = 20.0, above_zero,
            "pairs at the wider group's rate mixed into each share",
            "向上一级比例收缩所用的付款对个数";
    }
}

/// The payee's payments under limits whose approver is known; one class of expense is one series.
fn turns(book: &Book, payments: &[PaymentIx]) -> Vec<Turn> {
    let turn = |paid: Paid| {
        let hand = book.payments.approver[paid.one.payment]?.into();
        Some(Turn { paid, series: paid.one.class as u32, hand, world: 0, paper: u32::MAX })
    };
    seen(book, payments).filter_map(|one| turn(Paid::under_limit(book, one)?)).collect()
}

/// The window with the largest sum and its approvers, and how many more windows there are.
fn facts(book: &Book, told: &Told) -> Vec<Fact> {
    let Some(window) = told.largest() else { return Vec::new() };
    let approver = |turn: &Turn| {
        let one = turn.paid.one;
        let approver = book.payments.approver[one.payment]?;
        Some(Value::Post(book.officials[approver], one.line))
    };
    let approvers: Vec<Value> = window.hands().iter().filter_map(approver).collect();
    let (first, last) = (window.first.paid.one, window.last.paid.one);
    let (village, class, limit) = (first.village, first.class, Fen(window.highest.paid.limit));
    let payments = window.turns.len();
    let mut facts = vec![if first.day == last.day {
        fact!(
            "day", ["payee", "date", "amount", "approver"],
            village: village, day: first.day, class: class, payments: payments, sum: window.sum,
            limit: limit, approvers: approvers,
        )
    } else {
        fact!(
            "window", ["payee", "date", "amount", "approver"],
            village: village, from: first.day, until: last.day, days: window.days(), class: class,
            payments: payments, sum: window.sum, limit: limit, approvers: approvers,
        )
    }];
    if told.windows.len() > 1 {
        facts.push(
            fact!("more", ["payee", "date", "amount", "approver"], others: told.windows.len() - 1),
        );
    }
    facts
}

impl SplitAcrossApprovers {
    fn rule(&self) -> Rule {
        Rule { days: self.days, ratio: self.ratio, prior: self.prior }
    }
}

impl Measure for SplitAcrossApprovers {
    type Context = Usual;
    type Groups = PayeeIx;

    fn context(&self, book: &Book) -> Usual {
        self.rule().usual(book, |payments| turns(book, payments))
    }

    fn measure(&self, book: &Book, usual: &Usual, group: Group<'_, PayeeIx>, out: &mut Out) {
        let told = self.rule().reading(usual, turns(book, group.payments));
        let Some(told) = told else { return };
        out.put(group.number, told.value, told.sample, || told.rows());
        out.tell(group.number, || facts(book, &told));
    }
}
