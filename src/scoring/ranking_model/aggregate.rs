//! Scores of payees, officials and villages, aggregated from their payments.

use std::collections::BTreeMap;

use crate::indicators::card::Scheme;
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PayeeIx, PaymentIx, PersonIx, VillageIx};
use crate::ledger::book::side::Role;
use crate::scoring::evidence::scores::EvidenceScores;
use crate::stats::posterior::probability_at_most;

/// The number of highest payments averaged per village.
const OF_VILLAGE: usize = 20;
/// The number of highest payments averaged per official.
const OF_OFFICIAL: usize = 10;
/// The number of highest payments averaged per payee.
const OF_PAYEE: usize = 5;

/// The weight of a payment for its witness, countersigner, reviewer or clerk; that of its approver, handler or payee is
/// 1.
const MINOR_ROLE: f64 = 0.1;

/// Persons with many payments have some high scores by chance. A payment's score is divided by the person's number of
/// payments in the role raised to this power: with 16 times as many, each counts half.
const COUNT_POWER: f64 = 0.25;

type PaymentScores = IxVec<PaymentIx, f64>;

/// The mean of the twenty highest payment scores of each village.
pub fn villages(book: &Book, score: &PaymentScores) -> IxVec<VillageIx, f64> {
    book.by_village().groups().map(|own| of_group(own, score, OF_VILLAGE)).collect()
}

/// The share of villages in which income is taken to be kept off the books, before anything is known.
const OFF_BOOK: f64 = 0.02;

/// The scores of the villages with the evidence for money outside the book, which leaves no payment: the probability
/// that either is there. The p-value of the evidence bounds the second ([`probability_at_most`]); without evidence a score
/// stays almost as it is.
///
/// The schemes of assets and of disclosure are left out: with them the average precision over villages falls on
/// counties of the other simulator (`docs/ranking.md`).
pub fn with_off_book(
    villages: IxVec<VillageIx, f64>,
    evidence: &EvidenceScores,
) -> IxVec<VillageIx, f64> {
    let own = evidence.schemes.iter().find(|(scheme, _)| *scheme == Scheme::OffBook);
    let Some((_, p)) = own else { return villages };
    let both = |(village, score): (VillageIx, &f64)| {
        let off_book = probability_at_most(f64::from(p[village.into()]), OFF_BOOK);
        1.0 - (1.0 - score) * (1.0 - off_book)
    };
    villages.iter_enumerated().map(both).collect()
}

/// The mean of the five highest payment scores of each payee.
pub fn payees(book: &Book, score: &PaymentScores) -> IxVec<PayeeIx, f64> {
    book.by_payee().groups().map(|own| of_group(own, score, OF_PAYEE)).collect()
}

fn of_group(payments: &[PaymentIx], score: &PaymentScores, most: usize) -> f64 {
    let mut highest = Highest::new(most);
    for payment in payments {
        highest.add(score[*payment]);
    }
    highest.mean()
}

/// The mean of the ten highest payment scores of each official. A payment has weight 1 for its approver, handler or
/// payee, and 0.1 for its witness, countersigner, reviewer or clerk. Scores are reduced for persons with many payments
/// in one role, see `COUNT_POWER`.
pub fn officials(book: &Book, score: &PaymentScores) -> IxVec<PersonIx, f64> {
    let mut counts: BTreeMap<(PersonIx, Role), f64> = BTreeMap::new();
    book.each_role(|_, role, official| *counts.entry((official, role)).or_default() += 1.0);
    for ((_, role), count) in &mut counts {
        let is_minor = !matches!(role, Role::Approver | Role::Handler | Role::Payee);
        *count = count.powf(-COUNT_POWER) * if is_minor { MINOR_ROLE } else { 1.0 };
    }
    let mut highest = IxVec::of(Highest::new(OF_OFFICIAL), book.officials.len());
    // If a person has several roles in one payment, the largest weight counts.
    let mut own: Vec<(PersonIx, f64)> = Vec::new();
    let mut last = None;
    let mut settle = |own: &mut Vec<(PersonIx, f64)>| {
        for (official, score) in own.drain(..) {
            highest[official].add(score);
        }
    };
    book.each_role(|payment, role, official| {
        if last != Some(payment) {
            settle(&mut own);
            last = Some(payment);
        }
        let weight = counts.get(&(official, role)).copied().unwrap_or(0.0);
        let weighed = score[payment] * weight;
        match own.iter_mut().find(|(other, _)| *other == official) {
            Some((_, most)) => *most = most.max(weighed),
            None => own.push((official, weighed)),
        }
    });
    settle(&mut own);
    highest.iter().map(Highest::mean).collect()
}

/// The highest scores of a subject.
#[derive(Debug, Clone)]
struct Highest {
    /// In descending order.
    kept: Vec<f64>,
    most: usize,
}

impl Highest {
    fn new(most: usize) -> Self {
        Self { kept: Vec::new(), most }
    }

    fn add(&mut self, score: f64) {
        let place = self.kept.partition_point(|kept| *kept >= score);
        if place < self.most {
            self.kept.insert(place, score);
            self.kept.truncate(self.most);
        }
    }

    /// Subjects with fewer payments are padded with zeros, so that a single payment does not outrank ten of a frequent
    /// signer.
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    fn mean(&self) -> f64 {
        self.kept.iter().sum::<f64>() / self.most as f64
    }
}

#[cfg(test)]
mod tests {
    use super::{EvidenceScores, IxVec, Scheme, VillageIx, officials, villages, with_off_book};
    use crate::ledger::sample::book;

    #[test]
    fn an_official_answers_for_what_he_handled_and_received_too() {
        let book = book(&[
            ("ledger", "payee,approver,handler\nP1,a,h\nh,a,b\nP2,b,a\n"),
            ("posts", "person,village,post\nidle,990101101201,committee\n"),
        ]);
        let names: Vec<&str> = book.officials.iter().map(|id| book.names.get(*id)).collect();
        assert_eq!(names, ["a", "b", "h", "idle"]);
        let score = IxVec::from(vec![0.5, 0.2, 0.1]);
        let of = officials(&book, &score);
        // a approved two of the three payments, so their scores are reduced.
        let expected = [0.07 * 2.0_f64.powf(-0.25) + 0.01, 0.03, 0.07, 0.0];
        assert!(of.iter().zip(expected).all(|(own, it)| (own - it).abs() < 1e-12), "{of:?}");
        assert!((villages(&book, &score)[VillageIx::from(0)] - 0.04).abs() < 1e-12);
    }

    #[test]
    fn money_outside_the_book_raises_a_village_whose_payments_say_nothing() {
        let p = |cells: [f32; 3]| IxVec::from(cells.to_vec());
        let schemes =
            vec![(Scheme::Splitting, p([0.001, 0.5, 0.5])), (Scheme::OffBook, p([1.0, 0.01, 1.0]))];
        let evidence = EvidenceScores { schemes, ..EvidenceScores::default() };
        let scores = with_off_book(IxVec::from(vec![0.4, 0.1, 0.1]), &evidence);
        let of = |village: usize| scores[VillageIx::from(village)];
        // A p-value of 0.01 multiplies the odds of 2 to 98 by 8 at most.
        assert!((of(1) - (1.0 - 0.9 * (1.0 - 0.1402))).abs() < 0.001, "{scores:?}");
        assert!(
            (of(0) - (1.0 - 0.6 * 0.98)).abs() < 1e-9 && (of(2) - (1.0 - 0.9 * 0.98)).abs() < 1e-9
        );
        let without = with_off_book(IxVec::from(vec![0.4]), &EvidenceScores::default());
        assert_eq!(without.raw, [0.4]);
    }
}
