#![doc = include_str!("equal_claim.md")]

use super::reversals::settled;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::book::chart;
use crate::ledger::book::index::PayeeIx;
use crate::ledger::contract::cell::{Cell, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{at_least, params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<EqualClaim>(card! {
    "equal_claim",
    grain: Grain::Payment,
    class: Class::Match,
    scheme: Scheme::Duplicate,
    scale: Scale::rule(0.06),
    requires: &["ledger.payee"],
    basis: &[],
    simulated_schemes: &["duplicate_claim", "reworked_claim"],
});

params! {
    struct EqualClaim {
        from: f64 = 500.0, at_least(0.0),
            "smallest amount in yuan",
            "金额起点（元）";
        days: i32 = 365, within(0..=3_660),
            "most days between the two payments",
            "两笔付款最多相隔的天数";
        recurring: usize = 4, within(3..=1_000),
            "equal payments from which on they are a series, such as rent",
            "同额付款达到多少笔即视为定期付款（如租金）";
    }
}

/// What stands on a voucher beside payee and amount.
#[derive(Debug, Clone, Copy)]
struct Paper {
    one: Seen,
    voucher: usize,
    number: Id,
    purpose: Id,
}

impl Paper {
    fn of(book: &Book, one: Seen) -> Self {
        let purpose = book.lines.summary.at(one.line);
        Self { one, voucher: one.voucher(book), number: one.document_no(book), purpose }
    }

    fn days(self, other: Self) -> i32 {
        (self.one.day.0 - other.one.day.0).abs()
    }

    fn has_number_of(self, other: Self) -> bool {
        self.number == other.number && self.number != Id::NONE
    }

    fn has_purpose_of(self, other: Self) -> bool {
        self.purpose == other.purpose && self.purpose != Id::NONE
    }

    /// How much else is equal, besides the amount.
    fn likeness(self, other: Self) -> u8 {
        1 + u8::from(self.has_number_of(other)) + u8::from(self.has_purpose_of(other))
    }

    /// Both vouchers, and where they differ.
    fn facts(self, other: Self, times: usize) -> Vec<Fact> {
        let pair = fact!(
            "pair", ["payee", "amount", "date"],
            amount: Fen(self.one.amount), own: self.one.line, own_day: self.one.day, other: other.one.line,
            day: other.one.day, days: self.days(other), times: times,
        );
        let (own, there) = (Value::Reference(self.number), Value::Reference(other.number));
        let number = match (self.number.some(), other.number.some()) {
            (None, None) => fact!("no_numbers", ["document_no"]),
            (Some(_), Some(_)) if self.has_number_of(other) => {
                fact!("number", ["document_no"], number: own)
            }
            (Some(_), Some(_)) => fact!("numbers", ["document_no"], number: own, other: there),
            (Some(_), None) => fact!("one_number", ["document_no"], number: own),
            (None, Some(_)) => fact!("one_number", ["document_no"], number: there),
        };
        let (own, there) = (Value::Text(self.purpose), Value::Text(other.purpose));
        let are_told = self.purpose != Id::NONE && other.purpose != Id::NONE;
        let purpose = are_told.then(|| {
            if self.has_purpose_of(other) {
                fact!("purpose", ["summary"], purpose: own)
            } else {
                fact!("purposes", ["summary"], purpose: own, other: there)
            }
        });
        [pair, number].into_iter().chain(purpose).collect()
    }
}

/// Somebody claimed it: no wage, no subsidy, no amount of a standard; or such a payment taken back.
fn is_claim(one: &Seen) -> bool {
    let is_list = matches!(one.class, chart::Class::Wage | chart::Class::Subsidy);
    one.amount != 0 && !one.is_fixed && !is_list
}

impl EqualClaim {
    /// The payment that repeats this one the most, and next to it in time.
    fn twin(&self, own: Paper, equal: &[Paper]) -> Option<Paper> {
        let others = equal.iter().filter(|other| other.voucher != own.voucher);
        let near = others.filter(|other| own.days(**other) <= self.days);
        near.copied()
            .min_by_key(|other| (3 - own.likeness(*other), own.days(*other), other.voucher))
    }
}

impl Measure for EqualClaim {
    type Context = ();
    type Groups = PayeeIx;

    fn context(&self, _: &Book) {}

    fn measure(&self, book: &Book, (): &(), group: Group<'_, PayeeIx>, out: &mut Out) {
        let (kept, taken_back) = settled(seen(book, group.payments).filter(is_claim).collect());
        let is_large = |one: &Seen| Fen(one.amount).yuan() >= self.from;
        for one in taken_back.iter().filter(|one| is_large(one)) {
            out.put(one.payment, 0.0, 1, || None);
        }
        let kept: Vec<Paper> =
            kept.into_iter().filter(is_large).map(|one| Paper::of(book, one)).collect();
        let key = |paper: &Paper| (paper.one.amount, paper.one.village);
        for equal in kept.chunk_by(|a, b| key(a) == key(b)) {
            let is_series = equal.len() >= self.recurring;
            for own in equal {
                let twin = if is_series { None } else { self.twin(*own, equal) };
                let value = twin.map_or(0.0, |twin| own.likeness(twin).into());
                out.put(own.one.payment, value, equal.len(), || {
                    let pair = twin.map(|twin| [own.one.line, twin.one.line]);
                    pair.into_iter().flatten()
                });
                out.tell(own.one.payment, || {
                    twin.map_or_else(Vec::new, |twin| own.facts(twin, equal.len()))
                });
            }
        }
    }
}
