#![doc = include_str!("dormant_revived.md")]

use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, least_of, neg_log10, seen};
use crate::indicators::sizes::{Sizes, is_free};
use crate::ledger::book::Book;
use crate::ledger::book::chart;
use crate::ledger::book::index::{PayeeIx, PaymentIx};
use crate::ledger::contract::cell::{Day, Fen};
use crate::ledger::subject::Grain;
use crate::params::{params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<DormantRevived>(card! {
    "dormant_revived",
    grain: Grain::Payee,
    class: Class::Statistic,
    scheme: Scheme::Ghost,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee"],
    basis: &[],
    simulated_schemes: &["revived_payee"],
});

params! {
    struct DormantRevived {
        silence: i32 = 548, within(1..=36_600),
            "days without a payment",
            "没有付款的天数";
        back: i32 = 60, within(0..=366),
            "days of a return after its first payment",
            "首笔付款后同属一次复现的天数";
    }
}

impl DormantRevived {
    /// The payments of the payee's returns: those within some days of the first after a long silence.
    /// Every payment ends a silence; only those of a free size are looked at.
    fn returned(&self, book: &Book, payments: &[PaymentIx]) -> Vec<Seen> {
        let mut paid: Vec<Seen> = seen(book, payments).filter(|one| one.amount > 0).collect();
        paid.sort_by_key(|one| one.day);
        let mut back_since = None;
        let mut last = None;
        let mut returned = Vec::new();
        for one in paid {
            if last.is_some_and(|last: i32| one.day.0 - last >= self.silence) {
                back_since = Some(one.day.0);
            }
            last = Some(one.day.0);
            let is_back = back_since.is_some_and(|since: i32| one.day.0 - since <= self.back);
            if is_back && is_free(book, &one) {
                returned.push(one);
            }
        }
        returned
    }

    /// The last day before the silence that ends in a return, and the first day of the return that holds this day.
    fn silence_before(&self, book: &Book, payments: &[PaymentIx], day: Day) -> Option<(Day, Day)> {
        let paid = seen(book, payments).filter(|one| one.amount > 0 && one.day <= day);
        let mut days: Vec<Day> = paid.map(|one| one.day).collect();
        days.sort_unstable();
        let mut gaps =
            days.windows(2).rev().filter_map(|pair| Some((*pair.first()?, *pair.last()?)));
        gaps.find(|(last, back)| back.0 - last.0 >= self.silence)
    }

    /// How long the payee was silent, and what the return paid, of which `one` is the most unusual payment.
    fn fact(
        &self,
        book: &Book,
        group: Group<'_, PayeeIx>,
        returned: &[Seen],
        (one, sizes): (&Seen, &Sizes),
    ) -> Option<Fact> {
        let (last, back) = self.silence_before(book, group.payments, one.day)?;
        let of_return: Vec<i64> = returned
            .iter()
            .filter(|other| (0..=self.back).contains(&(other.day.0 - back.0)))
            .map(|other| other.amount)
            .collect();
        let fact = fact!(
            "return", ["date", "amount", "payee"],
            payee: group.number, last: last, back: back, days: back.0 - last.0, window: self.back,
            payments: of_return.len(), amount: Fen(of_return.iter().sum()), voucher: one.line, most: Fen(one.amount),
            class: one.class, of: sizes.count(), usual: sizes.usual()?,
        );
        if of_return.len() > 1 {
            return Some(fact);
        }
        let cells = fact.cells.into_iter();
        let cells = cells.filter(|(name, _)| !matches!(*name, "payments" | "most")).collect();
        Some(Fact { sentence: "return_once", cells, ..fact })
    }
}

impl Measure for DormantRevived {
    /// What the returns of the county paid, by class.
    type Context = Vec<Sizes>;
    type Groups = PayeeIx;

    fn context(&self, book: &Book) -> Vec<Sizes> {
        let returned = book.by_payee().par_map(|_, payments| self.returned(book, payments));
        let returned = returned.into_iter().flatten().map(|one| (one.class, one.amount));
        let returned: Vec<(chart::Class, i64)> = returned.collect();
        let of = |class: chart::Class| {
            let own = returned.iter().filter(|one| one.0 == class);
            Sizes::of(own.map(|one| one.1).collect())
        };
        chart::Class::ALL.map(of).into_iter().collect()
    }

    fn measure(&self, book: &Book, sizes: &Vec<Sizes>, group: Group<'_, PayeeIx>, out: &mut Out) {
        let returned = self.returned(book, group.payments);
        let upper =
            |one: &Seen| sizes.get(one.class as usize).map_or(1.0, |sizes| sizes.upper(one.amount));
        let rated = returned.iter().map(|one| (upper(one), one));
        let Some((least, most)) = rated.min_by(|a, b| a.0.total_cmp(&b.0)) else { return };
        // The largest of several payments is larger than one.
        let p = least_of(least, returned.len());
        out.put(group.number, neg_log10(p), returned.len(), || {
            returned.iter().map(|one| one.line).collect::<Vec<_>>()
        });
        out.tell(group.number, || {
            let sizes = sizes.get(most.class as usize).filter(|_| p < 1.0)?;
            self.fact(book, group, &returned, (most, sizes))
        });
    }
}
