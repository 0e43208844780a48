#![doc = include_str!("annual_aggregate_over_tender_limit.md")]

use crate::convert::float;
use crate::indicators::basis::{LOCAL_LIMITS, TENDER_LAW};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::book::chart;
use crate::ledger::book::index::{PayeeIx, VillageIx};
use crate::ledger::book::payees::Partners;
use crate::ledger::book::red_entries::standing;
use crate::ledger::contract::cell::{Cell, Fen, Flag, Id};
use crate::ledger::subject::Grain;
use crate::params::{at_least, params, within};
use crate::registers::contracts::tender_from;

pub(super) static INDICATOR: Indicator = Indicator::of::<AnnualAggregateOverTenderLimit>(card! {
    "annual_aggregate_over_tender_limit",
    grain: Grain::Payee,
    class: Class::Rule,
    scheme: Scheme::Splitting,
    scale: Scale::Value { threshold: 1.0, false_positives: 0.02 },
    requires: &["ledger.payee", "limits.tender"],
    basis: &[LOCAL_LIMITS, TENDER_LAW],
    simulated_schemes: &["split_purchase", "works_rebilled"],
});

params! {
    struct AnnualAggregateOverTenderLimit {
        ratio: f64 = 1.0, at_least(1.0),
            "multiple of the limit that the sum of a year must reach",
            "全年合计须达到限额的倍数";
        least: usize = 2, within(1..=1_000),
            "payments that a year must have",
            "全年至少的付款笔数";
    }
}

/// What is computed once for a county.
#[derive(Debug)]
struct County {
    partners: Partners,
    /// The classes for which some region asks for tenders.
    classes: Vec<chart::Class>,
}

/// What makes payments one purchase: village, class, year and project.
type Purchase = (VillageIx, chart::Class, i32, Id);

/// The payments of one purchase, each below the limit.
#[derive(Debug)]
struct Year {
    purchase: Purchase,
    limit: i64,
    paid: Vec<Seen>,
}

fn purchase(book: &Book, one: &Seen) -> Purchase {
    (one.village, one.class, one.day.year(), book.lines.project.at(one.line))
}

impl County {
    fn of(book: &Book) -> Self {
        let table = &book.companions.limits;
        let asks = |row: &usize| table.tender.at(*row) == Flag::Yes;
        let class = |row| chart::Class::named(book.names.get(table.expense_class.at(row)));
        let mut classes: Vec<chart::Class> =
            (0..table.rows).filter(asks).filter_map(class).collect();
        classes.retain(|class| !matches!(class, chart::Class::Wage | chart::Class::Subsidy));
        classes.sort_unstable();
        classes.dedup();
        Self { partners: Partners::of(book), classes }
    }

    /// The purchases of the villages that pay a payee, from it and its partners together.
    fn years(&self, book: &Book, group: Group<'_, PayeeIx>) -> Vec<Year> {
        let is_asked = |one: &Seen| !one.is_fixed && self.classes.contains(&one.class);
        let own = || seen(book, group.payments).filter(|one| one.is_chosen() && is_asked(one));
        let mut villages: Vec<VillageIx> = own().map(|one| one.village).collect();
        villages.dedup();
        if villages.is_empty() {
            return Vec::new();
        }
        let partners = self.partners.of_payee(group.number).iter();
        let partners = partners.filter(|payee| !book.is_public(book.payees[**payee]));
        let mut all: Vec<Seen> = partners
            .flat_map(|payee| seen(book, book.by_payee().group(*payee)))
            .filter(|one| is_asked(one) && villages.binary_search(&one.village).is_ok())
            .collect();
        all.sort_by_key(|one| (purchase(book, one), one.day, one.line));
        let year = |same: &[Seen]| {
            let first = same.first()?;
            let village = book.villages[first.village];
            let limit = tender_from(book, village, first.class, first.day)?.0;
            let mut paid = standing(same.iter().copied(), |one| one.amount);
            paid.retain(|one| one.amount < limit && !one.is_tendered(book));
            Some(Year { purchase: purchase(book, first), limit, paid })
        };
        all.chunk_by(|a, b| purchase(book, a) == purchase(book, b)).filter_map(year).collect()
    }
}

impl AnnualAggregateOverTenderLimit {
    /// The sum as a multiple of the limit, if it reaches it.
    fn value(&self, year: &Year) -> f64 {
        let times = float(year.sum()) / float(year.limit);
        let is_over = times >= self.ratio && year.paid.len() >= self.least;
        if is_over { times } else { 0.0 }
    }
}

impl Year {
    fn sum(&self) -> i64 {
        self.paid.iter().map(|one| one.amount).sum()
    }

    fn fact(&self, book: &Book) -> Fact {
        let (village, class, year, project) = self.purchase;
        let mut payees: Vec<PayeeIx> = self.paid.iter().filter_map(|one| one.payee(book)).collect();
        payees.sort_unstable();
        payees.dedup();
        let cells = [
            ("payees", Value::from(payees)),
            ("village", village.into()),
            ("class", class.into()),
            ("year", year.to_string().into()),
            ("count", self.paid.len().into()),
            ("sum", Fen(self.sum()).into()),
            ("limit", Fen(self.limit).into()),
        ];
        let of_project = project.some().map(|project| {
            fact!("project", ["payee", "amount", "project"], project: Value::Reference(project))
        });
        of_project.unwrap_or_else(|| fact!("year", ["payee", "amount"])).with(cells)
    }
}

impl Measure for AnnualAggregateOverTenderLimit {
    type Context = County;
    type Groups = PayeeIx;

    fn context(&self, book: &Book) -> County {
        County::of(book)
    }

    fn measure(&self, book: &Book, county: &County, group: Group<'_, PayeeIx>, out: &mut Out) {
        if book.is_public(book.payees[group.number]) {
            return;
        }
        let years = county.years(book, group);
        let largest = years.iter().max_by(|a, b| self.value(a).total_cmp(&self.value(b)));
        let Some(largest) = largest else { return };
        let value = self.value(largest);
        let counted = years.iter().map(|year| year.paid.len()).sum();
        out.put(group.number, value, counted, || {
            let paid = largest.paid.iter().filter(|_| value > 0.0);
            paid.map(|one| one.line).collect::<Vec<_>>()
        });
        out.tell(group.number, || (value > 0.0).then(|| largest.fact(book)));
    }
}
