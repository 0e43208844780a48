//! An error as a person reads it.

use std::io;

use crate::words::table::Lang;
use crate::words::translate::{chain, told};

/// An error with its causes in a language; those of the file system in plain words.
pub fn causes(error: &anyhow::Error, lang: Lang) -> String {
    let cause = |cause: &(dyn std::error::Error + 'static)| match cause.downcast_ref() {
        Some(refused) => plainly(refused),
        None => cause.to_string(),
    };
    let mut causes: Vec<String> = error.chain().map(cause).collect();
    // Whatever a command reads or writes tells its path; what has none is its own output.
    if error.chain().len() == 1 && error.is::<io::Error>() {
        causes.insert(0, "writing to standard output".to_owned());
    }
    told(&format!("error: {}", chain(&causes, lang)), lang)
}

/// What the file system refused, and what to do.
fn plainly(error: &io::Error) -> String {
    let told = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder; check the path",
        io::ErrorKind::PermissionDenied => {
            "this account may not read or write it; ask for the right, or choose another path"
        }
        io::ErrorKind::IsADirectory => "it is a folder, and a file is expected; give the file",
        io::ErrorKind::NotADirectory => "it is a file, and a folder is expected; give the folder",
        io::ErrorKind::AlreadyExists => "it exists already; choose another name",
        io::ErrorKind::StorageFull => "the disk is full; make room and run again",
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only; choose another path",
        _ => return error.to_string(),
    };
    told.to_owned()
}
