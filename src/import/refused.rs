//! The file of refused rows and cells.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use super::corrections::COLUMNS;
use super::error::Error;
use super::spreadsheet::harmless;

/// The file of refused rows, created on the first refusal.
#[derive(Debug)]
pub(super) struct Rejected {
    path: PathBuf,
    file: Option<csv::Writer<File>>,
}

impl Rejected {
    /// The list of refusals at a path.
    pub(super) fn at(path: PathBuf) -> Self {
        Self { path, file: None }
    }

    /// Writes a line, in the order of [`COLUMNS`].
    ///
    /// # Errors
    /// If the file cannot be written.
    pub(super) fn write(&mut self, cells: [&str; 10]) -> Result<(), Error> {
        self.try_write(cells).map_err(|source| self.error(source.into()))
    }

    fn try_write(&mut self, cells: [&str; 10]) -> csv::Result<()> {
        let mut file = if let Some(file) = self.file.take() {
            file
        } else {
            let mut file = File::create(&self.path)?;
            // Without a byte order mark, Chinese versions of spreadsheets would decode the file as GBK.
            file.write_all("\u{feff}".as_bytes())?;
            let mut file = csv::Writer::from_writer(file);
            file.write_record(COLUMNS)?;
            file
        };
        file.write_record(cells.map(|cell| harmless(cell).into_owned()))?;
        self.file = Some(file);
        Ok(())
    }

    /// Flushes the file.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub(super) fn finish(mut self) -> Result<(), Error> {
        let flushed = self.file.take().map_or(Ok(()), |mut file| file.flush());
        flushed.map_err(|source| self.error(source))
    }

    fn error(&self, source: std::io::Error) -> Error {
        Error::Io { path: self.path.clone(), source }
    }
}
