//! The amounts that tests of digits look at: those that somebody arrived at, each once.

use std::cmp::Reverse;

use rayon::prelude::{IndexedParallelIterator, IntoParallelRefMutIterator, ParallelIterator};

use crate::convert::float;
use crate::indicators::seen::{Receiver, Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::book::chart::Class;
use crate::ledger::book::index::PaymentIx;
use crate::ledger::contract::cell::Day;
use crate::stats::exact::binomial_upper;

/// An amount that somebody arrived at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Amount {
    /// Who got it.
    pub(super) payee: Receiver,
    /// How much, above zero.
    pub(super) fen: i64,
    /// The class of expense.
    pub(super) class: Class,
    /// The first day on which the payee got it.
    pub(super) day: Day,
}

impl Amount {
    /// The place of its class among all classes.
    pub(super) fn class(self) -> usize {
        self.class as usize
    }
}

/// Whether somebody arrived at this amount, and it is at least `from` yuan.
#[expect(clippy::cast_precision_loss, reason = "only amounts near the smallest are compared")]
pub(super) fn is_chosen(one: &Seen, from: f64) -> bool {
    one.is_chosen() && one.amount as f64 >= from * 100.0
}

/// The amounts of the payments that count, each once for each payee who got it; by payee, then by amount.
fn amounts(book: &Book, payments: &[PaymentIx], counts: impl Fn(&Seen) -> bool) -> Vec<Amount> {
    let mut amounts: Vec<Amount> = seen(book, payments)
        .filter(counts)
        .map(|one| Amount {
            payee: one.receiver(book),
            fen: one.amount,
            class: one.class,
            day: one.day,
        })
        .collect();
    amounts.sort_unstable_by_key(|one| (one.payee, one.fen, one.day));
    // Nobody may be many.
    amounts.dedup_by(|a, b| (a.payee, a.fen) == (b.payee, b.fen) && a.payee != Receiver::Nobody);
    amounts
}

/// The amounts of each village, of the payments that count.
pub(super) fn of_villages(book: &Book, counts: impl Fn(&Seen) -> bool + Sync) -> Vec<Vec<Amount>> {
    book.by_village().par_map(|_, payments| amounts(book, payments, &counts)).raw
}

/// The amounts of each village, each once for each day too, and each multiple of a local day wage once. A
/// wage is given in fen; only those that `is_wage` allows are looked for.
///
/// What many get on one day is one fee, and a day wage is one price: neither is arrived at again and again.
pub(super) fn of_prices(
    book: &Book,
    counts: impl Fn(&Seen) -> bool + Sync,
    is_wage: impl Fn(i64) -> bool + Sync,
) -> Vec<Vec<Amount>> {
    let mut villages = of_villages(book, counts);
    villages.par_iter_mut().for_each(once_a_day);
    let multiples = multiples();
    let each: Vec<Wages> = villages.iter().map(|own| Wages::of(own, &multiples)).collect();
    let mut all = Wages::default();
    for own in &each {
        all.add(own);
    }
    villages.par_iter_mut().zip(each).for_each(|(amounts, own)| {
        if let Some(wage) = own.local(&all).filter(|wage| is_wage(fen_of(*wage))) {
            once_each(amounts, wage, &multiples);
        }
    });
    villages
}

/// Leaves one amount of those that are equal on a day, the first payee's.
fn once_a_day(amounts: &mut Vec<Amount>) {
    let mut order: Vec<_> = amounts.iter().map(|one| (one.fen, one.day)).zip(0_u32..).collect();
    order.sort_unstable();
    let mut is_kept = vec![true; amounts.len()];
    for pair in order.windows(2) {
        let [(first, _), (next, place)] = pair else { continue };
        if let Some(is_kept) = is_kept.get_mut(*place as usize) {
            *is_kept = first != next;
        }
    }
    let mut is_kept = is_kept.into_iter();
    amounts.retain(|_| is_kept.next().unwrap_or(true));
}

/// Day wages and unit prices that are looked for are multiples of this, in fen.
const STEP: i64 = 500;
/// The least of them, in steps: 50 yuan.
const LEAST: usize = 10;
/// How many are looked for: up to 300 yuan.
const WAGES: usize = 51;
/// The wage of a place, in fen.
fn fen_of(place: usize) -> i64 {
    i64::try_from(LEAST + place).unwrap_or(0) * STEP
}

/// The most days of one payment.
const DAYS: usize = 31;
/// A wage is local if so many multiples of it, or more, would be rarer than this in the rest of the county.
const LOCAL: f64 = 1e-6;

/// For each number of steps, one bit for each wage of which it is a whole number of days.
fn multiples() -> Vec<u64> {
    let most = (LEAST + WAGES - 1) * DAYS;
    let is_multiple =
        |steps: usize, wage: usize| steps.is_multiple_of(wage) && steps / wage <= DAYS;
    let bits = |steps: usize| {
        let bit = |place: usize| u64::from(is_multiple(steps, LEAST + place)) << place;
        (0..WAGES).map(bit).sum()
    };
    (0..=most).map(bits).collect()
}

/// The wages of which an amount is a whole number of days; none if no wage could make it up.
fn wages_of(fen: i64, multiples: &[u64]) -> Option<u64> {
    let steps = usize::try_from(fen / STEP).ok().filter(|_| fen % STEP == 0)?;
    multiples.get(steps).copied()
}

/// How many amounts are multiples of each wage that is looked for.
#[derive(Debug)]
struct Wages {
    hits: [u64; WAGES],
    amounts: u64,
}

impl Default for Wages {
    fn default() -> Self {
        Self { hits: [0; WAGES], amounts: 0 }
    }
}

impl Wages {
    fn of(amounts: &[Amount], multiples: &[u64]) -> Self {
        let mut wages = Self::default();
        for mut bits in amounts.iter().filter_map(|one| wages_of(one.fen, multiples)) {
            wages.amounts += 1;
            while bits != 0 {
                if let Some(hits) = wages.hits.get_mut(bits.trailing_zeros() as usize) {
                    *hits += 1;
                }
                bits &= bits - 1;
            }
        }
        wages
    }

    fn add(&mut self, other: &Self) {
        self.amounts += other.amounts;
        for (sum, hits) in self.hits.iter_mut().zip(&other.hits) {
            *sum += hits;
        }
    }

    /// The place of the wage whose multiples are far more frequent here than in the other villages, if
    /// there is one.
    #[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^53")]
    fn local(&self, county: &Self) -> Option<usize> {
        let others = (county.amounts - self.amounts) as f64;
        let surprising = |(place, (own, all)): (usize, (&u64, &u64))| {
            let share = ((all - own) as f64 + 1.0) / (others + float(LEAST));
            let p = binomial_upper(*own, self.amounts, share.min(1.0));
            (p < LOCAL).then_some((p, Reverse(*own), place))
        };
        let found = self.hits.iter().zip(&county.hits).enumerate().filter_map(surprising);
        found.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))).map(|(.., place)| place)
    }
}

/// Leaves one amount of each number of days of a wage; all of them where a third or more are one amount,
/// which then is no wage but one sum that recurs.
fn once_each(amounts: &mut Vec<Amount>, wage: usize, multiples: &[u64]) {
    let multiple = |fen: i64| {
        let is_multiple = wages_of(fen, multiples).is_some_and(|bits| bits >> wage & 1 == 1);
        usize::try_from(fen / STEP).ok().filter(|_| is_multiple)
    };
    let mut counts = vec![0_usize; multiples.len()];
    for steps in amounts.iter().filter_map(|one| multiple(one.fen)) {
        if let Some(count) = counts.get_mut(steps) {
            *count += 1;
        }
    }
    if counts.iter().max().is_some_and(|most| most * 3 >= counts.iter().sum()) {
        return;
    }
    amounts.retain(|one| {
        let count = multiple(one.fen).and_then(|steps| counts.get_mut(steps));
        count.is_none_or(|count| std::mem::take(count) > 0)
    });
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::{Amount, is_chosen, of_prices, of_villages};
    use crate::ledger::book::Book;
    use crate::ledger::sample;

    fn prices(book: &Book, is_wage: bool) -> Vec<Vec<Amount>> {
        of_prices(book, |one| is_chosen(one, 10.0), |_| is_wage)
    }

    #[test]
    fn standing_amounts_count_once_and_set_ones_never() {
        let ledger = "payee,account,amount,fixed_standard\n\
            a,513,25,\na,513,25,\nb,513,25,\nb,212,30,\nb,241,30,\nb,513,30,true\nb,513,9.99,\n\
            ,513,40,\n,513,40,\n";
        let book = sample::book(&[("ledger", ledger)]);
        let fen = |villages: Vec<Vec<Amount>>| villages[0].iter().map(|one| one.fen).collect();
        let found: Vec<i64> = fen(of_villages(&book, |one| is_chosen(one, 10.0)));
        assert_eq!(found, [2_500, 2_500, 4_000, 4_000]);
        let of_one_day: Vec<i64> = fen(prices(&book, false));
        assert_eq!(of_one_day, [2_500, 4_000]);
    }

    #[test]
    fn a_day_wage_of_one_village_is_one_price() {
        let mut ledger = String::from("village,payee,date,amount\n");
        for worker in 0..60 {
            let date = format!("2024-{:02}-{:02}", 1 + worker / 28, 1 + worker % 28);
            writeln!(ledger, "990101101201,a{worker},{date},{}", 150 * (1 + worker % 12)).unwrap();
            writeln!(ledger, "990101101202,b{worker},{date},{}", 105 + worker * 40).unwrap();
        }
        let book = sample::book(&[("ledger", &ledger)]);
        let counts = |villages: Vec<Vec<_>>| villages.iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(counts(prices(&book, false)), [60, 60]);
        assert_eq!(counts(prices(&book, true)), [12, 60]);
    }
}
