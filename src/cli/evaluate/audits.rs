//! `mingzhang evaluate audits`: findings of audits in simulated counties if the list learns from them.

use std::collections::BTreeMap;
use std::io::Write;

use anyhow::ensure;
use clap::Args;
use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;

use super::super::source::Source;
use crate::convert::float;
use crate::evaluate::audits::{Found, Learning, Ranked, Rounds, audits};
use crate::evaluate::labels::from_answers;
use crate::features::matrices;
use crate::ledger::book::index::SubjectIx;
use crate::ledger::decode::answers::answers;
use crate::ledger::decode::dataset::Dataset;
use crate::ledger::subject::Grain;
use crate::ledger::subject::testing_units;
use crate::model::feedback::FeedbackSettings;
use crate::scoring::ranking::{Standard, rankings};

/// What audits find, round after round, where the list learns from them and where it does not
///
/// On simulated data: each round audits the first payments of the ranking, the answers say what is found.
/// What was settled does not come back onto a list that learns: the other payments of an act of which one
/// was audited, and what a village pays to a payee at one of whose payments nothing was found.
#[derive(Debug, Args)]
pub(in super::super) struct Audits {
    #[command(flatten)]
    source: Source,
    /// Rounds of audits
    #[arg(long, value_name = "N", default_value_t = 4)]
    rounds: usize,
    /// Payments that each round audits in a county
    #[arg(long, value_name = "N", default_value_t = 50)]
    each: usize,
}

impl Audits {
    pub(super) fn run(&self, out: &mut dyn Write) -> anyhow::Result<u8> {
        ensure!(self.rounds > 0 && self.each > 0, "--rounds and --each must be at least 1");
        let known = answers(&Dataset::at(&self.source.data))?;
        ensure!(!known.is_empty(), "{}: no answers of a simulation", self.source.data.display());
        let pipeline = self.source.pipeline()?;
        let mut sums: BTreeMap<(usize, usize), Found> = BTreeMap::new();
        let (mut acts_in_all, mut payments_in_all) = (0, 0);
        self.source.measured(|book, measured| {
            let standard = Standard::Own {
                settings: &pipeline.model,
                seed: pipeline.seed,
                to: None,
                scores: None,
            };
            let rankings = rankings(book, matrices(book, measured)?, standard)?;
            let Some(ranking) = rankings.iter().find(|it| it.grain == Grain::Payment) else {
                return Ok(());
            };
            let labels = from_answers(book, &known).into_iter();
            let of_payment: BTreeMap<String, String> = labels
                .filter(|label| label.grain == Grain::Payment.word())
                .map(|label| (label.subject, label.case))
                .collect();
            let cases: BTreeMap<&String, usize> = of_payment.values().zip(0..).collect();
            let act = |payment: SubjectIx| {
                cases.get(of_payment.get(&Grain::Payment.key(book, payment))?).copied()
            };
            let acts: Vec<Option<usize>> = Grain::Payment.all(book).map(act).collect();
            acts_in_all += cases.len();
            payments_in_all += of_payment.len();
            let prior = ranking.prior();
            let units = testing_units(book, Grain::Payment).of_payee;
            let features = ranking.features();
            let payments =
                Ranked { features, prior: &prior, forest: None, units: &units, acts: &acts };
            for (method, learning) in methods(&pipeline.feedback).into_iter().enumerate() {
                let rounds = Rounds {
                    rounds: self.rounds,
                    each: self.each,
                    wrong: 0.0,
                    seed: pipeline.seed,
                };
                for (round, found) in audits(payments, learning, rounds)?.into_iter().enumerate() {
                    let sum = sums.entry((method, round)).or_default();
                    sum.audited += found.audited;
                    sum.cases += found.cases;
                    sum.acts += found.acts;
                }
            }
            Ok(())
        })?;
        writeln!(out, "{acts_in_all} acts of {payments_in_all} payments\n")?;
        writeln!(out, "{}", table(&sums, self.rounds))?;
        Ok(0)
    }
}

const NAMES: [&str; 3] =
    ["does not learn", "what is settled does not come back", "and what was found moves the scores"];

fn methods(feedback: &FeedbackSettings) -> [Learning<'_>; 3] {
    [Learning::Nothing, Learning::Settled, Learning::Feedback(feedback)]
}

fn table(sums: &BTreeMap<(usize, usize), Found>, rounds: usize) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    table.set_header(["the list", "audited", "payments of acts", "times", "acts", "times"]);
    let last = rounds - 1;
    let first = sums.get(&(0, last)).copied().unwrap_or_default();
    for (method, name) in NAMES.iter().enumerate() {
        let Some(found) = sums.get(&(method, last)) else { continue };
        let times = |own: usize, of: usize| format!("{:.2}", float(own) / float(of.max(1)));
        table.add_row([
            (*name).to_owned(),
            found.audited.to_string(),
            found.cases.to_string(),
            times(found.cases, first.cases),
            found.acts.to_string(),
            times(found.acts, first.acts),
        ]);
    }
    table
}
