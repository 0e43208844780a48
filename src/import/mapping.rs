//! The mapping: which cells of the source become which column of a table, and how.

use regex::Regex;
use serde::Deserialize;

use super::marks::LeaveOut;
use super::names::{Alternatives, Names};
use super::reading::{Reading, Unit};
use super::source::Source;
use crate::ledger::contract::table::{Field, Table};

/// A mapping that agrees with itself and with the data contract.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// The table that it writes.
    pub table: &'static Table,
    /// What it reads.
    pub source: Source,
    /// Rows that are no entries.
    pub leave_out: Vec<LeaveOut>,
    /// Where side and amount come from, and the account in some forms.
    pub amounts: Amounts,
    /// The columns that it writes, in the table's order.
    pub columns: Vec<(&'static Field, Origin)>,
    /// The largest share of rows that may be refused; the import stops above it.
    pub max_refused: f64,
}

impl Mapping {
    /// The columns that a sheet with these names would have to have besides.
    pub fn missing(&self, names: &Names) -> Vec<String> {
        let cells = self.columns.iter().filter_map(|(_, origin)| match origin {
            Origin::Cell(sources) => Some(sources.as_slice()),
            _ => None,
        });
        let sources = cells.chain(self.amounts.cells());
        let lacking = sources.filter(|sources| {
            sources.iter().all(|source| !source.fits(names) && !source.is_optional)
        });
        let mut missing: Vec<String> = lacking.map(told).collect();
        let others = self.amounts.names().into_iter().filter(|one| names.place(one).is_none());
        missing.extend(others.map(|one| one.join("` or `")));
        let marks = self.leave_out.iter().filter(|it| names.place(&it.column).is_none());
        missing.extend(marks.map(|it| it.column.join("` or `")));
        missing.dedup();
        missing
    }
}

/// The source columns of a rule, for a message.
fn told(sources: &[ColumnSource]) -> String {
    let source = |source: &ColumnSource| {
        let parts = source.parts.iter().filter_map(|part| match part {
            Part::Column(names) => Some(names.join("` or `")),
            _ => None,
        });
        parts.collect::<Vec<_>>().join("` and `")
    };
    sources.iter().map(source).collect::<Vec<_>>().join("` or `")
}

/// Where the cells of one column come from.
#[derive(Debug, Clone)]
pub enum Origin {
    /// The first of these sources whose columns a sheet has.
    Cell(Vec<ColumnSource>),
    /// The same text in every row.
    Constant(String),
    /// The number of the row.
    RowNumber(RowNumber),
    /// What the row's entry says of its account.
    Account,
    /// The side of the entry.
    Side,
    /// The amount of the entry.
    Amount,
}

/// Where the text of a column comes from: parts of a row that are joined.
#[derive(Debug, Clone, Default)]
pub struct ColumnSource {
    /// What is joined.
    pub parts: Vec<Part>,
    /// What stands between the parts.
    pub join: String,
    /// What is taken of the text: the first group of the pattern, or all that it matches.
    pub pattern: Option<Regex>,
    /// How the text is read.
    pub reading: Reading,
    /// An empty cell repeats the cell above, as in merged cells: within the voucher, but for the voucher's number, day and
    /// village.
    pub repeat_above: bool,
    /// A sheet may lack the columns; they are empty then.
    pub is_optional: bool,
}

impl ColumnSource {
    /// Whether a sheet has the columns.
    pub fn fits(&self, names: &Names) -> bool {
        self.parts.iter().all(|part| match part {
            Part::Column(column) => names.place(column).is_some(),
            _ => true,
        })
    }
}

/// One part of a text.
#[derive(Debug, Clone)]
pub enum Part {
    /// A cell of the row.
    Column(Alternatives),
    /// A text that holds for a whole sheet.
    From(From),
    /// A fixed text.
    Text(String),
}

/// A text that holds for a whole sheet.
#[derive(Debug, Clone)]
pub struct From {
    /// Where it stands.
    pub place: Place,
    /// What is taken of it: the first group of the pattern, or all that it matches.
    pub pattern: Option<Regex>,
}

/// Where a text stands that holds for a whole sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// The name of the file, without its ending.
    File,
    /// The name of the folder in which the file is.
    Folder,
    /// The name of the sheet.
    Sheet,
    /// The rows above the names of the columns.
    Title,
}

/// A text with the number of the row in it.
#[derive(Debug, Clone, Default)]
pub struct RowNumber {
    /// The text; `{}` stands for the number of the row, counted from 1 over all files.
    pub row_number: String,
    /// The number is filled up with zeros to so many digits.
    pub digits: usize,
}

/// Where side and amount of an entry come from.
#[derive(Debug, Clone)]
pub enum Amounts {
    /// From columns of their own, like any other.
    Columns,
    /// From a column of debit and one of credit amounts.
    Sides(Sides),
    /// From one column of amounts for each account (多栏式): an entry for each that is filled.
    Spread(Spread),
    /// From a cash book: an entry of cash and one of the other account.
    CashBook(CashBook),
    /// From a row that names both accounts: an entry for each.
    Pair([Box<ColumnSource>; 2]),
}

/// Debit and credit amounts in two columns of the source.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sides {
    /// The column of debit amounts.
    #[serde(deserialize_with = "super::names::alternatives")]
    pub debit: Alternatives,
    /// The column of credit amounts.
    #[serde(deserialize_with = "super::names::alternatives")]
    pub credit: Alternatives,
    /// The unit of both.
    #[serde(default)]
    pub unit: Unit,
    /// Whether a comma stands before the decimals, and points between thousands.
    #[serde(default)]
    pub decimal_comma: bool,
}

/// One column of amounts for each account.
#[derive(Debug, Clone)]
pub struct Spread {
    /// Column, account and side.
    pub columns: Vec<(String, String, &'static str)>,
    /// A column that must hold the sum of a row.
    pub total: Option<Alternatives>,
    /// The unit of all.
    pub unit: Unit,
    /// Whether a comma stands before the decimals, and points between thousands.
    pub decimal_comma: bool,
}

/// A journal of cash or of one bank account.
#[derive(Debug, Clone)]
pub struct CashBook {
    /// The account of the cash or of the bank: a text, or what a sheet or its title says.
    pub account: Box<ColumnSource>,
    /// The column of what came in.
    pub income: Alternatives,
    /// The column of what went out.
    pub expense: Alternatives,
    /// The column of balances, which is then verified row by row.
    pub balance: Alternatives,
    /// The unit of all.
    pub unit: Unit,
    /// Whether a comma stands before the decimals, and points between thousands.
    pub decimal_comma: bool,
}

impl Amounts {
    /// The columns that every sheet must have for them.
    fn names(&self) -> Vec<Alternatives> {
        match self {
            Self::Columns | Self::Pair(_) => Vec::new(),
            Self::Sides(sides) => vec![sides.debit.clone(), sides.credit.clone()],
            Self::Spread(Spread { columns, total, .. }) => {
                // One account is enough: a sheet has those that its village uses.
                let any = columns.iter().map(|(name, ..)| name.clone()).collect();
                std::iter::once(any).chain(total.clone()).collect()
            }
            Self::CashBook(book) => {
                let balance = Some(book.balance.clone()).filter(|balance| !balance.is_empty());
                [book.income.clone(), book.expense.clone()].into_iter().chain(balance).collect()
            }
        }
    }

    /// The sources of accounts among them.
    fn cells(&self) -> Vec<&[ColumnSource]> {
        match self {
            Self::CashBook(book) => vec![std::slice::from_ref(book.account.as_ref())],
            Self::Pair(sources) => {
                sources.iter().map(|source| std::slice::from_ref(source.as_ref())).collect()
            }
            _ => Vec::new(),
        }
    }
}
