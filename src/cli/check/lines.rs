//! Lines and short tables of one language on a terminal.

use std::io::Write;

use comfy_table::Table;
use comfy_table::presets::NOTHING;

use crate::report::cells::{format_message, plain};
use crate::words::table::{Lang, Word};

/// Rows of a table that are printed.
const SHOWN: usize = 10;

/// Where lines go, and their language.
pub(super) struct Lines<'a> {
    pub(super) out: &'a mut dyn Write,
    pub(super) lang: Lang,
}

impl Lines<'_> {
    /// A line as it is.
    pub(super) fn raw(&mut self, line: &str) -> std::io::Result<()> {
        writeln!(self.out, "{line}")
    }

    /// A sentence with its cells.
    pub(super) fn say(&mut self, word: Word, cells: &[(&str, String)]) -> std::io::Result<()> {
        let line = self.text(word, cells);
        self.raw(&line)
    }

    /// The text of a sentence.
    pub(super) fn text(&self, word: Word, cells: &[(&str, String)]) -> String {
        format_message(word, self.lang, cells)
    }

    /// The first rows of a table, and how many more there are.
    pub(super) fn table<const N: usize>(
        &mut self,
        head: [Word; N],
        rows: &[[String; N]],
    ) -> std::io::Result<()> {
        let mut table = Table::new();
        table.load_style(NOTHING);
        table.set_header(head.map(|word| word.to(self.lang)));
        for row in rows.iter().take(SHOWN) {
            table.add_row(row.iter().map(|cell| plain(cell)));
        }
        for line in table.lines() {
            self.raw(&format!(" {}", line.trim_end()))?;
        }
        self.more(rows.len().saturating_sub(SHOWN))
    }

    /// How many more there are, if any.
    fn more(&mut self, count: usize) -> std::io::Result<()> {
        if count == 0 {
            return Ok(());
        }
        self.say(Word::CheckMore, &[("count", count.to_string())])
    }

    /// Some names in one cell, and how many more there are.
    pub(super) fn some(&self, names: &[String], most: usize) -> String {
        let shown: Vec<&str> = names.iter().take(most).map(String::as_str).collect();
        let shown = shown.join(self.lang.of([", ", "、"]));
        match names.len().saturating_sub(most) {
            0 => shown,
            more => {
                let cells = [("names", shown), ("count", more.to_string())];
                self.text(Word::CheckAndMore, &cells)
            }
        }
    }
}
