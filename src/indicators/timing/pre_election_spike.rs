#![doc = include_str!("pre_election_spike.md")]

use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::months::{quantile_of_amounts, yuan_up_to};
use crate::indicators::seen::{Seen, neg_log10, seen};
use crate::indicators::unusual::{Unusual, most_unusual};
use crate::ledger::book::Book;
use crate::ledger::book::chart;
use crate::ledger::book::index::{IxVec, PaymentIx, VillageIx};
use crate::ledger::contract::cell::{Day, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{above_zero, counted, params, share, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<PreElectionSpike>(card! {
    "pre_election_spike",
    grain: Grain::Village,
    class: Class::Statistic,
    scheme: Scheme::UnusualSpending,
    scale: Scale::NegLog10P,
    requires: &["calendar", "ledger.summary"],
    basis: &[],
    simulated_schemes: &["election_treats"],
});

/// Words of hospitality, gifts and welfare in a purpose.
const TREATS: [&str; 10] =
    ["招待", "接待", "餐", "宴", "烟", "酒", "礼品", "纪念品", "慰问", "福利"];

params! {
    struct PreElectionSpike {
        cap: f64 = 0.95, share,
            "quantile of such payments in the county where amounts are cut",
            "全县此类付款的截断分位数";
        prior: f64 = 2.0, above_zero,
            "weight of the ordinary days, in years",
            "平常日子的权重（折合年数）";
        minimum: usize = 10, counted,
            "fewest such payments of the village in all",
            "该村此类付款的最少总笔数";
        villages: usize = 8, within(5..=1_000_000),
            "fewest other villages for a window",
            "每一窗口最少的其他村数";
    }
}

/// What is computed once for a county.
#[derive(Debug)]
pub(super) struct ElectionWindows {
    /// For each payment whether it is one of those that are looked at.
    is_treat: IxVec<PaymentIx, bool>,
    windows: Vec<(Day, Day)>,
    /// The least usual of each village's windows.
    spikes: IxVec<VillageIx, Option<Unusual>>,
}

/// Hospitality, gifts, welfare and advances at free amounts, by the account or by the words, that no
/// recorded decision explains.
fn treats(book: &Book) -> IxVec<PaymentIx, bool> {
    let mut known: Vec<Option<bool>> = vec![None; book.names.len()];
    let mut is_told = |summary: Id| {
        let words = || TREATS.iter().any(|word| book.names.get(summary).contains(word));
        known.get_mut(summary.0 as usize).is_some_and(|known| *known.get_or_insert_with(words))
    };
    let is_treat = |(payment, series): (PaymentIx, &u16)| {
        let one = Seen::of(book, payment);
        let is_consumption = one.class == chart::Class::NonProduction;
        let is_advance = matches!(*series, 112 | 113);
        let counts = is_consumption && one.is_undecided(book);
        counts && (is_advance || is_told(book.lines.summary.at(one.line)))
    };
    book.series().iter_enumerated().map(is_treat).collect()
}

/// Those of some payments that are looked at.
fn only(is_treat: &IxVec<PaymentIx, bool>, payments: &[PaymentIx]) -> Vec<PaymentIx> {
    payments.iter().copied().filter(|payment| is_treat[*payment]).collect()
}

/// The payments of a village, in the order of days, from a day to another.
fn between<'a>(book: &Book, payments: &'a [PaymentIx], from: Day, to: Day) -> &'a [PaymentIx] {
    let day = |payment: &PaymentIx| book.payments.day[*payment];
    let start = payments.partition_point(|payment| day(payment) < from);
    let end = payments.partition_point(|payment| day(payment) <= to);
    payments.get(start..end).unwrap_or(&[])
}

/// A day so many years later.
fn years_later(day: Day, years: i16) -> Day {
    let span = jiff::Span::new().try_years(years);
    let date = span.ok().and_then(|span| day.date().checked_add(span).ok());
    date.map_or(day, Day::of)
}

/// The first and the last day on which a county paid anything.
fn span(book: &Book) -> Option<(Day, Day)> {
    let days = &book.payments.day;
    days.iter().min().copied().zip(days.iter().max().copied())
}

/// What was spent on treats in a window, beside the same days of other years, or else the ledger's other days.
fn beside(book: &Book, treats: &[PaymentIx], window: (Day, Day)) -> Option<Fact> {
    let sum = |(from, to): (Day, Day)| -> i64 {
        seen(book, between(book, treats, from, to)).map(|one| one.amount).sum()
    };
    let length = |(from, to): (Day, Day)| i64::from(to.0 - from.0 + 1);
    let (from, to) = window;
    let span = span(book)?;
    let others = PreElectionSpike::others(span, window);
    let payments = between(book, treats, from, to).len();
    let (amount, days) = (sum(window), to.0 - from.0 + 1);
    if others.is_empty() {
        let rest = (length(span) - length(window)).max(1);
        let usual = (sum(span) - amount) * length(window) / rest;
        return Some(fact!(
            "window", ["date", "amount", "summary"],
            from: from, to: to, days: days, payments: payments, amount: Fen(amount), usual: Fen(usual), rest: rest.unsigned_abs(),
        ));
    }
    let years = others.len();
    let usual = others.into_iter().map(sum).sum::<i64>() / i64::try_from(years).ok()?;
    Some(fact!(
        "years", ["date", "amount", "summary"],
        from: from, to: to, days: days, payments: payments, amount: Fen(amount), usual: Fen(usual), years: years,
    ))
}

impl PreElectionSpike {
    /// The same days of other years that the county's payments cover.
    fn others(span: (Day, Day), (from, to): (Day, Day)) -> Vec<(Day, Day)> {
        let shifted = (-30..=30).filter(|years| *years != 0);
        let shifted = shifted.map(|years| (years_later(from, years), years_later(to, years)));
        shifted.filter(|(from, to)| span.0 <= *from && *to <= span.1).collect()
    }

    /// How far the treats of a window stand above those of the same days of other years, in logarithms; the
    /// latter are drawn towards the village's ordinary days.
    fn height(
        &self,
        spent: impl Fn((Day, Day)) -> (f64, usize),
        window: (Day, Day),
        span: (Day, Day),
    ) -> Option<f64> {
        let length = |(from, to): (Day, Day)| f64::from(to.0 - from.0 + 1);
        let others = Self::others(span, window);
        let (inside, _) = spent(window);
        let (all, payments) = spent(span);
        if payments < self.minimum {
            return None;
        }
        let same: f64 = others.iter().map(|other| spent(*other).0).sum();
        let days = (length(span) - length(window)).max(1.0);
        let ordinary = (all - inside) / days * length(window);
        let usual = (same + self.prior * ordinary) / (float(others.len()) + self.prior);
        // One payment of the ordinary size more on both sides: nothing is infinitely more than nothing.
        let one = all / float(payments);
        Some(((inside + one) / (usual + one)).ln())
    }
}

impl Measure for PreElectionSpike {
    type Context = ElectionWindows;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> ElectionWindows {
        let mut windows = book.calendar.election_windows();
        let days = span(book).unwrap_or((Day(0), Day(0)));
        windows.retain(|window| days.0 <= window.0 && window.1 <= days.1);
        if windows.is_empty() {
            let spikes = IxVec::of(None, book.villages.len());
            return ElectionWindows { is_treat: IxVec::default(), windows, spikes };
        }
        let is_treat = treats(book);
        let amounts = book.payments.amount.iter().zip(&is_treat).filter(|(_, treat)| **treat);
        let most = quantile_of_amounts(amounts.map(|(fen, _)| fen.0).collect(), self.cap);
        let rows: IxVec<_, Vec<Option<f64>>> = book.by_village().par_map(|_, payments| {
            let own = only(&is_treat, payments);
            let spent = |(from, to)| {
                let inside = between(book, &own, from, to);
                (yuan_up_to(most, seen(book, inside)), inside.len())
            };
            windows.iter().map(|window| self.height(spent, *window, days)).collect()
        });
        let spikes = most_unusual(&rows.raw, self.villages).into();
        ElectionWindows { is_treat, windows, spikes }
    }

    fn measure(
        &self,
        book: &Book,
        county: &ElectionWindows,
        group: Group<'_, VillageIx>,
        out: &mut Out,
    ) {
        let spike = county.spikes[group.number];
        let window = spike.and_then(|spike| county.windows.get(spike.column));
        let Some((spike, (from, to))) = spike.zip(window) else { return };
        let inside = only(&county.is_treat, between(book, group.payments, *from, *to));
        out.put(group.number, neg_log10(spike.p), inside.len(), || {
            seen(book, &inside).map(|one| one.line).collect::<Vec<_>>()
        });
        out.tell(group.number, || {
            let treats = only(&county.is_treat, group.payments);
            beside(book, &treats, (*from, *to)).filter(|_| !inside.is_empty())
        });
    }
}
