//! Groups of payments, and storage of the views of a book.

use std::marker::PhantomData;
use std::ops::Range;
use std::sync::OnceLock;

use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::convert::row32;
use crate::ledger::book::index::{
    IxVec, LimitIx, PayeeAccountIx, PayeeIx, PaymentIx, PersonIx, VillageIx,
};
use crate::ledger::book::rosters::Rosters;
use crate::ledger::contract::cell::Fen;

/// Payments in groups indexed by `G`. Groups are contiguous; within a group payments keep the book's order (village,
/// then day).
#[derive(Debug)]
pub struct View<G> {
    /// Payments, sorted by group.
    order: IxVec<usize, PaymentIx>,
    /// The start of each group, and one past the last payment.
    starts: IxVec<usize, u32>,
    groups: PhantomData<G>,
}

impl<G: Copy + From<usize> + Into<usize>> View<G> {
    /// Groups payments by the given group of each; payments without a group are omitted.
    pub(super) fn by_group(
        group_of: impl Iterator<Item = Option<G>> + Clone,
        groups: usize,
    ) -> Self {
        let mut free: IxVec<G, u32> = IxVec::of(0, groups);
        for group in group_of.clone().flatten() {
            free[group] += 1;
        }
        let mut total = 0;
        for count in &mut free.raw {
            let start = total;
            total += std::mem::replace(count, start);
        }
        let starts = free.iter().copied().chain([total]).collect();
        let mut order = IxVec::of(PaymentIx::from(0), total as usize);
        let in_group = group_of.zip((0..).map(PaymentIx::from));
        for (group, payment) in in_group.filter_map(|(group, payment)| Some((group?, payment))) {
            order[free[group] as usize] = payment;
            free[group] += 1;
        }
        Self { order, starts, groups: PhantomData }
    }

    /// Groups payments by key; groups are in ascending order of keys.
    pub(super) fn by_key<K: Ord + Copy + Send + Sync>(mut keyed: Vec<(K, PaymentIx)>) -> Self {
        keyed.par_sort_unstable();
        let mut starts = Vec::new();
        let mut last = None;
        for (place, (key, _)) in (0_u32..).zip(&keyed) {
            if last != Some(*key) {
                starts.push(place);
                last = Some(*key);
            }
        }
        starts.push(row32(keyed.len()));
        let order = keyed.into_iter().map(|(_, payment)| payment).collect();
        Self { order, starts: starts.into(), groups: PhantomData }
    }

    /// Converts given groups.
    pub(super) fn of_groups(groups: &IxVec<G, Vec<PaymentIx>>) -> Self {
        let ends = groups.iter().scan(0, |end, group| {
            *end += group.len();
            Some(row32(*end))
        });
        let starts = std::iter::once(0).chain(ends).collect();
        Self { order: groups.raw.concat().into(), starts, groups: PhantomData }
    }

    /// The number of groups.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there are no groups.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The payments of one group.
    pub fn group(&self, group: G) -> &[PaymentIx] {
        let group: usize = group.into();
        let (from, to) = (self.starts[group], self.starts[group + 1]);
        self.order.within(&(from as usize..to as usize))
    }

    /// The first group that is not before the one sought; `is_before` is called with the first payment of a group.
    pub fn find(&self, is_before: impl Fn(PaymentIx) -> bool) -> Option<G> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.group(G::from(middle)).first().is_some_and(|first| is_before(*first)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        (low < self.len()).then(|| G::from(low))
    }

    /// All groups.
    pub fn groups(&self) -> impl ExactSizeIterator<Item = &[PaymentIx]> {
        (0..self.len()).map(|group| self.group(G::from(group)))
    }
}

impl<G: Copy + Send + Sync + From<usize> + Into<usize>> View<G> {
    /// Computes a value for each group in parallel.
    pub fn par_map<T: Send>(&self, value: impl Fn(G, &[PaymentIx]) -> T + Sync) -> IxVec<G, T> {
        let groups = (0..self.len()).into_par_iter().map(G::from);
        groups.map(|group| value(group, self.group(group))).collect::<Vec<T>>().into()
    }
}

impl View<VillageIx> {
    /// A payment as a group of its own, borrowed from the payments by village, which are in the book's order.
    pub(in crate::ledger) fn alone(&self, payment: PaymentIx) -> &[PaymentIx] {
        std::slice::from_ref(&self.order[payment.into()])
    }
}

/// The limits adjacent to each payment.
#[derive(Debug)]
pub(super) struct Limits {
    pub(super) above: IxVec<PaymentIx, Fen>,
    pub(super) reached: IxVec<PaymentIx, Fen>,
    /// The row of the band, if there is one.
    pub(super) row: IxVec<PaymentIx, Option<LimitIx>>,
}

/// The views of one book.
#[derive(Debug, Default)]
pub struct Views {
    pub(super) village: OnceLock<View<VillageIx>>,
    pub(super) payee: OnceLock<View<PayeeIx>>,
    pub(super) approver: OnceLock<View<PersonIx>>,
    pub(super) official: OnceLock<View<PersonIx>>,
    pub(super) payee_account: OnceLock<View<PayeeAccountIx>>,
    pub(super) limits: OnceLock<Limits>,
    pub(super) vouchers: OnceLock<IxVec<VillageIx, Range<usize>>>,
    pub(super) series: OnceLock<IxVec<PaymentIx, u16>>,
    pub(super) rosters: OnceLock<Rosters>,
}
