//! Resolves the sources of a column in a sheet: cells of the row, and texts that hold for the whole sheet.

use csv::StringRecord;
use regex::Regex;

use super::error::Error;
use super::header::Header;
use super::mapping::{ColumnSource, From, Part, Place};
use super::pattern::taken;
use super::rejection::Rejection;
use super::sheet::Sheet;
use super::value::{self, Value};
use crate::ledger::contract::clean::{Form, clean};
use crate::ledger::contract::table::Kind;

/// The source of a column, resolved in a sheet.
#[derive(Debug)]
pub(super) struct ResolvedSource<'a> {
    /// The source.
    pub(super) source: &'a ColumnSource,
    parts: Vec<Text<'a>>,
    /// Whether the parts form a date.
    is_day: bool,
    /// The parts of the row above, for `repeat_above`.
    above: Vec<String>,
}

/// A part of a text, resolved in a sheet.
#[derive(Debug)]
enum Text<'a> {
    Cell(usize, String),
    Fixed(String),
    /// The current title, and the pattern that extracts it from a row.
    Title(String, &'a Option<Regex>),
}

impl<'a> ResolvedSource<'a> {
    /// Resolves the parts of a source in a sheet.
    ///
    /// # Errors
    /// If two columns have a name that the source reads.
    pub(super) fn of(
        source: &'a ColumnSource,
        kind: Kind,
        sheet: &Sheet,
        header: &Header,
    ) -> Result<Self, Error> {
        let part = |part: &'a Part| match part {
            Part::Column(names) => {
                // A source is chosen only for a sheet that has its columns.
                let place = header.place(names, sheet)?.unwrap_or(usize::MAX);
                Ok(Text::Cell(place, header.name(place).to_owned()))
            }
            Part::From(from) if from.place == Place::Title => {
                Ok(Text::Title(held(from, sheet, header), &from.pattern))
            }
            Part::From(from) => Ok(Text::Fixed(held(from, sheet, header))),
            Part::Text(text) => Ok(Text::Fixed(text.clone())),
        };
        let parts = source.parts.iter().map(part).collect::<Result<_, Error>>()?;
        Ok(Self { source, parts, is_day: kind == Kind::Day, above: Vec::new() })
    }

    /// The names of its columns, for messages.
    pub(super) fn name(&self) -> String {
        let names = self.parts.iter().map(|part| match part {
            Text::Cell(_, name) => name.as_str(),
            Text::Fixed(_) | Text::Title(..) => "",
        });
        let names: Vec<_> = names.filter(|name| !name.is_empty()).collect();
        names.join(" + ")
    }

    /// The indices of its columns.
    pub(super) fn places(&self) -> impl Iterator<Item = usize> {
        self.parts.iter().filter_map(|part| match part {
            Text::Cell(place, _) => Some(*place),
            Text::Fixed(_) | Text::Title(..) => None,
        })
    }

    /// The texts of the parts in a row; blanks are filled from the row above if they repeat it.
    fn texts(&self, cells: &StringRecord) -> Vec<String> {
        let text = |part: &Text<'_>| match part {
            Text::Cell(place, _) => cells.get(*place).unwrap_or_default().trim().to_owned(),
            Text::Fixed(text) | Text::Title(text, _) => text.clone(),
        };
        self.repeated(self.parts.iter().map(text).collect())
    }

    /// The original text of a row; empty if all its cells are.
    fn raw(&self, cells: &StringRecord) -> Result<String, Rejection> {
        let texts = self.texts(cells);
        let blank = texts.iter().position(String::is_empty);
        let is_filled =
            |(part, text): (&Text<'_>, &String)| matches!(part, Text::Cell(..)) && !text.is_empty();
        let any = self.parts.iter().zip(&texts).any(is_filled);
        let has_cell = self.parts.iter().any(|part| matches!(part, Text::Cell(..)));
        match blank {
            _ if has_cell && !any => Ok(String::new()),
            Some(_) if texts.len() == 1 => Ok(String::new()),
            Some(place) => {
                let name = match self.parts.get(place) {
                    Some(Text::Cell(_, name)) => name.clone(),
                    _ => self.name(),
                };
                let value = texts.join(&self.source.join);
                Err(Rejection::new(
                    &name,
                    "",
                    &format!("one of the joined cells is empty: {value:?}"),
                ))
            }
            None => Ok(texts.join(&self.source.join)),
        }
    }

    /// Fills blank parts from the row above, in two cases: in a date, whose year and month are written only when they
    /// change, and if all non-blank parts equal those above.
    fn repeated(&self, texts: Vec<String>) -> Vec<String> {
        if self.above.len() != texts.len()
            || texts.iter().all(String::is_empty)
            || !texts.iter().any(String::is_empty)
        {
            return texts;
        }
        let pairs = || texts.iter().zip(&self.above);
        let is_same = pairs().all(|(own, above)| own.is_empty() || own == above);
        if !is_same && !self.is_day {
            return texts;
        }
        pairs()
            .map(|(own, above)| if own.is_empty() { above.clone() } else { own.clone() })
            .collect()
    }

    /// The code for the text of a row.
    pub(super) fn code(&self, cells: &StringRecord) -> Result<String, Rejection> {
        let text = self.text(cells, Form::Number)?;
        let wrong = |reason: &str| Rejection::new(&self.name(), &text, reason);
        match value::read(Kind::Text, &text, &self.source.reading) {
            Ok(Value::Text(code)) => Ok(code),
            Ok(_) => Err(wrong("empty, but every row needs it")),
            Err(reason) => Err(wrong(&reason.to_string())),
        }
    }

    /// Keeps the parts of a row for the rows below.
    pub(super) fn remember(&mut self, cells: &StringRecord) {
        if !self.source.repeat_above || self.parts.len() < 2 {
            return;
        }
        let texts = self.texts(cells);
        if texts.iter().all(|text| !text.is_empty()) {
            self.above = texts;
        }
    }

    /// If a row is a title, stores it for the rows below.
    pub(super) fn retitle(&mut self, cells: &StringRecord) {
        for part in &mut self.parts {
            if let Text::Title(title, Some(pattern)) = part {
                let found = cells
                    .iter()
                    .find_map(|cell| taken(pattern, &clean(cell, Form::Code)).map(str::to_owned));
                *title = found.unwrap_or_else(|| std::mem::take(title));
            }
        }
    }

    /// The cleaned text of a row, after the pattern is applied.
    pub(super) fn text(&self, cells: &StringRecord, form: Form) -> Result<String, Rejection> {
        self.raw_and_text(cells, form).map(|(_, text)| text)
    }

    /// The original text of a row, and the text as in [`ResolvedSource::text`].
    pub(super) fn raw_and_text(
        &self,
        cells: &StringRecord,
        form: Form,
    ) -> Result<(String, String), Rejection> {
        let raw = self.raw(cells)?;
        let cleaned = clean(&raw, form);
        let text = match &self.source.pattern {
            Some(pattern) if !cleaned.is_empty() => {
                let taken = taken(pattern, &cleaned).map(|taken| clean(taken, form).into_owned());
                taken.ok_or_else(|| {
                    let reason = format!("the pattern {:?} is not found", pattern.as_str());
                    Rejection::new(&self.name(), &raw, &reason)
                })?
            }
            _ => cleaned.into_owned(),
        };
        Ok((raw, text))
    }
}

/// The text that holds for a sheet; empty if there is none.
fn held(from: &From, sheet: &Sheet, header: &Header) -> String {
    let path = std::path::Path::new(&sheet.file);
    let of_path =
        |part: Option<&std::ffi::OsStr>| part.map(|part| part.to_string_lossy().into_owned());
    let texts = match from.place {
        Place::File => of_path(path.file_stem()).into_iter().collect(),
        Place::Folder => {
            of_path(path.parent().and_then(|folder| folder.file_name())).into_iter().collect()
        }
        Place::Sheet => sheet.name.iter().cloned().collect(),
        Place::Title => header.titles.clone(),
    };
    let taken = |text: &String| match &from.pattern {
        Some(pattern) => taken(pattern, &clean(text, Form::Code)).map(str::to_owned),
        None => Some(text.clone()),
    };
    texts.iter().find_map(taken).unwrap_or_default()
}
