//! Lookup tables of a mapping, such as codes of villages by name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::encoding::Encoding;
use super::header::{Header, SOUGHT};
use super::names::plain_name;
use super::reading::key;
use super::sheet::Sheet;
use crate::ledger::contract::clean::{Form, clean};

/// A file of names and codes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LookupRule {
    pub(super) file: PathBuf,
    pub(super) name: String,
    pub(super) code: String,
}

/// Reads the code of each name.
///
/// # Errors
/// If the file cannot be read, lacks a column, or has two codes for one name.
pub(super) fn read(rule: &LookupRule, folder: &Path) -> Result<BTreeMap<String, String>, String> {
    let path = folder.join(&rule.file);
    let file = rule.file.display().to_string();
    let bytes = std::fs::read(&path).map_err(|error| format!("the lookup file {file}: {error}"))?;
    let sheets = Sheet::all((&path, &file), &bytes, Encoding::Auto, None);
    let sheets = sheets.map_err(|error| format!("the lookup file {file}: {error}"))?;
    let wanted = [&rule.name, &rule.code].map(|name| vec![plain_name(name)]);
    for sheet in &sheets {
        let head = sheet.head(SOUGHT);
        let headers = (0..head.len()).filter_map(|place| Header::at(&head, place, 1));
        let found = headers.filter_map(|header| {
            let [name, code] = wanted.each_ref().map(|wanted| header.names.place(wanted));
            Some((header.records.end, name?, code?))
        });
        let Some((from, name, code)) = found.into_iter().next() else { continue };
        let mut codes = BTreeMap::new();
        let mut twice = None;
        let mut place = 0;
        let read = sheet.each(|_, record| {
            place += 1;
            let [name, code] =
                [name, code].map(|at| clean(record.get(at).unwrap_or_default(), Form::Code));
            if place > from && !name.is_empty() && !code.is_empty() {
                let before = codes.insert(key(&name), code.clone().into_owned());
                if before.is_some_and(|before| before != code) {
                    twice.get_or_insert_with(|| name.into_owned());
                }
            }
            Ok(())
        });
        read.map_err(|error| format!("the lookup file {file}: {error}"))?;
        return match twice {
            Some(name) => Err(format!("the lookup file {file} gives {name:?} two codes")),
            None => Ok(codes),
        };
    }
    Err(format!("the lookup file {file} has no columns `{}` and `{}`", rule.name, rule.code))
}
