//! Numbers of persons in a text that everybody may read: identity cards, bank cards and mobile telephones.
//!
//! What is found is counted by kind and never repeated.

use strum::IntoStaticStr;

/// A kind of number by which a person can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Number {
    /// Of an identity card: 18 digits, the last a check digit or X.
    Identity,
    /// Of a bank card: 16 to 19 digits with the check digit of ISO/IEC 7812.
    Card,
    /// Of a mobile telephone: 11 digits from 13 to 19 on.
    Telephone,
}

/// The numbers of persons in a text, in order. A number may be written in groups with blanks or dashes between them;
/// one that is masked in part is none.
pub fn exposed(text: &str) -> Vec<Number> {
    let letters: Vec<char> = text.chars().map(narrow).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = letters.get(at..).filter(|rest| !rest.is_empty()) {
        let run = run(rest);
        if run.is_empty() {
            at += 1;
            continue;
        }
        at += run.len();
        let groups: Vec<&[char]> =
            run.split(|it| !is_digit(*it)).filter(|it| !it.is_empty()).collect();
        let alone: Vec<Number> = groups.iter().filter_map(|group| number(group)).collect();
        // A number that stands in one group beside another is a code, and so is what begins with a day.
        if alone.is_empty() && groups.len() > 2 && !begins_with_a_day(&groups) {
            found.extend(number(&groups.concat()));
        } else {
            found.extend(alone);
        }
    }
    found
}

/// Digits that a text begins with, in groups with one sign between them; an X ends the number of a card.
fn run(rest: &[char]) -> &[char] {
    if !rest.first().is_some_and(|it| is_digit(*it)) {
        return &[];
    }
    let mut end = 0;
    for (place, letter) in rest.iter().enumerate() {
        let follows = rest.get(place + 1).is_some_and(|it| is_digit(*it));
        if is_digit(*letter) {
            end = place + 1;
            if *letter == 'X' {
                break;
            }
        } else if !(matches!(letter, ' ' | '-') && follows) {
            break;
        }
    }
    rest.get(..end).unwrap_or_default()
}

/// A digit of full width as one of half width, and what joins digits as a dash or a blank.
fn narrow(letter: char) -> char {
    match letter {
        '\u{ff10}'..='\u{ff19}' => {
            char::from_u32(u32::from(letter) - 0xff10 + u32::from('0')).unwrap_or(letter)
        }
        '\u{ff0d}' | '\u{2010}'..='\u{2014}' => '-',
        '\u{3000}' | '\u{a0}' => ' ',
        'x' | '\u{ff38}' | '\u{ff58}' => 'X',
        letter => letter,
    }
}

fn is_digit(letter: char) -> bool {
    letter.is_ascii_digit() || letter == 'X'
}

/// Whether groups begin with a year, a month and a day.
fn begins_with_a_day(groups: &[&[char]]) -> bool {
    matches!(groups, [year, month, day, ..] if year.len() == 4 && month.len() <= 2 && day.len() <= 2)
}

fn number(group: &[char]) -> Option<Number> {
    let digits: Vec<u32> = group.iter().filter_map(|it| it.to_digit(10)).collect();
    let is_whole = digits.len() == group.len();
    match group.len() {
        18 if is_identity(group, &digits) => Some(Number::Identity),
        16..=19 if is_whole && is_card(&digits) => Some(Number::Card),
        11 if is_whole && is_telephone(&digits) => Some(Number::Telephone),
        _ => None,
    }
}

/// GB 11643: the weighted sum of the first 17 digits gives the last one.
fn is_identity(group: &[char], digits: &[u32]) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    let Some(first) = digits.get(..17) else { return false };
    let sum: u32 = first.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    let check = usize::try_from(sum % 11).ok().and_then(|place| CHECKS.get(place));
    check == group.last()
}

/// Luhn's check digit. A number of the same digit throughout is none.
fn is_card(digits: &[u32]) -> bool {
    let doubled = |(place, digit): (usize, &u32)| match (place % 2, digit * 2) {
        (0, _) => *digit,
        (_, twice) if twice > 9 => twice - 9,
        (_, twice) => twice,
    };
    let sum: u32 = digits.iter().rev().enumerate().map(doubled).sum();
    sum.is_multiple_of(10) && digits.iter().any(|it| Some(it) != digits.first())
}

fn is_telephone(digits: &[u32]) -> bool {
    matches!(digits, [1, 3..=9, ..])
}

#[cfg(test)]
mod tests {
    use super::Number::{Card, Identity, Telephone};
    use super::exposed;

    #[test]
    fn numbers_of_persons_are_found_however_they_are_written() {
        for (text, found) in [
            ("身份证11010519491231002X，电话13800138000", vec![Identity, Telephone]),
            ("440524188001010014", vec![Identity]),
            ("卡号 6222 0212 3456 7890 128", vec![Card]),
            ("138-0013-8000", vec![Telephone]),
            ("１３８００１３８０００", vec![Telephone]),
            ("2024-03-01 13800138000", vec![Telephone]),
            ("13800138000 13900139000", vec![Telephone, Telephone]),
        ] {
            assert_eq!(exposed(text), found, "{text}");
        }
    }

    #[test]
    fn other_numbers_and_masked_ones_are_none() {
        for text in [
            "990101101201",
            "440524188001010015",
            "1101051949****002X",
            "138****8000",
            "2024-03-01 - 2024-03-31 12",
            "12,345,678.90",
            "C-990101101201-0003",
            "23800138000",
            "0000 0000 0000 0000",
            "",
        ] {
            assert_eq!(exposed(text), [], "{text}");
        }
    }
}
