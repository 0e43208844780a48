//! One command, one file. A command writes its result to the `Write` that it is handed.

use std::io::Write;

use clap::{Parser, Subcommand};

pub mod check;
pub mod detect;
pub mod explain;
pub mod numbers;
pub mod run;
pub mod show;
pub mod benford;
mod digit_tables;
pub mod import;

/// Ranks points to verify in village ledgers.
///
/// Exit codes: 0 done; 1 done, but rows were rejected under --strict; 2 failed.
#[derive(Debug, Parser)]
#[command(name = "mingzhang", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Check),
    Explain(explain::Explain),
    Run(run::Run),
    Show(show::Show),
    Detect(detect::Detect),
    Benford(benford::Benford),
    Import(import::Import),
}

impl Cli {
    /// Runs the command and gives the exit code.
    ///
    /// # Errors
    /// Whatever made the command fail, with the file, row or key that it concerns.
    pub fn run(self, out: &mut dyn Write) -> anyhow::Result<u8> {
        match self.command {
            Command::Check(command) => command.run(out),
            Command::Explain(command) => command.run(out),
            Command::Run(command) => command.run(out),
            Command::Show(command) => command.run(out),
            Command::Detect(command) => command.run(out),
            Command::Benford(command) => command.run(out),
            Command::Import(command) => command.run(out),
        }
    }
}
