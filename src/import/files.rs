//! The files that a mapping names: single files, folders and patterns.

use std::fs;
use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern, glob_with};

use super::error::Error;

/// Extensions of the files in a folder that are read.
const ENDINGS: [&str; 10] =
    ["csv", "tsv", "txt", "xlsx", "xlsm", "xlsb", "xls", "et", "ods", "tab"];

/// A file to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path.
    pub path: PathBuf,
    /// Its path relative to the source folder, used in messages.
    pub name: String,
}

/// The files to be read, and other files in the same folders.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// The files to be read.
    pub files: Vec<File>,
    /// The names of files that are not tables.
    pub others: Vec<String>,
}

/// Lists the files that `wanted` names in the folder `data`, each once, in the order of `wanted`; files of a folder or
/// pattern are sorted by name. Files that match `exclude`, hidden files and lock files of spreadsheets are skipped.
///
/// # Errors
/// If a name matches no file.
pub fn files(wanted: &[PathBuf], exclude: &[String], data: &Path) -> Result<Listed, Error> {
    // The patterns were validated with the mapping.
    let exclude: Vec<Pattern> =
        exclude.iter().filter_map(|pattern| Pattern::new(pattern).ok()).collect();
    let is_excluded = |path: &Path| {
        let name =
            path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        exclude.iter().any(|pattern| pattern.matches(&name))
    };
    let mut listed = Listed::default();
    let name =
        |path: &Path| path.strip_prefix(data).unwrap_or(path).to_string_lossy().replace('\\', "/");
    for one in wanted {
        let path = data.join(one);
        let mut found = if path.is_dir() {
            let (tables, others) = inside(&path)?.into_iter().partition(|path| is_table(path));
            let others: Vec<PathBuf> = others;
            listed.others.extend(others.iter().map(|path| name(path)));
            tables
        } else if path.exists() || !is_pattern(one) {
            vec![path.clone()]
        } else {
            matching(data, one)?
        };
        found.retain(|path| !is_excluded(path));
        found.sort();
        if found.is_empty() {
            let what = "no file of a table (csv, tsv, txt, xlsx, xls, ods) is there".to_owned();
            return Err(Error::Source { path, what });
        }
        for path in found {
            let name = name(&path);
            let file = File { path, name };
            if !listed.files.contains(&file) {
                listed.files.push(file);
            }
        }
    }
    listed.others.sort();
    Ok(listed)
}

/// Whether the file extension is that of a table.
fn is_table(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

fn is_pattern(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?', '['])
}

/// The files in a folder and its subfolders.
fn inside(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let io = |source| Error::Io { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if is_passed_over(&path) {
            continue;
        }
        if path.is_dir() {
            files.extend(inside(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

fn matching(data: &Path, pattern: &Path) -> Result<Vec<PathBuf>, Error> {
    let wrong = |what: String| Error::Source { path: data.join(pattern), what };
    let whole = format!("{}/{}", Pattern::escape(&data.to_string_lossy()), pattern.display());
    let options = MatchOptions {
        case_sensitive: false,
        require_literal_leading_dot: true,
        ..MatchOptions::new()
    };
    let found = glob_with(&whole, options).map_err(|error| wrong(error.to_string()))?;
    let found =
        found.filter(|path| !path.as_ref().is_ok_and(|path| path.is_dir() || is_passed_over(path)));
    found.collect::<Result<_, _>>().map_err(|error| wrong(error.to_string()))
}

/// Whether a file is hidden or a lock file of a spreadsheet.
fn is_passed_over(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    name.starts_with("~$") || name.starts_with('.')
}

#[cfg(test)]
mod tests {
    use super::files;
    use std::fs;
    use std::path::PathBuf;

    #[test]
    fn files_folders_and_patterns_are_found_once() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("村")).expect("a folder in it");
        for name in ["b.csv", "a.csv", "村/c.xlsx", "村/~$c.xlsx", "村/d.pdf", ".e.csv"] {
            fs::write(folder.path().join(name), "x").expect("a file");
        }
        let named = |wanted: &[&str]| {
            let wanted: Vec<PathBuf> = wanted.iter().map(PathBuf::from).collect();
            let listed = files(&wanted, &["a*".to_owned()], folder.path());
            listed.map(|listed| listed.files.into_iter().map(|file| file.name).collect::<Vec<_>>())
        };
        let all = files(&[PathBuf::from(".")], &[], folder.path()).expect("found");
        assert_eq!((all.files.len(), all.others), (3, vec!["村/d.pdf".to_owned()]));
        assert_eq!(named(&["."]).expect("found"), ["b.csv", "村/c.xlsx"]);
        assert_eq!(named(&["b.csv", "*.csv"]).expect("found"), ["b.csv"], "a.csv is excluded");
        assert_eq!(named(&["村"]).expect("found"), ["村/c.xlsx"]);
        assert_eq!(named(&["**/*.xlsx"]).expect("found"), ["村/c.xlsx"]);
        assert!(named(&["*.ods"]).is_err());
    }
}
