//! A model as a file: `model.json`, readable without this program, the same bytes for the same model.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::error::Error;

/// The name of the file in a model's folder.
pub const NAME: &str = "model.json";

/// The digests of the other files of a folder, in the form of `sha256sum`.
pub const SUMS: &str = "SHA256SUMS";

/// What is kept in a model's folder.
pub trait Persisted: Serialize + DeserializeOwned {
    /// The name of its file.
    const FILE: &'static str = NAME;

    /// Whether what was read from a file can be used without harm.
    ///
    /// # Errors
    /// If its parts contradict each other, or it belongs to another version of this program.
    fn check(&self) -> Result<(), Error>;
}

/// Writes a model into its file of a folder that exists.
///
/// # Errors
/// If the file system refuses.
pub fn save<K: Persisted>(model: &K, folder: &Path) -> Result<(), Error> {
    let path = folder.join(K::FILE);
    let mut text = serde_json::to_vec(model)
        .map_err(|source| Error::Unreadable { path: path.clone(), source })?;
    text.push(b'\n');
    fs::write(&path, text).map_err(|source| Error::Io { path, source })
}

/// Reads a model as [`load`] does, from a folder whose files are all as its digests say.
///
/// # Errors
/// As [`load`], and if the digests do not name the model, or a file is another one or not there.
pub fn load_held<K: Persisted>(folder: &Path) -> Result<K, Error> {
    let read = |name: &str| {
        let path = folder.join(name);
        fs::read(&path).map_err(|source| Error::Io { path, source })
    };
    // Without the model itself, its digests do not matter.
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

/// Reads a model from its file of a folder, and checks that it can be used without harm.
///
/// # Errors
/// If there is no such file, or it holds no model, or its parts contradict each other.
pub fn load<K: Persisted>(folder: &Path) -> Result<K, Error> {
    let path = folder.join(K::FILE);
    let text = fs::read(&path).map_err(|source| Error::Io { path: path.clone(), source })?;
    let model: K =
        serde_json::from_slice(&text).map_err(|source| Error::Unreadable { path, source })?;
    model.check()?;
    Ok(model)
}

/// Bytes in hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a string cannot fail.
        _ = write!(text, "{byte:02x}");
        text
    })
}
