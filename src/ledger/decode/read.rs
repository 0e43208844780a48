//! Opening of Parquet files; the only file system access of the ledger.
//!
//! A malicious or damaged file must cause an error, not a crash. Errors of the decoder are passed on, panics of the
//! decoder are caught here, and a file with another number of rows than stated in its footer is rejected.

use std::cell::Cell as Switch;
use std::fs::File;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Once};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::Type;
use parquet::errors::ParquetError;
use thiserror::Error;

/// Errors of reading a file.
#[derive(Debug, Error)]
pub enum Error {
    /// A file operation failed.
    #[error("reading {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The file is not a valid Parquet file.
    #[error(
        "reading {}: not a readable Parquet file; export it again, or compare its digest with the \
         sender's", path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The error of the decoder.
        source: ParquetError,
    },
    /// Ledger files lie both in `county=` folders and beside them.
    #[error(
        "{}: this ledger file lies beside `county=` folders and would be left out; move it into the \
         folder of its county", path.display()
    )]
    Astray {
        /// The file.
        path: PathBuf,
    },
    /// Two columns have the same name, which is ambiguous.
    #[error(
        "reading {}: two columns are named `{column}`; rename or leave out one of them and export the \
         file again", path.display()
    )]
    TwiceNamed {
        /// The file.
        path: PathBuf,
        /// The duplicate name.
        column: String,
    },
    /// The footer states more rows or bytes than the file can hold.
    #[error(
        "reading {}: it promises {rows} rows and {megabytes} MB in {bytes} bytes, which no ledger does; export it again",
        path.display()
    )]
    Hollow {
        /// The file.
        path: PathBuf,
        /// The number of rows in the footer.
        rows: u64,
        /// The size of the decoded columns in megabytes.
        megabytes: u64,
        /// The size of the file in bytes.
        bytes: u64,
    },
    /// The number of decoded rows differs from the footer.
    #[error(
        "reading {}: the footer promises {expected} rows, but {found} could be decoded; \
         export it again", path.display()
    )]
    Short {
        /// The file.
        path: PathBuf,
        /// The number of rows in the footer.
        expected: usize,
        /// The number of decoded rows.
        found: usize,
    },
}

/// The maximum number of rows per batch.
const BATCH_ROWS: usize = 64 * 1024;

/// A Parquet file whose footer has been read.
#[derive(Debug, Clone)]
pub struct ParquetFile {
    path: PathBuf,
    metadata: ArrowReaderMetadata,
}

impl ParquetFile {
    /// Reads the footer. Text columns will be decoded as dictionaries, as they are stored.
    ///
    /// # Errors
    /// If the file is missing, is not a Parquet file, or has two columns with the same name.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let file = open(path)?;
        let metadata = guarded(path, || {
            let options = ArrowReaderOptions::new();
            let plain = ArrowReaderMetadata::load(&file, options.clone())?;
            let schema = with_dictionaries(plain.schema());
            let options = options.with_schema(schema);
            // Text inside lists or maps does not support dictionaries; then the file's own schema is used.
            ArrowReaderMetadata::try_new(plain.metadata().clone(), options).or(Ok(plain))
        })?;
        if let Some(column) = twice_named(metadata.schema()) {
            return Err(Error::TwiceNamed { path: path.to_owned(), column });
        }
        let bytes =
            file.metadata().map_err(|source| Error::Io { path: path.to_owned(), source })?.len();
        hollow(path, &metadata, bytes)?;
        Ok(Self { path: path.to_owned(), metadata })
    }

    /// The path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The columns of the file.
    pub fn schema(&self) -> &SchemaRef {
        self.metadata.schema()
    }

    /// The number of rows of each row group according to the footer.
    pub fn row_groups(&self) -> Vec<usize> {
        let groups = self.metadata.metadata().row_groups();
        groups.iter().map(|group| usize::try_from(group.num_rows()).unwrap_or(0)).collect()
    }

    /// Whether a row group may hold a text from the first to the last in a column; where the footer does not tell, it may.
    pub fn may_hold(&self, row_group: usize, column: &str, (first, last): (&str, &str)) -> bool {
        let groups = self.metadata.metadata().row_groups();
        let columns = groups.get(row_group).map_or(&[][..], |group| group.columns());
        let chunk = columns.iter().find(|chunk| chunk.column_path().string() == column);
        let bounds = chunk
            .and_then(|chunk| chunk.statistics())
            .and_then(|statistics| statistics.min_bytes_opt().zip(statistics.max_bytes_opt()));
        let is_text = chunk.is_some_and(|chunk| chunk.column_type() == Type::BYTE_ARRAY);
        bounds
            .filter(|_| is_text)
            .is_none_or(|(least, most)| least <= last.as_bytes() && first.as_bytes() <= most)
    }

    /// Decodes every column of every row group.
    ///
    /// # Errors
    /// If the file cannot be decoded, or the number of rows differs from the footer.
    pub fn batches(&self) -> Result<Vec<RecordBatch>, Error> {
        let columns: Vec<usize> = (0..self.schema().fields().len()).collect();
        let groups = 0..self.row_groups().len();
        let batches =
            groups.map(|group| self.read(group, &columns)).collect::<Result<Vec<_>, _>>()?;
        Ok(batches.into_iter().flatten().collect())
    }

    /// Decodes some columns, given by their index in the schema, of one row group.
    ///
    /// # Errors
    /// If the file cannot be decoded, or the number of rows differs from the footer.
    pub fn read(&self, row_group: usize, columns: &[usize]) -> Result<Vec<RecordBatch>, Error> {
        let file = open(&self.path)?;
        let batches = guarded(&self.path, || {
            let metadata = self.metadata.clone();
            let schema = metadata.metadata().file_metadata().schema_descr_ptr();
            let mask = ProjectionMask::roots(&schema, columns.iter().copied());
            let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata)
                .with_projection(mask)
                .with_row_groups(vec![row_group])
                .with_batch_size(BATCH_ROWS)
                .build()?;
            reader.collect::<Result<Vec<_>, _>>().map_err(ParquetError::from)
        })?;
        let found = batches.iter().map(RecordBatch::num_rows).sum();
        match self.row_groups().get(row_group) {
            Some(&expected) if expected != found => {
                Err(Error::Short { path: self.path.clone(), expected, found })
            }
            _ => Ok(batches),
        }
    }
}

fn open(path: &Path) -> Result<File, Error> {
    let refused = |source| Error::Io { path: path.to_owned(), source };
    let file = File::open(path).map_err(refused)?;
    // A folder can be opened, and fails only where it is read.
    if file.metadata().map_err(refused)?.is_dir() {
        return Err(refused(io::ErrorKind::IsADirectory.into()));
    }
    Ok(file)
}

/// Files that state at most this many rows, or megabytes, are not checked.
const MANY_ROWS: u64 = 2_000_000;
const MANY_MEGABYTES: u64 = 512;

/// The maximum ratio of stated to actual size of larger files.
const DENSEST: u64 = 200;

/// Rejects files whose decoded size is implausibly large for their file size; an amount takes more than a byte.
fn hollow(path: &Path, metadata: &ArrowReaderMetadata, bytes: u64) -> Result<(), Error> {
    let groups = metadata.metadata().row_groups();
    let count = |value: i64| u64::try_from(value).unwrap_or(0);
    let rows: u64 = groups.iter().map(|group| count(group.num_rows())).fold(0, u64::saturating_add);
    let decoded =
        groups.iter().map(|group| count(group.total_byte_size())).fold(0, u64::saturating_add);
    let megabytes = decoded >> 20;
    let is_hollow = (rows > MANY_ROWS && rows > bytes)
        || (megabytes > MANY_MEGABYTES && decoded / DENSEST > bytes);
    if is_hollow {
        Err(Error::Hollow { path: path.to_owned(), rows, megabytes, bytes })
    } else {
        Ok(())
    }
}

/// The name of two columns, if there is a duplicate.
fn twice_named(schema: &Schema) -> Option<String> {
    let mut names: Vec<&String> = schema.fields().iter().map(|field| field.name()).collect();
    names.sort_unstable();
    let twice = names.windows(2).find(|pair| pair.first() == pair.get(1));
    twice.and_then(|pair| pair.first()).map(|name| (*name).clone())
}

/// The schema with text as dictionaries, so that equal strings are interned once per page.
fn with_dictionaries(schema: &Schema) -> SchemaRef {
    let dictionary = |field: &Arc<Field>| match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            let text = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
            Arc::new(Field::new(field.name(), text, field.is_nullable()))
        }
        _ => field.clone(),
    };
    Arc::new(Schema::new(schema.fields().iter().map(dictionary).collect::<Vec<_>>()))
}

thread_local! {
    /// Whether [`guarded`] catches panics on this thread.
    static CAUGHT: Switch<bool> = const { Switch::new(false) };
}

/// Runs the decoder and converts a panic to an error about this file.
fn guarded<T>(path: &Path, decode: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, Error> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let loud = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !CAUGHT.get() {
                loud(info);
            }
        }));
    });
    CAUGHT.set(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(decode));
    CAUGHT.set(false);
    let damaged = |source| Error::Damaged { path: path.to_owned(), source };
    match outcome {
        Ok(done) => done.map_err(damaged),
        Err(_) => Err(damaged(ParquetError::General("the decoder gave up".to_owned()))),
    }
}

/// The Parquet files at a path: the file itself, or all files below a folder, sorted by name.
///
/// Empty if the path does not exist.
///
/// # Errors
/// If a folder cannot be listed.
pub fn files(path: &Path) -> Result<Vec<PathBuf>, Error> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in entries(path)? {
        if entry.is_dir() {
            found.extend(files(&entry)?);
        } else if entry.extension().is_some_and(|ending| ending == "parquet") {
            found.push(entry);
        }
    }
    Ok(found)
}

/// The entries of a folder, sorted by name; empty if the folder does not exist.
///
/// # Errors
/// If the folder cannot be listed.
pub fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let failed = |source| Error::Io { path: folder.to_owned(), source };
    let listed = std::fs::read_dir(folder).map_err(failed)?;
    let paths = listed.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = paths.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    // Temporary files of a writer are ignored.
    let is_hidden = |path: &PathBuf| {
        let name = path.file_name().map(std::ffi::OsStr::to_string_lossy);
        name.is_some_and(|name| name.starts_with(['.', '_']))
    };
    paths.retain(|path| !is_hidden(path));
    paths.sort();
    Ok(paths)
}
