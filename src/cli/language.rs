//! The language of a command's output.

use std::ffi::OsString;

use clap::ValueEnum;

use crate::words::table::Lang;

/// The requested language; otherwise Chinese if the locale is Chinese; otherwise English.
pub(super) fn language(asked: Option<Lang>) -> Lang {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set).unwrap_or_default();
    let of_locale = if locale.starts_with("zh") { Lang::Zh } else { Lang::En };
    asked.unwrap_or(of_locale)
}

/// The language of arguments that are not parsed yet, for help and for what is wrong with them.
pub fn language_of(arguments: &[OsString]) -> Lang {
    let mut arguments = arguments.iter().filter_map(|it| it.to_str()).take_while(|it| *it != "--");
    let mut asked = None;
    while let Some(argument) = arguments.next() {
        let value = match argument {
            "--lang" => arguments.next(),
            other => other.strip_prefix("--lang="),
        };
        asked = value.and_then(|value| Lang::from_str(value, false).ok()).or(asked);
    }
    language(asked)
}

#[cfg(test)]
mod tests {
    use super::{Lang, language_of};

    #[test]
    fn a_language_is_asked_for_anywhere_before_the_end_of_options() {
        for (arguments, expected) in [
            (&["mingzhang", "--lang", "zh", "run"][..], Lang::Zh),
            (&["mingzhang", "run", "--lang=zh", "--no-such"], Lang::Zh),
            (&["mingzhang", "--lang", "en"], Lang::En),
            (&["mingzhang", "--lang=zh", "show", "--", "--lang=en"], Lang::Zh),
        ] {
            let arguments: Vec<_> = arguments.iter().map(Into::into).collect();
            assert_eq!(language_of(&arguments), expected, "{arguments:?}");
        }
    }
}
