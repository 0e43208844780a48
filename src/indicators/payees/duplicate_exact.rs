#![doc = include_str!("duplicate_exact.md")]

use std::collections::BTreeSet;

use super::reversals::settled;
use crate::convert::float;
use crate::indicators::basis::ACCOUNTING_LAW;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::{LineIx, PayeeIx};
use crate::ledger::contract::cell::{Cell, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<DuplicateExact>(card! {
    "duplicate_exact",
    grain: Grain::Payment,
    class: Class::Rule,
    scheme: Scheme::Duplicate,
    scale: Scale::Value { threshold: 0.5, false_positives: 0.001 },
    requires: &["ledger.payee"],
    basis: &[ACCOUNTING_LAW],
    simulated_schemes: &["duplicate_claim"],
});

params! {
    struct DuplicateExact {
        same_day: f64 = 0.6, within(0.0..=1.0),
            "value of an amount repeated on its day",
            "同一天重复同一金额的指标值";
        other_document: f64 = 0.3, within(0.0..=1.0),
            "the same where each has its own document number",
            "同上，但各笔各有号码";
    }
}

/// A payment to the payee at hand.
#[derive(Debug, Clone, Copy)]
struct Paid {
    one: Seen,
    document: Id,
    voucher: usize,
    has_contract: bool,
    /// Its place among the payments that stand.
    place: usize,
}

/// What a payment repeats: how surely, and the payments that are alike, itself among them.
type Found<'a> = (f64, &'a [Paid]);

impl Measure for DuplicateExact {
    type Context = ();
    type Groups = PayeeIx;

    fn context(&self, _: &Book) {}

    fn measure(&self, book: &Book, (): &(), group: Group<'_, PayeeIx>, out: &mut Out) {
        let chosen = seen(book, group.payments).filter(|one| !one.is_fixed && one.amount != 0);
        let (kept, taken_back) = settled(chosen.collect());
        let kept = kept.into_iter().enumerate();
        let kept: Vec<Paid> = kept.map(|(place, one)| Paid::of(book, one, place)).collect();
        for one in taken_back {
            out.put(one.payment, 0.0, kept.len(), || None);
        }
        let documents = sorted(&kept, |paid| (paid.document, paid.one.amount, paid.voucher));
        let days =
            sorted(&kept, |paid| (paid.one.amount, paid.one.village, paid.one.day, paid.voucher));
        let mut found: Vec<Found<'_>> = vec![(0.0, &[]); kept.len()];
        by_document(&documents, &mut found);
        self.by_day(&days, &mut found);
        for (paid, (value, alike)) in kept.iter().zip(found) {
            let lines = || alike.iter().map(|paid| paid.one.line);
            out.put(paid.one.payment, value, kept.len(), lines);
            out.tell(paid.one.payment, || paid.repeats(&kept, alike).filter(|_| value > 0.0));
        }
    }
}

impl Paid {
    fn of(book: &Book, one: Seen, place: usize) -> Self {
        let has_contract = book.lines.contract.at(one.line) != Id::NONE;
        let (document, voucher) = (one.document_no(book), one.voucher(book));
        Self { one, document, voucher, has_contract, place }
    }

    /// On which other vouchers the same stands.
    fn repeats(self, kept: &[Self], alike: &[Self]) -> Option<Fact> {
        let mut others: Vec<&Self> =
            alike.iter().filter(|other| other.voucher != self.voucher).collect();
        others.dedup_by_key(|other| other.voucher);
        let vouchers: Vec<LineIx> = others.iter().map(|other| other.one.line).collect();
        let (first, count, amount) = (others.first()?.one, others.len(), Fen(self.one.amount));
        let number = Value::Reference(self.document);
        let is_one_document = alike.iter().all(|other| other.document == self.document);
        if is_one_document && self.document != Id::NONE {
            return Some(if count == 1 {
                fact!(
                    "document", ["payee", "amount", "document_no"],
                    number: number, amount: amount, voucher: first.line, day: first.day,
                    days: first.day.0 - self.one.day.0,
                )
            } else {
                fact!(
                    "documents", ["payee", "amount", "document_no"],
                    number: number, amount: amount, count: count, vouchers: vouchers,
                )
            });
        }
        let times = kept.iter().filter(|other| other.one.amount == self.one.amount).count();
        let day = self.one.day;
        Some(if has_each_its_own(alike) {
            let numbers: Vec<Value> =
                others.iter().map(|it| Value::Reference(it.document)).collect();
            fact!(
                "day_numbers", ["payee", "amount", "date"],
                day: day, amount: amount, vouchers: vouchers, numbers: numbers, number: number, times: times,
            )
        } else {
            fact!(
                "day", ["payee", "amount", "date"],
                day: day, amount: amount, vouchers: vouchers, times: times,
            )
        })
    }
}

fn sorted<K: Ord>(paid: &[Paid], key: impl Fn(&Paid) -> K) -> Vec<Paid> {
    let mut sorted = paid.to_vec();
    sorted.sort_by_key(key);
    sorted
}

/// The different vouchers among payments that are sorted by them last.
fn vouchers(alike: &[Paid]) -> usize {
    alike.chunk_by(|a, b| a.voucher == b.voucher).count()
}

/// Several vouchers with one document and one amount. A number that stands on more than two is ever less
/// likely to be that of a single document.
fn by_document<'a>(documents: &'a [Paid], found: &mut [Found<'a>]) {
    let same = |a: &Paid, b: &Paid| (a.document, a.one.amount) == (b.document, b.one.amount);
    for alike in documents.chunk_by(same) {
        let times = vouchers(alike);
        if times > 1 && alike.iter().all(|paid| paid.document != Id::NONE) {
            keep((2.0 / float(times), alike), found);
        }
    }
}

impl DuplicateExact {
    /// Several vouchers of one village with one amount on one day; the more often the payee gets this
    /// amount, the less that says.
    fn by_day<'a>(&self, days: &'a [Paid], found: &mut [Found<'a>]) {
        let same_day =
            |a: &Paid, b: &Paid| (a.one.village, a.one.day) == (b.one.village, b.one.day);
        for equal in days.chunk_by(|a, b| a.one.amount == b.one.amount) {
            let usual = float(equal.len());
            for alike in equal.chunk_by(same_day).filter(|alike| vouchers(alike) > 1) {
                keep((self.weight(alike) * (2.0 / usual), alike), found);
            }
        }
    }

    fn weight(&self, alike: &[Paid]) -> f64 {
        match (has_each_its_own(alike), alike.iter().all(|paid| paid.has_contract)) {
            (true, true) => 0.0,
            (true, false) => self.other_document,
            (false, _) => self.same_day,
        }
    }
}

/// Whether each of the payments has its own document number.
fn has_each_its_own(alike: &[Paid]) -> bool {
    let documents: BTreeSet<Id> = alike.iter().map(|paid| paid.document).collect();
    documents.len() == alike.len() && !documents.contains(&Id::NONE)
}

/// Notes for each of the payments what it repeats, where that is more than what was found before.
fn keep<'a>(new: Found<'a>, found: &mut [Found<'a>]) {
    for paid in new.1 {
        if let Some(old) = found.get_mut(paid.place).filter(|old| new.0 > old.0) {
            *old = new;
        }
    }
}
