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
use crate::report::office::{Office, RunView};
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
        .map(|office| write_one(&office, &place(&office, folder, several)))
        .collect()
}

fn place(office: &Office<'_>, folder: &Path, several: bool) -> PathBuf {
    let level = folder.join(office.level.word());
    if office.level == Level::County && !several { level } else { level.join(&office.code) }
}

fn write_one(office: &Office<'_>, folder: &Path) -> Result<(), Error> {
    let keep = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        let io = |source| write::Error::Io { path: path.clone(), source };
        fs::create_dir_all(folder).map_err(io)?;
        let file = fs::File::create(&path).map_err(io)?;
        io::Write::write_all(&mut &file, bytes).map_err(io)?;
        file.sync_all().map_err(io)
    };
    let path = |name: &str| folder.join(name);
    let sheets =
        workbook(office).map_err(|source| Error::Workbook { path: path("leads.xlsx"), source })?;
    keep("leads.xlsx", &sheets)?;
    let page = page(office).map_err(|source| Error::Page { path: path("report.html"), source })?;
    keep("report.html", page.as_bytes())?;
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
