//! The README and the page of the demo say what the program does.
#![expect(clippy::unwrap_used, reason = "a test may fall over")]

use std::fs;
use std::path::Path;
use std::process::Command;

use clap::CommandFactory;
use mingzhang::cli::Cli;

fn page(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn every_command_is_in_the_table() {
    let readme = page("README.md");
    for command in Cli::command().get_subcommands() {
        assert!(
            readme.contains(&format!("| `{}` |", command.get_name())),
            "{}",
            command.get_name()
        );
    }
}

#[test]
fn the_sample_of_the_demo_is_what_the_demo_says() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_mingzhang"));
    let output =
        program.args(["demo", "--lang", "en", "--dir"]).arg(folder.path()).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let said: Vec<_> = said.lines().map(str::trim_end).collect();
    let demo = page("docs/demo.md");
    let sample = demo.split("```text demo\n").nth(1).unwrap().split("```").next().unwrap();
    let mut from = 0;
    for line in sample.lines().filter(|line| *line != "...") {
        let found = said[from..].iter().position(|told| *told == line);
        let found =
            found.unwrap_or_else(|| panic!("the demo does not say:\n{line}\n{}", said.join("\n")));
        from += found + 1;
    }
}

#[test]
fn consoles_show_what_the_program_says() {
    trycmd::TestCases::new().case("tests/cli/*.trycmd");
}
