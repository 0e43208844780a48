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
