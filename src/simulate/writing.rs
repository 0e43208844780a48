//! The open files of a dataset, and the count of their rows.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::datatypes::SchemaRef;

use super::error::Error;
use super::records::Kind;
use super::settings::Settings;
use super::summary::Summary;
use super::tables::answers::{self, Planted};
use super::tables::village::Rows;
use crate::ledger::contract::schema::{BANK, LEDGER, OUTCOMES, TABLES};
use crate::ledger::contract::table::Table;
use crate::ledger::decode::write::TableWriter;

/// The file that marks a folder as a simulated dataset.
pub(super) const MARK: &str = "simulated.json";

/// The path of a table that is one file.
pub(super) fn file_of(folder: &Path, table: &Table) -> PathBuf {
    folder.join(format!("{}.parquet", table.name))
}

/// The table's schema, with metadata that says that all content is simulated.
pub(super) fn schema(table: &Table) -> SchemaRef {
    let words = "every person, payee, village and amount in this file is simulated";
    let metadata = HashMap::from([("simulated".to_owned(), words.to_owned())]);
    Arc::new(table.arrow().with_metadata(metadata))
}

/// Rows of one township for the tables that are one file each.
pub(super) struct TownshipRows {
    pub(super) companions: Vec<Rows>,
    pub(super) planted: Vec<Planted>,
    pub(super) lines: u64,
    pub(super) bank: u64,
}

/// The open writers of the tables that are one file each.
pub(super) struct Writing {
    pub(super) folder: PathBuf,
    writers: Vec<(&'static Table, TableWriter)>,
    summary: Summary,
    acts: u64,
    look_alikes: u64,
}

impl Writing {
    pub(super) fn new(folder: &Path) -> Result<Self, Error> {
        let whole = TABLES
            .iter()
            .filter(|table| ![LEDGER.name, BANK.name, OUTCOMES.name].contains(&table.name));
        let open = |table: &&'static Table| -> Result<_, Error> {
            Ok((*table, TableWriter::create(&file_of(folder, table), schema(table))?))
        };
        let writers = whole.map(open).collect::<Result<_, _>>()?;
        let summary = Summary::default();
        Ok(Self { folder: folder.to_owned(), writers, summary, acts: 0, look_alikes: 0 })
    }

    fn count(&mut self, table: &Table, rows: u64) {
        *self.summary.rows.entry(table.name.to_owned()).or_default() += rows;
    }

    pub(super) fn add(&mut self, (table, columns, rows): Rows) -> Result<(), Error> {
        self.count(table, u64::try_from(rows).unwrap_or(0));
        let writer = self.writers.iter_mut().find(|(of, _)| of.name == table.name);
        match writer {
            Some((_, writer)) if rows > 0 => Ok(writer.write(columns)?),
            _ => Ok(()),
        }
    }

    pub(super) fn add_township(&mut self, made: TownshipRows) -> Result<(), Error> {
        self.count(&LEDGER, made.lines);
        self.count(&BANK, made.bank);
        for rows in made.companions {
            self.add(rows)?;
        }
        let mut named = Vec::new();
        for planted in made.planted {
            let scheme = self.summary.planted.entry(planted.scheme.to_owned()).or_default();
            let payments =
                planted.subjects.iter().filter(|(grain, ..)| *grain == "payment").count();
            let payments = u64::try_from(payments).unwrap_or(0);
            let id = if planted.kind == Kind::Act {
                self.acts += 1;
                scheme.acts += 1;
                scheme.act_payments += payments;
                format!("A{:05}", self.acts)
            } else {
                self.look_alikes += 1;
                scheme.look_alikes += 1;
                scheme.look_alike_payments += payments;
                format!("L{:05}", self.look_alikes)
            };
            named.push((id, planted));
        }
        self.add(answers::rows(&named))
    }

    /// Completes all files, then writes the mark.
    pub(super) fn finish(self, settings: &Settings) -> Result<Summary, Error> {
        for (_, writer) in self.writers {
            writer.finish()?;
        }
        let path = self.folder.join(MARK);
        let mark = serde_json::json!({ "settings": settings, "made": &self.summary });
        fs::write(&path, format!("{mark:#}\n")).map_err(|source| Error::Io { path, source })?;
        Ok(self.summary)
    }
}
