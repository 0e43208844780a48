//! A voucher: lines with equal debits and credits, and the slips of its payments.

use std::borrow::Cow;
use strum::IntoStaticStr;

use super::chart::is_money;
use crate::ledger::contract::cell::{Day, Moment};

/// Text of a line; most texts are fixed.
pub(crate) type Words = Cow<'static, str>;

/// The kinds of document behind a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Document {
    Invoice,
    Receipt,
    List,
    SelfMade,
    #[strum(serialize = "none")]
    Missing,
}

impl Document {
    pub(crate) fn word(self) -> &'static str {
        self.into()
    }
}

/// The slip of a payment. Persons and payees are indices into the village's lists.
#[derive(Debug, Clone)]
pub(crate) struct Slip {
    pub(crate) payee: usize,
    /// The account paid to, if it is not the payee's own.
    pub(crate) account: Option<String>,
    pub(crate) in_cash: bool,
    pub(crate) document: Document,
    pub(crate) document_no: Option<String>,
    pub(crate) document_date: Option<Day>,
    pub(crate) attachments: i32,
    pub(crate) handler: Option<usize>,
    pub(crate) witness: Option<usize>,
    pub(crate) approver: Option<usize>,
    pub(crate) cosigner: Option<usize>,
    pub(crate) reviewer: Option<usize>,
    pub(crate) approved: Option<Day>,
    pub(crate) stamp: Option<bool>,
    pub(crate) decision: Option<String>,
    pub(crate) contract: Option<String>,
    pub(crate) project: Option<String>,
    pub(crate) scheme: Option<&'static str>,
    pub(crate) fixed_standard: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) account: &'static str,
    pub(crate) is_debit: bool,
    pub(crate) amount: i64,
    pub(crate) summary: Words,
    pub(crate) slip: Option<Box<Slip>>,
    /// The contract or lease of a receipt.
    pub(crate) contract: Option<String>,
    /// The payee of a line that is no payment: the borrower of a settled advance.
    pub(crate) payee: Option<usize>,
    /// Indices of the acts to which the line belongs.
    pub(crate) acts: Vec<usize>,
}

impl Line {
    pub(crate) fn debit(account: &'static str, amount: i64, summary: impl Into<Words>) -> Self {
        let summary = summary.into();
        Self {
            account,
            is_debit: true,
            amount,
            summary,
            slip: None,
            contract: None,
            payee: None,
            acts: Vec::new(),
        }
    }

    pub(crate) fn credit(account: &'static str, amount: i64, summary: impl Into<Words>) -> Self {
        Self { is_debit: false, ..Self::debit(account, amount, summary) }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Voucher {
    pub(crate) date: Day,
    /// The printed number; 0 until the books are closed.
    pub(crate) number: u32,
    pub(crate) lines: Vec<Line>,
    /// The clerk who keys it; `None` until the books are closed, unless a scheme sets it.
    pub(crate) clerk: Option<usize>,
    pub(crate) entered: Option<Moment>,
    pub(crate) fate: Fate,
}

/// What happens to a voucher when the books are closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It stays in the books.
    Persisted,
    /// It is numbered and then removed without a note.
    Removed,
    /// It is spoilt, and the next note lists its number.
    Void,
    /// It lists the numbers of the spoilt vouchers before it.
    VoidNote,
}

impl Voucher {
    pub(crate) fn new(date: Day, lines: Vec<Line>) -> Self {
        Self { date, number: 0, lines, clerk: None, entered: None, fate: Fate::Persisted }
    }

    /// Whether it is written to the dataset.
    pub(crate) fn stands(&self) -> bool {
        matches!(self.fate, Fate::Persisted | Fate::VoidNote)
    }

    /// The change that the voucher makes to a cash or bank account, in fen.
    pub(crate) fn change(&self, account: &str) -> i64 {
        let of = self.lines.iter().filter(|line| line.account == account);
        of.map(|line| if line.is_debit { line.amount } else { -line.amount }).sum()
    }

    /// Whether a line is a payment: a debit in a voucher that credits cash or bank.
    pub(crate) fn is_payment(&self, line: &Line) -> bool {
        line.is_debit
            && !is_money(line.account)
            && self.lines.iter().any(|other| !other.is_debit && is_money(other.account))
    }

    /// The printed number, such as `记-0042`.
    pub(crate) fn printed(&self) -> String {
        format!("记-{:04}", self.number)
    }
}
