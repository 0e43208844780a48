//! The pages of an own rule: what it asks, its sentence and its innocent causes, from the rule itself.

use super::condition::{Condition, DAYS, Test, shown};
use super::rule::Rule;
use crate::ledger::contract::cell::Day;
use crate::ledger::contract::table::{Field, Kind};

/// The key of the sentence of a rule.
pub(super) const MET: &str = "met";

/// The key of the same without the rule's name: what is recorded.
pub const FOUND: &str = "found";

/// The language of a page; the table of words, which knows languages too, stands above the indicators.
#[derive(Clone, Copy)]
enum Language {
    English,
    Chinese,
}

impl Language {
    /// Of two texts, English first, the one in this language.
    fn of<T>(self, [en, zh]: [T; 2]) -> T {
        match self {
            Self::English => en,
            Self::Chinese => zh,
        }
    }

    /// What stands behind an amount in a column.
    fn unit(self, field: &Field) -> &'static str {
        if field.kind == Kind::Money { self.of([" yuan", " 元"]) } else { "" }
    }

    fn title(self, field: &Field) -> String {
        self.of([field.name.replace('_', " "), field.zh.to_owned()])
    }
}

impl Rule {
    /// Its page in English and in Chinese.
    pub(super) fn pages(&self) -> [String; 2] {
        [Language::English, Language::Chinese].map(|language| self.page(language))
    }

    fn page(&self, language: Language) -> String {
        let (name, version) = (language.of([&self.name_en, &self.name]), self.version);
        let [asks, else_, sentences] = language.of([
            ["Rule", "What else can cause it", "Sentences"],
            ["规则", "还有什么可能的原因", "语句"],
        ]);
        let conditions = |told: &dyn Fn(&Condition) -> String, join: &str| {
            self.conditions.iter().map(told).collect::<Vec<_>>().join(join)
        };
        let rule = conditions(&|it| format!("- {}", it.asked(language)), "\n");
        let found = conditions(&|it| it.told(language), language.of(["; ", "；"]));
        let met = language.of([
            format!("meets the rule “{name}” (version {version}): {found}"),
            format!("符合本单位规则“{name}”（第 {version} 版）：{found}"),
        ]);
        let innocent: Vec<String> = self.innocent.iter().map(|it| format!("- {it}")).collect();
        let innocent = innocent.join("\n");
        format!(
            "# {name}\n\n## {asks}\n{rule}\n\n## {sentences}\n- `{MET}`: {met}\n- `{FOUND}`: {found}\n\n## {else_}\n{innocent}\n"
        )
    }
}

impl Condition {
    /// What it asks for.
    fn asked(&self, language: Language) -> String {
        let (title, wanted) = (language.title(self.field), self.wanted(language));
        language.of([format!("{title} {wanted}"), format!("{title}{wanted}")])
    }

    /// What a line that meets it holds, with blanks for its cells.
    fn told(&self, language: Language) -> String {
        let (title, cell) = (language.title(self.field), format!("{{{}}}", self.field.name));
        let plain = language.of([format!("{title} {cell}"), format!("{title}{cell}")]);
        match &self.test {
            Test::Recorded(false) | Test::Flag(_) => self.asked(language),
            Test::Recorded(true) => plain,
            // The cell is one of the column's own words.
            Test::Is(_) | Test::IsNot(_) if !self.field.values.is_empty() => plain,
            Test::Same(other, true) => {
                let other = language.title(other);
                language.of([
                    format!("{title} and {other} are both {cell}"),
                    format!("{title}与{other}同为 {cell}"),
                ])
            }
            Test::Same(other, false) => {
                let (other_title, other) = (language.title(other), format!("{{{}}}", other.name));
                let comma = language.of([",", "，"]);
                format!("{title} {cell}{comma} {other_title} {other}")
            }
            Test::After(other, _) => {
                let (other_title, other) = (language.title(other), format!("{{{}}}", other.name));
                language.of([
                    format!("{title} {cell}, {other_title} {other}, {{{DAYS}}} days apart"),
                    format!("{title} {cell}，{other_title} {other}，相隔 {{{DAYS}}} 天"),
                ])
            }
            _ => {
                let wanted = self.wanted(language);
                let unit = language.unit(self.field);
                language.of([
                    format!("{title} {cell}{unit} ({wanted})"),
                    format!("{title} {cell}{unit}（{wanted}）"),
                ])
            }
        }
    }

    /// What its column must hold.
    fn wanted(&self, language: Language) -> String {
        let all = |texts: &[String]| texts.join(language.of([" or ", "或"]));
        let number = |bound: f64| shown(bound, self.field.kind);
        let unit = language.unit(self.field);
        match &self.test {
            Test::Is(texts) => language.of(["is ", "为"]).to_owned() + &all(texts),
            Test::IsNot(texts) => language.of(["is not ", "不为"]).to_owned() + &all(texts),
            Test::Starts(texts) => {
                language.of(["begins with ", "以此开头："]).to_owned() + &all(texts)
            }
            Test::Contains(texts) => language.of(["contains ", "含有"]).to_owned() + &all(texts),
            Test::Number(from, below) => bounds(
                language,
                (from.map(number), below.map(number)),
                [["at least", "below"], ["不低于", "低于"]],
                unit,
            ),
            Test::Day(from, before) => {
                let day = |day: Day| day.to_string();
                let words = [["from", "before"], ["不早于", "早于"]];
                bounds(language, (from.map(day), before.map(day)), words, "")
            }
            Test::After(other, (from, below)) => {
                let days = |days: i32| days.to_string();
                let words = [["at least", "fewer than"], ["不少于", "少于"]];
                let unit = language.of([" days", " 天"]);
                let span = bounds(language, (from.map(days), below.map(days)), words, unit);
                let other = language.title(other);
                language.of([format!("{span} after {other}"), format!("晚于{other}{span}")])
            }
            Test::Flag(true) => language.of(["is yes", "为是"]).to_owned(),
            Test::Flag(false) => language.of(["is no", "为否"]).to_owned(),
            Test::Recorded(true) => language.of(["is recorded", "已填写"]).to_owned(),
            Test::Recorded(false) => language.of(["is not recorded", "未填写"]).to_owned(),
            Test::Same(other, is_same) => {
                let other = language.title(other);
                let [en, zh] = if *is_same { ["is", "相同"] } else { ["is not", "不同"] };
                language.of([format!("{en} that of {other}"), format!("与{other}{zh}")])
            }
        }
    }
}

/// The words of a lower and an upper bound.
fn bounds(
    language: Language,
    (from, below): (Option<String>, Option<String>),
    words: [[&str; 2]; 2],
    unit: &str,
) -> String {
    let [at_least, less] = language.of(words);
    let told = [(at_least, from), (less, below)];
    let told = told.into_iter().filter_map(|(word, bound)| {
        let bound = bound?;
        Some(format!("{word} {bound}{unit}"))
    });
    told.collect::<Vec<_>>().join(language.of([" and ", "、"]))
}
