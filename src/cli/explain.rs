//! `mingzhang explain`: prints an indicator's page.

use std::io::Write;

use anyhow::bail;
use clap::Args;

use crate::indicators::card::{Card, Class};
use crate::indicators::{CATALOGUE, named};
use crate::words::nearest::suggestion;
use crate::words::table::{Lang, Word, grain, recorded, scheme};

/// Print the page of an indicator, or the catalogue
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The indicator; without it, all are listed
    indicator: Option<String>,
}

impl Explain {
    pub(super) fn run(self, out: &mut dyn Write, lang: Lang) -> anyhow::Result<u8> {
        let Some(name) = self.indicator else {
            for entry in CATALOGUE.iter() {
                let card = &entry.card;
                match lang {
                    Lang::En => {
                        let (grain, title) = (card.grain.word(), card.title());
                        writeln!(out, "{:<36}{grain:<10}{title}", card.name)?;
                    }
                    Lang::Zh => {
                        let (grain, title) = (grain(card.grain).to(lang), card.title_zh());
                        writeln!(out, "{:<36}{title}（{grain}）", card.name)?;
                    }
                }
            }
            return Ok(0);
        };
        let Some(entry) = named(&name) else {
            let names = CATALOGUE.iter().map(|entry| entry.card.name);
            let meant = suggestion(&name, names, "; `mingzhang explain` lists them");
            bail!("there is no indicator `{name}`{meant}");
        };
        let card = &entry.card;
        let page = lang.of([card.page, card.page_zh]);
        writeln!(out, "{}\n", page.trim_end())?;
        write!(out, "{}", facts(card, lang))?;
        Ok(0)
    }
}

/// The facts of the card that are not on the page.
fn facts(card: &Card, language: Lang) -> String {
    let line = |label: [&str; 2], value: &str| {
        format!("{}{}{value}\n", language.of(label), language.of([": ", "："]))
    };
    let of = language.of([card.grain.word(), grain(card.grain).to(Lang::Zh)]);
    let evidence = language.of([card.scheme.word(), scheme(Some(card.scheme)).to(Lang::Zh)]);
    let requires = if card.requires.is_empty() { &["ledger"] } else { card.requires };
    let needs: Vec<String> = requires.iter().map(|code| recorded(code, language)).collect();
    let mut facts = line(["Of each", "对象"], of);
    facts += &line(["Class", "类别"], means(card.class).to(language));
    facts += &line(["Evidence for", "指向"], evidence);
    facts += &line(["Needs", "所需数据"], &needs.join(language.of([", ", "、"])));
    for basis in card.basis {
        let title = language.of([basis.title, basis.title_zh]);
        let to = basis.to.map(|to| to.to_string()).unwrap_or_default();
        let is_dated = basis.from != jiff::civil::Date::MIN;
        let days = if is_dated { format!(" ({} – {to})", basis.from) } else { String::new() };
        facts += &line(["Rests on", "依据"], &format!("{title}{days}"));
    }
    facts
}

/// The name of the means by which an indicator speaks.
fn means(class: Class) -> Word {
    match class {
        Class::Rule => Word::MeansRule,
        Class::Statistic => Word::MeansStatistic,
        Class::Match => Word::MeansMatch,
        Class::Network => Word::MeansNetwork,
    }
}
