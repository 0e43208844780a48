//! Printing of lines and short tables in one language.

use std::io::Write;

use comfy_table::Table;
use comfy_table::presets::NOTHING;

use crate::report::cells::{format_message, plain};
use crate::words::table::{Lang, Word};
use crate::words::translate::told;

/// The maximum number of table rows printed.
const SHOWN: usize = 10;

/// The output and its language.
pub(super) struct Lines<'a> {
    pub(super) out: &'a mut dyn Write,
    pub(super) lang: Lang,
}

impl Lines<'_> {
    /// Prints a line.
    pub(super) fn raw(&mut self, line: &str) -> std::io::Result<()> {
        writeln!(self.out, "{line}")
    }

    /// Prints an English text in the language.
    pub(super) fn tell(&mut self, text: &str) -> std::io::Result<()> {
        self.raw(&told(text, self.lang))
    }

    /// Prints an English text in the language, after an empty line.
    pub(super) fn paragraph(&mut self, text: &str) -> std::io::Result<()> {
        self.raw("")?;
        self.tell(text)
    }

    /// Prints an English text in the language, indented.
    pub(super) fn item(&mut self, text: &str) -> std::io::Result<()> {
        self.raw(&format!("  {}", told(text, self.lang)))
    }

    /// Prints a sentence with the given cells.
    pub(super) fn say(&mut self, word: Word, cells: &[(&str, String)]) -> std::io::Result<()> {
        let line = self.text(word, cells);
        self.raw(&line)
    }

    /// The text of a sentence with the given cells.
    pub(super) fn text(&self, word: Word, cells: &[(&str, String)]) -> String {
        format_message(word, self.lang, cells)
    }

    /// Prints the first rows of a table, and the number of further rows.
    pub(super) fn table<const N: usize>(
        &mut self,
        head: [Word; N],
        rows: &[[String; N]],
    ) -> std::io::Result<()> {
        self.whole_table(head, rows.get(..SHOWN).unwrap_or(rows))?;
        self.more(rows.len().saturating_sub(SHOWN))
    }

    /// Prints all rows of a table.
    pub(super) fn whole_table<const N: usize>(
        &mut self,
        head: [Word; N],
        rows: &[[String; N]],
    ) -> std::io::Result<()> {
        self.titled(head.map(|word| word.to(self.lang)), rows)
    }

    /// Prints all rows of a table below titles in the language.
    pub(super) fn titled<const N: usize>(
        &mut self,
        titles: [&str; N],
        rows: &[[String; N]],
    ) -> std::io::Result<()> {
        let mut table = Table::new();
        table.load_style(NOTHING);
        table.set_header(titles);
        for row in rows {
            table.add_row(row.iter().map(|cell| plain(cell)));
        }
        for line in table.lines() {
            self.raw(&format!(" {}", line.trim_end()))?;
        }
        Ok(())
    }

    /// Prints the number of further rows, if any.
    pub(super) fn more(&mut self, count: usize) -> std::io::Result<()> {
        if count == 0 {
            return Ok(());
        }
        self.say(Word::CheckMore, &[("count", count.to_string())])
    }

    /// Some names in one cell, and the number of further names.
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
