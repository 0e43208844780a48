#![doc = include_str!("new_payee_large.md")]

use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, neg_log10, seen};
use crate::indicators::sizes::{Sizes, is_free};
use crate::ledger::book::Book;
use crate::ledger::book::chart;
use crate::ledger::book::index::{IxVec, PayeeIx, PaymentIx, VillageIx};
use crate::ledger::contract::cell::{Cell, Day, Fen};
use crate::ledger::subject::Grain;
use crate::params::{params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<NewPayeeLarge>(card! {
    "new_payee_large",
    grain: Grain::Payment,
    class: Class::Statistic,
    scheme: Scheme::Ghost,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee"],
    basis: &[],
    simulated_schemes: &["phantom_firm"],
});

params! {
    struct NewPayeeLarge {
        history: i32 = 180, within(0..=3_660),
            "days of the village's books required before",
            "此前村账须已有的天数";
        young: i32 = 30, within(0..=366),
            "days after entry in the register during which a payee is new",
            "建档后视为新收款人的天数";
    }
}

/// A first payment, and whether its payee had just been entered in the register.
#[derive(Debug, Clone, Copy)]
struct First {
    one: Seen,
    is_young: bool,
}

/// The first payments of a county.
#[derive(Debug)]
struct FirstPayments {
    /// By class.
    sizes: Vec<Sizes>,
    /// The share of first payments whose payee had just been entered.
    young: f64,
    /// The first day of payment of each village.
    starts: IxVec<VillageIx, Day>,
}

impl NewPayeeLarge {
    /// The first payment of a payee in each village, where the village's books go back far enough.
    fn firsts(
        &self,
        book: &Book,
        starts: &IxVec<VillageIx, Day>,
        payments: &[PaymentIx],
    ) -> Vec<First> {
        let village = |payment: &PaymentIx| book.payments.village[*payment];
        let chunks = payments.chunk_by(|a, b| village(a) == village(b));
        let first = |chunk: &[PaymentIx]| {
            let one = seen(book, chunk.get(..1)?).next().filter(|one| is_free(book, one))?;
            let start = starts[one.village];
            let is_young =
                entered(book, one).is_some_and(|since| one.day.0 - since.0 <= self.young);
            (one.day.0 - start.0 >= self.history).then_some(First { one, is_young })
        };
        chunks.filter_map(first).collect()
    }
}

/// The day on which a payment's payee was entered in the register.
fn entered(book: &Book, one: Seen) -> Option<Day> {
    let payee = book.payees[one.payee(book)?];
    let row = book.companions.payee(payee)?;
    book.companions.payees.first_seen.at(row).some()
}

impl FirstPayments {
    /// The chance of a first payment that is so large and whose payee is as new: the product of both
    /// shares, corrected for having taken the product.
    fn p(&self, first: First) -> f64 {
        let size = self.sizes.get(first.one.class as usize);
        let size = size.map_or(1.0, |sizes| sizes.upper(first.one.amount));
        let product = if first.is_young { size * self.young } else { size };
        product.min(self.young) + (1.0 - self.young) * product
    }

    /// How large first payments are, and when the payee was entered in the register, if that was late.
    fn facts(&self, book: &Book, first: First) -> Vec<Fact> {
        let one = first.one;
        let sizes = self.sizes.get(one.class as usize);
        let size = sizes.zip(one.payee(book)).and_then(|(sizes, payee)| {
            Some(fact!(
                "first", ["payee", "amount"],
                village: one.village, payee: payee, amount: Fen(one.amount), class: one.class,
                of: sizes.count(), usual: sizes.usual()?,
            ))
        });
        let young = entered(book, one).filter(|_| first.is_young).map(|since| {
            let days = one.day.0 - since.0;
            if days < 0 {
                fact!("entered_later", ["payee", "date"], since: since, days: days)
            } else {
                fact!("young", ["payee", "date"], since: since, days: days)
            }
        });
        size.into_iter().chain(young).collect()
    }
}

impl Measure for NewPayeeLarge {
    type Context = FirstPayments;
    type Groups = PayeeIx;

    fn context(&self, book: &Book) -> FirstPayments {
        let start = |payments: &[PaymentIx]| {
            payments.first().map_or(Day(0), |first| book.payments.day[*first])
        };
        let starts: IxVec<_, _> = book.by_village().groups().map(start).collect();
        let firsts = book.by_payee().par_map(|_, payments| self.firsts(book, &starts, payments));
        let firsts: Vec<First> = firsts.into_iter().flatten().collect();
        let of = |class: chart::Class| {
            let own = firsts.iter().filter(|first| first.one.class == class);
            Sizes::of(own.map(|first| first.one.amount).collect())
        };
        let sizes = chart::Class::ALL.map(of).into_iter().collect();
        let young = firsts.iter().filter(|first| first.is_young).count();
        // Where nobody is entered late, having been so would say nothing of an amount.
        let young = if young == 0 { 1.0 } else { float(young) / float(firsts.len()) };
        FirstPayments { sizes, young, starts }
    }

    fn measure(
        &self,
        book: &Book,
        county: &FirstPayments,
        group: Group<'_, PayeeIx>,
        out: &mut Out,
    ) {
        for first in self.firsts(book, &county.starts, group.payments) {
            let count = county.sizes.get(first.one.class as usize).map_or(0, Sizes::count);
            let value = neg_log10(county.p(first));
            out.put(first.one.payment, value, count, || Some(first.one.line));
            out.tell(first.one.payment, || {
                if value > 0.0 { county.facts(book, first) } else { Vec::new() }
            });
        }
    }
}
