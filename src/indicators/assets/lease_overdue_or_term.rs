#![doc = include_str!("lease_overdue_or_term.md")]

use std::collections::BTreeSet;

use crate::convert::{float, row32};
use crate::indicators::basis::{CIVIL_CODE, COLLECTIVE_FINANCE, CONTRACT_LAW, RURAL_LAND};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out, Record};
use crate::indicators::rents::{facts, officer, record};
use crate::ledger::book::Book;
use crate::ledger::book::index::VillageIx;
use crate::ledger::contract::cell::{Cell, Fen};
use crate::ledger::subject::Grain;
use crate::params::{params, share, within};
use crate::registers::income::{Due, Income};
use crate::registers::office::Officer;

pub(super) static INDICATOR: Indicator = Indicator::of::<LeaseOverdueOrTerm>(card! {
    "lease_overdue_or_term",
    grain: Grain::Village,
    class: Class::Rule,
    scheme: Scheme::AssetLeakage,
    scale: Scale::Value { threshold: 1.0, false_positives: 0.05 },
    requires: &["leases"],
    basis: &[COLLECTIVE_FINANCE, RURAL_LAND, CONTRACT_LAW, CIVIL_CODE],
    simulated_schemes: &["income_off_book"],
});

params! {
    struct LeaseOverdueOrTerm {
        untied: f64 = 0.3, share,
            "value of a year's rent that is a year overdue, where the tenant is near to no officer",
            "承租人与任职人员无近亲属关系时，逾期一年的指标值";
        year: i32 = 365, within(1..=3_660),
            "days overdue from which on the value grows no more",
            "逾期达到此天数后指标值不再增加";
        lease_years: i32 = 20, within(1..=200),
            "longest term of a lease, in years",
            "租赁最长年限";
        forest_years: i32 = 70, within(1..=200),
            "longest term of forest land, in years",
            "林地承包最长年限";
        waste_years: i32 = 50, within(1..=200),
            "longest term of waste land, in years",
            "“四荒”地承包最长年限";
    }
}

/// Words of an asset that say what land it is.
const FOREST: [&str; 3] = ["forest", "林", "果园"];
const WASTE: [&str; 5] = ["waste", "四荒", "荒山", "荒地", "荒滩"];

/// What a term may exceed before it counts: contracts begin and end at the turn of a month or a season.
const SEASON: f64 = 0.25;

/// Dues that the facts name at most.
const NAMED: usize = 3;

/// The leases of a county.
#[derive(Debug)]
struct Register {
    income: Income,
    /// By village.
    leases: Vec<(VillageIx, usize)>,
}

/// What is overdue of a lease.
#[derive(Debug)]
struct Arrears<'a> {
    value: f64,
    /// The largest sums first.
    dues: Vec<&'a Due>,
}

/// The term of a lease, and the longest that it may have.
#[derive(Debug, Clone, Copy)]
struct Term {
    lease: usize,
    years: f64,
    most: i32,
}

impl Term {
    /// 1 and the years by which it is too long.
    fn value(self) -> f64 {
        let over = self.years - f64::from(self.most);
        if over > SEASON { 1.0 + over } else { 0.0 }
    }

    fn fact(self, book: &Book) -> Fact {
        let table = &book.companions.leases;
        let asset = table.asset.at(self.lease).some();
        let fact = asset.map_or_else(
            || fact!("term_without_asset", []),
            |asset| fact!("term", [], asset: Value::Text(asset)),
        );
        fact.with([
            ("lease", Value::Reference(table.lease.at(self.lease))),
            ("start", table.start.at(self.lease).into()),
            ("end", table.end.at(self.lease).into()),
            ("years", Value::Number(self.years)),
            ("most", Value::Count(self.most.unsigned_abs().into())),
        ])
    }
}

impl LeaseOverdueOrTerm {
    /// Of a due that is late, the share that is open times how late it is, and more where the tenant is near an officer.
    fn overdue(&self, book: &Book, due: &Due) -> f64 {
        let late = f64::from(due.days().min(self.year)) / f64::from(self.year);
        let open = float(due.open().0) / float(due.amount.0);
        (self.untied + officer(book, due).map_or(0.0, Officer::weight)) * late * open
    }

    /// The arrears of each lease, the worst first.
    fn arrears<'a>(&self, book: &Book, dues: &[&'a Due]) -> Vec<Arrears<'a>> {
        let mut lacking: Vec<&Due> = dues.iter().copied().filter(|due| due.is_lacking()).collect();
        lacking.sort_by_key(|due| (due.lease, -due.open().0));
        let of_lease = |own: &[&'a Due]| Arrears {
            value: own.iter().map(|due| self.overdue(book, due)).sum(),
            dues: own.to_vec(),
        };
        let leases = lacking.chunk_by(|a, b| a.lease == b.lease);
        let mut all: Vec<Arrears<'_>> = leases.map(of_lease).collect();
        all.sort_by(|a, b| b.value.total_cmp(&a.value));
        all
    }

    /// The term of a lease, if a rule about its longest term was in force when it began.
    fn term(&self, book: &Book, lease: usize) -> Option<Term> {
        let table = &book.companions.leases;
        let (start, end) = (table.start.at(lease).some()?, table.end.at(lease).some()?);
        let asset = table.asset.at(lease).some().map_or("", |id| book.names.get(id));
        let is_one = |words: &[&str]| words.iter().any(|word| asset.contains(word));
        let leasing = [CONTRACT_LAW, CIVIL_CODE];
        let (most, rules) = if is_one(&WASTE) {
            (self.waste_years, &[RURAL_LAND][..])
        } else if is_one(&FOREST) {
            (self.forest_years, &[RURAL_LAND][..])
        } else {
            (self.lease_years, &leasing[..])
        };
        let years = f64::from(end.0 - start.0) / 365.25;
        rules.iter().any(|rule| rule.days().contains(&start)).then_some(Term { lease, years, most })
    }
}

impl Measure for LeaseOverdueOrTerm {
    type Context = Register;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> Register {
        let table = &book.companions.leases;
        let lease = |row| Some((book.villages.place(&table.village.at(row))?, row));
        let mut leases: Vec<_> = (0..table.rows).filter_map(lease).collect();
        leases.sort_unstable();
        Register { income: Income::of(book), leases }
    }

    fn measure(&self, book: &Book, all: &Register, group: Group<'_, VillageIx>, out: &mut Out) {
        let village = group.number;
        let from = all.leases.partition_point(|(own, _)| *own < village);
        let own = all.leases.iter().skip(from).take_while(|(own, _)| *own == village);
        let terms: Vec<Term> = own.filter_map(|(_, lease)| self.term(book, *lease)).collect();
        let in_force = COLLECTIVE_FINANCE.days();
        let dues = all.income.of_village(village).iter();
        let dues: Vec<&Due> =
            dues.filter(|due| due.is_told() && in_force.contains(&due.day)).collect();
        let leases = dues.iter().map(|due| due.lease).chain(terms.iter().map(|it| it.lease));
        let leases: BTreeSet<usize> = leases.collect();
        if leases.is_empty() {
            return;
        }
        let arrears = self.arrears(book, &dues);
        let overdue = || arrears.iter().flat_map(|it| it.dues.iter().copied());
        let beyond = || terms.iter().filter(|it| it.value() > 0.0);
        let values = arrears.iter().map(|it| it.value).chain(beyond().map(|it| it.value()));
        out.put(village, values.fold(0.0, f64::max), leases.len(), || {
            overdue().flat_map(|due| &due.parts).map(|part| part.line).collect::<Vec<_>>()
        });
        out.cite(village, || {
            let lease = |it: &Term| Record { table: "leases", row: row32(it.lease), money: Fen(0) };
            let terms = beyond().map(lease);
            overdue().map(record).chain(terms).collect::<Vec<_>>()
        });
        out.tell(village, || {
            let overdue = overdue().take(NAMED).flat_map(|due| facts(book, due));
            overdue.chain(beyond().map(|it| it.fact(book))).collect::<Vec<_>>()
        });
    }
}
