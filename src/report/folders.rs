//! The folder of each office: its list as a workbook, a page and tables, and nothing of any other office.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use rust_xlsxwriter::XlsxError;
use thiserror::Error;

use crate::ledger::decode::write;
use crate::ledger::level::Level;
use crate::report::dossier::LeadView;
use crate::report::education::{self, Education};
use crate::report::office::{Office, RunView, office_title};
use crate::report::page::page;
use crate::report::party::PartyView;
use crate::report::party_table::parties;
use crate::report::tables::{evidence, leads, records};
use crate::report::workbook::workbook;

/// Why an office's folder could not be written.
#[derive(Debug, Error)]
pub enum Error {
    /// A file could not be written.
    #[error(transparent)]
    Write(#[from] write::Error),
    /// A workbook could not be made, which would be a fault of ours.
    #[error("making {}", path.display())]
    Workbook {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: XlsxError,
    },
    /// A page could not be made, which would be a fault of ours.
    #[error("making {}", path.display())]
    Page {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: minijinja::Error,
    },
}

/// Writes the folder of every office of a county: `county/`, `township/<9 digits>/`, `village/<12 digits>/`. Where there
/// are several counties, a county's own folder is `county/<6 digits>/`.
///
/// # Errors
/// If a file cannot be made.
pub fn write(run: RunView<'_>, folder: &Path, several: bool) -> Result<(), Error> {
    let offices = run.offices();
    offices
        .into_par_iter()
        .map(|office| write_one(&office, &place((office.level, &office.code), folder, several)))
        .collect::<Result<(), Error>>()?;
    write_education(run, folder, several)
}

fn place((level, code): (Level, &str), folder: &Path, several: bool) -> PathBuf {
    let own = folder.join(level.word());
    if level == Level::County && !several { own } else { own.join(code) }
}

/// The pages for training, of the county and of every township, whether it has leads or not.
fn write_education(run: RunView<'_>, folder: &Path, several: bool) -> Result<(), Error> {
    let all = Education::of(run.book, run.measured, run.as_of);
    let write = |education: &Education<'_>, office: (Level, &str)| {
        let own = place(office, folder, several);
        let title = office_title(office, run.lang);
        let path = |name: &str| own.join(name);
        let page = education::page::page(education, &title, (run.lang, office.0 == Level::County));
        let page = page.map_err(|source| Error::Page { path: path("education.html"), source })?;
        keep(&own, "education.html", page.as_bytes())?;
        let sheets = education::workbook::workbook(education, run.lang);
        let sheets =
            sheets.map_err(|source| Error::Workbook { path: path("education.xlsx"), source })?;
        keep(&own, "education.xlsx", &sheets)
    };
    write(&all, (Level::County, &run.book.county))?;
    let townships = Education::townships(run.book).into_par_iter();
    townships.map(|code| write(&all.of_township(&code), (Level::Township, &code))).collect()
}

/// Writes a file of an office's folder and makes it durable.
fn keep(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Error> {
    let path = folder.join(name);
    let io = |source| write::Error::Io { path: path.clone(), source };
    fs::create_dir_all(folder).map_err(io)?;
    let file = fs::File::create(&path).map_err(io)?;
    io::Write::write_all(&mut &file, bytes).map_err(io)?;
    file.sync_all().map_err(io)?;
    Ok(())
}

fn write_one(office: &Office<'_>, folder: &Path) -> Result<(), Error> {
    let path = |name: &str| folder.join(name);
    let sheets =
        workbook(office).map_err(|source| Error::Workbook { path: path("leads.xlsx"), source })?;
    keep(folder, "leads.xlsx", &sheets)?;
    let page = page(office).map_err(|source| Error::Page { path: path("report.html"), source })?;
    keep(folder, "report.html", page.as_bytes())?;
    // A village sees facts and questions: no score, and no table of scores.
    if office.sees_scores() {
        let own = office.leads.iter().map(|(_, it)| it);
        let dossiers: Vec<LeadView> =
            own.map(|it| LeadView { key: it.shown_key(), ..it.clone() }).collect();
        leads(&dossiers).write(&path("leads.parquet"))?;
        evidence(&dossiers).write(&path("evidence.parquet"))?;
        records(&dossiers).write(&path("records.parquet"))?;
    }
    if office.level == Level::County {
        let masked: Vec<PartyView> = office.parties().iter().map(PartyView::masked).collect();
        parties(&masked).write(&path("parties.parquet"))?;
    }
    Ok(())
}
