//! Payments that belong together: what one village pays to one payee, approved by one person, for which the
//! same scheme speaks, in days that follow each other closely.

use std::collections::BTreeSet;

use crate::indicators::card::Scheme;
use crate::ledger::book::Book;
use crate::ledger::book::index::PaymentIx;
use crate::scoring::evidence::counts::COUNTS;
use crate::scoring::evidence::scores::EvidenceScores;

/// Payments that are one thing to verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Act {
    /// The most unusual of them, which stands for all.
    pub(super) head: PaymentIx,
    /// All of them in the order of their days, the head among them.
    pub(super) payments: Vec<PaymentIx>,
    /// The scheme with the strongest evidence at the head; none for what is merely unusual.
    pub(super) scheme: Option<Scheme>,
}

/// The acts of a ranking, the most unusual first. A payment is in one act only; each act reaches over gaps of
/// at most so many days.
pub(super) fn acts<'a>(
    book: &'a Book,
    evidence: &'a EvidenceScores,
    order: impl IntoIterator<Item = PaymentIx, IntoIter: 'a>,
    days: i32,
) -> impl Iterator<Item = Act> + 'a {
    let mut taken: BTreeSet<PaymentIx> = BTreeSet::new();
    order.into_iter().filter_map(move |head| {
        if taken.contains(&head) {
            return None;
        }
        let scheme = evidence.leading(head);
        let payments = together(book, (head, days), |it| {
            !taken.contains(&it) && evidence.p(scheme, it) <= COUNTS
        });
        taken.extend(&payments);
        Some(Act { head, payments, scheme })
    })
}

/// The payments around a head that are of its village, payee and approver, and belong to it.
fn together(
    book: &Book,
    (head, days): (PaymentIx, i32),
    belongs: impl Fn(PaymentIx) -> bool,
) -> Vec<PaymentIx> {
    let payments = &book.payments;
    let of = |it: PaymentIx| (payments.village[it], payments.payee[it], payments.approver[it]);
    let whose = of(head);
    let (village, Some(payee), _) = whose else { return vec![head] };
    // Village after village, so that a supplier of the whole county is not gone through for each of its payments.
    let all = book.by_payee().group(payee);
    let from = all.partition_point(|it| payments.village[*it] < village);
    let own = all.iter().skip(from).copied().take_while(|it| payments.village[*it] == village);
    let alike = own.filter(|it| *it == head || (of(*it) == whose && belongs(*it)));
    let mut alike: Vec<PaymentIx> = alike.collect();
    let day = |it: PaymentIx| payments.day[it].0;
    alike.sort_by_key(|it| (day(*it), *it));
    let runs = alike.chunk_by(|one, next| day(*next) - day(*one) <= days);
    let own = runs.into_iter().find(|run| run.contains(&head));
    own.map_or_else(|| vec![head], <[_]>::to_vec)
}

impl EvidenceScores {
    /// The scheme with the strongest evidence at a payment; none where no scheme has evidence, and the payment is at most
    /// unusual as a whole.
    pub(super) fn leading(&self, payment: PaymentIx) -> Option<Scheme> {
        let told = self.schemes.iter().map(|(scheme, p)| (*scheme, p[payment.into()]));
        let least = told.filter(|(_, p)| !p.is_nan()).min_by(|(_, a), (_, b)| a.total_cmp(b));
        least.filter(|(_, p)| *p <= COUNTS).map(|(scheme, _)| scheme)
    }

    /// The p-value of a scheme at a payment, or of what is unusual; 1 where there is none.
    fn p(&self, scheme: Option<Scheme>, payment: PaymentIx) -> f32 {
        let column = match scheme {
            None => Some(&self.unusual),
            Some(scheme) => self.schemes.iter().find(|(own, _)| *own == scheme).map(|(_, p)| p),
        };
        let p = column.map(|p| p[payment.into()]);
        p.filter(|p| !p.is_nan()).unwrap_or(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Act, PaymentIx, acts};
    use crate::indicators::card::Scheme;
    use crate::ledger::sample::book;
    use crate::scoring::evidence::scores::EvidenceScores;

    #[test]
    fn an_act_is_of_one_payee_approver_and_scheme_and_its_days_follow_closely() {
        let book = book(&[(
            "ledger",
            "date,payee,approver\n\
             2024-01-01,shop,li\n2024-01-20,shop,li\n2024-02-10,shop,li\n2024-05-01,shop,li\n\
             2024-05-02,shop,wu\n2024-05-03,mill,li\n",
        )]);
        let splitting = vec![0.01, 0.001, 0.2, 0.01, 0.01, 0.01];
        let evidence = EvidenceScores {
            schemes: vec![(Scheme::Splitting, splitting.into())],
            unusual: vec![1.0; 6].into(),
            score: vec![0.0; 6].into(),
        };
        let found: Vec<Act> =
            acts(&book, &evidence, [1, 0, 3, 2, 4, 5].map(PaymentIx::from), 30).collect();
        let act = |head: usize, payments: &[usize]| Act {
            head: head.into(),
            payments: payments.iter().map(|it| PaymentIx::from(*it)).collect(),
            scheme: Some(Scheme::Splitting),
        };
        // The third payment carries no evidence, the fourth is months away, the others are of somebody else.
        let alone = Act { scheme: None, ..act(2, &[2]) };
        let expected = [act(1, &[0, 1]), act(3, &[3]), alone, act(4, &[4]), act(5, &[5])];
        assert_eq!(found, expected);
    }
}
