//! `mingzhang income`: what must have come in against what is booked.

use std::io::Write;
use std::path::PathBuf;

use anyhow::bail;
use clap::Args;

use super::lines::Lines;
use crate::ledger::book::open::books;
use crate::ledger::decode::dataset::Dataset;
use crate::pipeline::Pipeline;
use crate::report::cells::money;
use crate::report::income::{DueView, dues, summary, unbooked};
use crate::words::table::{Lang, Word};

/// Hold the rent that fell due against what is booked
///
/// Prints what is not booked in full and in time, the largest sums first; with --village, all rent of the village with the
/// vouchers that pay it.
#[derive(Debug, Args)]
pub(super) struct Income {
    /// The dataset: a folder of Parquet tables
    data: PathBuf,
    /// Only this village, by its division code
    #[arg(long, value_name = "CODE")]
    village: Option<String>,
    /// A pipeline whose ledger settings are meant
    #[arg(long)]
    pipeline: Option<PathBuf>,
    /// Print JSON, with everything that fell due
    #[arg(long)]
    json: bool,
}

impl Income {
    pub(super) fn run(self, out: &mut dyn Write, lang: Lang) -> anyhow::Result<u8> {
        let pipeline = Pipeline::load_or_default(self.pipeline.as_deref(), &[])?;
        let (mut all, mut is_known) = (Vec::new(), self.village.is_none());
        for source in Dataset::at(&self.data).sources()? {
            for book in books(&source, &pipeline.ledger, pipeline.last_day())?.0 {
                let mut codes = book.villages.iter().map(|code| book.names.get(*code));
                is_known |= codes.any(|code| Some(code) == self.village.as_deref());
                all.extend(dues(&book));
            }
        }
        if let Some(code) = self.village.as_deref() {
            if !is_known {
                bail!("there is no village {code} in the ledger");
            }
            all.retain(|it| it.village == code);
        }
        if self.json {
            let all: Vec<_> = all.iter().map(DueView::json).collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&all)?)?;
            return Ok(0);
        }
        let mut lines = Lines { out, lang };
        lines.raw(&summary(all.iter(), lang))?;
        let shown = match self.village {
            Some(_) => all.iter().collect(),
            None => unbooked(all.iter()),
        };
        if !shown.is_empty() {
            lines.raw("")?;
            let rows: Vec<_> = shown.into_iter().map(|it| row(it, lang)).collect();
            lines.whole_table(TITLES, &rows)?;
        }
        Ok(0)
    }
}

const TITLES: [Word; 9] = [
    Word::VillageCode,
    Word::LeaseNo,
    Word::Tenant,
    Word::RentDue,
    Word::RentAmount,
    Word::RentPaid,
    Word::RentDays,
    Word::RentState,
    Word::RentVouchers,
];

fn row(it: &DueView, lang: Lang) -> [String; 9] {
    [
        it.village.clone(),
        it.lease.clone(),
        it.tenant.clone(),
        it.due.day.to_string(),
        money(it.due.amount),
        money(it.due.booked()),
        it.due.days().to_string(),
        it.state(lang).to_owned(),
        it.vouchers().join(lang.of(["; ", "；"])),
    ]
}
