#![doc = include_str!("second_order.md")]

use rand::SeedableRng;
use rand::seq::index::sample;
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::amounts::{Amount, is_chosen, of_prices};
use super::county::{among_villages, highest, raised, share};
use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Receiver, Seen, neg_log10, seen};
use crate::ledger::book::Book;
use crate::ledger::book::chart;
use crate::ledger::book::index::{IxVec, VillageIx};
use crate::ledger::contract::cell::Fen;
use crate::ledger::subject::Grain;
use crate::params::{any, at_least, counted, params};
use crate::stats::conformity::chi_square;
use crate::stats::digits::{DigitLaw, Digits};
use crate::stats::null::NullLaw;

pub(super) static INDICATOR: Indicator = Indicator::of::<SecondOrder>(card! {
    "second_order",
    grain: Grain::Village,
    class: Class::Statistic,
    scheme: Scheme::InventedAmounts,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee"],
    basis: &[],
    simulated_schemes: &["stepped_amounts"],
});

params! {
    struct SecondOrder {
        minimum: usize = 100, counted,
            "fewest steps for a value",
            "有指标值的最少差额个数";
        from: f64 = 10.0, at_least(0.0),
            "smallest amount counted, in yuan",
            "计入的最小金额（元）";
        prior: f64 = 4000.0, at_least(0.0),
            "steps of Benford's law added to the random lists",
            "随机清单混入的本福特定律差额个数";
        seed: u64 = 1, any,
            "seed of the lists",
            "随机清单的种子";
    }
}

const DIGITS: Digits = Digits::FirstTwo;
const CLASSES: usize = chart::Class::ALL.len();
/// Amounts that are drawn to learn the steps of a list of one length.
const DRAWN: usize = 6_000;

/// The amounts of one class, in rising order, with their payees.
type List = Vec<(i64, Receiver)>;

fn lists(amounts: &[Amount]) -> Vec<List> {
    let mut lists = vec![List::new(); CLASSES];
    for one in amounts {
        if let Some(list) = lists.get_mut(one.class()) {
            list.push((one.fen, one.payee));
        }
    }
    for list in &mut lists {
        list.sort_unstable();
    }
    lists
}

/// The steps between neighbours of different payees: the bin of each, and the amounts on both sides.
fn steps(list: &[(i64, Receiver)]) -> impl Iterator<Item = (usize, [i64; 2])> {
    list.windows(2).filter_map(|pair| {
        let [(low, a), (high, b)] = *pair else { return None };
        let is_step = high > low && (a != b || a == Receiver::Nobody);
        let digits = DIGITS.of(high - low).filter(|_| is_step)?;
        Some((usize::from(digits - DIGITS.start()), [low, high]))
    })
}

fn count(list: &[(i64, Receiver)]) -> Vec<u64> {
    let mut counts = vec![0; DIGITS.bins()];
    for (bin, _) in steps(list) {
        if let Some(count) = counts.get_mut(bin) {
            *count += 1;
        }
    }
    counts
}

/// The length that stands for a length: they are about 15 % apart.
fn rung(length: usize) -> usize {
    let next = |rung: &usize| Some((rung + 1).max(rung * 23 / 20));
    std::iter::successors(Some(1), next).take_while(|rung| *rung <= length).last().unwrap_or(0)
}

/// What was found in a village.
#[derive(Debug)]
struct Found {
    p: f64,
    sample: u64,
    /// Class and amounts on both sides of the steps that are too frequent, in rising order.
    sides: Vec<(usize, i64)>,
    frequent: Option<Frequent>,
}

/// The steps that are most above what is expected: how many, and the amounts on both sides of one of them.
#[derive(Debug)]
struct Frequent {
    bin: usize,
    count: u64,
    /// How many there would be at their share in the other villages.
    expected: f64,
    example: [i64; 2],
}

impl Frequent {
    fn of(
        lists: &[List],
        (counts, whole): (&[u64], &[u64]),
        laws: [&[f64]; 2],
        raised: &[usize],
    ) -> Option<Self> {
        let bin = highest(counts, &laws, raised)?;
        let others: Vec<u64> = whole.iter().zip(counts).map(|(all, own)| all - own).collect();
        let mut example = lists.iter().flat_map(|list| steps(list)).filter(|(own, _)| *own == bin);
        let (_, example) = example.next()?;
        let expected = float(counts.iter().sum::<u64>()) * share(&others, bin)?;
        Some(Self { bin, count: *counts.get(bin)?, expected, example })
    }

    fn fact(&self, sample: u64) -> Fact {
        let [low, high] = self.example;
        fact!(
            "steps", ["amount"],
            of: sample, count: self.count, digits: (self.bin + usize::from(DIGITS.start())).to_string(),
            county: Value::Number(self.expected), step: Fen(high - low), low: Fen(low), high: Fen(high),
        )
    }
}

/// The steps of lists that were drawn from the county, by class and length.
struct Drawn(Vec<((usize, usize), Vec<u64>)>);

impl Drawn {
    fn get(&self, class: usize, length: usize) -> Option<&[u64]> {
        let place = self.0.binary_search_by_key(&(class, rung(length)), |(key, _)| *key).ok()?;
        self.0.get(place).map(|(_, counts)| counts.as_slice())
    }
}

impl SecondOrder {
    /// Draws lists of every length that a village has, from the amounts of all.
    fn drawn(&self, villages: &[Vec<List>]) -> Drawn {
        let mut pools = vec![List::new(); CLASSES];
        let mut keys: Vec<(usize, usize)> = Vec::new();
        for lists in villages {
            for (class, (pool, list)) in pools.iter_mut().zip(lists).enumerate() {
                pool.extend(list);
                keys.push((class, rung(list.len())));
            }
        }
        keys.sort_unstable();
        keys.dedup();
        let drawn = |(class, length): (usize, usize)| {
            let own =
                (class as u64 * 1_000_003 + length as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let mut stream = Xoshiro256PlusPlus::seed_from_u64(self.seed ^ own);
            let mut sums = vec![0; DIGITS.bins()];
            let pool = pools.get(class).map_or(&[][..], Vec::as_slice);
            for _ in 0..DRAWN.div_ceil(length.max(1)).min(200) {
                let places = sample(&mut stream, pool.len(), length.min(pool.len()));
                let mut list: List =
                    places.iter().filter_map(|place| pool.get(place)).copied().collect();
                list.sort_unstable();
                for (sum, count) in sums.iter_mut().zip(count(&list)) {
                    *sum += count;
                }
            }
            ((class, length), sums)
        };
        Drawn(keys.into_par_iter().map(drawn).collect())
    }

    fn found(&self, lists: &[List], drawn: &Drawn, whole: &[u64]) -> Option<Found> {
        let law = DigitLaw::benford(DIGITS);
        let mut counts = vec![0; DIGITS.bins()];
        let mut expected = vec![0.0; DIGITS.bins()];
        for (class, list) in lists.iter().enumerate() {
            let own = count(list);
            let size = float(own.iter().sum::<u64>());
            let of_county = drawn.get(class, list.len()).unwrap_or(&[]);
            let of_county = DigitLaw::of_peers(DIGITS, of_county, self.prior);
            for (place, share) in of_county.shares().iter().enumerate() {
                let cells = counts.get_mut(place).zip(expected.get_mut(place)).zip(own.get(place));
                if let Some(((count, expected), own)) = cells {
                    *count += own;
                    *expected += size * share;
                }
            }
        }
        let sample = counts.iter().sum();
        if sample < self.minimum.max(1) as u64 {
            return None;
        }
        let shares: Vec<f64> = expected.iter().map(|steps| steps / float(sample)).collect();
        let p = NullLaw::of_moments(&shares).p(sample, chi_square(&counts, &shares));
        let raised = raised(&counts, &[&shares, law.shares()]);
        let of_class = |(class, list): (usize, &List)| {
            let frequent = steps(list).filter(|(bin, _)| raised.contains(bin));
            let sides = frequent.flat_map(|(_, sides)| sides);
            sides.map(|fen| (class, fen)).collect::<Vec<_>>()
        };
        let sides = lists.iter().enumerate().flat_map(of_class).collect();
        let frequent = Frequent::of(lists, (&counts, whole), [&shares, law.shares()], &raised);
        Some(Found { p, sample, sides, frequent })
    }
}

impl Measure for SecondOrder {
    type Context = IxVec<VillageIx, Option<Found>>;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> Self::Context {
        let villages = of_prices(book, |one| is_chosen(one, self.from), |_| true);
        let villages: Vec<Vec<List>> = villages.par_iter().map(|own| lists(own)).collect();
        let drawn = self.drawn(&villages);
        let mut whole = vec![0; DIGITS.bins()];
        for count in villages.iter().flatten().map(|list| count(list)) {
            whole.iter_mut().zip(count).for_each(|(sum, count)| *sum += count);
        }
        let found: Vec<_> =
            villages.par_iter().map(|lists| self.found(lists, &drawn, &whole)).collect();
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
        let Some(Found { p, sample: steps, sides, frequent }) = found else { return };
        let sample = usize::try_from(*steps).unwrap_or(usize::MAX);
        out.put(group.number, neg_log10(*p), sample, || {
            let is_side = |one: &Seen| {
                let key = (one.class as usize, one.amount);
                is_chosen(one, self.from) && sides.binary_search(&key).is_ok()
            };
            seen(book, group.payments).filter(is_side).map(|one| one.line)
        });
        let frequent = frequent.as_ref().filter(|_| *p < 1.0);
        out.tell(group.number, || frequent.map(|frequent| frequent.fact(*steps)));
    }
}

#[cfg(test)]
mod tests {
    use super::{Receiver, rung, steps};

    #[test]
    fn one_payees_ladder_of_prices_makes_no_steps() {
        let list = [(1_000, 1), (1_300, 1), (1_600, 2), (1_600, 3), (1_750, 3), (2_000, 4_usize)];
        let list = list.map(|(fen, payee)| (fen, Receiver::Payee(payee.into())));
        let found: Vec<_> = steps(&list).map(|(bin, _)| bin + 10).collect();
        assert_eq!(found, [30, 25]);
    }

    #[test]
    fn lengths_stand_near_each_other() {
        assert_eq!([0, 1, 2, 9].map(rung), [0, 1, 2, 9]);
        assert!((100..10_000).all(|length| length - rung(length) <= length * 3 / 20 + 1));
    }
}
