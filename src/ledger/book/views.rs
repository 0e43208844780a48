//! Orders and groups of a book's payments, each computed on first use.
//!
//! Indicator kernels loop over the contiguous groups of a view instead of building hash maps or sorting payments.

use std::ops::Range;

use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use crate::ledger::book::chart::Chart;
use crate::ledger::book::index::{
    IxVec, LimitIx, LineIx, PayeeAccountIx, PayeeIx, PaymentIx, PersonIx, VillageIx,
};
use crate::ledger::book::limits::{limit_above, limit_reached};
use crate::ledger::book::paired::rosters;
use crate::ledger::book::rosters::Rosters;
use crate::ledger::book::side::Role;
use crate::ledger::book::view::{Limits, View};
use crate::ledger::book::{Book, Payments};
use crate::ledger::contract::cell::{Cell, Fen, Id};

impl Book {
    /// Payments by village.
    pub fn by_village(&self) -> &View<VillageIx> {
        let village = &self.payments.village;
        self.views
            .village
            .get_or_init(|| View::by_group(village.iter().copied().map(Some), self.villages.len()))
    }

    /// Payments by payee, sorted by village within each group.
    pub fn by_payee(&self) -> &View<PayeeIx> {
        let payee = &self.payments.payee;
        self.views.payee.get_or_init(|| View::by_group(payee.iter().copied(), self.payees.len()))
    }

    /// Payments by approver.
    pub fn by_approver(&self) -> &View<PersonIx> {
        let approver = &self.payments.approver;
        self.views
            .approver
            .get_or_init(|| View::by_group(approver.iter().copied(), self.officials.len()))
    }

    /// Payments that each official signed, entered or received. A payment is in the groups of all its officials.
    pub fn by_official(&self) -> &View<PersonIx> {
        self.views.official.get_or_init(|| View::of_groups(&self.touched()))
    }

    /// The payments of each official without duplicates, in order.
    fn touched(&self) -> IxVec<PersonIx, Vec<PaymentIx>> {
        let mut touched: IxVec<PersonIx, Vec<PaymentIx>> =
            IxVec::of(Vec::new(), self.officials.len());
        self.each_role(|payment, _, official| {
            let own = &mut touched[official];
            if own.last() != Some(&payment) {
                own.push(payment);
            }
        });
        touched
    }

    /// Calls `tell` for every role of an official in a payment, in the order of payments.
    pub fn each_role(&self, mut tell: impl FnMut(PaymentIx, Role, PersonIx)) {
        let place_of = |id: Id| id.some().and_then(|id| self.officials.place(&id));
        let receivers: IxVec<PayeeIx, Option<PersonIx>> =
            self.payees.iter().map(|payee| place_of(self.person_of(*payee))).collect();
        let signers = self.lines.signers();
        for ((payment, line), payee) in
            self.payments.line.iter_enumerated().zip(&self.payments.payee)
        {
            for (role, signer) in Role::SIGNERS.into_iter().zip(signers) {
                if let Some(official) = place_of(signer.at(*line)) {
                    tell(payment, role, official);
                }
            }
            if let Some(official) = payee.and_then(|payee| receivers[payee]) {
                tell(payment, Role::Payee, official);
            }
        }
    }

    /// Payments by payee and account; payments without a payee are omitted.
    pub fn by_payee_account(&self) -> &View<PayeeAccountIx> {
        self.views.payee_account.get_or_init(|| {
            let Payments { payee, account, .. } = &self.payments;
            let keys = payee.iter_enumerated().zip(account);
            let keyed = keys
                .filter_map(|((payment, payee), account)| Some((((*payee)?, *account), payment)));
            View::by_key(keyed.collect())
        })
    }

    /// For each payment the smallest limit above it; the empty cell if there is none.
    pub fn limit_above(&self) -> &IxVec<PaymentIx, Fen> {
        &self.limits_around().above
    }

    /// For each payment the highest limit at or below it; the empty cell if there is none.
    pub fn limit_reached(&self) -> &IxVec<PaymentIx, Fen> {
        &self.limits_around().reached
    }

    /// The row of the `limits` table whose band contains a payment, if any.
    pub fn limit_row(&self, payment: PaymentIx) -> Option<usize> {
        self.limits_around().row[payment].map(usize::from)
    }

    fn limits_around(&self) -> &Limits {
        self.views.limits.get_or_init(|| {
            let of_payment = |payment: usize| {
                let (payments, payment) = (&self.payments, PaymentIx::from(payment));
                let village = self.names.get(self.villages[payments.village[payment]]);
                let (class, day) = (payments.class[payment], payments.day[payment]);
                let steps = self.limits.steps(village, class, day);
                let amount = payments.amount[payment];
                let above = limit_above(steps, amount).unwrap_or(Fen::NONE);
                let reached = limit_reached(steps, amount).unwrap_or(Fen::NONE);
                let row = self.limits.row(village, class, day, amount);
                ((above, reached), row.map(LimitIx::from))
            };
            let around = (0..self.payments.len()).into_par_iter().map(of_payment);
            let ((above, reached), row): ((Vec<_>, Vec<_>), Vec<_>) = around.unzip();
            Limits { above: above.into(), reached: reached.into(), row: row.into() }
        })
    }

    /// For each payment its account number across both charts: [`Chart::series`].
    pub fn series(&self) -> &IxVec<PaymentIx, u16> {
        self.views.series.get_or_init(|| {
            // There are few accounts and many lines, so each account is parsed once.
            let mut known: Vec<[Option<u16>; 2]> = vec![[None; 2]; self.names.len()];
            let mut series = |(line, account): (&LineIx, &Id)| {
                let chart = self.charts[*line];
                let parse = || chart.series(self.names.get(*account));
                let Some([old, new]) = known.get_mut(account.0 as usize) else { return 0 };
                *(if chart == Chart::Of2004 { old } else { new }).get_or_insert_with(parse)
            };
            self.payments.line.iter().zip(&self.payments.account).map(&mut series).collect()
        })
    }

    /// The rows of the table of subsidies and the payments of them.
    pub fn rosters(&self) -> &Rosters {
        self.views.rosters.get_or_init(|| rosters(self))
    }

    /// The vouchers of a village, as a range of voucher numbers.
    pub fn vouchers_of(&self, village: VillageIx) -> Range<usize> {
        let ranges = self.views.vouchers.get_or_init(|| {
            let vouchers = self.vouchers.split_last().map_or(&[][..], |(_, vouchers)| vouchers);
            let village = |voucher: &LineIx| self.lines.village.at(*voucher);
            let range = |own: &Id| {
                vouchers.partition_point(|voucher| village(voucher) < *own)
                    ..vouchers.partition_point(|voucher| village(voucher) <= *own)
            };
            self.villages.iter().map(range).collect()
        });
        ranges[village].clone()
    }

    /// Computes all views, so that later timings and shared uses exclude the computation.
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
    use super::{PayeeAccountIx, PayeeIx, PaymentIx, View};

    fn places<const N: usize>(all: [usize; N]) -> Vec<PaymentIx> {
        all.map(PaymentIx::from).to_vec()
    }

    #[test]
    fn a_group_keeps_the_order_of_the_book() {
        let groups = [Some(2), Some(0), None, Some(2), Some(0)];
        let groups = groups.into_iter().map(|group| group.map(PayeeIx::from));
        let view = View::by_group(groups, 3);
        let groups: Vec<_> = view.groups().collect();
        assert_eq!(groups, [places([1, 4]), places([]), places([0, 3])]);
    }

    #[test]
    fn equal_keys_stand_together() {
        let keyed = [((1, 'b'), 0), ((0, 'a'), 1), ((1, 'b'), 2), ((1, 'a'), 3)];
        let keyed = keyed.map(|(key, payment)| (key, PaymentIx::from(payment)));
        let view = View::<PayeeAccountIx>::by_key(keyed.to_vec());
        let groups: Vec<_> = view.groups().collect();
        assert_eq!(groups, [places([1]), places([3]), places([0, 2])]);
    }
}
