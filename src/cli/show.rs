//! `mingzhang show`: one lead with its reasons and the rows behind it, or a person or firm across villages.

use std::io::Write;
use std::path::PathBuf;

use anyhow::bail;
use clap::Args;

use crate::pipeline::own_rules::of_run;
use crate::report::forms::Form;
use crate::report::party_table::party;
use crate::report::published::lead;
use crate::report::terminal::{write_dossier, write_party};
use crate::words::table::Lang;
use crate::worklist::party::LETTER;

/// Show one lead with its reasons and vouchers, or a person or firm across villages
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The id of a lead, as it stands in the list, or of a person or firm across villages (K-…)
    id: String,
    /// The published folder, or the folder of its county or of a township
    #[arg(long, default_value = "out/latest")]
    out: PathBuf,
    /// Show at most this many rows
    #[arg(long, default_value_t = 20, value_name = "ROWS")]
    rows: usize,
    /// Print a paper to file as a page (HTML) instead: a notice of verification, or a working paper
    #[arg(long, value_enum)]
    form: Option<Form>,
}

impl Show {
    pub(super) fn run(self, out: &mut dyn Write, lang: Lang) -> anyhow::Result<u8> {
        let mut id = self.id.to_lowercase();
        if let Some(letter) = id.get_mut(..1) {
            letter.make_ascii_uppercase();
        }
        // A reason may rest on an own rule, which is known by name from the run.
        if let Some(own) = of_run(&self.out) {
            own.configured()?;
        }
        if id.starts_with(LETTER) && self.form.is_none() {
            return self.party(&id, lang, out);
        }
        let Some(found) = lead(&self.out, &id)? else { return self.unknown() };
        match self.form {
            Some(form) => write!(out, "{}", found.form(form, lang)?)?,
            None => write_dossier(out, &found, (lang, self.rows))?,
        }
        Ok(0)
    }

    fn party(&self, id: &str, lang: Lang, out: &mut dyn Write) -> anyhow::Result<u8> {
        let Some(party) = party(&self.out, id)? else { return self.unknown() };
        let mut leads = Vec::new();
        for id in &party.leads {
            leads.extend(lead(&self.out, id)?);
        }
        write_party(out, (&party, &leads), lang)?;
        Ok(0)
    }

    fn unknown(&self) -> anyhow::Result<u8> {
        bail!(
            "there is no lead, person or firm `{}` in {}; the lists are in its report.html and leads.xlsx",
            self.id,
            self.out.display()
        )
    }
}
