#![doc = include_str!("split_same_payee_window.md")]

use super::paid::{Paid, is_beyond};
use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, neg_log10, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PayeeIx, PaymentIx, VillageIx};
use crate::ledger::contract::cell::Fen;
use crate::ledger::subject::Grain;
use crate::params::{at_least, params, rising};
use crate::stats::exact::binomial_upper;

pub(super) static INDICATOR: Indicator = Indicator::of::<SplitSamePayeeWindow>(card! {
    "split_same_payee_window",
    grain: Grain::Payee,
    class: Class::Statistic,
    scheme: Scheme::Splitting,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee", "limits"],
    basis: &[],
    simulated_schemes: &["split_purchase"],
});

params! {
    struct SplitSamePayeeWindow {
        windows: Vec<i32> = vec![1, 3, 7, 15, 30], rising(1..=366),
            "lengths of the windows in days",
            "各时段的天数";
        ratio: f64 = 1.1, at_least(1.0),
            "multiple of the limit that a window must reach",
            "时段合计须达到限额的倍数";
        prior: f64 = 20.0, at_least(0.0),
            "evenly spread payments mixed into the village's own",
            "混入本村付款的均匀付款笔数";
    }
}

/// The window that is the least likely by chance.
#[derive(Debug, Clone, Copy)]
struct Best<'a> {
    p: f64,
    paid: &'a [Paid],
    limit: i64,
    /// The vouchers under this limit, in the window or not.
    all: usize,
}

impl Best<'_> {
    fn fact(&self) -> Option<Fact> {
        let (first, last) = (self.paid.first()?.one, self.paid.last()?.one);
        let (village, class, limit) = (first.village, first.class, Fen(self.limit));
        let sum = Fen(self.paid.iter().map(|paid| paid.one.amount).sum());
        let vouchers = self.paid.len();
        Some(if first.day == last.day {
            fact!(
                "day", ["payee", "date", "amount"],
                village: village, day: first.day, class: class, vouchers: vouchers, sum: sum, limit: limit,
                all: self.all,
            )
        } else {
            fact!(
                "window", ["payee", "date", "amount"],
                village: village, from: first.day, until: last.day, days: last.day.0 - first.day.0,
                class: class, vouchers: vouchers, sum: sum, limit: limit, all: self.all,
            )
        })
    }
}

/// For each window length: how often two payments of one series came so near to each other, and how often
/// they would have if each fell on the village's days of payment by chance.
type Nearness = Vec<(f64, f64)>;

/// What is computed once for a county.
#[derive(Debug)]
struct PayeePaces {
    paces: IxVec<VillageIx, Pace>,
    /// Of each payee.
    each: IxVec<PayeeIx, Nearness>,
    /// Of all payees.
    nearness: Nearness,
}

/// When a village pays.
#[derive(Debug, Default)]
struct Pace {
    first: i32,
    /// Payments before each day from the first on, and all of them at the end.
    before: Vec<u32>,
}

impl Pace {
    fn of(book: &Book, payments: &[PaymentIx]) -> Self {
        let days = || payments.iter().map(|payment| book.payments.day[*payment]);
        let (Some(first), Some(last)) = (days().next(), days().next_back()) else {
            return Self::default();
        };
        let first = first.0;
        let mut before = vec![0_u32; usize::try_from(last.0 - first + 2).unwrap_or(0)];
        for day in days() {
            let after = usize::try_from(day.0 - first + 1).unwrap_or(0);
            if let Some(count) = before.get_mut(after) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for count in &mut before {
            sum += *count;
            *count = sum;
        }
        Self { first, before }
    }

    /// The share that lies in a window of all payments but those of one series, drawn by `prior` payments
    /// towards an even spread. `own` is how many of the series lie in it, and how many it has.
    fn share(&self, (from, window): (i32, i32), own: (usize, usize), prior: f64) -> f64 {
        let all = f64::from(self.before.last().copied().unwrap_or(0));
        let before = |day: i32| {
            let place = usize::try_from(day - self.first).unwrap_or(0);
            self.before.get(place).map_or(all, |count| f64::from(*count))
        };
        let inside = before(from.saturating_add(window)) - before(from) - float(own.0);
        let even = (f64::from(window) / float(self.before.len()).max(2.0)).min(1.0);
        let share = (inside.max(0.0) + prior * even) / ((all - float(own.1)).max(0.0) + prior);
        // Without a prior, a village with no other payments says nothing.
        if share.is_nan() { even } else { share.clamp(0.0, 1.0) }
    }
}

/// The payments under limits to one payee, by village, class and day; lines of one voucher, which were
/// approved together, are one.
fn under_limits(book: &Book, payments: &[PaymentIx]) -> Vec<Paid> {
    let mut paid: Vec<Paid> =
        seen(book, payments).filter_map(|one| Paid::under_limit(book, one)).collect();
    paid.sort_by_key(|paid| (paid.one.village, paid.one.class, paid.one.day, paid.voucher));
    paid.dedup_by(|next, kept| {
        let is_same = kept.is_beside(next) && is_same_series(kept, next);
        if is_same {
            kept.one.amount = kept.one.amount.saturating_add(next.one.amount);
        }
        is_same
    });
    paid.retain(|paid| paid.one.amount < paid.limit);
    paid
}

fn is_same_series(a: &Paid, b: &Paid) -> bool {
    a.one.village == b.one.village && a.one.class == b.one.class
}

/// How many payments the window holds that begins with the day of the first of these.
fn inside(series: &[Paid], window: i32) -> usize {
    let end = series.first().map_or(0, |first| first.one.day.0.saturating_add(window));
    series.partition_point(|paid| paid.one.day.0 < end)
}

/// How much nearer than by chance the payments of the county's other payees come, for each window.
fn habit(county: &PayeePaces, own: &[(f64, f64)]) -> Vec<f64> {
    let ratio = |(all, own): (&(f64, f64), &(f64, f64))| {
        ((all.0 - own.0 + 1.0) / (all.1 - own.1 + 1.0)).max(1.0)
    };
    county.nearness.iter().zip(own).map(ratio).collect()
}

impl SplitSamePayeeWindow {
    fn nearness(&self, paces: &IxVec<VillageIx, Pace>, paid: &[Paid]) -> Nearness {
        let mut all = vec![(0.0, 0.0); self.windows.len()];
        for series in paid.chunk_by(is_same_series).filter(|series| series.len() > 1) {
            let Some(pace) = pace(paces, series) else { continue };
            // Each payment says as much as any other, whatever the length of its series.
            let others = float(series.len() - 1);
            for one in series.iter().map(|paid| paid.one) {
                let before = series.partition_point(|paid| paid.one.day < one.day);
                let today = series.get(before..).unwrap_or(&[]);
                for ((near, expected), window) in all.iter_mut().zip(&self.windows) {
                    let many = inside(today, *window);
                    let own = (many, series.len());
                    *near += float(many - 1) / others;
                    *expected += pace.share((one.day.0, *window), own, self.prior);
                }
            }
        }
        all
    }

    /// The least likely window of a series whose payments under this limit together reach beyond it.
    fn best<'a>(&self, pace: &Pace, series: &'a [Paid], habit: &[f64]) -> Option<Best<'a>> {
        let limit = series.iter().map(|paid| paid.limit).max()?;
        let mut sums = vec![0_i64];
        sums.extend(series.iter().scan(0_i64, |sum, paid| {
            *sum = sum.saturating_add(paid.one.amount);
            Some(*sum)
        }));
        let sum = |from: usize, to: usize| Some(sums.get(to)? - sums.get(from)?);
        let mut best: Option<Best<'a>> = None;
        for (window, habit) in self.windows.iter().zip(habit) {
            for from in 0..series.len() {
                let Some(rest) = series.get(from..) else { continue };
                let many = inside(rest, *window);
                if many < 2
                    || !sum(from, from + many).is_some_and(|sum| is_beyond(sum, limit, self.ratio))
                {
                    continue;
                }
                let Some((first, paid)) = rest.first().zip(rest.get(..many)) else { continue };
                let own = (many, series.len());
                let share = pace.share((first.one.day.0, *window), own, self.prior) * habit;
                let others = series.len() - 1;
                let is_usual = float(many - 1) <= float(others) * share;
                let p = if is_usual {
                    1.0
                } else {
                    binomial_upper((many - 1) as u64, others as u64, share.min(1.0))
                };
                if best.is_none_or(|best| p < best.p) {
                    best = Some(Best { p, paid, limit, all: series.len() });
                }
            }
        }
        best
    }

    /// Whether any window of the series could reach beyond its lowest limit at all.
    fn may_reach(&self, series: &[Paid]) -> bool {
        let sum = series.iter().map(|paid| paid.one.amount).sum();
        let limit = series.iter().map(|paid| paid.limit).min();
        limit.is_some_and(|limit| is_beyond(sum, limit, self.ratio))
    }
}

fn pace<'a>(paces: &'a IxVec<VillageIx, Pace>, series: &[Paid]) -> Option<&'a Pace> {
    series.first().map(|first| &paces[first.one.village])
}

/// The series below each of its limits: a payment under a lower limit is under the higher ones too.
fn by_limit(series: &[Paid]) -> Vec<Vec<Paid>> {
    let mut limits: Vec<i64> = series.iter().map(|paid| paid.limit).collect();
    limits.sort_unstable();
    limits.dedup();
    let under = |limit| series.iter().filter(|paid| paid.limit <= limit).copied().collect();
    limits.into_iter().map(under).collect()
}

impl Measure for SplitSamePayeeWindow {
    type Context = PayeePaces;
    type Groups = PayeeIx;

    fn context(&self, book: &Book) -> PayeePaces {
        let paces = book.by_village().par_map(|_, payments| Pace::of(book, payments));
        let each = book
            .by_payee()
            .par_map(|_, payments| self.nearness(&paces, &under_limits(book, payments)));
        let mut nearness = vec![(0.0, 0.0); self.windows.len()];
        for own in &each {
            for (sum, own) in nearness.iter_mut().zip(own) {
                *sum = (sum.0 + own.0, sum.1 + own.1);
            }
        }
        PayeePaces { paces, each, nearness }
    }

    fn measure(&self, book: &Book, county: &PayeePaces, group: Group<'_, PayeeIx>, out: &mut Out) {
        let paid = under_limits(book, group.payments);
        let series: Vec<&[Paid]> =
            paid.chunk_by(is_same_series).filter(|series| series.len() > 1).collect();
        let sample: usize = series.iter().map(|series| series.len()).sum();
        if sample == 0 {
            return;
        }
        let reaching: Vec<Vec<Paid>> = series
            .iter()
            .filter(|series| self.may_reach(series))
            .flat_map(|series| by_limit(series))
            .collect();
        if reaching.is_empty() {
            return out.put(group.number, 0.0, sample, || None);
        }
        let own = county.each[group.number].as_slice();
        let habit = habit(county, own);
        let best = reaching
            .iter()
            .filter_map(|series| self.best(pace(&county.paces, series)?, series, &habit));
        let best = best.min_by(|a, b| a.p.total_cmp(&b.p));
        // Every payment began windows of every length. Those of one payment lie in each other, and those of
        // neighbours overlap: in honest counties they count as one window for each payment.
        let tried: usize = reaching.iter().map(|series| series.len() - 1).sum();
        let tried = float(tried.max(1));
        let value = best.map_or(0.0, |best| neg_log10(best.p * tried));
        out.put(group.number, value, sample, || {
            let paid = best.filter(|_| value > 0.0).map_or(&[][..], |best| best.paid);
            let is_in = |one: &Seen| {
                let own = Paid::under_limit(book, *one);
                own.is_some_and(|own| {
                    paid.iter().any(|paid| paid.is_beside(&own) && paid.one.class == one.class)
                })
            };
            seen(book, group.payments).filter(is_in).map(|one| one.line).collect::<Vec<_>>()
        });
        out.tell(group.number, || best.filter(|_| value > 0.0).and_then(|best| best.fact()));
    }
}
