#![doc = include_str!("approver_payee_concentration.md")]

use super::charge::charges;
use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::register::{Behind, behind};
use crate::indicators::seen::{Seen, neg_log10, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PayeeIx, PaymentIx, PersonIx};
use crate::ledger::contract::cell::Fen;
use crate::ledger::subject::Grain;
use crate::params::{params, within};
use crate::stats::peers::peer_upper;
use crate::stats::robust::median;

pub(super) static INDICATOR: Indicator = Indicator::of::<ApproverPayeeConcentration>(card! {
    "approver_payee_concentration",
    grain: Grain::Official,
    class: Class::Statistic,
    scheme: Scheme::Collusion,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee", "ledger.approver"],
    basis: &[],
    simulated_schemes: &["captive_supplier"],
});

params! {
    struct ApproverPayeeConcentration {
        minimum: usize = 100, within(2..=100_000),
            "fewest payments of an approver",
            "审批人的最少付款笔数";
        peers: usize = 60, within(8..=100_000),
            "approvers compared",
            "用于比较的审批人人数";
    }
}

/// An approver who signs for enough payments.
#[derive(Debug, Clone, Copy)]
struct ApproverPayments {
    payments: usize,
    official: PersonIx,
    /// The logarithm of the chance that two yuan of two payments go to one payee.
    ln_same: f64,
    /// The payee who gets the most.
    first: PayeeIx,
}

/// What is computed once for a county.
#[derive(Debug)]
struct ApproverShares {
    behind: IxVec<PayeeIx, Behind>,
    /// Sorted by the number of payments.
    profiles: Vec<ApproverPayments>,
}

/// The payee, where the approver had a choice: not of public bodies, nor under a contract that was decided.
fn chosen_payee(book: &Book, behind: &IxVec<PayeeIx, Behind>, one: Seen) -> Option<PayeeIx> {
    let payee = one.payee(book).filter(|_| one.is_chosen())?;
    (!behind[payee].is_public && !one.is_agreed(book)).then_some(payee)
}

/// What an approver chose to pay to whom, where the approver signs for at least half of a village's payments.
fn chosen(book: &Book, behind: &IxVec<PayeeIx, Behind>, own: &[PaymentIx]) -> Vec<(PayeeIx, i64)> {
    let usual = charges(book, own).filter(|charge| charge.is_usual);
    let all = usual.flat_map(|charge| seen(book, charge.payments));
    all.filter_map(|one| Some((chosen_payee(book, behind, one)?, one.amount))).collect()
}

impl ApproverPayeeConcentration {
    fn profile(
        &self,
        book: &Book,
        behind: &IxVec<PayeeIx, Behind>,
        official: PersonIx,
        own: &[PaymentIx],
    ) -> Option<ApproverPayments> {
        let mut paid = chosen(book, behind, own);
        if paid.len() < self.minimum {
            return None;
        }
        // One large payment must not decide alone.
        let upper = paid.len() * 9 / 10;
        let (_, cap, _) = paid.select_nth_unstable_by_key(upper, |(_, amount)| *amount);
        let cap = cap.1;
        paid.sort_unstable();
        let (mut all, mut all_squares, mut same) = (0.0, 0.0, 0.0);
        let mut first = (0.0, None);
        for of_payee in paid.chunk_by(|a, b| a.0 == b.0) {
            let amounts = of_payee.iter().map(|(_, amount)| float((*amount).min(cap)));
            let (sum, squares) = amounts.fold((0.0, 0.0), |(sum, squares), amount| {
                (sum + amount, squares + amount * amount)
            });
            all += sum;
            all_squares += squares;
            same += sum * sum - squares;
            if let Some((payee, _)) = of_payee.first().filter(|_| sum > first.0) {
                first = (sum, Some(*payee));
            }
        }
        let chance = same / (all * all - all_squares);
        let first = first.1.filter(|_| chance > 0.0)?;
        Some(ApproverPayments { payments: paid.len(), official, ln_same: chance.ln(), first })
    }
}

impl Measure for ApproverPayeeConcentration {
    type Context = ApproverShares;
    type Groups = PersonIx;

    fn context(&self, book: &Book) -> ApproverShares {
        let behind = behind(book);
        let profiles = book
            .by_approver()
            .par_map(|official, payments| self.profile(book, &behind, official, payments));
        let mut profiles: Vec<ApproverPayments> = profiles.into_iter().flatten().collect();
        profiles.sort_unstable_by_key(|profile| (profile.payments, profile.official));
        ApproverShares { behind, profiles }
    }

    fn measure(
        &self,
        book: &Book,
        county: &ApproverShares,
        group: Group<'_, PersonIx>,
        out: &mut Out,
    ) {
        let place = county.profiles.iter().position(|profile| profile.official == group.number);
        let Some((place, profile)) = place.and_then(|at| Some((at, *county.profiles.get(at)?)))
        else {
            return;
        };
        // Those who sign for about as many payments.
        let last = (place + self.peers / 2 + 1).min(county.profiles.len());
        let from = last.saturating_sub(self.peers + 1).min(place);
        let to = (from + self.peers + 1).min(county.profiles.len());
        let near = county.profiles.get(from..to).unwrap_or(&[]);
        let others = near.iter().filter(|peer| peer.official != profile.official);
        let peers: Vec<f64> = others.map(|peer| peer.ln_same).collect();
        let Some(p) = Some(&peers)
            .filter(|peers| peers.len() >= 8)
            .and_then(|peers| peer_upper(profile.ln_same, peers))
        else {
            return;
        };
        out.put(group.number, neg_log10(p), profile.payments, || {
            let is_first =
                |one: &Seen| chosen_payee(book, &county.behind, *one) == Some(profile.first);
            let lines = seen(book, group.payments).filter(is_first).map(|one| one.line);
            lines.collect::<Vec<_>>()
        });
        out.tell(group.number, || {
            let usual = median(&peers).filter(|usual| profile.ln_same > *usual)?;
            let paid = chosen(book, &county.behind, group.payments);
            let first = || paid.iter().filter(|(payee, _)| *payee == profile.first);
            Some(fact!(
                "share", ["approver", "payee", "amount"],
                approver: Value::official(book, group.number), payee: profile.first,
                count: first().count(), of: paid.len(),
                amount: first().map(|(_, amount)| Fen(*amount)).sum::<Fen>(),
                sum: paid.iter().map(|(_, amount)| Fen(*amount)).sum::<Fen>(),
                same: Value::Share(profile.ln_same.exp()),
                usual: Value::Share(usual.exp()), peers: peers.len(),
            ))
        });
    }
}
