//! The schemes that are planted, one file each, with the look-alike beside the act.

mod advance_outstanding;
mod backdated_approval;
mod deceased_payee;
mod duplicate_claim;
mod election_treats;
mod ghost_payee;
mod income_off_book;
mod invented_amounts;
mod kin_supplier;
mod lease_below_market;
mod limit_hugging;
mod misposting;
mod new_regime;
pub(crate) mod scheme;
mod self_approval;
mod shared_account;
mod shifted_costs;
mod split_purchase;
mod subsidy_diverted;
mod trail;
mod year_end_rush;

use scheme::Scheme;

/// Every scheme, in the order of their names.
pub(crate) static SCHEMES: &[&dyn Scheme] = &[
    &advance_outstanding::AdvanceOutstanding,
    &backdated_approval::BackdatedApproval,
    &deceased_payee::DeceasedPayee,
    &duplicate_claim::DuplicateClaim,
    &election_treats::ElectionTreats,
    &ghost_payee::GhostPayee,
    &income_off_book::IncomeOffBook,
    &invented_amounts::InventedAmounts,
    &kin_supplier::KinSupplier,
    &lease_below_market::LeaseBelowMarket,
    &limit_hugging::LimitHugging,
    &misposting::Misposting,
    &new_regime::NewRegime,
    &self_approval::SelfApproval,
    &shared_account::SharedAccount,
    &shifted_costs::ShiftedCosts,
    &split_purchase::SplitPurchase,
    &subsidy_diverted::SubsidyDiverted,
    &year_end_rush::YearEndRush,
];
