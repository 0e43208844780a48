//! What the subjects of one grain are held against, fitted once: how rare each reading is, what the model
//! finds unusual, and how often an ordinary subject gathers as much of both.
//!
//! What a reading counts for is how rare it is; where it is the surprise of a test, half of that in logarithms and half
//! what the test says. Ranks alone say nothing among few: of twelve officials with enough payments to be tested, the
//! first is one in twelve, whatever the test found. Tests alone say too much of a county to which their law fits badly.
//!
//! Inside a scheme the strongest column decides, so that no act is counted twice (the harmonic mean of
//! tails, Wilson 2019); across schemes, and what the model finds unusual beside them, the evidence adds up
//! (Fisher's sum of `-log10 p`). The sum is a score and not yet a statement, since evidence columns depend on each
//! other. What is stated is the conformal p-value: the share of reference subjects of the same group that
//! score as much and that took no part in the fit ([`crate::model::calibrate`]).

use rayon::prelude::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use serde::{Deserialize, Serialize};

use crate::convert::row32;
use crate::features::narrow;
use crate::indicators::card::{Scale, Scheme};
use crate::indicators::named;
use crate::ledger::book::index::{IxVec, SubjectIx};
use crate::matrix::Matrix;
use crate::model::Model;
use crate::model::calibrate::Calibration;
use crate::model::error::Error;
use crate::model::feedback::label::LabelledRow;
use crate::model::feedback::{Adjustment, FeedbackSettings};
use crate::model::file::Persisted;
use crate::model::settings::Settings;
use crate::scoring::evidence::calibrator::{Calibrator, PValues, ScoreSet};
use crate::scoring::evidence::counts;
use crate::scoring::evidence::scores::{EvidenceScores, unit};
use crate::stats::combine::harmonic;

/// Subjects below which no model is fitted: among so few, nothing is usual yet.
pub const ENOUGH_TO_FIT: usize = 50;

/// The smallest p-value that a test is believed.
const LEAST: f64 = 1e-9;

/// Fitted rows whose looks are kept at most.
const MOST_LOOKS: usize = 1 << 16;

/// What is known of some subjects of one grain, a row for each.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Readings and plain columns: what indicators and the model speak about.
    pub features: Matrix,
    /// How surprising the number of payments with evidence is, a column for each scheme; no columns at the
    /// grain of payments.
    pub counts: Matrix,
}

impl Table {
    /// The same columns for some of the rows.
    #[must_use]
    pub fn select(&self, rows: &[u32]) -> Self {
        Self { features: self.features.select(rows), counts: self.counts.select(rows) }
    }

    fn column(&self, name: &str) -> &[f32] {
        self.features.named(name).or_else(|| self.counts.named(name)).unwrap_or(&[])
    }
}

/// One column and the tail of its readings among the reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EvidenceColumn {
    name: String,
    scheme: Scheme,
    tail: Calibration,
    /// Whether those who are evidence are among the reference; never of a model that is kept.
    #[serde(skip)]
    membership: bool,
}

impl EvidenceColumn {
    fn of(name: &str, cells: &[f32], membership: bool) -> Option<Self> {
        let scheme = counts::scheme(name).or_else(|| named(name).map(|entry| entry.card.scheme))?;
        let known: Vec<f64> =
            cells.iter().filter(|it| !it.is_nan()).map(|it| f64::from(*it)).collect();
        let tail = Calibration::of(&known).ok()?;
        Some(Self { name: name.to_owned(), scheme, tail, membership })
    }

    /// How rare a reading is; NaN where there is none.
    fn p(&self, cell: f32) -> f64 {
        if cell.is_nan() {
            return f64::NAN;
        }
        let p = self.tail.p(f64::from(cell), self.membership);
        // A count that is no surprise does not become one by being the largest of a quiet county.
        if counts::scheme(&self.name).is_some() { p.max(counts::chance(cell)) } else { p }
    }

    /// What a reading counts for, as a p-value; NaN where there is none.
    fn evidence(&self) -> impl Fn(f32) -> f64 {
        let is_test = named(&self.name).is_some_and(|it| it.card.scale == Scale::NegLog10P);
        move |cell| {
            let rare = self.p(cell);
            if !is_test {
                return rare;
            }
            let told = counts::chance(cell).max(LEAST);
            if told < rare { (rare * told).sqrt() } else { rare }
        }
    }
}

/// What the subjects of one grain are held against.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoringModel {
    evidence_columns: Vec<EvidenceColumn>,
    /// None where there were too few subjects to fit one.
    model: Option<Model>,
    /// The model's scores of the rows that it was fitted on; none without a model.
    unusual: Option<Calibration>,
    /// What audits taught, and the mean sum of evidence, in which it is measured.
    adjustment: Option<(Adjustment, f64)>,
    /// The scores of those that others are compared with; none where the model was not calibrated.
    calibrator: Option<Calibrator>,
    #[serde(skip)]
    membership: Membership,
}

/// Who of those that are evidence are among the reference themselves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Membership {
    /// Nobody.
    #[default]
    Nobody,
    /// The subjects of coarser grains whose columns were joined.
    Coarser,
    /// Everyone.
    Everyone,
}

/// The subjects that a model is fitted on.
#[derive(Debug, Clone, Copy)]
pub struct Reference<'a> {
    /// What is known of them.
    pub table: &'a Table,
    /// The features of coarser grains, for columns that were joined from them: how rare a payee's reading is
    /// among payees says more than how many payments happen to be behind it.
    pub coarser: &'a [&'a Matrix],
    /// Who is in the reference of those that will be evidence.
    pub membership: Membership,
}

impl ScoringModel {
    /// Fits a model that is not calibrated yet; without settings of detectors it hears indicators alone.
    ///
    /// # Errors
    /// If the model cannot be fitted with these settings.
    pub fn fit(
        reference: Reference<'_>,
        settings: Option<&Settings>,
        seed: u64,
    ) -> Result<Self, Error> {
        let Reference { table, coarser, membership } = reference;
        let own = [&table.features, &table.counts];
        let own =
            own.into_iter().flat_map(|it| it.names().iter().map(String::as_str).zip(it.columns()));
        let at_home = |(name, cells)| {
            let home = coarser.iter().find_map(|it| it.named(name));
            let is_within = match membership {
                Membership::Nobody => false,
                Membership::Coarser => home.is_some(),
                Membership::Everyone => true,
            };
            (name, home.unwrap_or(cells), is_within)
        };
        let all: Vec<(&str, &[f32], bool)> = own.map(at_home).collect();
        let evidence_columns = all
            .par_iter()
            .map(|(name, cells, membership)| EvidenceColumn::of(name, cells, *membership));
        let evidence_columns = evidence_columns.collect::<Vec<_>>().into_iter().flatten().collect();
        let (rows, columns) = (table.features.rows(), table.features.names().len());
        let enough = rows >= ENOUGH_TO_FIT && columns > 0;
        let settings = settings.filter(|_| enough);
        let model = settings.map(|it| it.fit(&table.features, seed)).transpose()?;
        // Of the fitted rows: what a score is turned into must not hang on those that others are compared with.
        let step =
            if membership == Membership::Everyone { 1 } else { rows.div_ceil(MOST_LOOKS).max(1) };
        let looked: Vec<u32> = (0..row32(rows)).step_by(step).collect();
        let of_model =
            |model: &Model| Calibration::of(&model.score(&table.features.select(&looked))?);
        let unusual = model.as_ref().map(of_model).transpose()?;
        Ok(Self {
            evidence_columns,
            model,
            unusual,
            adjustment: None,
            calibrator: None,
            membership,
        })
    }

    /// Learns from what audits found at some subjects of a table; `scores` is what [`Self::score`] says of all
    /// of them. To be calibrated afterwards, by subjects without labels.
    ///
    /// # Errors
    /// If a setting is out of its range, or a label is about a row that is not there.
    pub fn learn(
        &mut self,
        (table, scores): (&Table, &[f64]),
        labels: &[LabelledRow],
        (settings, seed): (&FeedbackSettings, u64),
    ) -> Result<(), Error> {
        let unit = unit(scores);
        let prior: Vec<f64> = scores.iter().map(|score| score / unit).collect();
        let forest = self.model.as_ref().and_then(Model::forest);
        let adjustment = settings.adjustment((&table.features, &prior), forest, labels, seed)?;
        self.adjustment = Some((adjustment, unit));
        Ok(())
    }

    /// Takes the subjects that others are compared with.
    ///
    /// # Errors
    /// If there is none.
    pub fn calibrate(&mut self, reference: ScoreSet<'_>) -> Result<(), Error> {
        self.calibrator = Some(Calibrator::of(reference)?);
        Ok(())
    }

    /// What speaks for each scheme at each subject, and what it adds up to.
    ///
    /// # Errors
    /// If the table has other columns than those of the fit; both sides are named.
    pub fn score(&self, table: &Table) -> Result<EvidenceScores, Error> {
        let (rows, is_within) = (table.features.rows(), self.membership == Membership::Everyone);
        let schemes: Vec<Scheme> = Scheme::ALL
            .iter()
            .copied()
            .filter(|scheme| self.evidence_columns.iter().any(|column| column.scheme == *scheme))
            .collect();
        let schemes: Vec<(Scheme, IxVec<SubjectIx, f32>)> =
            schemes.into_par_iter().map(|it| (it, self.combined(it, table).into())).collect();
        let unusual = match (&self.model, &self.unusual) {
            (Some(model), Some(reference)) => {
                let scores = model.score(&table.features)?;
                let p = |score: &f64| narrow(reference.p(*score, is_within));
                scores.iter().map(p).collect()
            }
            _ => IxVec::of(f32::NAN, rows),
        };
        let mut evidence = EvidenceScores { schemes, unusual, score: IxVec::default() };
        let sum = |row: usize| evidence.terms(row.into()).sum();
        evidence.score = (0..rows).into_par_iter().map(sum).collect::<Vec<f64>>().into();
        if let Some((adjustment, unit)) = &self.adjustment {
            let added = adjustment.added(&table.features);
            evidence.score.raw.iter_mut().zip(added).for_each(|(score, it)| *score += it * unit);
        }
        Ok(evidence)
    }

    /// How often ordinary subjects and testing units stand as high.
    ///
    /// # Errors
    /// If the model was not calibrated.
    pub fn p_values(&self, all: ScoreSet<'_>) -> Result<PValues, Error> {
        let calibrator = self.calibrator.as_ref().ok_or(Error::NoReference { found: 0 })?;
        Ok(calibrator.p_values(all, self.membership == Membership::Everyone))
    }

    /// A scheme's tails at each subject as one.
    fn combined(&self, scheme: Scheme, table: &Table) -> Vec<f32> {
        let evidence_columns =
            self.evidence_columns.iter().filter(|column| column.scheme == scheme);
        let evidence_columns: Vec<_> = evidence_columns
            .map(|column| (column.evidence(), table.column(&column.name)))
            .collect();
        let at = |told: &mut Vec<f64>, row: usize| {
            told.clear();
            let of = evidence_columns
                .iter()
                .filter_map(|(evidence, cells)| Some(evidence(*cells.get(row)?)));
            told.extend(of.filter(|p| !p.is_nan()));
            narrow(harmonic(told))
        };
        (0..table.features.rows()).into_par_iter().map_init(Vec::new, at).collect()
    }

    /// Whether what was read from a file can be used without harm.
    ///
    /// # Errors
    /// If its model contradicts itself.
    pub fn check(&self, columns: usize) -> Result<(), Error> {
        self.model.as_ref().map_or(Ok(()), Persisted::check)?;
        self.adjustment.as_ref().map_or(Ok(()), |(adjustment, _)| adjustment.check(columns))
    }

    /// The number of reference subjects.
    pub fn size(&self) -> u64 {
        self.calibrator.as_ref().map_or(0, Calibrator::size)
    }

    /// What each column added to the score of the subject that is the only row of a table, the largest first.
    ///
    /// A scheme's part of the score is split among its evidence columns in proportion to their terms of the
    /// harmonic mean; what is unusual, among the model's columns as the model splits its own score.
    ///
    /// # Errors
    /// If the table has other columns than those of the fit.
    pub fn shares(&self, table: &Table) -> Result<Vec<Share>, Error> {
        let said = self.score(table)?;
        let mut shares = Vec::new();
        for ((scheme, _), own) in said.schemes.iter().zip(said.terms(0.into())) {
            let evidence_columns =
                self.evidence_columns.iter().filter(|column| column.scheme == *scheme);
            let of = |column: &EvidenceColumn| {
                let cell = *table.column(&column.name).first()?;
                let (p, scheme) = (Some(narrow(column.p(cell))), Some(*scheme));
                let share = Share { name: column.name.clone(), scheme, p, contribution: 0.0 };
                Some((share, column.evidence()(cell))).filter(|(_, evidence)| !evidence.is_nan())
            };
            let (told, evidence): (Vec<Share>, Vec<f64>) = evidence_columns.filter_map(of).unzip();
            let parts = told.into_iter().zip(split(own, &evidence));
            shares.extend(parts.map(|(share, contribution)| Share { contribution, ..share }));
        }
        let unusual = said.terms(0.into()).last().filter(|_| self.model.is_some());
        if let (Some(model), Some(own)) = (&self.model, unusual) {
            let columns = model.contributions(&table.features, &[0])?.pop().unwrap_or_default();
            let sum: f64 = columns.iter().sum();
            for (name, column) in model.columns().iter().zip(columns) {
                let contribution = if sum > 0.0 { own * column / sum } else { 0.0 };
                add(&mut shares, name, contribution);
            }
        }
        self.add_adjustment(&mut shares, table);
        shares.sort_by(|a, b| b.contribution.total_cmp(&a.contribution));
        Ok(shares)
    }

    /// Adds what audits taught to the shares of the only row of a table.
    fn add_adjustment(&self, shares: &mut Vec<Share>, table: &Table) {
        let Some((adjustment, unit)) = &self.adjustment else { return };
        let names = table.features.names();
        let added = adjustment.split(&table.features);
        for (name, own) in names.iter().zip(added.into_iter().flatten()) {
            add(shares, name, own * unit);
        }
    }
}

/// Adds to the share of a column; an indicator that speaks for a scheme and stands in the model too is told
/// once.
fn add(shares: &mut Vec<Share>, name: &str, contribution: f64) {
    match shares.iter_mut().find(|told| told.name == name) {
        Some(told) => told.contribution += contribution,
        None => shares.push(Share { name: name.to_owned(), scheme: None, p: None, contribution }),
    }
}

/// What one column added to a subject's score.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// The indicator, the plain column, or the count of payments with evidence.
    pub name: String,
    /// The scheme; none for what the model finds unusual.
    pub scheme: Option<Scheme>,
    /// The p-value of the column; none for a column of the model.
    pub p: Option<f32>,
    /// What it added; all shares of a subject add up to its score.
    pub contribution: f64,
}

/// Splits a total among p-values in proportion to their terms of the harmonic mean, 1/p.
fn split(total: f64, p_values: &[f64]) -> Vec<f64> {
    let terms: Vec<f64> = p_values.iter().map(|p| p.recip()).collect();
    let sum: f64 = terms.iter().sum();
    terms.into_iter().map(|term| total * term / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::{Membership, Reference, ScoringModel, Table, split};
    use crate::matrix::Matrix;
    use crate::model::feedback::FeedbackSettings;
    use crate::model::feedback::label::LabelledRow;
    use crate::model::settings::Settings;

    #[test]
    fn the_parts_add_up_to_the_total() {
        for p in [&[0.01, 0.2, 1.0][..], &[1.0, 1.0], &[1e-9]] {
            let sum: f64 = split(3.5, p).iter().sum();
            assert!((sum - 3.5).abs() < 1e-9, "{p:?}");
        }
    }

    #[test]
    fn the_stronger_voice_takes_the_larger_part() {
        let parts = split(2.0, &[0.001, 0.1]);
        assert!(parts[0] > 0.9 * 2.0);
    }

    /// Two indicators of different schemes over so many subjects.
    fn table(rows: u16, cell: impl Fn(u16, u16) -> f32) -> Table {
        let mut features = Matrix::new(rows.into());
        for (name, column) in [("self_approval", 0), ("vague_purpose", 1)] {
            features.push(name, (0..rows).map(|row| Some(cell(row, column)))).unwrap();
        }
        Table { features, counts: Matrix::new(rows.into()) }
    }

    #[test]
    fn a_test_among_few_says_more_than_a_rank_among_few() {
        // One of twelve stands out in both columns; that of the second is the surprise of a test.
        let few = |out: f32| {
            table(12, move |row, _| if row == 11 { out } else { f32::from(row % 3) / 10.0 })
        };
        let shares = |out: f32| model(&few(out)).shares(&few(out).select(&[11])).unwrap();
        let share =
            |out: f32, name: &str| shares(out).into_iter().find(|it| it.name == name).unwrap();
        let counts = |out: f32, name: &str| share(out, name).contribution;
        assert!((counts(8.0, "self_approval") - counts(2.0, "self_approval")).abs() < 1e-9);
        // Six more digits of the test are three of the geometric mean.
        let more = counts(8.0, "vague_purpose") - counts(2.0, "vague_purpose");
        assert!((more - 3.0).abs() < 1e-6, "{more}");
        // Told is how rare it is, and not what it counts for.
        assert!((share(8.0, "vague_purpose").p.unwrap() - 1.0 / 12.0).abs() < 1e-6);
    }

    fn model(table: &Table) -> ScoringModel {
        let reference = Reference { table, coarser: &[], membership: Membership::Everyone };
        ScoringModel::fit(reference, Some(&Settings::default()), 1).unwrap()
    }

    #[test]
    fn shares_add_up_to_the_score() {
        let usual = table(200, |row, column| f32::from((row * (7 + column)) % 101));
        let model = model(&usual);
        let scores = model.score(&usual).unwrap().score;
        for row in [0_u32, 17, 199] {
            let shares = model.shares(&usual.select(&[row])).unwrap();
            let sum: f64 = shares.iter().map(|share| share.contribution).sum();
            assert!((sum - scores.raw[row as usize]).abs() < 1e-9, "{shares:?}");
        }
    }

    #[test]
    fn what_audits_taught_is_part_of_the_shares() {
        let usual = table(400, |row, column| f32::from((row * (7 + column)) % 101));
        let mut model = model(&usual);
        let before = model.score(&usual).unwrap().score;
        let label = |row| LabelledRow { row, hit: row % 2 == 0, sampled: false, propensity: None };
        let labels: Vec<LabelledRow> = (0..80).map(label).collect();
        let teach = FeedbackSettings::default();
        model.learn((&usual, &before.raw), &labels, (&teach, 1)).unwrap();
        let scores = model.score(&usual).unwrap().score;
        assert!(scores.iter().zip(&before).any(|(one, other)| (one - other).abs() > 1e-6));
        for row in [0_u32, 17, 399] {
            let shares = model.shares(&usual.select(&[row])).unwrap();
            let sum: f64 = shares.iter().map(|share| share.contribution).sum();
            assert!((sum - scores.raw[row as usize]).abs() < 1e-9, "{shares:?}");
        }
    }
}
