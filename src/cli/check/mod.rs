//! `mingzhang check`: faults, missing data and coverage of a dataset, without scoring.

mod intake;
mod missing;
mod part;

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::lines::Lines;
use crate::features::coverage::{Answered, wanted};
use crate::ledger::book::open::{examine, would_stop};
use crate::ledger::decode::dataset::Dataset;
use crate::ledger::delivery::Delivery;
use crate::pipeline::Pipeline;
use crate::report::notices;
use crate::words::table::Lang;
use part::{County, Part};

/// Tell all faults, what is missing and the coverage of a dataset, without scoring it
#[derive(Debug, Args)]
pub(super) struct Check {
    /// The dataset: a folder of Parquet tables, or one ledger file
    data: PathBuf,
    /// A pipeline whose ledger and indicator settings are meant
    #[arg(long)]
    pipeline: Option<PathBuf>,
    /// Set a key of the pipeline to another value
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Print this many faults
    #[arg(long, default_value_t = 20, value_name = "LINES")]
    head: usize,
    /// Print JSON, with every fault and all that is missing
    #[arg(long)]
    json: bool,
    /// End with 1 if any row was refused
    #[arg(long)]
    strict: bool,
}

impl Check {
    pub(super) fn run(self, out: &mut dyn Write, lang: Lang) -> anyhow::Result<u8> {
        let pipeline = Pipeline::load_or_default(self.pipeline.as_deref(), &self.set)?;
        let indicators = pipeline.indicators(&pipeline.own_rules()?)?;
        let mut delivery = Delivery::default();
        let mut parts = Vec::new();
        for source in Dataset::at(&self.data).sources()? {
            let (books, mut intake) = examine(&source, &pipeline.ledger, pipeline.last_day())?;
            let stops = would_stop(&books, &intake, &pipeline.ledger).err();
            let mut counties = Vec::new();
            for book in &books {
                delivery.add(book);
                counties.push(County::of(book, &indicators));
            }
            let stops = stops.map(|error| error.to_string());
            let faults = intake.defects.len();
            if !self.json {
                intake.defects.truncate(self.head);
            }
            parts.push(Part { folder: source.county, intake, faults, stops, counties });
        }
        let refused: usize = parts.iter().map(|part| part.intake.refused_rows).sum();
        if self.json {
            let reports = parts.iter().map(|part| report(part, &delivery, &parts));
            let reports = reports.collect::<serde_json::Result<Vec<Value>>>()?;
            writeln!(out, "{}", serde_json::to_string_pretty(&reports)?)?;
        } else {
            let mut lines = Lines { out, lang };
            for part in &parts {
                intake::tell(&mut lines, part)?;
                for county in &part.counties {
                    intake::tell_coverage(&mut lines, county)?;
                    missing::tell_villages(&mut lines, county, &delivery)?;
                    missing::tell_wanted(&mut lines, county)?;
                }
            }
            missing::tell_gaps(&mut lines, &delivery.gaps(|_| true))?;
        }
        Ok(u8::from(self.strict && refused > 0))
    }
}

/// A village with its name.
#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
    #[serde(flatten)]
    answered: &'a Answered,
}

/// One part as JSON. Missing data are those of the part's villages; villages of no part's county are reported with the
/// first part.
fn report(part: &Part, delivery: &Delivery, parts: &[Part]) -> serde_json::Result<Value> {
    let is_first = parts.first().is_some_and(|first| std::ptr::eq(first, part));
    let is_own = |part: &Part, code: &str| match &part.folder {
        Some(folder) => code.starts_with(folder.as_str()),
        None => true,
    };
    let is_meant = |code: &str| {
        is_own(part, code) || (is_first && !parts.iter().any(|other| is_own(other, code)))
    };
    let by_county = |told: &dyn Fn(&County) -> serde_json::Result<Value>| {
        let of = |county: &County| Ok((county.code.clone(), told(county)?));
        part.counties.iter().map(of).collect::<serde_json::Result<Map<_, _>>>()
    };
    let covered = by_county(&|county| {
        serde_json::to_value(county.covered.iter().map(|it| &it.coverage).collect::<Vec<_>>())
    })?;
    let villages = by_county(&|county| {
        let named = county
            .villages
            .iter()
            .map(|answered| Named { name: delivery.name(&answered.village), answered });
        serde_json::to_value(named.collect::<Vec<_>>())
    })?;
    let wanted = by_county(&|county| {
        serde_json::to_value(wanted(county.covered.iter().map(|it| &it.coverage)))
    })?;
    Ok(json!({
        "notices": notices::json(&part.intake.notices)?,
        "quality": part.intake,
        "coverage": covered,
        "villages": villages,
        "wanted": wanted,
        "missing": delivery.gaps(is_meant),
        "defects": part.intake.defects,
    }))
}
