//! How the texts of a column are parsed, and why parsing failed.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use crate::ledger::contract::parse::{self, Reason};
use crate::ledger::contract::table::Kind;

/// The text in a mapping that a person must replace.
pub const TODO: &str = "TODO";

/// The unit of the amounts in a source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Yuan.
    #[default]
    Yuan,
    /// Ten thousand yuan (万元).
    Wan,
    /// A thousand yuan (千元).
    Thousand,
    /// Tenths of a yuan.
    Jiao,
    /// Hundredths of a yuan.
    Fen,
}

impl Unit {
    /// The power of ten that converts an amount to yuan.
    pub(super) fn power(self) -> i8 {
        match self {
            Self::Yuan => 0,
            Self::Wan => 4,
            Self::Thousand => 3,
            Self::Jiao => -1,
            Self::Fen => -2,
        }
    }
}

/// The calendar of dates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Calendar {
    /// Years of the common era.
    #[default]
    Common,
    /// Years of the Republic (民国); year 113 is 2024.
    Minguo,
}

/// Options for parsing the texts of a column.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The format of dates, such as `%Y.%m.%d`.
    pub format: Option<String>,
    /// The calendar of dates.
    pub calendar: Calendar,
    /// The value of each text by its [`key`]; any other text is an error.
    pub values: BTreeMap<String, String>,
    /// The unit of amounts.
    pub unit: Option<Unit>,
    /// Whether numbers have a decimal comma and points between thousands.
    pub decimal_comma: bool,
    /// A factor for quantities.
    pub factor: Option<f64>,
    /// Additional texts that mean that the value is unknown.
    pub empty: Vec<String>,
}

/// The form in which a mapping's texts are compared with cells: no blanks, full-width letters as ASCII.
pub fn key(text: &str) -> String {
    parse::plain(text).split_whitespace().collect()
}

impl Reading {
    /// An error message if an option does not apply to the kind of the column.
    pub(super) fn suits(&self, kind: Kind) -> Result<(), String> {
        if self.format.is_some() && kind != Kind::Day {
            return Err("`format` is for dates".to_owned());
        }
        if self.calendar != Calendar::Common && kind != Kind::Day {
            return Err("`calendar` is for dates".to_owned());
        }
        if self.decimal_comma && !matches!(kind, Kind::Money | Kind::Real) {
            return Err("`decimal_comma` is for amounts and quantities".to_owned());
        }
        if self.factor.is_some() && kind != Kind::Real {
            return Err("`factor` is for quantities; amounts have a `unit`".to_owned());
        }
        if self.factor.is_some_and(|factor| !factor.is_finite() || factor <= 0.0) {
            return Err("`factor` is a number above 0".to_owned());
        }
        if self.unit.is_some() && kind != Kind::Money {
            return Err("`unit` is for amounts".to_owned());
        }
        Ok(())
    }
}

/// Why a text could not be parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// The text is not a value of the kind.
    Text(Reason),
    /// The text is not among the values that the mapping lists.
    Unlisted,
    /// The mapping still has `TODO` for this text.
    Todo,
    /// The text does not have the format in the mapping.
    Form(String),
    /// The year has two digits.
    Century,
    /// A spreadsheet converted the code into a number with an exponent.
    Spoiled,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(reason) => reason.fmt(f),
            Self::Unlisted => f.write_str("not among the `values` of the mapping"),
            Self::Todo => f.write_str("its meaning is still TODO in the `values` of the mapping"),
            Self::Century => f.write_str("a year of two digits is not guessed; write all four, or give `format`"),
            Self::Spoiled => f.write_str(
                "a spreadsheet has turned the code into a number and lost digits; format the column as text and export it again",
            ),
            Self::Form(form) => write!(f, "not a date in the form {form}"),
        }
    }
}
