//! Paired comparison of two scorings of the same subjects, on the same bootstrap replicates.

use serde::Serialize;

use super::bootstrap::{interval, resample};
use super::figures::Estimate;
use super::measure::measure;
use super::ranked::Ranked;
use super::scored::{Error, Row, Scored};
use super::set::list;
use super::settings::Settings;
use crate::ledger::contract::cell::{Cell, Fen};
use crate::ledger::subject::Grain;
use crate::params::Params;
use crate::scoring::evidence::trained::Split;

/// A comparison of two scorings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The settings used.
    pub settings: Settings,
    /// One pair for each grain and split, the finest grain first.
    pub sets: Vec<Pair>,
}

/// The figures of two scorings of one grain and split.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pair {
    /// The kind of subject.
    pub grain: Grain,
    /// How the subjects were kept out of training.
    pub split: Split,
    /// Rows on which the figures are based.
    pub rows: usize,
    /// Rows left out because their result is unknown.
    pub unknown: usize,
    /// Villages of the rows.
    pub villages: usize,
    /// Rows where something was found.
    pub found: usize,
    /// One line for each figure.
    pub figures: Vec<Line>,
}

/// One figure in both scorings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// Name of the figure.
    pub figure: String,
    /// Value in the first scoring.
    pub a: Option<f64>,
    /// Value in the second scoring.
    pub b: Option<f64>,
    /// The second value minus the first, with its interval.
    pub difference: Estimate,
    /// Whether the interval excludes 0; `None` without an interval.
    pub clear: Option<bool>,
}

impl Comparison {
    /// Compares two scorings.
    ///
    /// # Errors
    /// If a setting is out of its range, or the subjects or their known results differ.
    pub fn of(one: &Scored, other: &Scored, settings: &Settings) -> Result<Self, Error> {
        settings.validate()?;
        same(one.rows(), other.rows())?;
        let both = one.sets().zip(other.sets());
        let ranked = both.filter_map(|(one, other)| {
            Some((Ranked::of(one, settings)?, Ranked::of(other, settings)?))
        });
        let sets = ranked.map(|(one, other)| pair(&one, &other, settings)).collect();
        Ok(Self { settings: settings.clone(), sets })
    }
}

/// One figure in the first and the second scoring.
type Values = (Option<f64>, Option<f64>);

/// The name of a field, and its text for a row.
type Label<'a> = (&'static str, &'a dyn Fn(&Row) -> String);

fn pair(one: &Ranked, other: &Ranked, settings: &Settings) -> Pair {
    let even = vec![1; one.villages];
    let point = measure(one, settings, &even);
    let mut names = Vec::new();
    let _same = point.map(|name, _| names.push(name.to_string()));
    let values = list(&point).into_iter().zip(list(&measure(other, settings, &even)));
    let resampled = resample(one.villages, settings, |weights| {
        let lists = [one, other].map(|ranked| list(&measure(ranked, settings, weights)));
        let [own, others] = lists;
        own.into_iter().zip(others).map(|(a, b)| less(b, a)).collect()
    });
    let line = |(place, (figure, (a, b))): (usize, (String, Values))| {
        let value = less(b, a);
        let ends = interval(&resampled, place, settings.confidence).filter(|_| value.is_some());
        let difference = Estimate { value, low: ends.map(|it| it.0), high: ends.map(|it| it.1) };
        Line { figure, a, b, difference, clear: ends.map(|(low, high)| low > 0.0 || high < 0.0) }
    };
    Pair {
        grain: one.grain,
        split: one.split,
        rows: point.rows,
        unknown: point.unknown,
        villages: point.villages,
        found: point.found,
        figures: names.into_iter().zip(values).enumerate().map(line).collect(),
    }
}

fn less(from: Option<f64>, what: Option<f64>) -> Option<f64> {
    Some(from? - what?)
}

/// Checks that two tables have the same subjects with the same known results.
fn same(one: &[Row], other: &[Row]) -> Result<(), Error> {
    for (own, theirs) in one.iter().zip(other) {
        if own.key() != theirs.key() {
            let (first, there) =
                if own.key() < theirs.key() { (own, true) } else { (theirs, false) };
            return Err(missing(first, there));
        }
        labels(own, theirs)?;
    }
    let rest = |rows: &[Row], shared: usize| rows.get(shared).cloned();
    match (rest(one, other.len()), rest(other, one.len())) {
        (Some(row), _) => Err(missing(&row, true)),
        (_, Some(row)) => Err(missing(&row, false)),
        _ => Ok(()),
    }
}

/// The error for a subject that is in only one table.
fn missing(row: &Row, is_in_first: bool) -> Error {
    let [there, not] = ["there", "not there"].map(ToOwned::to_owned);
    let (one, other) = if is_in_first { (there, not) } else { (not, there) };
    differ(row, "the subject", one, other)
}

fn differ(row: &Row, what: &'static str, one: String, other: String) -> Error {
    let (grain, split) = (row.grain.word(), row.split.word());
    Error::Differ { grain, subject: row.subject.clone(), split, what, one, other }
}

/// Checks that two rows have the same known result.
fn labels(one: &Row, other: &Row) -> Result<(), Error> {
    let quoted = |word: &str| format!("`{word}`");
    let found = |row: &Row| row.found.map_or("unknown".to_owned(), |found| found.to_string());
    let money = |fen: Fen| fen.some().map_or("none".to_owned(), |fen| fen.to_string());
    let labels: [Label<'_>; 6] = [
        ("found", &found),
        ("village", &|row| quoted(&row.village)),
        ("scheme", &|row| quoted(&row.scheme)),
        ("case", &|row| quoted(&row.case)),
        ("amount", &|row| money(row.amount)),
        ("recovered", &|row| money(row.recovered)),
    ];
    for (what, label) in labels {
        let (own, theirs) = (label(one), label(other));
        if own != theirs {
            return Err(differ(one, what, own, theirs));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Comparison, Line};
    use crate::evaluate::scored::{Row, Scored, tests::row};
    use crate::evaluate::settings::Settings;

    /// 300 payments of 30 villages, about one in ten positive. A larger `sharp` separates positives better; `noise`
    /// varies the noise.
    fn rows(sharp: f64, noise: u32) -> Vec<Row> {
        let one = |number: u32| {
            let found = number.wrapping_mul(2_654_435_761) >> 16 & 1023 < 102;
            let chance = number.wrapping_mul(noise).wrapping_mul(2_246_822_519) >> 12 & 1023;
            let score = f64::from(chance) / 1024.0 + if found { sharp } else { 0.0 };
            row(&number.to_string(), &format!("v{}", number % 30), score, Some(found))
        };
        (1..=300).map(one).collect()
    }

    fn compare(one: Vec<Row>, other: Vec<Row>) -> Result<Comparison, String> {
        let settings = Settings { replicates: 300, first: vec![10], ..Settings::default() };
        let [one, other] = [one, other].map(|rows| Scored::of(rows).unwrap());
        Comparison::of(&one, &other, &settings).map_err(|error| error.to_string())
    }

    fn line<'a>(comparison: &'a Comparison, figure: &str) -> &'a Line {
        comparison.sets[0].figures.iter().find(|line| line.figure == figure).unwrap()
    }

    #[test]
    fn a_sharper_score_is_clearly_better_and_the_same_score_is_not() {
        let better = compare(rows(0.1, 7), rows(0.6, 13)).unwrap();
        let auroc = line(&better, "AUROC");
        assert!(auroc.a.unwrap() < auroc.b.unwrap() && auroc.clear == Some(true), "{auroc:?}");
        let Line { difference, .. } = auroc;
        assert!(difference.low < difference.value && difference.value < difference.high);
        let equal = compare(rows(0.3, 7), rows(0.3, 7)).unwrap();
        for line in &equal.sets[0].figures {
            assert_eq!(line.difference.value.unwrap_or(0.0).to_bits(), 0, "{line:?}");
            assert_ne!(line.clear, Some(true), "{line:?}");
        }
        let noise = compare(rows(0.3, 7), rows(0.3, 13)).unwrap();
        assert_eq!(line(&noise, "AUROC").clear, Some(false), "{:?}", line(&noise, "AUROC"));
    }

    #[test]
    fn other_subjects_and_other_labels_are_refused_and_named() {
        let (all, mut fewer) = (rows(0.3, 7), rows(0.3, 7));
        fewer.remove(3);
        let error = compare(all.clone(), fewer.clone()).unwrap_err();
        assert!(error.contains("payment `4`") && error.contains("there and not there"), "{error}");
        let error = compare(fewer, all.clone()).unwrap_err();
        assert!(error.contains("payment `4`") && error.contains("not there and there"), "{error}");
        let says = |change: fn(&mut Row), words: &str| {
            let mut other = rows(0.3, 7);
            change(&mut other[20]);
            let error = compare(all.clone(), other).unwrap_err();
            assert!(error.contains("payment `21`") && error.contains(words), "{error}");
        };
        says(|row| row.found = None, "found: ");
        says(|row| row.village = "v0".to_owned(), "village: `v21` and `v0`");
        says(|row| row.case = "c".to_owned(), "case: `` and `c`");
        says(|row| row.amount.0 += 1, "amount: 100.00 and 100.01");
    }
}
