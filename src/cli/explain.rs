//! `mingzhang explain`: prints an indicator's page.

use std::io::Write;

use anyhow::bail;
use clap::Args;

use super::language::language;

use crate::indicators::card::Card;
use crate::indicators::{CATALOGUE, named};
use crate::words::nearest::suggestion;
use crate::words::table::Lang;

/// Print the page of an indicator, or the catalogue
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The indicator; without it, all are listed
    indicator: Option<String>,
    /// The language of the page; without it, that of the locale
    #[arg(long, value_enum)]
    lang: Option<Lang>,
}

impl Explain {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<u8> {
        let lang = language(self.lang);
        let Some(name) = self.indicator else {
            for entry in CATALOGUE.iter() {
                let card = &entry.card;
                let title = lang.of([card.title(), card.title_zh()]);
                writeln!(out, "{:<36}{:<10}{title}", card.name, card.grain.word())?;
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
    let needs =
        if card.requires.is_empty() { "ledger".to_owned() } else { card.requires.join(", ") };
    let (grain, class, scheme) = (card.grain.word(), card.class.word(), card.scheme.word());
    let line = |label, value: &str| format!("{}: {value}\n", language.of(label));
    let mut facts = line(["Of each", "对象"], grain);
    facts += &line(["Class", "类别"], class);
    facts += &line(["Evidence for", "指向"], scheme);
    facts += &line(["Needs", "所需数据"], &needs);
    for basis in card.basis {
        let title = language.of([basis.title, basis.title_zh]);
        let to = basis.to.map(|to| to.to_string()).unwrap_or_default();
        let is_dated = basis.from != jiff::civil::Date::MIN;
        let days = if is_dated { format!(" ({} – {to})", basis.from) } else { String::new() };
        facts += &line(["Rests on", "依据"], &format!("{title}{days}"));
    }
    facts
}
