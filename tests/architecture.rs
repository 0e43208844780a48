//! Who may import whom: the arrows between the rooms run one way.
#![expect(clippy::unwrap_used, reason = "a test may fall over")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms from the ground up. A room may import those below it that it names.
const ROOMS: &[(&str, &[&str])] = &[
    ("stats", &[]),
    ("convert", &[]),
    ("params", &[]),
    ("matrix", &[]),
    ("ledger", &["stats"]),
    ("import", &["ledger"]),
    ("simulate", &["stats", "ledger"]),
    ("indicators", &["stats", "ledger"]),
    ("planting", &["stats", "ledger", "indicators"]),
    ("columns", &["ledger"]),
    ("features", &["stats", "matrix", "ledger", "indicators"]),
    ("model", &["stats", "matrix"]),
    ("words", &["ledger", "indicators"]),
    ("outcomes", &["stats", "ledger", "words"]),
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
            "indicators",
            "planting",
            "features",
            "words",
            "outcomes",
            "scoring",
            "worklist",
            "evaluate",
        ],
    ),
    ("pipeline", &["ledger", "indicators", "model", "words", "scoring", "worklist"]),
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
            "indicators",
            "features",
            "model",
            "words",
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

/// Every source file: its path below `src/` and its text without its unit tests.
fn files() -> BTreeMap<String, String> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&src, &mut found);
    let text = |path: &PathBuf| {
        let name = path.strip_prefix(&src).unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(path).unwrap();
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap();
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
        for other in imports(&code) {
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
        assert!(files[name].lines().count() <= 60, "{name} is a roof, not a room");
    }
}
