//! A model's folder, as `train` and `evaluate model` write it and as others read it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use sha2::{Digest, Sha256};

use crate::evaluate::figures::{Estimate, Figures};
use crate::evaluate::labels::SIMULATED;
use crate::features::subjects::Subjects;
use crate::ledger::subject::Grain;
use crate::model::file::{NAME, Persisted, SUMS, hex, load_held, save};
use crate::report::feature_tables::{read, read_labels};
use crate::scoring::evidence::trained::{AuditLabel, Outcomes, Sample, Trained};

/// The page that says what the model is.
const CARD: &str = "card.md";

/// Refuses a folder in which there is anything.
pub(super) fn refuse_occupied(path: &Path) -> anyhow::Result<()> {
    let is_free = !path.exists() || fs::read_dir(path)?.next().is_none();
    ensure!(is_free, "{}: it is not empty; name another folder", path.display());
    Ok(())
}

/// The folder of a model.
#[derive(Debug)]
pub(super) struct ModelFolder(PathBuf);

impl ModelFolder {
    /// A new folder.
    pub(super) fn create(path: &Path) -> anyhow::Result<Self> {
        refuse_occupied(path)?;
        fs::create_dir_all(path).with_context(|| format!("making {}", path.display()))?;
        Ok(Self(path.to_owned()))
    }

    /// The model of a folder, checked.
    pub(super) fn open(path: &Path) -> anyhow::Result<(Self, Trained)> {
        let trained =
            load_held(path).with_context(|| format!("reading {}", path.join(NAME).display()))?;
        Ok((Self(path.to_owned()), trained))
    }

    /// The path of a file in it.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a trained model, its card and the digests.
    pub(super) fn write_model(&self, trained: &Trained) -> anyhow::Result<()> {
        self.write(trained, &card(trained, None)?)
    }

    /// Writes a model, its card and the digests.
    pub(super) fn write<K: Persisted>(&self, model: &K, card: &str) -> anyhow::Result<()> {
        save(model, &self.0)?;
        self.write_text(card)
    }

    /// Writes the card, with figures where there are some, and the digests of all files.
    pub(super) fn write_card(
        &self,
        trained: &Trained,
        figures: Option<&Figures>,
    ) -> anyhow::Result<()> {
        self.write_text(&card(trained, figures)?)
    }

    fn write_text(&self, card: &str) -> anyhow::Result<()> {
        let path = self.file(CARD);
        fs::write(&path, card).with_context(|| format!("writing {}", path.display()))?;
        self.write_sums()
    }

    fn write_sums(&self) -> anyhow::Result<()> {
        let mut names = BTreeMap::new();
        for entry in fs::read_dir(&self.0)? {
            let path = entry?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            if let Some(name) = name.filter(|name| name != SUMS && path.is_file()) {
                names.insert(name, fs::read(&path)?);
            }
        }
        let mut text = String::new();
        for (name, bytes) in names {
            writeln!(text, "{}  {name}", hex(&Sha256::digest(&bytes)))?;
        }
        let path = self.file(SUMS);
        fs::write(&path, text).with_context(|| format!("writing {}", path.display()))
    }
}

/// The subjects of every grain in folders that `mingzhang features` wrote.
pub(super) fn sample(folders: &[PathBuf]) -> anyhow::Result<Sample> {
    let mut sample = Sample::new();
    for grain in Grain::ALL {
        let mut all = Subjects::default();
        for folder in folders {
            let context = || format!("{}s of {}", grain.word(), folder.display());
            all.append(read(folder, grain)?).with_context(context)?;
        }
        sample.insert(grain, all);
    }
    Ok(sample)
}

/// What audits found among the subjects of these folders; the answers of a simulation are no labels.
pub(super) fn outcomes(folders: &[PathBuf]) -> anyhow::Result<Outcomes> {
    let mut all = Outcomes::new();
    for label in folders.iter().map(|it| read_labels(it)).collect::<Result<Vec<_>, _>>()?.concat() {
        if label.route == SIMULATED {
            continue;
        }
        let Some(grain) = Grain::of(&label.grain) else { continue };
        let sampled = label.route == "random";
        let audited = AuditLabel { hit: label.found, sampled };
        all.entry(grain).or_default().insert((label.county, label.subject), audited);
    }
    Ok(all)
}

fn card(trained: &Trained, figures: Option<&Figures>) -> anyhow::Result<String> {
    let (about, training) = (&trained.about, &trained.training);
    let mut text = String::new();
    writeln!(text, "# Model card\n")?;
    writeln!(text, "A rank or a p-value of this model is a reason to look, never a finding.\n")?;
    writeln!(text, "## Trained on")?;
    writeln!(text, "- counties: {}", about.counties.join(", "))?;
    writeln!(text, "- {} payments of {} villages", about.payments, about.villages)?;
    if let Some((from, to)) = about.days {
        writeln!(text, "- payments from {from} to {to}")?;
    }
    let detectors: Vec<&str> = training.model.detectors.iter().map(|name| name.word()).collect();
    writeln!(text, "- catalogue of indicators: version {}", trained.catalogue())?;
    writeln!(text, "- detectors: {}; seed {}", detectors.join(", "), training.seed)?;
    writeln!(text, "- labels from audits: {}", about.labels)?;
    writeln!(text, "- kept out: about {} of the villages", share(training.held_out))?;
    if let Some(until) = training.until {
        writeln!(text, "- kept out: payments after {until}")?;
    }
    writeln!(text, "\n## What its statements rest on")?;
    writeln!(
        text,
        "Half of the villages taught what is usual; the subjects of the other half are what others are \
         compared with. A p-value is right where an ordinary subject of the county at hand is like those: \
         drift is measured at every scoring. Acts that hid among them make p-values too large, not too \
         small.\n"
    )?;
    writeln!(text, "| of each | compared with |\n| --- | ---: |")?;
    for (grain, reference) in trained.references() {
        writeln!(text, "| {} | {reference} |", grain.word())?;
    }
    writeln!(text, "\n## How it did")?;
    match figures {
        None => writeln!(text, "Not evaluated yet: `mingzhang evaluate model`.")?,
        Some(figures) => how_it_did(&mut text, figures)?,
    }
    writeln!(text, "\n## Not to be used for")?;
    writeln!(
        text,
        "- Deciding anything about anybody: it ranks points to verify.\n\
         - Counties whose books are kept otherwise than those it was trained on: it refuses other columns, \
         units and catalogues, and says which columns have drifted.\n\
         - Saying how common wrongdoing is: what it knows of that, it knows from those who trained it."
    )?;
    Ok(text)
}

fn how_it_did(text: &mut String, figures: &Figures) -> std::fmt::Result {
    writeln!(
        text,
        "Point figures with 95 % intervals over resampled villages; all others stand in `eval.json`.\n"
    )?;
    writeln!(
        text,
        "| of each | test set | subjects | finds | AUROC | average precision | by chance | finds in the budget |"
    )?;
    writeln!(text, "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")?;
    for set in &figures.sets {
        writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {} |",
            set.grain.word(),
            set.split.word(),
            set.rows,
            set.found,
            told(&set.auroc),
            told(&set.average_precision),
            number(set.precision_by_chance),
            told(&set.budget.recall_subjects),
        )?;
    }
    Ok(())
}

fn told(estimate: &Estimate) -> String {
    match (estimate.low, estimate.high) {
        (Some(low), Some(high)) => {
            format!("{} ({low:.3} to {high:.3})", number(estimate.value))
        }
        _ => number(estimate.value),
    }
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
}

fn share(value: f64) -> String {
    format!("{:.0} %", value * 100.0)
}
