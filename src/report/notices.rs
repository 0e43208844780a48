//! What must be said before anything that was measured, as sentences.

use serde_json::Value;

use crate::ledger::delivery::notice::Notice;
use crate::report::cells::{format_message, plain};
use crate::words::table::{Lang, Word};

/// The sentence of a notice.
pub fn sentence(notice: &Notice, lang: Lang) -> String {
    let named = |counts: &[(String, usize)]| {
        let one = |(name, count): &(String, usize)| match lang {
            Lang::En => format!("{} ({count})", plain(name)),
            Lang::Zh => format!("{}（{count}）", plain(name)),
        };
        counts.iter().map(one).collect::<Vec<_>>().join(lang.of([", ", "、"]))
    };
    match notice {
        Notice::OutsideChart { rows, of, accounts } => {
            #[expect(clippy::cast_precision_loss, reason = "a share needs no 53 bits")]
            let share = *rows as f64 / (*of).max(1) as f64 * 100.0;
            let cells = [
                ("share", format!("{share:.0}")),
                ("rows", rows.to_string()),
                ("of", of.to_string()),
                ("accounts", named(accounts)),
            ];
            format_message(Word::OutsideChart, lang, &cells)
        }
        Notice::LimitWords { column, cells, words, known } => {
            let word = match *column {
                "requires" => Word::LimitRequires,
                _ => Word::LimitClasses,
            };
            let cells = [
                ("cells", cells.to_string()),
                ("words", named(words)),
                ("known", (*known).to_owned()),
            ];
            format_message(word, lang, &cells)
        }
    }
}

/// Notices as JSON: what they hold, and their sentences in both languages.
///
/// # Errors
/// If a notice cannot be written as JSON, which none of them gives cause for.
pub fn json(notices: &[Notice]) -> serde_json::Result<Vec<Value>> {
    let sentence = |notice: &Notice| {
        let mut value = serde_json::to_value(notice)?;
        if let Some(fields) = value.as_object_mut() {
            fields.insert("en".to_owned(), sentence(notice, Lang::En).into());
            fields.insert("zh".to_owned(), sentence(notice, Lang::Zh).into());
        }
        Ok(value)
    };
    notices.iter().map(sentence).collect()
}
