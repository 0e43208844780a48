//! `mingzhang demo`: simulates, checks and ranks a county, and compares the result with the planted acts.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use comfy_table::Table;
use comfy_table::presets::NOTHING;

use super::run::print_summary;
use crate::evaluate::recall::{Found, recall};
use crate::ledger::decode::answers::answers;
use crate::ledger::decode::dataset::Dataset;
use crate::ledger::subject::Grain;
use crate::pipeline::Pipeline;
use crate::report::cells::format_message;
use crate::report::terminal::write_lists;
use crate::run::job::run;
use crate::simulate::dataset::{clear, simulate};
use crate::simulate::settings::Settings;
use crate::words::table::{Lang, Word};
use crate::worklist::lead::Lead;

/// The pipeline of the demo, a file of the repository.
const PIPELINE: &str = include_str!("../../pipelines/demo.toml");

/// Simulate a county, rank it, and say how much of what was planted was found
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Where to write the simulated dataset (DIR/data) and the published folder (DIR/out)
    #[arg(long, value_name = "DIR", default_value = "out/demo")]
    dir: PathBuf,
    /// Seed of the simulation
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print this many leads of the county's list
    #[arg(long, default_value_t = 10, value_name = "LINES")]
    head: usize,
}

impl Demo {
    pub(super) fn run(self, out: &mut dyn Write, lang: Lang) -> anyhow::Result<u8> {
        let data = self.dir.join("data");
        let settings = Settings { seed: self.seed, ..Settings::default() };
        clear(&data)?;
        simulate(&settings, &data)?;
        let folder = |path: &Path| [("folder", path.display().to_string())];
        writeln!(out, "{}\n", format_message(Word::DemoMade, lang, &folder(&data)))?;
        let mut pipeline = Pipeline::parse(PIPELINE, &[])?;
        pipeline.data = Some(data.clone());
        pipeline.lang = lang;
        pipeline.out = Some(self.dir.join("out"));
        let answers = answers(&Dataset::at(&data))?;
        let mut found = BTreeMap::new();
        let summary = run(&pipeline, |book, rankings, leads| {
            let of_lead = |lead: &Lead| {
                let payments = lead.payments.iter();
                let payments =
                    payments.map(|it| (Grain::Payment, Grain::Payment.key(book, (*it).into())));
                payments.chain([(lead.grain, lead.key.clone())]).collect::<Vec<_>>()
            };
            let listed: BTreeSet<(Grain, String)> = leads.iter().flat_map(of_lead).collect();
            found.extend(recall(book, rankings, &answers, &listed));
        })?;
        print_summary(out, &summary, lang)?;
        for done in &summary.counties {
            write_lists(out, (lang, self.head), &done.dossiers)?;
        }
        writeln!(out, "\n{}", Word::DemoPlanted.to(lang))?;
        writeln!(out, "{}", table(&found, lang))?;
        let place = self.dir.join("out/latest/county");
        writeln!(out, "\n{}", format_message(Word::DemoFiles, lang, &folder(&place)))?;
        writeln!(out, "{}", Word::DemoCareful.to(lang))?;
        Ok(0)
    }
}

fn table(found: &BTreeMap<String, Found>, lang: Lang) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING);
    let titles = [
        Word::DemoScheme,
        Word::DemoActs,
        Word::DemoTop,
        Word::DemoTopPayments,
        Word::DemoListed,
        Word::DemoLookAlikes,
        Word::DemoTop,
        Word::DemoListed,
    ];
    table.set_header(titles.map(|word| word.to(lang)));
    let mut all = Found::default();
    for (scheme, own) in found {
        table.add_row(row(scheme, own));
        all.acts += own.acts;
        all.in_top_percent += own.in_top_percent;
        all.in_top_100 += own.in_top_100;
        all.on_list += own.on_list;
        all.look_alikes += own.look_alikes;
        all.look_alikes_in_top_percent += own.look_alikes_in_top_percent;
        all.look_alikes_on_list += own.look_alikes_on_list;
    }
    table.add_row(row(Word::All.to(lang), &all));
    table
}

fn row(scheme: &str, own: &Found) -> [String; 8] {
    let counts = [
        own.acts,
        own.in_top_percent,
        own.in_top_100,
        own.on_list,
        own.look_alikes,
        own.look_alikes_in_top_percent,
        own.look_alikes_on_list,
    ];
    let mut cells = counts.iter().map(ToString::to_string);
    std::array::from_fn(|place| {
        if place == 0 { scheme.to_owned() } else { cells.next().unwrap_or_default() }
    })
}
