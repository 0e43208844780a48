//! Vouchers at odd times: whether a payee's fall there more often than its village and its county are used to.

use crate::convert::float;
use crate::indicators::fact::Fact;
use crate::indicators::indicator::{Group, Out};
use crate::indicators::seen::{Seen, neg_log10, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PayeeIx, PaymentIx, VillageIx};
use crate::stats::exact::binomial_upper;
use crate::stats::pooled::Shares;

/// As many payees, evenly taken, tell how payees of the county differ.
const SAMPLE: usize = 1_000;

/// Vouchers of the county's mean that are mixed into the village's own.
const PRIOR: f64 = 20.0;

/// Odd vouchers and all vouchers.
type Count = (usize, usize);

/// What the vouchers of a county are like.
#[derive(Debug)]
pub(super) struct Habit {
    payees: Shares,
    /// By village.
    villages: IxVec<VillageIx, Count>,
}

/// How often vouchers are odd: the payee's in the village, and those of the village's other payees.
#[derive(Debug, Clone, Copy)]
pub(super) struct Often {
    pub(super) odd: usize,
    pub(super) all: usize,
    pub(super) other_odd: usize,
    pub(super) others: usize,
}

/// What one voucher pays to the payee: its first payment, and whether its time is odd.
type Dated = (Seen, bool);

/// The payments of a payee whose time is known, one of each voucher and whether it is odd, in the order given.
fn vouchers(
    book: &Book,
    payments: &[PaymentIx],
    is_odd: impl Fn(&Book, Seen) -> Option<bool>,
) -> Vec<Dated> {
    let signed = seen(book, payments).filter(|one| one.is_signed_for());
    let mut all: Vec<Dated> = signed.filter_map(|one| Some((one, is_odd(book, one)?))).collect();
    all.dedup_by(|next, kept| next.0.is_beside(kept.0, book));
    all
}

fn count(own: &[Dated]) -> Count {
    (own.iter().filter(|(_, is_odd)| *is_odd).count(), own.len())
}

fn by_village(all: &[Dated]) -> impl Iterator<Item = (VillageIx, &[Dated])> {
    let own = all.chunk_by(|a, b| a.0.village == b.0.village);
    own.filter_map(|own| own.first().map(|(one, _)| (one.village, own)))
}

impl Habit {
    /// From the payees with at least `minimum` vouchers in a village.
    pub(super) fn of(
        book: &Book,
        minimum: usize,
        is_odd: impl Fn(&Book, Seen) -> Option<bool> + Sync,
    ) -> Self {
        let counts = book.by_payee().par_map(|_, payments| {
            let all = vouchers(book, payments, &is_odd);
            let counts = by_village(&all).map(|(village, own)| (village, count(own)));
            counts.collect::<Vec<_>>()
        });
        let mut villages: IxVec<VillageIx, Count> = IxVec::of((0, 0), book.villages.len());
        let mut usual: Vec<(u64, u64)> = Vec::new();
        for (village, (odd, all)) in counts.into_iter().flatten() {
            let sum = &mut villages[village];
            *sum = (sum.0 + odd, sum.1 + all);
            usual.extend((all >= minimum).then_some((odd as u64, all as u64)));
        }
        let step = usual.len().div_ceil(SAMPLE).max(1);
        let sample: Vec<_> = usual.into_iter().step_by(step).collect();
        Self { payees: Shares::fit(&sample), villages }
    }

    /// The chance that a payee of this county has as many odd vouchers, and that one of this village has;
    /// the larger of the two.
    fn p(&self, village: VillageIx, (odd, all): Count) -> f64 {
        let (odd_there, all_there) = self.villages[village];
        let others = |there: usize, own: usize| float(there.saturating_sub(own));
        let odd_others = others(odd_there, odd) + PRIOR * self.payees.mean();
        let share = odd_others / (others(all_there, all) + PRIOR);
        let (odd, all) = (odd as u64, all as u64);
        binomial_upper(odd, all, share.min(1.0)).max(self.payees.upper(odd, all))
    }

    fn often(&self, village: VillageIx, (odd, all): Count) -> Often {
        let (odd_there, all_there) = self.villages[village];
        let (other_odd, others) = (odd_there.saturating_sub(odd), all_there.saturating_sub(all));
        Often { odd, all, other_odd, others }
    }

    /// A reading for each payment to a payee with at least `minimum` vouchers in the village; 0 at an
    /// ordinary time. `fact` says what is odd about one.
    pub(super) fn put(
        &self,
        book: &Book,
        group: Group<'_, PayeeIx>,
        out: &mut Out,
        minimum: usize,
        is_odd: impl Fn(&Book, Seen) -> Option<bool>,
        fact: impl Fn(Seen, Often) -> Fact,
    ) {
        let all = vouchers(book, group.payments, &is_odd);
        let neg_log10_p: Vec<(VillageIx, Count, f64)> = by_village(&all)
            .filter(|(_, own)| own.len() >= minimum)
            .map(|(village, own)| (village, count(own), neg_log10(self.p(village, count(own)))))
            .collect();
        for one in seen(book, group.payments).filter(|one| one.is_signed_for()) {
            let own = neg_log10_p.binary_search_by_key(&one.village, |(village, ..)| *village);
            let Some((village, own, value)) = own.ok().and_then(|own| neg_log10_p.get(own)) else {
                continue;
            };
            let Some(is_odd) = is_odd(book, one) else { continue };
            let value = if is_odd { *value } else { 0.0 };
            out.put(one.payment, value, own.1, || is_odd.then_some(one.line));
            out.tell(one.payment, || is_odd.then(|| fact(one, self.often(*village, *own))));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Habit;
    use crate::ledger::sample;

    #[test]
    fn a_voucher_counts_once_and_a_payee_is_measured_against_the_others_of_the_village() {
        let day = |day| format!("990101101201,2024-03-{day:02},记-{day:04},shop\n");
        let shop: String = (1..=20).map(day).collect();
        let mason = "990101101201,2024-03-25,记-0025,mason\n".repeat(2);
        let ledger = format!("village,date,voucher,payee\n{shop}{mason}");
        let book = sample::book(&[("ledger", &ledger)]);
        let habit = Habit::of(&book, 1, |_, one| Some(one.day.date().day() == 25));
        assert_eq!(habit.villages.raw, [(1, 21)]);
        // None of the shop's 20 is odd: the mean of two payees, half a hit added, is all that speaks for it.
        assert!(habit.p(0.into(), (1, 1)) >= habit.payees.mean() * 20.0 / 40.0);
    }
}
