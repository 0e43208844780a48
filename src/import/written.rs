//! Parses and validates the text of a mapping.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::error::Error;
use super::mapping::{Amounts, CashBook, ColumnSource, Mapping, Origin, Part, Sides, Spread};
use super::names::{Alternatives, alternatives, plain_name};
use super::reading::{Reading, TODO, Unit};
use super::rule::Rule;
use super::source::Source;
use super::value;
use crate::ledger::book::conform::is_village;
use crate::ledger::contract::schema::TABLES;
use crate::ledger::contract::table::{Field, Kind, Need, Table};

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// If the file cannot be read, is not a mapping, names unknown tables or columns, lacks a required column, has a
    /// constant that does not fit its column, or has `TODO` for a whole column.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let io = |source| Error::Io { path: path.to_owned(), source };
        let text = std::fs::read_to_string(path).map_err(io)?;
        let toml = |source| Error::Toml { path: path.to_owned(), source: Box::new(source) };
        let written: Written = toml::from_str(&text).map_err(toml)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        written.check(folder).map_err(|what| Error::Mapping { path: path.to_owned(), what })
    }
}

/// The mapping as written in TOML.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    table: String,
    source: Source,
    #[serde(default)]
    columns: BTreeMap<String, Rule>,
    #[serde(default)]
    constants: BTreeMap<String, toml::Value>,
    sides: Option<Sides>,
    spread: Option<SpreadRule>,
    cash_book: Option<CashBookRule>,
    pair: Option<PairRule>,
    #[serde(default = "tolerance")]
    max_refused: f64,
}

/// The default share of rows that may be refused: enough for one of five villages without a code.
fn tolerance() -> f64 {
    0.2
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SpreadRule {
    columns: BTreeMap<String, SpreadColumn>,
    #[serde(default, deserialize_with = "alternatives")]
    total: Alternatives,
    #[serde(default)]
    unit: Unit,
    #[serde(default)]
    decimal_comma: bool,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected an account, or a table with `account` and `side`")]
enum SpreadColumn {
    Debit(String),
    Both { account: String, side: String },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CashBookRule {
    account: toml::Value,
    #[serde(deserialize_with = "alternatives")]
    income: Alternatives,
    #[serde(deserialize_with = "alternatives")]
    expense: Alternatives,
    #[serde(default, deserialize_with = "alternatives")]
    balance: Alternatives,
    #[serde(default)]
    unit: Unit,
    #[serde(default)]
    decimal_comma: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PairRule {
    debit: Rule,
    credit: Rule,
}

impl Written {
    /// Validates the mapping against itself and the contract. Lookup tables are read from `folder`.
    fn check(self, folder: &Path) -> Result<Mapping, String> {
        let table = TABLES.iter().copied().find(|table| table.name == self.table);
        let table = table.ok_or_else(|| {
            let names: Vec<_> = TABLES.iter().map(|table| table.name).collect();
            format!("no table `{}`; the tables are {}", self.table, names.join(", "))
        })?;
        self.source.check()?;
        if !(0.0..=1.0).contains(&self.max_refused) {
            return Err("`max_refused` is a share between 0 and 1".to_owned());
        }
        let leave_out = self.source.leave_out.iter().map(|(column, rule)| rule.leave_out(column));
        let leave_out = leave_out.collect::<Result<Vec<_>, _>>()?;
        let amounts = amounts((self.sides, self.spread, self.cash_book, self.pair), folder)?;
        let mut origins = BTreeMap::new();
        let constants = self.constants.into_iter().map(|(name, value)| {
            let origin = constant(&name, value);
            (name, origin)
        });
        let rules = self.columns.into_iter().map(|(name, rule)| (name, rule.origin(folder)));
        let given = given(&amounts).into_iter().map(|(name, origin)| (name.to_owned(), Ok(origin)));
        for (name, origin) in rules.chain(constants).chain(given) {
            let field = table.field(&name).ok_or_else(|| no_field(table, &name))?;
            let origin = origin.and_then(|origin| fitting(field, origin));
            let origin = origin.map_err(|what| format!("column `{name}`: {what}"))?;
            if origins.insert(field.name, origin).is_some() {
                return Err(format!("column `{name}` is given twice"));
            }
        }
        let missing: Vec<_> = table
            .fields
            .iter()
            .filter(|field| field.need == Need::Required && !origins.contains_key(field.name))
            .map(|field| field.name)
            .collect();
        if !missing.is_empty() {
            return Err(format!("table `{}` also needs {}", table.name, missing.join(", ")));
        }
        let columns = table.fields.iter();
        let columns = columns.filter_map(|field| Some((field, origins.remove(field.name)?)));
        let columns = columns.collect();
        Ok(Mapping {
            table,
            source: self.source,
            leave_out,
            amounts,
            columns,
            max_refused: self.max_refused,
        })
    }
}

type AmountRules = (Option<Sides>, Option<SpreadRule>, Option<CashBookRule>, Option<PairRule>);

fn amounts(rules: AmountRules, folder: &Path) -> Result<Amounts, String> {
    match rules {
        (None, None, None, None) => Ok(Amounts::Columns),
        (Some(sides), None, None, None) => Ok(Amounts::Sides(sides)),
        (None, Some(spread), None, None) => spread.check().map(Amounts::Spread),
        (None, None, Some(book), None) => book.check(folder).map(Amounts::CashBook),
        (None, None, None, Some(PairRule { debit, credit })) => {
            let one = |rule: Rule| match <[ColumnSource; 1]>::try_from(rule.sources(folder)?) {
                Ok([source]) => Ok(Box::new(source)),
                Err(_) => Err("`pair` takes one source column for each side".to_owned()),
            };
            Ok(Amounts::Pair([one(debit)?, one(credit)?]))
        }
        _ => Err("give only one of `sides`, `spread`, `cash_book` and `pair`".to_owned()),
    }
}

/// The columns that this form of amounts provides.
fn given(amounts: &Amounts) -> Vec<(&'static str, Origin)> {
    let (account, side, amount) =
        (("account", Origin::Account), ("side", Origin::Side), ("amount", Origin::Amount));
    match amounts {
        Amounts::Columns => Vec::new(),
        // The other account is an ordinary column.
        Amounts::Sides(_) | Amounts::CashBook(_) => vec![side, amount],
        Amounts::Spread(_) => vec![account, side, amount],
        Amounts::Pair(_) => vec![account, side],
    }
}

impl CashBookRule {
    fn check(self, folder: &Path) -> Result<CashBook, String> {
        let account = match self.account {
            toml::Value::String(text) if text == TODO => {
                return Err(
                    "`cash_book.account` is still TODO: write the account of the cash or the bank"
                        .to_owned(),
                );
            }
            toml::Value::String(text) => {
                ColumnSource { parts: vec![Part::Text(text)], ..ColumnSource::default() }
            }
            other => {
                let rule = Rule::try_from(other)
                    .map_err(|error| format!("`cash_book.account`: {}", error.message()))?;
                let sources = rule.sources(folder)?;
                let source = <[ColumnSource; 1]>::try_from(sources)
                    .map_err(|_| "`cash_book.account` is one text or one table".to_owned())?;
                let [source] = source;
                source
            }
        };
        let Self { income, expense, balance, unit, decimal_comma, .. } = self;
        Ok(CashBook { account: Box::new(account), income, expense, balance, unit, decimal_comma })
    }
}

impl SpreadRule {
    fn check(self) -> Result<Spread, String> {
        let columns = self.columns.into_iter().map(|(column, rule)| {
            let (account, side) = match rule {
                SpreadColumn::Debit(account) => (account, "debit"),
                SpreadColumn::Both { account, side } => match side.as_str() {
                    "debit" | "借" => (account, "debit"),
                    "credit" | "贷" => (account, "credit"),
                    other => {
                        return Err(format!(
                            "`spread`: the side {other:?} is neither debit nor credit"
                        ));
                    }
                },
            };
            if account == TODO {
                return Err(format!("`spread`: the account of column `{column}` is still TODO"));
            }
            Ok((plain_name(&column), account, side))
        });
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        if columns.is_empty() {
            return Err("`spread.columns` names no column".to_owned());
        }
        let total = Some(self.total).filter(|total| !total.is_empty());
        Ok(Spread { columns, total, unit: self.unit, decimal_comma: self.decimal_comma })
    }
}

fn no_field(table: &Table, name: &str) -> String {
    let names: Vec<_> = table.fields.iter().map(|field| field.name).collect();
    format!("table `{}` has no column `{name}`; its columns are {}", table.name, names.join(", "))
}

fn constant(name: &str, value: toml::Value) -> Result<Origin, String> {
    match value {
        toml::Value::String(text) if text.trim() == TODO && name == "village" => {
            Err("still TODO: write the village's division code of 12 digits in its place"
                .to_owned())
        }
        toml::Value::String(text) if text.trim() == TODO => {
            Err("still TODO: write the value in its place".to_owned())
        }
        toml::Value::String(text) => Ok(Origin::Constant(text)),
        toml::Value::Array(_) | toml::Value::Table(_) => Err("a constant is one value".to_owned()),
        other => Ok(Origin::Constant(other.to_string())),
    }
}

/// Returns the origin if it is valid for the field.
fn fitting(field: &Field, origin: Origin) -> Result<Origin, String> {
    match &origin {
        Origin::Constant(text) => {
            let value = value::read(field.kind, text, &Reading::default());
            value.map_err(|reason| format!("the constant {text:?}: {reason}"))?;
            if field.name == "village" && !is_village(text.trim()) {
                return Err(format!("the constant {text:?}: not a division code of 12 digits"));
            }
        }
        Origin::Cell(sources) => {
            for source in sources {
                source.reading.suits(field.kind)?;
            }
            if field.kind == Kind::List && sources.iter().any(|source| source.parts.len() > 1) {
                return Err("a list comes from one source column".to_owned());
            }
        }
        Origin::RowNumber(_) | Origin::Account | Origin::Side | Origin::Amount => {}
    }
    Ok(origin)
}
