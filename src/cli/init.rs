//! `mingzhang init`: drafts a mapping from exported files.

use std::fs;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use super::lines::Lines;
use crate::import::dataset::{self, Request};
use crate::import::init::draft;
use crate::import::init::write::Drafted;
use crate::import::reading::TODO;
use crate::report::cells::plain;
use crate::words::table::Lang;
use crate::words::translate::told;

/// Draft the mapping of an import from the files that an office exported.
///
/// It finds the names of the columns, rows of sums, the form of amounts and days, and where the village is said. What it is
/// not sure of is marked in the mapping; what it cannot know it asks on a terminal, or marks as TODO. Nothing but the
/// mapping is written.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// Files (csv, tsv, xlsx, xls, ods), folders, or patterns in quotation marks.
    #[arg(required = true, value_name = "FILES")]
    files: Vec<PathBuf>,
    /// The mapping to write; it must not exist.
    #[arg(long, value_name = "MAPPING.toml", default_value = "mapping.toml")]
    out: PathBuf,
    /// Ask nothing, and leave TODO where an answer is needed.
    #[arg(long)]
    no_questions: bool,
}

impl Init {
    /// Runs the command; exit code 0.
    pub(super) fn run(self, out: &mut dyn Write, lang: Lang) -> anyhow::Result<u8> {
        if self.out.exists() {
            bail!("{} is there already; name another file with --out", self.out.display());
        }
        let folder = self.out.parent().unwrap_or(Path::new(""));
        let mut drafted = draft(&self.files, folder)?;
        if !self.no_questions && io::stdin().is_terminal() {
            drafted = ask(drafted, &mut io::stdin().lock(), (out, lang))?;
        }
        fs::write(&self.out, commented(&drafted.toml, lang))
            .with_context(|| format!("writing {}", self.out.display()))?;
        let mut lines = Lines { out, lang };
        lines.tell(&format!("{} is written", self.out.display()))?;
        trial(&drafted, folder, &mut lines)?;
        if drafted.todo.is_empty() {
            lines.tell(&format!("next: mingzhang import {} --dry-run", self.out.display()))?;
            return Ok(0);
        }
        lines.tell(&format!("fill in {} lines:", drafted.todo.len()))?;
        for (line, what) in &drafted.todo {
            let what = question(what, lang);
            lines.item(&format!("line {line}: {}", plain(&what)))?;
        }
        Ok(0)
    }
}

/// Asks for each missing value; an empty answer leaves TODO.
fn ask(
    drafted: Drafted,
    answers: &mut dyn BufRead,
    (out, lang): (&mut dyn Write, Lang),
) -> anyhow::Result<Drafted> {
    let mut lines: Vec<String> = drafted.toml.lines().map(str::to_owned).collect();
    let mut left = Vec::new();
    for (number, what) in drafted.todo {
        write!(out, "{}: ", plain(&question(&what, lang)))?;
        out.flush()?;
        let mut answer = String::new();
        answers.read_line(&mut answer)?;
        let answer = toml::Value::String(answer.trim().to_owned()).to_string();
        match lines.get_mut(number - 1) {
            Some(line) if answer.len() > 2 => {
                *line = line.replacen(&format!("{TODO:?}"), &answer, 1);
            }
            _ => left.push((number, what)),
        }
    }
    Ok(Drafted { toml: lines.join("\n") + "\n", todo: left })
}

/// What is asked for a field, in a language.
fn question(what: &str, lang: Lang) -> String {
    match what.split_once(": ") {
        Some((field, note)) => format!("{field}{}{}", lang.of([": ", "："]), told(note, lang)),
        None => what.to_owned(),
    }
}

/// A mapping with its comments in a language.
fn commented(toml: &str, lang: Lang) -> String {
    let line = |line: &str| match line.rsplit_once("# ") {
        Some((before, comment)) => format!("{before}# {}\n", told(comment, lang)),
        None => format!("{line}\n"),
    };
    toml.lines().map(line).collect()
}

/// A placeholder division code for trials with incomplete mappings.
const SOMEWHERE: &str = "\"000000000000\"";

/// Tries the mapping on its files and prints the result.
fn trial(drafted: &Drafted, folder: &Path, lines: &mut Lines<'_>) -> anyhow::Result<()> {
    let here = tempfile::tempdir()?;
    let mapping = here.path().join("trial.toml");
    fs::write(&mapping, drafted.toml.replace(&format!("{TODO:?}"), SOMEWHERE))?;
    let data = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mappings = [mapping];
    let request = Request {
        mappings: &mappings,
        data: Some(data),
        out: here.path(),
        corrected: None,
        dry_run: true,
    };
    match dataset::import(request) {
        Err(error) => lines.tell(&format!("a trial stopped: {}", plain(&error.to_string())))?,
        Ok(reports) => {
            for report in reports {
                let counts = &report.counts;
                let sums: u64 = report.sheets.iter().map(|sheet| sheet.sums).sum();
                lines.tell(&format!(
                    "a trial read {} rows of {} sheets: {} entries, {} rows that are none, {} refused; {sums} of the source's own sums agree \
                     and {} differ; {} vouchers do not balance",
                    counts.read,
                    report.sheets.len(),
                    counts.written,
                    counts.left_out,
                    counts.rejected,
                    report.sums.count,
                    report.unbalanced.count
                ))?;
                for rejection in &report.rejections {
                    lines.item(&format!("refused: {}", plain(rejection)))?;
                }
                for sum in &report.sums.first {
                    lines.item(&plain(sum))?;
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Drafted, Lang, ask, commented};

    #[test]
    fn answers_take_the_place_of_todo() {
        let toml = "[constants]\nvillage = \"TODO\" # its code\naccount = \"TODO\"\n".to_owned();
        let todo = vec![(2, "village: its code".to_owned()), (3, "account".to_owned())];
        let mut out = Vec::new();
        let answered =
            ask(Drafted { toml, todo }, &mut "990000000001\n\n".as_bytes(), (&mut out, Lang::En))
                .expect("asked");
        assert!(
            answered.toml.contains("village = \"990000000001\" # its code"),
            "{}",
            answered.toml
        );
        assert_eq!(answered.todo, [(3, "account".to_owned())]);
    }

    #[test]
    fn comments_of_a_mapping_are_in_the_language() {
        let toml = "pattern = \"# 1\"\nside = \"debit\" # each row is a payment\n";
        let expected = "pattern = \"# 1\"\nside = \"debit\" # 每行是一笔付款\n";
        assert_eq!(commented(toml, Lang::Zh), expected);
        assert_eq!(commented(toml, Lang::En), toml);
    }
}
