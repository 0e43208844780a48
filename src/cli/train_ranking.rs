//! `mingzhang train-ranking`: trains a ranking model on planted acts.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use super::lines::Lines;
use super::source::Source;
use crate::report::model_card::RankingCard;
use crate::report::model_folder::ModelFolder;
use crate::scoring::ranking_model::pretrained::Pretrained;
use crate::words::table::Lang;

/// Train a ranking model on planted acts, for counties too small to plant into
///
/// Acts are planted into copies of the books of at least two counties; no answers are read. A pipeline names the
/// folder in `ranking.pretrained`. Writes `model.json`, `card.md` and `SHA256SUMS`.
#[derive(Debug, Args)]
pub(super) struct TrainRanking {
    #[command(flatten)]
    source: Source,
    /// Folder of the model; it must be empty or not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl TrainRanking {
    pub(super) fn run(self, out: &mut dyn Write, lang: Lang) -> anyhow::Result<u8> {
        let pipeline = self.source.pipeline()?;
        let books = self.source.books()?;
        let folder = ModelFolder::create(&self.out)?;
        let model =
            Pretrained::fit(&books, &pipeline.ranking, pipeline.seed).context("training")?;
        folder.write(&model, &RankingCard(&model))?;
        let (counties, payments) = (model.counties.len(), model.payments);
        let mut lines = Lines { out, lang };
        lines.tell(&format!(
            "trained on acts planted into {counties} counties of {payments} payments"
        ))?;
        lines.tell(&format!("model: {}", self.out.display()))?;
        Ok(0)
    }
}
