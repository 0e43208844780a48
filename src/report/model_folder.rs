//! A model's folder, as `train` and `evaluate model` write it and as others read it.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::{fs, io};

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::model::error;
use crate::model::file::{NAME, Persisted, SUMS, hex, load_held, save};
use crate::scoring::evidence::trained::Trained;

/// Why a model's folder could not be made, written or read.
#[derive(Debug, Error)]
pub enum Error {
    /// There is something in it.
    #[error("{}: it is not empty; name another folder", path.display())]
    Occupied {
        /// The folder.
        path: PathBuf,
    },
    /// It could not be made.
    #[error("making {}", path.display())]
    Make {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file or the folder could not be read.
    #[error("reading {}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file could not be written.
    #[error("writing {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The model could not be loaded.
    #[error("reading {}", path.display())]
    Load {
        /// Its file.
        path: PathBuf,
        /// What is wrong with it.
        source: error::Error,
    },
    /// The model could not be saved.
    #[error(transparent)]
    Save(#[from] error::Error),
}

/// The page that says what the model is.
const CARD: &str = "card.md";

/// Refuses a folder in which there is anything.
///
/// # Errors
/// If it is not empty, or cannot be read.
pub fn refuse_occupied(path: &Path) -> Result<(), Error> {
    let read = |source| Error::Read { path: path.to_owned(), source };
    if path.exists() && fs::read_dir(path).map_err(read)?.next().is_some() {
        return Err(Error::Occupied { path: path.to_owned() });
    }
    Ok(())
}

/// The folder of a model.
#[derive(Debug)]
pub struct ModelFolder(PathBuf);

impl ModelFolder {
    /// A new folder.
    ///
    /// # Errors
    /// If there is something in it, or it cannot be made.
    pub fn create(path: &Path) -> Result<Self, Error> {
        refuse_occupied(path)?;
        fs::create_dir_all(path).map_err(|source| Error::Make { path: path.to_owned(), source })?;
        Ok(Self(path.to_owned()))
    }

    /// The model of a folder, checked.
    ///
    /// # Errors
    /// If a file is missing, or is not the one that the digests name.
    pub fn open(path: &Path) -> Result<(Self, Trained), Error> {
        let trained =
            load_held(path).map_err(|source| Error::Load { path: path.join(NAME), source })?;
        Ok((Self(path.to_owned()), trained))
    }

    /// The path of a file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a model, its card and the digests.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn write<K: Persisted>(&self, model: &K, card: &impl Display) -> Result<(), Error> {
        save(model, &self.0)?;
        self.write_card(card)
    }

    /// Writes the card, and the digests of all files.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn write_card(&self, card: &impl Display) -> Result<(), Error> {
        self.write_text(CARD, &card.to_string())?;
        self.write_sums()
    }

    fn write_text(&self, name: &str, text: &str) -> Result<(), Error> {
        let path = self.file(name);
        fs::write(&path, text).map_err(|source| Error::Write { path, source })
    }

    fn write_sums(&self) -> Result<(), Error> {
        let mut sums = BTreeMap::new();
        for path in self.files()? {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            if let Some(name) = name.filter(|name| name != SUMS && path.is_file()) {
                let bytes = fs::read(&path).map_err(|source| Error::Read { path, source })?;
                sums.insert(name, hex(&Sha256::digest(&bytes)));
            }
        }
        let lines = sums.iter().map(|(name, digest)| format!("{digest}  {name}\n"));
        self.write_text(SUMS, &lines.collect::<String>())
    }

    /// The paths in the folder.
    fn files(&self) -> Result<Vec<PathBuf>, Error> {
        let entries = fs::read_dir(&self.0)
            .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
        entries.map_err(|source| Error::Read { path: self.0.clone(), source })
    }
}
