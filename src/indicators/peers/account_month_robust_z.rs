#![doc = include_str!("account_month_robust_z.md")]

use std::collections::BTreeMap;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::convert::{float, row32};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact, usual};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::months::{Months, quantile_of_amounts};
use crate::indicators::seen::{Seen, least_of, neg_log10, seen};
use crate::ledger::book::Book;
use crate::ledger::book::chart::Chart;
use crate::ledger::book::index::{IxVec, PaymentIx, VillageIx};
use crate::ledger::contract::cell::Fen;
use crate::ledger::subject::Grain;
use crate::params::{counted, params, share, within};
use crate::stats::robust::{median, spread};

pub(super) static INDICATOR: Indicator = Indicator::of::<AccountMonthRobustZ>(card! {
    "account_month_robust_z",
    grain: Grain::Village,
    class: Class::Statistic,
    scheme: Scheme::UnusualSpending,
    scale: Scale::NegLog10P,
    requires: &[],
    basis: &[],
    simulated_schemes: &["shifted_costs", "year_end_rush"],
});

params! {
    struct AccountMonthRobustZ {
        cap: f64 = 0.75, share,
            "quantile of the account's payments above which a payment counts no more",
            "全县该科目付款的分位数，超出部分不计";
        months: usize = 6, counted,
            "fewest months with payments",
            "最少付款月数";
        villages: usize = 8, within(5..=1_000_000),
            "fewest villages per account",
            "每科目最少村数";
        tail: f64 = 0.01, share,
            "share of highest values that set the tail",
            "用于外推的最高比例";
    }
}

/// What one village paid from one account in one month.
#[derive(Debug, Clone, Copy)]
struct Cell {
    series: u16,
    month: u32,
    village: VillageIx,
    /// In this month; later the village's usual number in a month.
    payments: u32,
    /// The logarithm of the money; later what is left of it, in robust standard deviations.
    level: f64,
}

/// The least usual cell of a village.
#[derive(Debug, Clone, Copy)]
pub(super) struct Least {
    cell: Cell,
    cells: usize,
}

/// What is computed once for a county.
#[derive(Debug)]
pub(super) struct MonthlySpending {
    months: Months,
    tail: Tail,
    villages: IxVec<VillageIx, Option<Least>>,
}

fn series(book: &Book, one: Seen) -> u16 {
    book.series()[one.payment]
}

/// The cells of one village, by account and month.
fn cells(
    book: &Book,
    (months, most): (&Months, &[(u16, i64)]),
    village: VillageIx,
    payments: &[PaymentIx],
) -> Vec<Cell> {
    let mut cells = Vec::new();
    for (month, payments) in (0..).zip(months.split(book, payments)) {
        let paid = seen(book, payments).filter(|one| one.is_undecided(book));
        let mut paid: Vec<(u16, i64)> = paid.map(|one| (series(book, one), one.amount)).collect();
        paid.sort_unstable();
        for of_account in paid.chunk_by(|a, b| a.0 == b.0) {
            let payments = row32(of_account.len());
            let series = of_account.first().map_or(0, |(series, _)| *series);
            let place = most.binary_search_by_key(&series, |(series, _)| *series);
            let most = place.ok().and_then(|place| most.get(place)).map_or(i64::MAX, |most| most.1);
            let fen = of_account.iter().map(|(_, amount)| *amount.min(&most)).sum::<i64>();
            cells.push(Cell { series, month, village, payments, level: ln(fen) });
        }
    }
    cells.sort_by_key(|cell| cell.series);
    cells
}

#[expect(clippy::cast_precision_loss, reason = "sums of money are below 2^53 fen")]
fn ln(fen: i64) -> f64 {
    (fen as f64).ln()
}

/// Rounds of taking out the medians; more change the third digit at most.
const ROUNDS: usize = 3;

/// Takes the villages' and the months' medians from the levels of one account (Tukey's median polish).
fn polish(cells: &mut [Cell]) {
    for _ in 0..ROUNDS {
        for key in [|cell: &Cell| cell.village.into(), |cell: &Cell| cell.month as usize] {
            cells.sort_by_key(key);
            for group in cells.chunk_by_mut(|a, b| key(a) == key(b)) {
                let levels: Vec<f64> = group.iter().map(|cell| cell.level).collect();
                let usual = median(&levels).unwrap_or(0.0);
                for cell in group {
                    cell.level -= usual;
                }
            }
        }
    }
}

/// The middle number of payments of a village's months from one account.
fn usual_payments(cells: &[Cell]) -> u32 {
    let mut payments: Vec<u32> = cells.iter().map(|cell| cell.payments).collect();
    let middle = payments.len() / 2;
    if payments.is_empty() { 0 } else { *payments.select_nth_unstable(middle).1 }
}

/// Villages with about as many payments in a month vary alike: 1, 2, 3, 4 to 5, 6 to 7, 8 to 11, ...
fn size(payments: u32) -> u32 {
    let log = payments.max(1).ilog2();
    2 * log + (payments >> log.saturating_sub(1) & 1)
}

/// Fewer cells than this show no spread of their own.
const ENOUGH_CELLS: usize = 30;

/// Divides what is left by the spread of the account in villages of about as many payments a month.
fn standardise(cells: &mut [Cell]) {
    let levels = |cells: &[Cell]| cells.iter().map(|cell| cell.level).collect::<Vec<f64>>();
    let of = |cells: &[Cell]| spread(&levels(cells), 0.0).filter(|spread| *spread > 1e-9);
    let whole = of(cells).unwrap_or(f64::INFINITY);
    cells.sort_by_key(|cell| size(cell.payments));
    for group in cells.chunk_by_mut(|a, b| size(a.payments) == size(b.payments)) {
        let own = of(group).filter(|_| group.len() >= ENOUGH_CELLS).unwrap_or(whole);
        for cell in group {
            cell.level /= own;
        }
    }
}

/// The upper tail of what is left, in all villages and accounts: as counted, and beyond a high level an
/// exponential law with the mean excess of the cells above it. Levels are logarithms: money itself
/// follows a Pareto law there.
#[derive(Debug)]
struct Tail {
    /// From the largest down.
    levels: Vec<f64>,
    /// The place of the level from which the law takes over.
    anchor: usize,
    /// The mean of the levels before it over it.
    excess: f64,
}

/// The law rests on so many levels at least.
const FEWEST_IN_TAIL: f64 = 10.0;

impl Tail {
    fn of(mut levels: Vec<f64>, share: f64) -> Self {
        levels.sort_unstable_by(|a, b| b.total_cmp(a));
        let wish = (share * float(levels.len())).max(FEWEST_IN_TAIL);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a length"
        )]
        let anchor = (wish as usize).min(levels.len() / 4);
        let from = levels.get(anchor).copied().unwrap_or(0.0);
        let excess: f64 = levels.iter().take(anchor).map(|level| level - from).sum();
        Self { levels, anchor, excess: excess / float(anchor) }
    }

    /// The chance of a cell that stands at least so high.
    fn upper(&self, level: f64) -> f64 {
        let all = float(self.levels.len());
        let from = self.levels.get(self.anchor).copied().unwrap_or(0.0);
        if level <= from || self.anchor == 0 {
            return float(self.levels.partition_point(|other| *other >= level)) / all;
        }
        float(self.anchor) / all * (-(level - from) / self.excess).exp()
    }
}

impl AccountMonthRobustZ {
    /// Every account of the county with the most that one of its payments counts.
    fn most(&self, book: &Book) -> Vec<(u16, i64)> {
        let mut by_account: BTreeMap<u16, Vec<i64>> = BTreeMap::new();
        for group in book.by_village().groups() {
            for one in seen(book, group).filter(|one| one.is_undecided(book)) {
                by_account.entry(series(book, one)).or_default().push(one.amount);
            }
        }
        let most = |(account, amounts)| (account, quantile_of_amounts(amounts, self.cap));
        by_account.into_iter().map(most).collect()
    }

    /// The cells of one account in the county, in robust standard deviations; none where too few villages
    /// use it.
    fn unusual(&self, mut cells: Vec<Cell>) -> Vec<Cell> {
        cells.sort_by_key(|cell| cell.village);
        let by_village = || cells.chunk_by(|a, b| a.village == b.village);
        let often = by_village().filter(|own| own.len() >= self.months);
        let villages = often.clone().count();
        let usual = |own: &[Cell]| {
            let payments = usual_payments(own);
            own.iter().map(|cell| Cell { payments, ..*cell }).collect::<Vec<_>>()
        };
        let mut cells: Vec<Cell> = often.flat_map(usual).collect();
        if villages < self.villages {
            return Vec::new();
        }
        polish(&mut cells);
        standardise(&mut cells);
        cells
    }
}

/// What a village paid from the account of its highest cell in that month, beside its other months.
fn beside(book: &Book, months: &Months, payments: &[PaymentIx], cell: Cell) -> Option<Fact> {
    let own = |payments: &[PaymentIx]| -> Vec<Seen> {
        let own = seen(book, payments);
        own.filter(|one| one.is_undecided(book) && series(book, *one) == cell.series).collect()
    };
    let by_month: Vec<Vec<Seen>> = months.split(book, payments).map(own).collect();
    let sum = |month: &Vec<Seen>| month.iter().map(|one| one.amount).sum::<i64>();
    let place = cell.month as usize;
    let highest = by_month.get(place)?;
    let others = by_month.iter().enumerate().filter(|(other, _)| *other != place);
    let others: Vec<i64> = others.map(|(_, month)| sum(month)).filter(|sum| *sum > 0).collect();
    let account = book.payments.account[highest.first()?.payment];
    Some(fact!(
        "month", ["date", "account", "amount"],
        month: Value::Month(months.first_day(place)?), account: Chart::root(book.names.get(account)),
        payments: highest.len(), amount: Fen(sum(highest)), months: others.len(), usual: usual(others)?,
    ))
}

impl Measure for AccountMonthRobustZ {
    type Context = MonthlySpending;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> MonthlySpending {
        let months = Months::of(book);
        let most = self.most(book);
        let by_village = book
            .by_village()
            .par_map(|village, payments| cells(book, (&months, &most), village, payments));
        let of_account = |account: u16| -> Vec<Cell> {
            let own = |cells: &Vec<Cell>| {
                let from = cells.partition_point(|cell| cell.series < account);
                let to = cells.partition_point(|cell| cell.series <= account);
                cells.get(from..to).unwrap_or(&[]).to_vec()
            };
            by_village.iter().flat_map(own).collect()
        };
        let found: Vec<Vec<Cell>> =
            most.par_iter().map(|(account, _)| self.unusual(of_account(*account))).collect();
        let tail = Tail::of(found.iter().flatten().map(|cell| cell.level).collect(), self.tail);
        let mut villages: IxVec<VillageIx, Option<Least>> = IxVec::of(None, book.villages.len());
        for cell in found.into_iter().flatten() {
            let least = &mut villages[cell.village];
            let cells = least.map_or(0, |least| least.cells) + 1;
            let higher = least.map(|least| least.cell).filter(|old| old.level >= cell.level);
            *least = Some(Least { cell: higher.unwrap_or(cell), cells });
        }
        MonthlySpending { months, tail, villages }
    }

    fn measure(
        &self,
        book: &Book,
        county: &MonthlySpending,
        group: Group<'_, VillageIx>,
        out: &mut Out,
    ) {
        let least = county.villages[group.number];
        let Some(Least { cell, cells }) = least else { return };
        let p = least_of(county.tail.upper(cell.level), cells);
        out.put(group.number, neg_log10(p), cells, || {
            let months = &county.months;
            let of_month = months.split(book, group.payments).nth(cell.month as usize);
            let own = seen(book, of_month.unwrap_or(&[]))
                .filter(|one| one.is_undecided(book) && series(book, *one) == cell.series);
            own.map(|one| one.line).collect::<Vec<_>>()
        });
        out.tell(group.number, || beside(book, &county.months, group.payments, cell));
    }
}

#[cfg(test)]
mod tests {
    use super::{Tail, size};

    #[test]
    fn the_tail_is_counted_and_then_continued() {
        let levels: Vec<f64> = (1..=1_000).map(|rank| (1_000.0 / f64::from(rank)).ln()).collect();
        let tail = Tail::of(levels.clone(), 0.05);
        assert!((tail.upper(levels[499]) - 0.5).abs() < 1e-9);
        // The levels follow the law P(x) = exp(-x), which goes on beyond the largest.
        let beyond = tail.upper(9.2) / 1e-4;
        assert!((0.5..2.0).contains(&beyond), "{beyond}");
    }

    #[test]
    fn sizes_double_in_two_steps() {
        let sizes: Vec<u32> = [1, 2, 3, 4, 5, 6, 7, 8, 12].map(size).to_vec();
        assert_eq!(sizes, [1, 2, 3, 4, 4, 5, 5, 6, 7]);
    }
}
