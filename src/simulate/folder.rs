//! The folder of a dataset: what may be written into it, and what may be replaced.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::Error;
use crate::ledger::schema::TABLES;
use crate::ledger::table::Table;

/// The file by which a folder is known to hold a simulated dataset.
pub const MARK: &str = "simulated.json";

/// Removes an earlier simulated dataset from a folder, and nothing else.
///
/// # Errors
/// If the folder is not empty and holds no simulated dataset, or if the disk refuses.
pub fn clear(folder: &Path) -> Result<(), Error> {
    if !is_occupied(folder)? {
        return Ok(());
    }
    if !folder.join(MARK).is_file() {
        let next =
            "it holds no simulated dataset, so nothing in it is replaced: name another folder";
        return Err(Error::Occupied { folder: folder.to_owned(), next });
    }
    for table in TABLES {
        let (file, parts) = (file_of(folder, table), folder.join(table.name));
        if file.is_file() {
            fs::remove_file(&file).map_err(|source| Error::Io { path: file, source })?;
        }
        if parts.is_dir() {
            fs::remove_dir_all(&parts).map_err(|source| Error::Io { path: parts, source })?;
        }
    }
    let mark = folder.join(MARK);
    fs::remove_file(&mark).map_err(|source| Error::Io { path: mark, source })
}

fn is_occupied(folder: &Path) -> Result<bool, Error> {
    if !folder.exists() {
        return Ok(false);
    }
    let entries = fs::read_dir(folder);
    let mut entries = entries.map_err(|source| Error::Io { path: folder.to_owned(), source })?;
    Ok(entries.next().is_some())
}

/// Refuses a folder in which there is anything.
pub(super) fn refuse_occupied(folder: &Path) -> Result<(), Error> {
    if !is_occupied(folder)? {
        return Ok(());
    }
    let next = "name another folder, or allow an earlier simulated dataset to be replaced";
    Err(Error::Occupied { folder: folder.to_owned(), next })
}

/// The file of a table that is one file.
pub(super) fn file_of(folder: &Path, table: &Table) -> PathBuf {
    folder.join(format!("{}.parquet", table.name))
}
