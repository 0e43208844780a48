//! Orders and groups over a book's payments, each computed once, when first asked for.
//!
//! A kernel loops over the contiguous groups of a view; it never builds a hash map of its own and
//! never sorts the payments again.

use std::ops::Range;
use std::sync::OnceLock;

use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::ledger::book::{Book, NOBODY, Payments, Role, Subject};
use crate::ledger::cell::{Cell, Fen, Id};
use crate::ledger::chart::Chart;
use crate::ledger::limits::{limit_above, limit_reached};

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
    fn by_subject(subject_of: &[Subject], subjects: usize) -> Self {
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
    fn by_key<K: Ord + Copy + Send + Sync>(mut keyed: Vec<(K, u32)>) -> Self {
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
    fn of_groups(groups: &[Vec<u32>]) -> Self {
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
struct Limits {
    above: Vec<Fen>,
    reached: Vec<Fen>,
    /// The row of the band; past the last row where there is none.
    row: Vec<u32>,
}

/// The views of one book.
#[derive(Debug, Default)]
pub struct Views {
    village: OnceLock<View>,
    payee: OnceLock<View>,
    approver: OnceLock<View>,
    official: OnceLock<View>,
    payee_account: OnceLock<View>,
    limits: OnceLock<Limits>,
    vouchers: OnceLock<Vec<u32>>,
    series: OnceLock<Vec<u16>>,
}

impl Book {
    /// Payments by village; group `i` is `villages[i]`.
    pub fn by_village(&self) -> &View {
        let payments = &self.payments;
        self.views.village.get_or_init(|| View::by_subject(&payments.village, self.villages.len()))
    }

    /// Payments by payee; group `i` is `payees[i]`. Inside a group, village after village.
    pub fn by_payee(&self) -> &View {
        let payments = &self.payments;
        self.views.payee.get_or_init(|| View::by_subject(&payments.payee, self.payees.len()))
    }

    /// Payments by approver; group `i` is `officials[i]`.
    pub fn by_approver(&self) -> &View {
        let payments = &self.payments;
        self.views
            .approver
            .get_or_init(|| View::by_subject(&payments.approver, self.officials.len()))
    }

    /// Payments that each official signed, keyed or received; group `i` is `officials[i]`. A payment is in the groups of all
    /// its officials.
    pub fn by_official(&self) -> &View {
        self.views.official.get_or_init(|| View::of_groups(&self.touched()))
    }

    /// The payments of each official, each once and in order.
    fn touched(&self) -> Vec<Vec<u32>> {
        let mut touched: Vec<Vec<u32>> = vec![Vec::new(); self.officials.len()];
        self.each_role(|payment, _, official| {
            let own = touched.get_mut(official as usize);
            if let Some(own) = own.filter(|it| it.last() != Some(&payment)) {
                own.push(payment);
            }
        });
        touched
    }

    /// Tells, payment by payment, which official has which role in it: payment, role, official.
    pub fn each_role(&self, mut tell: impl FnMut(Subject, Role, Subject)) {
        let place_of = |id: Id| -> Option<Subject> {
            id.some().and_then(|id| self.officials.binary_search(&id).ok()?.try_into().ok())
        };
        let receivers: Vec<Option<Subject>> =
            self.payees.iter().map(|payee| place_of(self.person_of(*payee))).collect();
        let signers = self.lines.signers();
        for ((payment, line), payee) in (0..).zip(&self.payments.line).zip(&self.payments.payee) {
            for (role, signer) in Role::SIGNERS.into_iter().zip(signers) {
                if let Some(official) = place_of(signer.at(*line as usize)) {
                    tell(payment, role, official);
                }
            }
            if let Some(official) = receivers.get(*payee as usize).copied().flatten() {
                tell(payment, Role::Payee, official);
            }
        }
    }

    /// Payments by payee and account; only payments with a payee.
    pub fn by_payee_account(&self) -> &View {
        self.views.payee_account.get_or_init(|| {
            let Payments { payee, account, .. } = &self.payments;
            let keys = payee.iter().zip(account).map(|(payee, account)| (*payee, *account));
            let keyed: Vec<((Subject, Id), u32)> =
                keys.zip(0_u32..).filter(|((payee, _), _)| *payee != NOBODY).collect();
            View::by_key(keyed)
        })
    }

    /// For each payment the limit that it stays under, or the empty cell where there is none above it.
    pub fn limit_above(&self) -> &[Fen] {
        &self.limits_around().above
    }

    /// For each payment the highest limit that it reaches, or the empty cell where it reaches none.
    pub fn limit_reached(&self) -> &[Fen] {
        &self.limits_around().reached
    }

    /// The row of the `limits` table whose band holds a payment, if any does.
    pub fn limit_row(&self, payment: u32) -> Option<usize> {
        let row = self.limits_around().row.get(payment as usize).copied();
        row.filter(|row| *row != u32::MAX).map(|row| row as usize)
    }

    fn limits_around(&self) -> &Limits {
        self.views.limits.get_or_init(|| {
            let of_payment = |payment: usize| {
                let payments = &self.payments;
                let village = *payments.village.get(payment)?;
                let village = self.names.get(*self.villages.get(village as usize)?);
                let class = *payments.class.get(payment)?;
                let day = *payments.day.get(payment)?;
                let steps = self.limits.steps(village, class, day);
                let amount = *payments.amount.get(payment)?;
                let above = limit_above(steps, amount).unwrap_or(Fen::NONE);
                let reached = limit_reached(steps, amount).unwrap_or(Fen::NONE);
                let row = self.limits.row(village, class, day, amount);
                let row = row.and_then(|row| u32::try_from(row).ok()).unwrap_or(u32::MAX);
                Some(((above, reached), row))
            };
            let payments = (0..self.payments.len()).into_par_iter();
            let none = ((Fen::NONE, Fen::NONE), u32::MAX);
            let around = payments.map(|payment| of_payment(payment).unwrap_or(none));
            let ((above, reached), row) = around.unzip();
            Limits { above, reached, row }
        })
    }

    /// For each payment the account under which it is followed through both charts: [`Chart::series`].
    pub fn series(&self) -> &[u16] {
        self.views.series.get_or_init(|| {
            let chart =
                |line: u32| self.charts.get(line as usize).copied().unwrap_or(Chart::Of2024);
            // Few accounts stand on many lines: each is parsed once.
            let mut known: Vec<[Option<u16>; 2]> = vec![[None; 2]; self.names.len()];
            let mut series = |(line, account): (&u32, &Id)| {
                let chart = chart(*line);
                let parse = || chart.series(self.names.get(*account));
                let Some([old, new]) = known.get_mut(account.0 as usize) else { return 0 };
                *(if chart == Chart::Of2004 { old } else { new }).get_or_insert_with(parse)
            };
            self.payments.line.iter().zip(&self.payments.account).map(&mut series).collect()
        })
    }

    /// The vouchers of a village, as a range of voucher numbers.
    pub fn vouchers_of(&self, village: Subject) -> Range<usize> {
        let starts = self.views.vouchers.get_or_init(|| {
            let first_line = |voucher: &u32| self.lines.village.at(*voucher as usize);
            let (_, vouchers) = self.vouchers.split_last().unwrap_or((&0, &[]));
            let start = |village: &Id| {
                let before = vouchers.partition_point(|voucher| first_line(voucher) < *village);
                u32::try_from(before).unwrap_or(u32::MAX)
            };
            let mut starts: Vec<u32> = self.villages.iter().map(start).collect();
            starts.push(u32::try_from(vouchers.len()).unwrap_or(u32::MAX));
            starts
        });
        let bound = |place: usize| starts.get(place).copied().unwrap_or(0) as usize;
        bound(village as usize)..bound(village as usize + 1)
    }

    /// Computes every view, so that what is timed or shared later finds them ready.
    pub fn warm_up(&self) {
        rayon::scope(|scope| {
            scope.spawn(|_| _ = self.by_village());
            scope.spawn(|_| _ = self.by_payee());
            scope.spawn(|_| _ = self.by_approver());
            scope.spawn(|_| _ = self.by_payee_account());
            scope.spawn(|_| _ = self.limits_around());
            scope.spawn(|_| _ = self.series());
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{NOBODY, View};

    #[test]
    fn a_group_keeps_the_order_of_the_book() {
        let view = View::by_subject(&[2, 0, NOBODY, 2, 0], 3);
        let groups: Vec<_> = view.groups().collect();
        assert_eq!(groups, [&[1_u32, 4][..], &[], &[0, 3]]);
    }

    #[test]
    fn equal_keys_stand_together() {
        let view = View::by_key(vec![((1, 'b'), 0), ((0, 'a'), 1), ((1, 'b'), 2), ((1, 'a'), 3)]);
        let groups: Vec<_> = view.groups().collect();
        assert_eq!(groups, [&[1_u32][..], &[3], &[0, 2]]);
    }
}
