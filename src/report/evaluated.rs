//! Scored test rows and the figures that rest on them, as files.

use std::fs;
use std::io;
use std::path::Path;

use crate::evaluate::figures::Figures;
use crate::evaluate::scored::{Row, Scored};
use crate::ledger::decode::write::Error;
use crate::report::sheet::Sheet;

/// The name of the table of scored rows.
pub const SCORES: &str = "scores.parquet";

/// The name of the file of figures.
pub const FIGURES: &str = "eval.json";

/// Writes scored rows as a table.
///
/// # Errors
/// If the file cannot be written.
pub fn write_scores(scored: &Scored, path: &Path) -> Result<(), Error> {
    score_table(scored).write(path)
}

/// Scored rows as a table.
pub fn score_table(scored: &Scored) -> Sheet {
    let text = |column: fn(&Row) -> &str| scored.rows().iter().map(column);
    let rows = || scored.rows().iter();
    Sheet::default()
        .text("grain", "payment, payee, official or village", text(|row| row.grain.word()))
        .text("subject", "its key", text(|row| &row.subject))
        .text("village", "the code of its village", text(|row| &row.village))
        .days("date", "the day of a payment", rows().map(|row| row.date))
        .money("amount", "the money at stake", rows().map(|row| row.amount))
        .reals("score", "larger is more unusual", rows().map(|row| row.score))
        .reals(
            "p_value",
            "how often an ordinary subject scores at least as much",
            rows().map(|row| row.p_value),
        )
        .text(
            "split",
            "held_out: its village was not fitted on; later: it is later than what was",
            text(|row| row.split.word()),
        )
        .flags("found", "whether something was found; empty: unknown", rows().map(|row| row.found))
        .text("scheme", "the schemes of its acts, parted by spaces", text(|row| &row.scheme))
        .text("case", "the ids of its acts, parted by spaces", text(|row| &row.case))
        .money("recovered", "what was recovered; empty: amount", rows().map(|row| row.recovered))
}

/// Writes figures as JSON with a line for each.
///
/// # Errors
/// If the file cannot be written.
pub fn write_figures(figures: &Figures, path: &Path) -> Result<(), Error> {
    let text = serde_json::to_string_pretty(figures).map_err(io::Error::from);
    let written = text.and_then(|text| fs::write(path, text + "\n"));
    written.map_err(|source| Error::Io { path: path.to_owned(), source })
}
