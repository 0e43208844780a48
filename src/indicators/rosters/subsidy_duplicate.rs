#![doc = include_str!("subsidy_duplicate.md")]

use super::relatives::{Tie, household, tie};
use crate::convert::float;
use crate::indicators::basis::{MISUSE_RULES, SOCIAL_RELIEF};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::{LineIx, PaymentIx, RosterIx, VillageIx};
use crate::ledger::contract::cell::{Cell, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<SubsidyDuplicate>(card! {
    "subsidy_duplicate",
    grain: Grain::Payment,
    class: Class::Match,
    scheme: Scheme::Duplicate,
    scale: Scale::Value { threshold: 0.9, false_positives: 0.001 },
    requires: &["ledger.payee", "ledger.scheme", "subsidies"],
    basis: &[SOCIAL_RELIEF, MISUSE_RULES],
    simulated_schemes: &["subsidy_diverted"],
});

params! {
    struct SubsidyDuplicate {
        tolerance: f64 = 0.02, within(0.0..=1.0),
            "share of the amount due by which payments may exceed it",
            "各笔付款合计超过应发金额的允许比例";
        few: f64 = 0.005, within(0.0..=1.0),
            "share of households with several persons up to which a scheme is taken to pay one per household",
            "一户多人的比例不超过此值的，视为按户发放的补贴";
        households: usize = 100, within(1..=1_000_000),
            "households on the rosters of a scheme from which on this share is taken",
            "名册户数达到此数才计算上述比例";
        account: f64 = 0.5, within(0.0..=1.0),
            "value of an account that a roster names for persons of several households",
            "同一账号用于不同家庭的多人时的指标值";
    }
}

/// A row of a roster by its scheme, period and household or account.
type Entry = ((Id, Id, Id), Id, RosterIx);

/// The rosters of a county by household and by account.
#[derive(Debug)]
struct County {
    by_household: Vec<Entry>,
    by_account: Vec<Entry>,
    /// The schemes that pay one person of a household, with their households and those with several persons.
    per_household: Vec<(Id, [usize; 2])>,
}

impl County {
    fn of(book: &Book, measure: &SubsidyDuplicate) -> Self {
        let table = &book.companions.subsidies;
        let by_household = entries(book, |row| household(book, table.person.at(row)));
        let by_account = entries(book, |row| table.payee_account.at(row).some());
        let mut homes: Vec<(Id, [usize; 2])> = Vec::new();
        for same in by_household.chunk_by(|a, b| a.0 == b.0) {
            let Some(((scheme, ..), ..)) = same.first() else { continue };
            let several = same.chunk_by(|a, b| a.1 == b.1).count() > 1;
            match homes.last_mut().filter(|(own, _)| own == scheme) {
                Some((_, [all, many])) => {
                    *all += 1;
                    *many += usize::from(several);
                }
                None => homes.push((*scheme, [1, usize::from(several)])),
            }
        }
        homes.retain(|(_, [all, many])| {
            *all >= measure.households && float(*many) <= measure.few * float(*all)
        });
        Self { by_household, by_account, per_household: homes }
    }

    /// How many households are on the rosters of a scheme that pays one person of each, and how many of them with several.
    fn homes(&self, scheme: Id) -> Option<[usize; 2]> {
        self.per_household.iter().find(|(own, _)| *own == scheme).map(|(_, homes)| *homes)
    }
}

/// The rows of a scheme and period that have this household or account, sorted.
fn entries(book: &Book, key: impl Fn(usize) -> Option<Id>) -> Vec<Entry> {
    let table = &book.companions.subsidies;
    let entry = |row: usize| {
        let key = (table.scheme.at(row), table.period.at(row), key(row)?);
        Some((key, table.person.at(row), RosterIx::from(row)))
    };
    let mut all: Vec<Entry> = (0..table.rows).filter_map(entry).collect();
    all.sort_unstable();
    all
}

/// The other persons with this key, each once.
fn others(entries: &[Entry], key: (Id, Id, Id), person: Id) -> Vec<Id> {
    let from = entries.partition_point(|(own, ..)| *own < key);
    let to = entries.partition_point(|(own, ..)| *own <= key);
    let own = entries.get(from..to).unwrap_or(&[]).iter().map(|(_, other, _)| *other);
    let mut others: Vec<Id> = own.filter(|other| *other != person).collect();
    others.dedup();
    others
}

/// A payment with the row that it pays, and what speaks for a second payment of the same.
#[derive(Debug)]
struct Paid {
    one: Seen,
    row: RosterIx,
    person: Id,
    scheme: Id,
    period: Id,
    /// The payments of the row, first the one that it is paired with.
    all: Vec<PaymentIx>,
    /// What is due, in fen.
    due: i64,
    /// Other persons of the household in a scheme that pays one of each.
    household: Vec<Id>,
    /// Persons of other households on the same account.
    account: Vec<Id>,
}

impl Paid {
    fn of(book: &Book, county: &County, one: Seen) -> Option<Self> {
        let table = &book.companions.subsidies;
        let row = book.rosters().row(one.payment)?;
        let (person, scheme, period) =
            (table.person.at(row), table.scheme.at(row), table.period.at(row));
        let all: Vec<PaymentIx> = book.rosters().payments(row).collect();
        let first = all.first().map_or(one.amount, |first| book.payments.amount[*first].0);
        let due = table.amount.at(row).some().map_or(first, |it| it.0);
        let home = household(book, person).filter(|_| county.homes(scheme).is_some());
        let family = home.map(|home| others(&county.by_household, (scheme, period, home), person));
        let account = table.payee_account.at(row).some();
        let account =
            account.map(|account| others(&county.by_account, (scheme, period, account), person));
        let mut account = account.unwrap_or_default();
        account.retain(|other| tie(book, person, *other) == Tie::Apart);
        let household = family.unwrap_or_default();
        Some(Self { one, row, person, scheme, period, all, due, household, account })
    }

    /// What all payments of the row come to.
    fn sum(&self, book: &Book) -> Fen {
        self.all.iter().map(|payment| book.payments.amount[*payment]).sum()
    }

    /// The share of what is due that a payment adds to a row which is paid already; 0 where it completes it.
    fn again(&self, book: &Book, tolerance: f64) -> f64 {
        let is_first = self.all.first() == Some(&self.one.payment);
        let due = float(self.due.max(1));
        let is_over = float(self.sum(book).0) > due * (1.0 + tolerance);
        if is_over && !is_first { (float(self.one.amount) / due).min(1.0) } else { 0.0 }
    }
}

impl SubsidyDuplicate {
    fn value(&self, book: &Book, paid: &Paid) -> f64 {
        let household = if paid.household.is_empty() { 0.0 } else { 1.0 };
        let account = if paid.account.is_empty() { 0.0 } else { self.account };
        paid.again(book, self.tolerance).max(household).max(account)
    }

    fn facts(&self, book: &Book, county: &County, paid: &Paid) -> Vec<Fact> {
        let of_row = [
            ("person", Value::Person(paid.person)),
            ("scheme", Value::Text(paid.scheme)),
            ("period", Value::Text(paid.period)),
        ];
        let persons = |all: &[Id]| all.iter().map(|who| Value::Person(*who)).collect::<Vec<_>>();
        let mut facts = Vec::new();
        if paid.again(book, self.tolerance) > 0.0 {
            let others = paid.all.iter().filter(|it| **it != paid.one.payment);
            let others: Vec<LineIx> = others.map(|it| book.payments.line[*it]).collect();
            let fact = fact!(
                "twice", ["payee", "scheme", "amount"],
                due: Fen(paid.due), count: paid.all.len(), sum: paid.sum(book), others: others,
            );
            facts.push(fact.with(of_row.clone()));
        }
        if let Some([all, several]) =
            county.homes(paid.scheme).filter(|_| !paid.household.is_empty())
        {
            let fact = fact!(
                "household", ["payee", "scheme"],
                others: persons(&paid.household), households: all, several: several,
            );
            facts.push(fact.with(of_row.clone()));
        }
        if !paid.account.is_empty() {
            let account = book.companions.subsidies.payee_account.at(paid.row);
            let fact = fact!(
                "account", ["payee", "scheme", "payee_account"],
                account: Value::Reference(account), others: persons(&paid.account),
            );
            facts.push(fact.with(of_row));
        }
        facts
    }
}

impl Measure for SubsidyDuplicate {
    type Context = County;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> County {
        County::of(book, self)
    }

    fn measure(&self, book: &Book, county: &County, group: Group<'_, VillageIx>, out: &mut Out) {
        for one in seen(book, group.payments) {
            let Some(paid) = Paid::of(book, county, one) else { continue };
            let value = self.value(book, &paid);
            out.put(one.payment, value, paid.all.len(), || {
                let is_again = paid.again(book, self.tolerance) > 0.0;
                let rows: &[PaymentIx] = if is_again { &paid.all } else { &[one.payment] };
                let rows = rows.iter().filter(|_| value > 0.0);
                rows.map(|it| book.payments.line[*it]).collect::<Vec<_>>()
            });
            if value > 0.0 {
                out.tell(one.payment, || self.facts(book, county, &paid));
            }
        }
    }
}
