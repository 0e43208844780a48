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
use crate::ledger::contract::cell::Fen;
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
    /// The windows in which something changed.
    windows: Vec<Vec<Turn>>,
}

/// What a payee's changes say.
#[derive(Debug)]
pub(super) struct Told {
    /// `-log10 p`.
    pub(super) value: f64,
    /// Tight pairs.
    pub(super) sample: usize,
    /// The windows in which something changed, in the village where that is the least likely.
    pub(super) windows: Vec<Vec<Turn>>,
}

impl Told {
    pub(super) fn rows(&self) -> Vec<LineIx> {
        self.windows.iter().flatten().map(|turn| turn.paid.one.line).collect()
    }

    /// The window with the largest sum.
    pub(super) fn largest(&self) -> Option<Window<'_>> {
        self.windows.iter().filter_map(|turns| Window::of(turns)).max_by_key(|it| it.sum)
    }
}

/// A window as a sentence states it.
#[derive(Debug)]
pub(super) struct Window<'a> {
    pub(super) turns: &'a [Turn],
    pub(super) first: Turn,
    pub(super) last: Turn,
    pub(super) sum: Fen,
    /// The payment under the highest limit.
    pub(super) highest: Turn,
}

impl<'a> Window<'a> {
    fn of(turns: &'a [Turn]) -> Option<Self> {
        let sum = turns.iter().map(|turn| turn.paid.one.amount).sum();
        let highest = turns.iter().max_by_key(|turn| turn.paid.limit)?;
        let (first, last) = (*turns.first()?, *turns.last()?);
        Some(Self { turns, first, last, sum: Fen(sum), highest: *highest })
    }

    /// The first payment of each hand, in order.
    pub(super) fn hands(&self) -> Vec<Turn> {
        let mut hands: Vec<Turn> = Vec::new();
        for turn in self.turns {
            if hands.iter().all(|known| known.hand != turn.hand) {
                hands.push(*turn);
            }
        }
        hands
    }

    /// The days from the first payment to the last.
    pub(super) fn days(&self) -> i32 {
        self.last.paid.one.day.0 - self.first.paid.one.day.0
    }
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
                found.windows.push(window.to_vec());
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

    /// What the payee's changes say; none without pairs.
    pub(super) fn reading(self, usual: &Usual, mut turns: Vec<Turn>) -> Option<Told> {
        let mut best: Option<(f64, Vec<Vec<Turn>>)> = None;
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
                best = Some((p, found.windows));
            }
        }
        let (p, mut windows) = best.unwrap_or((1.0, Vec::new()));
        let value = neg_log10(p * float(tried.max(1)));
        if value <= 0.0 {
            windows.clear();
        }
        (pairs > 0).then_some(Told { value, sample, windows })
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
