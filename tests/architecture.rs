//! Who may import whom: the arrows between the rooms run one way.
#![expect(clippy::unwrap_used, reason = "a test may fall over")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms from the ground up. A room may import those below it that it names.
const ROOMS: &[(&str, &[&str])] = &[
    ("stats", &[]),
    ("convert", &[]),
    ("params", &[]),
    ("matrix", &[]),
    ("ledger", &["stats"]),
    ("simulate", &["stats", "ledger"]),
    ("registers", &["stats", "ledger"]),
    ("indicators", &["stats", "ledger", "registers"]),
    ("planting", &["stats", "ledger", "indicators"]),
    ("columns", &["ledger"]),
    ("features", &["stats", "matrix", "ledger", "indicators"]),
    ("model", &["stats", "matrix"]),
    ("words", &["ledger", "indicators"]),
    ("import", &["ledger", "words"]),
    ("precheck", &["ledger", "registers", "words", "import"]),
    ("outcomes", &["stats", "ledger", "indicators", "words"]),
    (
        "scoring",
        &[
            "stats",
            "matrix",
            "ledger",
            "indicators",
            "planting",
            "columns",
            "features",
            "model",
            "outcomes",
        ],
    ),
    ("worklist", &["stats", "ledger", "indicators", "features", "model", "outcomes", "scoring"]),
    (
        "evaluate",
        &[
            "stats",
            "matrix",
            "ledger",
            "indicators",
            "features",
            "model",
            "outcomes",
            "scoring",
            "worklist",
        ],
    ),
    (
        "report",
        &[
            "stats",
            "matrix",
            "ledger",
            "registers",
            "indicators",
            "registers",
            "planting",
            "registers",
            "features",
            "model",
            "words",
            "import",
            "precheck",
            "outcomes",
            "scoring",
            "worklist",
            "evaluate",
        ],
    ),
    ("pipeline", &["ledger", "import", "indicators", "model", "words", "scoring", "worklist"]),
    (
        "run",
        &[
            "matrix",
            "ledger",
            "indicators",
            "features",
            "model",
            "scoring",
            "worklist",
            "report",
            "pipeline",
        ],
    ),
    (
        "cli",
        &[
            "stats",
            "matrix",
            "ledger",
            "import",
            "simulate",
            "registers",
            "indicators",
            "features",
            "model",
            "words",
            "precheck",
            "outcomes",
            "scoring",
            "worklist",
            "evaluate",
            "report",
            "pipeline",
            "run",
        ],
    ),
];

/// The only files that may name `std::fs` or open a file.
const TOUCH_FILES: &[&str] = &[
    "ledger/decode/read.rs",
    "ledger/decode/write.rs",
    "model/file.rs",
    "report/",
    "outcomes/workbook.rs",
    "run/",
    "simulate/",
    "import/",
    "pipeline/",
    "cli/",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// A source without its unit tests, which stand at its end or in a file of their own.
fn without_tests(text: &str) -> String {
    let mut code = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let is_module = |next: &&&str| next.starts_with("mod ") || next.contains(" mod ");
        match lines.peek().filter(is_module).filter(|_| line == "#[cfg(test)]") {
            Some(next) if next.ends_with(';') => drop(lines.next()),
            Some(_) => break,
            None => code.extend([line, "\n"]),
        }
    }
    code
}

/// Every source file: its path below `src/` and its text without its unit tests.
fn files() -> BTreeMap<String, String> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&src, &mut found);
    let text = |path: &PathBuf| {
        let name = path.strip_prefix(&src).unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(path).unwrap();
        let code = without_tests(&text);
        // A macro names its own room by `$crate`.
        let code = code.replace("$crate::", "").replace("pub use crate::params_", "");
        (name, code)
    };
    found.iter().map(text).collect()
}

fn room(file: &str) -> &str {
    file.split(['/', '.']).next().unwrap()
}

/// The rooms that a file imports through `use crate::`.
fn imports(code: &str) -> Vec<&str> {
    code.split("crate::")
        .skip(1)
        .map(|rest| rest.split(|letter: char| !letter.is_alphanumeric() && letter != '_'))
        .map(|mut words| words.next().unwrap())
        .collect()
}

/// A path of modules below the crate.
type Module = Vec<String>;

/// The module that is a file: that of `ledger/book/mod.rs` is `ledger::book`.
fn module(file: &str) -> Module {
    let path = file.trim_end_matches(".rs");
    path.trim_end_matches("/mod").split('/').map(str::to_owned).collect()
}

/// A source without comments, and without the modules that `pub(in ...)` names, which are no imports.
fn bare(code: &str) -> String {
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code = lines.collect::<Vec<_>>().join("\n");
    let mut parts = code.split("pub(in ");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |bare, part| bare + part.split_once(')').unwrap().1)
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Adds the paths of a tree such as `a::{b, c::D}` below `base`, and gives the text behind it.
fn add_paths<'t>(text: &'t str, base: &Module, paths: &mut Vec<Module>) -> &'t str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        while !rest.trim_start().starts_with('}') {
            rest = add_paths(rest, base, paths);
            // What stands before the mark is another name: `as b`.
            rest = &rest[rest.find([',', '}']).unwrap()..];
            rest = rest.strip_prefix(',').unwrap_or(rest);
        }
        return rest.trim_start().strip_prefix('}').unwrap();
    }
    let (name, rest) = text.split_at(text.find(|letter| !is_of_word(letter)).unwrap_or(text.len()));
    let mut path = base.clone();
    match name {
        "" | "self" => {}
        "super" => drop(path.pop()),
        name => path.push(name.to_owned()),
    }
    if let Some(below) = rest.strip_prefix("::") {
        return add_paths(below, &path, paths);
    }
    paths.push(path);
    rest
}

/// Every path in a file that begins with `crate`, `super`, `self` or a module below it, in `use` and elsewhere.
fn paths_in(own: &Module, code: &str) -> Vec<Module> {
    let children = code.lines().filter_map(|line| line.strip_suffix(';')?.split("mod ").nth(1));
    let children: BTreeSet<&str> = children.collect();
    let mut paths = Vec::new();
    for (at, _) in code.match_indices("::") {
        let before = code[..at].trim_end_matches(is_of_word);
        let root = &code[before.len()..at];
        let base = match root {
            _ if before.ends_with("::") => continue,
            "crate" => Module::new(),
            "super" => own.iter().rev().skip(1).rev().cloned().collect(),
            "self" => own.clone(),
            name if children.contains(name) => [own.as_slice(), &[name.to_owned()]].concat(),
            _ => continue,
        };
        add_paths(&code[at + 2..], &base, &mut paths);
    }
    paths
}

/// For each file those that it imports.
fn imported_files() -> BTreeMap<Module, BTreeSet<Module>> {
    let files: BTreeMap<Module, String> =
        files().iter().map(|(file, code)| (module(file), bare(code))).collect();
    let file_of = |path: &Module| {
        let prefixes =
            (1..=path.len()).rev().map(|length| path.iter().take(length).cloned().collect());
        prefixes.into_iter().find(|prefix| files.contains_key(prefix))
    };
    let imported = |own: &Module, code: &str| {
        let found = paths_in(own, code).iter().filter_map(file_of).collect::<BTreeSet<_>>();
        found.into_iter().filter(|other| other != own).collect()
    };
    files.iter().map(|(own, code)| (own.clone(), imported(own, code))).collect()
}

/// All that can be reached from a file.
fn reached(from: &Module, imported: &BTreeMap<Module, BTreeSet<Module>>) -> BTreeSet<Module> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(file) = open.pop() {
        open.extend(imported[file].iter().filter(|other| reached.insert((*other).clone())));
    }
    reached
}

#[test]
fn no_two_files_import_each_other_in_a_circle() {
    let imported = imported_files();
    let reached: BTreeMap<&Module, BTreeSet<Module>> =
        imported.keys().map(|file| (file, reached(file, &imported))).collect();
    let circle = |file: &Module| {
        let back = reached[file].iter().filter(|other| reached[other].contains(file));
        back.map(|other| other.join("::")).collect::<Vec<_>>()
    };
    // All files of a circle tell the same circle.
    let circles: BTreeSet<Vec<String>> = imported.keys().map(circle).collect();
    let circles: Vec<_> = circles.into_iter().filter(|circle| !circle.is_empty()).collect();
    assert_eq!(circles, Vec::<Vec<String>>::new());
}

#[test]
fn paths_are_found_in_trees_of_imports() {
    let code =
        "mod below;\nuse super::{a::{B, c as d}, self, e,};\nfn f() { below::g(crate::h::<T>::I) }";
    let paths = paths_in(&module("x/y/mod.rs"), &bare(code));
    let told: Vec<String> = paths.iter().map(|path| path.join("::")).collect();
    assert_eq!(told, ["x::a::B", "x::a::c", "x", "x::e", "x::y::below::g", "h"]);
}

#[test]
fn every_arrow_runs_one_way() {
    let mut wrong = Vec::new();
    for (file, code) in files() {
        let own = room(&file);
        if own == "lib" || own == "main" {
            continue;
        }
        let allowed = ROOMS.iter().find(|(name, _)| *name == own);
        let (_, allowed) = allowed.unwrap_or_else(|| panic!("{file}: no such room"));
        for other in imports(&bare(&code)) {
            // Settings are declared, and numbers converted, in every room in the same way.
            if other != own && !["params", "convert"].contains(&other) && !allowed.contains(&other)
            {
                wrong.push(format!("{file} imports {other}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn a_room_imports_only_rooms_above_it_in_the_list() {
    for (index, (name, allowed)) in ROOMS.iter().enumerate() {
        for other in *allowed {
            assert!(ROOMS[..index].iter().any(|(above, _)| above == other), "{name}: {other}");
        }
    }
}

#[test]
fn only_a_few_files_touch_the_file_system() {
    let mut wrong = Vec::new();
    for (file, code) in files() {
        let may = TOUCH_FILES.iter().any(|allowed| file.starts_with(allowed));
        let opens =
            code.contains("std::fs") || code.contains(" File::") || code.contains("(File::");
        if !may && opens {
            wrong.push(file);
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_roof_stays_thin() {
    let files = files();
    for name in ["lib.rs", "main.rs"] {
        assert!(files[name].lines().count() <= 60, "{name} holds no work of its own");
    }
}
