//! `mingzhang disclose`: a village's notice of its finances, made from the ledger.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use jiff::civil::Date;

use super::lines::Lines;
use super::source::Source;
use crate::ledger::book::Book;
use crate::ledger::book::index::VillageIx;
use crate::ledger::book::period::Period;
use crate::ledger::contract::cell::Day;
use crate::ledger::contract::parse::today;
use crate::registers::notices::word;
use crate::report::posting::content::Posting;
use crate::words::table::{Lang, Word};

/// Make a village's notice of its finances from the ledger, as a page and a workbook
///
/// Persons are masked, and no number of a card, an account or a telephone is written. Beside it stand the rows of the
/// table `disclosures` that the notice is; once they are in the dataset, the notice agrees with the ledger.
#[derive(Debug, Args)]
pub(super) struct Disclose {
    #[command(flatten)]
    source: Source,
    /// The division code of the village
    #[arg(long, value_name = "CODE")]
    village: String,
    /// The period, such as 2024Q3, 2024-05 or 2024; without it, the last whole quarter of the books
    #[arg(long)]
    period: Option<String>,
    /// The first day of the notice; without it, today
    #[arg(long, value_name = "DATE")]
    posted: Option<Date>,
    /// Folder to write into; files of the same names are replaced
    #[arg(long, default_value = "notice", value_name = "DIR")]
    out: PathBuf,
}

impl Disclose {
    pub(super) fn run(self, out: &mut dyn Write, lang: Lang) -> anyhow::Result<u8> {
        let books = self.source.books()?;
        let place = |book: &Book| book.villages.place(&book.names.find(&self.village)?);
        let found = books.iter().find_map(|book| Some((book, place(book)?)));
        let Some((book, village)) = found else {
            bail!("there is no village `{}` in {}", self.village, self.source.data.display());
        };
        let period = self.period(book, village)?;
        let posted = self.posted.map_or_else(today, Day::of);
        let posting = Posting::of(book, village, period, (posted, lang));
        if posting.items.is_empty() {
            bail!("{}: nothing is booked in {}", self.village, word(period));
        }
        // All of it is made before any of it is written.
        let files = [
            ("html", posting.page()?.into_bytes()),
            ("xlsx", posting.workbook()?),
            ("csv", posting.rows()?.into_bytes()),
        ];
        fs::create_dir_all(&self.out).with_context(|| format!("writing {}", self.out.display()))?;
        let mut lines = Lines { out, lang };
        lines.raw(&posting.title())?;
        for (ending, bytes) in files {
            let path = self.out.join(format!("{}-{}.{ending}", self.village, word(period)));
            fs::write(&path, bytes).with_context(|| format!("writing {}", path.display()))?;
            lines.raw(&format!("  {}", path.display()))?;
        }
        for note in posting.notes() {
            lines.raw(&note)?;
        }
        lines.say(Word::PostingNext, &[])?;
        Ok(0)
    }

    /// The period that was asked for, or the last whole quarter of the village's books.
    fn period(&self, book: &Book, village: VillageIx) -> anyhow::Result<Period> {
        if let Some(asked) = &self.period {
            let Some(period) = Period::of(asked) else {
                bail!("`{asked}` is no period; write it as 2024Q3, 2024-05 or 2024");
            };
            return Ok(period);
        }
        let payments = book.by_village().group(village).last();
        let last = payments.map(|it| book.payments.day[*it]);
        let quarter = last.and_then(|last| {
            let next = Day(last.0 + 1).date();
            let before = i32::from(next.year()) * 4 + i32::from(next.month() - 1) / 3 - 1;
            Period::of(&format!("{:04}Q{}", before.div_euclid(4), before.rem_euclid(4) + 1))
        });
        quarter.with_context(|| format!("{}: nothing is booked", self.village))
    }
}
