#![doc = include_str!("dormant_revived.md")]

use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::indicator::{Group, Groups, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, least_of, neg_log10, seen};
use crate::indicators::sizes::{Sizes, is_free};
use crate::ledger::book::Book;
use crate::ledger::book::chart;
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
    fn returned(&self, book: &Book, payments: &[u32]) -> Vec<Seen> {
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
}

impl Measure for DormantRevived {
    /// What the returns of the county paid, by class.
    type Context = Vec<Sizes>;
    const GROUPS: Groups = Groups::ByPayee;

    fn context(&self, book: &Book) -> Vec<Sizes> {
        let payees = book.by_payee();
        let returned: Vec<(chart::Class, i64)> = (0..payees.len())
            .into_par_iter()
            .flat_map_iter(|payee| self.returned(book, payees.group(payee)))
            .map(|one| (one.class, one.amount))
            .collect();
        let of = |class: chart::Class| {
            let own = returned.iter().filter(|one| one.0 == class);
            Sizes::of(own.map(|one| one.1).collect())
        };
        chart::Class::ALL.map(of).into_iter().collect()
    }

    fn measure(&self, book: &Book, sizes: &Vec<Sizes>, group: Group<'_>, out: &mut Out) {
        let returned = self.returned(book, group.payments);
        let upper =
            |one: &Seen| sizes.get(one.class as usize).map_or(1.0, |sizes| sizes.upper(one.amount));
        let Some(least) = returned.iter().map(upper).min_by(f64::total_cmp) else { return };
        // The largest of several payments is larger than one.
        let p = least_of(least, returned.len());
        out.put(group.number, neg_log10(p), returned.len(), || {
            returned.iter().map(|one| one.line).collect::<Vec<_>>()
        });
    }
}
