#![doc = include_str!("limit_hugging_after_change.md")]

use super::near::Near;
use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, neg_log10, seen};
use crate::ledger::book::Book;
use crate::ledger::book::chart::Class as Expense;
use crate::ledger::book::index::{IxVec, PaymentIx, PersonIx, VillageIx};
use crate::ledger::contract::cell::{Day, Fen};
use crate::ledger::subject::Grain;
use crate::params::{above_zero, at_least, counted, params, share};
use crate::stats::exact::noncentral_upper;

pub(super) static INDICATOR: Indicator = Indicator::of::<LimitHuggingAfterChange>(card! {
    "limit_hugging_after_change",
    grain: Grain::Official,
    class: Class::Statistic,
    scheme: Scheme::Splitting,
    scale: Scale::NegLog10P,
    requires: &["limits", "ledger.approver"],
    basis: &[],
    simulated_schemes: &["limit_hugging"],
});

params! {
    struct LimitHuggingAfterChange {
        width: f64 = 0.05, share,
            "width of a band, as a share of the limit",
            "区间宽度，占限额的比例";
        width_small: f64 = 0.1, share,
            "the same for a small limit",
            "小额限额的区间宽度";
        small: f64 = 1_000.0, at_least(0.0),
            "limits below this (yuan) are small",
            "低于此数（元）为小额限额";
        minimum: usize = 5, counted,
            "fewest payments in the bands",
            "区间内的最少付款笔数";
        prior: f64 = 1.0, above_zero,
            "weight that draws the odds ratio towards 1",
            "使优势比向 1 靠拢的权重";
    }
}

/// The limits of a class in a village that were dropped, and those that came instead.
#[derive(Debug)]
struct Change {
    dropped: Vec<i64>,
    /// The last day on which the old limits held.
    until: Day,
    new: Vec<i64>,
    /// The first day on which the new limits hold.
    from: Day,
}

impl Change {
    /// The change between a village's first and last payment, if there was one.
    fn of(book: &Book, village: VillageIx, class: Expense) -> Option<Self> {
        let payments = book.by_village().group(village);
        let day = |payment: &PaymentIx| book.payments.day[*payment];
        let (first, last) = (day(payments.first()?), day(payments.last()?));
        let name = book.names.get(book.villages[village]);
        let steps = |day: Day| book.limits.steps(name, class, day);
        let (before, after) = (steps(first), steps(last));
        let only = |of: &[Fen], other: &[Fen]| -> Vec<i64> {
            of.iter().filter(|step| !other.contains(step)).map(|step| step.0).collect()
        };
        let (dropped, new) = (only(before, after), only(after, before));
        let until = edge(first, last, |day| steps(day) == before);
        let from = Day(edge(first, last, |day| steps(day) != after).0 + 1);
        (!dropped.is_empty() || !new.is_empty()).then_some(Self { dropped, until, new, from })
    }
}

/// The last day between two for which it holds, if it holds up to some day and not after it.
fn edge(first: Day, last: Day, holds: impl Fn(Day) -> bool) -> Day {
    let (mut low, mut high) = (first.0, last.0);
    while low + 1 < high {
        let middle = low.midpoint(high);
        if holds(Day(middle)) {
            low = middle;
        } else {
            high = middle;
        }
    }
    Day(low)
}

/// Payments just below limits that moved: by whether the limit was dropped or new, and whether they were
/// made before or after the change.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    dropped_before: usize,
    dropped_after: usize,
    new_before: usize,
    new_after: usize,
}

impl Tally {
    fn of_all(self) -> usize {
        self.dropped_before + self.dropped_after + self.new_before + self.new_after
    }

    /// What the tally adds to both sides of the odds of Mantel and Haenszel (1959).
    fn odds(self) -> (f64, f64) {
        let part = |a: usize, b: usize| float(a) * float(b) / float(self.of_all().max(1));
        (part(self.dropped_before, self.new_after), part(self.dropped_after, self.new_before))
    }

    /// The chance that so many amounts would move with the limits, if they did so with these odds.
    fn chance(self, odds: f64) -> f64 {
        let dropped = self.dropped_before + self.dropped_after;
        let before = self.dropped_before + self.new_before;
        let [hits, all, dropped, before] =
            [self.dropped_before, self.of_all(), dropped, before].map(|count| count as u64);
        noncentral_upper(hits, all, dropped, before, odds)
    }
}

impl LimitHuggingAfterChange {
    fn near(&self) -> Near {
        Near { width: self.width, width_small: self.width_small, small: self.small }
    }

    /// Whether the amount lies just below one of these limits.
    fn is_under(&self, amount: i64, limits: &[i64]) -> bool {
        let is_in = |limit: &i64| amount < *limit && amount >= limit - self.near().band(*limit);
        limits.iter().any(is_in)
    }

    /// The payments just below limits that moved, each with whether the limit held on its day.
    fn beside<'a>(
        &'a self,
        changes: &'a Changes,
        payments: &'a [Seen],
    ) -> impl Iterator<Item = (Seen, bool, bool)> + 'a {
        payments.iter().filter_map(|one| {
            let change = changes.get(*one)?;
            let (is_before, is_after) = (one.day <= change.until, one.day >= change.from);
            if !is_before && !is_after {
                return None;
            }
            let of_old = self.is_under(one.amount, &change.dropped);
            let of_new = self.is_under(one.amount, &change.new);
            let holds = (of_old && is_before) || (of_new && is_after);
            (of_old != of_new).then_some((*one, of_old, holds))
        })
    }

    /// What was paid just below which limits and when, with the change that the most payments followed.
    fn moved(&self, changes: &Changes, payments: &[Seen]) -> Fact {
        let Tally { dropped_before, dropped_after, new_before, new_after } =
            self.tally(changes, payments);
        let Some((village, class, change)) = self.most_followed(changes, payments) else {
            return fact!(
                "counts", ["approver", "date", "amount"],
                before: dropped_before, early: new_before,
                late: dropped_after, after: new_after,
            );
        };
        let money = |limits: &[i64]| -> Value {
            limits.iter().map(|limit| Fen(*limit)).collect::<Vec<_>>().into()
        };
        fact!(
            "moved", ["approver", "date", "amount"],
            before: dropped_before, early: new_before,
            late: dropped_after, after: new_after,
            village: village, class: class, old: money(&change.dropped), until: change.until,
            new: money(&change.new), since: change.from,
        )
    }

    /// Of the changes that replaced a limit, the one whose limits in force the most payments were just below.
    fn most_followed<'a>(
        &self,
        changes: &'a Changes,
        payments: &[Seen],
    ) -> Option<(VillageIx, Expense, &'a Change)> {
        let during = self.beside(changes, payments).filter(|(.., holds)| *holds);
        let mut followed: Vec<(VillageIx, Expense)> =
            during.map(|(one, ..)| (one.village, one.class)).collect();
        followed.retain(|(village, class)| {
            let change = changes.of(*village, *class);
            change.is_some_and(|change| !change.dropped.is_empty() && !change.new.is_empty())
        });
        followed.sort_unstable();
        let most = followed.chunk_by(|a, b| a == b).max_by_key(|same| same.len())?;
        let (village, class) = *most.first()?;
        Some((village, class, changes.of(village, class)?))
    }

    fn tally(&self, changes: &Changes, payments: &[Seen]) -> Tally {
        let mut tally = Tally::default();
        for (_, of_old, holds) in self.beside(changes, payments) {
            let count = match (of_old, holds) {
                (true, true) => &mut tally.dropped_before,
                (true, false) => &mut tally.dropped_after,
                (false, true) => &mut tally.new_after,
                (false, false) => &mut tally.new_before,
            };
            *count += 1;
        }
        tally
    }
}

/// Every change of limits, by village and class.
#[derive(Debug)]
struct Changes(IxVec<VillageIx, Vec<Option<Change>>>);

impl Changes {
    fn of(&self, village: VillageIx, class: Expense) -> Option<&Change> {
        self.0[village].get(class as usize)?.as_ref()
    }

    fn get(&self, one: Seen) -> Option<&Change> {
        self.of(one.village, one.class)
    }
}

/// What is computed once for a county.
#[derive(Debug)]
struct FollowedChanges {
    changes: Changes,
    /// How strongly amounts follow the limits everywhere: both sides of the odds.
    odds: (f64, f64),
}

fn chosen(book: &Book, payments: &[PaymentIx]) -> Vec<Seen> {
    seen(book, payments).filter(|one| one.is_signed_for()).collect()
}

impl Measure for LimitHuggingAfterChange {
    type Context = FollowedChanges;
    type Groups = PersonIx;

    fn context(&self, book: &Book) -> FollowedChanges {
        let of_village = |village, _: &[PaymentIx]| {
            Expense::ALL.into_iter().map(|class| Change::of(book, village, class)).collect()
        };
        let changes = Changes(book.by_village().par_map(of_village));
        let tallies =
            book.by_approver().par_map(|_, payments| self.tally(&changes, &chosen(book, payments)));
        let odds = tallies.iter().map(|tally| tally.odds());
        let odds = odds.fold((0.0, 0.0), |sum, own| (sum.0 + own.0, sum.1 + own.1));
        FollowedChanges { changes, odds }
    }

    fn measure(
        &self,
        book: &Book,
        county: &FollowedChanges,
        group: Group<'_, PersonIx>,
        out: &mut Out,
    ) {
        let payments = chosen(book, group.payments);
        let tally = self.tally(&county.changes, &payments);
        if tally.of_all() < self.minimum.max(1) {
            return;
        }
        // Elsewhere, too, amounts may follow the limits; only what goes beyond that is unusual.
        let own = tally.odds();
        let others = |all: f64, own: f64| (all - own).max(0.0) + self.prior;
        let odds = others(county.odds.0, own.0) / others(county.odds.1, own.1);
        let p = tally.chance(odds.max(1.0));
        let value = neg_log10(p);
        out.put(group.number, value, tally.of_all(), || {
            let during = self.beside(&county.changes, &payments).filter(|(.., holds)| *holds);
            during.map(|(one, ..)| one.line).collect::<Vec<_>>()
        });
        out.tell(group.number, || (value > 0.0).then(|| self.moved(&county.changes, &payments)));
    }
}

#[cfg(test)]
mod tests {
    use super::{Day, edge};

    #[test]
    fn the_edge_is_the_last_day_that_holds() {
        assert_eq!(edge(Day(10), Day(90), |day| day.0 <= 33), Day(33));
        assert_eq!(edge(Day(10), Day(12), |day| day.0 <= 10), Day(10));
    }
}
