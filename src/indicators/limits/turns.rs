//! Whether payments that belong together change hands, or accounts, more often than others do.
//!
//! The payments of a payee are sorted into series of what belongs together. Two that follow each other in a
//! series are a pair. Pairs that lie in one window whose payments reach beyond the limit are tight; all
//! pairs, tight or not, tell how often a change is to be expected.

use super::paid::{Paid, is_beyond};
use crate::convert::float;
use crate::indicators::seen::neg_log10;
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, LineIx, PaymentIx, VillageIx};
use crate::stats::exact::binomial_upper;

/// One payment in its series: who approved it, or what it was booked to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    pub(super) paid: Paid,
    /// Payments of one series belong together.
    pub(super) series: u32,
    pub(super) hand: usize,
    /// Hands of different worlds, such as charts of accounts, are not compared.
    pub(super) world: u32,
    /// Payments on one paper are one purchase.
    pub(super) paper: u32,
}

/// Pairs, and those of them that changed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pairs {
    changed: usize,
    all: usize,
}

impl Pairs {
    fn plus(self, other: Self) -> Self {
        Self { changed: self.changed + other.changed, all: self.all + other.all }
    }

    fn without(self, other: Self) -> Self {
        Self { changed: self.changed - other.changed, all: self.all - other.all }
    }

    fn share(self, expected: f64, prior: f64) -> f64 {
        (float(self.changed) + prior * expected) / (float(self.all) + prior)
    }
}

/// What is asked of the windows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    pub(super) days: i32,
    pub(super) ratio: f64,
    pub(super) prior: f64,
}

/// The pairs of a payee in one village.
#[derive(Debug, Default)]
pub(super) struct Found {
    tight: Pairs,
    loose: Pairs,
    /// The payments of the windows in which something changed.
    rows: Vec<LineIx>,
}

/// How often pairs change in each village, and in the county.
#[derive(Debug)]
pub(super) struct Usual {
    villages: IxVec<VillageIx, Pairs>,
    county: Pairs,
}

fn pair(a: &Turn, b: &Turn) -> Option<Pairs> {
    let is_pair = a.series == b.series
        && a.world == b.world
        && !a.paid.is_beside(&b.paid)
        && (a.paper != b.paper || a.paper == u32::MAX);
    is_pair.then(|| Pairs { changed: usize::from(a.hand != b.hand), all: 1 })
}

impl Rule {
    /// The pairs in one village; turns are of one payee.
    fn find(self, turns: &mut [Turn]) -> Found {
        turns.sort_by_key(|turn| (turn.series, turn.paid.one.day, turn.paid.voucher));
        let mut found = Found::default();
        for series in turns.chunk_by(|a, b| a.series == b.series) {
            let mut rest = series;
            let mut before: Option<&Turn> = None;
            while let Some(first) = rest.first() {
                let end = first.paid.one.day.0.saturating_add(self.days);
                let many = rest.partition_point(|turn| turn.paid.one.day.0 < end).max(1);
                let (window, later) = rest.split_at(many);
                if let Some(pair) = before.and_then(|before| pair(before, first)) {
                    found.loose = found.loose.plus(pair);
                }
                self.look_at(window, &mut found);
                before = window.last();
                rest = later;
            }
        }
        found
    }

    fn look_at(self, window: &[Turn], found: &mut Found) {
        let sum = window.iter().map(|turn| turn.paid.one.amount).sum();
        let limit = window.iter().map(|turn| turn.paid.limit).max().unwrap_or(0);
        let two = window.windows(2).filter_map(|two| match two {
            [a, b] => pair(a, b),
            _ => None,
        });
        let pairs = two.fold(Pairs::default(), Pairs::plus);
        if pairs.all > 0 && is_beyond(sum, limit, self.ratio) {
            found.tight = found.tight.plus(pairs);
            if pairs.changed > 0 {
                found.rows.extend(window.iter().map(|turn| turn.paid.one.line));
            }
        } else {
            found.loose = found.loose.plus(pairs);
        }
    }

    /// How often pairs change in this book; `turns` gives those of a payee.
    pub(super) fn usual(
        self,
        book: &Book,
        turns: impl Fn(&[PaymentIx]) -> Vec<Turn> + Sync,
    ) -> Usual {
        let of_village = |turns: &mut [Turn]| {
            let village = turns.first()?.paid.one.village;
            let found = self.find(turns);
            let pairs = found.tight.plus(found.loose);
            (pairs.all > 0).then_some((village, pairs))
        };
        let each = book.by_payee().par_map(|_, payments| {
            let mut turns = turns(payments);
            let villages = turns.chunk_by_mut(is_same_village).filter_map(of_village);
            villages.collect::<Vec<_>>()
        });
        let mut villages = IxVec::of(Pairs::default(), book.villages.len());
        let mut county = Pairs::default();
        for (village, pairs) in each.into_iter().flatten() {
            villages[village] = villages[village].plus(pairs);
            county = county.plus(pairs);
        }
        Usual { villages, county }
    }

    /// The `-log10 p` of the payee's changes, how many tight pairs there are, and the rows; none without pairs.
    pub(super) fn reading(
        self,
        usual: &Usual,
        mut turns: Vec<Turn>,
    ) -> Option<(f64, usize, Vec<LineIx>)> {
        let mut best: Option<(f64, Vec<LineIx>)> = None;
        let (mut sample, mut tried, mut pairs) = (0, 0_usize, 0);
        for turns in turns.chunk_by_mut(is_same_village) {
            let Some(village) = turns.first().map(|turn| turn.paid.one.village) else { continue };
            let found = self.find(turns);
            pairs += found.tight.all + found.loose.all;
            if found.tight.all == 0 {
                continue;
            }
            sample += found.tight.all;
            tried += 1;
            let p = self.chance(usual, village, &found);
            if best.as_ref().is_none_or(|(least, _)| p < *least) {
                best = Some((p, found.rows));
            }
        }
        let (p, rows) = best.unwrap_or((1.0, Vec::new()));
        let value = neg_log10(p * float(tried.max(1)));
        (pairs > 0).then(|| (value, sample, if value > 0.0 { rows } else { Vec::new() }))
    }

    /// The chance of so many changes in tight pairs, as often as the village's others and the payee's own
    /// loose pairs change, and never less often than the county's.
    fn chance(self, usual: &Usual, village: VillageIx, found: &Found) -> f64 {
        if found.tight.changed == 0 {
            return 1.0;
        }
        let own = found.tight.plus(found.loose);
        let county = usual.county.without(own).share(0.5, 1.0);
        let village = usual.villages[village].without(own);
        let village = village.share(county, self.prior).max(county);
        let share = found.loose.share(village, self.prior).max(village);
        binomial_upper(found.tight.changed as u64, found.tight.all as u64, share)
    }
}

fn is_same_village(a: &Turn, b: &Turn) -> bool {
    a.paid.one.village == b.paid.one.village
}
