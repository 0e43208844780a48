#![doc = include_str!("relative_size_factor.md")]

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, neg_log10, seen};
use crate::indicators::sizes::{Sizes, is_free};
use crate::ledger::book::Book;
use crate::ledger::book::index::PayeeIx;
use crate::ledger::contract::cell::{Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{above_zero, at_least, counted, params};
use crate::stats::peers::Peers;

pub(super) static INDICATOR: Indicator = Indicator::of::<RelativeSizeFactor>(card! {
    "relative_size_factor",
    grain: Grain::Payment,
    class: Class::Statistic,
    scheme: Scheme::UnusualSpending,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee"],
    basis: &[],
    simulated_schemes: &["inflated_invoice"],
});

params! {
    struct RelativeSizeFactor {
        minimum: usize = 12, counted,
            "fewest payments of the payee",
            "收款人的最少付款笔数";
        least_spread: f64 = 0.35, above_zero,
            "least standard deviation of the logarithm",
            "对数标准差的下限";
        telling: f64 = 1.0, at_least(0.0),
            "standard deviations below which the value is 0",
            "距离小于此倍标准差的，指标值为 0";
    }
}

/// More amounts than this tell no more of what is usual.
const ENOUGH: usize = 2_000;

/// Fewer payments from an account than this show no usual amount.
const FEWEST: usize = 30;

/// The usual logarithm of an amount in each account, sorted by account.
type Accounts = Vec<(Id, Peers)>;

impl RelativeSizeFactor {
    fn usual(&self, logs: &[f64]) -> Option<Peers> {
        let step = logs.len().div_ceil(ENOUGH).max(1);
        let some: Vec<f64> = logs.iter().step_by(step).copied().collect();
        Peers::of(&some, self.least_spread)
    }

    fn value(&self, log: f64, payee: &Peers, account: &Peers) -> f64 {
        let both = payee.distance(log).min(account.distance(log));
        if both < self.telling {
            return 0.0;
        }
        neg_log10(payee.upper(log).max(account.upper(log)))
    }
}

/// How many times the median of the payee's payments, and of the account's, a payment is.
fn larger(book: &Book, one: Seen, own: Vec<i64>) -> Option<Fact> {
    let account = book.payments.account[one.payment];
    let same = book.payments.account.iter_enumerated().filter(|(_, other)| **other == account);
    let same = same.map(|(payment, _)| Seen::of(book, payment)).filter(|one| is_free(book, one));
    let of_account = Sizes::of(same.map(|one| one.amount).collect());
    let of_payee = Sizes::of(own);
    let (usual, account_usual) = (of_payee.usual()?, of_account.usual()?);
    let times = |usual: Fen| Value::Number(float(one.amount) / float(usual.0));
    Some(fact!(
        "larger", ["payee", "account", "amount"],
        amount: Fen(one.amount), times: times(usual), payee: one.payee(book)?, of: of_payee.count(), usual: usual,
        account: Value::Reference(account), multiple: times(account_usual), many: of_account.count(),
        median: account_usual,
    ))
}

/// The logarithm of an amount, in yuan.
#[expect(clippy::cast_precision_loss, reason = "amounts are below 2^53 fen")]
fn log(one: &Seen) -> f64 {
    (one.amount as f64 / 100.0).ln()
}

impl Measure for RelativeSizeFactor {
    type Context = Accounts;
    type Groups = PayeeIx;

    fn context(&self, book: &Book) -> Accounts {
        let mut accounts: Vec<Id> = Vec::new();
        for account in &book.payments.account {
            if accounts.last() != Some(account) {
                accounts.push(*account);
            }
        }
        accounts.sort_unstable();
        accounts.dedup();
        let mut logs: Vec<Vec<f64>> = vec![Vec::new(); accounts.len()];
        for (payment, account) in book.payments.account.iter_enumerated() {
            let place = accounts.binary_search(account).ok();
            let list = place.and_then(|place| logs.get_mut(place));
            let one = Some(Seen::of(book, payment)).filter(|one| is_free(book, one));
            if let Some((list, one)) = list.zip(one) {
                list.push(log(&one));
            }
        }
        let usual = |logs: &Vec<f64>| self.usual(logs).filter(|_| logs.len() >= FEWEST);
        let usual: Vec<Option<Peers>> = logs.par_iter().map(usual).collect();
        let known = accounts.into_iter().zip(usual);
        known.filter_map(|(account, usual)| Some((account, usual?))).collect()
    }

    fn measure(&self, book: &Book, accounts: &Accounts, group: Group<'_, PayeeIx>, out: &mut Out) {
        let free = || seen(book, group.payments).filter(|one| is_free(book, one));
        let logs: Vec<f64> = free().map(|one| log(&one)).collect();
        if logs.len() < self.minimum {
            return;
        }
        let Some(payee) = self.usual(&logs) else { return };
        for (one, log) in free().zip(&logs) {
            let account = &book.payments.account[one.payment];
            let place = accounts.binary_search_by_key(account, |one| one.0).ok();
            let Some((_, account)) = place.and_then(|place| accounts.get(place)) else { continue };
            let value = self.value(*log, &payee, account);
            let shown = || (value > 0.0).then_some(one.line);
            out.put(one.payment, value, logs.len(), shown);
            out.tell(one.payment, || {
                let own = free().map(|one| one.amount).collect();
                larger(book, one, own).filter(|_| value > 0.0)
            });
        }
    }
}
