//! `mingzhang evaluate model`: evaluates a trained model on subjects not used in its training.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use anyhow::ensure;
use clap::Args;

use crate::evaluate::figures::Figures;
use crate::evaluate::labels::{Label, SIMULATED};
use crate::evaluate::scored::{Row, Scored};
use crate::evaluate::settings::Settings;
use crate::features::subjects::Subjects;
use crate::ledger::contract::cell::{Cell, Fen};
use crate::ledger::subject::Grain;
use crate::report::evaluated::{FIGURES, SCORES, write_figures, write_scores};
use crate::report::feature_tables::read_labels;
use crate::report::model_card::TrainedCard;
use crate::report::model_folder::ModelFolder;
use crate::report::training_tables::sample;
use crate::scoring::evidence::trained::{GrainScores, Trained};

/// How a model does on held-out villages and on later payments
///
/// Only subjects that took no part in the training are scored: those of held-out villages, of counties that
/// it was not trained on, and payments after the last day of the training. Writes `eval.json`,
/// `scores.parquet` and the figures of `card.md` into the model's folder.
#[derive(Debug, Args)]
pub(in super::super) struct Model {
    /// Folder of the model
    #[arg(value_name = "MODEL")]
    folder: PathBuf,
    /// Folder that `mingzhang features` wrote, with labels; several are joined
    #[arg(long, required = true, value_name = "DIR")]
    features: Vec<PathBuf>,
    /// Hours of an audit, for each kind of subject alone
    #[arg(long)]
    hours: Option<f64>,
    /// How often villages are resampled
    #[arg(long, value_name = "N")]
    replicates: Option<u32>,
}

impl Model {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<u8> {
        let (folder, trained) = ModelFolder::open(&self.folder)?;
        let sample = sample(&self.features)?;
        let mut labels = Vec::new();
        for features in &self.features {
            labels.extend(read_labels(features)?);
        }
        ensure!(
            !labels.is_empty(),
            "nothing is known of these subjects: labels.parquet is empty or missing in {}",
            self.features.iter().map(|it| it.display().to_string()).collect::<Vec<_>>().join(", ")
        );
        let evidence = trained.score(&sample)?;
        let known = Known::of(labels);
        let mut rows = Vec::new();
        for (grain, subjects) in &sample {
            if let Some(evidence) = evidence.get(grain) {
                rows.extend(known.rows(&trained, *grain, (subjects, evidence)));
            }
        }
        let scored = Scored::of(rows)?;
        let mut settings = Settings::default();
        settings.hours = self.hours.unwrap_or(settings.hours);
        settings.replicates = self.replicates.unwrap_or(settings.replicates);
        let figures = Figures::of(&scored, &settings)?;
        write_scores(&scored, &folder.file(SCORES))?;
        write_figures(&figures, &folder.file(FIGURES))?;
        folder.write_card(&TrainedCard { trained: &trained, figures: Some(&figures) })?;
        for set in &figures.sets {
            writeln!(
                out,
                "{} {}: {} subjects, {} finds in {} cases; AUROC {}, average precision {}, {} of the finds \
                 in {} audits",
                set.grain.word(),
                set.split.word(),
                set.rows,
                set.found,
                set.cases,
                number(set.auroc.value),
                number(set.average_precision.value),
                number(set.budget.recall_subjects.value),
                set.budget.subjects,
            )?;
        }
        writeln!(out, "written: {FIGURES}, {SCORES}, card.md in {}", self.folder.display())?;
        Ok(0)
    }
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
}

/// The labels of subjects, by grain, county and key.
struct Known(BTreeMap<(String, String, String), Label>);

impl Known {
    fn of(labels: Vec<Label>) -> Self {
        let keyed = |it: Label| ((it.grain.clone(), it.county.clone(), it.subject.clone()), it);
        Self(labels.into_iter().map(keyed).collect())
    }

    /// The scored test rows of one grain.
    fn rows(
        &self,
        trained: &Trained,
        grain: Grain,
        (subjects, scored): (&Subjects, &GrainScores),
    ) -> Vec<Row> {
        // Answers of a simulation are complete, so unlabelled subjects of its counties are known to be ordinary.
        let told_whole = |county: &String| {
            self.0.values().any(|it| it.route == SIMULATED && it.county == *county)
        };
        let mut counties: BTreeMap<&String, bool> = BTreeMap::new();
        for county in &subjects.county {
            counties.entry(county).or_insert_with(|| told_whole(county));
        }
        let row = |at: usize| {
            let (county, village) = (subjects.county.get(at)?, subjects.village.get(at)?);
            let day = *subjects.day.get(at)?;
            let subject = subjects.subject.get(at)?.clone();
            let label = self.0.get(&(grain.word().to_owned(), county.clone(), subject.clone()));
            let is_whole = counties.get(county).copied().unwrap_or(false);
            let several = counties.len() > 1;
            Some(Row {
                grain,
                split: trained.split(county, village, day)?,
                subject: if several { format!("{county}/{subject}") } else { subject },
                village: village.clone(),
                date: day,
                amount: *subjects.amount.get(at)?,
                score: scored.evidence.score[at.into()],
                p_value: scored.p_values.p_value[at.into()],
                found: label.map(|it| it.found).or(is_whole.then_some(false)),
                scheme: label.map_or(String::new(), |it| it.scheme.clone()),
                case: label.map_or(String::new(), |it| it.case.clone()),
                recovered: label.and_then(|it| it.recovered).unwrap_or(Fen::NONE),
            })
        };
        (0..subjects.len()).filter_map(row).collect()
    }
}
