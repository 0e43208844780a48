//! `mingzhang train`: trains a model on tables of features.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::Args;

use super::lines::Lines;
use crate::pipeline::Pipeline;
use crate::report::model_card::TrainedCard;
use crate::report::model_folder::ModelFolder;
use crate::report::training_tables::{outcomes, sample};
use crate::scoring::evidence::trained::{Trained, Training};
use crate::words::table::Lang;

/// Train a model on tables of features, and keep it in a folder
///
/// What audits found (`outcomes`) moves the scores; what a simulation planted is never learned from.
/// Writes `model.json`, `card.md` and `SHA256SUMS`. The same features and settings give the same bytes.
#[derive(Debug, Args)]
pub(super) struct Train {
    /// Folder that `mingzhang features` wrote; several are joined
    #[arg(long, required = true, value_name = "DIR")]
    features: Vec<PathBuf>,
    /// Folder of the model; it must be empty or not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// A pipeline whose detectors and seed are meant
    #[arg(long)]
    pipeline: Option<PathBuf>,
    /// Set a key of the pipeline to another value
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// About this share of the villages is kept out of the training, to be evaluated on
    #[arg(long, default_value_t = 0.2, value_name = "SHARE")]
    held_out: f64,
    /// Last day whose payments are trained on; later ones are there to be evaluated on
    #[arg(long, value_name = "DATE")]
    until: Option<jiff::civil::Date>,
}

impl Train {
    pub(super) fn run(self, out: &mut dyn Write, lang: Lang) -> anyhow::Result<u8> {
        let share = self.held_out;
        ensure!(
            (0.0..1.0).contains(&share),
            "--held-out must be from 0 to below 1, but is {share}"
        );
        let pipeline = Pipeline::load_or_default(self.pipeline.as_deref(), &self.set)?;
        let sample = sample(&self.features)?;
        let outcomes = outcomes(&self.features)?;
        let folder = ModelFolder::create(&self.out)?;
        let training = Training {
            model: pipeline.model,
            feedback: pipeline.feedback,
            seed: pipeline.seed,
            held_out: self.held_out,
            until: self.until,
        };
        let trained = Trained::fit(&sample, &outcomes, training).context("training")?;
        folder.write(&trained, &TrainedCard { trained: &trained, figures: None })?;
        let (about, mut lines) = (&trained.about, Lines { out, lang });
        lines.tell(&format!(
            "trained on {} payments of {} villages in {} counties; {} labels from audits",
            about.payments,
            about.villages,
            about.counties.len(),
            about.labels
        ))?;
        for (grain, reference) in trained.references() {
            let grain = grain.word();
            lines.tell(&format!("  {grain}: p-values compare with {reference} subjects"))?;
        }
        lines.tell(&format!("model: {}", self.out.display()))?;
        Ok(0)
    }
}
