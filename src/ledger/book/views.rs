//! Orders and groups over a book's payments, each computed once, when first asked for.
//!
//! A kernel loops over the contiguous groups of a view; it never builds a hash map of its own and
//! never sorts the payments again.

use std::ops::Range;

use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use crate::ledger::book::chart::Chart;
use crate::ledger::book::limits::{limit_above, limit_reached};
use crate::ledger::book::side::Role;
use crate::ledger::book::view::{Limits, View};
use crate::ledger::book::view::{NOBODY, Subject};
use crate::ledger::book::{Book, Payments};
use crate::ledger::contract::cell::{Cell, Fen, Id};

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
