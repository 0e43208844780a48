//! New ids, names, numbers and accounts in the format of the county's own.

use super::dice::Dice;
use super::draft::{Draft, Field};
use super::numbers::split;
use super::world::paid_in;
use crate::ledger::book::index::{LineIx, PaymentIx};
use crate::ledger::contract::cell::{Cell, Day, Id};
use crate::ledger::contract::names::Names;

/// Attempts to draw an unused text; after them the last one is used.
const TRIES: usize = 20;

/// Redraws the digits of a text, and its hexadecimal letters if it looks like a hash. The first `kept` characters stay.
fn redrawn(text: &str, kept: usize, dice: &mut Dice) -> String {
    let is_hash = text.len() >= 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let hexadecimal: Vec<char> = "0123456789abcdef".chars().collect();
    let mut draw = |(place, letter): (usize, char)| {
        if place < kept {
            return letter;
        }
        if is_hash {
            return dice.pick(&hexadecimal).unwrap_or(letter);
        }
        match letter {
            '0'..='9' => {
                let low = u32::from(place == 0 && letter != '0');
                let digit = low + u32::try_from(dice.below(10 - low as usize)).unwrap_or(0);
                char::from_digit(digit, 10).unwrap_or(letter)
            }
            _ => letter,
        }
    };
    text.chars().enumerate().map(&mut draw).collect()
}

/// An unused id in the format of another one.
pub(super) fn unused(names: &mut Names, like: Id, dice: &mut Dice) -> Id {
    unused_after(names, like, 0, dice)
}

/// As [`unused`], but keeps the first `kept` characters.
fn unused_after(names: &mut Names, like: Id, kept: usize, dice: &mut Dice) -> Id {
    let model = names.get(like).to_owned();
    for _ in 0..TRIES {
        let text = redrawn(&model, kept, dice);
        if names.find(&text).is_none() {
            return names.add(&text);
        }
    }
    let text = format!("{model}{}", dice.below(1_000_000));
    names.add(&text)
}

/// An unused bank account in the format of another one.
pub(super) fn account(draft: &mut Draft<'_>, like: Id, dice: &mut Dice) -> Id {
    unused_after(&mut draft.names, like, 2, dice)
}

/// An unused telephone number in the format of another one.
pub(super) fn phone(draft: &mut Draft<'_>, like: Id, dice: &mut Dice) -> Id {
    unused_after(&mut draft.names, like, 2, dice)
}

/// A name made of the beginning of one name and the end of another.
///
/// For a person, these are family name and given name; for a firm, its own name and its trade.
pub(super) fn name(draft: &mut Draft<'_>, first: Id, second: Id, is_firm: bool) -> Id {
    let first: Vec<char> = draft.names.get(first).chars().collect();
    let second: Vec<char> = draft.names.get(second).chars().collect();
    let cut = |name: &[char]| if is_firm { name.len() / 2 } else { 1.min(name.len()) };
    let head = first.iter().take(cut(&first));
    let text: String = head.chain(second.iter().skip(cut(&second))).collect();
    draft.names.add(&text)
}

/// A plausible document number of the payee on that day, in the format of the line's own number.
pub(super) fn document_number(draft: &mut Draft<'_>, line: LineIx, dice: &mut Dice) -> Id {
    let own = draft.at(line, Field::DocumentNo);
    let model = draft.names.get(own).to_owned();
    let (before, _, width) = split(&model);
    if width == 0 {
        return unused(&mut draft.names, own, dice);
    }
    let most = 10_i64.checked_pow(u32::try_from(width).unwrap_or(18)).unwrap_or(i64::MAX) - 1;
    let day = draft.lines.document_date.at(line);
    for _ in 0..TRIES {
        let value = match near_number(draft, line, before, width, day, dice) {
            Some(value) => value,
            None => first_number(draft, line, width, most, dice),
        };
        let text = format!("{before}{:0width$}", value.clamp(1, most));
        if draft.names.find(&text).is_none() {
            return draft.names.add(&text);
        }
    }
    unused(&mut draft.names, own, dice)
}

/// A number between those of the payee's documents before and after a day.
fn near_number(
    draft: &Draft<'_>,
    line: LineIx,
    before: &str,
    width: usize,
    day: Day,
    dice: &mut Dice,
) -> Option<i64> {
    let book = draft.book;
    let payee = draft.payee(line);
    let village = book.villages.place(&draft.at_village(line))?;
    let mut payments = paid_in(book, payee, village);
    if payments.is_empty() {
        payments = book.by_payee().group(book.payees.place(&payee)?);
    }
    let alike = |payment: &PaymentIx| {
        let at = draft.line(*payment);
        let number = draft.names.get(book.lines.document_no.at(at).some()?);
        let (own, value, digits) = split(number);
        (own == before && digits == width).then(|| (book.lines.document_date.at(at), value))
    };
    // A sample of the documents is enough for payees with very many.
    let mut known: Vec<(Day, i64)> = payments.iter().take(500).filter_map(alike).collect();
    known.sort_unstable();
    known.dedup();
    let place = known.partition_point(|(other, _)| *other < day);
    let left = known.get(place.saturating_sub(1)).map(|(_, value)| *value)?;
    let step = match known.get(place) {
        Some((_, right)) if place > 0 => right - left,
        _ => known_step(&known, dice),
    };
    let signed = if place == 0 { -step } else { step };
    Some(left + part_of(signed, dice))
}

/// A step between two neighbouring numbers; a typical step if only one number is known.
fn known_step(known: &[(Day, i64)], dice: &mut Dice) -> i64 {
    let steps = known.windows(2).filter_map(|pair| Some(pair.get(1)?.1 - pair.first()?.1));
    let steps: Vec<i64> = steps.filter(|step| *step != 0).collect();
    dice.pick(&steps).unwrap_or_else(|| i64::from(dice.between(5, 900)))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "small steps")]
fn part_of(step: i64, dice: &mut Dice) -> i64 {
    (step as f64 * dice.real(0.05, 1.0)).round() as i64 + i64::from(dice.between(-2, 2))
}

/// A number for a payee without documents in the book: the first is arbitrary, later ones are near it.
fn first_number(
    draft: &mut Draft<'_>,
    line: LineIx,
    width: usize,
    most: i64,
    dice: &mut Dice,
) -> i64 {
    let key = (draft.payee(line), width);
    if let Some(start) = draft.numbers.get(&key) {
        return start + i64::from(dice.between(-700, 700));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "digits")]
    let start = (most as f64 * dice.real(0.1, 1.0)) as i64;
    draft.numbers.insert(key, start);
    start
}

#[cfg(test)]
mod tests {
    use super::redrawn;
    use crate::planting::dice::Dice;

    #[test]
    fn a_redrawn_text_has_the_shape_of_its_model() {
        let mut dice = Dice::of(3, 0);
        let id = redrawn("Z168100", 0, &mut dice);
        assert!(id.starts_with('Z') && id.len() == 7 && id != "Z168100");
        let account = redrawn("aa02c510bc0", 2, &mut dice);
        assert!(account.starts_with("aa") && account.len() == 11);
        assert_eq!(redrawn("212号", 3, &mut dice), "212号");
    }
}
