//! Whether every message has a Chinese one: those of the sources, those of the pages of help, and nothing besides.
#![expect(clippy::unwrap_used, reason = "a test may fall over")]

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use mingzhang::cli::Cli;
use mingzhang::cli::help::chinese_page;
use mingzhang::words::table::Lang;
use mingzhang::words::translate::{MESSAGES, chinese, pairs};

/// The headings of sections whose messages no source of ours has whole.
const ELSEWHERE: [&str; 2] = ["# Libraries", "# Put together"];

/// Where messages are made.
const MAKERS: [&str; 6] =
    ["#[error(", "bail!(", "anyhow!(", "ensure!(", ".context(", ".with_context("];

/// Where commands print messages.
const PRINTERS: [&str; 4] = [".tell(", ".item(", ".paragraph(", "told("];

/// Rooms whose every sentence is for people.
const SPOKEN: [&str; 8] = [
    "src/import",
    "src/ledger/book/conform.rs",
    "src/ledger/book/limit_words.rs",
    "src/ledger/contract/parse.rs",
    "src/ledger/decode",
    "src/outcomes/workbook.rs",
    "src/params.rs",
    "src/cli/causes.rs",
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The sources without their unit tests, each with its path in the repository.
fn all() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("\n#[cfg(test)]\nmod ").next().unwrap().to_owned();
        (path.strip_prefix(root).unwrap().to_str().unwrap().to_owned(), code)
    };
    sources(&root.join("src")).into_iter().map(read).collect()
}

/// The literals of a text with the places at which they begin; comments are passed over.
fn literals(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = code.get(at..).filter(|rest| !rest.is_empty()) {
        let first = rest.chars().next().unwrap();
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with("r#\"") {
            let end = rest.find("\"#").unwrap();
            found.push((at, rest.get(3..end).unwrap().to_owned()));
            at += end + 2;
        } else if rest.starts_with("'\"'") || rest.starts_with("'\\\"'") {
            at += rest.get(1..).unwrap().find('\'').unwrap() + 2;
        } else if first == '"' {
            let (literal, length) = unescaped(rest);
            found.push((at, literal));
            at += length;
        } else {
            at += first.len_utf8();
        }
    }
    found
}

/// A literal at the start of a text, and its length there.
fn unescaped(text: &str) -> (String, usize) {
    let mut literal = String::new();
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((place, letter)) = letters.next() {
        match letter {
            '"' => return (literal, place + 1),
            '\\' => match letters.next().unwrap().1 {
                'n' => literal.push('\n'),
                '\n' => while letters.next_if(|(_, next)| next.is_whitespace()).is_some() {},
                other => literal.push(other),
            },
            other => literal.push(other),
        }
    }
    panic!("a literal without an end: {text:.40}");
}

/// A template with its cells nameless and its doubled braces as cells.
fn nameless(template: &str) -> String {
    let template = template.replace("{{", "{").replace("}}", "}");
    let mut text = String::new();
    let mut rest = template.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        text.push_str("{}");
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    text + rest
}

/// The names of a template's cells.
fn cells(template: &str) -> BTreeSet<&str> {
    template.split('{').skip(1).map(|rest| rest.split_once('}').unwrap().0).collect()
}

/// Whether a template has a word of its own.
fn has_words(template: &str) -> bool {
    nameless(template).chars().any(char::is_alphabetic)
}

/// Whether a text has two words one after another, as sentences have and names do not.
fn is_sentence(text: &str) -> bool {
    let is_word = |word: &str| {
        let word = word.trim_matches(|letter| ",;:.()".contains(letter));
        word.len() > 1 && word.chars().all(|letter| letter.is_ascii_lowercase())
    };
    let words: Vec<bool> = text.split(' ').map(is_word).collect();
    words.windows(2).any(|pair| pair.iter().all(|is| *is))
}

/// The templates of messages in a source: the first literal with words in whatever makes a message.
fn made(code: &str, makers: &[&str]) -> Vec<String> {
    let literals = literals(code);
    let mut found = Vec::new();
    for maker in makers {
        for (place, _) in code.match_indices(maker) {
            let end = place + maker.len() + closed(code.get(place + maker.len()..).unwrap());
            let inside = literals.iter().filter(|(at, _)| (place..end).contains(at));
            found.extend(inside.map(|(_, literal)| literal.clone()).find(|it| has_words(it)));
        }
    }
    found
}

/// The length of a text until its first bracket that closes none before it.
fn closed(text: &str) -> usize {
    let inside: Vec<(usize, usize)> =
        literals(text).into_iter().map(|(at, _)| (at, at + unescaped_length(text, at))).collect();
    let mut depth = 0;
    for (place, letter) in text.char_indices() {
        if inside.iter().any(|(start, end)| (*start..*end).contains(&place)) {
            continue;
        }
        match letter {
            '(' => depth += 1,
            ')' if depth == 0 => return place,
            ')' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

fn unescaped_length(text: &str, at: usize) -> usize {
    let literal = text.get(at..).unwrap();
    literal
        .strip_prefix("r#")
        .map_or_else(|| unescaped(literal).1, |raw| raw.find("\"#").unwrap() + 4)
}

/// The templates of the sources that people read.
fn spoken() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (path, code) in all() {
        found.extend(made(&code, &MAKERS));
        if path.starts_with("src/cli/") {
            found.extend(made(&code, &PRINTERS));
        }
        if SPOKEN.iter().any(|room| path.starts_with(room)) {
            let code = without_settings(&code);
            let for_people = |at: &usize| !code.get(..*at).unwrap().ends_with("reason = ");
            let literals = literals(&code).into_iter().filter(|(at, _)| for_people(at));
            let lines = literals.flat_map(|(_, text)| lines(&text));
            found.extend(lines.filter(|line| is_sentence(line)));
        }
    }
    found.iter().flat_map(|text| lines(text)).map(|line| nameless(&line)).collect()
}

/// The lines of a text; of a line of a mapping, its comment.
fn lines(text: &str) -> Vec<String> {
    let comment = |line: &str| line.rsplit_once("# ").map_or(line, |(_, it)| it).trim().to_owned();
    text.split('\n').map(comment).collect()
}

/// A source without its declaration of settings, whose meanings stand in the pipeline and not on a screen.
fn without_settings(code: &str) -> String {
    let Some((before, rest)) = code.split_once("\nparams! {\n") else { return code.to_owned() };
    let (_, after) = rest.split_once("\n}\n").unwrap();
    format!("{before}\n{after}")
}

/// The lines of the pages of help of a command and of those below it.
fn pages(command: &mut clap::Command, names: &[&str]) -> Vec<String> {
    let mut lines = Vec::new();
    for flag in ["-h", "--help"] {
        let arguments: Vec<OsString> = names.iter().chain([&flag]).map(Into::into).collect();
        let page = chinese_page(&Cli::read(&arguments, Lang::Zh).unwrap_err());
        lines.extend(page.lines().map(str::to_owned));
    }
    for below in command.get_subcommands_mut() {
        let name = below.get_name().to_owned();
        lines.extend(pages(below, &[names, &[name.as_str()]].concat()));
    }
    lines
}

#[test]
fn each_message_of_the_sources_is_in_the_catalogue() {
    let known: BTreeSet<String> = pairs(MESSAGES).map(|[en, _]| nameless(en.trim())).collect();
    let exempt: BTreeSet<String> = NOT_MESSAGES.iter().map(|it| nameless(it)).collect();
    let missing: Vec<String> = spoken()
        .into_iter()
        .filter(|it| has_words(it) && !exempt.contains(it))
        .filter(|it| !known.contains(it) && !known.contains(&format!("{{}}: {it}")))
        .collect();
    assert!(missing.is_empty(), "not in src/words/messages.txt:\n{}", missing.join("\n"));
}

/// Sentences of the sources that people read in English only, or not at all.
const NOT_MESSAGES: [&str; 1] = [", column"];

#[test]
fn each_message_of_the_catalogue_is_made_somewhere() {
    let mut made: BTreeSet<String> = BTreeSet::new();
    for (_, code) in all() {
        let literals = literals(&code).into_iter().map(|(_, literal)| literal);
        made.extend(literals.flat_map(|it| lines(&it)).map(|line| nameless(&line)));
    }
    let help = help_texts(&Cli::command());
    let is_made = |en: &str| {
        let (en, name) = (en.trim(), nameless(en.trim()));
        let of_file = name.strip_prefix("{}: ").is_some_and(|it| made.contains(it));
        made.contains(&name) || of_file || help.contains(en.trim_end_matches('.'))
    };
    let is_ours = |section: &&str| !ELSEWHERE.iter().any(|heading| section.starts_with(heading));
    let sections = MESSAGES.split("\n\n").filter(is_ours);
    let stale: Vec<&str> =
        sections.flat_map(pairs).map(|[en, _]| en).filter(|en| !is_made(en)).collect();
    assert!(stale.is_empty(), "made nowhere:\n{}", stale.join("\n"));
}

/// The paragraphs of help of a command and of those below it, without full stops.
fn help_texts(command: &clap::Command) -> BTreeSet<String> {
    let mut texts = vec![command.get_about(), command.get_long_about()];
    for argument in command.get_arguments() {
        texts.extend([argument.get_help(), argument.get_long_help()]);
    }
    let mut found: BTreeSet<String> = texts
        .into_iter()
        .flatten()
        .flat_map(|text| lines(&text.to_string()))
        .map(|line| line.trim_end_matches('.').to_owned())
        .collect();
    for argument in command.get_arguments() {
        let values = argument.get_possible_values();
        found.extend(values.iter().filter_map(|it| it.get_help()).map(ToString::to_string));
    }
    found.extend(command.get_subcommands().flat_map(help_texts));
    found
}

#[test]
fn both_sides_have_the_same_cells_and_the_chinese_one_is_chinese() {
    let all: Vec<[&str; 2]> = pairs(MESSAGES).collect();
    for [en, zh] in &all {
        assert_eq!(cells(en), cells(zh), "{en}");
        assert!(has_words(en) <= !zh.is_ascii() || *en == *zh, "{en}");
    }
    let different: BTreeSet<String> = all.iter().map(|[en, _]| nameless(en)).collect();
    assert_eq!(different.len(), all.len(), "a message stands twice");
}

#[test]
fn pages_of_help_are_chinese_throughout() {
    let lines = pages(&mut Cli::command(), &["mingzhang"]);
    // The names of commands stand one after another, as words do.
    let english = lines.iter().filter(|line| is_sentence(line) && !line.starts_with("用法："));
    let english: Vec<&String> = english.collect();
    assert!(english.is_empty(), "{english:#?}");
}

#[test]
fn what_is_wrong_with_arguments_is_told_in_chinese() {
    for (arguments, expected) in [
        (&["mingzhang", "rnu"][..], "错误：没有这个命令 'rnu'"),
        (&["mingzhang", "run", "a.toml", "--hed", "3"], "错误：没有这个参数 '--hed'"),
        (&["mingzhang", "run"], "错误：缺少必需的参数："),
        (&["mingzhang", "run", "a.toml", "--head", "x"], "不是整数"),
        (&["mingzhang", "show", "T-1", "--form", "x"], "[可选值：notice, paper]"),
    ] {
        let arguments: Vec<OsString> = arguments.iter().map(Into::into).collect();
        let page = chinese_page(&Cli::read(&arguments, Lang::Zh).unwrap_err());
        assert!(page.contains(expected), "{page}");
        assert!(!page.lines().any(is_sentence), "{page}");
    }
}

#[test]
fn faults_of_settings_are_told_in_chinese() {
    for (text, expected) in [
        (
            "`worklist.reasons` must be at least 1, but is 0",
            "`worklist.reasons` 应为至少 1，现为 0",
        ),
        (
            "there is no indicator `kin`; is `kin_approval` meant?",
            "没有指标 `kin`；是否指 `kin_approval`？",
        ),
    ] {
        assert_eq!(chinese(text), expected);
    }
}
