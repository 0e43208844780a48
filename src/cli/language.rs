//! The language of a command's output.

use crate::words::table::Lang;

/// The requested language; otherwise Chinese if the locale is Chinese; otherwise English.
pub(super) fn language(asked: Option<Lang>) -> Lang {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set).unwrap_or_default();
    let of_locale = if locale.starts_with("zh") { Lang::Zh } else { Lang::En };
    asked.unwrap_or(of_locale)
}
