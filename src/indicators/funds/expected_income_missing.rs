#![doc = include_str!("expected_income_missing.md")]

use crate::convert::float;
use crate::indicators::basis::{ACCOUNTING_LAW, COLLECTIVE_FINANCE};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::rents::{facts, record};
use crate::indicators::seen::neg_log10;
use crate::ledger::book::Book;
use crate::ledger::book::index::VillageIx;
use crate::ledger::contract::cell::Fen;
use crate::ledger::subject::Grain;
use crate::params::{counted, params, share};
use crate::registers::income::{Due, Income};
use crate::stats::pooled::Shares;

pub(super) static INDICATOR: Indicator = Indicator::of::<ExpectedIncomeMissing>(card! {
    "expected_income_missing",
    grain: Grain::Village,
    class: Class::Match,
    scheme: Scheme::OffBook,
    scale: Scale::NegLog10P,
    requires: &["leases"],
    basis: &[COLLECTIVE_FINANCE, ACCOUNTING_LAW],
    simulated_schemes: &["income_off_book"],
});

params! {
    struct ExpectedIncomeMissing {
        least: f64 = 0.5, share,
            "share of a rent below which what is booked of it counts as missing",
            "入账不足应收此比例的，视为未入账";
        villages: usize = 8, counted,
            "villages with rents below which the county tells no usual share",
            "有应收租金的村少于此数时不作比较";
    }
}

/// The rents of a county, and how many of a village's are usually missing.
#[derive(Debug)]
struct County {
    income: Income,
    /// The villages with rents of which the books can tell.
    villages: usize,
    usual: Option<Shares>,
}

/// Rents that the facts name at most.
const NAMED: usize = 3;

/// The rents of a village of which the books can tell.
#[derive(Debug)]
struct Rents<'a> {
    told: Vec<&'a Due>,
    /// Those of which too little is booked, the largest sums first.
    missing: Vec<&'a Due>,
}

impl Rents<'_> {
    fn counts(&self) -> (u64, u64) {
        (self.missing.len() as u64, self.told.len() as u64)
    }
}

impl ExpectedIncomeMissing {
    fn rents<'a>(&self, income: &'a Income, village: VillageIx) -> Rents<'a> {
        let told: Vec<&Due> =
            income.of_village(village).iter().filter(|due| due.is_told()).collect();
        let lacks = |due: &&Due| {
            due.is_lacking() && float(due.booked().0) < self.least * float(due.amount.0)
        };
        let mut missing: Vec<&Due> = told.iter().copied().filter(lacks).collect();
        missing.sort_by_key(|due| -due.open().0);
        Rents { told, missing }
    }
}

fn summary(county: &County, usual: &Shares, rents: &Rents<'_>) -> Fact {
    let sum = |all: &[&Due], of: fn(&Due) -> Fen| all.iter().map(|due| of(due)).sum::<Fen>();
    fact!(
        "missing", [],
        rents: rents.told.len(), due: sum(&rents.told, |due| due.amount),
        missing: rents.missing.len(), open: sum(&rents.missing, Due::open),
        usual: Value::Share(usual.mean()), villages: county.villages,
    )
}

impl Measure for ExpectedIncomeMissing {
    type Context = County;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> County {
        let income = Income::of(book);
        let villages = book.villages.keys();
        let counts: Vec<(u64, u64)> =
            villages.map(|village| self.rents(&income, village).counts()).collect();
        let villages = counts.iter().filter(|(_, rents)| *rents > 0).count();
        let usual = (villages >= self.villages).then(|| Shares::fit(&counts));
        County { income, villages, usual }
    }

    fn measure(&self, book: &Book, county: &County, group: Group<'_, VillageIx>, out: &mut Out) {
        let rents = self.rents(&county.income, group.number);
        let Some(usual) = county.usual.as_ref().filter(|_| !rents.told.is_empty()) else { return };
        let (missing, all) = rents.counts();
        out.put(group.number, neg_log10(usual.upper(missing, all)), rents.told.len(), || {
            let parts = rents.missing.iter().flat_map(|due| &due.parts);
            parts.map(|part| part.line).collect::<Vec<_>>()
        });
        out.cite(group.number, || rents.missing.iter().map(|due| record(due)).collect::<Vec<_>>());
        if missing > 0 {
            out.tell(group.number, || {
                let named = rents.missing.iter().take(NAMED).flat_map(|due| facts(book, due));
                [summary(county, usual, &rents)].into_iter().chain(named).collect::<Vec<_>>()
            });
        }
    }
}
