#![doc = include_str!("number_duplication.md")]

use std::collections::BTreeSet;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use super::amounts::{Amount, is_chosen, of_prices};
use super::county::among_villages;
use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, neg_log10, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PayeeIx, VillageIx};
use crate::ledger::contract::cell::{Day, Fen};
use crate::ledger::subject::Grain;
use crate::params::{at_least, counted, params};
use crate::stats::exact::poisson_upper;

pub(super) static INDICATOR: Indicator = Indicator::of::<NumberDuplication>(card! {
    "number_duplication",
    grain: Grain::Village,
    class: Class::Statistic,
    scheme: Scheme::InventedAmounts,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee"],
    basis: &[],
    simulated_schemes: &["copied_amounts"],
});

params! {
    struct NumberDuplication {
        minimum: usize = 50, counted,
            "fewest payments for a value",
            "有指标值的最少付款笔数";
        from: f64 = 10.0, at_least(0.0),
            "smallest amount counted, in yuan",
            "计入的最小金额（元）";
        least: usize = 4, counted,
            "fewest recurrences (at least 2)",
            "最少重复次数（不少于 2）";
    }
}

/// Amounts whose p-value, times the number of amounts, is below this are shown.
const TELLING: f64 = 0.01;

/// Different amounts in rising order, and how often each recurs.
type Runs = Vec<(i64, usize)>;

/// How often each amount of a village recurs: on so many days it went to somebody who had not had it before.
fn runs(amounts: &[Amount]) -> Runs {
    let mut days: Vec<_> = amounts.iter().map(|one| (one.fen, one.day)).collect();
    days.sort_unstable();
    days.dedup();
    let runs = days.chunk_by(|a, b| a.0 == b.0);
    runs.filter_map(|run| Some((run.first()?.0, run.len()))).collect()
}

fn total(runs: &[(i64, usize)]) -> usize {
    runs.iter().map(|(_, count)| count).sum()
}

/// Digits and zeros at the end of an amount in fen.
fn shape(fen: i64) -> Option<(u32, u32)> {
    let length = fen.checked_ilog10()?;
    let zeros = (0..length).take_while(|zeros| fen % 10_i64.pow(*zeros + 1) == 0).count();
    Some((length, u32::try_from(zeros).ok()?))
}

/// How many amounts have a shape.
fn amounts_of((length, zeros): (u32, u32)) -> f64 {
    if zeros == length { 9.0 } else { 8.1 * 10_f64.powf(f64::from(length - zeros)) }
}

/// The amounts of a county.
#[derive(Debug)]
struct AmountRuns {
    runs: Runs,
    total: usize,
    /// Payments of each shape.
    shapes: Vec<((u32, u32), usize)>,
}

impl AmountRuns {
    fn of(villages: &[Runs]) -> Self {
        let mut all: Runs = villages.concat();
        all.par_sort_unstable();
        let sum = |run: &[(i64, usize)]| Some((run.first()?.0, total(run)));
        let runs: Runs = all.chunk_by(|a, b| a.0 == b.0).filter_map(sum).collect();
        let mut shapes: Vec<_> =
            runs.iter().filter_map(|(fen, count)| Some((shape(*fen)?, *count))).collect();
        shapes.sort_unstable();
        let sum = |run: &[(_, usize)]| Some((run.first()?.0, run.iter().map(|one| one.1).sum()));
        let shapes = shapes.chunk_by(|a, b| a.0 == b.0).filter_map(sum).collect();
        Self { total: total(&runs), runs, shapes }
    }

    /// The share of an amount: among the other villages' payments, or as all amounts of its shape have it
    /// on average, whichever is larger.
    fn share(&self, fen: i64, own: usize, of_village: usize) -> Option<f64> {
        let place = self.runs.binary_search_by_key(&fen, |run| run.0).ok()?;
        let of_others = self.runs.get(place)?.1 - own;
        let others = self.total - of_village;
        let shape = shape(fen)?;
        let place = self.shapes.binary_search_by_key(&shape, |one| one.0).ok()?;
        let alike = float(self.shapes.get(place)?.1) / amounts_of(shape) / float(self.total);
        let seen = if others > 0 { float(of_others) / float(others) } else { 0.0 };
        Some(seen.max(alike))
    }
}

/// What was found in a village.
#[derive(Debug)]
struct Found {
    p: f64,
    sample: usize,
    /// The amounts that recur too often, in rising order.
    telling: Vec<i64>,
    /// The amount whose recurrences are least usual.
    most: Option<i64>,
}

/// How many different ones there are.
fn different<T: Ord>(all: impl Iterator<Item = T>) -> usize {
    all.collect::<BTreeSet<T>>().len()
}

impl NumberDuplication {
    /// How often an amount was paid, to how many and on how many days, and how often in the other villages.
    fn fact(&self, book: &Book, village: VillageIx, fen: i64) -> Fact {
        let all = book.payments.line.keys().map(|payment| Seen::of(book, payment));
        let all = all.filter(|one| is_chosen(one, self.from));
        let (own, others): (Vec<Seen>, Vec<Seen>) = all.partition(|one| one.village == village);
        let is_it = |one: &&Seen| one.amount == fen;
        let payees = own.iter().filter(is_it).filter_map(|one| one.payee(book));
        let days = own.iter().filter(is_it).map(|one| one.day);
        fact!(
            "recurs", ["amount", "payee", "date"],
            amount: Fen(fen), payments: own.iter().filter(is_it).count(), payees: different::<PayeeIx>(payees),
            days: different::<Day>(days), others: others.iter().filter(is_it).count(), elsewhere: others.len(),
        )
    }

    fn found(&self, runs: &[(i64, usize)], context: &AmountRuns) -> Option<Found> {
        let sample = total(runs);
        if sample < self.minimum.max(1) {
            return None;
        }
        let corrected = |(fen, count): &(i64, usize)| {
            let share = context.share(*fen, *count, sample)?;
            let p = poisson_upper(*count as u64, share * float(sample));
            Some((*fen, (p * float(runs.len())).min(1.0)))
        };
        let often = runs.iter().filter(|(_, count)| *count >= self.least.max(2));
        let all: Vec<_> = often.filter_map(corrected).collect();
        let telling = all.iter().filter(|(_, p)| *p < TELLING).map(|(fen, _)| *fen).collect();
        let p = all.iter().map(|(_, p)| *p).fold(1.0, f64::min);
        let most = all.iter().min_by(|a, b| a.1.total_cmp(&b.1)).map(|(fen, _)| *fen);
        Some(Found { p, sample, telling, most })
    }
}

impl Measure for NumberDuplication {
    type Context = IxVec<VillageIx, Option<Found>>;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> Self::Context {
        let villages = of_prices(book, |one| is_chosen(one, self.from), |_| true);
        let villages: Vec<Runs> = villages.par_iter().map(|amounts| runs(amounts)).collect();
        let context = AmountRuns::of(&villages);
        let found: Vec<_> = villages.par_iter().map(|runs| self.found(runs, &context)).collect();
        let p: Vec<_> = found.iter().map(|one| one.as_ref().map(|one| one.p)).collect();
        let ranked = found.into_iter().zip(among_villages(&p));
        ranked.map(|(found, p)| Some(Found { p: p?, ..found? })).collect()
    }

    fn measure(
        &self,
        book: &Book,
        context: &Self::Context,
        group: Group<'_, VillageIx>,
        out: &mut Out,
    ) {
        let found = context[group.number].as_ref();
        let Some(Found { p, sample, telling, most }) = found else { return };
        out.put(group.number, neg_log10(*p), *sample, || {
            let is_telling = |one: &Seen| {
                is_chosen(one, self.from) && telling.binary_search(&one.amount).is_ok()
            };
            seen(book, group.payments).filter(is_telling).map(|one| one.line)
        });
        let most = most.filter(|_| *p < 1.0);
        out.tell(group.number, || most.map(|fen| self.fact(book, group.number, fen)));
    }
}

#[cfg(test)]
mod tests {
    use super::{amounts_of, shape};

    #[test]
    fn shapes_hold_the_amounts_that_have_them() {
        for wanted in [(2, 0), (3, 1), (3, 3), (4, 2)] {
            let counted = (1..100_000).filter(|fen| shape(*fen) == Some(wanted)).count();
            assert!((amounts_of(wanted) - super::float(counted)).abs() < 1e-9, "{wanted:?}");
        }
    }
}
