//! The scores of the ranking model for a county.

use std::collections::BTreeSet;

use crate::convert::narrow;
use crate::indicators::card::Scheme;
use crate::ledger::book::index::{IxVec, PaymentIx};
use crate::model::extra_trees::ExtraTrees;
use crate::model::extra_trees::codes::Codes;
use crate::planting::Kind;
use crate::scoring::ranking_model::posterior::Posterior;
use crate::scoring::ranking_model::power::{Found, Shown, Stated, stated};
use crate::scoring::ranking_model::rows::total;
use crate::scoring::ranking_model::training::Training;

/// The ranking model's scores for a county's payments.
#[derive(Debug, Clone, Default)]
pub struct Scores {
    /// For each scheme with planted acts, the probability of each payment to be part of such an act, assuming that acts
    /// resemble the planted ones.
    pub schemes: Vec<(Scheme, IxVec<PaymentIx, f32>)>,
    /// The probability of each payment to be part of any act; 1 or 0 if it was audited.
    pub payment: IxVec<PaymentIx, f64>,
    /// The payments that were audited, which a list leaves out.
    pub(super) audited: BTreeSet<PaymentIx>,
    /// The planted acts with their scores by trees not trained on them.
    pub shown: Vec<Shown>,
    /// The kinds of act that cannot be planted into this county's books.
    pub lacking: Vec<Lacking>,
    /// Whether the county was too small for planting, so that the pretrained model was used.
    pub is_pretrained: bool,
}

/// A kind of act that cannot be planted into a county's books.
#[derive(Debug, Clone)]
pub struct Lacking {
    /// The kind of act.
    pub kind: Kind,
    /// The first missing table or column.
    pub needs: &'static str,
    /// The acts of this kind found in the first hundredth of the payments in the training counties of the pretrained
    /// model, which record the data.
    pub elsewhere: Option<Found>,
}

impl Scores {
    /// The power of the first `payments` of the ranking that were not audited, for planted acts not used for fitting.
    pub fn stated(&self, payments: usize) -> Stated {
        let all = self.payment.iter_enumerated();
        let open = all.filter(|(payment, _)| !self.audited.contains(payment));
        let open: Vec<f64> = open.map(|(_, score)| *score).collect();
        stated(&self.shown, &open, payments)
    }

    pub(super) fn new(rows: usize, schemes: &[Scheme], training: &Training) -> Self {
        let lacking =
            |(kind, needs): &(Kind, &'static str)| Lacking { kind: *kind, needs, elsewhere: None };
        Self {
            schemes: schemes.iter().map(|it| (*it, IxVec::of(0.0, rows))).collect(),
            payment: IxVec::of(0.0, rows),
            lacking: training.lacking.iter().map(lacking).collect(),
            ..Self::default()
        }
    }

    /// Stores the scores of the given payments, whose codes are passed in.
    pub(super) fn put_all(
        &mut self,
        payments: &[PaymentIx],
        trees: &ExtraTrees,
        codes: &Codes,
        posterior: &Posterior,
    ) {
        let shares = trees.probabilities(codes);
        for (payment, shares) in payments.iter().zip(shares.chunks(trees.width())) {
            self.put(*payment, shares, posterior.probability(*payment, total(shares)));
        }
    }

    /// Stores the probability of one payment, and splits it among the schemes by the trees' shares.
    fn put(&mut self, payment: PaymentIx, shares: &[f32], probability: f64) {
        self.payment[payment] = probability;
        let sum = total(shares);
        for ((_, cells), share) in self.schemes.iter_mut().zip(shares).filter(|_| sum > 0.0) {
            cells[payment] = narrow(f64::from(*share) / sum * probability);
        }
    }

    pub(super) fn show(&mut self, shown: Vec<Shown>, posterior: &Posterior) {
        let moved = |act: Shown| Shown { score: posterior.unaudited(act.score), ..act };
        self.shown.extend(shown.into_iter().map(moved));
    }
}
