//! A trained model: one model per grain, fitted on reference counties or years, with the data needed to reject input
//! that does not match.

use std::collections::{BTreeMap, BTreeSet};
use strum::{EnumString, IntoStaticStr};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::features::subjects::{Subjects, unit};
use crate::indicators::VERSION;
use crate::indicators::card::Scheme;
use crate::ledger::contract::cell::{Cell, Day};
use crate::ledger::subject::Grain;
use crate::matrix::Matrix;
use crate::model::drift::{Drift, Profile, drift};
use crate::model::error::Error;
use crate::model::feedback::FeedbackSettings;
use crate::model::feedback::label::LabelledRow;
use crate::model::file::Persisted;
use crate::model::settings::Settings;
use crate::scoring::evidence::calibrator::{PValues, ScoreSet};
use crate::scoring::evidence::counts::{counts, rates};
use crate::scoring::evidence::model::{Membership, Reference, ScoringModel, Table};
use crate::scoring::evidence::scores::EvidenceScores;

/// The version of the file format.
const FORMAT: u32 = 4;

/// A trained model as stored in `model.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trained {
    format: u32,
    /// The version of the indicator catalogue at training.
    catalogue: String,
    /// The training settings.
    pub training: Training,
    /// A description of the training data.
    pub about: About,
    /// The share of reference payments with evidence for each scheme.
    rates: Vec<(Scheme, f64)>,
    grains: BTreeMap<Grain, Part>,
}

/// The saved data of one grain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    /// The columns in order, each with its unit.
    columns: Vec<(String, String)>,
    model: ScoringModel,
    profile: Profile,
}

/// Training settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// The settings of the detectors.
    pub model: Settings,
    /// The settings for learning from audits.
    pub feedback: FeedbackSettings,
    /// The random seed.
    pub seed: u64,
    /// The share of villages held out for evaluation.
    pub held_out: f64,
    /// The last day of the training period; later payments are used for evaluation.
    pub until: Option<Date>,
}

/// A description of the training data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// The counties.
    pub counties: Vec<String>,
    /// The number of villages.
    pub villages: usize,
    /// The number of payments.
    pub payments: usize,
    /// The number of subjects with audit labels.
    pub labels: usize,
    /// The first and the last day of the payments.
    pub days: Option<(Date, Date)>,
}

/// The scores of one grain, one cell per subject.
#[derive(Debug, Clone, Default)]
pub struct GrainScores {
    /// The evidence by scheme and its sum.
    pub evidence: EvidenceScores,
    /// The p-values of subjects and testing units.
    pub p_values: PValues,
}

/// The subjects of each grain.
pub type Sample = BTreeMap<Grain, Subjects>;

/// The audit result of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditLabel {
    /// Whether the audit had a finding.
    pub hit: bool,
    /// Whether the subject was drawn at random.
    pub sampled: bool,
}

/// Audit results of one grain, by county and key.
pub type Audited = BTreeMap<(String, String), AuditLabel>;

/// Audit results by grain.
pub type Outcomes = BTreeMap<Grain, Audited>;

/// The test sets of subjects that were not used in training.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    IntoStaticStr,
    EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Split {
    /// The subject's village was held out.
    HeldOut,
    /// A payment after the training period, in a training village.
    Later,
}

impl Split {
    /// Both splits.
    pub const ALL: [Self; 2] = [Self::HeldOut, Self::Later];

    /// The name in tables.
    pub fn word(self) -> &'static str {
        self.into()
    }
}

impl Training {
    /// The test set of a subject; `None` if it may be used for training.
    pub fn split(&self, village: &str, day: Day) -> Option<Split> {
        if share_of(village, self.seed) < self.held_out {
            return Some(Split::HeldOut);
        }
        let is_after = |until: Date| day.some().is_some_and(|day| day > Day::of(until));
        let is_later = self.until.is_some_and(is_after);
        is_later.then_some(Split::Later)
    }
}

/// A pseudorandom number in 0..1 that depends only on the village and the seed.
fn share_of(village: &str, seed: u64) -> f64 {
    let digest = Sha256::digest(format!("{seed}|{village}"));
    let first: [u8; 4] = std::array::from_fn(|at| digest.get(at).copied().unwrap_or(0));
    f64::from(u32::from_be_bytes(first)) / f64::from(u32::MAX)
}

impl Trained {
    /// Trains a model on subjects outside the test sets. Half of the villages are used for the fit, the other half for
    /// calibration, except audited subjects; audit results of both halves adjust the scores.
    ///
    /// # Errors
    /// If a setting is out of range, or there are no payments or payments of one village only.
    pub fn fit(sample: &Sample, outcomes: &Outcomes, training: Training) -> Result<Self, Error> {
        let usable: Sample =
            sample.iter().map(|(grain, all)| (*grain, usable(all, &training))).collect();
        let villages: BTreeSet<&String> = usable.values().flat_map(|it| &it.village).collect();
        let first: BTreeSet<&String> = villages.iter().step_by(2).copied().collect();
        let parted = |it: &Subjects| -> [Vec<u32>; 2] {
            let rows =
                (0_u32..).zip(&it.village).map(|(row, village)| (row, first.contains(village)));
            let of =
                |half: bool| rows.clone().filter(move |(_, own)| *own == half).map(|(row, _)| row);
            [of(true).collect(), of(false).collect()]
        };
        let coarser_of = |finest: Grain| -> Vec<Matrix> {
            let coarser = usable.iter().filter(|(grain, _)| **grain > finest);
            coarser.map(|(_, it)| it.features.select(&parted(it)[0])).collect()
        };
        let (mut grains, mut payments, mut scheme_rates) = (BTreeMap::new(), None, Vec::new());
        for (grain, subjects) in &usable {
            let table = table(&usable, *grain, payments.as_ref().map(|it| (it, &*scheme_rates)))?;
            let [one, other] = parted(subjects);
            let coarser = coarser_of(*grain);
            let coarser: Vec<&Matrix> = coarser.iter().collect();
            let fitted = table.select(&one);
            let reference =
                Reference { table: &fitted, coarser: &coarser, membership: Membership::Nobody };
            let mut model = ScoringModel::fit(reference, Some(&training.model), training.seed)?;
            let mut evidence = model.score(&table)?;
            let labels = labels_of(subjects, outcomes.get(grain));
            if !labels.is_empty() {
                let feedback = (&training.feedback, training.seed);
                model.learn((&table, &evidence.score.raw), &labels, feedback)?;
                evidence = model.score(&table)?;
            }
            // The calibration excludes subjects that were used in the fit or as audit labels.
            let taught: BTreeSet<u32> = labels.iter().map(|label| label.row).collect();
            let testing_units = subjects.testing_units(*grain);
            let compared: Vec<u32> =
                other.iter().copied().filter(|row| !taught.contains(row)).collect();
            let at = |row: &u32| *row as usize;
            let scores = compared.iter().filter_map(|row| evidence.score.raw.get(at(row)));
            let scores: Vec<f64> = scores.copied().collect();
            let groups = compared.iter().filter_map(|row| subjects.group.get(at(row)));
            let groups: Vec<&str> = groups.map(String::as_str).collect();
            let testing_units = testing_units.select(&compared);
            model.calibrate(ScoreSet {
                scores: &scores,
                groups: &groups,
                testing_units: &testing_units,
            })?;
            if payments.is_none() {
                scheme_rates = rates(&evidence);
                payments = Some(evidence);
            }
            let columns = subjects.features.names().iter();
            let columns = columns.map(|name| (name.clone(), unit(name).to_owned())).collect();
            let profile = Profile::of(&subjects.features);
            grains.insert(*grain, Part { columns, model, profile });
        }
        let labels = usable.iter().map(|(grain, it)| labels_of(it, outcomes.get(grain)).len());
        let about = About::of(&usable, labels.sum());
        Ok(Self {
            format: FORMAT,
            catalogue: VERSION.clone(),
            training,
            about,
            rates: scheme_rates,
            grains,
        })
    }

    /// The scores and p-values of every subject.
    ///
    /// # Errors
    /// If the columns or units of a grain differ from those of the model.
    pub fn score(&self, sample: &Sample) -> Result<BTreeMap<Grain, GrainScores>, Error> {
        let mut all: BTreeMap<Grain, GrainScores> = BTreeMap::new();
        for (grain, subjects) in sample {
            let payments = all.get(&Grain::Payment).map(|it| (&it.evidence, self.rates()));
            let table = table(sample, *grain, payments)?;
            let model = self.model(*grain, &table.features)?;
            let evidence = model.score(&table)?;
            let groups: Vec<&str> = subjects.group.iter().map(String::as_str).collect();
            let testing_units = subjects.testing_units(*grain);
            let scores = &evidence.score.raw;
            let p_values = model.p_values(ScoreSet {
                scores,
                groups: &groups,
                testing_units: &testing_units,
            })?;
            all.insert(*grain, GrainScores { evidence, p_values });
        }
        Ok(all)
    }

    fn part(&self, grain: Grain) -> Result<&Part, Error> {
        self.grains.get(&grain).ok_or(Error::Damaged { what: "a grain is missing" })
    }

    /// The model of a grain.
    ///
    /// # Errors
    /// If the columns or units differ from those of the fit; the error names both.
    pub fn model(&self, grain: Grain, features: &Matrix) -> Result<&ScoringModel, Error> {
        let Part { columns, model, .. } = self.part(grain)?;
        let same = |((name, _), found): (&(String, String), &String)| name == found;
        let names = features.names();
        if columns.len() != names.len() || !columns.iter().zip(names).all(same) {
            let expected = columns.iter().map(|(name, _)| name.clone()).collect();
            return Err(Error::OtherColumns { expected, found: names.to_vec() });
        }
        match columns.iter().find(|(name, expected)| unit(name) != expected) {
            None => Ok(model),
            Some((column, expected)) => Err(Error::OtherUnit {
                column: column.clone(),
                expected: expected.clone(),
                found: unit(column).to_owned(),
            }),
        }
    }

    /// The drift of the columns of a grain since training.
    ///
    /// # Errors
    /// If the model has no such grain.
    pub fn drift(&self, grain: Grain, features: &Matrix) -> Result<Vec<Drift>, Error> {
        drift(&self.part(grain)?.profile, features)
    }

    /// The test set of a subject; `None` if it may have been used in training.
    pub fn split(&self, county: &str, village: &str, day: Day) -> Option<Split> {
        let is_new = !self.about.counties.iter().any(|own| own == county);
        if is_new { Some(Split::HeldOut) } else { self.training.split(village, day) }
    }

    /// The share of reference payments with evidence for each scheme.
    pub fn rates(&self) -> &[(Scheme, f64)] {
        &self.rates
    }

    /// The version of the indicator catalogue at training.
    pub fn catalogue(&self) -> &str {
        &self.catalogue
    }

    /// The number of reference subjects for each grain.
    pub fn references(&self) -> impl Iterator<Item = (Grain, u64)> {
        self.grains.iter().map(|(grain, part)| (*grain, part.model.size()))
    }
}

impl Persisted for Trained {
    fn check(&self) -> Result<(), Error> {
        if self.format != FORMAT {
            return Err(Error::Damaged { what: "it has another format than this program reads" });
        }
        if self.catalogue != *VERSION {
            let (expected, found) = (self.catalogue.clone(), VERSION.clone());
            return Err(Error::OtherVersion { what: "the catalogue", expected, found });
        }
        self.grains.values().try_for_each(|part| {
            part.model.check(part.columns.len())?;
            part.profile.check()
        })
    }
}

/// The subjects that may be used for training.
fn usable(all: &Subjects, training: &Training) -> Subjects {
    let places = (0_u32..).zip(all.village.iter().zip(&all.day));
    let rows = places.filter(|(_, (village, day))| training.split(village, **day).is_none());
    all.select(&rows.map(|(row, _)| row).collect::<Vec<u32>>())
}

/// The labels of the audited subjects.
fn labels_of(subjects: &Subjects, outcomes: Option<&Audited>) -> Vec<LabelledRow> {
    let Some(outcomes) = outcomes else { return Vec::new() };
    let keys = subjects.county.iter().cloned().zip(subjects.subject.iter().cloned());
    let label = |(row, key): (u32, (String, String))| {
        let AuditLabel { hit, sampled } = *outcomes.get(&key)?;
        Some(LabelledRow { row, hit, sampled, propensity: None })
    };
    (0..).zip(keys).filter_map(label).collect()
}

/// The table of a grain: features and counts of payments with evidence.
fn table(
    sample: &Sample,
    grain: Grain,
    payments: Option<(&EvidenceScores, &[(Scheme, f64)])>,
) -> Result<Table, Error> {
    let nothing = Subjects::default();
    let subjects = sample.get(&grain).unwrap_or(&nothing);
    let counts = match (payments, sample.get(&Grain::Payment)) {
        (Some((evidence, rates)), Some(payments)) => {
            counts(evidence, rates, &payments.owners(grain, subjects), subjects.len())?
        }
        _ => Matrix::new(subjects.len()),
    };
    Ok(Table { features: subjects.features.clone(), counts })
}

impl About {
    fn of(sample: &Sample, labels: usize) -> Self {
        let counties: BTreeSet<&String> = sample.values().flat_map(|it| &it.county).collect();
        let count = |grain: Grain| sample.get(&grain).map_or(0, Subjects::len);
        let days = sample.get(&Grain::Payment).map_or(&[][..], |it| it.day.as_slice());
        let date = |day: Option<&Day>| day.map(|day| day.date());
        Self {
            counties: counties.into_iter().cloned().collect(),
            villages: count(Grain::Village),
            payments: count(Grain::Payment),
            labels,
            days: date(days.iter().min()).zip(date(days.iter().max())),
        }
    }
}
