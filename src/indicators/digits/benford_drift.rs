#![doc = include_str!("benford_drift.md")]

use std::ops::Range;

use jiff::civil::date;
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use statrs::function::gamma::checked_gamma_ur;

use super::amounts::{Amount, is_chosen, of_prices};
use super::county::{Cells, Expected, among_villages, binned, clustering, highest, raised, share};
use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, least_of, neg_log10, seen};
use crate::ledger::book::Book;
use crate::ledger::book::chart;
use crate::ledger::book::index::{IxVec, VillageIx};
use crate::ledger::contract::cell::Day;
use crate::ledger::subject::Grain;
use crate::params::{at_least, counted, params};
use crate::stats::digits::{DigitLaw, Digits};

pub(super) static INDICATOR: Indicator = Indicator::of::<BenfordDrift>(card! {
    "benford_drift",
    grain: Grain::Village,
    class: Class::Statistic,
    scheme: Scheme::InventedAmounts,
    scale: Scale::NegLog10P,
    requires: &[],
    basis: &[],
    simulated_schemes: &["late_invention"],
});

params! {
    struct BenfordDrift {
        window: usize = 100, counted,
            "fewest amounts on each side of a quarter end",
            "季末前后各段的最少金额个数";
        from: f64 = 10.0, at_least(0.0),
            "smallest amount counted, in yuan",
            "计入的最小金额（元）";
        prior: f64 = 100.0, at_least(0.0),
            "amounts of Benford's law added to each class and quarter of the county",
            "每季度每类支出混入的本福特定律金额个数";
    }
}

const DIGITS: Digits = Digits::First;
/// Each quarter has one cell for each class of expense.
const CELLS: usize = chart::Class::ALL.len();

fn bin(fen: i64) -> Option<usize> {
    DIGITS.of(fen).map(|digit| usize::from(digit - DIGITS.start()))
}

/// The first days of the quarters between the first and the last payment.
#[derive(Debug)]
struct Quarters(Vec<Day>);

impl Quarters {
    fn of(book: &Book) -> Self {
        let days = || book.payments.day.iter().copied();
        let (Some(first), Some(last)) = (days().min(), days().max()) else {
            return Self(Vec::new());
        };
        let starts = (first.year()..=last.year()).flat_map(|year| {
            let year = i16::try_from(year).unwrap_or(0);
            [1, 4, 7, 10].map(|month| Day::of(date(year, month, 1)))
        });
        Self(starts.collect())
    }

    /// The number of a day's quarter.
    fn place(&self, day: Day) -> usize {
        self.0.partition_point(|start| *start <= day).saturating_sub(1)
    }
}

/// What was found in a village.
#[derive(Debug, Clone)]
struct Found {
    p: f64,
    sample: usize,
    /// The first day after the change.
    change: Day,
    /// The digits that are more frequent after it.
    raised: Vec<usize>,
    /// The one that rose most.
    risen: Option<Risen>,
}

/// How often amounts before and after a change begin with a digit, and all amounts.
#[derive(Debug, Clone, Copy)]
struct Risen {
    bin: usize,
    before: [u64; 2],
    after: [u64; 2],
    /// In the county's other villages.
    others_before: f64,
    others_after: f64,
}

/// The amounts with this digit, and all amounts.
fn with_digit(counts: &[u64], bin: usize) -> [u64; 2] {
    [counts.get(bin).copied().unwrap_or(0), counts.iter().sum()]
}

impl Risen {
    /// The digit that stands highest above the share that it had, changed as in the other villages.
    fn of(sides: [Range<usize>; 2], own: &Cells, whole: &Cells, raised: &[usize]) -> Option<Self> {
        let [before, after] = sides.clone().map(|side| own.sums(side));
        let others = sides.map(|side| own.of_others(whole, side));
        let others_of = |bin: usize| -> Option<[f64; 2]> {
            let [before, after] = &others;
            Some([share(before, bin)?, share(after, bin)?])
        };
        let usual = |bin: usize| {
            let [others_before, others_after] = others_of(bin)?;
            Some((share(&before, bin)? + others_after - others_before).max(0.0))
        };
        let usual: Vec<f64> = (0..before.len()).map(usual).collect::<Option<_>>()?;
        let bin = highest(&after, &[&usual], raised)?;
        let [others_before, others_after] = others_of(bin)?;
        let (before, after) = (with_digit(&before, bin), with_digit(&after, bin));
        Some(Self { bin, before, after, others_before, others_after })
    }

    fn fact(self, change: Day) -> Fact {
        let ([before, of_before], [after, of_after]) = (self.before, self.after);
        fact!(
            "digit", ["amount", "date"],
            change: change, digit: self.bin + usize::from(DIGITS.start()), after: after, later: of_after,
            before: before, earlier: of_before,
            others: Value::Share(self.others_after), formerly: Value::Share(self.others_before),
        )
    }
}

impl BenfordDrift {
    /// Chi-square between two sides of a turn, of the digits less what is expected of each side; none if a side
    /// has too few amounts.
    fn change(
        &self,
        sides: [Range<usize>; 2],
        own: &Cells,
        expected: &Expected,
        shares: &[f64],
    ) -> Option<f64> {
        let [before, after] = sides.map(|side| (own.sums(side.clone()), expected.sums(side)));
        let size = |side: &(Vec<u64>, Vec<f64>)| side.0.iter().sum::<u64>();
        let (n, m) = (size(&before), size(&after));
        if n.min(m) < self.window.max(2) as u64 {
            return None;
        }
        let (n, m) = (float(n), float(m));
        let gaps = |(counts, expected): (Vec<u64>, Vec<f64>), size: f64| {
            let gaps = counts.into_iter().zip(expected);
            gaps.map(|(count, expected)| (float(count) - expected) / size).collect::<Vec<_>>()
        };
        let both = gaps(before, n).into_iter().zip(gaps(after, m)).zip(shares);
        let possible = both.filter(|(_, share)| **share > 0.0);
        let sum: f64 =
            possible.map(|((before, after), share)| (after - before).powi(2) / share).sum();
        Some(sum / (n.recip() + m.recip()))
    }

    fn found(
        &self,
        quarters: &Quarters,
        amounts: &[Amount],
        own: &Cells,
        whole: &Cells,
    ) -> Option<Found> {
        let cells = quarters.0.len() * CELLS;
        let benford = DigitLaw::benford(DIGITS);
        let expected = own.expected(whole, benford.shares(), self.prior);
        let shares = expected.shares();
        let turns = (1..quarters.0.len()).filter_map(|quarter| {
            let turn = quarter * CELLS;
            Some((self.change([0..turn, turn..cells], own, &expected, &shares)?, quarter))
        });
        let turns: Vec<(f64, usize)> = turns.collect();
        let (statistic, quarter) = *turns.iter().max_by(|a, b| a.0.total_cmp(&b.0))?;
        let counts = own.sums(0..cells);
        let effect = clustering(&binned(amounts, bin), &counts, &shares);
        let freedom = float(DIGITS.bins() - 1);
        let tail = checked_gamma_ur(freedom / 2.0, statistic / effect / 2.0).unwrap_or(1.0);
        let turn = quarter * CELLS;
        let (before, after) = (own.sums(0..turn), own.sums(turn..cells));
        let size = float(before.iter().sum::<u64>());
        let usual: Vec<f64> = before.iter().map(|count| float(*count) / size).collect();
        let raised = raised(&after, &[&usual]);
        Some(Found {
            p: least_of(tail, turns.len()),
            sample: amounts.len(),
            change: quarters.0.get(quarter).copied()?,
            risen: Risen::of([0..turn, turn..cells], own, whole, &raised),
            raised,
        })
    }
}

impl Measure for BenfordDrift {
    type Context = IxVec<VillageIx, Option<Found>>;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> Self::Context {
        let villages = of_prices(book, |one| is_chosen(one, self.from), |_| true);
        let quarters = Quarters::of(book);
        let (cells, bins) = (quarters.0.len() * CELLS, DIGITS.bins());
        let count = |amounts: &Vec<Amount>| {
            let mut own = Cells::new(cells, bins);
            for one in amounts {
                if let Some(bin) = bin(one.fen) {
                    own.count(quarters.place(one.day) * CELLS + one.class(), bin);
                }
            }
            own
        };
        let each: Vec<Cells> = villages.par_iter().map(count).collect();
        let context = Cells::total(&each, cells, bins);
        let pairs: Vec<_> = villages.iter().zip(&each).collect();
        let found: Vec<_> = pairs
            .par_iter()
            .map(|(amounts, own)| self.found(&quarters, amounts, own, &context))
            .collect();
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
        let Some(Found { p, sample, change, raised, risen }) = found else { return };
        out.put(group.number, neg_log10(*p), *sample, || {
            let is_behind = |one: &Seen| {
                let bin = bin(one.amount).filter(|_| is_chosen(one, self.from));
                one.day >= *change && bin.is_some_and(|bin| raised.contains(&bin))
            };
            seen(book, group.payments).filter(is_behind).map(|one| one.line)
        });
        out.tell(group.number, || risen.filter(|_| *p < 1.0).map(|risen| risen.fact(*change)));
    }
}
