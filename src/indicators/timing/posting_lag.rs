#![doc = include_str!("posting_lag.md")]

use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::fact;
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, neg_log10, seen, townships};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PaymentIx, VillageIx};
use crate::ledger::contract::cell::Cell;
use crate::ledger::subject::Grain;
use crate::params::{counted, params, share, within};
use crate::stats::peers::peer_upper;
use crate::stats::pooled::Shares;

pub(super) static INDICATOR: Indicator = Indicator::of::<PostingLag>(card! {
    "posting_lag",
    grain: Grain::Village,
    class: Class::Statistic,
    scheme: Scheme::LateRecords,
    scale: Scale::NegLog10P,
    requires: &["ledger.document_date"],
    basis: &[],
    simulated_schemes: &["held_back_vouchers"],
});

params! {
    struct PostingLag {
        quantile: f64 = 0.9, share,
            "share of the township's payments within the norm",
            "常态天数内入账的付款所占比例";
        grace: i32 = 30, within(0..=366),
            "days beyond the norm that are not late",
            "超出常态而不算滞后的天数";
        minimum: usize = 50, counted,
            "fewest payments of a village",
            "村的最少付款笔数";
    }
}

/// The norm of each village's township, in days, and how the villages of the county differ.
#[derive(Debug)]
struct PostingLags {
    norms: IxVec<VillageIx, i32>,
    /// Late payments and all payments of each village.
    counts: IxVec<VillageIx, (u64, u64)>,
    law: Shares,
}

/// Lags beyond this many days are one.
const MOST: usize = 400;

/// Payments by the days that they took.
type Lags = Vec<u32>;

/// The days from the document to the entry; to the voucher's day where the entry is not recorded.
fn lag(book: &Book, one: Seen) -> Option<i32> {
    let at = one.line;
    let document = book.lines.document_date.at(at).some().filter(|_| one.is_signed_for())?;
    let entered = book.lines.entered.at(at).some().and_then(|moment| moment.day().some());
    Some(entered.unwrap_or(one.day).0.saturating_sub(document.0).max(0))
}

fn lags(book: &Book, payments: &[PaymentIx]) -> Lags {
    let mut lags = vec![0; MOST + 1];
    for days in seen(book, payments).filter_map(|one| lag(book, one)) {
        if let Some(count) =
            usize::try_from(days).ok().and_then(|days| lags.get_mut(days.min(MOST)))
        {
            *count += 1;
        }
    }
    lags
}

/// The logarithm of the share of late payments, half a payment added.
#[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^53")]
fn level((late, all): (u64, u64)) -> f64 {
    ((late as f64 + 0.5) / (all as f64 + 1.0)).ln()
}

impl PostingLag {
    /// The chance of so many late payments by the law of the county's villages, or of a level so far above
    /// theirs, where they show a spread: the larger of the two.
    fn p(&self, county: &PostingLags, village: VillageIx) -> Option<f64> {
        let own = Some(county.counts[village]).filter(|(_, all)| self.is_enough(*all))?;
        let others = county.counts.iter_enumerated().filter(|(other, _)| *other != village);
        let others = others.filter(|(_, (_, all))| self.is_enough(*all));
        let levels: Vec<f64> = others.map(|(_, count)| level(*count)).collect();
        let by_law = county.law.upper(own.0, own.1);
        Some(peer_upper(level(own), &levels).map_or(by_law, |p| p.max(by_law)))
    }

    fn is_enough(&self, all: u64) -> bool {
        all >= self.minimum as u64
    }

    /// The days within which this share of the payments was booked.
    fn norm(&self, lags: &Lags) -> i32 {
        let all: u32 = lags.iter().sum();
        let wanted = f64::from(all) * self.quantile;
        let mut sum = 0;
        let within = |count: &u32| {
            sum += count;
            f64::from(sum) >= wanted
        };
        lags.iter().position(within).and_then(|days| i32::try_from(days).ok()).unwrap_or(i32::MAX)
    }

    fn is_late(&self, norm: i32, days: i32) -> bool {
        days > norm.saturating_add(self.grace)
    }
}

impl Measure for PostingLag {
    type Context = PostingLags;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> PostingLags {
        let own = book.by_village().par_map(|_, payments| lags(book, payments));
        let townships = townships(book);
        let mut joined = vec![vec![0; MOST + 1]; townships.raw.last().map_or(0, |last| last + 1)];
        for (own, township) in own.iter().zip(&townships) {
            for (sum, own) in joined.get_mut(*township).into_iter().flatten().zip(own) {
                *sum += own;
            }
        }
        let of_township: Vec<i32> = joined.iter().map(|lags| self.norm(lags)).collect();
        let norm = |township: &usize| of_township.get(*township).copied().unwrap_or(i32::MAX);
        let norms: IxVec<_, i32> = townships.iter().map(norm).collect();
        let count = |(lags, norm): (&Lags, &i32)| {
            let days = lags.iter().zip(0..);
            days.fold((0, 0), |(late, all), (count, days)| {
                let count = u64::from(*count);
                (late + if self.is_late(*norm, days) { count } else { 0 }, all + count)
            })
        };
        let counts: IxVec<_, (u64, u64)> = own.iter().zip(&norms).map(count).collect();
        PostingLags { norms, law: Shares::fit(&counts.raw), counts }
    }

    fn measure(
        &self,
        book: &Book,
        county: &PostingLags,
        group: Group<'_, VillageIx>,
        out: &mut Out,
    ) {
        let norm = county.norms[group.number];
        let dated = || seen(book, group.payments).filter_map(|one| Some((lag(book, one)?, one)));
        let is_late = |days: i32| self.is_late(norm, days.min(i32::try_from(MOST).unwrap_or(days)));
        let Some(p) = self.p(county, group.number) else { return };
        let all = dated().count();
        out.put(group.number, neg_log10(p), all, || {
            let late = dated().filter(|(days, _)| is_late(*days));
            late.map(|(_, one)| one.line).collect::<Vec<_>>()
        });
        out.tell(group.number, || {
            let late = || dated().filter(|(days, _)| is_late(*days));
            let (days, longest) = late().max_by_key(|(days, _)| *days)?;
            Some(fact!(
                "late", ["document_date", "entered"],
                late: late().count(), of: all, norm: norm.saturating_add(self.grace),
                voucher: longest.line, days: days,
            ))
        });
    }
}
