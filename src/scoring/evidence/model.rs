//! The evidence model of one grain: the rarity of each indicator value, the detectors' score, and the calibration of
//! their sum.
//!
//! The evidence of a value is its empirical p-value. If the value is the surprise of a test, the evidence is the
//! geometric mean of the empirical p-value and the test's own. In small samples empirical ranks alone carry little
//! information: of twelve officials, the most extreme has p = 1/12 whatever the test result. The tests alone overstate
//! the evidence in a county that deviates from their distribution.
//!
//! Within a scheme the columns are combined by the harmonic mean of p-values (Wilson 2019), so that the strongest
//! dominates and no act is counted twice. Across schemes, and with the detectors' score, the evidence is added
//! (Fisher's sum of `-log10 p`). The sum is only a score, since evidence columns are dependent. The reported value is
//! the conformal p-value: the share of reference subjects of the same group, not used in the fit, with at least the
//! same score ([`crate::model::calibrate`]).

use rayon::prelude::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use serde::{Deserialize, Serialize};

use crate::convert::row32;
use crate::features::narrow;
use crate::indicators::card;
use crate::indicators::card::{Scale, Scheme};
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

/// The minimum number of subjects to fit detectors.
pub const ENOUGH_TO_FIT: usize = 50;

/// The lower bound for the p-value of a test.
const LEAST: f64 = 1e-9;

/// The maximum number of fitted rows whose detector scores are kept.
const MOST_LOOKS: usize = 1 << 16;

/// Data of the subjects of one grain, one row per subject.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Indicator values and plain columns, the input of tails and detectors.
    pub features: Matrix,
    /// Surprise of the number of payments with evidence, one column per scheme; no columns at the grain of payments.
    pub counts: Matrix,
}

impl Table {
    /// The given rows, with all columns.
    #[must_use]
    pub fn select(&self, rows: &[u32]) -> Self {
        Self { features: self.features.select(rows), counts: self.counts.select(rows) }
    }

    fn column(&self, name: &str) -> &[f32] {
        self.features.named(name).or_else(|| self.counts.named(name)).unwrap_or(&[])
    }
}

/// A column and the distribution of its values in the reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EvidenceColumn {
    name: String,
    scheme: Scheme,
    tail: Calibration,
    /// Whether the scored subjects belong to the reference; always false in a saved model.
    #[serde(skip)]
    membership: bool,
}

impl EvidenceColumn {
    fn of(name: &str, cells: &[f32], membership: bool) -> Option<Self> {
        let scheme = counts::scheme(name).or_else(|| card(name).map(|it| it.scheme))?;
        let known: Vec<f64> =
            cells.iter().filter(|it| !it.is_nan()).map(|it| f64::from(*it)).collect();
        let tail = Calibration::of(&known).ok()?;
        Some(Self { name: name.to_owned(), scheme, tail, membership })
    }

    /// The p-value of a value; NaN if it is missing.
    fn p(&self, cell: f32) -> f64 {
        if cell.is_nan() {
            return f64::NAN;
        }
        let p = self.tail.p(f64::from(cell), self.membership);
        // An ordinary count is not made significant by being the largest in its county.
        if counts::scheme(&self.name).is_some() { p.max(counts::chance(cell)) } else { p }
    }

    /// The evidence of a value as a p-value; NaN if it is missing.
    fn evidence(&self) -> impl Fn(f32) -> f64 {
        let is_test = card(&self.name).is_some_and(|it| it.scale == Scale::NegLog10P);
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

/// The fitted evidence model of one grain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoringModel {
    evidence_columns: Vec<EvidenceColumn>,
    /// `None` if there were too few subjects.
    model: Option<Model>,
    /// The detectors' scores of the fitted rows; `None` without detectors.
    unusual: Option<Calibration>,
    /// The adjustment learned from audits, and the mean sum of evidence, which is its unit.
    adjustment: Option<(Adjustment, f64)>,
    /// The reference scores; `None` before calibration.
    calibrator: Option<Calibrator>,
    #[serde(skip)]
    membership: Membership,
}

/// Whether the scored subjects belong to the reference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Membership {
    /// None of them do.
    #[default]
    Nobody,
    /// Only for columns joined from coarser grains.
    Coarser,
    /// All of them do.
    Everyone,
}

/// The reference data of a fit.
#[derive(Debug, Clone, Copy)]
pub struct Reference<'a> {
    /// The data of the reference subjects.
    pub table: &'a Table,
    /// The features of coarser grains, for columns joined from them. The rarity of a payee's value is measured among
    /// payees, not among payments.
    pub coarser: &'a [&'a Matrix],
    /// Whether the subjects to be scored belong to the reference.
    pub membership: Membership,
}

impl ScoringModel {
    /// Fits a model without calibration; without detector settings it uses indicators only.
    ///
    /// # Errors
    /// If the detectors cannot be fitted with these settings.
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
        // Taken from the fitted rows: the conversion of detector scores must not depend on the calibration rows.
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

    /// Learns from audit results for some subjects of a table; `scores` are those of [`Self::score`] for all subjects.
    /// Calibration must follow, with subjects without labels.
    ///
    /// # Errors
    /// If a setting is out of range, or a label refers to a row that does not exist.
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

    /// Sets the reference subjects.
    ///
    /// # Errors
    /// If there are none.
    pub fn calibrate(&mut self, reference: ScoreSet<'_>) -> Result<(), Error> {
        self.calibrator = Some(Calibrator::of(reference)?);
        Ok(())
    }

    /// The evidence of each subject by scheme, and its sum.
    ///
    /// # Errors
    /// If the columns differ from those of the fit; the error names both.
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

    /// The p-values of subjects and testing units.
    ///
    /// # Errors
    /// If the model is not calibrated.
    pub fn p_values(&self, all: ScoreSet<'_>) -> Result<PValues, Error> {
        let calibrator = self.calibrator.as_ref().ok_or(Error::NoReference { found: 0 })?;
        Ok(calibrator.p_values(all, self.membership == Membership::Everyone))
    }

    /// The combined p-value of a scheme for each subject.
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

    /// Checks a deserialised model.
    ///
    /// # Errors
    /// If the model is inconsistent.
    pub fn check(&self, columns: usize) -> Result<(), Error> {
        self.model.as_ref().map_or(Ok(()), Persisted::check)?;
        self.adjustment.as_ref().map_or(Ok(()), |(adjustment, _)| adjustment.check(columns))
    }

    /// The number of reference subjects.
    pub fn size(&self) -> u64 {
        self.calibrator.as_ref().map_or(0, Calibrator::size)
    }

    /// The contribution of each column to the score of the only row of a table, largest first.
    ///
    /// A scheme's term is split among its columns in proportion to their terms of the harmonic mean, the detectors'
    /// term in proportion to their own attribution.
    ///
    /// # Errors
    /// If the columns differ from those of the fit.
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

    /// Adds the audit adjustment to the shares of the only row of a table.
    fn add_adjustment(&self, shares: &mut Vec<Share>, table: &Table) {
        let Some((adjustment, unit)) = &self.adjustment else { return };
        let names = table.features.names();
        let added = adjustment.split(&table.features);
        for (name, own) in names.iter().zip(added.into_iter().flatten()) {
            add(shares, name, own * unit);
        }
    }
}

/// Adds to the share of a column, so that an indicator that is also used by the detectors is listed once.
fn add(shares: &mut Vec<Share>, name: &str, contribution: f64) {
    match shares.iter_mut().find(|told| told.name == name) {
        Some(told) => told.contribution += contribution,
        None => shares.push(Share { name: name.to_owned(), scheme: None, p: None, contribution }),
    }
}

/// The contribution of one column to a subject's score.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// The indicator, the plain column, or the count of payments with evidence.
    pub name: String,
    /// The scheme; `None` for the detectors.
    pub scheme: Option<Scheme>,
    /// The p-value of the column; `None` for a column of the detectors.
    pub p: Option<f32>,
    /// The contribution; all shares of a subject sum to its score.
    pub contribution: f64,
}

/// Splits a total in proportion to 1/p, the terms of the harmonic mean.
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

    /// Two indicators of different schemes.
    fn table(rows: u16, cell: impl Fn(u16, u16) -> f32) -> Table {
        let mut features = Matrix::new(rows.into());
        for (name, column) in [("self_approval", 0), ("vague_purpose", 1)] {
            features.push(name, (0..rows).map(|row| Some(cell(row, column)))).unwrap();
        }
        Table { features, counts: Matrix::new(rows.into()) }
    }

    #[test]
    fn a_test_among_few_says_more_than_a_rank_among_few() {
        // One of twelve is extreme in both columns; the second column is the surprise of a test.
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
        // The reported p-value is the empirical one, not the evidence.
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
