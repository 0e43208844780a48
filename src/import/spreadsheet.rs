//! Cells of a CSV file that people open in a spreadsheet.

use std::borrow::Cow;

/// The signs at which a spreadsheet takes a text for a formula.
const SIGNS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The mark of a text, which spreadsheets do not calculate.
const MARK: char = '\'';

/// A cell that no spreadsheet takes for a formula. Numbers stay as they are, negative ones too.
pub(super) fn harmless(cell: &str) -> Cow<'_, str> {
    let is_number = || cell.replace(',', "").parse::<f64>().is_ok();
    if is_formula(cell) && !is_number() {
        Cow::Owned(format!("{MARK}{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// The text that [`harmless`] made a cell of.
pub(super) fn original(cell: &str) -> &str {
    cell.strip_prefix(MARK).filter(|text| is_formula(text)).unwrap_or(cell)
}

/// Whether a spreadsheet would calculate a text; a marked one counts, so that its mark can be told from ours.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches(MARK).starts_with(SIGNS)
}

#[cfg(test)]
mod tests {
    use super::{harmless, original};

    #[test]
    fn formulas_are_marked_and_numbers_and_names_stay() {
        for (text, cell) in [
            ("=HYPERLINK(\"http://a\")", "'=HYPERLINK(\"http://a\")"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-2+3", "'-2+3"),
            ("'=1", "''=1"),
            ("-1,234.50", "-1,234.50"),
            ("+5", "+5"),
            ("P-0001", "P-0001"),
            ("模拟村", "模拟村"),
            ("", ""),
        ] {
            assert_eq!(harmless(text), cell);
            assert_eq!(original(cell), text);
        }
    }
}
