//! Parse, run, exit code; the only file that speaks to the terminal.
#![expect(clippy::print_stderr, reason = "the one place where an error is told")]

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use mingzhang::cli::Cli;
use mingzhang::cli::causes::causes;

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
            eprintln!("error: {}", causes(&error));
            ExitCode::from(2)
        }
    }
}

/// Whether the reader of our output went away, as `head` does.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let broken = |cause: &io::Error| cause.kind() == io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| cause.downcast_ref::<io::Error>().is_some_and(broken))
}
