#![doc = include_str!("burst_activity.md")]

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, neg_log10, seen};
use crate::indicators::sizes::is_free;
use crate::ledger::book::Book;
use crate::ledger::book::chart;
use crate::ledger::book::index::{PayeeIx, PaymentIx};
use crate::ledger::contract::cell::Fen;
use crate::ledger::subject::Grain;
use crate::params::{any, at_least, params, share, within};
use crate::stats::tail::inflation;

pub(super) static INDICATOR: Indicator = Indicator::of::<BurstActivity>(card! {
    "burst_activity",
    grain: Grain::Payee,
    class: Class::Statistic,
    scheme: Scheme::UnusualSpending,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee"],
    basis: &[],
    simulated_schemes: &["burst_of_claims"],
});

params! {
    struct BurstActivity {
        minimum: usize = 6, within(FEWEST + 1..=1_000_000),
            "fewest payments of a series",
            "序列的最少付款笔数";
        most: f64 = 0.1, share,
            "largest share of time in a window",
            "时间窗的最大时间占比";
        prior: f64 = 20.0, at_least(1.0),
            "evenly spread payments added to the village's",
            "加入本村付款的均匀分布付款笔数";
        seed: u64 = 20_240_101, any,
            "seed of the simulation",
            "模拟的随机种子";
    }
}

/// Numbers of payments for which chance is simulated; beyond the last it changes hardly.
const SIZES: [usize; 14] = [4, 5, 6, 7, 8, 10, 12, 15, 20, 27, 36, 50, 70, 100];

/// Simulated payees for each number.
const DRAWS: usize = 500;

/// Simulated payees beyond which the tail is taken to fall as its theory says: one in 25.
const BEYOND: usize = 20;

/// Fewer payments are no flurry.
const FEWEST: usize = 3;

/// What chance does with a number of payments: the ratios of simulated payees, falling.
type Null = Vec<f64>;

/// When a village pays in one class: the days of its payments, rising, of every village and class.
type Days = Vec<Vec<i32>>;

#[derive(Debug)]
struct BurstNulls {
    days: Days,
    nulls: Vec<Null>,
    /// How much more the county's payees come in flurries than chance has it.
    habit: f64,
}

/// The most unusual window of a series: the logarithm of its likelihood ratio, and its first and last place.
#[derive(Debug, Clone, Copy)]
struct Flurry {
    ratio: f64,
    from: usize,
    to: usize,
}

/// Where a payment lies among the village's others: how many were made before its day, and until its end.
#[derive(Debug, Clone, Copy)]
struct Place {
    before: f64,
    until: f64,
    day: f64,
}

/// How much likelier `inside` of `all` payments are if they come more often in a window than elsewhere, the
/// window holding this share of time; 0 where they do not (Kulldorff 1997).
fn ratio(inside: usize, all: usize, share: f64) -> f64 {
    let (inside, all) = (float(inside), float(all));
    if inside <= all * share {
        return 0.0;
    }
    let outside = all - inside;
    let rest = if outside > 0.0 { outside * (outside / (all * (1.0 - share))).ln() } else { 0.0 };
    inside * (inside / (all * share)).ln() + rest
}

impl BurstActivity {
    /// The most unusual window of places; `share` says how wide a window is.
    fn scan<P>(&self, places: &[P], share: impl Fn(&P, &P, usize) -> f64) -> Flurry {
        let mut best = Flurry { ratio: 0.0, from: 0, to: 0 };
        for (from, first) in places.iter().enumerate() {
            for (to, last) in places.iter().enumerate().skip(from + FEWEST - 1) {
                let inside = to - from + 1;
                let width = share(first, last, inside);
                if width > self.most {
                    break;
                }
                let ratio = ratio(inside, places.len(), width.max(1e-6));
                if ratio > best.ratio {
                    best = Flurry { ratio, from, to };
                }
            }
        }
        best
    }

    fn null(&self, size: usize) -> Null {
        let mut stream = Xoshiro256PlusPlus::seed_from_u64(self.seed ^ size as u64);
        let mut draw = || {
            let mut places: Vec<f64> = (0..size).map(|_| stream.gen_range(0.0..1.0)).collect();
            places.sort_unstable_by(f64::total_cmp);
            self.scan(&places, |first, last, _| last - first).ratio
        };
        let mut ratios: Null = (0..DRAWS).map(|_| draw()).collect();
        ratios.sort_unstable_by(|a, b| b.total_cmp(a));
        ratios
    }

    /// The series of a payee: its payments of free size in one village and class, one for each voucher.
    fn series(&self, book: &Book, payments: &[PaymentIx]) -> Vec<Vec<Seen>> {
        let mut paid: Vec<Seen> = seen(book, payments).filter(|one| is_free(book, one)).collect();
        paid.sort_by_key(|one| (one.village, one.class, one.day, one.line));
        let is_series = |a: &Seen, b: &Seen| (a.village, a.class) == (b.village, b.class);
        let long = paid.chunk_by(is_series).filter(|series| series.len() >= self.minimum);
        let one_for_each = |series: &[Seen]| {
            let mut series = series.to_vec();
            series.dedup_by_key(|one| (one.day, book.lines.voucher.at(one.line)));
            series
        };
        long.map(one_for_each).filter(|series| series.len() >= self.minimum).collect()
    }

    fn flurry(&self, days: &Days, series: &[Seen]) -> Option<Flurry> {
        let others = days.get(slot(series.first()?))?;
        let (first, last) = (*others.first()?, *others.last()?);
        let place = |one: &Seen| Place {
            before: float(others.partition_point(|day| *day < one.day.0)),
            until: float(others.partition_point(|day| *day <= one.day.0)),
            day: f64::from(one.day.0),
        };
        let places: Vec<Place> = series.iter().map(place).collect();
        let span = f64::from(last - first + 1);
        let all = (float(others.len()) - float(series.len())).max(0.0);
        let share = |from: &Place, to: &Place, own: usize| {
            let inside = (to.until - from.before - float(own)).max(0.0);
            let even = (to.day - from.day + 1.0) / span;
            (inside + self.prior * even) / (all + self.prior)
        };
        Some(self.scan(&places, share))
    }

    /// The chance of such a ratio among so many payments.
    fn chance(nulls: &[Null], ratio: f64, size: usize) -> f64 {
        let place = SIZES.partition_point(|known| *known <= size).saturating_sub(1);
        let edge = nulls.get(place).and_then(|null| Some((null, *null.get(BEYOND)?)));
        let Some((null, edge)) = edge else { return 1.0 };
        if ratio <= edge {
            let reached = null.partition_point(|drawn| *drawn >= ratio);
            return float(reached + 1) / float(DRAWS + 1);
        }
        // Twice the ratio is near a chi-square of one degree, which falls a little faster than this.
        float(BEYOND + 1) / float(DRAWS + 1) * (edge - ratio).exp()
    }
}

/// The place of a payment's village and class in [`Days`].
fn slot(one: &Seen) -> usize {
    usize::from(one.village) * chart::Class::ALL.len() + one.class as usize
}

/// The days of a flurry with the payee's vouchers and money in them, beside what the village paid to others.
fn gathered(book: &Book, payee: PayeeIx, (series, flurry): (&[Seen], Flurry)) -> Option<Fact> {
    let first = series.first()?;
    let (from, to) = (series.get(flurry.from)?.day, series.get(flurry.to)?.day);
    let is_inside = |one: &&Seen| (from..=to).contains(&one.day);
    let village = seen(book, book.by_village().group(first.village));
    let alike = village.filter(|one| one.class == first.class && is_free(book, one));
    let (own, others): (Vec<Seen>, Vec<Seen>) =
        alike.partition(|one| one.payee(book) == Some(payee));
    let amount: i64 = own.iter().filter(is_inside).map(|one| one.amount).sum();
    let mut fact = fact!(
        "within", ["date", "payee"],
        payee: payee, village: first.village, class: first.class, from: from, to: to, days: to.0 - from.0 + 1,
        inside: series.iter().filter(is_inside).count(), of: series.len(), amount: Fen(amount),
        beside: others.iter().filter(is_inside).count(), others: others.len(),
    );
    if from == to {
        fact.sentence = "on_day";
        fact.cells.retain(|(name, _)| !matches!(*name, "to" | "days"));
    }
    Some(fact)
}

impl Measure for BurstActivity {
    type Context = BurstNulls;
    type Groups = PayeeIx;

    fn context(&self, book: &Book) -> BurstNulls {
        let mut days: Days = vec![Vec::new(); book.villages.len() * chart::Class::ALL.len()];
        for paid in book.by_village().groups() {
            for one in seen(book, paid).filter(|one| is_free(book, one)) {
                if let Some(days) = days.get_mut(slot(&one)) {
                    days.push(one.day.0);
                }
            }
        }
        let nulls: Vec<Null> = SIZES.par_iter().map(|size| self.null(*size)).collect();
        let of = |series: Vec<Seen>| {
            let ratio = self.flurry(&days, &series)?.ratio;
            Some(neg_log10(Self::chance(&nulls, ratio, series.len())))
        };
        let neg_log10_p = book.by_payee().par_map(|_, payments| {
            self.series(book, payments).into_iter().filter_map(of).collect::<Vec<_>>()
        });
        let neg_log10_p: Vec<f64> = neg_log10_p.into_iter().flatten().collect();
        let habit = inflation(&neg_log10_p, 0.02);
        BurstNulls { days, nulls, habit }
    }

    fn measure(&self, book: &Book, county: &BurstNulls, group: Group<'_, PayeeIx>, out: &mut Out) {
        let all = self.series(book, group.payments);
        let flurries = all.iter().filter_map(|series| {
            let flurry = self.flurry(&county.days, series)?;
            let neg_log10 = neg_log10(Self::chance(&county.nulls, flurry.ratio, series.len()));
            Some((neg_log10 / county.habit, flurry, series))
        });
        let Some((most, flurry, series)) = flurries.max_by(|a, b| a.0.total_cmp(&b.0)) else {
            return;
        };
        let payments = all.iter().map(Vec::len).sum();
        // Each village and class was looked at.
        let value = (most - float(all.len()).log10()).max(0.0);
        out.put(group.number, value, payments, || {
            let inside = series.get(flurry.from..=flurry.to).unwrap_or(&[]);
            let inside = if value > 0.0 { inside } else { &[] };
            inside.iter().map(|one| one.line).collect::<Vec<_>>()
        });
        out.tell(group.number, || {
            gathered(book, group.number, (series, flurry)).filter(|_| value > 0.0)
        });
    }
}
