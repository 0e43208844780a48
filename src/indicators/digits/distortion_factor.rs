#![doc = include_str!("distortion_factor.md")]

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use super::amounts::{Amount, is_chosen, of_prices};
use super::county::among_villages;
use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Receiver, Seen, neg_log10, seen};
use crate::ledger::book::Book;
use crate::ledger::book::chart;
use crate::ledger::book::index::{IxVec, VillageIx};
use crate::ledger::subject::Grain;
use crate::params::{at_least, counted, params};
use crate::stats::mantissa::{Distortion, collapsed};
use crate::stats::peers::normal_upper;

pub(super) static INDICATOR: Indicator = Indicator::of::<DistortionFactor>(card! {
    "distortion_factor",
    grain: Grain::Village,
    class: Class::Statistic,
    scheme: Scheme::InventedAmounts,
    scale: Scale::NegLog10P,
    requires: &[],
    basis: &[],
    simulated_schemes: &["invented_amounts"],
});

params! {
    struct DistortionFactor {
        minimum: usize = 300, counted,
            "fewest amounts for a value",
            "有指标值的最少金额个数";
        from: f64 = 10.0, at_least(0.0),
            "smallest amount counted, in yuan",
            "计入的最小金额（元）";
        prior: f64 = 100.0, at_least(0.0),
            "amounts of Benford's law added to each class",
            "每类支出混入的本福特定律金额个数";
    }
}

/// The moments of some collapsed amounts.
#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    n: f64,
    sum: f64,
    squares: f64,
}

impl Moments {
    fn add(&mut self, other: Self) {
        self.n += other.n;
        self.sum += other.sum;
        self.squares += other.squares;
    }

    fn less(self, other: Self) -> Self {
        Self {
            n: self.n - other.n,
            sum: self.sum - other.sum,
            squares: self.squares - other.squares,
        }
    }

    fn of(value: f64) -> Self {
        Self { n: 1.0, sum: value, squares: value * value }
    }

    /// So many amounts of Benford's law.
    fn benford(n: f64) -> Self {
        let (mean, deviation) = (Distortion::MEAN, Distortion::DEVIATION);
        Self { n, sum: n * mean, squares: n * (mean * mean + deviation * deviation) }
    }

    fn mean(self) -> f64 {
        self.sum / self.n
    }

    fn variance(self) -> f64 {
        (self.squares / self.n - self.mean().powi(2)).max(0.0)
    }
}

/// The moments of each class.
type Classes = [Moments; chart::Class::ALL.len()];

fn classes(amounts: &[Amount]) -> Classes {
    let mut classes = Classes::default();
    for one in amounts {
        let moments = classes.get_mut(one.class()).zip(collapsed(one.fen));
        if let Some((moments, value)) = moments {
            moments.add(Moments::of(value));
        }
    }
    classes
}

/// What was found in a village.
#[derive(Debug, Clone, Copy)]
struct Found {
    p: f64,
    sample: usize,
    /// The amounts behind it, moved to 10..100: all above this, or all below.
    beyond: f64,
    is_up: bool,
    /// The mean of the amounts, moved to 10..100, and that of the other villages' amounts.
    mean: f64,
    of_others: f64,
}

impl Found {
    /// Something is unusual, and there are other villages.
    fn is_told(&self) -> bool {
        self.p < 1.0 && self.of_others.is_finite()
    }

    fn fact(&self) -> Fact {
        fact!(
            "mean", ["amount"],
            of: self.sample, mean: Value::Number(self.mean), law: Value::Number(Distortion::MEAN),
            others: Value::Number(self.of_others),
        )
    }
}

impl DistortionFactor {
    /// Holds a village against Benford's law, and against the rest of the county.
    fn found(&self, amounts: &[Amount], own: &Classes, context: &Classes) -> Option<(Found, f64)> {
        let mut all = Moments::default();
        for class in own {
            all.add(*class);
        }
        if all.n < float(self.minimum.max(2)) {
            return None;
        }
        let (mut expected, mut variance) = (0.0, 0.0);
        for (own, context) in own.iter().zip(context).filter(|(own, _)| own.n > 0.0) {
            let mut others = context.less(*own);
            others.add(Moments::benford(self.prior));
            let others = if others.n > 0.0 { others } else { Moments::benford(1.0) };
            expected += own.n * others.mean() / all.n;
            variance += own.n * others.variance() * (1.0 + own.n / others.n) / all.n.powi(2);
        }
        let deviation = variance.max(of_payees(amounts, all.mean())).sqrt();
        let standard = |from: f64| {
            let gap = all.mean() - from;
            if deviation > 0.0 { gap / deviation } else { 0.0 }
        };
        let (from_county, from_benford) = (standard(expected), standard(Distortion::MEAN));
        let is_up = from_county > 0.0;
        let sign = if is_up { 1.0 } else { -1.0 };
        let p = |standard: f64| (2.0 * normal_upper(sign * standard)).min(1.0);
        let beyond = all.mean() + sign * all.variance().sqrt();
        let sample = amounts.iter().filter(|one| collapsed(one.fen).is_some()).count();
        let mut others = Moments::default();
        context.iter().zip(own).for_each(|(whole, own)| others.add(whole.less(*own)));
        let (mean, of_others) = (all.mean(), others.mean());
        Some((Found { p: p(from_benford), sample, beyond, is_up, mean, of_others }, p(from_county)))
    }
}

/// The variance of the mean of collapsed amounts, if those of one payee resemble each other.
fn of_payees(amounts: &[Amount], mean: f64) -> f64 {
    let (mut sum, mut payees, mut n) = (0.0, 0.0, 0.0);
    for payee in amounts.chunk_by(|a, b| a.payee == b.payee && a.payee != Receiver::Nobody) {
        let gaps = payee.iter().filter_map(|one| collapsed(one.fen)).map(|value| value - mean);
        sum += gaps.sum::<f64>().powi(2);
        payees += 1.0;
        n += float(payee.len());
    }
    if payees > 1.0 { sum / (n * n) * payees / (payees - 1.0) } else { 0.0 }
}

impl Measure for DistortionFactor {
    type Context = IxVec<VillageIx, Option<Found>>;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> Self::Context {
        let villages = of_prices(book, |one| is_chosen(one, self.from), |_| true);
        let each: Vec<Classes> = villages.par_iter().map(|own| classes(own)).collect();
        let mut context = Classes::default();
        for own in &each {
            context.iter_mut().zip(own).for_each(|(sum, own)| sum.add(*own));
        }
        let held = |(amounts, own): (&Vec<Amount>, &Classes)| self.found(amounts, own, &context);
        let found: Vec<_> = villages.iter().zip(&each).map(held).collect();
        let of_county: Vec<_> = found.iter().map(|one| one.map(|(_, p)| p)).collect();
        let larger = |(found, of_county): (Option<(Found, f64)>, Option<f64>)| {
            let (found, _) = found?;
            Some(Found { p: found.p.max(of_county?), ..found })
        };
        found.into_iter().zip(among_villages(&of_county)).map(larger).collect()
    }

    fn measure(
        &self,
        book: &Book,
        context: &Self::Context,
        group: Group<'_, VillageIx>,
        out: &mut Out,
    ) {
        let found = context[group.number];
        let Some(found) = found else { return };
        let Found { p, sample, beyond, is_up, .. } = found;
        out.put(group.number, neg_log10(p), sample, || {
            let leans = move |one: &Seen| {
                let value = collapsed(one.amount).filter(|_| is_chosen(one, self.from));
                value.is_some_and(|value| if is_up { value > beyond } else { value < beyond })
            };
            seen(book, group.payments).filter(leans).map(|one| one.line)
        });
        out.tell(group.number, || found.is_told().then(|| found.fact()));
    }
}
