//! The head of a list, as a person reads it on a terminal.

use std::io::{self, Write};

use crate::features::PLAIN;
use crate::indicators::card::{Grain, Scheme};
use crate::indicators::named;
use crate::leads::counts::PAYMENTS;
use crate::leads::lead::{Lead, Reason};

/// Writes the head of a list: one line for each lead, its reasons below it.
///
/// # Errors
/// If the output cannot be written.
pub fn write_list<'a>(
    out: &mut dyn Write,
    leads: impl IntoIterator<Item = &'a Lead>,
) -> io::Result<()> {
    for lead in leads {
        writeln!(
            out,
            "{:>4}  {}  {:>14} yuan  p {}  {}  {}",
            lead.rank,
            lead.id,
            lead.money.to_string(),
            short(lead.p_value),
            lead.scheme.map_or("unusual", Scheme::word),
            plain(&lead.key),
        )?;
        for reason in &lead.reasons {
            writeln!(out, "      {}", sentence(reason))?;
        }
    }
    Ok(())
}

/// One reason in a sentence: what, how much, what is usual, and how much of the score it is.
fn sentence(reason: &Reason) -> String {
    let scheme = reason.scheme.map_or("unusual", Scheme::word);
    let title = title(&reason.indicator, scheme);
    let wide = |value: Option<f32>| value.map(f64::from);
    let facts =
        facts(&reason.indicator, wide(reason.value), wide(reason.peers_median), wide(reason.p));
    format!("{title}: {facts} [+{:.2}]", reason.contribution)
}

/// What was measured, what is usual, and how many read as much.
pub fn facts(name: &str, value: Option<f64>, usual: Option<f64>, p: Option<f64>) -> String {
    let value = value.map(|value| measured(name, value));
    let usual = usual.map(|median| format!("usually {}", measured(name, median)));
    let rare = p.map(|p| format!("{} % of all read as much", short(p * 100.0)));
    [value, usual, rare].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// What an indicator, a plain column, or the count of payments for a scheme is called.
pub fn title(name: &str, scheme: &str) -> String {
    if name == PAYMENTS {
        return format!("Payments with evidence of {scheme}");
    }
    let plain = PLAIN.iter().find(|plain| plain.name == name).map(|plain| plain.title);
    named(name).map(|entry| entry.card.title).or(plain).unwrap_or(name).to_owned()
}

/// A measured value as a person reads it: plain columns are told without their logarithm.
fn measured(name: &str, value: f64) -> String {
    let is_plain = PLAIN.iter().any(|plain| plain.name == name);
    short(if is_plain { value.exp() } else { value })
}

/// The word for a grain in a heading.
pub fn heading(grain: Grain) -> &'static str {
    match grain {
        Grain::Payment => "Payments to verify",
        Grain::Payee => "Payees to verify",
        Grain::Official => "Approvers to verify",
        Grain::Village => "Villages to verify",
    }
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
