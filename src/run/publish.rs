//! One lock, one staging folder, one rename.
//!
//! A run writes into `OUT/runs/<as-of>.<n>.part`. When all is written and durable, the folder takes its
//! final name, `OUT/<as-of>` is pointed to it, and last `OUT/latest`: each pointer is a symbolic link
//! that is replaced by renaming, so whoever opens `OUT/latest` sees the last list or the new one, whole.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why nothing was published.
#[derive(Debug, Error)]
pub enum Error {
    /// The file system refused.
    #[error("{doing} {}", path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// To which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A name that must be a link is taken.
    #[error("{} is no link that a run made; move it away, or choose another --out", path.display())]
    Taken {
        /// The name.
        path: PathBuf,
    },
    /// Another run holds the lock.
    #[error("another run is publishing into {}; wait for it, or choose another --out", path.display())]
    Locked {
        /// The output folder.
        path: PathBuf,
    },
}

/// A run that is being written.
#[derive(Debug)]
pub struct Staging {
    out: PathBuf,
    name: String,
    part: PathBuf,
    /// Held until the end; the system lets go of it should the process die.
    _lock: File,
}

impl Drop for Staging {
    /// A run that failed leaves no half folder; one that was killed is cleared by the next.
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.part);
    }
}

impl Staging {
    /// Takes the lock, clears what an interrupted run left behind, and makes a staging folder.
    ///
    /// # Errors
    /// If another run holds the lock, or the folder cannot be made.
    pub fn begin(out: &Path, as_of: &str) -> Result<Self, Error> {
        let runs = out.join("runs");
        fs::create_dir_all(&runs).map_err(io("making", &runs))?;
        let path = out.join(".lock");
        let lock = File::create(&path).map_err(io("opening", &path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Error::Locked { path: out.to_owned() }),
            Err(TryLockError::Error(source)) => return Err(io("locking", &path)(source)),
        }
        for link in [out.join(as_of), out.join("latest")] {
            if link.exists() && !link.is_symlink() {
                return Err(Error::Taken { path: link });
            }
        }
        let mut taken = Vec::new();
        for entry in fs::read_dir(&runs).map_err(io("listing", &runs))? {
            let path = entry.map_err(io("listing", &runs))?.path();
            if path.extension().is_some_and(|ending| ending == "part") {
                fs::remove_dir_all(&path).map_err(io("clearing", &path))?;
            } else if let Some(name) = path.file_name().and_then(|name| name.to_str()) {
                taken.push(name.to_owned());
            }
        }
        let names = (1..).map(|number| format!("{as_of}.{number}"));
        let name =
            names.into_iter().find(|name: &String| !taken.contains(name)).unwrap_or_default();
        let part = runs.join(format!("{name}.part"));
        fs::create_dir(&part).map_err(io("making", &part))?;
        Ok(Self { out: out.to_owned(), name, part, _lock: lock })
    }

    /// Where to write.
    pub fn folder(&self) -> &Path {
        &self.part
    }

    /// Writes a small file and makes it durable.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.part.join(name);
        let mut file = File::create(&path).map_err(io("writing", &path))?;
        file.write_all(bytes).map_err(io("writing", &path))?;
        file.sync_all().map_err(io("writing", &path))
    }

    /// Makes the run visible as `OUT/<as-of>` and `OUT/latest`, and removes the run that it replaces.
    ///
    /// # Errors
    /// If a folder cannot be renamed; then what was published before still is.
    pub fn publish(self, as_of: &str) -> Result<PathBuf, Error> {
        sync(&self.part)?;
        let runs = self.out.join("runs");
        let done = runs.join(&self.name);
        fs::rename(&self.part, &done).map_err(io("renaming", &self.part))?;
        sync(&runs)?;
        let target = Path::new("runs").join(&self.name);
        let dated = self.out.join(as_of);
        let replaced = fs::read_link(&dated).ok();
        point(&dated, &target)?;
        point(&self.out.join("latest"), &target)?;
        sync(&self.out)?;
        if let Some(old) = replaced.filter(|old| *old != target && old.starts_with("runs")) {
            // The new list is out; an old one that cannot be removed costs space and nothing else.
            _ = fs::remove_dir_all(self.out.join(old));
        }
        Ok(dated)
    }
}

/// Points a symbolic link to a target by renaming a new link over the old one.
fn point(link: &Path, target: &Path) -> Result<(), Error> {
    let name =
        link.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let new = link.with_file_name(format!(".{name}.new"));
    if new.is_symlink() {
        fs::remove_file(&new).map_err(io("removing", &new))?;
    }
    symlink(target, &new).map_err(io("linking", &new))?;
    fs::rename(&new, link).map_err(io("replacing", link))
}

/// Makes the entries of a folder durable.
fn sync(folder: &Path) -> Result<(), Error> {
    let opened = File::open(folder).map_err(io("opening", folder))?;
    opened.sync_all().map_err(io("syncing", folder))
}

fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error + use<> {
    let path = path.to_owned();
    move |source| Error::Io { doing, path, source }
}

#[cfg(test)]
mod tests {
    use super::{Error, Staging};
    use std::fs;

    fn publish(out: &std::path::Path, words: &str) {
        let staging = Staging::begin(out, "2024-12-31").unwrap();
        staging.write("run.json", words.as_bytes()).unwrap();
        staging.publish("2024-12-31").unwrap();
    }

    #[test]
    fn a_run_replaces_the_run_of_the_same_day_and_leaves_nothing_else() {
        let out = tempfile::tempdir().unwrap();
        publish(out.path(), "first");
        publish(out.path(), "second");
        for name in ["latest", "2024-12-31"] {
            let found = fs::read_to_string(out.path().join(name).join("run.json")).unwrap();
            assert_eq!(found, "second");
        }
        assert_eq!(fs::read_dir(out.path().join("runs")).unwrap().count(), 1);
    }

    #[test]
    fn an_interrupted_run_changes_nothing_and_is_cleared_by_the_next() {
        let out = tempfile::tempdir().unwrap();
        publish(out.path(), "first");
        let half = out.path().join("runs").join("2025-01-01.1.part");
        fs::create_dir(&half).unwrap();
        fs::write(half.join("run.json"), "half").unwrap();
        let latest = out.path().join("latest").join("run.json");
        assert_eq!(fs::read_to_string(&latest).unwrap(), "first");
        publish(out.path(), "second");
        assert_eq!(fs::read_to_string(&latest).unwrap(), "second");
        assert_eq!(fs::read_dir(out.path().join("runs")).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_where_a_link_should_be_is_refused_before_anything_is_written() {
        let out = tempfile::tempdir().unwrap();
        fs::create_dir(out.path().join("latest")).unwrap();
        let refused = Staging::begin(out.path(), "2024-12-31");
        assert!(matches!(refused, Err(Error::Taken { .. })));
        assert_eq!(fs::read_dir(out.path().join("runs")).unwrap().count(), 0);
    }

    #[test]
    fn a_run_that_fails_leaves_no_folder() {
        let out = tempfile::tempdir().unwrap();
        let staging = Staging::begin(out.path(), "2024-12-31").unwrap();
        staging.write("run.json", b"half").unwrap();
        drop(staging);
        assert_eq!(fs::read_dir(out.path().join("runs")).unwrap().count(), 0);
    }

    #[test]
    fn two_runs_do_not_publish_at_once() {
        let out = tempfile::tempdir().unwrap();
        let _first = Staging::begin(out.path(), "2024-12-31").unwrap();
        let second = Staging::begin(out.path(), "2024-12-31");
        assert!(matches!(second, Err(Error::Locked { .. })));
    }
}
