//! Payments in groups, and the place where the views of a book are kept.

use std::sync::OnceLock;

use rayon::slice::ParallelSliceMut;

use crate::ledger::contract::cell::Fen;

/// A subject's number within its grain: a place in `Book::payments`, `villages`, `payees` or
/// `officials`.
pub type Subject = u32;

/// Marks a payment without a payee or without an approver.
pub const NOBODY: Subject = Subject::MAX;

/// Payments in groups: the groups are contiguous, and inside a group the payments keep the book's
/// order (village, then day).
#[derive(Debug, Default)]
pub struct View {
    /// Payment numbers, group after group.
    order: Vec<u32>,
    /// Where each group begins, and one past the last.
    starts: Vec<u32>,
}

impl View {
    /// Groups payments by a subject number below `subjects`; those of [`NOBODY`] are in no group.
    pub(super) fn by_subject(subject_of: &[Subject], subjects: usize) -> Self {
        let mut starts = vec![0_u32; subjects + 1];
        let mut total = 0_u32;
        for subject in subject_of {
            if let Some(count) = starts.get_mut(*subject as usize) {
                *count += 1;
                total += 1;
            }
        }
        let mut next = 0;
        for start in &mut starts {
            let count = std::mem::replace(start, next);
            next += count;
        }
        let mut free = starts.clone();
        let mut order = vec![0_u32; total as usize];
        for (payment, subject) in (0_u32..).zip(subject_of) {
            if let Some(place) = free.get_mut(*subject as usize) {
                if let Some(slot) = order.get_mut(*place as usize) {
                    *slot = payment;
                }
                *place += 1;
            }
        }
        Self { order, starts }
    }

    /// Groups payments that have equal keys; groups come in rising order of their keys.
    pub(super) fn by_key<K: Ord + Copy + Send + Sync>(mut keyed: Vec<(K, u32)>) -> Self {
        keyed.par_sort_unstable();
        let mut starts = Vec::new();
        let mut last = None;
        for (place, (key, _)) in (0_u32..).zip(&keyed) {
            if last != Some(*key) {
                starts.push(place);
                last = Some(*key);
            }
        }
        starts.push(u32::try_from(keyed.len()).unwrap_or(u32::MAX));
        Self { order: keyed.into_iter().map(|(_, payment)| payment).collect(), starts }
    }

    /// Groups as they are given.
    pub(super) fn of_groups(groups: &[Vec<u32>]) -> Self {
        let ends = groups.iter().scan(0, |end, group| {
            *end += group.len();
            Some(u32::try_from(*end).unwrap_or(u32::MAX))
        });
        Self { starts: std::iter::once(0).chain(ends).collect(), order: groups.concat() }
    }

    /// The number of groups.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Whether there is no group.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The payments of one group.
    pub fn group(&self, group: usize) -> &[u32] {
        let bound = |place: usize| self.starts.get(place).copied().unwrap_or(0) as usize;
        self.order.get(bound(group)..bound(group + 1)).unwrap_or(&[])
    }

    /// The first group that does not come before what is looked for; `is_before` is asked with the
    /// first payment of a group.
    pub fn find(&self, is_before: impl Fn(u32) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.group(middle).first().is_some_and(|first| is_before(*first)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Every group.
    pub fn groups(&self) -> impl ExactSizeIterator<Item = &[u32]> {
        (0..self.len()).map(|group| self.group(group))
    }
}

/// The limits next to each payment.
#[derive(Debug)]
pub(super) struct Limits {
    pub(super) above: Vec<Fen>,
    pub(super) reached: Vec<Fen>,
    /// The row of the band; past the last row where there is none.
    pub(super) row: Vec<u32>,
}

/// The views of one book.
#[derive(Debug, Default)]
pub struct Views {
    pub(super) village: OnceLock<View>,
    pub(super) payee: OnceLock<View>,
    pub(super) approver: OnceLock<View>,
    pub(super) official: OnceLock<View>,
    pub(super) payee_account: OnceLock<View>,
    pub(super) limits: OnceLock<Limits>,
    pub(super) vouchers: OnceLock<Vec<u32>>,
    pub(super) series: OnceLock<Vec<u16>>,
}
