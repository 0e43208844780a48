//! Recall of planted acts at the top of the rankings of simulated data.

use std::collections::{BTreeMap, BTreeSet};

use super::planted::planted;
use crate::ledger::book::Book;
use crate::ledger::decode::answers::Answer;
use crate::ledger::subject::Grain;
use crate::scoring::ranking::Ranking;

/// Counts for one scheme.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Found {
    /// Planted acts.
    pub acts: usize,
    /// Acts with a subject in the top 1 % of its grain.
    pub in_top_percent: usize,
    /// Acts with a payment among the 100 highest-ranked payments.
    pub in_top_100: usize,
    /// Acts with a subject on the work list.
    pub on_list: usize,
    /// Planted look-alikes.
    pub look_alikes: usize,
    /// Look-alikes with a subject in the top 1 % of its grain.
    pub look_alikes_in_top_percent: usize,
    /// Look-alikes with a subject on the work list.
    pub look_alikes_on_list: usize,
}

/// Counts acts and look-alikes by scheme. `listed` has grain and key of each line of the work list.
pub fn recall(
    book: &Book,
    rankings: &[Ranking],
    answers: &[Answer],
    listed: &BTreeSet<(Grain, String)>,
) -> BTreeMap<String, Found> {
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    for one in planted(book, answers).into_values() {
        let (mut top_percent, mut top_100, mut on_list) = (false, false, false);
        for (grain, subject) in &one.named {
            on_list |= listed.contains(&(*grain, grain.key(book, *subject)));
            let ranking = rankings.iter().find(|ranking| ranking.grain == *grain);
            let Some(ranking) = ranking else { continue };
            let rank = ranking.rank[*subject] as usize;
            top_percent |= rank <= ranking.rank.len().div_ceil(100);
            top_100 |= *grain == Grain::Payment && rank <= 100;
        }
        let counts = found.entry(one.scheme).or_default();
        if one.is_act {
            counts.acts += 1;
            counts.in_top_percent += usize::from(top_percent);
            counts.in_top_100 += usize::from(top_100);
            counts.on_list += usize::from(on_list);
        } else {
            counts.look_alikes += 1;
            counts.look_alikes_in_top_percent += usize::from(top_percent);
            counts.look_alikes_on_list += usize::from(on_list);
        }
    }
    found
}
