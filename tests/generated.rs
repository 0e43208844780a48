//! What is made from the code: the settings in indicator pages, `pipelines/nightly.toml`, the list of indicators and
//! the data dictionary.
//!
//! `UPDATE_DOCS=1 cargo test --test generated` writes all of them anew.
#![expect(clippy::unwrap_used, reason = "a test may fall over")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use mingzhang::indicators::{CATALOGUE, FAMILIES};
use mingzhang::params::{Params, Setting, Shown};
use mingzhang::pipeline::Pipeline;
use toml::Value;

mod dictionary;

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Compares a file with what it should be, or writes it.
fn hold(path: &str, made: &str) {
    let file = root(path);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(file, made).unwrap();
        return;
    }
    let found = fs::read_to_string(file).unwrap_or_default();
    assert!(
        found == made,
        "{path} is out of date; UPDATE_DOCS=1 cargo test --test generated writes it"
    );
}

/// A text whose part from one mark to the next is another.
fn with_part(text: &str, from: &str, to: &str, part: &str) -> String {
    let (head, rest) = text.split_once(from).unwrap_or_else(|| panic!("no `{from}`"));
    let (_, tail) = rest.split_once(to).unwrap_or_else(|| panic!("no `{to}` behind `{from}`"));
    format!("{head}{from}{part}{to}{tail}")
}

/// A value as TOML writes it, small numbers without an exponent.
fn shown(value: &Value) -> String {
    match value {
        Value::Float(number) if number.fract() != 0.0 => number.to_string(),
        other => other.to_string(),
    }
}

fn default(setting: &Setting) -> String {
    setting.default.as_ref().map(shown).unwrap()
}

#[test]
fn pages_show_the_settings_of_their_indicators() {
    for (family, members) in FAMILIES {
        for indicator in *members {
            let name = indicator.card.name;
            for (ending, from, to, head) in [
                ("md", "\n## Settings\n", "\n## Sources\n", "| key | default | meaning |"),
                ("zh.md", "\n## 设置\n", "\n## 来源\n", "| 键 | 默认值 | 含义 |"),
            ] {
                let mut table = format!("{head}\n| --- | --- | --- |\n");
                for it in indicator.settings() {
                    let meaning = if ending == "md" { it.meaning } else { it.meaning_zh };
                    writeln!(table, "| `{}` | `{}` | {meaning} |", it.key, default(&it)).unwrap();
                }
                if indicator.settings().is_empty() {
                    table = if ending == "md" { "None.\n" } else { "无。\n" }.to_owned();
                }
                let path = format!("src/indicators/{family}/{name}.{ending}");
                let page = fs::read_to_string(root(&path)).unwrap();
                hold(&path, &with_part(&page, from, to, &table));
            }
        }
    }
}

/// A sentence as comment lines.
fn comment(text: &mut String, sentence: &str) {
    let (first, rest) = sentence.split_at(sentence.chars().next().map_or(0, char::len_utf8));
    let sentence = first.to_uppercase() + rest;
    let mut line = "#".to_owned();
    for word in sentence.split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() > 112 {
            writeln!(text, "{line}").unwrap();
            "#".clone_into(&mut line);
        }
        line.push(' ');
        line.push_str(word);
    }
    writeln!(text, "{line}").unwrap();
}

/// The last step of a dotted key.
fn last(key: &str) -> &str {
    key.rsplit('.').next().unwrap()
}

/// A table of the pipeline, or a list of tables, behind its own comment.
fn inner(text: &mut String, setting: &Setting) {
    text.push('\n');
    comment(text, setting.meaning);
    let key = &setting.key;
    match setting.default.as_ref().unwrap() {
        Value::Table(table) if table.values().all(Value::is_table) && !table.is_empty() => {
            for (place, (name, entries)) in table.iter().enumerate() {
                let gap = if place == 0 { "" } else { "\n" };
                write!(text, "{gap}[{key}.{name}]\n{}", toml::to_string(entries).unwrap()).unwrap();
            }
        }
        Value::Table(table) => write!(text, "[{key}]\n{table}").unwrap(),
        list => {
            for (place, entries) in list.as_array().unwrap().iter().enumerate() {
                let gap = if place == 0 { "" } else { "\n" };
                write!(text, "{gap}[[{key}]]\n{}", toml::to_string(entries).unwrap()).unwrap();
            }
        }
    }
}

fn is_inner(setting: &Setting) -> bool {
    match &setting.default {
        Some(Value::Table(_)) => true,
        Some(Value::Array(all)) => all.first().is_some_and(Value::is_table),
        _ => false,
    }
}

#[test]
fn the_nightly_pipeline_shows_every_key_with_its_default() {
    let mut text = "# The nightly job of a county office. Every key is here with its default, so that a copy of this file\n\
        # can be edited line by line: mingzhang run pipelines/nightly.toml --data DATASET --out FOLDER\n"
        .to_owned();
    let mut waiting: Vec<Setting> = Vec::new();
    let flush = |text: &mut String, waiting: &mut Vec<Setting>| {
        waiting.drain(..).for_each(|it| inner(text, &it));
    };
    for it in Pipeline::settings().into_iter().filter(|it| it.key != "indicators") {
        match it.shown {
            Shown::Table => {
                flush(&mut text, &mut waiting);
                text.push('\n');
                comment(&mut text, it.meaning);
                writeln!(text, "[{}]", it.key).unwrap();
            }
            _ if is_inner(&it) => waiting.push(it),
            Shown::Default => {
                text.push_str(if it.key.contains('.') { "" } else { "\n" });
                comment(&mut text, it.meaning);
                writeln!(text, "{} = {}", last(&it.key), default(&it)).unwrap();
            }
            Shown::Example(example) => {
                text.push_str(if it.key.contains('.') { "" } else { "\n" });
                comment(&mut text, it.meaning);
                writeln!(text, "# {} = {example}", last(&it.key)).unwrap();
            }
        }
    }
    flush(&mut text, &mut waiting);
    text.push_str(
        "\n# The settings of the indicators. What each measures: mingzhang explain NAME\n",
    );
    for indicator in CATALOGUE.iter() {
        writeln!(text, "[indicators.{}]", indicator.card.name).unwrap();
        for it in indicator.settings() {
            comment(&mut text, it.meaning);
            writeln!(text, "{} = {}", it.key, default(&it)).unwrap();
        }
        text.push('\n');
    }
    hold("pipelines/nightly.toml", &format!("{}\n", text.trim_end()));
    let read = Pipeline::parse(&text, &[]).unwrap();
    let unset = Pipeline::default();
    assert_eq!(Pipeline { indicators: unset.indicators.clone(), ..read }, unset);
}

#[test]
fn the_list_of_indicators_is_the_catalogue() {
    let mut text = format!(
        "# Indicators 指标\n\n\
         {} indicators, each with a page in English and Chinese (also `mingzhang explain NAME`, `--lang zh`): the rule, what is not\n\
         counted, innocent causes, what would clear it, the method, its sources and a worked example that a test runs.\n\
         \"Needs\" are the tables and columns without which it cannot be computed\n\
         ([data dictionary](data-dictionary.md)). This list is generated from the catalogue.\n\n\
         每个指标都有中英文说明。“所需数据”指缺少时无法计算该指标的表和列。\n\n\
         | indicator 指标 | of each 对象 | kind 类型 | scheme 类别 | title 名称 | needs 所需数据 |\n\
         | --- | --- | --- | --- | --- | --- |\n",
        CATALOGUE.len()
    );
    for (family, members) in FAMILIES {
        for indicator in *members {
            let card = &indicator.card;
            let needs: Vec<String> = card.requires.iter().map(|need| format!("`{need}`")).collect();
            let page = format!("../src/indicators/{family}/{}", card.name);
            writeln!(
                text,
                "| [`{}`]({page}.md) [中文]({page}.zh.md) | {} | {} | {} | {} {} | {} |",
                card.name,
                card.grain.word(),
                card.class.word(),
                card.scheme.word(),
                card.title(),
                card.title_zh(),
                needs.join(", ")
            )
            .unwrap();
        }
    }
    hold("docs/indicators.md", &text);
}

#[test]
fn the_dictionary_describes_every_table_that_is_read_or_published() {
    hold("docs/data-dictionary.md", &dictionary::dictionary());
}
