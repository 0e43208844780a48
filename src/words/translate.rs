//! Messages in Chinese.
//!
//! Errors, reasons, notes and help are written in English where they arise. The catalogue `messages.txt` pairs each of
//! these templates with a Chinese one, and a text is translated by the template that it was made by. So errors carry
//! no language, and the messages of libraries, which exist in English only, are translated by the same means.

use std::sync::LazyLock;

use super::table::{Lang, fill};

/// The catalogue: pairs of lines, English and Chinese, with cells in braces; blank lines and lines from `#` on are not read.
pub const MESSAGES: &str = include_str!("messages.txt");

/// Cells that hold names, which are the same in both languages.
const NAMES: [&str; 6] = ["column", "columns", "table", "file", "path", "value"];

/// The templates of the catalogue.
static CATALOGUE: LazyLock<Vec<Message>> =
    LazyLock::new(|| pairs(MESSAGES).filter_map(|[en, zh]| Message::of(en, zh)).collect());

/// The pairs of a catalogue, English first.
pub fn pairs(catalogue: &str) -> impl Iterator<Item = [&str; 2]> {
    let mut lines = catalogue.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    std::iter::from_fn(move || Some([lines.next()?, lines.next()?]))
}

/// A template in both languages.
#[derive(Debug)]
struct Message {
    /// What stands before the first cell.
    start: &'static str,
    /// Each cell: its name, and what stands between it and the next one or the end.
    cells: Vec<(&'static str, &'static str)>,
    /// The number of bytes outside cells.
    literal: usize,
    /// The Chinese template.
    chinese: &'static str,
}

impl Message {
    /// The message of a pair; none if a cell is not closed.
    fn of(english: &'static str, chinese: &'static str) -> Option<Self> {
        let mut parts = english.split('{');
        let start = parts.next()?;
        let cells: Vec<_> = parts.map(|part| part.split_once('}')).collect::<Option<_>>()?;
        let literal = start.len() + cells.iter().map(|(_, after)| after.len()).sum::<usize>();
        Some(Self { start, cells, literal, chinese })
    }

    /// The cells of a text that was made by this template.
    fn cells<'t>(&self, text: &'t str) -> Option<Vec<(&'static str, &'t str)>> {
        let mut rest = text.strip_prefix(self.start)?;
        let Some(((last, end), others)) = self.cells.split_last() else {
            return rest.is_empty().then(Vec::new);
        };
        rest = rest.strip_suffix(end)?;
        let mut found = Vec::new();
        for (name, after) in others {
            let (cell, next) = rest.split_once(after)?;
            found.push((*name, cell));
            rest = next;
        }
        found.push((*last, rest));
        Some(found)
    }

    /// Whether the cell of a place is a name, by its own name or because it stands in quotation marks.
    fn is_name(&self, place: usize) -> bool {
        let before = match place.checked_sub(1) {
            None => Some(self.start),
            Some(before) => self.cells.get(before).map(|(_, after)| *after),
        };
        let after = self.cells.get(place).map(|(_, after)| *after);
        let stands_in = |mark: char| {
            before.is_some_and(|text| text.ends_with(mark))
                && after.is_some_and(|text| text.starts_with(mark))
        };
        let is_called_so = self.cells.get(place).is_some_and(|(name, _)| NAMES.contains(name));
        is_called_so || ['`', '\'', '"'].into_iter().any(stands_in)
    }

    /// The Chinese text with these cells.
    fn fill(&self, cells: &[(&str, &str)]) -> String {
        let told = |(place, (name, cell)): (usize, &(&str, &str))| {
            let told = if self.is_name(place) { (*cell).to_owned() } else { chinese(cell) };
            ((*name).to_owned(), told)
        };
        let told: Vec<(String, String)> = cells.iter().enumerate().map(told).collect();
        let told: Vec<_> = told.iter().map(|(name, cell)| (name.as_str(), cell.as_str())).collect();
        fill(self.chinese, &told)
    }
}

/// The Chinese text of an English one; of several templates that fit, the one with most letters of its own is meant.
fn whole(text: &str) -> Option<String> {
    let fits = CATALOGUE.iter().filter_map(|it| it.cells(text).map(|cells| (it, cells)));
    let (message, cells) = fits.max_by_key(|(message, _)| message.literal)?;
    Some(message.fill(&cells))
}

/// A text in Chinese. What is not in the catalogue stays as it is.
pub fn chinese(text: &str) -> String {
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// An English text in a language.
pub fn told(text: &str, lang: Lang) -> String {
    match lang {
        Lang::En => text.to_owned(),
        Lang::Zh => chinese(text),
    }
}

/// The causes of an error in a language, the outermost first.
pub fn chain(causes: &[String], lang: Lang) -> String {
    let told: Vec<String> = causes.iter().map(|cause| told(cause, lang)).collect();
    told.join(lang.of([": ", "："]))
}

/// A line: a message, columns of which the last is one, a message with notes in brackets after it, or several.
fn line(text: &str) -> String {
    let body = text.trim_start();
    let (indent, _) = text.split_at(text.len() - body.len());
    if let Some(told) = whole(body).or_else(|| sentence(body)) {
        return format!("{indent}{told}");
    }
    if let Some((left, right)) = body.rsplit_once("  ") {
        return format!("{indent}{left}  {}", line(right));
    }
    if let Some((left, note)) = body.strip_suffix(']').and_then(|body| body.rsplit_once(" [")) {
        return format!("{indent}{} {}", line(left), line(&format!("[{note}]")));
    }
    let parts: Option<Vec<String>> = body.split("; ").map(whole).collect();
    parts.map_or_else(|| text.to_owned(), |parts| format!("{indent}{}", parts.join("；")))
}

/// A text whose full stop was left out, as clap does in short pages.
fn sentence(text: &str) -> Option<String> {
    whole(&format!("{text}.")).map(|told| told.trim_end_matches('。').to_owned())
}

#[cfg(test)]
mod tests {
    use super::{chain, chinese, pairs, told};
    use crate::words::table::Lang;

    #[test]
    fn a_catalogue_is_pairs_of_lines() {
        let read: Vec<_> = pairs("# a\none\n一\n\ntwo\n二\n").collect();
        assert_eq!(read, [["one", "一"], ["two", "二"]]);
    }

    #[test]
    fn cells_move_to_their_place_and_are_translated_unless_they_are_names() {
        let text = "column `too large` has 3 cells, but the matrix has 4 rows";
        assert_eq!(chinese(text), "列 `too large` 有 3 个单元格，而表有 4 行");
        let text = "`acts` must be at least 1, but is 0";
        assert_eq!(chinese(text), "`acts` 应为至少 1，现为 0");
        assert_eq!(told(text, Lang::En), text);
    }

    #[test]
    fn several_messages_are_translated_one_by_one() {
        assert_eq!(chinese("too large; not a finite number"), "超出范围；不是有限的数");
        assert_eq!(chinese("too large; no such message"), "too large; no such message");
    }

    #[test]
    fn what_is_not_in_the_catalogue_stays_as_it_is() {
        for text in ["", "a.csv", "模拟村", "{", "no such sentence\nand another"] {
            assert_eq!(chinese(text), text);
        }
    }

    #[test]
    fn causes_are_joined_and_lines_keep_their_columns() {
        let causes = ["reading a.toml", "not a finite number"].map(str::to_owned);
        assert_eq!(chain(&causes, Lang::Zh), "读取 a.toml：不是有限的数");
        assert_eq!(
            chinese("Options:\n      --json  Print JSON [default: no]"),
            "选项：\n      --json  输出 JSON [默认：no]"
        );
    }
}
