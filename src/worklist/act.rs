//! Payments that belong together: what one village pays to one payee, for which the same scheme speaks. One person
//! approved them in days that follow each other closely; small sums belong together whoever approved them, whatever the
//! days between them, and also where they went to payees that are linked.

use std::collections::BTreeSet;

use crate::indicators::card::Scheme;
use crate::ledger::book::Book;
use crate::ledger::book::index::{PayeeIx, PaymentIx, VillageIx};
use crate::ledger::book::payees::Partners;
use crate::ledger::contract::cell::{Cell, Fen};
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

/// Which payments of a village belong together.
#[derive(Clone, Copy)]
pub(super) struct Grouping<'a> {
    /// The days between two payments of an act at most.
    pub(super) days: i32,
    /// Sums below this are small.
    pub(super) small: Fen,
    /// The payees that are linked.
    pub(super) partners: &'a Partners,
    /// Whether a written rule or a match of tables that is evidence for a scheme flags a payment: then it belongs to the
    /// others however many payments it flags.
    pub(super) is_flagged: &'a dyn Fn(Scheme, PaymentIx) -> bool,
}

/// The acts of a ranking, the most unusual first. A payment is in one act only.
pub(super) fn acts<'a>(
    book: &'a Book,
    evidence: &'a EvidenceScores,
    order: impl IntoIterator<Item = PaymentIx, IntoIter: 'a>,
    grouping: Grouping<'a>,
) -> impl Iterator<Item = Act> + 'a {
    let mut taken: BTreeSet<PaymentIx> = BTreeSet::new();
    order.into_iter().filter_map(move |head| {
        if taken.contains(&head) {
            return None;
        }
        let scheme = evidence.leading(head);
        let is_flagged = |it| scheme.is_some_and(|scheme| (grouping.is_flagged)(scheme, it));
        let belongs = |it: PaymentIx| {
            !taken.contains(&it) && (evidence.p(scheme, it) <= COUNTS || is_flagged(it))
        };
        let mut payments = in_close_succession(book, (head, grouping.days), belongs);
        // What is merely unusual has nothing in common over the years.
        if scheme.is_some() {
            payments.extend(grouping.small_sums(book, head).filter(|it| belongs(*it)));
            payments.sort_unstable_by_key(|it| (book.payments.day[*it], *it));
            payments.dedup();
        }
        taken.extend(&payments);
        Some(Act { head, payments, scheme })
    })
}

/// The payments around a head that are of its village, payee and approver, and belong to it.
fn in_close_succession(
    book: &Book,
    (head, days): (PaymentIx, i32),
    belongs: impl Fn(PaymentIx) -> bool,
) -> Vec<PaymentIx> {
    let payments = &book.payments;
    let Some(payee) = payments.payee[head] else { return vec![head] };
    let is_alike = |it: &PaymentIx| payments.approver[*it] == payments.approver[head];
    let own = paid(book, payments.village[head], payee);
    let alike = own.filter(|it| *it == head || (is_alike(it) && belongs(*it)));
    let mut alike: Vec<PaymentIx> = alike.collect();
    let day = |it: PaymentIx| payments.day[it].0;
    alike.sort_by_key(|it| (day(*it), *it));
    let runs = alike.chunk_by(|one, next| day(*next) - day(*one) <= days);
    let own = runs.into_iter().find(|run| run.contains(&head));
    own.map_or_else(|| vec![head], <[_]>::to_vec)
}

/// What a village paid to a payee.
fn paid(book: &Book, village: VillageIx, payee: PayeeIx) -> impl Iterator<Item = PaymentIx> {
    let payments = &book.payments;
    // Village after village, so that a supplier of the whole county is not gone through for each of its payments.
    let all = book.by_payee().group(payee);
    let from = all.partition_point(|it| payments.village[*it] < village);
    let own = all.iter().skip(from).copied();
    own.take_while(move |it| payments.village[*it] == village)
}

impl Grouping<'_> {
    /// The small sums that the head's village paid to its payee and those linked with it, if the head is one.
    fn small_sums(self, book: &Book, head: PaymentIx) -> impl Iterator<Item = PaymentIx> {
        let payments = &book.payments;
        let is_small = move |it: &PaymentIx| {
            payments.amount[*it].some().is_some_and(|it| it.0 > 0 && it < self.small)
        };
        let payee = payments.payee[head].filter(|_| is_small(&head));
        let payees = payee.map_or(&[][..], |payee| self.partners.of_payee(payee));
        let all = payees.iter().flat_map(move |payee| paid(book, payments.village[head], *payee));
        all.filter(is_small)
    }
}

/// Whether payments of one act are small sums that lie further apart than others may, or went to several payees or were
/// approved by several persons.
pub(super) fn are_apart(book: &Book, payments: &[PaymentIx], days: i32) -> bool {
    let Book { payments: all, .. } = book;
    payments.iter().zip(payments.iter().skip(1)).any(|(one, next)| {
        all.payee[*one] != all.payee[*next]
            || all.approver[*one] != all.approver[*next]
            || all.day[*next].0 - all.day[*one].0 > days
    })
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
    use super::{Act, Book, Fen, Grouping, Partners, PaymentIx, acts, are_apart};
    use crate::indicators::card::Scheme;
    use crate::ledger::sample::book;
    use crate::scoring::evidence::scores::EvidenceScores;

    /// The acts of payments of which most show signs of splitting.
    fn found(
        book: &Book,
        splitting: Vec<f32>,
        order: &[usize],
        (small, flagged): (i64, &[usize]),
    ) -> Vec<Act> {
        let rows = splitting.len();
        let evidence = EvidenceScores {
            schemes: vec![(Scheme::Splitting, splitting.into())],
            unusual: vec![1.0; rows].into(),
            score: vec![0.0; rows].into(),
        };
        let partners = Partners::of(book);
        let grouping = Grouping {
            days: 30,
            small: Fen(small * 100),
            partners: &partners,
            is_flagged: &|_, payment| flagged.contains(&usize::from(payment)),
        };
        let order: Vec<PaymentIx> = order.iter().map(|it| PaymentIx::from(*it)).collect();
        acts(book, &evidence, order, grouping).collect()
    }

    fn act(head: usize, payments: &[usize]) -> Act {
        Act {
            head: head.into(),
            payments: payments.iter().map(|it| PaymentIx::from(*it)).collect(),
            scheme: Some(Scheme::Splitting),
        }
    }

    #[test]
    fn an_act_is_of_one_payee_approver_and_scheme_and_its_days_follow_closely() {
        let book = book(&[(
            "ledger",
            "date,payee,approver\n\
             2024-01-01,shop,li\n2024-01-20,shop,li\n2024-02-10,shop,li\n2024-05-01,shop,li\n\
             2024-05-02,shop,wu\n2024-05-03,mill,li\n",
        )]);
        let splitting = vec![0.01, 0.001, 0.2, 0.01, 0.01, 0.01];
        let found = found(&book, splitting, &[1, 0, 3, 2, 4, 5], (100, &[]));
        // The third payment carries no evidence, the fourth is months away, the others are of somebody else.
        let alone = Act { scheme: None, ..act(2, &[2]) };
        assert_eq!(found, [act(1, &[0, 1]), act(3, &[3]), alone, act(4, &[4]), act(5, &[5])]);
    }

    #[test]
    fn small_sums_to_linked_payees_are_one_act_whatever_the_days_and_whoever_approved() {
        let book = book(&[
            (
                "ledger",
                "village,date,payee,approver,amount\n\
                 990101101201,2021-01-01,shop,li,300\n990101101201,2022-06-01,shop,wu,300\n\
                 990101101201,2023-01-01,stall,li,300\n990101101201,2023-06-01,shop,li,5000\n\
                 990101101201,2023-09-01,mill,li,300\n990101101201,2024-01-01,shop,li,300\n\
                 990101101202,2024-01-01,shop,li,300\n",
            ),
            ("payees", "payee,phone\nshop,1\nstall,1\nmill,2\n"),
        ]);
        let mut splitting = vec![0.01; 7];
        splitting[5] = 0.2;
        let order = [2, 3, 0, 1, 4, 5, 6];
        let all = found(&book, splitting.clone(), &order, (1_000, &[]));
        // Neither the large sum, nor that of another payee or village, nor the one without evidence.
        let alone = Act { scheme: None, ..act(5, &[5]) };
        let expected = [act(2, &[0, 1, 2]), act(3, &[3]), act(4, &[4]), alone, act(6, &[6])];
        assert_eq!(all, expected);
        // A rule that flags it is evidence enough.
        let all = found(&book, splitting, &order, (1_000, &[5]));
        assert_eq!(all, [act(2, &[0, 1, 2, 5]), act(3, &[3]), act(4, &[4]), act(6, &[6])]);
        let is_apart = |payments: &[usize]| are_apart(&book, &act(0, payments).payments, 30);
        assert!(is_apart(&[0, 1, 2]) && is_apart(&[0, 5]) && !is_apart(&[3]));
    }
}
