//! Every file in `pipelines/` says what the program understands.
#![expect(clippy::unwrap_used, reason = "a test may fall over")]

use std::fs;
use std::path::{Path, PathBuf};

use mingzhang::indicators::CATALOGUE;
use mingzhang::pipeline::Pipeline;

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|ending| ending == "toml")).collect()
}

fn is_mapping(path: &Path) -> bool {
    path.file_name().unwrap().to_str().unwrap().starts_with("import-")
}

#[test]
fn every_pipeline_is_understood() {
    for path in files().iter().filter(|path| !is_mapping(path)) {
        Pipeline::read(path, &[]).unwrap();
    }
}

#[test]
fn every_key_of_a_pipeline_is_commented() {
    for path in files() {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with('#'), "{} does not begin with what it is", path.display());
    }
}

/// Every dotted key of a table.
fn keys(table: &toml::Table, above: &str, found: &mut Vec<String>) {
    for (key, value) in table {
        let key = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
        match value.as_table() {
            Some(inner) => keys(inner, &key, found),
            None => found.push(key),
        }
    }
}

#[test]
fn the_nightly_pipeline_shows_every_key_with_its_default() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/nightly.toml");
    let text = fs::read_to_string(&path).unwrap();
    // A key that has no default is shown behind a `#`.
    let shown = text.lines().map(|line| match line.strip_prefix("# ") {
        Some(rest) if rest.split_once(" = ").is_some_and(|(key, _)| is_key(key)) => rest,
        _ => line,
    });
    let all: toml::Table = shown.collect::<Vec<_>>().join("\n").parse().unwrap();
    let mut named = Vec::new();
    keys(&all, "", &mut named);
    let default = toml::Table::try_from(Pipeline::default()).unwrap();
    let mut expected = Vec::new();
    keys(&default, "", &mut expected);
    for key in expected {
        assert!(named.contains(&key), "`{key}` is not shown in nightly.toml");
    }
    let set = toml::Table::try_from(Pipeline::read(&path, &[]).unwrap()).unwrap();
    assert_eq!(without_indicators(set), without_indicators(default));
}

fn is_key(word: &str) -> bool {
    word.chars().all(|letter| letter == '_' || letter.is_ascii_lowercase())
}

/// The nightly pipeline names every indicator, the default names none and means all.
fn without_indicators(mut table: toml::Table) -> toml::Table {
    table.remove("indicators");
    table
}

#[test]
fn the_nightly_pipeline_names_every_indicator() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/nightly.toml");
    let asked = Pipeline::read(&path, &[]).unwrap().indicators;
    let asked: Vec<_> = asked.keys().map(String::as_str).collect();
    let all: Vec<_> = CATALOGUE.iter().map(|entry| entry.card.name).collect();
    let missing: Vec<_> = all.iter().filter(|name| !asked.contains(name)).collect();
    assert!(missing.is_empty(), "add [indicators.NAME] to pipelines/nightly.toml for {missing:?}");
    assert_eq!(asked, all, "a name that is no indicator, or not in its place");
}
