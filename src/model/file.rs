//! A model as a file: `model.json`, readable without this program, the same bytes for the same model.

use std::fs;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::Error;

/// The name of the file in a model's folder.
pub const NAME: &str = "model.json";

/// What is kept in a model's folder.
pub trait Kept: Serialize + DeserializeOwned {
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
pub fn save<K: Kept>(model: &K, folder: &Path) -> Result<(), Error> {
    let path = folder.join(K::FILE);
    let mut text = serde_json::to_vec(model)
        .map_err(|source| Error::Unreadable { path: path.clone(), source })?;
    text.push(b'\n');
    fs::write(&path, text).map_err(|source| Error::Io { path, source })
}

/// Reads a model from its file of a folder, and checks that it can be used without harm.
///
/// # Errors
/// If there is no such file, or it holds no model, or its parts contradict each other.
pub fn load<K: Kept>(folder: &Path) -> Result<K, Error> {
    let path = folder.join(K::FILE);
    let text = fs::read(&path).map_err(|source| Error::Io { path: path.clone(), source })?;
    let model: K =
        serde_json::from_slice(&text).map_err(|source| Error::Unreadable { path, source })?;
    model.check()?;
    Ok(model)
}
