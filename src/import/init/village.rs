//! Finds the village of the rows: in a column, in the name of a file, folder or sheet, or in a title.

use std::path::Path;

use regex::Regex;

use super::parts::{Column, Constant, DraftedSource, quoted};
use super::survey::Survey;
use super::words::Role;
use crate::import::reading::TODO;
use crate::import::reading::key;
use crate::ledger::book::conform::is_village;
use crate::ledger::contract::clean::{Form, clean, is_spoiled};
use crate::ledger::contract::parse::plain;

/// A division code that is not part of a longer number.
const CODE: &str = r"(?:^|\D)(\d{12})(?:\D|$)";

/// Names of villages in titles: after a label or alone.
const NAMES: [&str; 2] = [
    r"(?:核算单位|记账单位|编制单位|填报单位|单位名称|账套|单位)[:：]\s*(?:[\[(]\d+[\])])?\s*([^\s,，;；]+[^\s,，;；元])(?:[\s,，;；]|$)",
    r"^\s*(\S*(?:合作社|村委会|村民委员会|联合社|村|社区))\s*$",
];

/// Names of villages in the names of sheets, files and folders.
const IN_NAMES: &str = r"([^_\-\s()]*(?:合作社|村委会|联合社|村|社区))";

/// The column of villages, or a constant that a person must fill in.
pub(super) fn column(surveys: &[Survey]) -> Result<Column, Constant> {
    let mut sources: Vec<DraftedSource> = Vec::new();
    let mut note = None;
    let with_column: Vec<&Survey> =
        surveys.iter().filter(|survey| place(survey).is_some()).collect();
    for survey in &with_column {
        let Some((place, is_code)) = place(survey) else { continue };
        let township = if is_code { None } else { survey.place(Role::Township) };
        let mut source = match township {
            // Names of villages are unique only within a township.
            Some(township) => DraftedSource::joined(
                &[township, place].map(|place| quoted(survey.name(place))),
                "",
            ),
            None => DraftedSource::column(survey.name(place)),
        };
        let both = |record: &csv::StringRecord| {
            let cell = |place: usize| record.get(place).unwrap_or_default().trim().to_owned();
            let village = cell(place);
            if village.is_empty() {
                village
            } else {
                township.map(cell).unwrap_or_default() + &village
            }
        };
        let texts = survey.entries.iter().map(both).filter(|text| !text.is_empty());
        let mut cells: Vec<String> =
            texts.map(|text| clean(&text, Form::Number).into_owned()).collect();
        let blanks = survey.entries.len() - cells.len();
        cells.sort();
        cells.dedup();
        if blanks * 20 > survey.entries.len() {
            source = source.with("repeat_above", "true".to_owned());
        }
        // Spoiled codes are accepted here; the import refuses their rows.
        if !(is_code && cells.iter().all(|cell| is_village(cell) || is_spoiled(cell))) {
            note = Some(
                "write the division code of 12 digits of each village in place of TODO".to_owned(),
            );
            source.values = cells.iter().map(|name| (key(name), TODO.to_owned(), true)).collect();
        }
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    let without: Vec<&Survey> = surveys.iter().filter(|survey| place(survey).is_none()).collect();
    if !without.is_empty() {
        match elsewhere(&without) {
            Some((source, more)) => {
                note = note.or(more);
                sources.push(source);
            }
            None if sources.is_empty() => return Err(unknown(name_in_titles(&without).first())),
            None => {}
        }
    }
    Ok(Column { field: "village", sources, note })
}

/// The column of codes, otherwise of names, and whether it holds codes.
fn place(survey: &Survey) -> Option<(usize, bool)> {
    let code = survey.place(Role::Field("village")).map(|place| (place, true));
    let filled = |(place, _): &(usize, bool)| survey.cells(*place).any(|cell| !cell.is_empty());
    code.filter(filled)
        .or_else(|| survey.place(Role::VillageName).map(|place| (place, false)).filter(filled))
}

fn unknown(name: Option<&String>) -> Constant {
    let note = match name {
        Some(name) => format!("write the division code of 12 digits of {name}"),
        None => "no column, name or title says the village: write its division code of 12 digits"
            .to_owned(),
    };
    Constant { field: "village", value: TODO.to_owned(), note }
}

/// A function that returns texts of a sheet.
type Texts<'a> = &'a dyn Fn(&Survey) -> Vec<String>;

/// A source of the village outside the rows, if all sheets have it in the same place.
fn elsewhere(surveys: &[&Survey]) -> Option<(DraftedSource, Option<String>)> {
    let stem = |survey: &Survey| {
        Path::new(&survey.file).file_stem().map(|stem| stem.to_string_lossy().into_owned())
    };
    let folder = |survey: &Survey| {
        let folder = Path::new(&survey.file).parent()?.file_name()?;
        Some(folder.to_string_lossy().into_owned())
    };
    let places: [(&str, Texts<'_>); 4] = [
        ("file", &|survey| stem(survey).into_iter().collect()),
        ("sheet", &|survey| survey.sheet.clone().into_iter().collect()),
        ("title", &|survey| survey.header.titles.clone()),
        ("folder", &|survey| folder(survey).into_iter().collect()),
    ];
    let from = |place: &str, pattern: &str| {
        DraftedSource::default().with("from", quoted(place)).with("pattern", format!("'{pattern}'"))
    };
    for (place, texts) in places {
        if found(surveys, texts, CODE).is_some() {
            return Some((from(place, CODE), None));
        }
    }
    let named = |place: &str, texts: &dyn Fn(&Survey) -> Vec<String>, pattern: &str| {
        let mut names = found(surveys, texts, pattern)?;
        if place == "title" {
            let between = |survey: &Survey| {
                survey.between.iter().filter_map(|text| taken(text, pattern)).collect::<Vec<_>>()
            };
            names.extend(surveys.iter().flat_map(|survey| between(survey)));
        }
        names.sort();
        names.dedup();
        // A name in a title must be confirmed even if it is the only one: later files may be of other villages.
        let is_told = place == "title" || names.len() > 1;
        is_told.then(|| {
            let note =
                "write the division code of 12 digits of each village in place of TODO".to_owned();
            let mut source = from(place, pattern);
            source.values = names.iter().map(|name| (key(name), TODO.to_owned(), true)).collect();
            (source, Some(note))
        })
    };
    let [file, sheet, title, folder] = places;
    let by_title = || NAMES.iter().find_map(|pattern| named(title.0, title.1, pattern));
    let by_name = || {
        [sheet, file, folder].into_iter().find_map(|(place, texts)| named(place, texts, IN_NAMES))
    };
    let by_file = || named(file.0, file.1, "^(.+)$").filter(|_| differ_in_names(surveys));
    by_title().or_else(|| by_folder_and_file(surveys)).or_else(by_name).or_else(by_file)
}

/// Whether each file has its own name without digits, since digits could be a year or a month.
fn differ_in_names(surveys: &[&Survey]) -> bool {
    let stem = |survey: &&Survey| {
        Path::new(&survey.file).file_stem().map(|stem| stem.to_string_lossy().into_owned())
    };
    let stems: Vec<String> = surveys.iter().filter_map(stem).collect();
    stems.len() > 1 && stems.iter().all(|stem| !stem.chars().any(char::is_numeric))
}

/// The village by folder and file, if several folders contain files of the same name.
fn by_folder_and_file(surveys: &[&Survey]) -> Option<(DraftedSource, Option<String>)> {
    let place = |survey: &&Survey| {
        let path = Path::new(&survey.file);
        let text =
            |part: Option<&std::ffi::OsStr>| part.map(|part| part.to_string_lossy().into_owned());
        Some((text(path.parent()?.file_name())?, text(path.file_stem())?))
    };
    let mut places: Vec<(String, String)> = surveys.iter().map(place).collect::<Option<_>>()?;
    places.sort();
    places.dedup();
    let has_twin = places.iter().any(|(folder, file)| {
        places.iter().any(|(other, same)| {
            same == file && other != folder && !file.chars().any(char::is_numeric)
        })
    });
    has_twin.then(|| {
        let parts = [r#"{ from = "folder" }"#, r#"{ from = "file" }"#].map(str::to_owned);
        let mut source = DraftedSource::joined(&parts, "/");
        source.values = places
            .iter()
            .map(|(folder, file)| (key(&format!("{folder}/{file}")), TODO.to_owned(), true))
            .collect();
        (
            source,
            Some(
                "write the division code of 12 digits of each village in place of TODO".to_owned(),
            ),
        )
    })
}

/// The matches of the pattern in each sheet; `None` if a sheet has no match.
fn found(
    surveys: &[&Survey],
    texts: &dyn Fn(&Survey) -> Vec<String>,
    pattern: &str,
) -> Option<Vec<String>> {
    surveys
        .iter()
        .map(|survey| texts(survey).iter().find_map(|text| taken(text, pattern)))
        .collect()
}

/// The first match of the pattern in a text.
fn taken(text: &str, pattern: &str) -> Option<String> {
    let text = plain(text);
    let taken = Regex::new(pattern).ok()?.captures(text.trim())?.get(1)?.as_str().to_owned();
    Some(clean(&taken, Form::Code).into_owned())
}

/// The names of villages in titles.
fn name_in_titles(surveys: &[&Survey]) -> Vec<String> {
    let titles = |survey: &Survey| survey.header.titles.clone();
    NAMES.iter().find_map(|pattern| found(surveys, &titles, pattern)).unwrap_or_default()
}
