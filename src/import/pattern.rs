//! Regular expressions of a mapping.

use regex::Regex;

/// Compiles a pattern; the error is a message.
pub(super) fn regex(pattern: &str) -> Result<Regex, String> {
    Regex::new(pattern).map_err(|error| format!("the pattern {pattern:?}: {error}"))
}

/// The first group of a match, or the whole match if there is no group.
pub(super) fn taken<'t>(pattern: &Regex, text: &'t str) -> Option<&'t str> {
    let found = pattern.captures(text)?;
    found.get(1).or_else(|| found.get(0)).map(|found| found.as_str())
}
