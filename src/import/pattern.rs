//! Patterns of a mapping, and what they take of a text.

use regex::Regex;

/// A pattern, or what is wrong with it.
pub(super) fn regex(pattern: &str) -> Result<Regex, String> {
    Regex::new(pattern).map_err(|error| format!("the pattern {pattern:?}: {error}"))
}

/// What a pattern takes of a text: its first group, or all that it matches.
pub(super) fn taken<'t>(pattern: &Regex, text: &'t str) -> Option<&'t str> {
    let found = pattern.captures(text)?;
    found.get(1).or_else(|| found.get(0)).map(|found| found.as_str())
}
