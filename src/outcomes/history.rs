//! Earlier audits: closed subjects, which are listed again only with new payments, and results of random samples.

use std::collections::BTreeMap;

use super::grade::Route;
use super::outcome::audits;
use crate::ledger::book::Book;
use crate::ledger::contract::cell::Day;
use crate::ledger::subject::Grain;
use crate::stats::guess::updated;

/// The `outcomes` table of one county, in the form used by the list.
#[derive(Debug, Default)]
pub struct AuditHistory {
    /// The day on which each subject was closed.
    closed: BTreeMap<(Grain, String), Day>,
    /// The number of randomly drawn subjects with findings, and of all.
    random_sample: BTreeMap<Grain, (u32, u32)>,
    /// The total amount recovered in yuan, and the number of findings with an amount.
    brought: (f64, u32),
}

impl AuditHistory {
    /// Reads the outcomes of a book.
    pub fn of(book: &Book) -> Self {
        let mut history = Self::default();
        for audit in audits(book) {
            let Some(grain) = Grain::of(audit.grain) else { continue };
            if audit.route == Route::Random.word() {
                let (found, drawn) = history.random_sample.entry(grain).or_default();
                *found += u32::from(audit.is_find);
                *drawn += 1;
            }
            if let Some(recovered) = audit.recovered.filter(|_| audit.is_find) {
                history.brought.0 += recovered.yuan();
                history.brought.1 += 1;
            }
            if let Some(day) = audit.closed {
                let last = history.closed.entry((grain, audit.subject.to_owned())).or_insert(day);
                *last = day.max(*last);
            }
        }
        history
    }

    /// Whether a subject was closed and has no later payments; `last` is the day of its last payment.
    pub fn is_closed(&self, grain: Grain, key: impl Fn() -> String, last: Option<Day>) -> bool {
        // The key is computed only if needed, since most counties have no outcomes yet.
        if self.closed.is_empty() {
            return false;
        }
        let closed = self.closed.get(&(grain, key()));
        closed.is_some_and(|day| last.is_none_or(|last| last <= *day))
    }

    /// The share of subjects of a grain with findings: the setting, updated by random samples.
    pub fn prior(&self, grain: Grain, setting: f64) -> f64 {
        let (found, drawn) = self.random_sample.get(&grain).copied().unwrap_or_default();
        updated(setting, f64::from(found), drawn)
    }

    /// The amount recovered per finding in yuan: the setting, updated by audits.
    pub fn trail_recovery(&self, setting: f64) -> f64 {
        let (sum, finds) = self.brought;
        updated(setting, sum, finds)
    }
}

#[cfg(test)]
mod tests {
    use super::AuditHistory;
    use crate::ledger::contract::cell::Day;
    use crate::ledger::sample::book;
    use crate::ledger::subject::Grain;

    #[test]
    fn a_closed_point_stays_away_until_something_new_is_behind_it() {
        let book = book(&[
            ("ledger", "payee\nshop\n"),
            (
                "outcomes",
                "subject_grain,subject,grade,amount_recovered,route,closed\n\
                 payee,shop,none,,list,2024-03-01\npayee,mill,error,300000,random,\n",
            ),
        ]);
        let history = AuditHistory::of(&book);
        let day = |day| Some(Day::of(jiff::civil::date(2024, 3, day)));
        let is_closed = |key: &str, last| history.is_closed(Grain::Payee, || key.to_owned(), last);
        assert!(is_closed("shop", day(1)));
        assert!(!is_closed("shop", day(2)));
        assert!(!is_closed("mill", day(1)));
        // One finding in one random draw and 300,000 yuan change both estimates.
        assert!(history.prior(Grain::Payee, 0.01) > 0.02);
        assert!(history.trail_recovery(100_000.0) > 100_000.0);
    }
}
