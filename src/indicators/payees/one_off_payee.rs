#![doc = include_str!("one_off_payee.md")]

use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, neg_log10, seen};
use crate::indicators::sizes::{Sizes, is_free};
use crate::ledger::book::Book;
use crate::ledger::book::chart;
use crate::ledger::book::index::{PayeeIx, PaymentIx};
use crate::ledger::contract::cell::{Cell, Day, Fen};
use crate::ledger::subject::Grain;
use crate::params::{counted, params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<OneOffPayee>(card! {
    "one_off_payee",
    grain: Grain::Payee,
    class: Class::Statistic,
    scheme: Scheme::Ghost,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee"],
    basis: &[],
    simulated_schemes: &["phantom_firm"],
});

params! {
    struct OneOffPayee {
        margin: i32 = 90, within(0..=3_660),
            "days that the books must reach before and after the payment",
            "付款前后账簿各须覆盖的天数";
        minimum: usize = 20, counted,
            "fewest payees compared",
            "可比收款人的最少个数";
    }
}

/// The one payment of a payee: its class, whether a person got it, and the sum.
#[derive(Debug, Clone, Copy)]
struct Single {
    class: chart::Class,
    is_person: bool,
    sum: i64,
}

/// The payees of a county who were paid once.
#[derive(Debug)]
struct OneOffSizes {
    /// The days on which being paid once says something.
    days: (Day, Day),
    /// By class, firms before persons.
    sizes: Vec<[Sizes; 2]>,
}

impl OneOffPayee {
    fn single(
        &self,
        book: &Book,
        days: (Day, Day),
        payee: PayeeIx,
        paid: &[PaymentIx],
    ) -> Option<Single> {
        let first = Seen::of(book, *paid.first()?);
        let last = Seen::of(book, *paid.last()?);
        let is_inside = first.day.0 >= days.0.0.saturating_add(self.margin)
            && first.day.0 <= days.1.0.saturating_sub(self.margin);
        if !is_inside || first.voucher(book) != last.voucher(book) {
            return None;
        }
        let is_free = seen(book, paid).all(|one| is_free(book, &one));
        let payee = book.payees[payee];
        let row = book.companions.payee(payee);
        let person = row.and_then(|row| book.companions.payees.person.at(row).some());
        let sum = seen(book, paid).map(|one| one.amount).sum();
        is_free.then_some(Single { class: first.class, is_person: person.is_some(), sum })
    }
}

impl OneOffSizes {
    fn sizes(&self, single: Single) -> Option<&Sizes> {
        self.sizes.get(single.class as usize)?.get(usize::from(single.is_person))
    }

    /// What was paid once and when, and what others got who were paid once.
    fn once(&self, first: Seen, single: Single) -> Option<Fact> {
        let sizes = self.sizes(single)?;
        let (sum, of, usual) = (Fen(single.sum), sizes.count(), sizes.usual()?);
        let (from, until) = self.days;
        let other = fact!(
            "other", ["payee", "amount"],
            from: from, until: until, voucher: first.line, day: first.day, sum: sum,
            class: single.class, of: of, usual: usual,
        );
        Some(if single.is_person { Fact { sentence: "person", ..other } } else { other })
    }
}

impl Measure for OneOffPayee {
    type Context = OneOffSizes;
    type Groups = PayeeIx;

    fn context(&self, book: &Book) -> OneOffSizes {
        let day = || book.payments.day.iter().copied();
        let days = (day().min().unwrap_or(Day(0)), day().max().unwrap_or(Day(0)));
        let singles =
            book.by_payee().par_map(|payee, payments| self.single(book, days, payee, payments));
        let singles: Vec<Single> = singles.into_iter().flatten().collect();
        let of = |class: chart::Class| {
            [false, true].map(|is_person| {
                let alike = |one: &&Single| one.class == class && one.is_person == is_person;
                Sizes::of(singles.iter().filter(alike).map(|one| one.sum).collect())
            })
        };
        OneOffSizes { days, sizes: chart::Class::ALL.map(of).into_iter().collect() }
    }

    fn measure(&self, book: &Book, county: &OneOffSizes, group: Group<'_, PayeeIx>, out: &mut Out) {
        let single = self.single(book, county.days, group.number, group.payments);
        let Some(single) = single else { return };
        let sizes = county.sizes(single).filter(|sizes| sizes.count() >= self.minimum);
        let Some(sizes) = sizes else { return };
        let value = neg_log10(sizes.upper(single.sum));
        out.put(group.number, value, sizes.count(), || {
            seen(book, group.payments).map(|one| one.line)
        });
        out.tell(group.number, || {
            let first = seen(book, group.payments).next().filter(|_| value > 0.0)?;
            county.once(first, single)
        });
    }
}
