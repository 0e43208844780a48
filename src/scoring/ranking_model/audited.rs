//! Audit results of the county's payments: true labels in addition to the planted ones.

use std::collections::BTreeMap;

use crate::ledger::book::Book;
use crate::ledger::book::index::PaymentIx;
use crate::ledger::subject::Grain;
use crate::outcomes::grade::Route;
use crate::outcomes::outcome::audits;
use crate::stats::guess::updated;

/// The weight of audits after complaints. Complainants have information that is not in the columns, so findings are
/// more frequent than among similar payments.
const COMPLAINT: f64 = 0.3;

/// The audited payments of a county.
#[derive(Debug, Default)]
pub(super) struct Audited {
    /// Result and weight of each audited payment.
    pub(super) answers: BTreeMap<PaymentIx, Answer>,
    /// Payments with findings and all payments in random samples.
    random_sample: (u32, u32),
}

/// The audit result of one payment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Answer {
    pub(super) is_find: bool,
    /// The weight: 1, or less after a complaint.
    pub(super) share: f64,
}

impl Audited {
    /// Reads the rows of `outcomes` about payments. Results for payees, officials and villages do not identify a
    /// payment.
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
            // If a payment was audited twice, a finding prevails.
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

    /// The share of payments with findings: a guess, updated by audits of random samples.
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
