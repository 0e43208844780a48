#![doc = include_str!("round_number_excess.md")]

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use super::amounts::{Amount, is_chosen, of_prices};
use super::county::{Cells, among_villages};
use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, neg_log10, per_township, seen, townships};
use crate::ledger::book::Book;
use crate::ledger::book::chart;
use crate::ledger::book::index::{IxVec, VillageIx};
use crate::ledger::contract::cell::{Cell, Fen};
use crate::ledger::subject::Grain;
use crate::params::{at_least, counted, params};
use crate::stats::pooled::Rates;
use crate::stats::tail::inflation;

pub(super) static INDICATOR: Indicator = Indicator::of::<RoundNumberExcess>(card! {
    "round_number_excess",
    grain: Grain::Village,
    class: Class::Statistic,
    scheme: Scheme::InventedAmounts,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee"],
    basis: &[],
    simulated_schemes: &["round_sums"],
});

params! {
    struct RoundNumberExcess {
        minimum: usize = 50, counted,
            "fewest amounts for a value",
            "有指标值的最少金额个数";
        from: f64 = 200.0, at_least(0.0),
            "smallest amount counted, in yuan",
            "计入的最小金额（元）";
        prior: f64 = 20.0, at_least(0.0),
            "round sums that draw a township towards the county",
            "使乡镇向全县靠拢的整数金额个数";
    }
}

/// An amount is round if it is a whole number of hundreds of yuan, from 10,000 yuan on of thousands.
fn is_round(fen: i64) -> bool {
    fen % if fen < 1_000_000 { 10_000 } else { 100_000 } == 0
}

/// Wages in whole or half hundreds are not told from round sums.
fn is_odd_wage(fen: i64) -> bool {
    fen % 10_000 != 0 && 10_000 % fen != 0
}

/// Amounts alike: of one class, and of one order of magnitude.
const CELLS: usize = chart::Class::ALL.len() * ORDERS;
const ORDERS: usize = 10;

fn cell(one: Amount) -> usize {
    let order = one.fen.checked_ilog10().map_or(0, |order| order as usize);
    one.class() * ORDERS + order.min(ORDERS - 1)
}

/// Round sums of a village, those expected of it, and all amounts.
#[derive(Debug, Clone, Copy)]
struct Tally {
    round: u64,
    expected: f64,
    sample: u64,
    /// Round sums and all amounts of the other villages of the county, and of the township.
    of_county: [u64; 2],
    of_township: [u64; 2],
}

/// What others have, of round sums and of all amounts.
fn share([round, all]: [u64; 2]) -> Option<Value> {
    (all > 0).then(|| Value::Share(float(round) / float(all)))
}

impl RoundNumberExcess {
    /// Amounts that the parties agreed upon in writing are left out.
    fn counts(&self, book: &Book, one: &Seen) -> bool {
        let contract = book.lines.contract.at(one.line);
        is_chosen(one, self.from) && contract.some().is_none()
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "the settings are far below what a number of fen can hold"
    )]
    fn fact(&self, tally: Tally) -> Option<Fact> {
        let mut fact = fact!(
            "county", ["amount"],
            round: tally.round, of: tally.sample, share: share([tally.round, tally.sample])?, from: Fen((self.from * 100.0) as i64), county: share(tally.of_county)?,
        );
        if let Some(township) = share(tally.of_township) {
            fact.sentence = "township";
            fact.cells.push(("township", township));
        }
        (float(tally.round) > tally.expected).then_some(fact)
    }

    fn is_tested(&self, tally: &Tally) -> bool {
        tally.sample >= self.minimum.max(1) as u64
    }

    /// Makes what is expected of each village as much larger or smaller as the rest of its township shows.
    fn by_township(&self, book: &Book, tallies: &mut [Tally]) {
        let townships = townships(book);
        let mut sums: Vec<(u64, f64, u64)> = per_township(&townships);
        for (tally, township) in tallies.iter().zip(&townships) {
            if let Some((round, expected, all)) = sums.get_mut(*township) {
                *round += tally.round;
                *expected += tally.expected;
                *all += tally.sample;
            }
        }
        for (tally, township) in tallies.iter_mut().zip(&townships) {
            let Some((round, expected, all)) = sums.get(*township) else { continue };
            tally.of_township = [round - tally.round, all - tally.sample];
            let of_others = float(round - tally.round) + self.prior;
            let expected_of_others = expected - tally.expected + self.prior;
            if expected_of_others > 0.0 {
                tally.expected *= of_others / expected_of_others;
            }
        }
    }
}

/// The round sums among some amounts.
fn count(amounts: &[Amount]) -> Cells {
    let mut cells = Cells::new(CELLS, 2);
    for one in amounts {
        cells.count(cell(*one), usize::from(is_round(one.fen)));
    }
    cells
}

impl Measure for RoundNumberExcess {
    /// The tally of each village, and how surprising it is.
    type Context = IxVec<VillageIx, Option<(Tally, f64)>>;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> Self::Context {
        let villages = of_prices(book, |one| self.counts(book, one), is_odd_wage);
        let each: Vec<Cells> = villages.par_iter().map(|amounts| count(amounts)).collect();
        let whole = Cells::total(&each, CELLS, 2);
        let all = whole.sums(0..CELLS);
        let total = float(all.iter().sum::<u64>()).max(1.0);
        let law: Vec<f64> = all.iter().map(|count| float(*count) / total).collect();
        let tally = |own: &Cells| {
            let (counts, others) = (own.sums(0..CELLS), own.of_others(&whole, 0..CELLS));
            // One amount of the county's keeps a cell that the others lack from being impossible.
            let expected = own.expected(&whole, &law, 1.0).sums(0..CELLS);
            Tally {
                round: counts.last().copied().unwrap_or(0),
                expected: expected.last().copied().unwrap_or(0.0),
                sample: counts.iter().sum(),
                of_county: [others.last().copied().unwrap_or(0), others.iter().sum()],
                of_township: [0, 0],
            }
        };
        let mut tallies: Vec<Tally> = each.par_iter().map(tally).collect();
        self.by_township(book, &mut tallies);
        let tested = tallies.into_iter().map(|tally| self.is_tested(&tally).then_some(tally));
        let tested: Vec<Option<Tally>> = tested.collect();
        let counts: Vec<_> = tested.iter().flatten().map(|one| (one.round, one.expected)).collect();
        let rates = Rates::fit(&counts);
        let p = |tally: &Option<Tally>| tally.map(|one| rates.upper(one.round, one.expected));
        let p: Vec<Option<f64>> = tested.par_iter().map(p).collect();
        let neg_log10_p: Vec<Option<f64>> =
            among_villages(&p).into_iter().map(|p| p.map(neg_log10)).collect();
        let habit = inflation(&neg_log10_p.iter().flatten().copied().collect::<Vec<_>>(), 0.02);
        let told = neg_log10_p.into_iter().map(|neg_log10| neg_log10.map(|value| value / habit));
        tested.into_iter().zip(told).map(|(tally, value)| tally.zip(value)).collect()
    }

    fn measure(
        &self,
        book: &Book,
        context: &Self::Context,
        group: Group<'_, VillageIx>,
        out: &mut Out,
    ) {
        let found = context[group.number].as_ref();
        let Some((tally, value)) = found else { return };
        let sample = usize::try_from(tally.sample).unwrap_or(usize::MAX);
        out.put(group.number, *value, sample, || {
            let counts = |one: &Seen| self.counts(book, one) && is_round(one.amount);
            seen(book, group.payments).filter(counts).map(|one| one.line)
        });
        out.tell(group.number, || self.fact(*tally).filter(|_| *value > 0.0));
    }
}
