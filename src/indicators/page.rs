//! Reading a page: its sections, its settings, and the blocks of its worked example.

use super::card;

/// The sections that every page has, in order.
pub(super) const SECTIONS: &[&str] = &[
    "Rule",
    "Not counted",
    "Value and sample",
    "Sentences",
    "What else can cause it",
    "What would clear it",
    "Method",
    "Settings",
    "Sources",
    "Worked example",
];

/// The same in Chinese.
pub(super) const SECTIONS_ZH: &[&str] = &[
    "规则",
    "不计入",
    "指标值与样本量",
    "语句",
    "还有什么可能的原因",
    "如何核实排除",
    "方法",
    "设置",
    "来源",
    "示例",
];

/// The headings of a page below its title.
pub(super) fn sections(page: &str) -> Vec<&str> {
    page.lines().filter_map(|line| line.strip_prefix("## ")).collect()
}

/// The blocks of the worked example: what each is (`ledger`, `readings`, ...) and its CSV.
pub(crate) fn blocks(page: &str) -> Vec<(&str, &str)> {
    let fenced = page.split("```csv ").skip(1);
    fenced
        .map(|rest| {
            let (name, rest) = rest.split_once('\n').unwrap();
            (name.trim(), rest.split_once("```").unwrap().0)
        })
        .collect()
}

/// The text of a section, the heading left out; the page must have it.
pub(super) fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let title = page.lines().next().unwrap_or_default();
    assert!(sections(page).contains(&heading), "the page `{title}` has no section `{heading}`");
    card::section(page, heading)
}

/// The keys of the table of settings with their defaults.
pub(super) fn settings(section: &str) -> Vec<(&str, &str)> {
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let mut cells = row.split('|').map(|cell| cell.trim().trim_matches('`'));
        (cells.nth(1).unwrap(), cells.next().unwrap())
    })
    .collect()
}
