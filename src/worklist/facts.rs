//! Facts behind the reasons that are no indicators: how large an amount is, how many payments carry evidence, and what the
//! ranking model says. Their sentences stand in [`crate::words::table`].

use std::collections::BTreeSet;

use crate::convert::float;
use crate::features::{LN_LARGEST, LN_OVER_COUNTY, LN_OVER_PAYEE, LN_OVER_PAYEE_ACCOUNT};
use crate::indicators::card::Scheme;
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::GroupIx;
use crate::ledger::book::Book;
use crate::ledger::book::index::{PayeeAccountIx, PayeeIx, PaymentIx, SubjectIx};
use crate::ledger::contract::cell::{Cell, Fen};
use crate::ledger::subject::{Grain, payments_of};
use crate::scoring::ranking::Ranking;

/// What a plain column says of a subject.
pub(super) fn plain(
    book: &Book,
    (grain, subject): (Grain, SubjectIx),
    column: &str,
) -> Option<Fact> {
    let payment = PaymentIx::of(subject);
    let amount = |payment: PaymentIx| book.payments.amount[payment].some();
    if column == LN_LARGEST.name {
        let group = payments_of(book, grain, subject);
        let largest = group.iter().copied().max_by_key(|it| amount(*it))?;
        let (usual, of, times) = compared(book, largest, group.iter().copied())?;
        let voucher = book.payments.line[largest];
        let amount = amount(largest)?;
        return Some(
            fact!("largest", ["amount"], amount: amount, voucher: voucher, times: times, usual: usual, of: of),
        );
    }
    let over = |group: &mut dyn Iterator<Item = PaymentIx>| compared(book, payment, group);
    let amount = amount(payment)?;
    if column == LN_OVER_COUNTY.name {
        let (usual, of, times) = over(&mut book.payments.line.keys())?;
        return Some(
            fact!("over_county", ["amount"], amount: amount, times: times, usual: usual, of: of),
        );
    }
    let payee = book.payments.payee[payment]?;
    if column == LN_OVER_PAYEE.name {
        let group = PayeeIx::view(book).group(payee);
        let (usual, of, times) = over(&mut group.iter().copied())?;
        return Some(
            fact!("over_payee", ["amount", "payee"], amount: amount, payee: payee, times: times, usual: usual, of: of),
        );
    }
    if column == LN_OVER_PAYEE_ACCOUNT.name {
        let group = PayeeAccountIx::view(book).group(PayeeAccountIx::of_payment(book, payment)?);
        let (usual, of, times) = over(&mut group.iter().copied())?;
        let account = book.lines.account.at(book.payments.line[payment]);
        return Some(fact!(
            "over_payee_account", ["amount", "payee", "account"],
            amount: amount, payee: payee, account: Value::Reference(account), times: times, usual: usual, of: of,
        ));
    }
    None
}

/// The median of a group, its size, and how many times the median a payment of it is.
fn compared(
    book: &Book,
    payment: PaymentIx,
    group: impl Iterator<Item = PaymentIx>,
) -> Option<(Fen, usize, Value)> {
    let amount = |payment: PaymentIx| book.payments.amount[payment].some().filter(|it| it.0 > 0);
    let mut known: Vec<Fen> = group.filter_map(amount).collect();
    let middle = known.len() / 2;
    if known.is_empty() {
        return None;
    }
    let usual = *known.select_nth_unstable(middle).1;
    let times = float(amount(payment)?.0) / float(usual.0);
    Some((usual, known.len(), Value::Number(times)))
}

/// How many of a subject's payments carry evidence for a scheme, beside the share of all payments that do.
pub(super) fn counted(scheme: Scheme, (count, of): (usize, usize), usual: f64) -> Fact {
    fact!("payments", [], count: count, of: of, scheme: scheme, usual: Value::Share(usual))
}

/// How many small sums are taken together, and to whom they went.
pub(super) fn small_sums(book: &Book, payments: &[PaymentIx]) -> Option<Fact> {
    let days = || payments.iter().map(|it| book.payments.day[*it]);
    let (first, last) = (days().min()?, days().max()?);
    let amounts = || payments.iter().filter_map(|it| book.payments.amount[*it].some());
    let (sum, largest): (Fen, Fen) = (amounts().sum(), amounts().max()?);
    let payees: BTreeSet<PayeeIx> =
        payments.iter().filter_map(|it| book.payments.payee[*it]).collect();
    let payees: Vec<PayeeIx> = payees.into_iter().collect();
    Some(fact!(
        "small_sums", ["date", "amount", "payee"],
        count: payments.len(), largest: largest, sum: sum, first: first, last: last, payees: payees,
    ))
}

/// Where the ranking model puts a payment, and which planted acts it resembles most.
pub(super) fn ranked(ranking: &Ranking, payment: PaymentIx, scheme: Scheme) -> Fact {
    let rank = ranking.rank[payment.into()];
    fact!("ranking", [], rank: rank, of: ranking.rank.len(), scheme: scheme)
}
