//! The command-line interface, one file per command. Commands write their results to a given `Write`.

use std::io::Write;

use clap::{Parser, Subcommand};

mod benford;
pub mod causes;
mod check;
mod compare;
mod demo;
mod detect;
mod evaluate;
mod explain;
mod features;
mod import;
mod init;
mod language;
mod numbers;
mod outcomes;
mod rules;
mod run;
mod show;
mod simulate;
mod source;
mod train;
mod train_ranking;

/// Ranks points to verify in village ledgers 明账
///
/// A line of a list is a reason to look, never a finding.
///
/// Exit codes: 0 done; 1 done, but rows were refused and --strict was given; 2 failed.
#[derive(Debug, Parser)]
#[command(name = "mingzhang", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Demo),
    Simulate(simulate::Simulate),
    Import(import::Import),
    Init(init::Init),
    Check(check::Check),
    Run(run::Run),
    Rules(rules::Rules),
    Show(show::Show),
    Outcomes(outcomes::Outcomes),
    Explain(explain::Explain),
    Features(features::Features),
    Train(train::Train),
    TrainRanking(train_ranking::TrainRanking),
    Evaluate(evaluate::Evaluate),
    Compare(compare::Compare),
    Benford(benford::Benford),
    Detect(detect::Detect),
}

impl Cli {
    /// Runs the command and returns the exit code.
    ///
    /// # Errors
    /// Any error of the command, with the file, row or key concerned.
    pub fn run(self, out: &mut dyn Write) -> anyhow::Result<u8> {
        match self.command {
            Command::Demo(command) => command.run(out),
            Command::Simulate(command) => command.run(out),
            Command::Import(command) => command.run(out),
            Command::Init(command) => command.run(out),
            Command::Check(command) => command.run(out),
            Command::Run(command) => command.run(out),
            Command::Rules(command) => command.run(out),
            Command::Show(command) => command.run(out),
            Command::Outcomes(command) => command.run(out),
            Command::Explain(command) => command.run(out),
            Command::Features(command) => command.run(out),
            Command::Train(command) => command.run(out),
            Command::TrainRanking(command) => command.run(out),
            Command::Evaluate(command) => command.run(out),
            Command::Compare(command) => command.run(out),
            Command::Benford(command) => command.run(out),
            Command::Detect(command) => command.run(out),
        }
    }
}
