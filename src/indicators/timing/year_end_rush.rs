#![doc = include_str!("year_end_rush.md")]

use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact, usual};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::months::{Months, quantile_of_amounts, yuan_up_to};
use crate::indicators::seen::{Seen, neg_log10, seen};
use crate::indicators::unusual::{Unusual, centre_columns, most_unusual};
use crate::ledger::book::Book;
use crate::ledger::book::chart;
use crate::ledger::book::index::{IxVec, PaymentIx, VillageIx};
use crate::ledger::contract::cell::Fen;
use crate::ledger::subject::Grain;
use crate::params::{at_least, counted, params, share, within};
use crate::stats::robust::median;

pub(super) static INDICATOR: Indicator = Indicator::of::<YearEndRush>(card! {
    "year_end_rush",
    grain: Grain::Village,
    class: Class::Statistic,
    scheme: Scheme::UnusualSpending,
    scale: Scale::NegLog10P,
    requires: &[],
    basis: &[],
    simulated_schemes: &["year_end_rush"],
});

params! {
    struct YearEndRush {
        month: i32 = 12, within(1..=12),
            "month looked at",
            "考察的月份";
        after: f64 = 0.25, within(0.0..=1.0),
            "weight of the month after it",
            "次月的权重";
        cap: f64 = 0.75, share,
            "quantile of the county's payments where amounts are cut",
            "全县付款的截断分位数";
        prior: f64 = 3.0, at_least(0.0),
            "weight of the county's level, in years",
            "全县水平的权重（折合年数）";
        minimum: usize = 5, counted,
            "fewest payments in the month",
            "当月的最少付款笔数";
        months: usize = 6, within(1..=11),
            "fewest of the eleven months before with payments",
            "此前十一个月中最少有付款的月数";
        villages: usize = 8, within(5..=1_000_000),
            "fewest other villages for a year",
            "每一年度最少的其他村数";
    }
}

/// What a village spent in a month.
#[derive(Debug, Clone, Copy, Default)]
struct Spent {
    yuan: f64,
    payments: usize,
}

/// What is computed once for a county.
#[derive(Debug)]
pub(super) struct YearEnds {
    months: Months,
    /// The last month of each year that is looked at.
    lasts: Vec<usize>,
    /// What each village spent in each month.
    spent: IxVec<VillageIx, Vec<Spent>>,
    /// The least usual of each village's years.
    rushes: IxVec<VillageIx, Option<Unusual>>,
}

/// Consumption that somebody chose: what can be put off or brought forward.
fn counts(book: &Book, one: &Seen) -> bool {
    one.class == chart::Class::NonProduction && one.is_undecided(book)
}

impl YearEndRush {
    /// How far the last month of a year stands above the months before and the one after, in logarithms.
    fn height(&self, spent: &[Spent], last: usize) -> Option<f64> {
        let own = spent.get(last).filter(|own| own.payments >= self.minimum.max(1))?;
        let before = spent.get(last.saturating_sub(11)..last)?;
        let known = before.iter().filter(|month| month.payments > 0);
        let known: Vec<f64> = known.map(|month| month.yuan.ln()).collect();
        let usual = median(&known).filter(|_| known.len() >= self.months.max(1))?;
        let after = spent.get(last + 1).filter(|after| after.payments > 0);
        let usual =
            after.map_or(usual, |after| (1.0 - self.after) * usual + self.after * after.yuan.ln());
        Some(own.yuan.ln() - usual)
    }

    /// What is left of each year's height when the county's and the village's own other years are taken
    /// out; the latter are drawn by `prior` years towards the county.
    fn own(&self, heights: &[Option<f64>]) -> Vec<Option<f64>> {
        let known: Vec<f64> = heights.iter().flatten().copied().collect();
        let others = float(known.len().saturating_sub(1)) + self.prior;
        let sum: f64 = known.iter().sum();
        let rest =
            |height: f64| if others > 0.0 { height - (sum - height) / others } else { height };
        heights.iter().map(|height| height.map(rest)).collect()
    }
}

/// What a village spent in a month, beside the eleven before it and the same month of other years.
fn beside(book: &Book, county: &YearEnds, payments: &[PaymentIx], month: usize) -> Option<Fact> {
    let of_month = |payments: &[PaymentIx]| -> Vec<i64> {
        seen(book, payments).filter(|one| counts(book, one)).map(|one| one.amount).collect()
    };
    let spent: Vec<Vec<i64>> = county.months.split(book, payments).map(of_month).collect();
    let sum = |month: &Vec<i64>| month.iter().sum::<i64>();
    let with_payments = |month: &&Vec<i64>| !month.is_empty();
    let before = spent.get(month.saturating_sub(11)..month)?.iter().filter(with_payments);
    let others = county.lasts.iter().filter(|other| **other != month);
    let others = others.filter_map(|other| spent.get(*other)).filter(with_payments);
    let own = spent.get(month)?;
    let fact = fact!(
        "rush", ["date", "amount", "account"],
        month: Value::Month(county.months.first_day(month)?), payments: own.len(), amount: Fen(sum(own)),
        months: before.clone().count(), usual: usual(before.map(sum))?,
    );
    let years = others.clone().count();
    let Some(other_years) = usual(others.map(sum)) else { return Some(fact) };
    let mut cells = fact.cells;
    cells.extend([("years", years.into()), ("yearly", other_years.into())]);
    Some(Fact { sentence: "rush_years", cells, ..fact })
}

impl Measure for YearEndRush {
    type Context = YearEnds;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> YearEnds {
        let months = Months::of(book);
        let all = book.by_village().groups().flat_map(|payments| seen(book, payments));
        let amounts = all.filter(|one| counts(book, one)).map(|one| one.amount);
        let most = quantile_of_amounts(amounts.collect(), self.cap);
        let spent: IxVec<VillageIx, Vec<Spent>> = book.by_village().par_map(|_, payments| {
            let of_month = |payments| Spent {
                yuan: yuan_up_to(most, seen(book, payments).filter(|one| counts(book, one))),
                payments: seen(book, payments).filter(|one| counts(book, one)).count(),
            };
            months.split(book, payments).map(of_month).collect()
        });
        let lasts: Vec<usize> =
            months.years().filter_map(|year| months.place(year, self.month)).collect();
        let heights = |spent: &Vec<Spent>| {
            lasts.iter().map(|last| self.height(spent, *last)).collect::<Vec<_>>()
        };
        let mut rows: Vec<Vec<Option<f64>>> = spent.iter().map(heights).collect();
        centre_columns(&mut rows, self.villages);
        let rows: Vec<Vec<Option<f64>>> = rows.iter().map(|row| self.own(row)).collect();
        let rushes = most_unusual(&rows, self.villages).into();
        YearEnds { months, lasts, spent, rushes }
    }

    fn measure(&self, book: &Book, county: &YearEnds, group: Group<'_, VillageIx>, out: &mut Out) {
        let rush = county.rushes[group.number];
        let month = rush.and_then(|rush| county.lasts.get(rush.column));
        let Some((rush, month)) = rush.zip(month) else { return };
        let spent = county.spent[group.number].get(*month);
        let payments = spent.map_or(0, |spent| spent.payments);
        out.put(group.number, neg_log10(rush.p), payments, || {
            let of_month = county.months.split(book, group.payments).nth(*month).unwrap_or(&[]);
            seen(book, of_month)
                .filter(|one| counts(book, one))
                .map(|one| one.line)
                .collect::<Vec<_>>()
        });
        out.tell(group.number, || beside(book, county, group.payments, *month));
    }
}
