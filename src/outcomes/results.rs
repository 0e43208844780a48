//! What audits brought: cases concluded and confirmed, money recovered, and hit rates by township, scheme and route.
//!
//! A hit rate of the list says what its order is worth only beside that of the random sample and of the cases that
//! inspectors chose.

use std::collections::BTreeMap;

use serde::Serialize;

use super::grade::Route;
use super::history::subjects;
use super::outcome::{Audit, audits};
use crate::indicators::card::Scheme;
use crate::ledger::book::Book;
use crate::ledger::contract::cell::{Cell, Fen};
use crate::ledger::level::Level;
use crate::ledger::subject::{Grain, village_of};
use crate::stats::interval::share;

/// The confidence level of hit rates.
pub const CONFIDENCE: f64 = 0.9;

/// Counts of cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// Cases with a conclusion.
    pub concluded: u32,
    /// Those at which something was found.
    pub confirmed: u32,
    /// Finds without evidence of their rectification, which stay open.
    pub unrectified: u32,
    /// What was recovered, in fen.
    pub recovered: i64,
}

/// The share of cases that were confirmed, with the ends of its interval at [`CONFIDENCE`] (Clopper and Pearson 1934).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HitRate {
    /// The share.
    pub share: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Tally {
    /// The hit rate; none without a conclusion.
    pub fn hit_rate(&self) -> Option<HitRate> {
        let (hits, all) = (f64::from(self.confirmed), f64::from(self.concluded));
        let (low, high) = share(hits, all, CONFIDENCE);
        (self.concluded > 0).then(|| HitRate { share: hits / all, low, high })
    }

    /// The amount recovered.
    pub fn money(&self) -> Fen {
        Fen(self.recovered)
    }

    fn count(&mut self, case: &Case<'_>) {
        self.concluded += 1;
        self.confirmed += u32::from(case.is_find);
        self.unrectified += u32::from(case.is_unrectified);
        self.recovered += case.recovered;
    }
}

/// The results of the villages whose codes begin alike.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Results {
    /// All cases.
    pub all: Tally,
    /// By the code of the township; empty for a subject that is not in the ledger.
    pub townships: BTreeMap<String, Tally>,
    /// By scheme; `none` where it is not recorded.
    pub schemes: BTreeMap<String, Tally>,
    /// By route.
    pub routes: BTreeMap<String, Tally>,
}

impl Results {
    /// The results of the cases in villages whose codes begin with that of an office.
    pub fn of(cases: &[Case<'_>], office: &str) -> Self {
        let mut results = Self::default();
        for case in cases.iter().filter(|it| it.village.starts_with(office)) {
            let township = Level::Township.office(&case.village).to_owned();
            let scheme = Scheme::of(case.scheme).map_or("none", Scheme::word).to_owned();
            results.all.count(case);
            results.townships.entry(township).or_default().count(case);
            results.schemes.entry(scheme).or_default().count(case);
            results.routes.entry(case.route.to_owned()).or_default().count(case);
        }
        results
    }

    /// The results of a route.
    pub fn route(&self, route: Route) -> Tally {
        self.routes.get(route.word()).copied().unwrap_or_default()
    }
}

/// One case: the rows of the table that one lead gave, or one row without a lead.
#[derive(Debug, Default)]
pub struct Case<'a> {
    village: String,
    route: &'a str,
    scheme: &'a str,
    is_find: bool,
    is_unrectified: bool,
    recovered: i64,
}

/// The cases of a book. Finding the subjects takes a pass over all payments: a run asks once.
pub fn cases(book: &Book) -> Vec<Case<'_>> {
    let all: Vec<Audit<'_>> = audits(book).filter(|audit| !audit.grade.is_empty()).collect();
    let subjects = subjects(book, &all);
    let mut cases: BTreeMap<String, Case<'_>> = BTreeMap::new();
    for audit in all {
        let key = if audit.lead.is_empty() { audit.subject } else { audit.lead };
        let case = cases.entry(format!("{} {key}", audit.grain)).or_default();
        let grain = Grain::of(audit.grain);
        let subject = grain.and_then(|it| subjects.get(&(it, audit.subject.to_owned())));
        if let Some((grain, subject)) = grain.zip(subject) {
            case.village = village_of(book, grain, *subject);
        }
        case.route = audit.route;
        case.scheme = audit.scheme;
        case.is_find |= audit.is_find;
        case.is_unrectified |= audit.is_find && audit.closing().is_none();
        case.recovered += audit.recovered.and_then(Cell::some).map_or(0, |it| it.0);
    }
    cases.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::{Results, Tally, cases};
    use crate::ledger::sample::book;
    use crate::outcomes::grade::Route;

    #[test]
    fn a_lead_of_several_payments_is_one_case() {
        let book = book(&[
            ("ledger", "village,payee\n990101101201,a\n990101101201,a\n990101102201,b\n"),
            (
                "outcomes",
                "subject_grain,subject,grade,amount_recovered,route,closed,lead,scheme,rectified\n\
                 payment,990101101201/2024-03/v-0001/1,error,100,list,2024-04-01,T-1,splitting,no\n\
                 payment,990101101201/2024-03/v-0002/1,error,,list,2024-04-01,T-1,splitting,no\n\
                 payment,990101102201/2024-03/v-0003/1,none,,random,2024-04-01,T-2,,\n\
                 payee,b,none,,inspector,2024-04-01,,ghost,\n",
            ),
        ]);
        let cases = cases(&book);
        let results = Results::of(&cases, "990101");
        let list = Tally { concluded: 1, confirmed: 1, unrectified: 1, recovered: 10_000 };
        assert_eq!((results.all.concluded, results.route(Route::List)), (3, list));
        assert_eq!(results.route(Route::Inspector).concluded, 1);
        assert_eq!(results.townships["990101102"].concluded, 2);
        assert_eq!(Results::of(&cases, "990101101").all, list);
        let rate = list.hit_rate().unwrap();
        assert!(rate.share > 0.99 && rate.low < 0.2 && rate.high > 0.99, "{rate:?}");
        assert!(Tally::default().hit_rate().is_none());
    }
}
