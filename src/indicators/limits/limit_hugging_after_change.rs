#![doc = include_str!("limit_hugging_after_change.md")]

use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use serde::Deserialize;

use super::near::Near;
use crate::indicators::bounds::{above_zero, counted};
use crate::indicators::card::{Card, Class, Grain, Scale, Scheme};
use crate::indicators::indicator::{Group, Groups, Indicator, Measure, Out};
use crate::indicators::kinds::is_chosen;
use crate::indicators::seen::{Seen, float, seen, surprise};
use crate::ledger::book::Book;
use crate::ledger::cell::{Day, Fen};
use crate::ledger::chart::Class as Expense;
use crate::stats::pooled::Shares;

pub(super) static INDICATOR: Indicator = Indicator::of::<LimitHuggingAfterChange>(Card {
    name: "limit_hugging_after_change",
    title: "Amounts move with the limit",
    title_zh: "金额随限额调整而移动",
    grain: Grain::Official,
    class: Class::Statistic,
    scheme: Scheme::Splitting,
    scale: Scale::Surprise,
    requires: &["limits", "ledger.approver"],
    basis: &[],
    faces: &["limit_hugging"],
    page: include_str!("limit_hugging_after_change.md"),
    page_zh: include_str!("limit_hugging_after_change.zh.md"),
});

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct LimitHuggingAfterChange {
    width: f64,
    width_small: f64,
    small: f64,
    minimum: usize,
    prior: f64,
}

impl Default for LimitHuggingAfterChange {
    fn default() -> Self {
        let Near { width, width_small, small } = Near::default();
        Self { width, width_small, small, minimum: 5, prior: 20.0 }
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
    fn of(book: &Book, village: usize, class: Expense) -> Option<Self> {
        let payments = book.by_village().group(village);
        let day = |payment: &u32| book.payments.day.get(*payment as usize).copied();
        let (first, last) = (day(payments.first()?)?, day(payments.last()?)?);
        let name = book.names.get(*book.villages.get(village)?);
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

/// Payments just below limits that moved.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    /// While the limit held.
    during: usize,
    /// Before it was set, or after it was dropped.
    outside: usize,
    /// How many would be below limits that held, if amounts knew nothing of limits.
    expected: f64,
}

impl Tally {
    fn of_all(self) -> usize {
        self.during + self.outside
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

    fn tally(&self, changes: &Changes, payments: &[Seen]) -> Tally {
        // Amounts that know nothing of limits fall on either side of the change as all payments do.
        let mut sides = [0.5, 0.5];
        for one in payments {
            let change = changes.get(*one);
            let [before, after] = &mut sides;
            *before += f64::from(change.is_some_and(|change| one.day <= change.until));
            *after += f64::from(change.is_some_and(|change| one.day >= change.from));
        }
        let [before, after] = sides.map(|side| side / sides.iter().sum::<f64>());
        let mut tally = Tally::default();
        for (_, of_old, holds) in self.beside(changes, payments) {
            tally.during += usize::from(holds);
            tally.outside += usize::from(!holds);
            tally.expected += if of_old { before } else { after };
        }
        tally
    }
}

/// Every change of limits, by village and class.
#[derive(Debug)]
struct Changes(Vec<Vec<Option<Change>>>);

impl Changes {
    fn get(&self, one: Seen) -> Option<&Change> {
        self.0.get(one.village as usize)?.get(one.class as usize)?.as_ref()
    }
}

/// What is computed once for a county.
#[derive(Debug)]
struct County {
    changes: Changes,
    all: Tally,
    law: Shares,
}

fn chosen(book: &Book, payments: &[u32]) -> Vec<Seen> {
    seen(book, payments).filter(|one| is_chosen(*one)).collect()
}

impl Measure for LimitHuggingAfterChange {
    type Ground = County;
    const GROUPS: Groups = Groups::ByApprover;

    fn fault(&self) -> Option<String> {
        let near = self.near().fault();
        near.or_else(|| counted("minimum", self.minimum))
            .or_else(|| above_zero("prior", self.prior))
    }

    fn ground(&self, book: &Book) -> County {
        let of_village = |village| {
            Expense::ALL.into_iter().map(|class| Change::of(book, village, class)).collect()
        };
        let changes = (0..book.villages.len()).into_par_iter().map(of_village).collect();
        let changes = Changes(changes);
        let view = book.by_approver();
        let tallies: Vec<Tally> = (0..view.len())
            .into_par_iter()
            .map(|official| self.tally(&changes, &chosen(book, view.group(official))))
            .collect();
        let all = tallies.iter().fold(Tally::default(), |all, one| Tally {
            during: all.during + one.during,
            outside: all.outside + one.outside,
            expected: all.expected + one.expected,
        });
        let counts: Vec<(u64, u64)> =
            tallies.iter().map(|tally| (tally.during as u64, tally.of_all() as u64)).collect();
        County { changes, all, law: Shares::fit(&counts) }
    }

    fn measure(&self, book: &Book, county: &County, group: Group<'_>, out: &mut Out) {
        let payments = chosen(book, group.payments);
        let own = self.tally(&county.changes, &payments);
        if own.of_all() < self.minimum.max(1) {
            return;
        }
        // Elsewhere, too, amounts may follow the limits; only what goes beyond that is unusual.
        let others = |of: fn(Tally) -> f64| (of(county.all) - of(own)).max(0.0) + self.prior / 2.0;
        let during = others(|tally| float(tally.during)) / others(|tally| float(tally.outside));
        let by_chance = others(|tally| tally.expected)
            / others(|tally| float(tally.of_all()) - tally.expected);
        let ratio = (during / by_chance).max(1.0);
        let expected = own.expected / float(own.of_all());
        let odds = ratio * expected / (1.0 - expected);
        let law = county.law.around(odds / (1.0 + odds));
        let p = law.upper(own.during as u64, own.of_all() as u64);
        out.put(group.number, surprise(p), own.of_all(), || {
            let during = self.beside(&county.changes, &payments).filter(|(.., holds)| *holds);
            during.map(|(one, ..)| one.line).collect::<Vec<_>>()
        });
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
