//! An office's own rules and thresholds, from a TOML file or a workbook, with the words of either language.

pub mod template;
pub mod workbook;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::import::workbook::pages;
use crate::indicators::card::Scheme;
use crate::indicators::indicator::Configured;
use crate::indicators::own::Rule;
use crate::indicators::own::condition::{Condition, Test};
use crate::ledger::contract::cell::Day;
use crate::ledger::contract::schema::LEDGER;
use crate::ledger::contract::table::{Field, Kind};
use crate::ledger::level::Level;
use crate::words::nearest::suggestion;
use crate::words::table::{Lang, Word, kind, level, scheme};

/// The share of payments above which a rule is reported as too wide, where it states none.
const MOST: f64 = 0.05;

/// What a file of own rules holds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OwnRules {
    /// The rules.
    pub rules: Vec<Definition>,
    /// Settings of indicators of the catalogue; those of the pipeline come before them.
    pub indicators: BTreeMap<String, toml::Table>,
}

/// A rule as it is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    id: String,
    #[serde(default = "first")]
    version: u32,
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name_en: Option<String>,
    basis: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<Date>,
    level: String,
    scheme: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    most: Option<f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    innocent: Vec<String>,
    #[serde(rename = "where")]
    conditions: Vec<WrittenCondition>,
}

/// The own rules of the published run that this folder is or is a part of, if it used any that can be read.
pub fn of_run(folder: &Path) -> Option<OwnRules> {
    let folder = folder.canonicalize().ok()?;
    let log = folder.ancestors().map(|it| it.join("run.json")).find(|it| it.is_file())?;
    let text = fs::read_to_string(log).ok()?;
    let mut log: serde_json::Value = serde_json::from_str(&text).ok()?;
    serde_json::from_value(log.get_mut("own_rules")?.take()).ok()
}

fn first() -> u32 {
    1
}

/// A condition as it is written: a column and one test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct WrittenCondition {
    column: String,
    #[serde(flatten)]
    test: BTreeMap<String, toml::Value>,
}

impl OwnRules {
    /// Reads a TOML file or a workbook.
    ///
    /// # Errors
    /// If the file cannot be read, or a rule in it is wrong; the error names the file, and the rule or the row.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let of_file = || format!("the office's own rules, {}", path.display());
        let is_text = path.extension().is_some_and(|it| it.eq_ignore_ascii_case("toml"));
        let own = if is_text {
            let text = fs::read_to_string(path).with_context(of_file)?;
            toml::from_str(&text).map_err(|error| anyhow!(error.to_string().trim().to_owned()))
        } else {
            let bytes = fs::read(path).with_context(of_file)?;
            pages(&bytes).map_err(anyhow::Error::msg).and_then(|pages| Self::of_pages(&pages))
        };
        let own = own.with_context(of_file)?;
        if own.rules.is_empty() && own.indicators.is_empty() {
            return Err(anyhow!("there are no rules and no thresholds in it"))
                .with_context(of_file);
        }
        own.rules().with_context(of_file)?;
        Ok(own)
    }

    /// The rules as indicators.
    ///
    /// # Errors
    /// If a rule is wrong, or stands twice, or has another meaning than one with the same version that was read before.
    pub fn configured(&self) -> anyhow::Result<Vec<Box<dyn Configured>>> {
        let configured = |rule: Rule| {
            let (id, version) = (rule.id.clone(), rule.version);
            rule.configured().with_context(|| {
                format!("rule `{id}`: version {version} was read before with other contents; raise the version")
            })
        };
        self.rules()?.into_iter().map(configured).collect()
    }

    /// Names and versions of the rules that the previous run used under the same id and version with other contents.
    pub fn changed(&self, previous: &Self) -> Vec<(String, u32)> {
        let is_changed = |rule: &&Definition| {
            let is_same = |it: &&Definition| (&it.id, it.version) == (&rule.id, rule.version);
            previous.rules.iter().find(is_same).is_some_and(|it| it != *rule)
        };
        let changed = self.rules.iter().filter(is_changed);
        changed.map(|it| (it.name.clone(), it.version)).collect()
    }

    fn rules(&self) -> anyhow::Result<Vec<Rule>> {
        let mut rules: Vec<Rule> = Vec::new();
        for definition in &self.rules {
            let rule = definition.rule().with_context(|| format!("rule `{}`", definition.id))?;
            if rules.iter().any(|it| it.key() == rule.key()) {
                bail!("rule `{}`: version {} stands twice", rule.id, rule.version);
            }
            rules.push(rule);
        }
        Ok(rules)
    }
}

impl Definition {
    fn rule(&self) -> anyhow::Result<Rule> {
        let is_plain =
            |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
        if self.id.is_empty() || !self.id.chars().all(is_plain) {
            bail!("`id` must be lower-case letters, digits and underscores, but is `{}`", self.id);
        }
        let texts = [("name", &self.name), ("basis", &self.basis)];
        for (key, text) in texts.into_iter().chain(self.name_en.iter().map(|it| ("name_en", it))) {
            if text.trim().is_empty() || text.contains(['{', '}', '`', '\n']) {
                bail!(
                    "`{key}` must be one line of text without braces and backticks, but is `{text}`"
                );
            }
        }
        let most = self.most.unwrap_or(MOST);
        if !(most > 0.0 && most <= 1.0) {
            bail!("`most` must be a share above 0 and at most 1, but is {most}");
        }
        if let Some((from, to)) = self.from.zip(self.to).filter(|(from, to)| from > to) {
            bail!("`from`, {from}, must not be later than `to`, {to}");
        }
        if self.conditions.is_empty() {
            bail!("`where` must hold one condition at least");
        }
        let conditions = self.conditions.iter().map(WrittenCondition::condition);
        Ok(Rule {
            id: self.id.clone(),
            version: self.version,
            name: self.name.clone(),
            name_en: self.name_en.clone().unwrap_or_else(|| self.name.clone()),
            basis: self.basis.clone(),
            days: (self.from, self.to),
            level: chosen("level", &self.level, Level::ALL.map(|it| (it, it.word(), level(it))))?,
            scheme: chosen(
                "scheme",
                &self.scheme,
                Scheme::ALL.iter().map(|it| (*it, it.word(), scheme(Some(*it)))),
            )?,
            most,
            innocent: self.innocent.clone(),
            conditions: conditions.collect::<anyhow::Result<_>>()?,
        })
    }
}

/// The member of a list that a word of either language names.
fn chosen<T>(
    key: &str,
    text: &str,
    all: impl IntoIterator<Item = (T, &'static str, Word)>,
) -> anyhow::Result<T> {
    let mut known = Vec::new();
    for (member, word, label) in all {
        if text == word || [Lang::En, Lang::Zh].iter().any(|lang| label.to(*lang) == text) {
            return Ok(member);
        }
        known.push(format!("{word} ({})", label.to(Lang::Zh)));
    }
    bail!("`{key}` must be one of {}, but is `{text}`", known.join(", "))
}

/// The tests of a condition: key, and the words of a workbook.
const TESTS: [(&str, [&str; 2]); 11] = [
    ("is", ["is", "等于"]),
    ("is_not", ["is not", "不等于"]),
    ("starts", ["starts with", "开头为"]),
    ("contains", ["contains", "包含"]),
    ("from", ["from", "不低于"]),
    ("below", ["below", "低于"]),
    ("recorded", ["is recorded", "已填写"]),
    ("same_as", ["is the same as", "与其相同"]),
    ("differs_from", ["differs from", "与其不同"]),
    ("days_after", ["days after", "晚于其天数"]),
    ("not_recorded", ["is not recorded", "未填写"]),
];

/// The tests that bound a number, a day or a number of days.
const BOUNDS: [&str; 2] = ["from", "below"];

impl WrittenCondition {
    fn condition(&self) -> anyhow::Result<Condition> {
        let field = column(&self.column)?;
        let of_column = || format!("column `{}`", self.column);
        self.refuse_unknown().with_context(of_column)?;
        let fits = |key: &String| key == "not_recorded" || tests_of(field.kind).contains(&&**key);
        if !self.test.keys().all(fits) {
            bail!(
                "column `{}` holds {}, for which there is no such test; {}",
                field.name,
                held(field.kind)[0],
                offered(field.kind)
            );
        }
        Ok(Condition { field, test: self.test(field).with_context(of_column)? })
    }

    fn refuse_unknown(&self) -> anyhow::Result<()> {
        let is_unknown = |key: &&String| !TESTS.iter().any(|(known, _)| known == *key);
        let Some(unknown) = self.test.keys().find(is_unknown) else { return Ok(()) };
        let known = TESTS.map(|(key, _)| key);
        let otherwise = format!("; known are {}", known.join(", "));
        bail!("there is no test `{unknown}`{}", suggestion(unknown, known, &otherwise));
    }

    fn test(&self, field: &Field) -> anyhow::Result<Test> {
        let bounds = BOUNDS.map(|key| self.test.get(key));
        let others = self.test.iter().filter(|(key, _)| !BOUNDS.contains(&key.as_str()));
        let others: Vec<(&str, &toml::Value)> =
            others.map(|(key, value)| (key.as_str(), value)).collect();
        match (others.as_slice(), bounds) {
            ([], [None, None]) => bail!("a condition needs a test: {}", offered(field.kind)),
            ([], bounds) => range(field, bounds),
            ([("days_after", earlier)], bounds) => days_after(earlier, bounds),
            ([(key, value)], [None, None]) => single(field, (key, value)),
            _ => {
                let keys: Vec<&str> = self.test.keys().map(String::as_str).collect();
                let all = keys.join(" and ");
                bail!("a condition has one test, but this has {all}; write one condition for each")
            }
        }
    }
}

/// The test of one key, which is none of a number or of days.
fn single(field: &Field, (key, value): (&str, &toml::Value)) -> anyhow::Result<Test> {
    let other = || column(value.as_str().unwrap_or_default());
    Ok(match key {
        "is" if field.kind == Kind::Flag => {
            let words = texts(field, value)?;
            let word = words.first().map_or("", String::as_str);
            Test::Flag(chosen("is", word, [(true, "yes", Word::Yes), (false, "no", Word::No)])?)
        }
        "is" => Test::Is(texts(field, value)?),
        "is_not" => Test::IsNot(texts(field, value)?),
        "starts" => Test::Starts(texts(field, value)?),
        "contains" => Test::Contains(texts(field, value)?),
        "recorded" => Test::Recorded(value.as_bool().context("`recorded` must be true or false")?),
        "same_as" => Test::Same(other()?, true),
        "differs_from" => Test::Same(other()?, false),
        _ => Test::Recorded(false),
    })
}

/// The test of a number or a day by its bounds.
fn range(field: &Field, [from, below]: [Option<&toml::Value>; 2]) -> anyhow::Result<Test> {
    if matches!(field.kind, Kind::Day | Kind::Moment) {
        let day = |key, value: Option<&_>| value.map(|it| day(key, it)).transpose();
        return Ok(Test::Day(day("from", from)?, day("below", below)?));
    }
    let number = |key, value: Option<&_>| value.map(|it| number(key, it)).transpose();
    Ok(Test::Number(number("from", from)?, number("below", below)?))
}

/// The test of the days after those of another column.
fn days_after(
    earlier: &toml::Value,
    [from, below]: [Option<&toml::Value>; 2],
) -> anyhow::Result<Test> {
    let earlier = column(earlier.as_str().unwrap_or_default())?;
    if !matches!(earlier.kind, Kind::Day | Kind::Moment) {
        bail!(
            "`days_after` must name a column of days, but `{}` holds {}",
            earlier.name,
            held(earlier.kind)[0]
        );
    }
    let days = |key, value: Option<&_>| value.map(|it| whole(key, it)).transpose();
    let (from, below) = (days("from", from)?, days("below", below)?);
    if from.is_none() && below.is_none() {
        bail!("`days_after` needs `from` or `below`, in days");
    }
    Ok(Test::After(earlier, (from, below)))
}

/// A column of the ledger by its name or by what it is called in Chinese.
fn column(name: &str) -> anyhow::Result<&'static Field> {
    let found = LEDGER.fields.iter().find(|field| field.name == name || field.zh == name);
    found.with_context(|| {
        let names = LEDGER.fields.iter().flat_map(|field| [field.name, field.zh]);
        let otherwise = "; docs/data-dictionary.md lists them";
        format!("the ledger has no column `{name}`{}", suggestion(name, names, otherwise))
    })
}

/// What a column of a kind holds, English first.
fn held(kind: Kind) -> [&'static str; 2] {
    match kind {
        Kind::Text | Kind::List => ["text", "文字"],
        Kind::Day | Kind::Moment => ["days", "日期"],
        Kind::Money => ["money", "金额"],
        Kind::Int | Kind::Real => ["numbers", "数字"],
        Kind::Flag => ["yes or no", "是或否"],
    }
}

/// The tests that a column of a kind can be asked.
fn tests_of(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Text | Kind::List => {
            &["is", "is_not", "starts", "contains", "same_as", "differs_from", "recorded"]
        }
        Kind::Day | Kind::Moment => &["from", "below", "days_after", "recorded"],
        Kind::Money | Kind::Int | Kind::Real => &["from", "below", "recorded"],
        Kind::Flag => &["is", "recorded"],
    }
}

/// The same as the end of a message.
fn offered(kind: Kind) -> String {
    format!("use one of {}", tests_of(kind).join(", "))
}

/// A text or a list of texts; names of what the column's own words mean are turned into these words.
fn texts(field: &Field, value: &toml::Value) -> anyhow::Result<Vec<String>> {
    let text = |value: &toml::Value| match value {
        toml::Value::String(text) if !text.trim().is_empty() => Some(own_word(field, text.trim())),
        toml::Value::Integer(number) => Some(number.to_string()),
        _ => None,
    };
    let texts: Option<Vec<String>> = match value {
        toml::Value::Array(all) => all.iter().map(text).collect(),
        one => text(one).map(|it| vec![it]),
    };
    let texts = texts.filter(|it| !it.is_empty()).context("expected a text or a list of texts")?;
    let is_known = |text: &String| field.values.is_empty() || field.values.contains(&text.as_str());
    if let Some(unknown) = texts.iter().find(|it| !is_known(it)) {
        let chinese = |word: &str| match kind(word) {
            Some(label) => format!("{word} ({})", label.to(Lang::Zh)),
            None => word.to_owned(),
        };
        let known: Vec<String> = field.values.iter().map(|word| chinese(word)).collect();
        bail!("it holds one of {}, but the test asks for `{unknown}`", known.join(", "));
    }
    Ok(texts)
}

fn own_word(field: &Field, text: &str) -> String {
    let is_meant = |word: &&&str| kind(word).is_some_and(|it| it.to(Lang::Zh) == text);
    field.values.iter().find(is_meant).map_or(text, |word| *word).to_owned()
}

fn number(key: &str, value: &toml::Value) -> anyhow::Result<f64> {
    #[expect(clippy::cast_precision_loss, reason = "bounds of rules are small")]
    let number = value.as_float().or_else(|| value.as_integer().map(|it| it as f64));
    number
        .filter(|it| it.is_finite())
        .with_context(|| format!("`{key}` must be a number, but is {value}"))
}

fn whole(key: &str, value: &toml::Value) -> anyhow::Result<i32> {
    let days = value.as_integer().and_then(|it| i32::try_from(it).ok());
    days.with_context(|| format!("`{key}` must be a whole number of days, but is {value}"))
}

fn day(key: &str, value: &toml::Value) -> anyhow::Result<Day> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let date: Option<Date> = text.parse().ok();
    date.map(Day::of)
        .with_context(|| format!("`{key}` must be a day such as 2024-12-31, but is {value}"))
}

#[cfg(test)]
mod tests;
