//! The page that says what a model is: what it was fitted on, how it did, and what it is not for.

use std::fmt;

use crate::evaluate::figures::{Estimate, Figures};
use crate::scoring::evidence::trained::Trained;
use crate::scoring::ranking_model::pretrained::Pretrained;

/// The card of a model of evidence, with its figures where it was evaluated.
#[derive(Debug)]
pub struct TrainedCard<'a> {
    /// The model.
    pub trained: &'a Trained,
    /// How it did.
    pub figures: Option<&'a Figures>,
}

/// The card of a ranking model.
#[derive(Debug)]
pub struct RankingCard<'a>(pub &'a Pretrained);

impl fmt::Display for TrainedCard<'_> {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { trained, figures } = self;
        let (about, training) = (&trained.about, &trained.training);
        writeln!(text, "# Model card\n")?;
        writeln!(
            text,
            "A rank or a p-value of this model is a reason to look, never a finding.\n"
        )?;
        writeln!(text, "## Trained on")?;
        writeln!(text, "- counties: {}", about.counties.join(", "))?;
        writeln!(text, "- {} payments of {} villages", about.payments, about.villages)?;
        if let Some((from, to)) = about.days {
            writeln!(text, "- payments from {from} to {to}")?;
        }
        let detectors: Vec<&str> =
            training.model.detectors.iter().map(|name| name.word()).collect();
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
            Some(figures) => how_it_did(text, figures)?,
        }
        writeln!(text, "\n## Not to be used for")?;
        writeln!(
            text,
            "- Deciding anything about anybody: it ranks points to verify.\n\
         - Counties whose books are kept otherwise than those it was trained on: it refuses other columns, \
         units and catalogues, and says which columns have drifted.\n\
         - Saying how common wrongdoing is: what it knows of that, it knows from those who trained it."
        )?;
        Ok(())
    }
}

impl fmt::Display for RankingCard<'_> {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(model) = self;
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
        Ok(())
    }
}

fn how_it_did(text: &mut fmt::Formatter<'_>, figures: &Figures) -> fmt::Result {
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
