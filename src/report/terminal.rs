//! The head of a list, and one lead, as a person reads them on a terminal.

use std::collections::BTreeSet;
use std::io::{self, Write};

use comfy_table::Table;
use comfy_table::presets::NOTHING;

use crate::ledger::level::Level;
use crate::report::dossier::{LeadView, format_message};
use crate::words::table::{Lang, Word, grain, level, scheme};

/// Writes the lists of a county: the head of the county's own, and how many leads the offices below it have.
///
/// # Errors
/// If the output cannot be written.
pub fn write_lists(
    out: &mut dyn Write,
    (lang, head): (Lang, usize),
    leads: &[LeadView],
) -> io::Result<()> {
    for own in Level::ALL {
        let of_level = || leads.iter().filter(|lead| lead.level == own);
        let offices: BTreeSet<&str> = of_level().map(|lead| lead.office.as_str()).collect();
        let cells = [
            ("level", level(own).to(lang).to_owned()),
            ("leads", of_level().count().to_string()),
            ("offices", offices.len().to_string()),
        ];
        writeln!(out, "\n{}", format_message(Word::ListOf, lang, &cells))?;
        if own == Level::County {
            write_list(out, lang, of_level().take(head))?;
        }
    }
    Ok(())
}

/// Writes leads: one line for each, its reasons below it.
fn write_list<'a>(
    out: &mut dyn Write,
    lang: Lang,
    leads: impl IntoIterator<Item = &'a LeadView>,
) -> io::Result<()> {
    for lead in leads {
        writeln!(
            out,
            "{:>4}  {}  {:>14} {}  {}  {}  {}",
            lead.place,
            lead.id,
            lead.money.to_string(),
            Word::Yuan.to(lang),
            lead.village,
            scheme(lead.scheme).to(lang),
            lead.name,
        )?;
        for sentence in lead.sentences(lang) {
            writeln!(out, "      {sentence}")?;
        }
    }
    Ok(())
}

/// Writes one lead: what it is about, why, what else could explain it, what would clear it, and its rows.
///
/// # Errors
/// If the output cannot be written.
pub fn write_dossier(
    out: &mut dyn Write,
    lead: &LeadView,
    (lang, most): (Lang, usize),
) -> io::Result<()> {
    writeln!(out, "{} · {}\n", lead.id, Word::PointToVerify.to(lang))?;
    let office = format!("{} {}", level(lead.level).to(lang), lead.office);
    let cells = [
        (Word::Subject, format!("{} {}", grain(lead.grain).to(lang), lead.name)),
        (Word::Key, plain(&lead.shown_key())),
        (Word::VillageCode, lead.village.clone()),
        (Word::SchemeOf, scheme(lead.scheme).to(lang).to_owned()),
        (Word::Payments, lead.payments().to_string()),
        (Word::Money, lead.money.to_string()),
        (Word::Recoverable, lead.recoverable.to_string()),
        (Word::Probability, percent(lead.probability_at_most)),
        (Word::PValue, short(lead.p_value)),
        (Word::Office, office),
        (Word::Due, lead.due.to_string()),
        (Word::PickedBy, lead.selection.label().to(lang).to_owned()),
    ];
    for (word, cell) in cells {
        writeln!(out, "{}: {cell}", word.to(lang))?;
    }
    let clears = lead.clears(lang).into_iter().map(str::to_owned).collect();
    let parts = [
        (Word::Reasons, lead.sentences(lang)),
        (Word::ElseCause, lead.causes(lang)),
        (Word::Clears, clears),
        (Word::Basis, lead.rules(lang)),
        (Word::LookedFor, vec![lead.looked_for(lang)]),
    ];
    for (word, lines) in parts {
        let lines: Vec<String> = lines.into_iter().filter(|line| !line.is_empty()).collect();
        if !lines.is_empty() {
            writeln!(out, "\n{}", word.to(lang))?;
        }
        for line in lines {
            writeln!(out, "  - {line}")?;
        }
    }
    writeln!(out, "\n{}", Word::Vouchers.to(lang))?;
    let mut table = Table::new();
    table.load_style(NOTHING);
    let titles = [
        Word::Date,
        Word::VillageCode,
        Word::VoucherNo,
        Word::Amount,
        Word::Payee,
        Word::Approver,
        Word::Summary,
    ];
    table.set_header(titles.map(|word| word.to(lang)));
    for row in lead.rows.iter().take(most) {
        let (date, amount) = (row.date.to_string(), row.amount.to_string());
        let cells =
            [&date, &row.village, &row.voucher, &amount, &row.payee, &row.approver, &row.summary];
        table.add_row(cells.map(|cell| plain(cell)));
    }
    writeln!(out, "{table}")?;
    let more = lead.rows.len().saturating_sub(most);
    if more > 0 {
        writeln!(out, "{}", format_message(Word::MoreRows, lang, &[("count", more.to_string())]))?;
    }
    Ok(())
}

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
