//! A row of the file as a voucher, with what it names looked up in the records.

use super::records::{Found, Records};
use crate::import::rejection::Rejection;
use crate::import::value::Value;
use crate::import::vouchers::{VoucherRow, Vouchers, account_named};
use crate::ledger::book::chart::{Chart, Class};
use crate::ledger::contract::cell::{Cell, Day, Fen, Flag, Id, Int};

/// What holds for every row without a cell of its own.
#[derive(Debug, Clone)]
pub struct Defaults {
    /// The day of payment.
    pub day: Day,
    /// The village.
    pub village: Option<String>,
}

/// A person or a payee as it is written, and what it stands for on record.
#[derive(Debug, Clone)]
pub struct Named {
    /// As it is written.
    pub written: String,
    /// What is found of it.
    pub found: Found,
}

impl Named {
    /// The one that is meant; [`Id::NONE`] if it is not known.
    pub fn id(&self) -> Id {
        match self.found {
            Found::One(id) => id,
            Found::Several | Found::Nobody => Id::NONE,
        }
    }
}

/// A voucher before payment.
#[derive(Debug)]
pub struct Voucher<'r> {
    row: &'r VoucherRow,
    /// The village.
    pub village: Id,
    /// The day of payment.
    pub day: Day,
    /// The class of expense.
    pub class: Class,
    /// The amount, above 0.
    pub amount: Fen,
    /// The payee.
    pub payee: Option<Named>,
    /// The approver.
    pub approver: Option<Named>,
}

impl<'r> Voucher<'r> {
    /// The voucher of a row.
    ///
    /// # Errors
    /// The cells that cannot be used, with what to write instead.
    pub fn of(
        row: &'r VoucherRow,
        (file, defaults): (&Vouchers, &Defaults),
        records: &Records,
    ) -> Result<Self, Vec<Rejection>> {
        let mut faults = row.faults.clone();
        let mut fault = |field: &str, value: &str, reason: &str| {
            if !row.faults.iter().any(|own| own.column == file.heading(field)) {
                faults.push(Rejection::new(&file.heading(field), value, reason));
            }
        };
        let day = match row.cells.get("date") {
            Some(Value::Day(day)) => *day,
            _ => defaults.day,
        };
        let written = text(row, "village").or(defaults.village.as_deref());
        let village = written.and_then(|village| records.village(village));
        match written {
            None => fault(
                "village",
                "",
                "no village; write its 12-digit code, or name it with --village",
            ),
            Some(other) if village.is_none() => fault(
                "village",
                other,
                "no village of the dataset; write the 12-digit code of one that is on record",
            ),
            Some(_) => {}
        }
        let amount = match row.cells.get("amount") {
            Some(Value::Money(amount)) if amount.0 > 0 => Some(*amount),
            Some(other) => {
                fault(
                    "amount",
                    &other.to_string(),
                    "a payment is above 0; write the amount in yuan",
                );
                None
            }
            None => {
                fault("amount", "", "no amount; write it in yuan, such as 1280.00");
                None
            }
        };
        let class = class(row, day, records);
        if let Err((written, reason)) = &class {
            fault("account", written, reason);
        }
        let (Some(village), Some(amount), Ok(class), true) =
            (village, amount, class, faults.is_empty())
        else {
            return Err(faults);
        };
        let payee = text(row, "payee").or_else(|| text(row, "payee_name"));
        let payee = payee
            .map(|written| Named { written: written.to_owned(), found: records.payee(written) });
        let mut voucher = Self { row, village, day, class, amount, payee, approver: None };
        voucher.approver = voucher.person("approver", records);
        Ok(voucher)
    }

    /// The row in the file.
    pub fn line(&self) -> u64 {
        self.row.line
    }

    /// A text cell that is filled.
    pub fn text(&self, field: &str) -> Option<&'r str> {
        text(self.row, field)
    }

    /// Whether a cell says yes.
    pub fn says_yes(&self, field: &str) -> bool {
        self.row.cells.get(field) == Some(&Value::Flag(Flag::Yes))
    }

    /// A count that is filled.
    pub fn count(&self, field: &str) -> Option<i32> {
        match self.row.cells.get(field) {
            Some(Value::Int(Int(count))) => Some(*count),
            _ => None,
        }
    }

    /// A person that is named.
    pub fn person(&self, field: &str, records: &Records) -> Option<Named> {
        let written = self.text(field)?;
        Some(Named { written: written.to_owned(), found: records.person(written, self.village) })
    }

    /// The payee that is known; [`Id::NONE`] without.
    pub fn payee_id(&self) -> Id {
        self.payee.as_ref().map_or(Id::NONE, Named::id)
    }
}

fn text<'r>(row: &'r VoucherRow, field: &str) -> Option<&'r str> {
    match row.cells.get(field) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// The class of expense of the account, or the account and what to write instead.
fn class(row: &VoucherRow, day: Day, records: &Records) -> Result<Class, (String, &'static str)> {
    let Some(written) = text(row, "account") else {
        return Err((
            String::new(),
            "no account; write the code of the account of expense, such as 513",
        ));
    };
    let chart = text(row, "chart").and_then(Chart::named).unwrap_or(Chart::on(day));
    let code = account_named(chart, written).unwrap_or(written);
    if Chart::is_cash(code) {
        let reason =
            "cash and bank are what is paid from; write the account of expense, such as 513";
        return Err((written.to_owned(), reason));
    }
    let class = records.class(chart, code);
    if !chart.knows(code) && class == Class::Other {
        let reason = match chart {
            Chart::Of2004 => {
                "not in the chart of accounts of 2004; write one of its codes, such as 541"
            }
            Chart::Of2024 => {
                "not in the chart of accounts of 2024; write one of its codes, such as 513"
            }
        };
        return Err((written.to_owned(), reason));
    }
    Ok(class)
}
