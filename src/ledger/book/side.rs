//! The side of a line, where its money goes, and who has which role in it.

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
