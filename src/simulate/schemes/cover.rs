//! Changes in columns that a scheme does not set itself. Careless offenders leave traces in many of them, careful
//! ones in few, and honest people in some.

use std::collections::BTreeMap;

use super::trail::approve_by;
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::closing::at;
use crate::simulate::keying::SILENT;
use crate::simulate::manner::{Manner, Trace};
use crate::simulate::village::Village;
use crate::simulate::voucher::{Document, Slip};

/// A group of related columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// The approver.
    Signer,
    /// The day of approval.
    Approval,
    /// Cosigner, stamp, review and vote.
    Procedure,
    /// Handler and witness.
    Witness,
    /// Contract and decision.
    Agreement,
    /// The document, its number and its date.
    Papers,
    /// The purpose.
    Words,
    /// The time of entry.
    Keying,
}

/// Changes the vouchers of an act or look-alike in every family that is not in `own`.
pub(crate) fn cover(
    village: &mut Village<'_>,
    dice: &mut Dice,
    act: usize,
    (manner, own): (&Manner, &[Family]),
) {
    let vouchers = of_act(village, act);
    let ways: [(Family, Way); 8] = [
        (Family::Signer, sign),
        (Family::Agreement, agree),
        (Family::Procedure, proceed),
        (Family::Approval, approve_late),
        (Family::Witness, bear_witness),
        (Family::Papers, disorder_papers),
        (Family::Words, reword),
        (Family::Keying, key_late),
    ];
    for (family, way) in ways {
        if !own.contains(&family) {
            way(village, dice, manner, &vouchers);
        }
    }
}

/// Changes one family of columns in some vouchers.
type Way = fn(&mut Village<'_>, &mut Dice, &Manner, &[usize]);

/// Vouchers of an act whose payments are not at a fixed rate.
pub(super) fn of_act(village: &Village<'_>, act: usize) -> Vec<usize> {
    let has = |voucher: &crate::simulate::voucher::Voucher| {
        voucher.lines.iter().any(|line| {
            let is_free = line.slip.as_ref().is_some_and(|slip| !slip.fixed_standard);
            is_free && line.acts.contains(&act)
        })
    };
    let all = village.vouchers.iter().enumerate();
    all.filter(|(_, voucher)| has(voucher)).map(|(place, _)| place).collect()
}

/// Changes the slips of each voucher with probability `share`.
fn some_slips(
    village: &mut Village<'_>,
    dice: &mut Dice,
    (vouchers, share): (&[usize], f64),
    change: impl Fn(&mut Dice, &mut Slip, Day),
) {
    for voucher in vouchers {
        if dice.chance(share) {
            let date = village.voucher(*voucher).date;
            for slip in village.slips(*voucher) {
                change(dice, slip, date);
            }
        }
    }
}

/// Another officer approves most vouchers.
fn sign(village: &mut Village<'_>, dice: &mut Dice, manner: &Manner, vouchers: &[usize]) {
    if !manner.leaves(dice, [0.1, 0.5, 0.5]) {
        return;
    }
    for voucher in vouchers {
        let date = village.voucher(*voucher).date;
        let approver = village.slips(*voucher).find_map(|slip| slip.approver);
        if let Some(approver) = approver.filter(|_| dice.chance(0.8)) {
            let second = village.second(approver, date);
            approve_by(village, *voucher, second);
        }
    }
}

/// Adds a contract with each payee or one decision for all; clerks usually record it.
fn agree(village: &mut Village<'_>, dice: &mut Dice, manner: &Manner, vouchers: &[usize]) {
    let has_contract = manner.leaves(dice, [0.05, 0.35, 0.5]);
    let has_decision = manner.leaves(dice, [0.05, 0.3, 0.4]);
    let Some(first) = vouchers.iter().map(|place| village.voucher(*place).date).min() else {
        return;
    };
    let sums = sums(village, vouchers);
    let signed = Day(first.0 - i32::try_from(dice.between(5, 60)).unwrap_or(20));
    let decision = has_decision
        .then(|| village.decide(dice, "专项支出", sums.values().sum(), Day(signed.0 - 1)));
    let mut contracts = BTreeMap::new();
    for (payee, sum) in sums {
        let is_tendered = dice.chance(0.4);
        if has_contract {
            let contract = village.contract("supply", payee, sum, signed, 1_100, is_tendered);
            contracts.insert(payee, contract);
        }
    }
    some_slips(village, dice, (vouchers, 0.85), |_, slip, _| {
        if slip.contract.is_none() {
            slip.contract = contracts.get(&slip.payee).cloned();
        }
        slip.decision = decision.clone().or(slip.decision.take());
    });
}

/// The sum that each payee gets from these vouchers.
fn sums(village: &Village<'_>, vouchers: &[usize]) -> BTreeMap<usize, i64> {
    let mut sums = BTreeMap::new();
    let lines = vouchers.iter().filter_map(|place| village.vouchers.get(*place));
    for line in lines.flat_map(|voucher| &voucher.lines) {
        if let Some(slip) = line.slip.as_ref() {
            *sums.entry(slip.payee).or_default() += line.amount.max(0);
        }
    }
    sums
}

/// Leaves out required approvals, or adds more than required.
fn proceed(village: &mut Village<'_>, dice: &mut Dice, manner: &Manner, vouchers: &[usize]) {
    let leaves: [Trace; 4] =
        [[0.52, 0.1, 0.12], [0.52, 0.1, 0.12], [0.52, 0.1, 0.12], [0.04, 0.3, 0.42]];
    let [undecided, alone, unstamped, reviewed] = leaves.map(|trace| manner.leaves(dice, trace));
    some_slips(village, dice, (vouchers, 0.75), |dice, slip, _| {
        if undecided {
            slip.decision = None;
        }
        if alone {
            slip.cosigner = None;
        }
        if unstamped {
            slip.stamp = slip.stamp.map(|_| false);
        }
        if reviewed {
            slip.reviewer = Some(dice.count(0, 1));
            slip.stamp = Some(true);
        }
    });
}

/// Some vouchers are approved after payment.
fn approve_late(village: &mut Village<'_>, dice: &mut Dice, manner: &Manner, vouchers: &[usize]) {
    if manner.leaves(dice, [0.38, 0.1, 0.13]) {
        some_slips(village, dice, (vouchers, 0.4), |dice, slip, date| {
            slip.approved = Some(Day(date.0 + i32::try_from(dice.between(1, 20)).unwrap_or(3)));
        });
    }
}

/// The witness is the handler, or a relative of the approver is the handler.
fn bear_witness(village: &mut Village<'_>, dice: &mut Dice, manner: &Manner, vouchers: &[usize]) {
    if !manner.leaves(dice, [0.38, 0.1, 0.13]) {
        return;
    }
    let approver =
        vouchers.iter().find_map(|place| village.slips(*place).find_map(|slip| slip.approver));
    let kin = approver.map(|approver| village.kin.near(approver, 3)).unwrap_or_default();
    let relative = dice.any(&kin).filter(|who| dice.chance(0.5) && village.is_of_age(*who));
    some_slips(village, dice, (vouchers, 0.45), |_, slip, _| {
        if relative.is_some() {
            slip.handler = relative;
        } else {
            slip.witness = slip.handler;
        }
    });
}

/// Documents are lost, unnumbered, misdated or made by the village itself.
fn disorder_papers(
    village: &mut Village<'_>,
    dice: &mut Dice,
    manner: &Manner,
    vouchers: &[usize],
) {
    if manner.leaves(dice, [0.44, 0.1, 0.19]) {
        some_slips(village, dice, (vouchers, 0.4), disorder);
    }
}

fn disorder(dice: &mut Dice, slip: &mut Slip, date: Day) {
    match dice.count(0, 4) {
        0 => slip.document_no = None,
        1 => {
            let later = i32::try_from(dice.between(1, 40)).unwrap_or(9);
            slip.document_date = Some(Day(date.0 + later));
        }
        2 => {
            let before = i32::try_from(dice.between(60, 400)).unwrap_or(90);
            slip.document_date = slip.document_date.map(|day| Day(day.0 - before));
        }
        3 => {
            slip.document = Document::Missing;
            (slip.document_no, slip.document_date, slip.attachments) = (None, None, 0);
        }
        _ => {
            slip.document = Document::SelfMade;
            slip.document_no = None;
        }
    }
}

/// Purposes are uninformative, or more detailed than usual.
fn reword(village: &mut Village<'_>, dice: &mut Dice, manner: &Manner, vouchers: &[usize]) {
    let is_silent = manner.leaves(dice, [0.3, 0.06, 0.16]);
    let tells_more = manner.leaves(dice, [0.05, 0.35, 0.32]);
    for voucher in vouchers {
        let (silent, more) = (dice.one_of(SILENT), dice.one_of(MORE));
        let (hides, tells) = (dice.chance(0.3), dice.chance(0.4));
        for line in &mut village.voucher(*voucher).lines {
            if is_silent && hides {
                line.summary = silent.into();
            } else if tells_more && tells {
                line.summary = format!("{}{more}", line.summary).into();
            }
        }
    }
}

/// Words that clerks add to a purpose.
const MORE: [&str; 6] = ["（补）", "（尾款）", "（含运费）", "（上月）", "（村部）", "（一组）"];

/// Some vouchers are keyed weeks late, or in the evening.
fn key_late(village: &mut Village<'_>, dice: &mut Dice, manner: &Manner, vouchers: &[usize]) {
    if !manner.leaves(dice, [0.24, 0.08, 0.18]) {
        return;
    }
    let in_the_evening = dice.chance(0.5);
    for voucher in vouchers {
        let date = village.voucher(*voucher).date;
        let days = if in_the_evening { dice.between(0, 3) } else { dice.between(20, 120) };
        let hour = if in_the_evening { dice.between(18, 22) } else { dice.between(9, 17) };
        let second = hour * 3_600 + dice.between(0, 3_599);
        if dice.chance(0.4) {
            let day = Day(date.0 + i32::try_from(days).unwrap_or(1));
            village.voucher(*voucher).entered = Some(at(day, second));
        }
    }
}
