//! Payments that belong together: what one village pays to one payee, approved by one person, for which the
//! same scheme speaks, in days that follow each other closely.

use std::collections::BTreeSet;

use crate::indicators::card::Scheme;
use crate::ledger::book::Book;
use crate::scoring::evidence::counts::COUNTS;
use crate::scoring::evidence::scores::EvidenceScores;

/// Payments that are one thing to verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Act {
    /// The most unusual of them, which stands for all.
    pub(super) head: Subject,
    /// All of them in the order of their days, the head among them.
    pub(super) payments: Vec<Subject>,
    /// What speaks loudest at the head; none for what is merely unusual.
    pub(super) scheme: Option<Scheme>,
}

/// The acts of a ranking, the most unusual first. A payment is in one act only; each act reaches over gaps of
/// at most so many days.
pub(super) fn acts<'a>(
    book: &'a Book,
    evidence: &'a EvidenceScores,
    order: &'a [Subject],
    days: i32,
) -> impl Iterator<Item = Act> + 'a {
    let mut taken: BTreeSet<Subject> = BTreeSet::new();
    order.iter().filter_map(move |head| {
        if taken.contains(head) {
            return None;
        }
        let scheme = evidence.leading(*head as usize);
        let payments = together(book, (*head, days), |it| {
            !taken.contains(&it) && evidence.p(scheme, it as usize) <= COUNTS
        });
        taken.extend(&payments);
        Some(Act { head: *head, payments, scheme })
    })
}

/// The payments around a head that are of its village, payee and approver, and belong to it.
fn together(
    book: &Book,
    (head, days): (Subject, i32),
    belongs: impl Fn(Subject) -> bool,
) -> Vec<Subject> {
    let payments = &book.payments;
    let at = |column: &[Subject], it: Subject| column.get(it as usize).copied().unwrap_or(NOBODY);
    let of = |it: Subject| {
        (at(&payments.village, it), at(&payments.payee, it), at(&payments.approver, it))
    };
    let (village, payee, approver) = of(head);
    if payee == NOBODY {
        return vec![head];
    }
    // Village after village, so that a supplier of the whole county is not gone through for each of its payments.
    let all = book.by_payee().group(payee as usize);
    let from = all.partition_point(|it| at(&payments.village, *it) < village);
    let own = all.iter().skip(from).copied().take_while(|it| at(&payments.village, *it) == village);
    let alike =
        own.filter(|it| *it == head || (of(*it) == (village, payee, approver) && belongs(*it)));
    let mut alike: Vec<Subject> = alike.collect();
    let day = |it: Subject| payments.day.get(it as usize).map_or(0, |day| day.0);
    alike.sort_by_key(|it| (day(*it), *it));
    let runs = alike.chunk_by(|one, next| day(*next) - day(*one) <= days);
    let own = runs.into_iter().find(|run| run.contains(&head));
    own.map_or_else(|| vec![head], <[Subject]>::to_vec)
}

impl EvidenceScores {
    /// The scheme that speaks loudest at a subject; none where no scheme has evidence, and the subject is at most
    /// unusual as a whole.
    pub(super) fn leading(&self, subject: usize) -> Option<Scheme> {
        let told = self.schemes.iter().filter_map(|(scheme, p)| Some((*scheme, *p.get(subject)?)));
        let least = told.filter(|(_, p)| !p.is_nan()).min_by(|(_, a), (_, b)| a.total_cmp(b));
        least.filter(|(_, p)| *p <= COUNTS).map(|(scheme, _)| scheme)
    }

    /// The p-value of a scheme at a subject, or of what is unusual; 1 where there is none.
    fn p(&self, scheme: Option<Scheme>, subject: usize) -> f32 {
        let column = match scheme {
            None => Some(&self.unusual),
            Some(scheme) => self.schemes.iter().find(|(own, _)| *own == scheme).map(|(_, p)| p),
        };
        column.and_then(|p| p.get(subject)).copied().filter(|p| !p.is_nan()).unwrap_or(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Act, acts};
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
            schemes: vec![(Scheme::Splitting, splitting)],
            unusual: vec![1.0; 6],
            score: vec![0.0; 6],
        };
        let found: Vec<Act> = acts(&book, &evidence, &[1, 0, 3, 2, 4, 5], 30).collect();
        let act = |head, payments: &[u32]| Act {
            head,
            payments: payments.to_vec(),
            scheme: Some(Scheme::Splitting),
        };
        // The third payment carries no evidence, the fourth is months away, the others are of somebody else.
        let alone = Act { scheme: None, ..act(2, &[2]) };
        let expected = [act(1, &[0, 1]), act(3, &[3]), alone, act(4, &[4]), act(5, &[5])];
        assert_eq!(found, expected);
    }
}
