//! The mapping: how cells of the sources become columns of a table.

use regex::Regex;
use serde::Deserialize;

use super::marks::LeaveOut;
use super::names::{Alternatives, Names};
use super::reading::{Reading, Unit};
use super::source::Source;
use crate::ledger::contract::table::{Field, Table};

/// A validated mapping.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// The table to write.
    pub table: &'static Table,
    /// The source files.
    pub source: Source,
    /// Marks of rows that are not entries.
    pub leave_out: Vec<LeaveOut>,
    /// Where side and amount are found, and in some forms the account.
    pub amounts: Amounts,
    /// The columns to write, in the table's order.
    pub columns: Vec<(&'static Field, Origin)>,
    /// The largest share of rows that may be refused; above it the import stops.
    pub max_refused: f64,
}

impl Mapping {
    /// The required columns that a sheet with these names lacks.
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

/// The origin of the cells of one column.
#[derive(Debug, Clone)]
pub enum Origin {
    /// The first of these sources whose columns a sheet has.
    Cell(Vec<ColumnSource>),
    /// The same text in every row.
    Constant(String),
    /// The number of the row.
    RowNumber(RowNumber),
    /// The account of the entry.
    Account,
    /// The side of the entry.
    Side,
    /// The amount of the entry.
    Amount,
}

/// The source of a column's text: joined parts of a row.
#[derive(Debug, Clone, Default)]
pub struct ColumnSource {
    /// The parts.
    pub parts: Vec<Part>,
    /// The separator between the parts.
    pub join: String,
    /// A pattern that extracts its first group, or the whole match.
    pub pattern: Option<Regex>,
    /// The parsing options.
    pub reading: Reading,
    /// An empty cell repeats the cell above, as in merged cells. Only voucher number, day and village are repeated
    /// across vouchers.
    pub repeat_above: bool,
    /// A sheet may lack the columns; the values are empty then.
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
    /// Where the text is found.
    pub place: Place,
    /// A pattern that extracts its first group, or the whole match.
    pub pattern: Option<Regex>,
}

/// The place of a text that holds for a whole sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// The name of the file, without its extension.
    File,
    /// The name of the file's folder.
    Folder,
    /// The name of the sheet.
    Sheet,
    /// The rows above the column names.
    Title,
}

/// A text that contains the number of the row.
#[derive(Debug, Clone, Default)]
pub struct RowNumber {
    /// The text; `{}` is replaced by the number of the row, counted from 1 over all files.
    pub row_number: String,
    /// The number is padded with zeros to this length.
    pub digits: usize,
}

/// The form in which side and amount of an entry are recorded.
#[derive(Debug, Clone)]
pub enum Amounts {
    /// In ordinary columns.
    Columns,
    /// In one column of debit and one of credit amounts.
    Sides(Sides),
    /// In one column of amounts for each account (多栏式); each non-empty cell is an entry.
    Spread(Spread),
    /// In a cash book; each row gives an entry of cash and one of the other account.
    CashBook(CashBook),
    /// In a row that names both accounts; each row gives two entries.
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
    /// Whether numbers have a decimal comma and points between thousands.
    #[serde(default)]
    pub decimal_comma: bool,
}

/// One column of amounts for each account.
#[derive(Debug, Clone)]
pub struct Spread {
    /// Column, account and side.
    pub columns: Vec<(String, String, &'static str)>,
    /// A column that must hold the sum of the row.
    pub total: Option<Alternatives>,
    /// The unit of all amounts.
    pub unit: Unit,
    /// Whether numbers have a decimal comma and points between thousands.
    pub decimal_comma: bool,
}

/// A journal of cash or of one bank account.
#[derive(Debug, Clone)]
pub struct CashBook {
    /// The cash or bank account: a fixed text, or a text from the sheet or its title.
    pub account: Box<ColumnSource>,
    /// The column of receipts.
    pub income: Alternatives,
    /// The column of payments.
    pub expense: Alternatives,
    /// The column of balances, which are verified row by row if it exists.
    pub balance: Alternatives,
    /// The unit of all amounts.
    pub unit: Unit,
    /// Whether numbers have a decimal comma and points between thousands.
    pub decimal_comma: bool,
}

impl Amounts {
    /// The columns that every sheet must have.
    fn names(&self) -> Vec<Alternatives> {
        match self {
            Self::Columns | Self::Pair(_) => Vec::new(),
            Self::Sides(sides) => vec![sides.debit.clone(), sides.credit.clone()],
            Self::Spread(Spread { columns, total, .. }) => {
                // One account column is enough: a sheet contains only the accounts that its village uses.
                let any = columns.iter().map(|(name, ..)| name.clone()).collect();
                std::iter::once(any).chain(total.clone()).collect()
            }
            Self::CashBook(book) => {
                let balance = Some(book.balance.clone()).filter(|balance| !balance.is_empty());
                [book.income.clone(), book.expense.clone()].into_iter().chain(balance).collect()
            }
        }
    }

    /// The sources of the accounts.
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
