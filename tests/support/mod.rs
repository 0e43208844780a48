//! What several tests of the import share.

use std::path::Path;

use arrow::util::display::{ArrayFormatter, FormatOptions};
use mingzhang::ledger::decode::read::ParquetFile;

/// The rows of a written table as texts, the names of its columns first; an empty cell is an empty text.
pub(crate) fn table(path: &Path) -> Vec<Vec<String>> {
    let batches = ParquetFile::open(path).unwrap().batches().unwrap();
    let schema = batches.first().unwrap().schema();
    let names = schema.fields().iter().map(|field| field.name().clone()).collect();
    let rows = batches.iter().flat_map(|batch| {
        let options = FormatOptions::default();
        let columns = batch.columns().iter();
        let columns: Vec<_> = columns
            .map(|column| ArrayFormatter::try_new(column.as_ref(), &options).unwrap())
            .collect();
        let row = |row| columns.iter().map(|column| column.value(row).to_string()).collect();
        (0..batch.num_rows()).map(row).collect::<Vec<Vec<String>>>()
    });
    std::iter::once(names).chain(rows).collect()
}
