//! A model as a file, readable without this program, the same bytes for the same model: `model.json`, or
//! `taught.json` once it has learned from outcomes.

use std::fs;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Model;
use super::error::Error;
use super::feedback::Taught;

/// The name of the file in a model's folder.
pub const NAME: &str = "model.json";
/// The name of the file of a model that has learned from outcomes.
pub const TAUGHT: &str = "taught.json";

/// Writes a model into `model.json` of a folder that exists.
///
/// # Errors
/// If the file system refuses.
pub fn save(model: &Model, folder: &Path) -> Result<(), Error> {
    write(model, &folder.join(NAME))
}

/// Reads a model from `model.json` of a folder, and checks that it can be used without harm.
///
/// # Errors
/// If there is no such file, or it holds no model, or its parts contradict each other.
pub fn load(folder: &Path) -> Result<Model, Error> {
    let model: Model = read(&folder.join(NAME))?;
    model.check()?;
    Ok(model)
}

/// Writes a model that has learned into `taught.json` of a folder that exists.
///
/// # Errors
/// If the file system refuses.
pub fn save_taught(taught: &Taught, folder: &Path) -> Result<(), Error> {
    write(taught, &folder.join(TAUGHT))
}

/// Reads a model that has learned from `taught.json` of a folder, and checks that it can be used without harm.
///
/// # Errors
/// If there is no such file, or it holds no such model, or its parts contradict each other.
pub fn load_taught(folder: &Path) -> Result<Taught, Error> {
    let taught: Taught = read(&folder.join(TAUGHT))?;
    taught.check()?;
    Ok(taught)
}

fn write(model: &impl Serialize, path: &Path) -> Result<(), Error> {
    let mut text = serde_json::to_vec(model)
        .map_err(|source| Error::Unreadable { path: path.to_owned(), source })?;
    text.push(b'\n');
    fs::write(path, text).map_err(|source| Error::Io { path: path.to_owned(), source })
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, Error> {
    let text = fs::read(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
    serde_json::from_slice(&text)
        .map_err(|source| Error::Unreadable { path: path.to_owned(), source })
}
