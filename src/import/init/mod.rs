//! Drafts a mapping from source files; uncertain parts are marked for a person to complete.

mod amounts;
mod choose;
mod codes;
mod draft;
mod parts;
mod repeats;
mod sources;
mod survey;
mod village;

pub(super) mod words;
pub mod write;

use std::fs;
use std::path::{Path, PathBuf};

use super::encoding::Encoding;
use super::error::Error;
use super::files;
use super::sheet::Sheet;
use survey::Survey;
use write::Drafted;

/// Reads the files and drafts a mapping of the ledger to be stored in the folder `beside`.
///
/// # Errors
/// If a file cannot be read, or no sheet looks like a journal, a cash book or a register of payments.
pub fn draft(wanted: &[PathBuf], beside: &Path) -> Result<Drafted, Error> {
    let here = Path::new("");
    let mut surveys = Vec::new();
    let mut others = Vec::new();
    let mut read = Vec::new();
    let listed = files::files(wanted, &[], here)?;
    others.extend(listed.others.iter().map(|name| format!("{name}: no table by its ending")));
    for file in listed.files {
        let bytes =
            fs::read(&file.path).map_err(|source| Error::Io { path: file.path.clone(), source })?;
        read.push(file.name.clone());
        for sheet in Sheet::all((&file.path, &file.name), &bytes, Encoding::Auto, None)? {
            if sheet.is_hidden {
                others.push(format!("{}: hidden", sheet.told()));
                continue;
            }
            match Survey::of(&sheet)? {
                Some(survey) => surveys.push(survey),
                None => {
                    others.push(format!("{}: no names of columns that are known", sheet.told()));
                }
            }
        }
    }
    let (surveys, unlike) = choose::journals(surveys);
    others.extend(unlike);
    if surveys.is_empty() {
        return Err(Error::NoSheet {
            table: "ledger",
            first: others.first().cloned().unwrap_or_default(),
        });
    }
    let is_used = |name: &String| surveys.iter().any(|survey| survey.file == *name);
    let unused =
        read.iter().filter(|name| !is_used(name)).filter_map(|name| Path::new(name).file_name());
    let exclude = unused.map(|name| glob::Pattern::escape(&name.to_string_lossy())).collect();
    let files = wanted.iter().map(|path| relative(path, beside)).collect();
    let draft = draft::Draft::of(files, &surveys, (others, exclude));
    Ok(write::written(&draft))
}

/// A path as the mapping names it: relative to the mapping's folder if it is inside.
fn relative(path: &Path, folder: &Path) -> String {
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let clean = |path: PathBuf| {
        path.components().filter(|part| part.as_os_str() != ".").collect::<PathBuf>()
    };
    let (path, folder) = (clean(whole(path)), clean(whole(folder)));
    let below = path.strip_prefix(&folder).map(Path::to_owned).unwrap_or(path);
    let text = below.to_string_lossy().replace('\\', "/");
    if text.is_empty() { ".".to_owned() } else { text }
}
