//! Payments grouped by key, and statistics within the groups.

use rayon::slice::ParallelSliceMut;

use crate::convert::row32;
use crate::ledger::book::index::{IxVec, PaymentIx};
use crate::ledger::contract::cell::Day;

/// One cell for each payment.
pub(super) type Column = IxVec<PaymentIx, f32>;

/// The cells of a column.
pub(super) type Cells = IxVec<PaymentIx, f32>;

/// Payments grouped by equal keys, in the book's order within each group.
#[derive(Debug, Default)]
pub(super) struct Groups {
    order: Vec<PaymentIx>,
    starts: Vec<u32>,
}

impl Groups {
    /// Groups `rows` payments; those without a key are in no group.
    pub(super) fn of(rows: usize, key: impl Fn(PaymentIx) -> Option<u64>) -> Self {
        Self::of_pairs(PaymentIx::all(rows).filter_map(|at| Some((key(at)?, at))).collect())
    }

    fn of_pairs(mut keyed: Vec<(u64, PaymentIx)>) -> Self {
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
        Self { order: keyed.into_iter().map(|(_, row)| row).collect(), starts }
    }

    /// Sorts each group by day.
    pub(super) fn by_day(mut self, days: &IxVec<PaymentIx, Day>) -> Self {
        for bounds in self.starts.windows(2) {
            let group = &mut self.order[bounds[0] as usize..bounds[1] as usize];
            group.sort_by_key(|row| days[*row]);
        }
        self
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[PaymentIx]> {
        self.starts.windows(2).map(|bounds| &self.order[bounds[0] as usize..bounds[1] as usize])
    }

    /// Computes one cell per payment group by group; payments in no group get a missing cell.
    pub(super) fn each(&self, rows: usize, cells: impl Fn(&[PaymentIx], &mut Vec<f32>)) -> Column {
        let mut all: Column = IxVec::of(f32::NAN, rows);
        self.fill([&mut all], |group, [out]| cells(group, out));
        all
    }

    /// Computes several columns at once; `cells` pushes one cell per payment of a group to each.
    pub(super) fn fill<const N: usize>(
        &self,
        mut columns: [&mut Column; N],
        cells: impl Fn(&[PaymentIx], [&mut Vec<f32>; N]),
    ) {
        let mut out: [Vec<f32>; N] = std::array::from_fn(|_| Vec::new());
        for group in self.iter() {
            out.iter_mut().for_each(Vec::clear);
            cells(group, out.each_mut());
            for (column, told) in columns.iter_mut().zip(&out) {
                debug_assert_eq!(told.len(), group.len(), "one cell for each payment of a group");
                group.iter().zip(told).for_each(|(row, cell)| column[*row] = *cell);
            }
        }
    }

    /// The number of payments in each payment's group.
    pub(super) fn counts(&self, rows: usize) -> Column {
        let mut all: Column = IxVec::of(f32::NAN, rows);
        for group in self.iter() {
            for row in group {
                all[*row] = group.len() as f32;
            }
        }
        all
    }
}

/// The median of the non-missing sizes; `None` if there are fewer than `least`.
pub(super) fn median(sizes: &mut Vec<f32>, least: usize) -> Option<f32> {
    sizes.retain(|it| !it.is_nan());
    let middle = sizes.len() / 2;
    (sizes.len() >= least.max(1)).then(|| *sizes.select_nth_unstable_by(middle, f32::total_cmp).1)
}

/// Each size minus the median of its group; missing in groups of fewer than `least`.
pub(super) fn over_median(groups: &Groups, sizes: &Cells, least: usize) -> Column {
    groups.each(sizes.len(), |group, out| {
        let mut own: Vec<f32> = group.iter().map(|row| sizes[*row]).collect();
        let middle = median(&mut own, least).unwrap_or(f32::NAN);
        out.extend(group.iter().map(|row| sizes[*row] - middle));
    })
}

/// The share of the group's other payments that are smaller; ties count one half.
pub(super) fn rank(groups: &Groups, sizes: &Cells, least: usize) -> Column {
    groups.each(sizes.len(), |group, out| {
        let mut sorted: Vec<f32> =
            group.iter().map(|row| sizes[*row]).filter(|it| !it.is_nan()).collect();
        sorted.sort_unstable_by(f32::total_cmp);
        let others = sorted.len().saturating_sub(1) as f32;
        let share = |row: &PaymentIx| {
            let size = sizes[*row];
            if size.is_nan() || sorted.len() < least.max(2) {
                return f32::NAN;
            }
            let below = sorted.partition_point(|it| *it < size);
            let upto = sorted.partition_point(|it| *it <= size);
            (below as f32 + (upto - below - 1) as f32 / 2.0) / others
        };
        out.extend(group.iter().map(share));
    })
}

/// `-ln` of the share of payments with one key among those with another; rare values are large. The counts are
/// smoothed, so that a single payment does not get a share of 1.
pub(super) fn rarity(
    rows: usize,
    given: impl Fn(PaymentIx) -> Option<u64>,
    kind: impl Fn(PaymentIx) -> Option<u64>,
) -> Column {
    let of = Groups::of(rows, |at| kind(at).and(given(at)));
    of.each(rows, |group, out| {
        let mut kinds: Vec<u64> = group.iter().filter_map(|row| kind(*row)).collect();
        kinds.sort_unstable();
        let all = group.len() as f32;
        out.extend(group.iter().map(|row| {
            let Some(own) = kind(*row) else { return f32::NAN };
            let from = kinds.partition_point(|it| *it < own);
            let to = kinds.partition_point(|it| *it <= own);
            ((all + 1.0) / ((to - from) as f32 + 0.5)).ln()
        }));
    })
}

/// The number of different values among the payments of a group.
pub(super) fn distinct(
    groups: &Groups,
    rows: usize,
    value: impl Fn(PaymentIx) -> Option<u64>,
) -> Column {
    groups.each(rows, |group, out| {
        let mut values: Vec<u64> = group.iter().filter_map(|row| value(*row)).collect();
        values.sort_unstable();
        values.dedup();
        out.extend(group.iter().map(|_| values.len() as f32));
    })
}

/// Sums of a group's payments within a number of days before and after each payment, itself included. The group must be
/// sorted by day.
pub(super) struct Windows<'a> {
    group: &'a [PaymentIx],
    days: Vec<i32>,
    sums: Vec<f64>,
}

impl<'a> Windows<'a> {
    pub(super) fn of(
        group: &'a [PaymentIx],
        day: impl Fn(PaymentIx) -> i32,
        yuan: impl Fn(PaymentIx) -> f64,
    ) -> Self {
        let mut sums = vec![0.0];
        let mut sum = 0.0;
        for row in group {
            sum += yuan(*row);
            sums.push(sum);
        }
        Self { group, days: group.iter().map(|row| day(*row)).collect(), sums }
    }

    /// Sum and number of the payments within `days` days of the payment at index `place` of the group.
    pub(super) fn within(&self, place: usize, days: i32) -> (f64, usize) {
        let day = self.days[place];
        let from = self.days.partition_point(|it| *it < day - days);
        let to = self.days.partition_point(|it| *it <= day + days);
        (self.sums[to] - self.sums[from], to - from)
    }

    pub(super) fn len(&self) -> usize {
        self.group.len()
    }
}
