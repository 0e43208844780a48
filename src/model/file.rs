//! The file format of models: `model.json`, readable without this program and deterministic.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::error::Error;

/// The file name in a model's folder.
pub const NAME: &str = "model.json";

/// The file with digests of the other files of a folder, in the format of `sha256sum`.
pub const SUMS: &str = "SHA256SUMS";

/// Types that are stored in a model's folder.
pub trait Persisted: Serialize + DeserializeOwned {
    /// The file name.
    const FILE: &'static str = NAME;

    /// Checks a deserialised value.
    ///
    /// # Errors
    /// If its parts are inconsistent, or it belongs to another version of this program.
    fn check(&self) -> Result<(), Error>;
}

/// Writes a model to its file in an existing folder.
///
/// # Errors
/// If the file cannot be written.
pub fn save<K: Persisted>(model: &K, folder: &Path) -> Result<(), Error> {
    let path = folder.join(K::FILE);
    let mut text = serde_json::to_vec(model)
        .map_err(|source| Error::Unreadable { path: path.clone(), source })?;
    text.push(b'\n');
    fs::write(&path, text).map_err(|source| Error::Io { path, source })
}

/// Loads a model like [`load`] from a folder and verifies the digests of its files.
///
/// # Errors
/// As [`load`], and if the digests do not list the model, or a file is missing or does not match.
pub fn load_held<K: Persisted>(folder: &Path) -> Result<K, Error> {
    let read = |name: &str| {
        let path = folder.join(name);
        fs::read(&path).map_err(|source| Error::Io { path, source })
    };
    // If the model itself is missing, report that before the digests.
    read(K::FILE)?;
    let sums = fs::read_to_string(folder.join(SUMS)).unwrap_or_default();
    let sums: Vec<(&str, &str)> = sums.lines().filter_map(|line| line.split_once("  ")).collect();
    if !sums.iter().any(|(_, name)| *name == K::FILE) {
        return Err(Error::NoDigests { folder: folder.to_owned(), name: K::FILE });
    }
    for (digest, name) in sums {
        if hex(&Sha256::digest(read(name)?)) != digest {
            return Err(Error::OtherDigest { path: folder.join(name) });
        }
    }
    load(folder)
}

/// Loads and checks a model from its file in a folder.
///
/// # Errors
/// If the file is missing, is not a valid model, or its parts are inconsistent.
pub fn load<K: Persisted>(folder: &Path) -> Result<K, Error> {
    let path = folder.join(K::FILE);
    let text = fs::read(&path).map_err(|source| Error::Io { path: path.clone(), source })?;
    let model: K =
        serde_json::from_slice(&text).map_err(|source| Error::Unreadable { path, source })?;
    model.check()?;
    Ok(model)
}

/// Formats bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        _ = write!(text, "{byte:02x}");
        text
    })
}
