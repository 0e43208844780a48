#![doc = include_str!("lease_below_market.md")]

use crate::convert::row32;
use crate::indicators::basis::{COLLECTIVE_ECONOMY_LAW, COLLECTIVE_FINANCE};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out, Record};
use crate::indicators::seen::neg_log10;
use crate::ledger::book::Book;
use crate::ledger::book::index::{LineIx, VillageIx};
use crate::ledger::contract::cell::{Cell, Day, Fen, Flag, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, within};
use crate::registers::office::{Officer, nearest};
use crate::registers::rent::{Let, Rents};

pub(super) static INDICATOR: Indicator = Indicator::of::<LeaseBelowMarket>(card! {
    "lease_below_market",
    grain: Grain::Village,
    class: Class::Statistic,
    scheme: Scheme::AssetLeakage,
    scale: Scale::NegLog10P,
    requires: &["leases.village", "leases.asset", "leases.area_mu", "leases.rent_per_year", "leases.start"],
    basis: &[COLLECTIVE_ECONOMY_LAW, COLLECTIVE_FINANCE],
    simulated_schemes: &["lease_below_market"],
});

params! {
    struct LeaseBelowMarket {
        tendered: f64 = 0.3, within(0.0..=1.0),
            "weight of a lease that was awarded by tender",
            "经招标的租约的权重";
        tie: f64 = 4.0, within(0.0..=100.0),
            "weight that is added where the tenant is an officer; for relatives a part of it",
            "承租人为村干部时增加的权重；为其亲属时按比例增加";
    }
}

/// The lease of a village that speaks most for a rent below the usual one.
#[derive(Debug, Clone, Copy)]
struct Lowest {
    one: Let,
    officer: Option<Officer>,
    /// The chance of one so low among the leases of the village.
    p: f64,
}

/// The rents of a county, and the days of its book.
#[derive(Debug)]
struct County {
    rents: Rents,
    first: Day,
    last: Day,
}

/// The person behind a tenant: the person of a payee, or the owner of a firm.
fn tenant(book: &Book, tenant: Id) -> Id {
    let owner =
        book.companions.payee(tenant).and_then(|row| book.companions.payees.owner.at(row).some());
    owner.unwrap_or_else(|| book.person_of(tenant))
}

/// The officer near the tenant when the lease began, or else when the book begins.
fn officer(book: &Book, county: &County, one: Let) -> Option<Officer> {
    let table = &book.companions.leases;
    let tenant = tenant(book, table.tenant.at(one.row));
    let start = table.start.at(one.row);
    let near = |day: Day| nearest(book, one.village, tenant, day);
    near(start).or_else(|| near(start.max(county.first)))
}

impl LeaseBelowMarket {
    /// Each lease is looked at with its weight (Genovese, Roeder and Wasserman 2006): the weights sum to their number.
    fn lowest(&self, book: &Book, county: &County, leases: &[Let]) -> Option<Lowest> {
        let tendered = |one: &Let| book.companions.leases.tendered.at(one.row) == Flag::Yes;
        let weighed = leases.iter().map(|one| {
            let officer = officer(book, county, *one);
            let tie = 1.0 + self.tie * officer.map_or(0.0, Officer::weight);
            (*one, officer, tie * if tendered(one) { self.tendered } else { 1.0 })
        });
        let weighed: Vec<(Let, Option<Officer>, f64)> = weighed.collect();
        let all: f64 = weighed.iter().map(|(.., weight)| weight).sum();
        let lowest = weighed.into_iter().filter(|(.., weight)| *weight > 0.0).map(
            |(one, officer, weight)| Lowest { one, officer, p: (one.p * all / weight).min(1.0) },
        );
        lowest.min_by(|a, b| a.p.total_cmp(&b.p))
    }
}

/// What a lease brings in less than the usual rent while the book runs.
fn missing(book: &Book, county: &County, one: Let) -> Fen {
    let table = &book.companions.leases;
    let from = table.start.at(one.row).max(county.first);
    let to = table.end.at(one.row).some().map_or(county.last, |end| end.min(county.last));
    let years = f64::from((to.0 - from.0).max(0)) / 365.25;
    Fen::of_yuan((one.usual - one.rent).max(0.0) * one.area * years)
}

/// The receipts of the village that name the lease.
fn receipts(book: &Book, village: VillageIx, lease: Id) -> Vec<LineIx> {
    let lines = book.lines_of(&book.vouchers_of(village));
    LineIx::within(&lines).filter(|line| book.lines.contract.at(*line) == lease).collect()
}

fn facts(book: &Book, Lowest { one, officer, .. }: Lowest) -> Vec<Fact> {
    let table = &book.companions.leases;
    let yuan = |amount: f64| Fen::of_yuan(amount);
    let rent = fact!(
        "rent", ["contract"],
        lease: Value::Reference(table.lease.at(one.row)),
        area: Value::Number(one.area),
        asset: Value::Text(table.asset.at(one.row)),
        rent: yuan(one.rent),
        usual: yuan(one.usual),
        count: one.count,
    );
    let tenant = Value::Person(tenant(book, table.tenant.at(one.row)));
    let near = officer.map(|officer| match officer.degree {
        0 => fact!("officer", [], tenant: tenant),
        degree => fact!(
            "relative", [],
            tenant: tenant, officer: Value::Person(officer.person), degree: u32::from(degree),
        ),
    });
    let untendered = table.tendered.at(one.row) == Flag::No;
    let untendered = untendered.then(|| fact!("untendered", []));
    [Some(rent), near, untendered].into_iter().flatten().collect()
}

impl Measure for LeaseBelowMarket {
    type Context = County;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> County {
        let days = || book.payments.day.iter().copied();
        let (first, last) = (days().min().unwrap_or(Day(0)), days().max().unwrap_or(Day(0)));
        County { rents: Rents::of(book), first, last }
    }

    fn measure(&self, book: &Book, county: &County, group: Group<'_, VillageIx>, out: &mut Out) {
        let leases = county.rents.of_village(book.villages[group.number]);
        let Some(lowest) = self.lowest(book, county, leases) else { return };
        let lease = book.companions.leases.lease.at(lowest.one.row);
        let value = neg_log10(lowest.p);
        out.put(group.number, value, leases.len(), || {
            if value > 0.0 { receipts(book, group.number, lease) } else { Vec::new() }
        });
        if value > 0.0 {
            out.tell(group.number, || facts(book, lowest));
            out.cite(group.number, || {
                let (row, money) = (row32(lowest.one.row), missing(book, county, lowest.one));
                [Record { table: "leases", row, money }]
            });
        }
    }
}
