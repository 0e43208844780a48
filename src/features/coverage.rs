//! Coverage of indicators: which can be computed, in which villages, and which data would allow more.

use std::collections::BTreeMap;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use serde::Serialize;

use super::{Coverage, covered, recorded};
use crate::indicators::indicator::{Configured, Readings};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, VillageIx};
use crate::ledger::contract::cell::Id;
use crate::ledger::subject::{Grain, Subject, payments_of};

/// The coverage of an indicator, and for each village whether any value refers to it.
#[derive(Debug, Clone)]
pub struct Covered {
    /// The coverage of the whole book.
    pub coverage: Coverage,
    /// By village.
    pub villages: IxVec<VillageIx, bool>,
}

/// Computes every indicator whose data are recorded, for its coverage only.
pub fn coverage(book: &Book, indicators: &[Box<dyn Configured>]) -> Vec<Covered> {
    let recorded = recorded(book);
    let ask = |indicator: &dyn Configured| {
        let mut coverage = covered(book, indicator.card(), &recorded);
        if !coverage.recorded {
            return Covered { coverage, villages: IxVec::of(false, book.villages.len()) };
        }
        let readings = indicator.prepare(book).readings();
        coverage.answered = readings.answered();
        let villages = villages(book, coverage.grain, &readings);
        Covered { coverage, villages }
    };
    indicators.par_iter().map(|indicator| ask(indicator.as_ref())).collect()
}

/// Whether any value refers to a village: its own, or that of a payment, payee or official of one of its payments.
fn villages(book: &Book, grain: Grain, readings: &Readings) -> IxVec<VillageIx, bool> {
    let mut answered = IxVec::of(false, book.villages.len());
    for (subject, _) in readings.known() {
        if let Subject::Village(village) = grain.subject(subject) {
            answered[village] = true;
            continue;
        }
        for payment in payments_of(book, grain, subject) {
            answered[book.payments.village[*payment]] = true;
        }
    }
    answered
}

/// The coverage of one village.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answered {
    /// The division code.
    pub village: String,
    /// The number of indicators with a value that refers to the village.
    pub answered: usize,
    /// The number of indicators that can be computed for the county.
    pub of: usize,
    /// The indicators without a value here.
    pub silent: Vec<&'static str>,
    /// Those among them with a value in most villages.
    pub usual_elsewhere: Vec<&'static str>,
}

/// The coverage of each village, in the order of the book.
pub fn by_village(book: &Book, all: &[Covered]) -> Vec<Answered> {
    let asked: Vec<&Covered> = all.iter().filter(|it| it.coverage.recorded).collect();
    let most = |it: &Covered| {
        it.villages.iter().filter(|answers| **answers).count() * 2 > it.villages.len()
    };
    let usual: Vec<bool> = asked.iter().map(|it| most(it)).collect();
    let own = |(place, id): (VillageIx, &Id)| {
        let is_silent = |it: &Covered| !it.villages[place];
        let silent = || asked.iter().zip(&usual).filter(|(it, _)| is_silent(it));
        Answered {
            village: book.names.get(*id).to_owned(),
            answered: asked.len() - silent().count(),
            of: asked.len(),
            silent: silent().map(|(it, _)| it.coverage.indicator).collect(),
            usual_elsewhere: silent()
                .filter(|(_, usual)| **usual)
                .map(|(it, _)| it.coverage.indicator)
                .collect(),
        }
    };
    book.villages.iter_enumerated().map(own).collect()
}

/// A table or column that is not recorded, with the indicators that require it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wanted {
    /// The table (`limits`) or column (`ledger.approver`).
    pub needed: &'static str,
    /// Indicators that lack nothing else.
    pub asked_then: Vec<&'static str>,
    /// Indicators that lack other data too, with all that they lack.
    pub asked_together: Vec<(&'static str, Vec<&'static str>)>,
}

/// The tables and columns that are not recorded, the most useful first.
pub fn wanted<'a>(coverage: impl IntoIterator<Item = &'a Coverage>) -> Vec<Wanted> {
    let mut all: BTreeMap<&'static str, Wanted> = BTreeMap::new();
    for covered in coverage {
        for needed in &covered.missing {
            let wanted = all.entry(*needed).or_insert_with(|| Wanted {
                needed,
                asked_then: Vec::new(),
                asked_together: Vec::new(),
            });
            if covered.missing.len() == 1 {
                wanted.asked_then.push(covered.indicator);
            } else {
                wanted.asked_together.push((covered.indicator, covered.missing.clone()));
            }
        }
    }
    let mut all: Vec<Wanted> = all.into_values().collect();
    all.sort_by_key(|it| std::cmp::Reverse((it.asked_then.len(), it.asked_together.len())));
    all
}

#[cfg(test)]
mod tests {
    use super::{Wanted, by_village, coverage, wanted};
    use crate::indicators::CATALOGUE;
    use crate::indicators::indicator::Configured;
    use crate::ledger::sample;

    fn all() -> Vec<Box<dyn Configured>> {
        CATALOGUE.iter().map(|entry| entry.with(toml::Table::new()).unwrap()).collect()
    }

    #[test]
    fn a_village_without_an_approver_answers_less_than_the_others() {
        let ledger = "village,payee,approver,handler\n990101101201,P1,he,li\n\
            990101101202,P1,he,li\n990101101203,P1,,\n";
        let book = sample::book(&[("ledger", ledger)]);
        let found = by_village(&book, &coverage(&book, &all()));
        assert!(!found[0].silent.contains(&"self_approval"));
        assert!(found[2].silent.contains(&"self_approval"));
        assert!(found[2].usual_elsewhere.contains(&"self_approval"));
        assert!(found[2].answered < found[0].answered && found[0].of == found[2].of);
    }

    #[test]
    fn coverage_alone_says_what_measuring_says() {
        let book = sample::book(&[("ledger", "payee,approver\nP1,he\nP2,li\n")]);
        let indicators = all();
        let measured = super::super::measure(&book, &indicators).1;
        let alone: Vec<_> =
            coverage(&book, &indicators).into_iter().map(|it| it.coverage).collect();
        assert_eq!(alone, measured);
    }

    #[test]
    fn what_makes_most_possible_comes_first() {
        let book = sample::book(&[("ledger", "date\n2024-03-01\n")]);
        let found = coverage(&book, &all());
        let wanted = wanted(found.iter().map(|it| &it.coverage));
        assert_eq!(wanted[0].needed, "ledger.payee");
        assert!(wanted[0].asked_then.contains(&"duplicate_exact"));
        let of = |code| wanted.iter().find(|it: &&Wanted| it.needed == code).unwrap();
        assert!(of("kinship").asked_then.is_empty());
        let chain = of("kinship").asked_together.iter().find(|(name, _)| *name == "kin_chain");
        assert_eq!(chain.unwrap().1, ["ledger.approver", "kinship"]);
    }
}
