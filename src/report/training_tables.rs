//! What a model is trained on: subjects and labels in folders that `mingzhang features` wrote.

use std::path::PathBuf;

use thiserror::Error;

use crate::evaluate::labels::SIMULATED;
use crate::features::subjects::Subjects;
use crate::ledger::subject::Grain;
use crate::matrix;
use crate::report::feature_tables::{self, read, read_labels};
use crate::scoring::evidence::trained::{AuditLabel, Outcomes, Sample};

/// Why a model's tables could not be read.
#[derive(Debug, Error)]
pub enum Error {
    /// A table cannot be read.
    #[error(transparent)]
    Table(#[from] feature_tables::Error),
    /// A folder has other columns than those before it.
    #[error("the features of each {grain} in {}", folder.display())]
    Columns {
        /// The kind of subject.
        grain: &'static str,
        /// The folder.
        folder: PathBuf,
        /// How the columns differ.
        source: matrix::Error,
    },
}

/// The subjects of every grain in these folders.
///
/// # Errors
/// If a table is missing or damaged, or the folders do not have the same columns.
pub fn sample(folders: &[PathBuf]) -> Result<Sample, Error> {
    let mut sample = Sample::new();
    for grain in Grain::ALL {
        let mut all = Subjects::default();
        for folder in folders {
            all.append(read(folder, grain)?).map_err(|source| Error::Columns {
                grain: grain.word(),
                folder: folder.clone(),
                source,
            })?;
        }
        sample.insert(grain, all);
    }
    Ok(sample)
}

/// What audits found among the subjects of these folders; the answers of a simulation are no labels.
///
/// # Errors
/// If a table is damaged.
pub fn outcomes(folders: &[PathBuf]) -> Result<Outcomes, Error> {
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
