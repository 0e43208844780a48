//! Own rules and thresholds in a workbook: a row for each condition, with the words of either language.

use std::array;

use anyhow::{Context, bail};
use csv::StringRecord;

use super::{Definition, OwnRules, TESTS, WrittenCondition};
use crate::import::workbook::Page;
use crate::indicators::CATALOGUE;
use crate::words::nearest::suggestion;

/// The names of the two sheets, English first.
pub const SHEETS: [[&str; 2]; 2] = [["Rules", "规则"], ["Thresholds", "阈值"]];

/// The columns of the sheet of rules.
pub const RULES: [[&str; 2]; 15] = [
    ["Id", "编号"],
    ["Version", "版本"],
    ["Name", "名称"],
    ["English name", "英文名称"],
    ["Basis", "依据"],
    ["In force from", "施行日期"],
    ["In force to", "废止日期"],
    ["Level", "核查层级"],
    ["Scheme", "疑点类型"],
    ["Report above share", "提示比例"],
    ["Innocent causes", "可能的正当原因"],
    ["Column", "字段"],
    ["Test", "条件"],
    ["Other column", "比较字段"],
    ["Value", "值"],
];

/// The columns of the sheet of thresholds.
pub const THRESHOLDS: [[&str; 2]; 3] =
    [["Indicator", "指标"], ["Setting", "参数"], ["Value", "值"]];

/// Several texts in one cell.
const BETWEEN: [char; 3] = ['；', ';', '、'];

/// The cells of a row of the sheet of rules, as [`RULES`] names them.
type Cells<'r> = [&'r str; RULES.len()];

/// The rows of a sheet by their titles.
struct Table<'p> {
    page: &'p Page,
    places: Vec<Option<usize>>,
}

impl<'p> Table<'p> {
    fn of(
        pages: &'p [Page],
        names: [&str; 2],
        titles: &[[&str; 2]],
    ) -> anyhow::Result<Option<Self>> {
        let Some(page) = pages.iter().find(|page| names.contains(&page.name.trim())) else {
            return Ok(None);
        };
        let header =
            page.records.first().with_context(|| format!("the sheet `{}` is empty", page.name))?;
        for title in header.iter().map(str::trim).filter(|it| !it.is_empty()) {
            if !titles.iter().any(|names| names.contains(&title)) {
                let known = titles.iter().flatten().copied();
                let otherwise = "; `mingzhang rules template` writes a sheet with the right ones";
                bail!(
                    "sheet `{}`: the title `{title}` is not known{}",
                    page.name,
                    suggestion(title, known, otherwise)
                );
            }
        }
        let place = |names: &[&str; 2]| header.iter().position(|it| names.contains(&it.trim()));
        Ok(Some(Self { page, places: titles.iter().map(place).collect() }))
    }

    /// Each row with its number in the sheet.
    fn rows(&self) -> impl Iterator<Item = (u64, &'p StringRecord)> {
        (self.page.first..).zip(&self.page.records).skip(1)
    }

    /// The cells of a row in the order of the titles; an empty text for a column that the sheet does not have.
    fn cells<'r, const N: usize>(&self, row: &'r StringRecord) -> [&'r str; N] {
        let place = |column: usize| self.places.get(column).copied().flatten();
        array::from_fn(|column| place(column).and_then(|at| row.get(at)).map_or("", str::trim))
    }
}

impl OwnRules {
    /// The rules and thresholds of a workbook.
    pub(super) fn of_pages(pages: &[Page]) -> anyhow::Result<Self> {
        let [rules, thresholds] = SHEETS;
        let own_rules = Table::of(pages, rules, &RULES)?;
        let settings = Table::of(pages, thresholds, &THRESHOLDS)?;
        if own_rules.is_none() && settings.is_none() {
            bail!("there is no sheet named {} or {}", rules.join(" / "), thresholds.join(" / "));
        }
        let mut own = Self::default();
        if let Some(table) = own_rules {
            own.rules = definitions(&table)?;
        }
        if let Some(table) = settings {
            for (number, row) in table.rows() {
                let [indicator, key, value] = table.cells(row);
                if indicator.is_empty() && key.is_empty() {
                    continue;
                }
                let card = CATALOGUE.iter().map(|it| &it.card);
                let mut named =
                    card.filter(|it| it.name == indicator || it.title_zh() == indicator);
                let name = named.next().map_or(indicator, |it| it.name);
                if key.is_empty() || value.is_empty() {
                    bail!(
                        "sheet `{}`, row {number}: a setting and its value are needed",
                        table.page.name
                    );
                }
                own.indicators
                    .entry(name.to_owned())
                    .or_default()
                    .insert(key.to_owned(), toml_value(value));
            }
        }
        Ok(own)
    }
}

fn definitions(table: &Table<'_>) -> anyhow::Result<Vec<Definition>> {
    let mut all: Vec<Definition> = Vec::new();
    for (number, row) in table.rows() {
        let at = || format!("sheet `{}`, row {number}", table.page.name);
        if row.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        // A rule's further conditions stand below it, without its own cells or with the same ones.
        let [id, version, name, _, basis, ..]: Cells<'_> = table.cells(row);
        let is_further = all.last().is_some_and(|last: &Definition| {
            let number = last.version.to_string();
            let own =
                [(id, &last.id), (version, &number), (name, &last.name), (basis, &last.basis)];
            own.into_iter().all(|(cell, own)| cell.is_empty() || cell == own)
        });
        if !is_further {
            all.push(definition(table, row).with_context(at)?);
        }
        let rule = all.last_mut().with_context(at)?;
        rule.conditions.push(condition(table, row).with_context(at)?);
    }
    Ok(all)
}

fn version(text: &str) -> anyhow::Result<u32> {
    let number = if text.is_empty() { Some(1) } else { text.parse().ok() };
    number.with_context(|| format!("the version must be a whole number, but is `{text}`"))
}

fn definition(table: &Table<'_>, row: &StringRecord) -> anyhow::Result<Definition> {
    let [id, number, name, name_en, basis, from, to, level, scheme, most, innocent, ..]: Cells<'_> =
        table.cells(row);
    let date = |text: &str| {
        let date = || text.parse().ok();
        let told = || format!("expected a day such as 2024-12-31, but found `{text}`");
        (!text.is_empty()).then(|| date().with_context(told)).transpose()
    };
    let share = || {
        let (number, of) = most.strip_suffix('%').map_or((most, 1.0), |it| (it, 100.0));
        let number: Option<f64> = number.trim().parse().ok();
        let told = || format!("expected a share such as 0.05 or 5%, but found `{most}`");
        number.map(|it| it / of).with_context(told)
    };
    Ok(Definition {
        id: id.to_owned(),
        version: version(number)?,
        name: name.to_owned(),
        name_en: (!name_en.is_empty()).then(|| name_en.to_owned()),
        basis: basis.to_owned(),
        from: date(from)?,
        to: date(to)?,
        level: level.to_owned(),
        scheme: scheme.to_owned(),
        most: (!most.is_empty()).then(share).transpose()?,
        innocent: several(innocent).map(str::to_owned).collect(),
        conditions: Vec::new(),
    })
}

/// The texts of one cell.
fn several(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(BETWEEN).map(str::trim).filter(|it| !it.is_empty())
}

fn condition(table: &Table<'_>, row: &StringRecord) -> anyhow::Result<WrittenCondition> {
    let [.., column, test, other, value]: Cells<'_> = table.cells(row);
    let known = TESTS.iter().find(|(key, words)| *key == test || words.contains(&test));
    let Some((key, _)) = known else {
        let words = TESTS.iter().flat_map(|(_, words)| words).copied();
        let otherwise = format!("; known are {}", TESTS.map(|(_, [_, zh])| zh).join("、"));
        bail!("there is no test `{test}`{}", suggestion(test, words, &otherwise));
    };
    let test = match *key {
        "recorded" | "not_recorded" => vec![((*key).to_owned(), true.into())],
        "same_as" | "differs_from" => vec![((*key).to_owned(), other.into())],
        "days_after" => {
            vec![((*key).to_owned(), other.into()), ("from".to_owned(), toml_value(value))]
        }
        "from" | "below" => vec![((*key).to_owned(), toml_value(value))],
        _ => vec![((*key).to_owned(), several(value).collect::<Vec<&str>>().into())],
    };
    Ok(WrittenCondition { column: column.to_owned(), test: test.into_iter().collect() })
}

/// A cell as the TOML value that it reads as, and else as a text.
fn toml_value(cell: &str) -> toml::Value {
    let parsed = format!("value = {cell}").parse::<toml::Table>().ok();
    let value = parsed.and_then(|mut table| table.remove("value"));
    value.filter(|it| !it.is_datetime()).unwrap_or_else(|| cell.into())
}
