//! Writing of Parquet files with fixed properties.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use thiserror::Error;

/// Errors of writing a table.
#[derive(Debug, Error)]
pub enum Error {
    /// A file operation failed.
    #[error("writing {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The Parquet encoder failed.
    #[error("encoding {}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// The error of the encoder.
        source: ParquetError,
    },
    /// The columns do not match the schema.
    #[error("columns for {} do not fit its schema", path.display())]
    Arrow {
        /// The file.
        path: PathBuf,
        /// The mismatch.
        source: ArrowError,
    },
}

/// A Parquet file to be written batch by batch.
#[derive(Debug)]
pub struct TableWriter {
    path: PathBuf,
    inner: ArrowWriter<File>,
    schema: SchemaRef,
}

impl TableWriter {
    /// Creates a file; missing parent folders are created.
    ///
    /// # Errors
    /// If the file cannot be created.
    pub fn create(path: &Path, schema: SchemaRef) -> Result<Self, Error> {
        let path = path.to_owned();
        let file = match path.parent().map_or(Ok(()), std::fs::create_dir_all) {
            Ok(()) => File::create(&path),
            Err(source) => Err(source),
        };
        let file = file.map_err(|source| Error::Io { path: path.clone(), source })?;
        let level = ZstdLevel::try_new(1).unwrap_or_default();
        // The name has no version, so that a new release writes identical bytes.
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_created_by("mingzhang".to_owned())
            .set_max_row_group_row_count(Some(256 * 1024))
            .build();
        let inner = ArrowWriter::try_new(file, schema.clone(), Some(properties))
            .map_err(|source| Error::Parquet { path: path.clone(), source })?;
        Ok(Self { path, inner, schema })
    }

    /// Appends rows; the columns are in the schema's order.
    ///
    /// # Errors
    /// If the columns do not match the schema, or the disk is full.
    pub fn write(&mut self, columns: Vec<arrow::array::ArrayRef>) -> Result<(), Error> {
        let batch = RecordBatch::try_new(self.schema.clone(), columns)
            .map_err(|source| Error::Arrow { path: self.path.clone(), source })?;
        self.inner
            .write(&batch)
            .map_err(|source| Error::Parquet { path: self.path.clone(), source })
    }

    /// Completes the file and syncs it to disk.
    ///
    /// # Errors
    /// If the file cannot be completed.
    pub fn finish(self) -> Result<(), Error> {
        let Self { path, inner, .. } = self;
        let file =
            inner.into_inner().map_err(|source| Error::Parquet { path: path.clone(), source })?;
        file.sync_all().map_err(|source| Error::Io { path, source })
    }
}
