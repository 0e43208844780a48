//! `education.html`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::{Environment, Value, context};
use sha2::{Digest, Sha256};

use super::example::{basis, example, rule};
use super::{Education, Kind, LEAST, Years};
use crate::report::cells::{count, percent};
use crate::words::education as words;
use crate::words::table::{Lang, fill};

const PAGE: &str = include_str!("education.html");
const STYLE: &str = include_str!("../page/style.css");

/// The page of a county or a township, with its title.
///
/// # Errors
/// If the template is wrong, which would be a fault of ours.
pub fn page(
    education: &Education<'_>,
    title: &str,
    (lang, by_township): (Lang, bool),
) -> Result<String, minijinja::Error> {
    let mut all = Environment::new();
    all.add_template("education.html", PAGE)?;
    let least = LEAST.to_string();
    let least = [("least", least.as_str())];
    let (from, to) = (education.from().to_string(), education.as_of.to_string());
    let of = |text: words::Text| lang.of(text);
    let kinds = education.kinds.iter().map(|kind| one(kind, (lang, by_township)));
    all.get_template("education.html")?.render(context! {
        lang => lang.tag(),
        title,
        heading => of(words::TITLE),
        about => of(words::ABOUT),
        span => fill(of(words::SPAN), &[("from", &from), ("to", &to)]),
        suppressed => fill(of(words::SUPPRESSED), &least),
        nothing => fill(of(words::NOTHING), &least),
        kinds => kinds.collect::<Vec<Value>>(),
        style => STYLE,
        style_hash => STANDARD.encode(Sha256::digest(STYLE)),
        words => context! {
            office => of(words::OFFICE),
            kind => of(words::KIND),
            count => of(words::COUNT),
            asked => of(words::ASKED),
            share => of(words::SHARE),
            before => of(words::BEFORE),
            change => of(words::CHANGE),
            rule => of(words::RULE),
            basis => of(words::BASIS),
            example => of(words::EXAMPLE),
        },
    })
}

/// A kind of error.
fn one(kind: &Kind<'_>, (lang, by_township): (Lang, bool)) -> Value {
    let row =
        |(office, years): (&String, &Years)| context! { office, cells => cells(*years, lang) };
    let rows = kind.townships.iter().filter(|_| by_township).map(row);
    let example = example(kind.card, lang).into_iter().map(|(title, cell)| vec![title, cell]);
    context! {
        title => lang.of([kind.card.title(), kind.card.title_zh()]),
        sum => cells(kind.sum(), lang),
        rows => rows.collect::<Vec<Value>>(),
        rule => rule(kind.card, lang),
        basis => basis(kind.card, lang),
        example => example.collect::<Vec<Vec<String>>>(),
    }
}

/// A change in percentage points with its sign; what rounds to nothing is plus zero.
fn points(change: f64) -> String {
    format!("{:+.1}", (change * 10.0).round() / 10.0 + 0.0)
}

/// Number, payments looked at, share, share before, and change; what is too small is not shown.
fn cells(years: Years, lang: Lang) -> [String; 5] {
    let none = || "–".to_owned();
    let before = years.before.shown().map_or_else(none, |it| percent(it.share()));
    let change = years.change().map_or_else(none, points);
    match years.now.shown() {
        None => [words::under(LEAST, lang), none(), none(), none(), none()],
        Some(now) => [
            count(u64::from(now.errors)),
            count(u64::from(now.asked)),
            percent(now.share()),
            before,
            change,
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::points;

    #[test]
    fn a_change_that_rounds_to_nothing_has_no_minus() {
        assert_eq!([points(-0.04), points(-0.06), points(1.25)], ["+0.0", "-0.1", "+1.3"]);
    }
}
