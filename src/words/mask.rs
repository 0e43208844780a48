//! What of a cell may be shown: long numbers keep their last four digits, and no letter moves the cursor.

use crate::ledger::subject::Grain;

/// Digits in a row from which a number may be an identity card, an account or a telephone.
const LONG: usize = 8;

/// Its digits that are shown.
const SHOWN: usize = 4;

/// Letters of a text that are shown at most.
const LETTERS: usize = 120;

/// A text from the data as a person may read it.
///
/// Of eight digits or more in a row, signs between them left out, the last four stay; what turns or
/// breaks a line becomes a visible mark; a text beyond 120 letters is cut.
pub fn shown(text: &str) -> String {
    let letters: Vec<char> = text.chars().take(LETTERS + 1).collect();
    let is_cut = letters.len() > LETTERS;
    let mut out = String::new();
    let mut at = 0;
    while let Some(letter) = letters.get(at).copied() {
        let rest = letters.get(at..).unwrap_or(&[]);
        if let Some((run, keep)) = long(rest) {
            let mut left = run.iter().filter(|it| digit(**it)).count();
            for own in run {
                out.push(if digit(*own) && left > keep { '*' } else { *own });
                left -= usize::from(digit(*own));
            }
            at += run.len();
            continue;
        }
        out.push(match letter {
            '\n' | '\r' | '\t' => ' ',
            letter if moves(letter) => '\u{fffd}',
            letter => letter,
        });
        at += 1;
    }
    if is_cut {
        out = out.chars().take(LETTERS).chain(['…']).collect();
    }
    out
}

/// The number of an account, of which the last four letters or digits stay.
pub fn masked_account(text: &str) -> String {
    let mut hidden = text.chars().filter(|it| it.is_alphanumeric()).count().saturating_sub(SHOWN);
    let hide = |letter: char| {
        if !letter.is_alphanumeric() || hidden == 0 {
            return letter;
        }
        hidden -= 1;
        '*'
    };
    shown(text.chars().map(hide).collect::<String>().as_str())
}

/// The long number that a text begins with, and how many of its digits may be shown: as people write it, with
/// blanks and dashes between its digits, or with dots and bars.
fn long(text: &[char]) -> Option<(&[char], usize)> {
    let signs: [&[char]; 2] =
        [&['-', ' ', '\u{ff0d}', '\u{3000}'], &['.', '_', '\u{ff0e}', '·', '/']];
    signs.into_iter().find_map(|signs| {
        let length = text.iter().take_while(|it| digit(**it) || signs.contains(it)).count();
        let run = text.get(..length)?;
        let digits = run.iter().filter(|it| digit(**it)).count();
        let is_long = text.first().is_some_and(|it| digit(*it)) && digits >= LONG && !is_date(run);
        // The last letter of an identity card may be an X.
        let ends_in_x = digits == 17 && text.get(length).is_some_and(|it| "xX".contains(*it));
        is_long.then_some((run, if ends_in_x { SHOWN - 1 } else { SHOWN }))
    })
}

/// Whether a letter is a digit, of any width.
fn digit(letter: char) -> bool {
    letter.is_ascii_digit() || matches!(letter, '\u{ff10}'..='\u{ff19}')
}

/// Whether digits are a date, as `2024-03-01`.
fn is_date(run: &[char]) -> bool {
    let text: String = run.iter().collect();
    let parts = text.trim().split(['-', '.', '/']);
    let lengths: Vec<usize> = parts.map(str::len).collect();
    matches!(lengths.as_slice(), [4, 1..=2, 1..=2])
}

/// Whether a letter moves the cursor, breaks the line or turns the direction of reading.
fn moves(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The key of a subject as a person may read it: who is paid or signs may be known by the number of a card.
pub fn shown_key(grain: Grain, key: &str) -> String {
    match grain {
        Grain::Payment | Grain::Village => key.to_owned(),
        Grain::Payee | Grain::Official => shown(key),
    }
}

#[cfg(test)]
mod tests {
    use super::{LETTERS, masked_account, shown};

    #[test]
    fn numbers_of_persons_keep_four_digits() {
        for (text, expected) in [
            ("转 6222021234567890123", "转 ***************0123"),
            ("138-0013-8000", "***-****-8000"),
            ("身份证 430921199001011234", "身份证 **************1234"),
            ("2024-03-01 付款 1200.00", "2024-03-01 付款 1200.00"),
            ("P-0001", "P-0001"),
            ("6222.0212_3456", "****.****_3456"),
            ("电话１３８００１３８０００", "电话*******８０００"),
            ("11010119800101124X", "**************124X"),
            ("2024.03.01 付 1200.50", "2024.03.01 付 1200.50"),
            ("2024/3/15", "2024/3/15"),
            ("", ""),
        ] {
            assert_eq!(shown(text), expected);
        }
    }

    #[test]
    fn of_an_account_four_letters_are_left() {
        assert_eq!(masked_account("ACC-38a4c637dd23"), "***-********dd23");
        assert_eq!(masked_account("6222021234567890123"), "***************0123");
        assert_eq!(masked_account("12"), "12");
    }

    #[test]
    fn nothing_turns_breaks_or_runs_on() {
        assert_eq!(shown("a\nb\u{202e}c\u{7}"), "a b\u{fffd}c\u{fffd}");
        assert_eq!(shown(&"长".repeat(10_000)).chars().count(), LETTERS + 1);
    }
}
