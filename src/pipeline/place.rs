//! The line of a key in a TOML text.

use toml::de::{DeTable, DeValue};

/// The line, counted from 1, of a byte offset.
fn line_at(text: &str, place: usize) -> usize {
    text.get(..place).map_or(0, |before| before.matches('\n').count()) + 1
}

/// The line of a key with its tables; if the key is absent, the line of the innermost table that is present.
pub(super) fn line_of(text: &str, key: &str) -> Option<usize> {
    let parsed = DeTable::parse(text).ok()?;
    let (mut table, mut found) = (parsed.get_ref(), None);
    for step in key.split('.') {
        let Some((name, value)) = table.iter().find(|(name, _)| name.get_ref() == step) else {
            break;
        };
        found = Some(line_at(text, name.span().start));
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            _ => break,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::line_of;

    #[test]
    fn a_key_is_found_in_its_table() {
        let text = "seed = 1\n[leads]\nrandom = 0.1\n[leads.hours]\n# ten\ncounty = 10\n";
        assert_eq!(line_of(text, "leads.hours.county"), Some(6));
        assert_eq!(line_of(text, "leads.random"), Some(3));
        assert_eq!(line_of(text, "leads.minutes.payment"), Some(2));
        assert_eq!(line_of(text, "ranking"), None);
    }
}
