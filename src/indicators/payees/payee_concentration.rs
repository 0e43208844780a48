#![doc = include_str!("payee_concentration.md")]

use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, least_of, neg_log10, seen};
use crate::indicators::sizes::is_free;
use crate::ledger::book::Book;
use crate::ledger::book::chart;
use crate::ledger::book::index::{IxVec, PayeeIx, PaymentIx, VillageIx};
use crate::ledger::contract::cell::{Cell, Fen};
use crate::ledger::subject::Grain;
use crate::params::{at_least, params, within};
use crate::stats::peers::Peers;
use crate::stats::robust::median;
use crate::stats::tail::inflation;

pub(super) static INDICATOR: Indicator = Indicator::of::<PayeeConcentration>(card! {
    "payee_concentration",
    grain: Grain::Village,
    class: Class::Statistic,
    scheme: Scheme::Collusion,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee"],
    basis: &[],
    simulated_schemes: &["captured_trade"],
});

params! {
    struct PayeeConcentration {
        minimum: usize = 20, within(2..=1_000_000),
            "fewest payments of a class in a year",
            "类别当年的最少付款笔数";
        years: usize = 2, within(1..=50),
            "fewest such years of a class",
            "此类年度的最少个数";
        least_spread: f64 = 0.1, at_least(0.0),
            "least standard deviation of the logarithm among villages",
            "各村对数标准差的下限";
    }
}

/// How concentrated the payments of a village and class are.
#[derive(Debug, Clone, Copy)]
struct Concentration {
    /// The logarithm of the chance that two payments of a year go to one payee, in the middle year.
    log: f64,
    payments: usize,
    /// The payee with the most payments, and how many those are.
    first: PayeeIx,
    most: usize,
}

impl Concentration {
    /// The share of the payee with the most payments.
    fn share(self) -> f64 {
        float(self.most) / float(self.payments.max(1))
    }
}

/// One for each class of a village, where there is one.
type Classes = Vec<Option<Concentration>>;

#[derive(Debug)]
struct ClassShares {
    villages: IxVec<VillageIx, Classes>,
    /// What is usual in each class.
    usual: Vec<Option<Peers>>,
    /// How much more the villages differ than the law has it.
    habit: f64,
}

impl PayeeConcentration {
    fn classes(&self, book: &Book, payments: &[PaymentIx]) -> Classes {
        let free = seen(book, payments).filter(|one| is_free(book, one));
        let mut paid: Vec<(chart::Class, i32, PayeeIx)> = free
            .filter_map(|one| Some((one.class, one.day.year(), supplier(book, one)?)))
            .collect();
        paid.sort_unstable();
        let of = |class: chart::Class| {
            let from = paid.partition_point(|one| one.0 < class);
            let to = paid.partition_point(|one| one.0 <= class);
            self.concentration(paid.get(from..to)?)
        };
        chart::Class::ALL.map(of).into_iter().collect()
    }

    /// From payments sorted by year and payee.
    fn concentration(&self, paid: &[(chart::Class, i32, PayeeIx)]) -> Option<Concentration> {
        let mut logs = Vec::new();
        for year in paid.chunk_by(|a, b| a.1 == b.1).filter(|year| year.len() >= self.minimum) {
            let pairs = |count: usize| float(count) * (float(count) - 1.0);
            let same: f64 = year.chunk_by(|a, b| a.2 == b.2).map(|own| pairs(own.len())).sum();
            // Half a pair more, so that a year without any has a logarithm.
            logs.push(((same + 1.0) / (pairs(year.len()) + 1.0)).ln());
        }
        let log = median(&logs).filter(|_| logs.len() >= self.years)?;
        let mut payees: Vec<PayeeIx> = paid.iter().map(|one| one.2).collect();
        payees.sort_unstable();
        let most = payees.chunk_by(|a, b| a == b).max_by_key(|own| own.len())?;
        let first = *most.first()?;
        Some(Concentration { log, payments: paid.len(), first, most: most.len() })
    }
}

/// The payee of a payment, unless the register says that it is a person: labour is no trade.
fn supplier(book: &Book, one: Seen) -> Option<PayeeIx> {
    let payee = one.payee(book)?;
    let row = book.companions.payee(book.payees[payee]);
    let person = row.and_then(|row| book.companions.payees.person.at(row).some());
    person.is_none().then_some(payee)
}

impl ClassShares {
    /// The class of a village that is the most unusual, with the chance that one of its classes is.
    fn most(&self, village: VillageIx) -> Option<(f64, chart::Class, Concentration)> {
        let classes = &self.villages[village];
        let known = chart::Class::ALL.into_iter().zip(classes).zip(&self.usual);
        let each = known.filter_map(|((class, own), usual)| {
            let own = (*own)?;
            Some((usual.as_ref()?.upper(own.log), class, own))
        });
        let each: Vec<_> = each.collect();
        let looked = each.len();
        let (p, class, own) = each.into_iter().min_by(|a, b| a.0.total_cmp(&b.0))?;
        Some((least_of(p, looked), class, own))
    }

    /// The share of the most frequent payee, here and in the other villages.
    fn most_frequent(
        &self,
        village: VillageIx,
        (class, own): (chart::Class, Concentration),
        sum: Fen,
    ) -> Option<Fact> {
        let others = self.villages.iter_enumerated().filter(|(other, _)| *other != village);
        let shares: Vec<f64> = others
            .filter_map(|(_, classes)| (*classes.get(class as usize)?).map(Concentration::share))
            .collect();
        Some(fact!(
            "most", ["payee", "account"],
            payee: own.first, most: own.most, of: own.payments, class: class, share: Value::Share(own.share()),
            sum: sum, villages: shares.len(), usual: Value::Share(median(&shares)?),
        ))
    }
}

/// Fewer villages than this are no peers.
const PEERS: usize = 8;

impl Measure for PayeeConcentration {
    type Context = ClassShares;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> ClassShares {
        let villages = book.by_village().par_map(|_, payments| self.classes(book, payments));
        let usual = |class: usize| {
            let own =
                villages.iter().filter_map(|classes| (*classes.get(class)?).map(|own| own.log));
            let logs: Vec<f64> = own.collect();
            Peers::of(&logs, self.least_spread).filter(|_| logs.len() >= PEERS)
        };
        let usual = (0..chart::Class::ALL.len()).map(usual).collect();
        let mut county = ClassShares { villages, usual, habit: 1.0 };
        let most = book.villages.keys().filter_map(|village| county.most(village));
        let neg_log10_p: Vec<f64> = most.map(|(p, ..)| neg_log10(p)).collect();
        county.habit = inflation(&neg_log10_p, 0.02);
        county
    }

    fn measure(
        &self,
        book: &Book,
        county: &ClassShares,
        group: Group<'_, VillageIx>,
        out: &mut Out,
    ) {
        let Some((p, class, own)) = county.most(group.number) else { return };
        let to_first = || {
            let free = seen(book, group.payments).filter(|one| is_free(book, one));
            free.filter(|one| one.class == class && one.payee(book) == Some(own.first))
        };
        let value = neg_log10(p) / county.habit;
        out.put(group.number, value, own.payments, || {
            to_first().map(|one| one.line).collect::<Vec<_>>()
        });
        out.tell(group.number, || {
            let sum = to_first().map(|one| Fen(one.amount)).sum();
            county.most_frequent(group.number, (class, own), sum).filter(|_| value > 0.0)
        });
    }
}
