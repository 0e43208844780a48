//! Writes a draft as the text of a mapping, with marks for a person to check.

use std::fmt::Write;

use super::amounts::AmountTable;
use super::draft::Draft;
use super::parts::{Column, DraftedSource, quoted};
use crate::import::reading::TODO;

/// A drafted mapping.
#[derive(Debug)]
pub struct Drafted {
    /// The text of the mapping.
    pub toml: String,
    /// The lines that a person must fill in, counted from 1, with the question for each.
    pub todo: Vec<(usize, String)>,
}

pub(super) fn written(draft: &Draft) -> Drafted {
    let mut text = String::from(
        "# Drafted by `mingzhang init` from the files themselves. Look at the lines marked `verify` or `check`, and fill in those that say\n\
         # TODO. `mingzhang import --dry-run` shows what comes out. Rows of sums, repeated names of columns and notes are left out and told.\n#\n",
    );
    for remark in &draft.remarks {
        push(&mut text, format_args!("# {}\n", remark.replace('\n', " ")));
    }
    text.push_str("\ntable = \"ledger\"\nmax_refused = 0.2 # a larger share of rows that cannot be understood stops the import\n\n[source]\n");
    let files: Vec<String> = draft.files.iter().map(|file| quoted(file)).collect();
    match files.as_slice() {
        [one] => push(&mut text, format_args!("files = [{one}]\n")),
        more => push(&mut text, format_args!("files = [\n    {},\n]\n", more.join(",\n    "))),
    }
    if !draft.exclude.is_empty() {
        let names: Vec<String> = draft.exclude.iter().map(|name| quoted(name)).collect();
        push(&mut text, format_args!("exclude = [{}] # no journals\n", names.join(", ")));
    }
    if !draft.leave_out.is_empty() {
        let marks = draft.leave_out.iter().map(|(column, texts)| {
            let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
            format!("{} = [{}]", quoted(column), texts.join(", "))
        });
        let marks: Vec<String> = marks.collect();
        push(
            &mut text,
            format_args!("leave_out = {{ {} }} # check: nothing was paid\n", marks.join(", ")),
        );
    }
    if draft.header_records > 1 {
        push(
            &mut text,
            format_args!(
                "header_records = {} # the second record divides the names of the first\n",
                draft.header_records
            ),
        );
    }
    if !draft.constants.is_empty() {
        text.push_str("\n[constants]\n");
    }
    for constant in &draft.constants {
        push(
            &mut text,
            format_args!("{} = {} # {}\n", constant.field, quoted(&constant.value), constant.note),
        );
    }
    let (short, long): (Vec<_>, Vec<_>) = draft.columns.iter().partition(|column| is_short(column));
    text.push_str("\n[columns]\n");
    for column in short {
        let sources: Vec<String> = column.sources.iter().map(inline).collect();
        let note = column.note.as_ref().map(|note| format!(" # {note}")).unwrap_or_default();
        match sources.as_slice() {
            [one] => push(&mut text, format_args!("{} = {one}{note}\n", column.field)),
            more => {
                push(&mut text, format_args!("{} = [{}]{note}\n", column.field, more.join(", ")));
            }
        }
    }
    if let Some(AmountTable { name, keys, columns }) = &draft.amounts {
        push(&mut text, format_args!("\n[{name}]\n"));
        for (key, value) in keys {
            push(&mut text, format_args!("{key} = {value}\n"));
        }
        if !columns.is_empty() {
            push(
                &mut text,
                format_args!("\n[{name}.columns] # the account of each column: verify\n"),
            );
            for (column, rule) in columns {
                push(&mut text, format_args!("{} = {rule}\n", quoted(column)));
            }
        }
    }
    for column in long {
        tables(&mut text, column);
    }
    let todo = todo(&text);
    Drafted { toml: text, todo }
}

/// Writing to a `String` cannot fail.
fn push(text: &mut String, what: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(what);
}

/// Whether a column fits on a line.
fn is_short(column: &Column) -> bool {
    column.sources.iter().all(|source| source.values.is_empty())
}

/// A source on one line.
fn inline(source: &DraftedSource) -> String {
    match source.keys.as_slice() {
        [("column", name)] if name.starts_with('"') => name.clone(),
        keys => {
            let keys: Vec<String> =
                keys.iter().map(|(key, value)| format!("{key} = {value}")).collect();
            format!("{{ {} }}", keys.join(", "))
        }
    }
}

/// A column with value meanings, as TOML tables.
fn tables(text: &mut String, column: &Column) {
    let (open, close) = if column.sources.len() > 1 { ("[[", "]]") } else { ("[", "]") };
    for source in &column.sources {
        let note = column.note.as_ref().map(|note| format!(" # {note}")).unwrap_or_default();
        push(text, format_args!("\n{open}columns.{}{close}{note}\n", column.field));
        for (key, value) in &source.keys {
            push(text, format_args!("{key} = {value}\n"));
        }
        if source.values.is_empty() {
            continue;
        }
        push(text, format_args!("[columns.{}.values]\n", column.field));
        for (word, meaning, is_doubtful) in &source.values {
            let check = if *is_doubtful && meaning != TODO { " # check" } else { "" };
            push(text, format_args!("{} = {}{check}\n", quoted(word), quoted(meaning)));
        }
    }
}

/// The lines that a person must fill in.
fn todo(text: &str) -> Vec<(usize, String)> {
    let mark = quoted(TODO);
    let mut table = "";
    let mut todo = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.starts_with('[') {
            table = line;
        }
        if !line.starts_with('#') && line.contains(&mark) {
            let (_, note) = line.split_once(" # ").unwrap_or_default();
            let (what, _) = line.split_once(" = ").unwrap_or((line, ""));
            let note = if note.is_empty() { table } else { note };
            todo.push((number, format!("{what}: {note}")));
        }
    }
    todo
}
