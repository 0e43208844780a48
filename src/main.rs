//! Parse, run, exit code; the only file that speaks to the terminal.
#![expect(clippy::print_stderr, reason = "the one place where an error is told")]

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use mingzhang::cli::Cli;
use mingzhang::cli::causes::causes;
use mingzhang::cli::help::chinese_page;
use mingzhang::cli::language::language_of;
use mingzhang::words::table::Lang;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let lang = language_of(&arguments);
    let cli = match Cli::read(&arguments, lang) {
        Ok(cli) => cli,
        Err(page) => return show(&page, lang),
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    let done = cli.run(&mut out).and_then(|code| {
        out.flush()?;
        Ok(code)
    });
    match done {
        Ok(code) => ExitCode::from(code),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", causes(&error, lang));
            ExitCode::from(2)
        }
    }
}

/// Shows a page of help, or what is wrong with the arguments.
fn show(page: &clap::Error, lang: Lang) -> ExitCode {
    let shown = match lang {
        Lang::En => page.print(),
        Lang::Zh if page.use_stderr() => io::stderr().write_all(chinese_page(page).as_bytes()),
        Lang::Zh => io::stdout().write_all(chinese_page(page).as_bytes()),
    };
    // A page that cannot be shown is nowhere to be told.
    shown.map_or(ExitCode::from(2), |()| ExitCode::from(u8::from(page.use_stderr()) * 2))
}

/// Whether the reader of our output went away, as `head` does.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let broken = |cause: &io::Error| cause.kind() == io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| cause.downcast_ref::<io::Error>().is_some_and(broken))
}
