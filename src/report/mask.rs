//! What of a cell may be shown: long numbers keep their last four digits, and no letter moves the cursor.

/// Digits in a row from which a number may be an identity card, an account or a telephone.
const LONG: usize = 8;

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
        let run = letters.get(at..).unwrap_or(&[]);
        let length =
            run.iter().take_while(|it| it.is_ascii_digit() || matches!(it, '-' | ' ')).count();
        let run = run.get(..length).unwrap_or(&[]);
        let digits = run.iter().filter(|it| it.is_ascii_digit()).count();
        if letter.is_ascii_digit() && digits >= LONG && !is_date(run) {
            let mut left = digits;
            for own in run {
                let hides = own.is_ascii_digit() && left > 4;
                out.push(if hides { '*' } else { *own });
                left -= usize::from(own.is_ascii_digit());
            }
            at += length;
            continue;
        }
        out.push(if moves(letter) { '\u{fffd}' } else { letter });
        at += 1;
    }
    if is_cut {
        out = out.chars().take(LETTERS).chain(['…']).collect();
    }
    out
}

/// Whether digits are a date, as `2024-03-01`.
fn is_date(run: &[char]) -> bool {
    let text: String = run.iter().collect();
    let mut parts = text.trim().split('-');
    let lengths: Vec<usize> = parts.by_ref().map(str::len).collect();
    matches!(lengths.as_slice(), [4, 1..=2, 1..=2])
}

/// Whether a letter moves the cursor, breaks the line or turns the direction of reading.
fn moves(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::{LETTERS, shown};

    #[test]
    fn numbers_of_persons_keep_four_digits() {
        for (text, expected) in [
            ("转 6222021234567890123", "转 ***************0123"),
            ("138-0013-8000", "***-****-8000"),
            ("身份证 430921199001011234", "身份证 **************1234"),
            ("2024-03-01 付款 1200.00", "2024-03-01 付款 1200.00"),
            ("P-0001", "P-0001"),
            ("", ""),
        ] {
            assert_eq!(shown(text), expected);
        }
    }

    #[test]
    fn nothing_turns_breaks_or_runs_on() {
        assert_eq!(shown("a\nb\u{202e}c"), "a\u{fffd}b\u{fffd}c");
        assert_eq!(shown(&"长".repeat(10_000)).chars().count(), LETTERS + 1);
    }
}
