//! The README says what the program does.
#![expect(clippy::unwrap_used, reason = "a test may fall over")]

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use clap::CommandFactory;
use mingzhang::cli::Cli;
use mingzhang::indicators::indicator::Indicator;
use mingzhang::indicators::{CATALOGUE, FAMILIES};

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

#[test]
fn the_table_of_indicators_is_the_catalogue() {
    let mut table = String::from(
        "| indicator | of each | class | asks | needs |\n| --- | --- | --- | --- | --- |\n",
    );
    for entry in CATALOGUE.iter() {
        let card = &entry.card;
        let is_member =
            |members: &[&Indicator]| members.iter().any(|one| one.card.name == card.name);
        let (family, _) = FAMILIES.iter().find(|(_, members)| is_member(members)).unwrap();
        let needs: Vec<_> = card.requires.iter().map(|needed| format!("`{needed}`")).collect();
        writeln!(
            table,
            "| [`{name}`](src/indicators/{family}/{name}.md) [中文](src/indicators/{family}/{name}.zh.md) | {} | {} | {} {} | {} |",
            card.grain.word(),
            card.class.word(),
            card.title,
            card.title_zh,
            needs.join(", "),
            name = card.name,
        )
        .unwrap();
    }
    let readme = readme();
    let found =
        readme.split("a test compares -->\n").nth(1).unwrap().split("<!-- end").next().unwrap();
    assert_eq!(found, table, "paste the right side into the README");
}

#[test]
fn every_command_is_in_the_table() {
    let readme = readme();
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
    let readme = readme();
    let sample = readme.split("```text demo\n").nth(1).unwrap().split("```").next().unwrap();
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
