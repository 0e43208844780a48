#![doc = include_str!("contract_variants.md")]

use crate::convert::{float, row32};
use crate::indicators::basis::COLLECTIVE_FINANCE;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out, Record};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::VillageIx;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, within};
use crate::registers::contracts::{Families, Family, is_decided};

pub(super) static INDICATOR: Indicator = Indicator::of::<ContractVariants>(card! {
    "contract_variants",
    grain: Grain::Payment,
    class: Class::Match,
    scheme: Scheme::AssetLeakage,
    scale: Scale::Value { threshold: 0.02, false_positives: 0.005 },
    requires: &["ledger.contract", "contracts.amount"],
    basis: &[COLLECTIVE_FINANCE],
    simulated_schemes: &["works_supplement"],
});

params! {
    struct ContractVariants {
        days: i32 = 180, within(0..=3_660),
            "days between two contracts that may be versions of one",
            "视为同一合同两个版本的最长签约间隔天数";
        near: f64 = 0.3, within(0.0..=1.0),
            "share of the larger sum by which the sums of two versions may differ",
            "两个版本金额允许相差的比例（以较大者计）";
    }
}

/// Two contracts of one payee for one project.
#[derive(Debug, Clone, Copy)]
struct Version {
    /// The row of the later contract, and of the earlier one.
    rows: [usize; 2],
    /// The days between them.
    days: i32,
    /// The smaller sum over the larger.
    likeness: f64,
}

/// The contracts of a county, and which of them may be second versions.
#[derive(Debug)]
struct County {
    families: Families,
    /// By the row of the later contract.
    versions: Vec<Version>,
}

/// A contract by village, project and payee, with its day, row and amount.
type Work = ((Id, Id, Id), Day, usize, Fen);

impl County {
    fn of(book: &Book, measure: &ContractVariants) -> Self {
        let (families, table) = (Families::of(book), &book.companions.contracts);
        let work = |family: &Family| {
            let payment = family.payments.first()?.payment;
            let line = book.payments.line[payment];
            let payee = table.payee.at(family.base).some();
            let payee = payee.or_else(|| book.lines.payee.at(line).some())?;
            let place = (book.lines.village.at(line), family.project.some()?, payee);
            Some((place, table.signed.at(family.base).some()?, family.base, family.amount))
        };
        let mut works: Vec<Work> = families.iter().filter_map(work).collect();
        works.sort_unstable();
        let pair = |pair: &[Work]| {
            let [(own, first, row, sum), (other, second, later, amount)] = pair else {
                return None;
            };
            let days = second.0 - first.0;
            let likeness = float(sum.0.min(amount.0)) / float(sum.0.max(amount.0));
            let is_version = own == other && days <= measure.days && likeness >= 1.0 - measure.near;
            is_version.then_some(Version { rows: [*later, *row], days, likeness })
        };
        let mut versions: Vec<Version> = works.windows(2).filter_map(pair).collect();
        versions.sort_unstable_by_key(|version| version.rows);
        Self { families, versions }
    }

    /// The earlier contract of which this one may be a version, unless a decision covers both.
    fn version(&self, book: &Book, one: Seen, family: &Family) -> Option<Version> {
        let place = self.versions.partition_point(|it| it.rows < [family.base, 0]);
        let version = self.versions.get(place).filter(|it| it.rows[0] == family.base)?;
        let both = Family::sum(book, &version.rows);
        (!is_decided(book, one.payment, both)).then_some(*version)
    }
}

/// What a payment says about its contract.
#[derive(Debug)]
struct Found<'a> {
    family: &'a Family,
    total: Fen,
    paid: Fen,
    /// What was paid beyond the contract and its supplements, as a share of them.
    over: f64,
    version: Option<Version>,
}

impl<'a> Found<'a> {
    fn of(book: &Book, county: &'a County, one: Seen) -> Option<Self> {
        let (family, _) = county.families.of_payment(book, one.payment)?;
        family.payments.binary_search_by_key(&one.payment, |it| it.payment).ok()?;
        let (total, paid) = (family.total(book), family.paid_until(book, one.payment));
        let is_over = paid > total && !is_decided(book, one.payment, paid);
        let over = if is_over { float(paid.0 - total.0) / float(total.0) } else { 0.0 };
        Some(Self { family, total, paid, over, version: county.version(book, one, family) })
    }

    fn value(&self) -> f64 {
        self.over.max(self.version.map_or(0.0, |it| it.likeness))
    }

    fn facts(&self, book: &Book) -> Vec<Fact> {
        let table = &book.companions.contracts;
        let number = |row: usize| Value::Reference(table.contract.at(row));
        let over = (self.over > 0.0).then(|| {
            let fact = match self.family.supplements.len() {
                0 => fact!("alone", ["contract", "payee", "amount"]),
                count => fact!("over", ["contract", "payee", "amount"], count: count),
            };
            fact.with([
                ("contract", number(self.family.base)),
                ("total", self.total.into()),
                ("paid", self.paid.into()),
                ("share", Value::Share(self.over)),
            ])
        });
        let two = self.version.map(|version| {
            let [later, first] = version.rows;
            fact!(
                "two", ["contract", "project", "payee"],
                project: Value::Reference(self.family.project),
                contract: number(first),
                amount: table.amount.at(first),
                other: number(later),
                second: table.amount.at(later),
                days: version.days,
            )
        });
        [over, two].into_iter().flatten().collect()
    }

    /// The rows of the contract, of its supplements, and of its other version.
    fn records(&self) -> Vec<Record> {
        let versions = self.version.iter().flat_map(|version| &version.rows);
        let rows =
            std::iter::once(&self.family.base).chain(&self.family.supplements).chain(versions);
        let record = |row: &usize| Record { table: "contracts", row: row32(*row), money: Fen(0) };
        rows.map(record).collect()
    }
}

impl Measure for ContractVariants {
    type Context = County;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> County {
        County::of(book, self)
    }

    fn measure(&self, book: &Book, county: &County, group: Group<'_, VillageIx>, out: &mut Out) {
        for one in seen(book, group.payments).filter(|one| one.amount > 0) {
            let Some(found) = Found::of(book, county, one) else { continue };
            let value = found.value();
            out.put(one.payment, value, found.family.payments.len(), || {
                let payments = found.family.payments.iter().filter(|_| value > 0.0);
                let until = payments.take_while(|it| it.payment <= one.payment);
                until.map(|it| book.payments.line[it.payment]).collect::<Vec<_>>()
            });
            if value > 0.0 {
                out.tell(one.payment, || found.facts(book));
                out.cite(one.payment, || found.records());
            }
        }
    }
}
