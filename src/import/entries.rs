//! Account, side and amount of the entries in one row, in each of the forms that offices use.

use csv::StringRecord;

use super::error::Error;
use super::header::Header;
use super::mapping::{Amounts, ColumnSource, Sides, Spread};
use super::names::Alternatives;
use super::reading::{Reading, Unit};
use super::rejection::Rejection;
use super::resolved::ResolvedSource;
use super::sheet::Sheet;
use super::value;
use crate::ledger::contract::cell::{Cell, Fen};
use crate::ledger::contract::table::Kind;

/// The values of one entry; `None` where a separate column holds the value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// The account.
    pub account: Option<String>,
    /// Debit or credit.
    pub side: Option<&'static str>,
    /// The amount.
    pub amount: Option<Fen>,
}

/// The columns of a sheet that hold the entries.
#[derive(Debug)]
pub(super) enum Entries<'a> {
    Columns,
    Sides([AmountColumn; 2], Reading),
    Spread {
        columns: Vec<(AmountColumn, &'a str, &'static str)>,
        total: Option<AmountColumn>,
        reading: Reading,
    },
    CashBook {
        account: ResolvedSource<'a>,
        income: AmountColumn,
        expense: AmountColumn,
        balance: Option<Balance>,
        reading: Reading,
    },
    Pair([ResolvedSource<'a>; 2]),
}

#[derive(Debug)]
pub(super) struct AmountColumn {
    place: usize,
    name: String,
}

/// The running balance of a cash book, verified row by row.
#[derive(Debug)]
pub(super) struct Balance {
    at: AmountColumn,
    last: Option<Fen>,
    broken: Vec<(u64, Fen, Fen)>,
}

impl AmountColumn {
    fn of(names: &Alternatives, sheet: &Sheet, header: &Header) -> Result<Self, Error> {
        let place = header.place(names, sheet)?;
        let place =
            place.ok_or_else(|| sheet.wrong(&format!("no column `{}`", names.join("` or `"))))?;
        Ok(Self { place, name: header.name(place).to_owned() })
    }

    fn text<'t>(&self, cells: &'t StringRecord) -> &'t str {
        cells.get(self.place).unwrap_or_default().trim()
    }

    /// The amount in the cell; `None` if the cell is empty or zero.
    fn amount(
        &self,
        cells: &StringRecord,
        reading: &Reading,
        refused: &mut Vec<Rejection>,
    ) -> Option<Fen> {
        let text = self.text(cells);
        match value::amount(text, reading) {
            Ok(fen) => fen.some().filter(|fen| fen.0 != 0),
            Err(reason) => {
                refused.push(Rejection::new(&self.name, text, &reason.to_string()));
                None
            }
        }
    }
}

impl<'a> Entries<'a> {
    /// Finds the columns in a sheet.
    ///
    /// # Errors
    /// If a column is missing or occurs twice.
    pub(super) fn new(amounts: &'a Amounts, sheet: &Sheet, header: &Header) -> Result<Self, Error> {
        let at = |names: &Alternatives| AmountColumn::of(names, sheet, header);
        let account =
            |source: &'a ColumnSource| ResolvedSource::of(source, Kind::Text, sheet, header);
        let reading = |unit: Unit, decimal_comma: bool| Reading {
            unit: Some(unit),
            decimal_comma,
            ..Reading::default()
        };
        Ok(match amounts {
            Amounts::Columns => Self::Columns,
            Amounts::Sides(Sides { debit, credit, unit, decimal_comma }) => {
                Self::Sides([at(debit)?, at(credit)?], reading(*unit, *decimal_comma))
            }
            Amounts::Spread(Spread { columns, total, unit, decimal_comma }) => {
                // A sheet may contain only some of the accounts.
                let here = columns
                    .iter()
                    .filter(|(name, ..)| header.names.place(&vec![name.clone()]).is_some());
                let columns = here.map(|(name, account, side)| {
                    Ok((at(&vec![name.clone()])?, account.as_str(), *side))
                });
                let columns = columns.collect::<Result<_, Error>>()?;
                Self::Spread {
                    columns,
                    total: total.as_ref().map(at).transpose()?,
                    reading: reading(*unit, *decimal_comma),
                }
            }
            Amounts::CashBook(book) => {
                let balance = Some(&book.balance).filter(|names| !names.is_empty());
                let balance = balance.map(|names| {
                    Ok::<_, Error>(Balance { at: at(names)?, last: None, broken: Vec::new() })
                });
                Self::CashBook {
                    account: account(&book.account)?,
                    income: at(&book.income)?,
                    expense: at(&book.expense)?,
                    balance: balance.transpose()?,
                    reading: reading(book.unit, book.decimal_comma),
                }
            }
            Amounts::Pair([debit, credit]) => Self::Pair([account(debit)?, account(credit)?]),
        })
    }

    /// The indices of the amount columns with their parsing options, without balances.
    pub(super) fn amounts(&self) -> Vec<(usize, Reading)> {
        let (places, reading) = match self {
            Self::Columns | Self::Pair(_) => return Vec::new(),
            Self::Sides(_, reading) | Self::Spread { reading, .. } => (self.places(), reading),
            Self::CashBook { income, expense, reading, .. } => {
                (vec![income.place, expense.place], reading)
            }
        };
        places.into_iter().map(|place| (place, reading.clone())).collect()
    }

    /// The indices of all columns that are read.
    pub(super) fn places(&self) -> Vec<usize> {
        match self {
            Self::Columns => Vec::new(),
            Self::Sides(sides, _) => sides.iter().map(|side| side.place).collect(),
            Self::Spread { columns, total, .. } => {
                columns.iter().map(|(at, ..)| at).chain(total).map(|at| at.place).collect()
            }
            Self::CashBook { income, expense, balance, .. } => {
                let balance = balance.as_ref().map(|balance| balance.at.place);
                [income.place, expense.place].into_iter().chain(balance).collect()
            }
            Self::Pair(sources) => sources.iter().flat_map(ResolvedSource::places).collect(),
        }
    }

    /// The entries of a row; invalid cells are added to `refused`.
    pub(super) fn of(
        &mut self,
        line: u64,
        cells: &StringRecord,
        refused: &mut Vec<Rejection>,
    ) -> Vec<Entry> {
        match self {
            Self::Columns => vec![Entry::default()],
            Self::Sides([debit, credit], reading) => {
                let side = one_of([debit, credit], cells, reading, refused);
                side.map_or_else(Vec::new, |(is_first, amount)| {
                    let side = Some(if is_first { "debit" } else { "credit" });
                    vec![Entry { account: None, side, amount: Some(amount) }]
                })
            }
            Self::Spread { columns, total, reading } => {
                let filled = columns.iter().filter_map(|(at, account, side)| {
                    let amount = at.amount(cells, reading, refused)?;
                    Some(Entry {
                        account: Some((*account).to_owned()),
                        side: Some(*side),
                        amount: Some(amount),
                    })
                });
                let entries: Vec<Entry> = filled.collect();
                let sum: i64 =
                    entries.iter().filter_map(|entry| entry.amount).map(|fen| fen.0).sum();
                if let Some(total) = total
                    && let says = total.amount(cells, reading, refused).unwrap_or(Fen(0))
                    && says.0 != sum
                {
                    let reason = format!("the columns of accounts add up to {}", Fen(sum));
                    refused.push(Rejection::new(&total.name, total.text(cells), &reason));
                } else if entries.is_empty() && refused.is_empty() {
                    let name = columns.first().map_or("", |(at, ..)| at.name.as_str());
                    refused.push(Rejection::new(name, "", "no column of an account is filled"));
                }
                entries
            }
            Self::CashBook { account, income, expense, balance, reading } => {
                let side = one_of([income, expense], cells, reading, refused);
                let Some((is_income, amount)) = side else { return Vec::new() };
                if let Some(balance) = balance {
                    balance.go_on(
                        (line, cells),
                        reading,
                        if is_income { amount.0 } else { -amount.0 },
                    );
                }
                let (own, other) =
                    if is_income { ("debit", "credit") } else { ("credit", "debit") };
                let code = match account.code(cells) {
                    Ok(code) => code,
                    Err(rejection) => {
                        refused.push(rejection);
                        return Vec::new();
                    }
                };
                vec![
                    Entry { account: Some(code), side: Some(own), amount: Some(amount) },
                    Entry { account: None, side: Some(other), amount: Some(amount) },
                ]
            }
            Self::Pair(sources) => {
                let entries =
                    sources.iter().zip(["debit", "credit"]).filter_map(|(source, side)| {
                        let account =
                            source.code(cells).map_err(|rejection| refused.push(rejection)).ok();
                        account.map(|account| Entry {
                            account: Some(account),
                            side: Some(side),
                            amount: None,
                        })
                    });
                entries.collect()
            }
        }
    }

    /// Sets the balance from a row that is not an entry, such as a balance carried over.
    pub(super) fn carry(&mut self, cells: &StringRecord) {
        if let Self::CashBook { balance: Some(balance), reading, .. } = self
            && let Some(fen) = balance.read(cells, reading)
        {
            balance.last = Some(fen);
        }
    }

    /// Balances that do not follow from the row above: row number, stated and expected balance.
    pub(super) fn broken_balances(&self) -> &[(u64, Fen, Fen)] {
        match self {
            Self::CashBook { balance: Some(balance), .. } => &balance.broken,
            _ => &[],
        }
    }
}

impl Balance {
    fn read(&self, cells: &StringRecord, reading: &Reading) -> Option<Fen> {
        value::amount(self.at.text(cells), reading).ok().and_then(Cell::some)
    }

    fn go_on(&mut self, (line, cells): (u64, &StringRecord), reading: &Reading, change: i64) {
        let follows = self.last.map(|last| Fen(last.0 + change));
        let says = self.read(cells, reading);
        if let (Some(follows), Some(says)) = (follows, says)
            && follows != says
        {
            self.broken.push((line, says, follows));
        }
        self.last = says.or(follows);
    }
}

/// The single non-empty one of two columns: whether it is the first, and its amount.
fn one_of(
    columns: [&AmountColumn; 2],
    cells: &StringRecord,
    reading: &Reading,
    refused: &mut Vec<Rejection>,
) -> Option<(bool, Fen)> {
    let before = refused.len();
    let amounts = columns.map(|at| at.amount(cells, reading, refused));
    let [first, second] = columns;
    match amounts {
        _ if refused.len() > before => None,
        [Some(amount), None] => Some((true, amount)),
        [None, Some(amount)] => Some((false, amount)),
        [None, None] => {
            let reason =
                format!("neither side is filled: `{}` says {:?}", second.name, second.text(cells));
            refused.push(Rejection::new(&first.name, first.text(cells), &reason));
            None
        }
        [Some(_), Some(_)] => {
            let reason =
                format!("both sides are filled: `{}` says {:?}", second.name, second.text(cells));
            refused.push(Rejection::new(&first.name, first.text(cells), &reason));
            None
        }
    }
}
