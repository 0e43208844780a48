#![doc = include_str!("summation_test.md")]

use std::cmp::Reverse;

use rand::SeedableRng;
use rand::distributions::{Distribution, WeightedIndex};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::amounts::{Amount, is_chosen, of_villages};
use super::county::{Cells, among_villages};
use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Receiver, Seen, neg_log10, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PayeeIx, VillageIx};
use crate::ledger::contract::cell::Fen;
use crate::ledger::subject::Grain;
use crate::params::{any, at_least, params, within};
use crate::stats::digits::{DigitLaw, Digits};
use crate::stats::mantissa::collapsed;

pub(super) static INDICATOR: Indicator = Indicator::of::<SummationTest>(card! {
    "summation_test",
    grain: Grain::Village,
    class: Class::Statistic,
    scheme: Scheme::Duplicate,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee"],
    basis: &[],
    simulated_schemes: &["works_rebilled"],
});

params! {
    struct SummationTest {
        largest: usize = 100, within(2..=10_000),
            "largest amounts taken, from 2 to 10,000",
            "最大金额的笔数，2 至 10,000";
        from: f64 = 10.0, at_least(0.0),
            "smallest amount counted, in yuan",
            "计入的最小金额（元）";
        prior: f64 = 100.0, at_least(0.0),
            "amounts of Benford's law added to the county's",
            "县内数字混入的本福特定律金额个数";
        seed: u64 = 1, any,
            "seed of the draws",
            "随机抽取的种子";
    }
}

const DIGITS: Digits = Digits::FirstTwo;
const BINS: usize = 90;

/// Draws of a village at most.
const DRAWS: u32 = 1_999;
/// Draws that reach the village's share, after which it is no longer rare.
const ENOUGH: u32 = 10;

/// An amount among the largest of a village.
#[derive(Debug, Clone, Copy)]
struct Large {
    bin: usize,
    fen: f64,
    /// The power of ten that stands before its first two digits.
    order: f64,
}

/// One amount in so many of the largest counts for no more than the last of them.
const CAPPED: usize = 10;

fn bin(fen: i64) -> Option<usize> {
    DIGITS.of(fen).map(|digits| usize::from(digits - DIGITS.start()))
}

impl SummationTest {
    /// The largest amounts of a village, one for each payee and each first two digits.
    #[expect(clippy::cast_precision_loss, reason = "amounts are below 2^53 fen")]
    fn largest(&self, amounts: &[Amount]) -> Option<Vec<Large>> {
        let told = amounts.iter().filter_map(|one| Some((one.payee, bin(one.fen)?, one.fen)));
        let mut told: Vec<_> = told.collect();
        told.sort_unstable_by_key(|(payee, bin, fen)| (*payee, *bin, Reverse(*fen)));
        told.dedup_by(|a, b| (a.0, a.1) == (b.0, b.1) && a.0 != Receiver::Nobody);
        told.sort_unstable_by_key(|(_, bin, fen)| (Reverse(*fen), *bin));
        told.truncate(self.largest);
        let large = |(_, bin, fen): (_, usize, i64)| {
            let order = fen as f64 / collapsed(fen)?;
            Some(Large { bin, fen: fen as f64, order })
        };
        (told.len() == self.largest).then(|| told.into_iter().filter_map(large).collect())
    }

    /// The chance that amounts of these orders of magnitude, with digits of the law, heap up as much
    /// money on one pair of digits, its largest amount left out.
    fn p(&self, large: &[Large], law: &[f64], village: usize) -> (f64, usize) {
        let cap = large.get(self.largest / CAPPED).map_or(f64::INFINITY, |one| one.fen);
        let capped = large.iter().map(|one| (one.bin, one.fen.min(cap)));
        let (share, fullest) = fullest(capped);
        let Ok(draw) = WeightedIndex::new(law) else { return (1.0, fullest) };
        let own = (village as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut stream = Xoshiro256PlusPlus::seed_from_u64(self.seed ^ own);
        let mut hits = 0;
        for draws in 1..=DRAWS {
            let drawn = large.iter().map(|one| {
                let bin = draw.sample(&mut stream);
                (bin, (one.order * (float(bin) + 10.5)).min(cap))
            });
            hits += u32::from(self::fullest(drawn).0 >= share);
            if hits == ENOUGH {
                return (f64::from(hits) / f64::from(draws), fullest);
            }
        }
        (f64::from(hits + 1) / f64::from(DRAWS + 1), fullest)
    }
}

/// The largest share of the money that one bin holds without its largest amount, and that bin.
fn fullest(amounts: impl Iterator<Item = (usize, f64)>) -> (f64, usize) {
    let mut bins = [(0.0_f64, 0.0_f64); BINS];
    let mut total = 0.0;
    for (bin, amount) in amounts {
        if let Some((sum, largest)) = bins.get_mut(bin) {
            *sum += amount;
            *largest = largest.max(amount);
            total += amount;
        }
    }
    let rest = bins.iter().map(|(sum, largest)| sum - largest).enumerate();
    let (bin, most) = rest.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0));
    (if total > 0.0 { most / total } else { 0.0 }, bin)
}

/// The large payments that begin with the fullest digits: how many, how much and to whom.
fn alike(book: &Book, large: &[Seen], digits: usize) -> Option<Fact> {
    let is_alike = |one: &&Seen| bin(one.amount) == Some(digits);
    let mut behind: Vec<Seen> = large.iter().filter(is_alike).copied().collect();
    behind.sort_by_key(|one| Reverse(one.amount));
    let mut payees: Vec<PayeeIx> = Vec::new();
    for payee in behind.iter().filter_map(|one| one.payee(book)) {
        if !payees.contains(&payee) {
            payees.push(payee);
        }
    }
    let least = large.iter().map(|one| one.amount).min()?;
    let amount = behind.iter().map(|one| one.amount).sum();
    let is_told = !payees.is_empty();
    is_told.then(|| {
        fact!(
            "alike", ["amount", "payee"],
            count: behind.len(), of: large.len(), least: Fen(least), digits: (digits + usize::from(DIGITS.start())).to_string(),
            amount: Fen(amount), payees: payees,
        )
    })
}

/// What was found in a village.
#[derive(Debug, Clone, Copy)]
struct Found {
    p: f64,
    fullest: usize,
    /// The smallest of the amounts looked at, in fen.
    least: f64,
}

impl Measure for SummationTest {
    type Context = IxVec<VillageIx, Option<Found>>;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> Self::Context {
        let villages = of_villages(book, |one| is_chosen(one, self.from));
        let large: Vec<_> = villages.par_iter().map(|amounts| self.largest(amounts)).collect();
        let count = |large: &Option<Vec<Large>>| {
            let mut own = Cells::new(1, BINS);
            large.iter().flatten().for_each(|one| own.count(0, one.bin));
            own
        };
        let each: Vec<Cells> = large.iter().map(count).collect();
        let context = Cells::total(&each, 1, BINS);
        let benford = DigitLaw::benford(DIGITS);
        let found = |(village, (large, own)): (usize, (&Option<Vec<Large>>, &Cells))| {
            let large = large.as_ref()?;
            let law = own.expected(&context, benford.shares(), self.prior).shares();
            let (p, fullest) = self.p(large, &law, village);
            Some(Found { p, fullest, least: large.last()?.fen })
        };
        let found: Vec<_> = large.par_iter().zip(&each).enumerate().map(found).collect();
        let ranked =
            among_villages(&found.iter().map(|one| one.map(|one| one.p)).collect::<Vec<_>>());
        let ranked = found.into_iter().zip(ranked);
        ranked.map(|(found, p)| Some(Found { p: p?, ..found? })).collect()
    }

    #[expect(clippy::cast_precision_loss, reason = "amounts are below 2^53 fen")]
    fn measure(
        &self,
        book: &Book,
        context: &Self::Context,
        group: Group<'_, VillageIx>,
        out: &mut Out,
    ) {
        let found = context[group.number];
        let Some(Found { p, fullest, least }) = found else { return };
        out.put(group.number, neg_log10(p), self.largest, || {
            let is_behind = move |one: &Seen| {
                let is_large = is_chosen(one, self.from) && one.amount as f64 >= least;
                is_large && bin(one.amount) == Some(fullest)
            };
            seen(book, group.payments).filter(is_behind).map(|one| one.line)
        });
        out.tell(group.number, || {
            let is_large = |one: &Seen| is_chosen(one, self.from) && one.amount as f64 >= least;
            let large: Vec<Seen> = seen(book, group.payments).filter(is_large).collect();
            alike(book, &large, fullest).filter(|_| p < 1.0)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::fullest;

    #[test]
    fn one_large_amount_is_no_heap() {
        let (share, bin) = fullest([(3, 1_000.0), (5, 40.0), (5, 30.0)].into_iter());
        assert_eq!(bin, 5);
        assert!((share - 30.0 / 1_070.0).abs() < 1e-12);
    }
}
