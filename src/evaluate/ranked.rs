//! The subjects of one grain and split, sorted by score once for all bootstrap replicates.

use std::collections::BTreeMap;
use std::ops::Range;

use super::scored::Row;
use super::settings::Settings;
use crate::convert::row32;
use crate::ledger::subject::Grain;
use crate::scoring::evidence::trained::Split;

/// The subjects with a known result, the highest score first.
#[derive(Debug)]
pub(super) struct Ranked {
    pub(super) grain: Grain,
    pub(super) split: Split,
    /// Number of subjects whose result is unknown.
    pub(super) unknown: usize,
    /// Number of villages; villages are numbered from 0.
    pub(super) villages: usize,
    /// The village of each row.
    pub(super) rows: Vec<u32>,
    /// The first row of each run of equal scores.
    pub(super) runs: Vec<usize>,
    /// The positives: rows where something was found.
    pub(super) finds: Vec<Find>,
    /// Cases by id; those without an id come last.
    pub(super) cases: Vec<Case>,
    /// Schemes by name.
    pub(super) schemes: Vec<Scheme>,
    /// For each village, its number of negatives.
    pub(super) others: Vec<u64>,
    /// For each p-value cut of the settings and each village, the number of negatives with a p-value up to it.
    pub(super) below: Vec<Vec<u64>>,
}

/// A positive: a row where something was found.
#[derive(Debug)]
pub(super) struct Find {
    /// Rank, from 0.
    pub(super) place: usize,
    pub(super) village: u32,
    /// Amount recovered or at stake, in fen.
    pub(super) worth: i64,
}

/// The positives of one act.
#[derive(Debug, Default)]
pub(super) struct Case {
    /// Indices of positives, ascending.
    pub(super) finds: Vec<usize>,
    /// Villages of the positives, without duplicates.
    pub(super) villages: Vec<u32>,
}

/// The positives and cases of one scheme.
#[derive(Debug, Default)]
pub(super) struct Scheme {
    pub(super) name: String,
    /// Indices of positives, ascending, without duplicates.
    pub(super) finds: Vec<usize>,
    pub(super) cases: Vec<usize>,
}

impl Ranked {
    /// Sorts the rows of one grain and split; `None` if there are no rows.
    pub(super) fn of(rows: &[Row], settings: &Settings) -> Option<Self> {
        let first = rows.first()?;
        let mut known: Vec<(&Row, bool)> =
            rows.iter().filter_map(|row| row.found.map(|found| (row, found))).collect();
        known.sort_by(|(one, _), (other, _)| by_score(one, other));
        let (villages, places) = villages(&known);
        let found = known.iter().zip(&places).enumerate().filter(|(_, ((_, found), _))| *found);
        let finds: Vec<(&Row, Find)> = found
            .map(|(place, ((row, _), &village))| {
                (*row, Find { place, village, worth: row.worth().0 })
            })
            .collect();
        let (cases, schemes) = cases(&finds);
        let count = |wanted: &dyn Fn(&Row) -> bool| {
            let mut counts = vec![0; villages];
            for ((row, found), village) in known.iter().zip(&places) {
                if let Some(count) = counts.get_mut(*village as usize).filter(|_| !found) {
                    *count += u64::from(wanted(row));
                }
            }
            counts
        };
        Some(Self {
            grain: first.grain,
            split: first.split,
            unknown: rows.len() - known.len(),
            villages,
            runs: runs(&known),
            cases,
            schemes,
            others: count(&|_| true),
            below: settings.cuts.iter().map(|cut| count(&|row| row.p_value <= *cut)).collect(),
            finds: finds.into_iter().map(|(_, find)| find).collect(),
            rows: places,
        })
    }

    /// The run of equal scores that contains a row.
    pub(super) fn run(&self, row: usize) -> Range<usize> {
        let after = self.runs.partition_point(|&begin| begin <= row);
        let begin = after.checked_sub(1).and_then(|run| self.runs.get(run)).copied().unwrap_or(0);
        begin..self.runs.get(after).copied().unwrap_or(self.rows.len())
    }
}

/// The highest score first; -0 equals 0.
fn by_score(one: &Row, other: &Row) -> std::cmp::Ordering {
    (other.score + 0.0).total_cmp(&(one.score + 0.0))
}

fn runs(known: &[(&Row, bool)]) -> Vec<usize> {
    let mut next = 0;
    let runs = known.chunk_by(|(one, _), (other, _)| by_score(one, other).is_eq());
    let begin = |run: &[(&Row, bool)]| {
        next += run.len();
        next - run.len()
    };
    runs.map(begin).collect()
}

/// The number of villages, and the village of each row.
fn villages(known: &[(&Row, bool)]) -> (usize, Vec<u32>) {
    let mut codes: Vec<&str> = known.iter().map(|(row, _)| row.village.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes.retain(|code| !code.is_empty());
    let mut next = codes.len();
    let mut number = |(row, _): &(&Row, bool)| {
        let code = codes.binary_search(&row.village.as_str());
        let place = code.unwrap_or_else(|_| {
            next += 1;
            next - 1
        });
        row32(place)
    };
    let places = known.iter().map(&mut number).collect();
    (next, places)
}

/// Cases and schemes of the positives, which are in the order of the ranking.
fn cases(finds: &[(&Row, Find)]) -> (Vec<Case>, Vec<Scheme>) {
    // A positive without an id is its own case, keyed by index.
    let mut cases: BTreeMap<(Option<usize>, &str), (Case, &str)> = BTreeMap::new();
    for (number, (row, find)) in finds.iter().enumerate() {
        for (id, scheme) in row.acts() {
            let alone = id.is_empty().then_some(number);
            let (case, name) = cases.entry((alone, id)).or_default();
            if name.is_empty() {
                *name = scheme;
            }
            case.finds.push(number);
            case.villages.push(find.village);
        }
    }
    let mut schemes: BTreeMap<&str, Scheme> = BTreeMap::new();
    for (number, (case, name)) in cases.values_mut().enumerate() {
        case.finds.dedup();
        case.villages.sort_unstable();
        case.villages.dedup();
        if !name.is_empty() {
            let scheme = schemes.entry(name).or_default();
            (*name).clone_into(&mut scheme.name);
            scheme.finds.extend(&case.finds);
            scheme.cases.push(number);
        }
    }
    for scheme in schemes.values_mut() {
        scheme.finds.sort_unstable();
        scheme.finds.dedup();
    }
    (cases.into_values().map(|(case, _)| case).collect(), schemes.into_values().collect())
}

#[cfg(test)]
mod tests {
    use super::Ranked;
    use crate::evaluate::scored::{Row, tests::row};
    use crate::evaluate::settings::Settings;

    #[test]
    fn rows_are_ranked_with_their_runs_villages_cases_and_schemes() {
        let with = |row: Row, case: &str, scheme: &str| Row {
            case: case.to_owned(),
            scheme: scheme.to_owned(),
            ..row
        };
        let rows = [
            row("a", "v1", 0.0, Some(false)),
            with(row("b", "v2", 5.0, Some(true)), "2 1", "x y"),
            with(row("c", "v1", -0.0, Some(true)), "1", "y"),
            row("d", "", 7.0, Some(true)),
            row("e", "v3", 9.0, None),
        ];
        let ranked = Ranked::of(&rows, &Settings::default()).unwrap();
        assert_eq!((ranked.unknown, ranked.villages), (1, 3));
        assert_eq!(
            (ranked.rows.as_slice(), ranked.runs.as_slice()),
            (&[2, 1, 0, 0][..], &[0, 1, 2][..])
        );
        assert_eq!([0, 1, 2, 3].map(|row| ranked.run(row)), [0..1, 1..2, 2..4, 2..4]);
        let places: Vec<usize> = ranked.finds.iter().map(|find| find.place).collect();
        assert_eq!(places, [0, 1, 3]);
        let cases: Vec<&[usize]> = ranked.cases.iter().map(|case| case.finds.as_slice()).collect();
        assert_eq!(cases, [&[1, 2][..], &[1], &[0]]);
        assert_eq!(ranked.cases[0].villages, [0, 1]);
        let schemes: Vec<&str> = ranked.schemes.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(schemes, ["x", "y"]);
        assert_eq!(ranked.others, [1, 0, 0]);
    }
}
