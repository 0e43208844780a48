//! Numbers and texts of the data as people see them, and sentences with such cells put in.

use crate::ledger::contract::cell::{Cell, Fen};
use crate::words::table::{Lang, Word, fill};

/// A share in percent, to a tenth.
pub fn percent(share: f64) -> String {
    format!("{} %", short((share * 1000.0).round() / 10.0))
}

/// A number with three digits that count.
pub fn short(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let size = value.abs();
    if (0.001..100_000.0).contains(&size) {
        #[expect(clippy::cast_possible_truncation, reason = "a power of ten of a double")]
        let before = size.log10().floor() as i32;
        let decimals = usize::try_from(2 - before).unwrap_or(0);
        let text = format!("{value:.decimals$}");
        if text.contains('.') {
            return text.trim_end_matches('0').trim_end_matches('.').to_owned();
        }
        return text;
    }
    format!("{value:.1e}")
}

/// A number of rows, days or people, with its thousands separated.
pub fn count(number: u64) -> String {
    separated(&number.to_string())
}

/// An amount in yuan with its thousands separated and its fen; empty where there is none.
pub fn money(amount: Fen) -> String {
    let Some(amount) = amount.some() else { return String::new() };
    let text = amount.to_string();
    let (yuan, fen) = text.split_once('.').unwrap_or((&text, "00"));
    let (sign, yuan) = yuan.strip_prefix('-').map_or(("", yuan), |yuan| ("-", yuan));
    format!("{sign}{}.{fen}", separated(yuan))
}

/// A positive number without decimals, its thousands separated; below 1 as it is.
pub fn thousands(number: f64) -> String {
    if number < 1.0 { format!("{number}") } else { separated(&format!("{number:.0}")) }
}

/// Digits with a comma before every third from the end.
fn separated(digits: &str) -> String {
    let parts: Vec<&[u8]> = digits.as_bytes().rchunks(3).rev().collect();
    String::from_utf8_lossy(&parts.join(&b',')).into_owned()
}

/// A text from the data with what could move the cursor of a terminal made visible.
pub fn plain(text: &str) -> String {
    let turns = |letter: char| {
        letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|letter| if turns(letter) { '\u{fffd}' } else { letter }).collect()
}

/// A word with its cells put in.
pub fn format_message(word: Word, lang: Lang, cells: &[(&str, String)]) -> String {
    let cells: Vec<(&str, &str)> =
        cells.iter().map(|(name, cell)| (*name, cell.as_str())).collect();
    fill(word.to(lang), &cells)
}

#[cfg(test)]
mod tests {
    use super::{money, plain, short, thousands};
    use crate::ledger::contract::cell::{Cell, Fen};

    #[test]
    fn numbers_keep_three_digits() {
        let shown: Vec<_> = [0.0, 0.012_34, 1.0, 12.0, 123.4, 56_789.0, 1.2e-7, 0.5]
            .into_iter()
            .map(short)
            .collect();
        assert_eq!(shown, ["0", "0.0123", "1", "12", "123", "56789", "1.2e-7", "0.5"]);
    }

    #[test]
    fn thousands_are_separated() {
        let separated = [0.1, 1.0, 999.0, 1_000.0, 1_234_567.0].map(thousands);
        assert_eq!(separated, ["0.1", "1", "999", "1,000", "1,234,567"]);
        let shown = [Fen(0), Fen(5), Fen(123_456_789), Fen(-120_000), Fen::NONE].map(money);
        assert_eq!(shown, ["0.00", "0.05", "1,234,567.89", "-1,200.00", ""]);
    }

    #[test]
    fn a_name_cannot_move_the_cursor() {
        assert_eq!(plain("a\u{1b}[2Jb\u{202e}c"), "a\u{fffd}[2Jb\u{fffd}c");
    }
}
