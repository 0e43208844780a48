//! `mingzhang train-ranking`: the folder of a pretrained ranking model.

use std::fmt::Write as _;
use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use super::model_folder::ModelFolder;
use super::source::Source;
use crate::scoring::ranking_model::pretrained::Pretrained;

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
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<u8> {
        let pipeline = self.source.pipeline()?;
        let books = self.source.books()?;
        let folder = ModelFolder::create(&self.out)?;
        let model =
            Pretrained::fit(&books, &pipeline.ranking, pipeline.seed).context("training")?;
        folder.write(&model, &card(&model)?)?;
        let (counties, payments) = (model.counties.len(), model.payments);
        writeln!(out, "trained on acts planted into {counties} counties of {payments} payments")?;
        writeln!(out, "model: {}", self.out.display())?;
        Ok(0)
    }
}

fn card(model: &Pretrained) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    writeln!(text, "# Model card\n")?;
    writeln!(text, "A rank of this model is a reason to look, never a finding.\n")?;
    writeln!(text, "## Trained on")?;
    writeln!(
        text,
        "Acts planted into copies of the books of the counties {} ({} payments). No answers and no audits were read.\n",
        model.counties.join(", "),
        model.payments
    )?;
    writeln!(text, "## How it did")?;
    writeln!(
        text,
        "Share of planted acts with a payment in the first hundredth of their county, by trees that had seen only other counties; 90 % \
         intervals.\n"
    )?;
    writeln!(
        text,
        "| kind of act | acts | shown | share | interval |\n| --- | ---: | ---: | ---: | ---: |"
    )?;
    for (kind, it) in &model.known {
        let (acts, shown) = (it.acts, it.shown);
        writeln!(
            text,
            "| {} | {acts} | {shown} | {:.2} | {:.2} to {:.2} |",
            kind.card().title,
            it.share,
            it.low,
            it.high
        )?;
    }
    writeln!(text, "\n## Not to be used for")?;
    writeln!(
        text,
        "- Deciding anything about anybody: it ranks points to verify.\n\
         - A county that is large enough to plant into: a model fitted on its own books knows what is usual there."
    )?;
    Ok(text)
}
