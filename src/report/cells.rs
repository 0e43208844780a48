//! Numbers and texts of the data as people see them, and sentences with such cells put in.

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
    use super::{plain, short};

    #[test]
    fn numbers_keep_three_digits() {
        let shown: Vec<_> = [0.0, 0.012_34, 1.0, 12.0, 123.4, 56_789.0, 1.2e-7, 0.5]
            .into_iter()
            .map(short)
            .collect();
        assert_eq!(shown, ["0", "0.0123", "1", "12", "123", "56789", "1.2e-7", "0.5"]);
    }

    #[test]
    fn a_name_cannot_move_the_cursor() {
        assert_eq!(plain("a\u{1b}[2Jb\u{202e}c"), "a\u{fffd}[2Jb\u{fffd}c");
    }
}
