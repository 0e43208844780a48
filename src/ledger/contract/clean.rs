//! Cleaning of codes and names from artefacts of spreadsheets and keyboards, so that each identity has one spelling.

use std::borrow::Cow;

use crate::ledger::contract::parse::plain;
use crate::ledger::contract::table::{Field, Kind};

/// Placeholders for missing codes, names, days or counts. `none` is excluded because it is a grade of an outcome.
const PLACEHOLDERS: [&str; 21] = [
    "无", "暂无", "待定", "空", "不详", "/", "／", "\\", "-", "--", "—", "——", "–", "－", "NULL",
    "N/A", "#N/A", "#VALUE!", "#REF!", "NAN", "NIL",
];

/// Whether a text is a placeholder.
pub fn says_nothing(text: &str) -> bool {
    PLACEHOLDERS.contains(&text.trim().to_uppercase().as_str())
}

/// Whether a code or a name is a placeholder, including 0.
pub fn is_nobody(text: &str) -> bool {
    says_nothing(text) || ["0", "０"].contains(&text.trim())
}

/// The form of a text, which determines how it is cleaned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A code: full-width letters are converted to plain ones.
    Code,
    /// A number such as a bank account: spaces between digits are removed.
    Number,
    /// The name or id of a payee or signer: spaces beside Chinese characters are removed.
    Name,
    /// Descriptive text: characters are not converted.
    Words,
}

/// Columns of names, and of ids that may contain names.
const NAMES: [&str; 12] = [
    "payee_name",
    "name",
    "payee",
    "handler",
    "witness",
    "approver",
    "cosigner",
    "township_reviewer",
    "clerk",
    "person",
    "owner",
    "tenant",
];

/// Columns of numbers.
const NUMBERS: [&str; 5] =
    ["village", "region", "account", "payee_account", "counterparty_account"];

/// Columns of words.
const WORDS: [&str; 9] =
    ["summary", "document", "method", "item", "address", "remark", "asset", "relation", "terrain"];

/// Columns that identify persons, firms, accounts and documents.
const IDENTITIES: [&str; 14] = [
    "document_no",
    "decision",
    "contract",
    "project",
    "payee_account",
    "counterparty_account",
    "payee",
    "payee_name",
    "handler",
    "witness",
    "approver",
    "cosigner",
    "township_reviewer",
    "person",
];

/// Whether a column identifies persons, firms, accounts or documents.
pub fn is_identity(field: &Field) -> bool {
    IDENTITIES.contains(&field.name)
}

impl Form {
    /// The form of a column.
    pub fn of(field: &Field) -> Self {
        match field.name {
            // The space between a day and its time is kept.
            _ if field.kind != Kind::Text => Self::Words,
            name if NAMES.contains(&name) => Self::Name,
            name if NUMBERS.contains(&name) => Self::Number,
            name if WORDS.contains(&name) => Self::Words,
            _ => Self::Code,
        }
    }
}

/// Removes artefacts: surrounding spaces, zero-width characters, and the apostrophe or `="..."` with which spreadsheets
/// keep a code as text. Full-width forms and inner spaces are removed if the form allows it.
pub fn clean(text: &str, form: Form) -> Cow<'_, str> {
    let text = bare(text);
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Cow::Borrowed(text);
    }
    let seen: String = text.chars().filter(|letter| !is_unseen(*letter)).collect();
    match form {
        Form::Words => Cow::Owned(on_one_line(bare(&seen))),
        Form::Code => Cow::Owned(plain(&seen).split_whitespace().collect::<Vec<_>>().join(" ")),
        Form::Number => {
            let number = plain(&seen).trim().to_owned();
            let is_digits =
                number.chars().all(|letter| letter.is_ascii_digit() || letter.is_whitespace());
            Cow::Owned(if is_digits { number.split_whitespace().collect() } else { number })
        }
        Form::Name => Cow::Owned(without_blanks(plain(&seen).trim())),
    }
}

/// Removes surrounding spaces, an apostrophe or `="..."`.
fn bare(text: &str) -> &str {
    let mut text = text.trim_matches(|letter: char| letter.is_whitespace() || is_unseen(letter));
    let formula = text.strip_prefix("=\"").and_then(|inner| inner.strip_suffix('"'));
    text = formula.unwrap_or(text);
    let quoted =
        text.strip_prefix(['\'', '＇']).filter(|rest| !rest.is_empty() && !rest.contains('\''));
    quoted.unwrap_or(text).trim()
}

/// Whether a character is zero-width or a control character.
fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
        || (letter.is_control() && letter != '\t' && letter != '\n')
}

/// Joins text with line breaks into one line.
fn on_one_line(words: &str) -> String {
    let between = if words.chars().any(is_han) { "" } else { " " };
    words
        .split(['\r', '\n', '\t'])
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(between)
}

/// Removes spaces beside Chinese characters, and collapses others.
fn without_blanks(text: &str) -> String {
    let letters: Vec<char> =
        text.split_whitespace().collect::<Vec<_>>().join(" ").chars().collect();
    let is_han = |place: Option<usize>| {
        place.and_then(|place| letters.get(place)).is_some_and(|letter| is_han(*letter))
    };
    let kept = letters.iter().enumerate().filter(|(place, letter)| {
        **letter != ' ' || !(is_han(place.checked_sub(1)) || is_han(Some(place + 1)))
    });
    kept.map(|(_, letter)| *letter).collect()
}

/// Whether a character is Chinese.
pub fn is_han(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '〇' | '々')
}

/// Whether a code was converted to scientific notation, so that its last digits are lost: `6.21707E+18`.
pub fn is_spoiled(code: &str) -> bool {
    let Some((mantissa, exponent)) = code.split_once(['e', 'E']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    whole.len() == 1
        && digits(whole)
        && digits(fraction)
        && digits(exponent.strip_prefix('+').unwrap_or(exponent))
        // 1E5 may be a code; a converted long number has decimals or a plus sign.
        && (mantissa.contains('.') || exponent.starts_with('+'))
}

#[cfg(test)]
mod tests {
    use super::{Form, clean, is_nobody, is_spoiled, says_nothing};

    #[test]
    fn one_code_has_one_spelling() {
        for text in ["0012", "'0012", "\t0012", "=\"0012\"", " ００１２ ", "\u{200b}0012\u{feff}"]
        {
            assert_eq!(clean(text, Form::Code), "0012", "{text:?}");
        }
        assert_eq!(clean("记－０００３", Form::Code), "记-0003");
        assert_eq!(clean("09  0109", Form::Code), "09 0109", "another invoice than 090109");
        assert_eq!(clean("6217 0677 2138", Form::Number), "621706772138");
    }

    #[test]
    fn words_for_nothing_are_nobody() {
        for text in ["无", " - ", "null", "#N/A", "0", "０"] {
            assert!(is_nobody(text), "{text}");
        }
        assert!(
            !is_nobody("无名巷") && !is_nobody("00") && !says_nothing("0") && !says_nothing("none")
        );
    }

    #[test]
    fn a_name_keeps_no_blank_beside_a_chinese_letter() {
        assert_eq!(clean("模　拟", Form::Name), "模拟");
        assert_eq!(clean("模拟（示例） 商店", Form::Name), "模拟(示例) 商店".replace(' ', ""));
        assert_eq!(clean("ACME  Ltd", Form::Name), "ACME Ltd");
        assert_eq!(clean("O'Neill", Form::Name), "O'Neill");
    }

    #[test]
    fn words_keep_their_letters() {
        assert_eq!(clean(" 付 会议用水款（一） ", Form::Words), "付 会议用水款（一）");
        assert_eq!(clean("付会议\n用水款", Form::Words), "付会议用水款");
    }

    #[test]
    fn a_code_with_an_exponent_has_lost_its_digits() {
        for spoiled in ["6.21707E+18", "6.21706772138294e18", "9.90203E+11", "1E+05"] {
            assert!(is_spoiled(spoiled), "{spoiled}");
        }
        for code in ["1E5", "记-1", "62170677", "E12", "3E", "12.5E+3"] {
            assert!(!is_spoiled(code), "{code}");
        }
    }
}
