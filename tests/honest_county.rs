//! In what is honest, no indicator finds more than it says it does.
//!
//! A simulated county without any act has villages that differ, and honest acts that look like hidden ones. Of the
//! subjects that are in nothing that an indicator should see, at most twice its nominal share may be marked,
//! and of its p-values at most twice as many may lie below 0.1 and 0.01 as these numbers say; beyond that, what
//! the luck of the draw allows: the 99.9 % quantile of the binomial law. Every indicator of the catalogue is
//! held to it.
#![expect(clippy::unwrap_used, reason = "a test may fall over")]

use mingzhang::evaluate::report_card::ReportCard;
use mingzhang::features::measure;
use mingzhang::indicators::CATALOGUE;
use mingzhang::indicators::card::{Card, Scale};
use mingzhang::indicators::indicator::Configured;
use mingzhang::ledger::book::conform::Settings as Ledger;
use mingzhang::ledger::book::open::books;
use mingzhang::ledger::contract::cell::Day;
use mingzhang::ledger::decode::answers::answers;
use mingzhang::ledger::decode::dataset::Dataset;
use mingzhang::simulate::dataset::simulate;
use mingzhang::simulate::schemes;
use mingzhang::simulate::settings::Settings;
use mingzhang::stats::exact::binomial_upper;

/// Nobody hides anything, and look-alikes stand in most villages: the others must not suffer by them.
fn county(seed: u64, look_alikes: f64) -> Settings {
    let size = Settings { villages: 40, townships: 4, lines: 600, ..Settings::default() };
    Settings { seed, look_alikes, honest: true, ..size }
}

/// The most of so many subjects that luck marks where each is marked with this chance.
fn most(subjects: usize, chance: f64) -> usize {
    let subjects = u64::try_from(subjects).unwrap();
    let is_luck = |marked: &u64| binomial_upper(*marked, subjects, chance) > 0.001;
    usize::try_from((0..=subjects).take_while(is_luck).last().unwrap()).unwrap()
}

/// How many of the honest subjects read at least so much, if these are too many.
fn too_many(card: &Card, readings: &[f64], least: f64, nominal: f64) -> Option<String> {
    let found = readings.iter().filter(|reading| **reading >= least).count();
    let most = most(readings.len(), 2.0 * nominal);
    let (name, all) = (card.name, readings.len());
    (found > most).then(|| format!("{name}: {found} of {all} read {least} or more, {most} may"))
}

/// What is wrong with an indicator in honest subjects: too many are marked, or its p-values are too small.
fn faults(card: &Card, readings: &[f64]) -> Vec<String> {
    let mut levels = vec![(card.scale.threshold().into(), card.scale.false_positives().into())];
    if card.scale == Scale::NegLog10P {
        levels.push((1.0, 0.1));
    }
    let fault = |(least, nominal): (f64, f64)| too_many(card, readings, least, nominal);
    levels.into_iter().filter_map(fault).collect()
}

#[test]
fn of_honest_subjects_no_more_are_marked_than_the_cards_say() {
    let indicators: Vec<Box<dyn Configured>> =
        CATALOGUE.iter().map(|one| one.with(toml::Table::new()).unwrap()).collect();
    let mut card = ReportCard::default();
    // Where look-alikes are as many as usual few villages are without them, so two counties have none.
    let usual = Settings::default().look_alikes;
    for (seed, look_alikes) in [(11, usual), (12, usual), (13, 0.0), (14, 0.0)] {
        let folder = tempfile::tempdir().unwrap();
        simulate(&county(seed, look_alikes), folder.path()).unwrap();
        let dataset = Dataset::at(folder.path());
        let answers = answers(&dataset).unwrap();
        for source in dataset.sources().unwrap() {
            let (books, _) = books(&source, &Ledger::default(), Day(40_000)).unwrap();
            for book in &books {
                card.add(book, &measure(book, &indicators).0, &answers);
            }
        }
    }
    let (mut silent, mut found) = (Vec::new(), Vec::new());
    for own in CATALOGUE.iter().map(|one| &one.card) {
        let readings = card.honest(own.name);
        if readings.is_empty() {
            silent.push(own.name);
        }
        found.extend(faults(own, &readings));
    }
    assert!(silent.is_empty(), "nobody answered {silent:?}");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_scheme_that_an_indicator_faces_can_be_planted() {
    let known: Vec<&str> = schemes().collect();
    for card in CATALOGUE.iter().map(|one| one.card) {
        for faced in card.simulated_schemes {
            assert!(known.contains(faced), "{} faces {faced}, which nobody plants", card.name);
        }
    }
}
