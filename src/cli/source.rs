//! Reading and measuring of a dataset, county by county, for several commands.

use std::path::PathBuf;

use clap::Args;

use crate::features::{Measured, measure};
use crate::ledger::book::Book;
use crate::ledger::book::open::books;
use crate::ledger::decode::dataset::Dataset;
use crate::pipeline::Pipeline;

/// Where the dataset lies, and how it is measured.
#[derive(Debug, Args)]
pub(super) struct Source {
    /// The dataset: a folder of Parquet tables
    #[arg(long)]
    pub(super) data: PathBuf,
    /// A pipeline whose ledger and indicator settings are meant
    #[arg(long)]
    pub(super) pipeline: Option<PathBuf>,
    /// Set a key of the pipeline to another value
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,
}

impl Source {
    /// The settings of the pipeline.
    pub(super) fn pipeline(&self) -> anyhow::Result<Pipeline> {
        Pipeline::load_or_default(self.pipeline.as_deref(), &self.set)
    }

    /// The books of all counties.
    pub(super) fn books(&self) -> anyhow::Result<Vec<Book>> {
        let pipeline = self.pipeline()?;
        let mut all = Vec::new();
        for source in Dataset::at(&self.data).sources()? {
            all.extend(books(&source, &pipeline.ledger, pipeline.last_day())?.0);
        }
        Ok(all)
    }

    /// Calls back with every county's book and its measurements.
    pub(super) fn measured(
        &self,
        mut show: impl FnMut(&Book, &[Measured<'_>]) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let pipeline = self.pipeline()?;
        let indicators = pipeline.of_catalogue(&pipeline.own_rules()?)?;
        for source in Dataset::at(&self.data).sources()? {
            let (books, _) = books(&source, &pipeline.ledger, pipeline.last_day())?;
            for book in &books {
                show(book, &measure(book, &indicators).0)?;
            }
        }
        Ok(())
    }
}
