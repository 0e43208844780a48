//! One command, one file. A command writes its result to the `Write` that it is handed.

use std::io::Write;

use clap::{Parser, Subcommand};

pub mod detect;
pub mod numbers;

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
    Detect(detect::Detect),
}

impl Cli {
    /// Runs the command and gives the exit code.
    ///
    /// # Errors
    /// Whatever made the command fail, with the file, row or key that it concerns.
    pub fn run(self, out: &mut dyn Write) -> anyhow::Result<u8> {
        match self.command {
            Command::Detect(command) => command.run(out),
        }
    }
}
