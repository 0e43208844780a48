//! One county's book: conformed columns, the payments among them, and the views over the payments.

use std::sync::Arc;

use crate::ledger::calendar::Calendar;
use crate::ledger::cell::{Day, Fen, Id};
use crate::ledger::chart::{Chart, Class};
use crate::ledger::companions::Companions;
use crate::ledger::conform::Settings;
use crate::ledger::kin::Kin;
use crate::ledger::limits::LimitIndex;
use crate::ledger::names::Names;
use crate::ledger::schema::Lines;
use crate::ledger::table::Col;
use crate::ledger::terms::Terms;
use crate::ledger::views::Views;

/// The side of a voucher line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// 借
    Debit,
    /// 贷
    Credit,
}

/// Where the money of a line goes, as seen from the village's cash and bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flow {
    /// Paid out: the line is a payment.
    Out,
    /// Taken in.
    In,
    /// Neither; the cash and bank lines themselves are of this kind, so that nothing counts twice.
    Internal,
}

/// The role of a person in a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// 审批
    Approver,
    /// 经手
    Handler,
    /// 证明
    Witness,
    /// 会签
    Cosigner,
    /// 镇级审核
    Reviewer,
    /// 录入
    Clerk,
    /// 领款
    Payee,
}

impl Role {
    /// Those who sign or key a line.
    pub const SIGNERS: [Self; 6] =
        [Self::Approver, Self::Handler, Self::Witness, Self::Cosigner, Self::Reviewer, Self::Clerk];
}

/// A subject's number within its grain: a place in `Book::payments`, `villages`, `payees` or
/// `officials`.
pub type Subject = u32;

/// Marks a payment without a payee or without an approver.
pub const NOBODY: Subject = Subject::MAX;

/// The payments of a book, sorted by village, day and line; one cell for each payment in each column.
#[derive(Debug, Clone, Default)]
pub struct Payments {
    /// The line of the book that the payment is.
    pub line: Vec<u32>,
    /// The village, as a place in `Book::villages`.
    pub village: Vec<Subject>,
    /// The voucher's day.
    pub day: Vec<Day>,
    /// The amount; negative where a payment was taken back.
    pub amount: Vec<Fen>,
    /// The payee, as a place in `Book::payees`, or [`NOBODY`].
    pub payee: Vec<Subject>,
    /// The approver, as a place in `Book::officials`, or [`NOBODY`].
    pub approver: Vec<Subject>,
    /// The class of expense.
    pub class: Vec<Class>,
    /// The account code.
    pub account: Vec<Id>,
}

impl Payments {
    /// The number of payments.
    pub fn len(&self) -> usize {
        self.line.len()
    }

    /// Whether there is no payment.
    pub fn is_empty(&self) -> bool {
        self.line.is_empty()
    }
}

/// The ledger of one county, conformed, with its companion tables.
#[derive(Debug, Default)]
pub struct Book {
    /// The first six digits of its division codes.
    pub county: String,
    /// Every string, sorted.
    pub names: Arc<Names>,
    /// Every line, sorted by village, month, voucher and line.
    pub lines: Lines,
    /// The side of each line.
    pub sides: Vec<Side>,
    /// The flow of each line.
    pub flows: Vec<Flow>,
    /// The chart of each line.
    pub charts: Vec<Chart>,
    /// The first line of each voucher, and one past the last line.
    pub vouchers: Vec<u32>,
    /// The lines that are paid out.
    pub payments: Payments,
    /// The villages that have lines, sorted by code.
    pub villages: Vec<Id>,
    /// Everyone who was paid, sorted by id.
    pub payees: Vec<Id>,
    /// Everyone who approved, handled, witnessed, cosigned, reviewed or keyed a payment, or holds or held a post,
    /// sorted by id.
    pub officials: Vec<Id>,
    /// The companion tables.
    pub companions: Arc<Companions>,
    /// Approval limits by village, class and day.
    pub limits: Arc<LimitIndex>,
    /// Who is related to whom.
    pub kin: Arc<Kin>,
    /// Who held which post, and when.
    pub terms: Arc<Terms>,
    /// Which days are not ordinary days.
    pub calendar: Arc<Calendar>,
    /// How the ledger was read.
    pub settings: Settings,
    /// Orders and groups over the payments, each computed when it is first asked for.
    pub views: Views,
}

impl Lines {
    /// The column of those who have a role.
    pub fn of_role(&self, role: Role) -> &Col<Id> {
        match role {
            Role::Approver => &self.approver,
            Role::Handler => &self.handler,
            Role::Witness => &self.witness,
            Role::Cosigner => &self.cosigner,
            Role::Reviewer => &self.township_reviewer,
            Role::Clerk => &self.clerk,
            Role::Payee => &self.payee,
        }
    }

    /// The columns of those who approve, handle, witness, cosign, review and key a line.
    pub fn signers(&self) -> [&Col<Id>; 6] {
        Role::SIGNERS.map(|role| self.of_role(role))
    }
}

impl Book {
    /// The lines of one voucher, as a range of line numbers.
    pub fn voucher(&self, voucher: usize) -> std::ops::Range<usize> {
        let bound =
            |place: usize| self.vouchers.get(place).map_or(self.lines.rows, |at| *at as usize);
        bound(voucher)..bound(voucher + 1)
    }

    /// The key of a line: village, month, voucher and line, as `990101101201/2023-04/记-0042/1`.
    pub fn line_key(&self, line: usize) -> String {
        let date = self.lines.date.at(line).date();
        format!(
            "{}/{:04}-{:02}/{}/{}",
            self.names.get(self.lines.village.at(line)),
            date.year(),
            date.month(),
            self.names.get(self.lines.voucher.at(line)),
            self.lines.line.at(line).0
        )
    }

    /// The person behind a payee: as the register says, or the payee itself.
    pub fn person_of(&self, payee: Id) -> Id {
        self.companions.person_of(payee)
    }
}
