//! What the ranking model says of a county.

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

/// What the ranking model says of a county's payments.
#[derive(Debug, Clone, Default)]
pub struct Scores {
    /// For each scheme of which acts were planted, the probability of each payment to be part of such an act, if acts are
    /// like those that were planted.
    pub schemes: Vec<(Scheme, IxVec<PaymentIx, f32>)>,
    /// The probability of each payment to be part of any act; 1 or 0 where an audit has told.
    pub payment: IxVec<PaymentIx, f64>,
    /// The acts that were planted, and how high they were ranked by trees that had not seen them.
    pub shown: Vec<Shown>,
    /// The kinds of acts that this county's books cannot hold.
    pub lacking: Vec<Lacking>,
    /// Whether the county was too small to plant into, so that a model ranked it that was fitted on other counties.
    pub is_pretrained: bool,
}

/// A kind of act that a county's books cannot hold.
#[derive(Debug, Clone)]
pub struct Lacking {
    /// The kind.
    pub kind: Kind,
    /// The first table or column that is missing.
    pub needs: &'static str,
    /// What the first hundredth of the payments shows of such acts in the counties of the pretrained model, which record it.
    pub elsewhere: Option<Found>,
}

impl Scores {
    /// What the first `payments` of the ranking would show of the acts that were planted and not used for fitting.
    pub fn stated(&self, payments: usize) -> Stated {
        stated(&self.shown, &self.payment.raw, payments)
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

    /// Puts what trees say of some payments, whose codes these are, into their places.
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

    /// Puts the probability of one payment, and of it what falls to each scheme by the shares that trees gave.
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
