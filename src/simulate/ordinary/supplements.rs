//! Supplements to contracts of works: some quantity turned out larger, which was decided and is paid in one sum.

use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::Use;
use crate::simulate::payment::Purchase;
use crate::simulate::price::part;
use crate::simulate::village::Village;
use crate::simulate::voucher::{Document, Words};

/// Contracts of works that get a supplement.
const SUPPLEMENTED: f64 = 0.3;

/// A contract of works under which something was paid.
#[derive(Debug, Clone)]
pub(crate) struct Paid {
    pub(crate) contract: String,
    pub(crate) project: Option<String>,
    pub(crate) payee: usize,
    pub(crate) amount: i64,
    pub(crate) signed: Day,
    /// The day of its last payment.
    pub(crate) last: Day,
    pub(crate) tendered: bool,
}

/// A supplement to be signed and paid.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) amount: i64,
    pub(crate) signed: Day,
    pub(crate) paid: Day,
    /// A meeting decides about the sum of the contract with its supplement.
    pub(crate) is_decided: bool,
}

pub(crate) fn sign(village: &mut Village<'_>, dice: &mut Dice) {
    for works in of_works(village) {
        if !dice.chance(SUPPLEMENTED) {
            continue;
        }
        let amount = part(works.amount, dice.log_normal(0.045, 0.5).clamp(0.01, 0.18));
        let days = i32::try_from(dice.between(10, 60)).unwrap_or(30);
        let signed = Day(works.last.0 - days).max(Day(works.signed.0 + 15));
        let paid = Day(works.last.0.max(signed.0) + days / 2);
        let is_decided = dice.chance(0.9);
        _ = supplement(village, dice, &works, Terms { amount, signed, paid, is_decided });
    }
}

/// The contracts of works under which something was paid.
pub(crate) fn of_works(village: &Village<'_>) -> Vec<Paid> {
    let lines =
        || village.vouchers.iter().flat_map(|it| it.lines.iter().map(|line| (it.date, line)));
    let slips = || lines().filter_map(|(date, line)| Some((date, line.slip.as_deref()?)));
    let works = village.contracts.iter().filter(|contract| contract.kind == "works");
    let paid = works.filter_map(|contract| {
        let own = slips().filter(|(_, slip)| slip.contract.as_ref() == Some(&contract.id));
        let (last, slip) = own.max_by_key(|(date, _)| *date)?;
        Some(Paid {
            contract: contract.id.clone(),
            project: slip.project.clone(),
            payee: contract.payee,
            amount: contract.amount.0,
            signed: contract.signed,
            last,
            tendered: contract.tendered,
        })
    });
    paid.collect()
}

/// Signs and pays a supplement; returns its voucher, or nothing if it would be paid outside the span.
pub(crate) fn supplement(
    village: &mut Village<'_>,
    dice: &mut Dice,
    works: &Paid,
    terms: Terms,
) -> Option<usize> {
    let Terms { amount, signed, paid, is_decided } = terms;
    if amount <= 0 || !village.span.holds(paid) {
        return None;
    }
    let decision =
        is_decided.then(|| village.decide(dice, "工程增项", works.amount + amount, signed));
    let contract = village.contract("supplement", works.payee, amount, signed, 120, works.tendered);
    let purchase = Purchase {
        usage: Use::Works,
        payee: works.payee,
        amount,
        summary: Words::Borrowed("付工程增项款"),
        document: Document::Invoice,
    };
    let voucher = village.spend(dice, paid, purchase);
    for slip in village.slips(voucher) {
        slip.contract = Some(contract.clone());
        slip.project.clone_from(&works.project);
        slip.decision = decision.clone().or(slip.decision.take());
    }
    Some(voucher)
}
