//! The definition of a column in a mapping: a name, a table, or a list of these.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde::de::Error as _;

use super::lookup::{self, LookupRule};
use super::mapping::{ColumnSource, From, Origin, Part, Place, RowNumber};
use super::names::OneOrMore;
use super::pattern::regex;
use super::reading::{Calendar, Reading, TODO, Unit, key};

/// A column definition: a name, a table, or a list of which the first that a sheet has is used.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "toml::Value")]
pub(super) enum Rule {
    /// Cells of the first source that a sheet has.
    Sources(Vec<CellRule>),
    /// A text with the number of the row.
    RowNumber(RowNumber),
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CellRule {
    column: Option<OneOrMore>,
    #[serde(default)]
    columns: Vec<PartRule>,
    #[serde(default)]
    join: String,
    from: Option<Place>,
    pattern: Option<String>,
    format: Option<String>,
    calendar: Option<Calendar>,
    #[serde(default)]
    values: BTreeMap<String, String>,
    lookup: Option<LookupRule>,
    unit: Option<Unit>,
    #[serde(default)]
    decimal_comma: bool,
    factor: Option<f64>,
    #[serde(default)]
    empty: Vec<String>,
    #[serde(default)]
    repeat_above: bool,
    #[serde(default)]
    optional: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(
    untagged,
    expecting = "expected the name of a column, a list of names that it may have, or a table with `from` (and `pattern`) or with \
                 `text`"
)]
enum PartRule {
    Column(OneOrMore),
    From { from: Place, pattern: Option<String> },
    Text { text: String },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RowNumberRule {
    row_number: String,
    #[serde(default)]
    digits: usize,
}

impl TryFrom<toml::Value> for Rule {
    type Error = toml::de::Error;

    fn try_from(value: toml::Value) -> Result<Self, Self::Error> {
        match value {
            toml::Value::Array(sources) => {
                let sources =
                    sources.into_iter().map(CellRule::of).collect::<Result<Vec<_>, _>>()?;
                if sources.is_empty() {
                    return Err(Self::Error::custom("the list names no column"));
                }
                Ok(Self::Sources(sources))
            }
            toml::Value::Table(table) if table.contains_key("row_number") => {
                let RowNumberRule { row_number, digits } = table.try_into()?;
                Ok(Self::RowNumber(RowNumber { row_number, digits }))
            }
            one => Ok(Self::Sources(vec![CellRule::of(one)?])),
        }
    }
}

impl CellRule {
    fn of(value: toml::Value) -> Result<Self, toml::de::Error> {
        match value {
            toml::Value::String(name) => {
                Ok(Self { column: Some(OneOrMore::One(name)), ..Self::default() })
            }
            toml::Value::Table(table) => table.try_into(),
            _ => Err(toml::de::Error::custom(
                "expected the name of a source column, a table with `column`, with `columns` and `join`, with `from` or with \
                 `row_number`, or a list of these",
            )),
        }
    }

    fn source(self, folder: &Path) -> Result<ColumnSource, String> {
        if self.format.as_deref() == Some(TODO) {
            return Err(
                "`format` is still TODO: write the form of the days, such as %d.%m.%Y".to_owned()
            );
        }
        let pattern = self.pattern.as_deref().map(regex).transpose()?;
        let (parts, pattern) = match (self.column, self.columns, self.from) {
            (Some(column), columns, None) if columns.is_empty() => {
                (vec![Part::Column(column.names())], pattern)
            }
            (None, columns, None) if columns.len() > 1 => {
                (columns.into_iter().map(PartRule::part).collect::<Result<_, _>>()?, pattern)
            }
            // The pattern selects the title, so it belongs to the place.
            (None, columns, Some(place)) if columns.is_empty() => {
                (vec![Part::From(From { place, pattern })], None)
            }
            _ => {
                return Err("give one source column in `column`, several in `columns`, or a place in `from`".to_owned());
            }
        };
        let mut values: BTreeMap<String, String> =
            self.values.into_iter().map(|(text, meaning)| (key(&text), meaning)).collect();
        if let Some(rule) = self.lookup {
            values.extend(lookup::read(&rule, folder)?);
        }
        let reading = Reading {
            format: self.format,
            calendar: self.calendar.unwrap_or_default(),
            values,
            unit: self.unit,
            decimal_comma: self.decimal_comma,
            factor: self.factor,
            empty: self.empty,
        };
        Ok(ColumnSource {
            parts,
            join: self.join,
            pattern,
            reading,
            repeat_above: self.repeat_above,
            is_optional: self.optional,
        })
    }
}

impl PartRule {
    fn part(self) -> Result<Part, String> {
        Ok(match self {
            Self::Column(names) => Part::Column(names.names()),
            Self::From { from, pattern } => Part::From(From {
                place: from,
                pattern: pattern.as_deref().map(regex).transpose()?,
            }),
            Self::Text { text } if text == TODO => return Err("a `text` is still TODO".to_owned()),
            Self::Text { text } => Part::Text(text),
        })
    }
}

impl Rule {
    /// The sources; lookup tables are read from `folder`.
    pub(super) fn sources(self, folder: &Path) -> Result<Vec<ColumnSource>, String> {
        match self {
            Self::Sources(sources) => {
                sources.into_iter().map(|source| source.source(folder)).collect()
            }
            Self::RowNumber(_) => Err("a row number is no account".to_owned()),
        }
    }

    /// The origin; lookup tables are read from `folder`.
    pub(super) fn origin(self, folder: &Path) -> Result<Origin, String> {
        match self {
            Self::RowNumber(rule) if rule.row_number.contains("{}") => Ok(Origin::RowNumber(rule)),
            Self::RowNumber(_) => Err("`row_number` must hold {} for the number".to_owned()),
            sources @ Self::Sources(_) => Ok(Origin::Cell(sources.sources(folder)?)),
        }
    }
}
