//! `mingzhang explain`: an indicator's page.

use std::io::Write;

use anyhow::bail;
use clap::Args;

use crate::indicators::{CATALOGUE, named};

/// Print the page of an indicator, or the catalogue
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The indicator; without it, all are listed
    indicator: Option<String>,
}

impl Explain {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<u8> {
        let Some(name) = self.indicator else {
            for entry in CATALOGUE {
                let card = &entry.card;
                writeln!(
                    out,
                    "{:<26}{:<10}{} {}",
                    card.name,
                    card.grain.word(),
                    card.title,
                    card.title_zh
                )?;
            }
            return Ok(0);
        };
        let Some(entry) = named(&name) else {
            let names: Vec<_> = CATALOGUE.iter().map(|entry| entry.card.name).collect();
            bail!("there is no indicator `{name}`; expected one of {}", names.join(", "));
        };
        writeln!(out, "{}", entry.card.page.trim_end())?;
        Ok(0)
    }
}
