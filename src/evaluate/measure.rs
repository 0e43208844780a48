//! The figures of a ranking with a weight for each village. Weights of 1 give the figures themselves; other weights
//! give the figures of a bootstrap replicate without sorting again.

use super::ranked::{Find, Ranked};
use super::sample::{Head, Sample, share};
use super::set::{Budget, Calibrated, OfScheme, PrecisionAt, Set};
use super::settings::Settings;
use crate::convert::float;

/// Fen per yuan.
const FEN: f64 = 100.0;

/// The figures with one weight for each village.
pub(super) fn measure(ranked: &Ranked, settings: &Settings, weights: &[u32]) -> Set<Option<f64>> {
    let sample = Sample::of(ranked, weights);
    let budget = settings.budget(ranked.grain);
    let head = sample.head(budget).unwrap_or(Head::WHOLE);
    let all: Vec<usize> = (0..ranked.finds.len()).collect();
    let cases: Vec<usize> = (0..ranked.cases.len()).collect();
    let subjects = budget.min(ranked.rows.len());
    let lengths = settings.first.iter().copied().filter(|&first| first <= ranked.rows.len());
    let cuts = settings.cuts.iter().zip(&ranked.below);
    Set {
        grain: ranked.grain,
        split: ranked.split,
        rows: ranked.rows.len(),
        unknown: ranked.unknown,
        villages: ranked.villages,
        found: ranked.finds.len(),
        cases: ranked.cases.len(),
        auroc: sample.auroc(&all),
        average_precision: sample.average_precision(),
        precision_by_chance: share(float(ranked.finds.len()), float(ranked.rows.len())),
        precision_at: lengths
            .map(|first| PrecisionAt { first, share: sample.precision(first) })
            .collect(),
        budget: Budget {
            hours: settings.hours,
            minutes: settings.minutes(ranked.grain),
            subjects,
            recall_by_chance: share(float(subjects), float(ranked.rows.len())),
            recall_subjects: sample.recall(&head, &all, |_| 1.0),
            recall_cases: sample.recall_cases(&head, &cases),
            recovered_yuan: Some(sample.audited(&head, &all, worth)),
            recovered_share: sample.recall(&head, &all, worth),
        },
        calibration: cuts
            .map(|(&cut, below)| Calibrated {
                cut,
                rows: ranked.rows.len() - ranked.finds.len(),
                share: sample.share_of_others(below),
            })
            .collect(),
        schemes: ranked
            .schemes
            .iter()
            .map(|scheme| OfScheme {
                scheme: scheme.name.clone(),
                cases: scheme.cases.len(),
                subjects: scheme.finds.len(),
                recall_subjects: sample.recall(&head, &scheme.finds, |_| 1.0),
                recall_cases: sample.recall_cases(&head, &scheme.cases),
                auroc: sample.auroc(&scheme.finds),
            })
            .collect(),
    }
}

/// In yuan.
fn worth(find: &Find) -> f64 {
    float(find.worth) / FEN
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, proptest};

    use super::measure;
    use crate::evaluate::ranked::Ranked;
    use crate::evaluate::scored::{Row, tests::row};
    use crate::evaluate::set::{Set, list};
    use crate::evaluate::settings::Settings;
    use crate::stats::metrics::metrics;

    fn settings() -> Settings {
        // Three payments fit into the budget.
        Settings { hours: 1.0, first: vec![1, 3, 5], ..Settings::default() }
    }

    fn at(rows: &[Row], weights: &[u32]) -> Set<Option<f64>> {
        let ranked = Ranked::of(rows, &settings()).unwrap();
        measure(&ranked, &settings(), weights)
    }

    fn close(found: Option<f64>, hand: f64) {
        assert!((found.unwrap() - hand).abs() < 1e-12, "{found:?} {hand}");
    }

    fn case(subject: &str, score: f64, case: &str) -> Row {
        Row {
            case: case.to_owned(),
            scheme: "x".to_owned(),
            ..row(subject, "v", score, Some(true))
        }
    }

    #[test]
    fn a_budget_that_ends_among_equal_scores_takes_a_random_choice_of_them() {
        // One positive is certainly audited; then 2 of 4 equal rows, 2 of which are positives of one case.
        let rows = [
            case("a", 9.0, "1"),
            case("b", 5.0, "2"),
            case("c", 5.0, "2"),
            row("d", "v", 5.0, Some(false)),
            row("e", "v", 5.0, Some(false)),
            row("f", "v", 1.0, Some(false)),
        ];
        let set = at(&rows, &[1]);
        close(set.budget.recall_subjects, 2.0 / 3.0);
        // That case is missed with probability 2/4 · 1/3.
        close(set.budget.recall_cases, 11.0 / 12.0);
        close(set.budget.recovered_yuan, 200.0);
        close(set.budget.recovered_share, 2.0 / 3.0);
        let precision: Vec<_> = set.precision_at.iter().map(|one| (one.first, one.share)).collect();
        assert_eq!(precision, [(1, Some(1.0)), (3, Some(2.0 / 3.0)), (5, Some(0.6))]);
        assert_eq!(set.schemes.len(), 1);
        assert_eq!(set.schemes[0].recall_cases, set.budget.recall_cases);
        assert_eq!(set.schemes[0].auroc, set.auroc);
    }

    #[test]
    fn what_was_recovered_counts_instead_of_the_amount() {
        let mut rows = [case("a", 9.0, "1"), case("b", 0.0, "2"), row("c", "v", 1.0, Some(false))];
        rows[0].recovered = crate::ledger::contract::cell::Fen(4_050);
        let settings = Settings { hours: 0.4, ..settings() };
        let set = measure(&Ranked::of(&rows, &settings).unwrap(), &settings, &[1]);
        assert_eq!(set.budget.subjects, 1);
        close(set.budget.recovered_yuan, 40.5);
        close(set.budget.recovered_share, 40.5 / 140.5);
    }

    #[test]
    fn one_class_alone_gives_nothing_and_no_panic() {
        for found in [Some(true), Some(false), None] {
            let set = at(&[row("a", "v", 1.0, found), row("b", "v", 2.0, found)], &[1]);
            assert_eq!((set.auroc, set.average_precision), (None, None));
            assert!(list(&set).iter().flatten().all(|one| one.is_finite()));
            let none = at(&[row("a", "v", 1.0, found)], &[0]);
            assert!(list(&none).iter().flatten().all(|one| one.is_finite()));
        }
    }

    #[test]
    fn calibration_counts_rows_without_a_find() {
        let p = |subject: &str, p_value: f64, found: bool| Row {
            p_value,
            ..row(subject, "v", 1.0, Some(found))
        };
        let set = at(&[p("a", 0.01, false), p("b", 0.06, false), p("c", 0.0, true)], &[1]);
        let shares: Vec<_> = set.calibration.iter().map(|one| one.share.unwrap()).collect();
        assert_eq!(shares, [0.0, 0.5, 0.5, 1.0, 1.0]);
        assert_eq!(set.calibration[0].rows, 2);
    }

    proptest! {
        /// A weight of n equals n copies of a village's rows.
        #[test]
        fn a_village_that_counts_twice_is_a_village_that_is_there_twice(
            rows in prop::collection::vec((0..4_usize, 0..6_u8, any::<bool>()), 1..40),
            weights in prop::collection::vec(0..4_u32, 4),
        ) {
            let mut once = Vec::new();
            let mut copies = Vec::new();
            for (number, (village, score, found)) in rows.iter().enumerate() {
                let code = format!("v{village}");
                let mut one = row(&format!("{number}"), &code, f64::from(*score), Some(*found));
                one.case = format!("{}-{code}", number % 3);
                one.scheme = ["x", "y"][number % 3 % 2].to_owned();
                for copy in 0..weights[*village] {
                    let mut again = one.clone();
                    again.subject = format!("{number}.{copy}");
                    again.village = format!("{code}.{copy}");
                    again.case = format!("{}.{copy}", one.case);
                    copies.push(again);
                }
                once.push(one);
            }
            let ranked = Ranked::of(&once, &settings()).unwrap();
            let mut codes: Vec<usize> = rows.iter().map(|(village, ..)| *village).collect();
            codes.sort_unstable();
            codes.dedup();
            let own: Vec<u32> = codes.iter().map(|village| weights[*village]).collect();
            let weighted = measure(&ranked, &settings(), &own);
            let Some(copied) = Ranked::of(&copies, &settings()) else { return Ok(()) };
            let repeated = measure(&copied, &settings(), &vec![1; copied.villages]);
            let near = |one: Option<f64>, other: Option<f64>| match (one, other) {
                (Some(one), Some(other)) => (one - other).abs() < 1e-9,
                (one, other) => one == other,
            };
            assert!(near(weighted.auroc, repeated.auroc));
            assert!(near(weighted.average_precision, repeated.average_precision));
            let (one, other) = (&weighted.budget, &repeated.budget);
            assert!(near(one.recall_subjects, other.recall_subjects));
            assert!(near(one.recall_cases, other.recall_cases));
            assert!(near(one.recovered_yuan, other.recovered_yuan));
            assert!(near(one.recovered_share, other.recovered_share));
            for one in &repeated.precision_at {
                let same = weighted.precision_at.iter().find(|other| other.first == one.first);
                assert!(same.is_none_or(|other| near(one.share, other.share)));
            }
            for one in &repeated.schemes {
                let same = weighted.schemes.iter().find(|other| other.scheme == one.scheme);
                assert!(near(same.unwrap().auroc, one.auroc));
                assert!(near(same.unwrap().recall_cases, one.recall_cases));
            }
        }

        /// With equal weights, the figures equal those of `stats::metrics`.
        #[test]
        fn both_ways_of_measuring_agree(
            rows in prop::collection::vec((0..9_u8, any::<bool>()), 1..60),
        ) {
            let row = |(number, (score, found)): (usize, &(u8, bool))| {
                row(&number.to_string(), "v", f64::from(*score), Some(*found))
            };
            let scored: Vec<Row> = rows.iter().enumerate().map(row).collect();
            let (scores, cases): (Vec<f64>, Vec<bool>) =
                rows.iter().map(|(score, found)| (f64::from(*score), *found)).unzip();
            let (found, set) = (metrics(&scores, &cases), at(&scored, &[1]));
            assert_eq!(found.is_some(), set.auroc.is_some());
            if let Some(found) = found {
                close(set.auroc, found.auroc);
                close(set.average_precision, found.average_precision);
            }
        }
    }
}
