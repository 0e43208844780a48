//! Account codes in texts.

/// The pattern of an account code at the start of a text, with or without an opening bracket.
pub(super) const CODE_BEFORE_NAME: &str = r"'^[\[(【]?([0-9][0-9.\-]*[0-9]|[0-9]+)'";

/// The first account code in a text: three or more digits, with its levels.
pub(super) fn code_in(text: &str) -> Option<String> {
    let start = text.find(|letter: char| letter.is_ascii_digit())?;
    let rest = text.get(start..)?;
    let end = rest
        .find(|letter: char| !(letter.is_ascii_digit() || letter == '.' || letter == '-'))
        .unwrap_or(rest.len());
    let code = rest.get(..end)?.trim_end_matches(['.', '-']);
    (code.len() >= 3).then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::code_in;

    #[test]
    fn codes_are_found_in_names() {
        assert_eq!(code_in("51301 办公费").as_deref(), Some("51301"));
        assert_eq!(code_in("管理费用(513.01.02)").as_deref(), Some("513.01.02"));
        assert_eq!(code_in("第1季度"), None);
    }
}
