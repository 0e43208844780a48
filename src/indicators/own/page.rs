//! The pages of an own rule: what it asks, its sentence and its innocent causes, from the rule itself.

use super::condition::{Condition, DAYS, Test, shown};
use super::rule::Rule;
use crate::ledger::contract::cell::Day;
use crate::ledger::contract::table::{Field, Kind};

/// The key of the sentence of a rule.
pub(super) const MET: &str = "met";

/// The key of the same without the rule's name: what is recorded.
pub const FOUND: &str = "found";

/// A language of a page, English first.
#[derive(Clone, Copy)]
struct Tongue(usize);

impl Tongue {
    fn of<T>(self, [en, zh]: [T; 2]) -> T {
        if self.0 == 0 { en } else { zh }
    }

    fn title(self, field: &Field) -> String {
        self.of([field.name.replace('_', " "), field.zh.to_owned()])
    }
}

impl Rule {
    /// Its page in English and in Chinese.
    pub(super) fn pages(&self) -> [String; 2] {
        [Tongue(0), Tongue(1)].map(|tongue| self.page(tongue))
    }

    fn page(&self, tongue: Tongue) -> String {
        let (name, version) = (tongue.of([&self.name_en, &self.name]), self.version);
        let [asks, else_, sentences] = tongue.of([
            ["Rule", "What else can cause it", "Sentences"],
            ["规则", "还有什么可能的原因", "语句"],
        ]);
        let conditions = |told: &dyn Fn(&Condition) -> String, join: &str| {
            self.conditions.iter().map(told).collect::<Vec<_>>().join(join)
        };
        let rule = conditions(&|it| format!("- {}", it.asked(tongue)), "\n");
        let found = conditions(&|it| it.told(tongue), tongue.of(["; ", "；"]));
        let met = match tongue.0 {
            0 => format!("meets the rule “{name}” (version {version}): {found}"),
            _ => format!("符合本单位规则“{name}”（第 {version} 版）：{found}"),
        };
        let innocent: Vec<String> = self.innocent.iter().map(|it| format!("- {it}")).collect();
        let innocent = innocent.join("\n");
        format!(
            "# {name}\n\n## {asks}\n{rule}\n\n## {sentences}\n- `{MET}`: {met}\n- `{FOUND}`: {found}\n\n## {else_}\n{innocent}\n"
        )
    }
}

impl Condition {
    /// What it asks for.
    fn asked(&self, tongue: Tongue) -> String {
        let (title, wanted) = (tongue.title(self.field), self.wanted(tongue));
        tongue.of([format!("{title} {wanted}"), format!("{title}{wanted}")])
    }

    /// What a line that meets it holds, with blanks for its cells.
    fn told(&self, tongue: Tongue) -> String {
        let (title, cell) = (tongue.title(self.field), format!("{{{}}}", self.field.name));
        let plain = tongue.of([format!("{title} {cell}"), format!("{title}{cell}")]);
        match &self.test {
            Test::Recorded(false) | Test::Flag(_) => self.asked(tongue),
            Test::Recorded(true) => plain,
            // The cell is one of the column's own words.
            Test::Is(_) | Test::IsNot(_) if !self.field.values.is_empty() => plain,
            Test::Same(other, true) => {
                let other = tongue.title(other);
                tongue.of([
                    format!("{title} and {other} are both {cell}"),
                    format!("{title}与{other}同为 {cell}"),
                ])
            }
            Test::Same(other, false) => {
                let (other_title, other) = (tongue.title(other), format!("{{{}}}", other.name));
                let comma = tongue.of([",", "，"]);
                format!("{title} {cell}{comma} {other_title} {other}")
            }
            Test::After(other, _) => {
                let (other_title, other) = (tongue.title(other), format!("{{{}}}", other.name));
                tongue.of([
                    format!("{title} {cell}, {other_title} {other}, {{{DAYS}}} days apart"),
                    format!("{title} {cell}，{other_title} {other}，相隔 {{{DAYS}}} 天"),
                ])
            }
            _ => {
                let wanted = self.wanted(tongue);
                let unit =
                    if self.field.kind == Kind::Money { tongue.of([" yuan", " 元"]) } else { "" };
                tongue.of([
                    format!("{title} {cell}{unit} ({wanted})"),
                    format!("{title} {cell}{unit}（{wanted}）"),
                ])
            }
        }
    }

    /// What its column must hold.
    fn wanted(&self, tongue: Tongue) -> String {
        let all = |texts: &[String]| texts.join(tongue.of([" or ", "或"]));
        let number = |bound: f64| shown(bound, self.field.kind);
        let unit = if self.field.kind == Kind::Money { tongue.of([" yuan", " 元"]) } else { "" };
        match &self.test {
            Test::Is(texts) => tongue.of(["is ", "为"]).to_owned() + &all(texts),
            Test::IsNot(texts) => tongue.of(["is not ", "不为"]).to_owned() + &all(texts),
            Test::Starts(texts) => {
                tongue.of(["begins with ", "以此开头："]).to_owned() + &all(texts)
            }
            Test::Contains(texts) => tongue.of(["contains ", "含有"]).to_owned() + &all(texts),
            Test::Number(from, below) => bounds(
                tongue,
                (from.map(number), below.map(number)),
                [["at least", "below"], ["不低于", "低于"]],
                unit,
            ),
            Test::Day(from, before) => {
                let day = |day: Day| day.to_string();
                let words = [["from", "before"], ["不早于", "早于"]];
                bounds(tongue, (from.map(day), before.map(day)), words, "")
            }
            Test::After(other, (from, below)) => {
                let days = |days: i32| days.to_string();
                let words = [["at least", "fewer than"], ["不少于", "少于"]];
                let unit = tongue.of([" days", " 天"]);
                let span = bounds(tongue, (from.map(days), below.map(days)), words, unit);
                let other = tongue.title(other);
                tongue.of([format!("{span} after {other}"), format!("晚于{other}{span}")])
            }
            Test::Flag(true) => tongue.of(["is yes", "为是"]).to_owned(),
            Test::Flag(false) => tongue.of(["is no", "为否"]).to_owned(),
            Test::Recorded(true) => tongue.of(["is recorded", "已填写"]).to_owned(),
            Test::Recorded(false) => tongue.of(["is not recorded", "未填写"]).to_owned(),
            Test::Same(other, is_same) => {
                let other = tongue.title(other);
                let [en, zh] = if *is_same { ["is", "相同"] } else { ["is not", "不同"] };
                tongue.of([format!("{en} that of {other}"), format!("与{other}{zh}")])
            }
        }
    }
}

/// The words of a lower and an upper bound.
fn bounds(
    tongue: Tongue,
    (from, below): (Option<String>, Option<String>),
    words: [[&str; 2]; 2],
    unit: &str,
) -> String {
    let [at_least, less] = tongue.of(words);
    let told = [(at_least, from), (less, below)];
    let told = told.into_iter().filter_map(|(word, bound)| {
        let bound = bound?;
        Some(format!("{word} {bound}{unit}"))
    });
    told.collect::<Vec<_>>().join(tongue.of([" and ", "、"]))
}
