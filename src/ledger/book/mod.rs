//! The book of one county: validated columns, its payments, and views of the payments.

pub mod calendar;
pub mod chart;
pub mod companions;
pub mod conform;
pub mod consulted;
pub mod identities;
pub mod index;
pub mod kin;
pub mod limit_words;
pub mod limits;
pub mod linked;
pub mod open;
mod paired;
pub mod payees;
pub mod period;
pub(crate) mod red_entries;
pub mod rosters;
pub mod side;
pub mod terms;
pub mod view;
mod views;

use std::fmt::Display;
use std::ops::Range;
use std::sync::Arc;

use crate::ledger::book::calendar::Calendar;
use crate::ledger::book::chart::{Chart, Class};
use crate::ledger::book::companions::Companions;
use crate::ledger::book::conform::Settings;
use crate::ledger::book::index::{IxVec, LineIx, PayeeIx, PaymentIx, PersonIx, VillageIx};
use crate::ledger::book::kin::Kin;
use crate::ledger::book::limits::LimitIndex;
use crate::ledger::book::side::{Flow, Role, Side};
use crate::ledger::book::terms::Terms;
use crate::ledger::book::view::Views;
use crate::ledger::contract::cell::{Day, Fen, Id};
use crate::ledger::contract::names::Names;
use crate::ledger::contract::schema::Lines;
use crate::ledger::contract::table::Col;

/// The payments of a book, sorted by village, day and line; each column has one cell per payment.
#[derive(Debug, Clone, Default)]
pub struct Payments {
    /// The ledger line of the payment.
    pub line: IxVec<PaymentIx, LineIx>,
    /// The village.
    pub village: IxVec<PaymentIx, VillageIx>,
    /// The voucher's day.
    pub day: IxVec<PaymentIx, Day>,
    /// The amount; negative for reversed payments.
    pub amount: IxVec<PaymentIx, Fen>,
    /// The payee, if the line names one.
    pub payee: IxVec<PaymentIx, Option<PayeeIx>>,
    /// The approver, if the line names one.
    pub approver: IxVec<PaymentIx, Option<PersonIx>>,
    /// The class of expense.
    pub class: IxVec<PaymentIx, Class>,
    /// The account code.
    pub account: IxVec<PaymentIx, Id>,
}

impl Payments {
    /// The number of payments.
    pub fn len(&self) -> usize {
        self.line.len()
    }

    /// Whether there are no payments.
    pub fn is_empty(&self) -> bool {
        self.line.is_empty()
    }
}

/// The validated ledger of one county with its companion tables.
#[derive(Debug, Default)]
pub struct Book {
    /// The first six digits of the division codes.
    pub county: String,
    /// All strings, sorted.
    pub names: Arc<Names>,
    /// All lines, sorted by village, month, voucher and line.
    pub lines: Lines,
    /// The side of each line.
    pub sides: IxVec<LineIx, Side>,
    /// The cash flow of each line.
    pub flows: IxVec<LineIx, Flow>,
    /// The chart of each line.
    pub charts: IxVec<LineIx, Chart>,
    /// The first line of each voucher, and one past the last line.
    pub vouchers: Vec<LineIx>,
    /// The payments.
    pub payments: Payments,
    /// The villages that have lines, sorted by code.
    pub villages: IxVec<VillageIx, Id>,
    /// All payees, sorted by id.
    pub payees: IxVec<PayeeIx, Id>,
    /// Everyone who approved, handled, witnessed, cosigned, reviewed or entered a payment, or holds or held a post,
    /// sorted by id.
    pub officials: IxVec<PersonIx, Id>,
    /// The companion tables.
    pub companions: Arc<Companions>,
    /// Approval limits by village, class and day.
    pub limits: Arc<LimitIndex>,
    /// Kinship between persons.
    pub kin: Arc<Kin>,
    /// Terms of office.
    pub terms: Arc<Terms>,
    /// Days off, holidays and election windows.
    pub calendar: Arc<Calendar>,
    /// The settings of the ledger.
    pub settings: Settings,
    /// Orders and groups of the payments, each computed on first use.
    pub views: Views,
}

impl Lines {
    /// The column of the persons in a role.
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

    /// The columns of approver, handler, witness, cosigner, reviewer and clerk.
    pub fn signers(&self) -> [&Col<Id>; 6] {
        Role::SIGNERS.map(|role| self.of_role(role))
    }
}

/// The key of a line of a village's voucher: `990101101201/2023-04/记-0042/1`.
pub fn line_key((village, day): (&str, Day), voucher: &str, line: impl Display) -> String {
    format!("{village}/{}/{voucher}/{line}", day.year_month())
}

impl Book {
    /// The lines of one voucher.
    pub fn voucher(&self, voucher: usize) -> Range<LineIx> {
        self.lines_of(&(voucher..voucher + 1))
    }

    /// The lines of consecutive vouchers.
    pub fn lines_of(&self, vouchers: &Range<usize>) -> Range<LineIx> {
        let bound = |place: usize| {
            self.vouchers.get(place).copied().unwrap_or_else(|| LineIx::from(self.lines.rows))
        };
        bound(vouchers.start)..bound(vouchers.end)
    }

    /// The key of a line: village, month, voucher and line, as `990101101201/2023-04/记-0042/1`.
    pub fn line_key(&self, line: LineIx) -> String {
        let lines = &self.lines;
        let (village, voucher) = (lines.village.at(line), lines.voucher.at(line));
        let (village, voucher) = (self.names.get(village), self.names.get(voucher));
        line_key((village, lines.date.at(line)), voucher, lines.line.at(line).0)
    }

    /// Whether the register says that a payee is a utility, a government or a village.
    pub fn is_public(&self, payee: Id) -> bool {
        let register = &self.companions.payees;
        self.companions.payee(payee).is_some_and(|row| {
            matches!(self.names.get(register.kind.at(row)), "utility" | "government" | "village")
        })
    }

    /// The person of a payee according to the register, or the payee itself.
    pub fn person_of(&self, payee: Id) -> Id {
        self.companions.person_of(payee)
    }
}
