//! What earlier audits settled: points that do not come back without new facts, and what lots have shown.

use std::collections::BTreeMap;

use super::worth::updated;
use crate::indicators::card::Grain;
use crate::ledger::book::Book;
use crate::ledger::cell::{Cell, Day};

/// The table `outcomes` of one county, as the list uses it.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The day on which a subject was closed.
    closed: BTreeMap<(Grain, String), Day>,
    /// Of the subjects drawn by lot, those at which something was found, and all.
    by_lot: BTreeMap<Grain, (u32, u32)>,
    /// What finds brought back, in yuan, and how many of them say it.
    brought: (f64, u32),
}

impl Known {
    pub(super) fn of(book: &Book) -> Self {
        let outcomes = &book.companions.outcomes;
        let mut known = Self::default();
        for row in 0..outcomes.rows {
            let word = |id| book.names.get(id);
            let Some(grain) = Grain::of(word(outcomes.subject_grain.at(row))) else { continue };
            let is_find = !["none", ""].contains(&word(outcomes.grade.at(row)));
            if word(outcomes.route.at(row)) == "random" {
                let (found, drawn) = known.by_lot.entry(grain).or_default();
                *found += u32::from(is_find);
                *drawn += 1;
            }
            if let Some(recovered) = outcomes.amount_recovered.at(row).some().filter(|_| is_find) {
                known.brought.0 += recovered.yuan();
                known.brought.1 += 1;
            }
            if let Some(day) = outcomes.closed.at(row).some() {
                let key = (grain, word(outcomes.subject.at(row)).to_owned());
                let last = known.closed.entry(key).or_insert(day);
                *last = day.max(*last);
            }
        }
        known
    }

    /// Whether a subject was closed, and nothing behind it is later than that.
    pub(super) fn is_closed(&self, grain: Grain, key: &str, last: Option<Day>) -> bool {
        // No key is made for most counties, which have no outcomes yet.
        if self.closed.is_empty() {
            return false;
        }
        let closed = self.closed.get(&(grain, key.to_owned()));
        closed.is_some_and(|day| last.is_none_or(|last| last <= *day))
    }

    /// The share of subjects of a grain at which audits drawn by lot find something.
    pub(super) fn prior(&self, grain: Grain, setting: f64) -> f64 {
        let (found, drawn) = self.by_lot.get(&grain).copied().unwrap_or_default();
        updated(setting, f64::from(found), drawn)
    }

    /// What a find brings back, in yuan.
    pub(super) fn find(&self, setting: f64) -> f64 {
        let (sum, finds) = self.brought;
        updated(setting, sum, finds)
    }
}
