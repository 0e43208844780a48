//! What audits found at payments of the county: true labels beside the planted ones.

use std::collections::BTreeMap;

use crate::ledger::book::Book;
use crate::ledger::book::index::PaymentIx;
use crate::ledger::subject::Grain;
use crate::outcomes::grade::Route;
use crate::outcomes::outcome::audits;
use crate::stats::guess::updated;

/// What an audit of a complaint weighs beside others: whoever complained knew more than the columns show, so that finds
/// are more frequent than among payments that look alike.
const COMPLAINT: f64 = 0.3;

/// The audited payments of a county.
#[derive(Debug, Default)]
pub(super) struct Audited {
    /// For each audited payment whether anything was found, and how much the answer counts, in order.
    pub(super) answers: BTreeMap<PaymentIx, Answer>,
    /// Of the payments in random samples, those at which something was found, and all.
    random_sample: (u32, u32),
}

/// What an audit says of one payment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Answer {
    pub(super) is_find: bool,
    /// 1, or less for an audit of a complaint.
    pub(super) share: f64,
}

impl Audited {
    /// The rows of `outcomes` that are about payments. Those about payees, officials and villages do not say which payment
    /// was meant.
    pub(super) fn of(book: &Book) -> Self {
        let mut told: BTreeMap<&str, Answer> = BTreeMap::new();
        let mut audited = Self::default();
        for audit in audits(book).filter(|audit| audit.grain == Grain::Payment.word()) {
            let is_find = audit.is_find;
            if audit.route == Route::Random.word() {
                audited.random_sample.0 += u32::from(is_find);
                audited.random_sample.1 += 1;
            }
            let share = if audit.route == Route::Complaint.word() { COMPLAINT } else { 1.0 };
            // A payment that was looked at twice: what was found stands.
            let answer = told.entry(audit.subject).or_insert(Answer { is_find, share });
            if is_find && !answer.is_find {
                *answer = Answer { is_find, share };
            }
        }
        if !told.is_empty() {
            let lines = book.payments.line.iter_enumerated();
            let answers = lines.filter_map(|(payment, line)| {
                Some((payment, *told.get(book.line_key(*line).as_str())?))
            });
            audited.answers = answers.collect();
        }
        audited
    }

    /// The share of payments at which something is found: a guess, moved by audits of random samples.
    pub(super) fn prevalence(&self, guess: f64) -> f64 {
        let (found, drawn) = self.random_sample;
        updated(guess, f64::from(found), drawn)
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Audited};
    use crate::ledger::sample::book;

    #[test]
    fn a_find_stands_and_only_a_lot_speaks_for_the_county() {
        let ledger = ("ledger", "payee\na\nb\nc\n");
        let keys: Vec<String> = {
            let book = book(&[ledger]);
            book.payments.line.iter().map(|line| book.line_key(*line)).collect()
        };
        let [first, second, _] = keys.as_slice() else { panic!("{keys:?}") };
        let outcomes = format!(
            "subject_grain,subject,period,grade,route\n\
             payment,{first},1,error,list\npayment,{first},2,none,routine\n\
             payment,{second},1,none,random\npayment,elsewhere,1,error,random\n\
             payee,{second},1,error,list\n"
        );
        let audited = Audited::of(&book(&[ledger, ("outcomes", &outcomes)]));
        let answer = |is_find| Answer { is_find, share: 1.0 };
        let expected = [(0.into(), answer(true)), (1.into(), answer(false))];
        assert_eq!(audited.answers.into_iter().collect::<Vec<_>>(), expected);
        assert_eq!(audited.random_sample, (1, 2));
    }
}
