//! `mingzhang show`: one lead with its reasons and the rows behind it.

use std::io::Write;
use std::path::PathBuf;

use anyhow::bail;
use clap::Args;

use crate::report::forms::Form;
use crate::report::published::lead;
use crate::report::terminal::write_dossier;
use crate::words::table::Lang;

/// Show one lead with its reasons and the vouchers behind it
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The lead's id, as it stands in the list
    lead: String,
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
        let mut id = self.lead.to_lowercase();
        if let Some(letter) = id.get_mut(..1) {
            letter.make_ascii_uppercase();
        }
        let Some(found) = lead(&self.out, &id)? else {
            bail!(
                "there is no lead `{}` in {}; the lists are in its report.html and leads.xlsx",
                self.lead,
                self.out.display()
            );
        };
        match self.form {
            Some(form) => write!(out, "{}", found.form(form, lang)?)?,
            None => write_dossier(out, &found, (lang, self.rows))?,
        }
        Ok(0)
    }
}
