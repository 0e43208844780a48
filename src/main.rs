//! Parse, run, exit code; the only file that speaks to the terminal.
#![expect(clippy::print_stderr, reason = "the one place where an error is told")]

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use mingzhang::cli::Cli;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut out = io::BufWriter::new(io::stdout().lock());
    let done = cli.run(&mut out).and_then(|code| {
        out.flush()?;
        Ok(code)
    });
    match done {
        Ok(code) => ExitCode::from(code),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        // Whatever a command reads or writes tells its path; what has none is its own output.
        Err(error) if error.chain().len() == 1 && error.is::<io::Error>() => {
            eprintln!("error: writing to standard output: {error:#}");
            ExitCode::from(2)
        }
        Err(error) => {
            eprintln!("error: {}", told(&error));
            ExitCode::from(2)
        }
    }
}

/// An error with its causes; those of the file system in plain words.
fn told(error: &anyhow::Error) -> String {
    let cause = |cause: &(dyn std::error::Error + 'static)| match cause.downcast_ref() {
        Some(refused) => plainly(refused),
        None => cause.to_string(),
    };
    error.chain().map(cause).collect::<Vec<_>>().join(": ")
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
        io::ErrorKind::StorageFull => "the disk is full; make room and run again",
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only; choose another path",
        _ => return error.to_string(),
    };
    told.to_owned()
}

/// Whether the reader of our output went away, as `head` does.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let broken = |cause: &io::Error| cause.kind() == io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| cause.downcast_ref::<io::Error>().is_some_and(broken))
}
