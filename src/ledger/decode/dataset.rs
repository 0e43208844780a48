//! File layout of a dataset: a folder of Parquet tables, or a single ledger file.

use std::path::{Path, PathBuf};

use crate::ledger::contract::schema::{ANSWERS, LEDGER, OUTCOMES, TABLES};
use crate::ledger::contract::table::Table;
use crate::ledger::decode::read::{self, entries, files};

/// A dataset: its folder, or its single ledger file.
#[derive(Debug, Clone)]
pub struct Dataset {
    root: PathBuf,
}

/// The files of each table for one county, or for all counties if the dataset is not split.
#[derive(Debug, Clone)]
pub struct Source {
    /// The dataset's folder, the base of reported file names.
    pub root: PathBuf,
    /// The county in the folder's name.
    pub county: Option<String>,
    /// The files of each table, sorted by name.
    pub tables: Vec<(&'static Table, Vec<PathBuf>)>,
}

impl Source {
    /// The source with these tables only.
    #[must_use]
    pub fn with_tables(mut self, names: &[&str]) -> Self {
        self.tables.retain(|(table, _)| names.contains(&table.name));
        self
    }

    /// The path of a file relative to the dataset's folder.
    pub fn name(&self, file: &Path) -> String {
        let below = file.strip_prefix(&self.root).ok().filter(|path| path.file_name().is_some());
        let shown = below.or_else(|| file.file_name().map(Path::new)).unwrap_or(file);
        shown.to_string_lossy().replace('\\', "/")
    }
}

impl Dataset {
    /// The dataset at a path: a folder, or a Parquet file with the ledger.
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// One source for each `county=` folder of the ledger, or one for the whole dataset.
    ///
    /// # Errors
    /// If a folder cannot be listed, or a ledger file lies beside `county=` folders. A dataset without a ledger has one
    /// source without ledger files.
    pub fn sources(&self) -> Result<Vec<Source>, read::Error> {
        let ledger = self.root.join(LEDGER.name);
        let counties: Vec<String> =
            entries(&ledger)?.iter().filter_map(|path| county(path)).collect();
        if counties.is_empty() {
            return Ok(vec![self.source(None)?]);
        }
        let mut all = files(&ledger)?;
        all.extend(files(&self.root.join(format!("{}.parquet", LEDGER.name)))?);
        let astray =
            all.into_iter().find(|path| !path.ancestors().any(|part| county(part).is_some()));
        if let Some(path) = astray {
            return Err(read::Error::Astray { path });
        }
        counties.into_iter().map(|county| self.source(Some(county))).collect()
    }

    /// A source with only the answers of a simulation.
    ///
    /// # Errors
    /// If a folder cannot be listed.
    pub fn answers(&self) -> Result<Source, read::Error> {
        self.only(&ANSWERS)
    }

    /// A source with only the results of audits.
    ///
    /// # Errors
    /// If a folder cannot be listed.
    pub fn outcomes(&self) -> Result<Source, read::Error> {
        self.only(&OUTCOMES)
    }

    fn only(&self, table: &'static Table) -> Result<Source, read::Error> {
        let files = self.files_of(table, None)?;
        Ok(Source { root: self.root.clone(), county: None, tables: vec![(table, files)] })
    }

    fn source(&self, county: Option<String>) -> Result<Source, read::Error> {
        let paths = |table: &&'static Table| {
            let files = self.files_of(table, county.as_deref())?;
            Ok((*table, files))
        };
        // The answers of a simulation are not part of a book.
        let tables = TABLES.iter().filter(|table| table.name != ANSWERS.name);
        let tables = tables.map(paths).collect::<Result<_, read::Error>>()?;
        Ok(Source { root: self.root.clone(), county, tables })
    }

    fn files_of(&self, table: &Table, county: Option<&str>) -> Result<Vec<PathBuf>, read::Error> {
        if self.root.is_file() {
            let is_ledger = table.name == LEDGER.name;
            return Ok(if is_ledger { vec![self.root.clone()] } else { Vec::new() });
        }
        let mut found = files(&self.root.join(format!("{}.parquet", table.name)))?;
        let folder = self.root.join(table.name);
        let part = county.map(|county| folder.join(format!("county={county}")));
        match part.filter(|part| part.is_dir()) {
            Some(part) => found.extend(files(&part)?),
            None => found.extend(files(&folder)?),
        }
        Ok(found)
    }
}

/// The county of a folder named `county=XXXXXX`.
fn county(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    name.strip_prefix("county=").map(str::to_owned)
}
