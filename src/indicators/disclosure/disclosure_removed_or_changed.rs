#![doc = include_str!("disclosure_removed_or_changed.md")]

use crate::convert::{float, row32};
use crate::indicators::basis::{DISCLOSURE_RULES, VILLAGERS_LAW};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out, Record};
use crate::indicators::seen::{per_township, townships};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, LineIx, VillageIx};
use crate::ledger::book::period::Period;
use crate::ledger::contract::cell::{Cell, Fen};
use crate::ledger::subject::Grain;
use crate::params::{params, within};
use crate::registers::notices::{Notice, notices, word};
use crate::registers::standing::STAND;

pub(super) static INDICATOR: Indicator = Indicator::of::<DisclosureRemovedOrChanged>(card! {
    "disclosure_removed_or_changed",
    grain: Grain::Village,
    class: Class::Match,
    scheme: Scheme::Disclosure,
    scale: Scale::Value { threshold: 0.02, false_positives: 0.02 },
    requires: &["disclosures.posted"],
    basis: &[VILLAGERS_LAW, DISCLOSURE_RULES],
    simulated_schemes: &["income_off_book"],
});

params! {
    struct DisclosureRemovedOrChanged {
        least: i32 = STAND, within(0..=366),
            "days that a notice is to stand",
            "公示应当张贴的天数";
        correct: i32 = 3, within(0..=366),
            "days within which a mistake may be corrected, or a notice moved elsewhere",
            "可更正错误或更换公示地点的天数";
    }
}

/// What is computed once for a county.
#[derive(Debug)]
struct Kept {
    notices: IxVec<VillageIx, Vec<Notice>>,
    /// For each village, whether its township records when notices were taken down or posted anew.
    is_recorded: IxVec<VillageIx, bool>,
}

/// Notices of one account and section of a period, by their first day.
fn series(notices: &[Notice]) -> impl Iterator<Item = &[Notice]> {
    notices.chunk_by(|a, b| (a.period, a.account, a.section) == (b.period, b.account, b.section))
}

/// The same with notices of one day together, of which the days are recorded.
fn days(series: &[Notice]) -> impl Iterator<Item = &[Notice]> {
    let told = series.chunk_by(|a, b| a.posted == b.posted);
    told.filter(|same| same.first().is_some_and(|it| it.posted.some().is_some()))
}

fn sum(notices: &[Notice]) -> Option<i64> {
    let amounts: Option<Vec<i64>> =
        notices.iter().map(|it| it.amount.some().map(|fen| fen.0)).collect();
    amounts.map(|all| all.iter().sum())
}

/// What became of a notice.
#[derive(Debug, Clone, Copy)]
enum Broken {
    /// It was taken down early.
    Removed(Notice),
    /// Another amount was posted later.
    Changed { first: Notice, later: Notice, before: i64, after: i64 },
}

impl Broken {
    fn period(&self) -> Period {
        match self {
            Self::Removed(it) => it.period,
            Self::Changed { later, .. } => later.period,
        }
    }

    fn record(&self) -> Record {
        let (notice, money) = match self {
            Self::Removed(it) => (it, 0),
            Self::Changed { later, before, after, .. } => (later, (after - before).abs()),
        };
        Record { table: "disclosures", row: row32(notice.row), money: Fen(money) }
    }

    fn fact(&self) -> Fact {
        match self {
            Self::Removed(it) => fact!(
                "removed", ["account"],
                period: word(it.period), section: Value::Text(it.section), posted: it.posted, removed: it.removed,
                days: it.removed.0 - it.posted.0,
            ),
            Self::Changed { first, later, before, after } => fact!(
                "changed", ["account", "amount"],
                period: word(later.period), section: Value::Text(later.section), first: first.posted, before: Fen(*before),
                posted: later.posted, after: Fen(*after),
            ),
        }
    }
}

impl DisclosureRemovedOrChanged {
    /// What became of the notices of a village, the sections of a period taken down together as one.
    fn broken(&self, notices: &[Notice]) -> Vec<Broken> {
        let mut found: Vec<Broken> = Vec::new();
        for series in series(notices) {
            let posted_again = |it: &Notice| {
                let gap = |other: &Notice| other.posted.0.saturating_sub(it.removed.0);
                let moved = |other: &Notice| {
                    other.row != it.row && (0..=self.correct).contains(&gap(other))
                };
                series.iter().any(moved)
            };
            let early = |it: &&Notice| {
                let stood = it.removed.some().zip(it.posted.some());
                stood.is_some_and(|(to, from)| {
                    (0..self.least).contains(&to.0.saturating_sub(from.0))
                })
            };
            found.extend(
                series
                    .iter()
                    .filter(early)
                    .filter(|it| !posted_again(it))
                    .map(|it| Broken::Removed(*it)),
            );
            let days: Vec<&[Notice]> = days(series).collect();
            for pair in days.windows(2) {
                let [earlier, later] = pair else { continue };
                let (Some(first), Some(last)) = (earlier.first(), later.first()) else { continue };
                let Some((before, after)) = sum(earlier).zip(sum(later)) else { continue };
                if before != after && last.posted.0 - first.posted.0 > self.correct {
                    found.push(Broken::Changed { first: *first, later: *last, before, after });
                }
            }
        }
        found
    }
}

/// What is told one by one.
const SHOWN: usize = 6;

impl Measure for DisclosureRemovedOrChanged {
    type Context = Kept;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> Kept {
        let notices = notices(book);
        let townships = townships(book);
        let mut recorded: Vec<bool> = per_township(&townships);
        for (village, own) in notices.iter_enumerated() {
            let is_told = || {
                own.iter().any(|it| it.removed.some().is_some())
                    || series(own).any(|series| days(series).nth(1).is_some())
            };
            if let Some(known) = recorded.get_mut(townships[village]) {
                *known = *known || is_told();
            }
        }
        let of = |township: &usize| recorded.get(*township).copied().unwrap_or(false);
        let is_recorded = townships.iter().map(of).collect();
        Kept { notices, is_recorded }
    }

    fn measure(&self, _: &Book, county: &Kept, group: Group<'_, VillageIx>, out: &mut Out) {
        let own = &county.notices[group.number];
        let periods = own.chunk_by(|a, b| a.period == b.period).count();
        if periods == 0 || !county.is_recorded[group.number] {
            return;
        }
        let broken = self.broken(own);
        let mut touched: Vec<Period> = broken.iter().map(Broken::period).collect();
        touched.dedup();
        out.put(group.number, float(touched.len()) / float(periods), periods, || None::<LineIx>);
        out.cite(group.number, || broken.iter().map(Broken::record).collect::<Vec<_>>());
        out.tell(group.number, || broken.iter().take(SHOWN).map(Broken::fact).collect::<Vec<_>>());
    }
}
