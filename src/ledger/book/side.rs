//! Side and cash flow of a line, and roles of persons.

use strum::{EnumString, IntoStaticStr};

/// The side of a voucher line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// 借
    Debit,
    /// 贷
    Credit,
}

/// The cash flow of a line, from the view of the village's cash and bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flow {
    /// Outflow: the line is a payment.
    Out,
    /// Inflow.
    In,
    /// Neither; also used for cash and bank lines, so that nothing counts twice.
    Internal,
}

/// The role of a person in a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
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
    /// The roles of those who sign or enter a line.
    pub const SIGNERS: [Self; 6] =
        [Self::Approver, Self::Handler, Self::Witness, Self::Cosigner, Self::Reviewer, Self::Clerk];

    /// The name in tables.
    pub fn word(self) -> &'static str {
        self.into()
    }
}
