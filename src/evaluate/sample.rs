//! A ranking with a weight for each village, and the head of it that can be audited.

use std::ops::Range;

use super::ranked::{Case, Find, Ranked};
use crate::convert::float;

pub(super) fn share(part: f64, all: f64) -> Option<f64> {
    (all > 0.0).then(|| part / all)
}

/// The head of a ranking: rows that are certainly in it, and a random choice from the run of equal scores at its end.
#[derive(Debug, PartialEq)]
pub(super) struct Head {
    /// Rows before this one are in the head.
    sure: usize,
    /// The run of equal scores at the end.
    tied: Range<usize>,
    /// Probability that a row of the run is in the head.
    share: f64,
    /// Places left for the run.
    open: u64,
    /// Weighted number of rows in the run.
    size: u64,
}

impl Head {
    /// The whole ranking.
    pub(super) const WHOLE: Self =
        Self { sure: usize::MAX, tied: 0..0, share: 0.0, open: 0, size: 0 };

    /// Probability that a row is in the head.
    fn holds(&self, row: usize) -> f64 {
        if row < self.sure {
            1.0
        } else if self.tied.contains(&row) {
            self.share
        } else {
            0.0
        }
    }

    /// Probability that the head contains at least one of `tied` rows of its last run (hypergeometric).
    fn holds_one_of(&self, tied: u64) -> f64 {
        let left_out = self.size - self.open;
        let none = |drawn: u64| float(left_out.saturating_sub(drawn)) / float(self.size - drawn);
        1.0 - (0..tied.min(self.size)).map(none).product::<f64>()
    }
}

/// A ranking in which each row has the weight of its village.
#[derive(Debug)]
pub(super) struct Sample<'a> {
    ranked: &'a Ranked,
    weights: &'a [u32],
    /// For each positive, twice the number of negatives below it; equal scores count half.
    beaten: Vec<u64>,
    /// For each positive, the precision down to the end of its run.
    precision: Vec<f64>,
    others: u64,
}

impl<'a> Sample<'a> {
    /// One pass over the sorted rows.
    pub(super) fn of(ranked: &'a Ranked, weights: &'a [u32]) -> Self {
        let mut sample =
            Self { ranked, weights, beaten: Vec::new(), precision: Vec::new(), others: 0 };
        sample.others = sample.count(&ranked.others);
        let (mut before, mut found, mut row) = (0, 0, 0);
        for run in ranked.finds.chunk_by(|one, other| ranked.run(one.place).contains(&other.place))
        {
            let Some(first) = run.first() else { continue };
            let tied = ranked.run(first.place);
            before += sample.weigh(row..tied.start);
            let above = before - found;
            let size = sample.weigh(tied.clone());
            let own: u64 = run.iter().map(|find| sample.weight(find.village)).sum();
            (before, found, row) = (before + size, found + own, tied.end);
            let beaten = 2 * (sample.others - above) - (size - own);
            sample.beaten.extend(run.iter().map(|_| beaten));
            let precision = if before > 0 { float(found) / float(before) } else { 0.0 };
            sample.precision.extend(run.iter().map(|_| precision));
        }
        sample
    }

    fn weight(&self, village: u32) -> u64 {
        self.weights.get(village as usize).map_or(0, |&weight| u64::from(weight))
    }

    /// Weighted number of rows.
    fn weigh(&self, rows: Range<usize>) -> u64 {
        let rows = self.ranked.rows.get(rows).unwrap_or_default();
        rows.iter().map(|&village| self.weight(village)).sum()
    }

    /// Weighted sum of counts by village.
    fn count(&self, by_village: &[u64]) -> u64 {
        let counts = by_village.iter().zip(self.weights);
        counts.map(|(count, &weight)| count * u64::from(weight)).sum()
    }

    /// Weighted share of the negatives counted in `by_village`.
    pub(super) fn share_of_others(&self, by_village: &[u64]) -> Option<f64> {
        share(float(self.count(by_village)), float(self.others))
    }

    /// Positives by index, with their weights; those of weight 0 are left out.
    fn finds<'b>(&'b self, finds: &'b [usize]) -> impl Iterator<Item = (usize, &'b Find, u64)> {
        let find = |&number: &usize| {
            let find = self.ranked.finds.get(number)?;
            Some((number, find, self.weight(find.village)))
        };
        finds.iter().filter_map(find).filter(|(.., weight)| *weight > 0)
    }

    pub(super) fn auroc(&self, finds: &[usize]) -> Option<f64> {
        let (mut beaten, mut pairs) = (0, 0);
        for (number, _, weight) in self.finds(finds) {
            beaten += weight * self.beaten.get(number).copied().unwrap_or(0);
            pairs += weight * self.others;
        }
        share(float(beaten) / 2.0, float(pairs))
    }

    pub(super) fn average_precision(&self) -> Option<f64> {
        let (mut sum, mut count) = (0.0, 0.0);
        for (find, precision) in self.ranked.finds.iter().zip(&self.precision) {
            let weight = float(self.weight(find.village));
            sum += weight * precision;
            count += weight;
        }
        share(sum, count).filter(|_| self.others > 0)
    }

    /// The head with `length` rows; `None` if the ranking is shorter.
    pub(super) fn head(&self, length: usize) -> Option<Head> {
        let length = length as u64;
        let (mut before, mut row) = (0, 0);
        loop {
            let tied = self.ranked.run(row);
            let size = self.weigh(tied.clone());
            if before + size >= length {
                let (sure, open) = (tied.start, length - before);
                let share = if size > 0 { float(open) / float(size) } else { 0.0 };
                return Some(Head { sure, tied, share, open, size });
            }
            if tied.end >= self.ranked.rows.len() {
                return None;
            }
            (before, row) = (before + size, tied.end);
        }
    }

    /// Expected sum of `of` over the positives in a head.
    pub(super) fn audited(&self, head: &Head, finds: &[usize], of: impl Fn(&Find) -> f64) -> f64 {
        let audited = self.finds(finds).map(|(_, find, weight)| (find, float(weight)));
        audited.map(|(find, weight)| weight * head.holds(find.place) * of(find)).sum()
    }

    /// The same, as a share of the sum over the whole ranking.
    pub(super) fn recall(
        &self,
        head: &Head,
        finds: &[usize],
        of: impl Fn(&Find) -> f64 + Copy,
    ) -> Option<f64> {
        share(self.audited(head, finds, of), self.audited(&Head::WHOLE, finds, of))
    }

    /// Share of cases with a positive in the head. A case of several villages has their mean weight.
    pub(super) fn recall_cases(&self, head: &Head, numbers: &[usize]) -> Option<f64> {
        let (mut reached, mut all) = (0.0, 0.0);
        for case in numbers.iter().filter_map(|&number| self.ranked.cases.get(number)) {
            let sum: u64 = case.villages.iter().map(|&village| self.weight(village)).sum();
            let weight = float(sum) / float(case.villages.len().max(1));
            all += weight;
            reached += weight * self.holds_case(head, case);
        }
        share(reached, all)
    }

    /// Probability that a head contains a positive of a case.
    fn holds_case(&self, head: &Head, case: &Case) -> f64 {
        let mut tied = 0;
        for (_, find, _) in self.finds(&case.finds) {
            if find.place < head.sure {
                return 1.0;
            }
            tied += u64::from(head.tied.contains(&find.place));
        }
        head.holds_one_of(tied)
    }

    /// Share of positives among the `first` rows; `None` if there are fewer rows.
    pub(super) fn precision(&self, first: usize) -> Option<f64> {
        let head = self.head(first)?;
        let finds: Vec<usize> = (0..self.ranked.finds.len()).collect();
        share(self.audited(&head, &finds, |_| 1.0), float(first))
    }
}
