#![doc = include_str!("project_change_order.md")]

use crate::convert::{float, row32};
use crate::indicators::basis::{COLLECTIVE_FINANCE, TENDER_LAW};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out, Record};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::VillageIx;
use crate::ledger::contract::cell::{Cell, Day, Fen, Flag};
use crate::ledger::subject::Grain;
use crate::params::{above, params, within};
use crate::registers::contracts::{Families, Family, is_decided, tender_from};

pub(super) static INDICATOR: Indicator = Indicator::of::<ProjectChangeOrder>(card! {
    "project_change_order",
    grain: Grain::Payment,
    class: Class::Rule,
    scheme: Scheme::AssetLeakage,
    scale: Scale::Value { threshold: 1.0, false_positives: 0.02 },
    requires: &["ledger.contract", "contracts.kind", "contracts.amount"],
    basis: &[TENDER_LAW, COLLECTIVE_FINANCE],
    simulated_schemes: &["works_supplement"],
});

params! {
    struct ProjectChangeOrder {
        most: f64 = 0.1, above(0.0, 10.0),
            "share of a contract's amount that its supplements may come to",
            "补充合同合计占原合同金额的上限";
        many: usize = 3, within(2..=1_000),
            "supplements from which on there are many",
            "补充合同达到此份数视为过多";
        early: i32 = 30, within(0..=3_660),
            "days after a contract within which a supplement is early",
            "签约后此天数内补充视为过早";
        sign: f64 = 0.5, within(0.0..=10.0),
            "what each further sign adds to the value",
            "每一项其他迹象增加的指标值";
        decided: f64 = 0.5, within(0.0..=1.0),
            "weight where a collective decision covers what the contract has come to",
            "集体决议已覆盖增项后合同总额时的权重";
    }
}

/// How far a contract had grown when the supplement of a payment was signed.
#[derive(Debug)]
struct Growth<'a> {
    family: &'a Family,
    /// The supplements up to the one that is paid.
    rows: &'a [usize],
    added: Fen,
    /// Days from the contract to its first supplement.
    days: Option<i32>,
    /// The amount from which a tender is asked for, if the contract without a tender passes it by its supplements.
    tender: Option<Fen>,
    is_decided: bool,
}

impl<'a> Growth<'a> {
    /// Of a payment under this row of `contracts`; of the contract itself nothing is added yet.
    fn of(book: &Book, one: Seen, (family, row): (&'a Family, usize)) -> Self {
        let table = &book.companions.contracts;
        let count = family.supplements.iter().position(|own| *own == row).map_or(0, |it| it + 1);
        let rows = family.supplements.get(..count).unwrap_or(&[]);
        let added = Family::sum(book, rows);
        let total = Fen(family.amount.0 + added.0);
        let signed = |row: usize| table.signed.at(row).some();
        let days = rows.first().and_then(|first| {
            let days = signed(*first)?.0 - signed(family.base)?.0;
            (days >= 0).then_some(days)
        });
        let is_tendered = table.tendered.at(family.base) == Flag::Yes;
        let tender = signed(family.base).filter(|_| !is_tendered && count > 0);
        let tender = tender.and_then(|day: Day| {
            let least = tender_from(book, book.villages[one.village], one.class, day)?;
            (family.amount < least && least <= total).then_some(least)
        });
        let is_decided = count > 0 && is_decided(book, one.payment, total);
        Self { family, rows, added, days, tender, is_decided }
    }

    /// What supplements add to the contract, as a share of its amount.
    fn share(&self) -> f64 {
        float(self.added.0) / float(self.family.amount.0)
    }

    fn facts(&self, book: &Book, early: i32) -> Vec<Fact> {
        let table = &book.companions.contracts;
        let total = Fen(self.family.amount.0 + self.added.0);
        let added = fact!(
            "added", ["contract", "payee", "amount"],
            contract: Value::Reference(table.contract.at(self.family.base)),
            base: self.family.amount,
            sum: self.added,
            count: self.rows.len(),
            share: Value::Share(self.share()),
        );
        let days = self.days.filter(|days| *days <= early);
        let early = days.map(|days| fact!("early", ["contract"], days: days));
        let tender = self
            .tender
            .map(|least| fact!("tender", ["contract", "amount"], least: least, total: total));
        let decided = self.is_decided.then(|| fact!("decided", ["decision"], total: total));
        [Some(added), early, tender, decided].into_iter().flatten().collect()
    }

    /// The rows of the contract and of its supplements up to the one that is paid.
    fn records(&self) -> Vec<Record> {
        let rows = std::iter::once(&self.family.base).chain(self.rows);
        let record = |row: &usize| Record { table: "contracts", row: row32(*row), money: Fen(0) };
        rows.map(record).collect()
    }
}

impl ProjectChangeOrder {
    fn value(&self, growth: &Growth<'_>) -> f64 {
        if growth.added <= Fen(0) {
            return 0.0;
        }
        let is_early = growth.days.is_some_and(|days| days <= self.early);
        let signs = [growth.rows.len() >= self.many, is_early, growth.tender.is_some()];
        let signs = float(signs.into_iter().filter(|it| *it).count()) * self.sign;
        let weight = if growth.is_decided { self.decided } else { 1.0 };
        (growth.share() / self.most + signs) * weight
    }
}

impl Measure for ProjectChangeOrder {
    type Context = Families;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> Families {
        Families::of(book)
    }

    fn measure(
        &self,
        book: &Book,
        families: &Families,
        group: Group<'_, VillageIx>,
        out: &mut Out,
    ) {
        for one in seen(book, group.payments).filter(|one| one.amount > 0) {
            let Some(own) = families.of_payment(book, one.payment) else { continue };
            let growth = Growth::of(book, one, own);
            let value = self.value(&growth);
            out.put(one.payment, value, growth.rows.len() + 1, || {
                let of_supplement =
                    own.0.payments.iter().filter(|it| growth.rows.contains(&it.contract));
                let payments = of_supplement.map(|it| book.payments.line[it.payment]);
                payments.filter(|_| value > 0.0).collect::<Vec<_>>()
            });
            if value > 0.0 {
                out.tell(one.payment, || growth.facts(book, self.early));
                out.cite(one.payment, || growth.records());
            }
        }
    }
}
