//! What the documents promise: every public module is explained, and no link leads nowhere.
#![expect(clippy::unwrap_used, reason = "a test may fall over")]

use std::fs;
use std::path::{Path, PathBuf};

/// Public modules that the glossary need not name, with the reason.
const SELF_EVIDENT: &[(&str, &str)] = &[
    ("cli", "one file for each command, and the README has their table"),
    ("error", "what can fail in its room"),
    ("settings", "the settings of its room, which the nightly pipeline explains"),
    ("stats", "mathematics: each of its modules has the name of its method"),
    ("import", "bring-in-your-county.md; its first page is a map of its files"),
    ("write", "writes tables; beside `read`"),
    ("read", "reads tables; beside `write`"),
    ("feature_tables", "the tables of features"),
    ("page", "the page `report.html`"),
    ("terminal", "what is printed"),
    ("tables", "the published tables, in the data dictionary"),
    ("clean", "cleans codes and names"),
    ("indicator", "in the glossary as a type"),
];

/// Rooms of which only the first page is read: their modules are not listed one by one.
const EXPLAINED_BY_THEIR_FIRST_PAGE: &[&str] = &["cli", "stats", "import", "simulate"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

/// The public modules that a file declares.
fn modules(file: &Path) -> Vec<String> {
    let text = read(file);
    let names = text.lines().filter_map(|line| line.strip_prefix("pub mod "));
    names.map(|name| name.trim_end_matches(';').to_owned()).collect()
}

/// Whether a module stands in the glossary, as a step of a path.
fn is_named(glossary: &str, module: &str) -> bool {
    let paths = glossary.split('`').skip(1).step_by(2);
    paths.flat_map(|path| path.split("::")).any(|step| step == module)
}

#[test]
fn every_public_module_is_in_the_glossary_or_self_evident() {
    let glossary = read(&root().join("docs/glossary.md"));
    let src = root().join("src");
    let mut missing = Vec::new();
    let rooms = modules(&src.join("lib.rs"));
    let inner = rooms.iter().filter(|room| !EXPLAINED_BY_THEIR_FIRST_PAGE.contains(&room.as_str()));
    let inner = inner.map(|room| src.join(room).join("mod.rs")).filter(|file| file.exists());
    for module in inner.flat_map(|file| modules(&file)).chain(rooms.iter().cloned()) {
        let is_evident = SELF_EVIDENT.iter().any(|(name, _)| *name == module);
        if !is_evident && !is_named(&glossary, &module) {
            missing.push(module);
        }
    }
    assert_eq!(missing, Vec::<String>::new(), "docs/glossary.md does not name them");
}

#[test]
fn the_glossary_is_in_alphabetical_order() {
    let glossary = read(&root().join("docs/glossary.md"));
    let rows = glossary.lines().filter(|line| line.starts_with("| ")).skip(2);
    let terms: Vec<String> = rows.map(|row| row[2..].to_lowercase()).collect();
    assert!(terms.len() >= 70, "{}", terms.len());
    for pair in terms.windows(2) {
        assert!(pair[0] < pair[1], "{}\nstands before\n{}", pair[0], pair[1]);
    }
}

/// The targets of the links of a page.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

#[test]
fn every_link_of_a_document_leads_somewhere() {
    let docs = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let pages = docs.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    let mut broken = Vec::new();
    for page in pages.chain(["README.md", "CHANGELOG.md"].map(|name| root().join(name))) {
        let text = read(&page);
        for link in links(&text).filter(|link| !link.contains("://") && !link.starts_with('#')) {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = page.parent().unwrap().join(path);
            let has = |anchor: &str| {
                anchor.is_empty() || headings(&read(&target)).iter().any(|it| it == anchor)
            };
            if !target.exists() || !has(anchor) {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert_eq!(broken, Vec::<String>::new());
}

/// The anchors of a page's headings, as GitHub makes them.
fn headings(text: &str) -> Vec<String> {
    let titles = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |title: &str| -> String {
        let title = title.trim_start_matches('#').trim().to_lowercase();
        let letters = title.chars().map(|letter| if letter == ' ' { '-' } else { letter });
        letters.filter(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_')).collect()
    };
    titles.map(anchor).collect()
}
