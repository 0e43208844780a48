#![doc = include_str!("together_over_limit.md")]

use std::collections::{BTreeMap, BTreeSet};

use super::paid::{Paid, is_beyond};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::seen;
use crate::ledger::book::Book;
use crate::ledger::book::chart;
use crate::ledger::book::index::{IxVec, PayeeIx, PaymentIx, VillageIx};
use crate::ledger::book::payees::{Payee, linked, payees};
use crate::ledger::contract::cell::{Cell, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{at_least, params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<TogetherOverLimit>(card! {
    "together_over_limit",
    grain: Grain::Payment,
    class: Class::Match,
    scheme: Scheme::Splitting,
    scale: Scale::rule(0.07),
    requires: &["ledger.payee", "limits"],
    basis: &[],
    simulated_schemes: &["split_purchase"],
});

params! {
    struct TogetherOverLimit {
        days: i32 = 10, within(0..=366),
            "most days between the first payment of a run and the last",
            "一组付款首尾最多相隔的天数";
        ratio: f64 = 1.0, at_least(1.0),
            "multiple of the limit that a run must reach",
            "一组付款合计须达到限额的倍数";
        most: f64 = 3.0, at_least(1.0),
            "largest value",
            "指标值的上限";
    }
}

/// What is computed once for a county.
#[derive(Debug)]
struct Parties {
    payees: IxVec<PayeeIx, Payee>,
    /// For each payee the first of those who belong together.
    first: IxVec<PayeeIx, PayeeIx>,
}

/// A payment under a limit, and who of those who belong together got it.
#[derive(Debug, Clone, Copy)]
struct Part {
    paid: Paid,
    party: PayeeIx,
    /// What its voucher pays the party in the class.
    voucher: i64,
}

/// Payments to one party in one class that together reach the limit that each stays under.
#[derive(Debug, Clone, Copy)]
struct Run<'a> {
    parts: &'a [Part],
    sum: i64,
    limit: i64,
}

impl Part {
    fn series(&self) -> (PayeeIx, chart::Class) {
        (self.party, self.paid.one.class)
    }

    fn is_beside(&self, other: &Self) -> bool {
        self.series() == other.series() && self.paid.is_beside(&other.paid)
    }
}

/// The village's payments under limits by party, class and day. Lines of one voucher were approved together:
/// those that reach the limit as one are left out.
fn under_limits(book: &Book, county: &Parties, payments: &[PaymentIx]) -> Vec<Part> {
    let part = |paid: Paid| {
        let party = county.first[paid.one.payee(book)?];
        Some(Part { paid, party, voucher: 0 })
    };
    let under = seen(book, payments).filter_map(|one| Paid::under_limit(book, one));
    let mut parts: Vec<Part> = under.filter_map(part).collect();
    parts.sort_by_key(|part| (part.series(), part.paid.one.day, part.paid.voucher));
    for voucher in parts.chunk_by_mut(Part::is_beside) {
        let sum = voucher.iter().map(|part| part.paid.one.amount).sum();
        let limit = voucher.iter().map(|part| part.paid.limit).max().unwrap_or(0);
        for part in voucher {
            (part.voucher, part.paid.limit) = (sum, limit);
        }
    }
    parts.retain(|part| part.voucher < part.paid.limit);
    parts
}

impl TogetherOverLimit {
    /// The longest run that begins with the first of these, if it reaches this limit.
    fn run<'a>(&self, from: &'a [Part], limit: i64) -> Option<Run<'a>> {
        let first = from.first()?.paid.one.day.0;
        let many =
            from.partition_point(|part| part.paid.one.day.0 <= first.saturating_add(self.days));
        let parts = from.get(..many)?;
        let highest = parts.iter().map(|part| part.paid.limit).max()?;
        let is_run = highest == limit && vouchers(parts) > 1;
        let sum = parts.iter().map(|part| part.paid.one.amount).sum();
        (is_run && is_beyond(sum, limit, self.ratio)).then_some(Run { parts, sum, limit })
    }

    /// For each payment of a series the largest run that holds it.
    fn largest<'a>(&self, under: &'a [(i64, Vec<Part>)]) -> BTreeMap<PaymentIx, Run<'a>> {
        let mut largest: BTreeMap<PaymentIx, Run<'a>> = BTreeMap::new();
        for (limit, parts) in under {
            let starts = (0..parts.len()).filter_map(|from| parts.get(from..));
            for run in starts.filter_map(|from| self.run(from, *limit)) {
                for part in run.parts {
                    let known = largest.entry(part.paid.one.payment).or_insert(run);
                    if run.times() > known.times() {
                        *known = run;
                    }
                }
            }
        }
        largest
    }
}

fn vouchers(parts: &[Part]) -> usize {
    parts.chunk_by(Part::is_beside).count()
}

/// The series below each of its limits: a payment under a lower limit is under the higher ones too.
fn by_limit(series: &[Part]) -> Vec<(i64, Vec<Part>)> {
    let limits: BTreeSet<i64> = series.iter().map(|part| part.paid.limit).collect();
    let under = |limit: i64| {
        let under = series.iter().filter(|part| part.paid.limit <= limit);
        (limit, under.copied().collect())
    };
    limits.into_iter().map(under).collect()
}

impl Run<'_> {
    /// How many times the limit it is.
    fn times(&self) -> f64 {
        Fen(self.sum).yuan() / Fen(self.limit).yuan()
    }

    /// When how many vouchers paid how much to whom, beside the limit; and what links the payees, where they are several.
    fn facts(&self, book: &Book, county: &Parties) -> Vec<Fact> {
        let highest = self.parts.iter().rfind(|part| part.paid.limit == self.limit);
        let ends = self.parts.first().zip(self.parts.last()).zip(highest);
        let Some(((first, last), highest)) = ends else { return Vec::new() };
        let (first, last, highest) = (first.paid.one, last.paid.one, highest.paid.one);
        let village = book.names.get(book.villages[highest.village]);
        let limit = Fen(self.limit);
        let Some(row) = book.limits.row(village, highest.class, highest.day, limit) else {
            return Vec::new();
        };
        let limits = &book.companions.limits;
        let payees: BTreeSet<PayeeIx> =
            self.parts.iter().filter_map(|part| part.paid.one.payee(book)).collect();
        let payees: Vec<PayeeIx> = payees.into_iter().collect();
        let links = if payees.len() > 1 { links(book, county, &payees) } else { Vec::new() };
        let told = fact!(
            "day", ["payee", "date", "amount"],
            vouchers: vouchers(self.parts), from: first.day, sum: Fen(self.sum), class: highest.class,
            payees: payees, limit: limit, region: Value::Region(limits.region.at(row)),
            since: limits.valid_from.at(row),
        );
        let days = last.day.0 - first.day.0;
        let told = if days > 0 {
            let told = Fact { sentence: "run", ..told };
            told.with([("until", last.day.into()), ("days", days.into())])
        } else {
            told
        };
        [told].into_iter().chain(links).collect()
    }
}

/// What all of these payees have in common.
fn links(book: &Book, county: &Parties, payees: &[PayeeIx]) -> Vec<Fact> {
    let register = &book.companions.payees;
    let common = |of: &dyn Fn(&Payee) -> Id| {
        let ids: BTreeSet<Id> = payees.iter().map(|payee| of(&county.payees[*payee])).collect();
        ids.first().and_then(|id| id.some()).filter(|_| ids.len() == 1)
    };
    let owner = common(&|payee| payee.human).map(Value::Person);
    let phone = common(&|payee| payee.row.map_or(Id::NONE, |row| register.phone.at(row)));
    let account = common(&|payee| payee.account).map(Value::Text);
    let owner = owner.map(|owner| fact!("owner", ["payee"], owner: owner));
    let phone = phone.map(|phone| fact!("phone", ["payee"], phone: Value::Text(phone)));
    let account = account.map(|it| fact!("account", ["payee", "payee_account"], account: it));
    let all: Vec<Fact> = owner.into_iter().chain(phone).chain(account).collect();
    if all.is_empty() { vec![fact!("linked", ["payee"])] } else { all }
}

impl Measure for TogetherOverLimit {
    type Context = Parties;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> Parties {
        let payees = payees(book);
        Parties { first: linked(book, &payees), payees }
    }

    fn measure(&self, book: &Book, county: &Parties, group: Group<'_, VillageIx>, out: &mut Out) {
        let parts = under_limits(book, county, group.payments);
        for series in parts.chunk_by(|a, b| a.series() == b.series()) {
            let (under, sample) = (by_limit(series), vouchers(series));
            let runs = self.largest(&under);
            for part in series {
                let one = part.paid.one;
                let run = runs.get(&one.payment);
                let value = run.map_or(0.0, |run| run.times().min(self.most));
                out.put(one.payment, value, sample, || {
                    run.into_iter().flat_map(|run| run.parts).map(|part| part.paid.one.line)
                });
                out.tell(one.payment, || run.map_or_else(Vec::new, |run| run.facts(book, county)));
            }
        }
    }
}
