//! The schemes that are planted, one file each, with the look-alike beside the act.

mod advance_outstanding;
mod backdated_approval;
mod copied_amounts;
mod deceased_payee;
mod duplicate_claim;
mod ghost_payee;
mod income_off_book;
mod invented_amounts;
mod kin_supplier;
mod late_invention;
mod lease_below_market;
mod limit_hugging;
mod misposting;
mod round_sums;
pub(crate) mod scheme;
mod self_approval;
mod shared_account;
mod split_purchase;
mod stepped_amounts;
mod subsidy_diverted;
mod trail;
mod works_rebilled;
mod year_end_rush;

use scheme::Scheme;

/// Every scheme, in the order of their names.
pub(crate) static SCHEMES: &[&dyn Scheme] = &[
    &advance_outstanding::AdvanceOutstanding,
    &backdated_approval::BackdatedApproval,
    &copied_amounts::CopiedAmounts,
    &deceased_payee::DeceasedPayee,
    &duplicate_claim::DuplicateClaim,
    &ghost_payee::GhostPayee,
    &income_off_book::IncomeOffBook,
    &invented_amounts::InventedAmounts,
    &kin_supplier::KinSupplier,
    &late_invention::LateInvention,
    &lease_below_market::LeaseBelowMarket,
    &limit_hugging::LimitHugging,
    &misposting::Misposting,
    &round_sums::RoundSums,
    &self_approval::SelfApproval,
    &shared_account::SharedAccount,
    &split_purchase::SplitPurchase,
    &stepped_amounts::SteppedAmounts,
    &subsidy_diverted::SubsidyDiverted,
    &works_rebilled::WorksRebilled,
    &year_end_rush::YearEndRush,
];
