//! What was perhaps meant by a mistyped name.

/// Names less alike than this (Jaro and Winkler) are not offered.
const ALIKE: f64 = 0.8;

/// The most similar of some names, if one is similar enough.
pub fn nearest<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let near = names.into_iter().map(|name| (strsim::jaro_winkler(word, name), name));
    let near = near.max_by(|(a, _), (b, _)| a.total_cmp(b)).filter(|(alike, _)| *alike > ALIKE);
    near.map(|(_, name)| name)
}

/// The same as the end of a sentence: a question, or where the names are listed.
pub fn suggestion<'n>(
    word: &str,
    names: impl IntoIterator<Item = &'n str>,
    otherwise: &str,
) -> String {
    nearest(word, names)
        .map_or_else(|| otherwise.to_owned(), |name| format!("; is `{name}` meant?"))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_understood_and_another_word_is_not() {
        let names = ["kin_approval", "self_approval", "leads"];
        assert_eq!(nearest("kin_aproval", names), Some("kin_approval"));
        assert_eq!(nearest("leeds", names), Some("leads"));
        assert_eq!(nearest("xyz", names), None);
    }
}
