//! `mingzhang features`: writes the indicator values of a dataset as tables for researchers.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use super::lines::Lines;
use super::source::Source;
use crate::evaluate::labels::{from_answers, from_outcomes};
use crate::features::matrices;
use crate::features::subjects::Subjects;
use crate::ledger::decode::answers::answers;
use crate::ledger::decode::dataset::Dataset;
use crate::report::feature_tables::{write, write_labels};
use crate::report::model_folder::refuse_occupied;
use crate::words::table::Lang;

/// Measure a dataset and write its features, a Parquet table for each kind of subject
///
/// One row for each payment, payee, approver and village, with a column for each indicator. What audits
/// found (`outcomes`), or what was planted (`answers` of simulated data), goes into `labels.parquet`.
#[derive(Debug, Args)]
pub(super) struct Features {
    #[command(flatten)]
    source: Source,
    /// Folder to write into; it must be empty or not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl Features {
    pub(super) fn run(self, out: &mut dyn Write, lang: Lang) -> anyhow::Result<u8> {
        let mut lines = Lines { out, lang };
        let folder = &self.out;
        refuse_occupied(folder)?;
        let answers = answers(&Dataset::at(&self.source.data))?;
        let several = Dataset::at(&self.source.data).sources()?.len() > 1;
        let mut labels = Vec::new();
        self.source.measured(|book, measured| {
            labels.extend(from_outcomes(book));
            labels.extend(from_answers(book, &answers));
            for (grain, features) in matrices(book, measured)? {
                let columns = features.names().len();
                let subjects = Subjects::of(book, grain, features);
                let part = several.then_some(book.county.as_str());
                write(&subjects, grain, folder, part)
                    .with_context(|| format!("county {}", book.county))?;
                let rows = subjects.len();
                let (county, grain) = (&book.county, grain.word());
                lines.tell(&format!("county {county}: {rows} {grain}s, {columns} columns"))?;
            }
            Ok(())
        })?;
        write_labels(&labels, folder)?;
        let found = labels.iter().filter(|label| label.found).count();
        let all = labels.len();
        lines.tell(&format!("labels: {all}, of which {found} with something found"))?;
        Ok(0)
    }
}
