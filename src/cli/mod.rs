//! The command-line interface, one file per command. Commands write their results to a given `Write`.

use std::io::Write;

use clap::{Parser, Subcommand};

use crate::words::table::Lang;
use language::language;

mod benford;
pub mod causes;
mod check;
mod compare;
mod demo;
mod detect;
mod disclose;
mod evaluate;
mod explain;
mod features;
pub mod help;
mod import;
mod income;
mod init;
pub mod language;
mod lines;
mod numbers;
mod outcomes;
mod precheck;
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
    /// The language of messages, lists and pages; without it, that of the locale, and for the lists of `run` that of the
    /// pipeline
    #[arg(long, value_enum, global = true)]
    lang: Option<Lang>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Demo),
    Simulate(simulate::Simulate),
    Import(import::Import),
    Init(init::Init),
    Check(check::Check),
    Run(run::Run),
    Precheck(precheck::PrecheckCommand),
    Rules(rules::Rules),
    Show(show::Show),
    Income(income::Income),
    Disclose(disclose::Disclose),
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
        let lang = language(self.lang);
        match self.command {
            Command::Demo(command) => command.run(out, lang),
            Command::Simulate(command) => command.run(out, lang),
            Command::Import(command) => command.run(out, lang),
            Command::Init(command) => command.run(out, lang),
            Command::Check(command) => command.run(out, lang),
            Command::Run(command) => command.run(out, self.lang),
            Command::Precheck(command) => command.run(out, lang),
            Command::Rules(command) => command.run(out, lang),
            Command::Show(command) => command.run(out, lang),
            Command::Income(command) => command.run(out, lang),
            Command::Disclose(command) => command.run(out, lang),
            Command::Outcomes(command) => command.run(out, lang),
            Command::Explain(command) => command.run(out, lang),
            Command::Features(command) => command.run(out, lang),
            Command::Train(command) => command.run(out, lang),
            Command::TrainRanking(command) => command.run(out, lang),
            Command::Evaluate(command) => command.run(out),
            Command::Compare(command) => command.run(out),
            Command::Benford(command) => command.run(out),
            Command::Detect(command) => command.run(out, lang),
        }
    }
}
