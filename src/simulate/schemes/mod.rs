//! The schemes that are planted, one file each, with the look-alike beside the act.

mod advance_outstanding;
mod backdated_approval;
mod bypassed_procedure;
mod deceased_payee;
mod duplicate_claim;
mod entered_at_night;
mod ghost_payee;
mod held_back_vouchers;
mod hollow_signatures;
mod income_off_book;
mod invented_amounts;
mod kin_supplier;
mod lease_below_market;
mod limit_hugging;
mod misposting;
pub(crate) mod scheme;
mod self_approval;
mod shared_account;
mod signed_out_of_term;
mod split_purchase;
mod stamped_in_bulk;
mod subsidy_diverted;
mod trail;
mod year_end_rush;

use scheme::Scheme;

/// Every scheme, in the order of their names.
pub(crate) static SCHEMES: &[&dyn Scheme] = &[
    &advance_outstanding::AdvanceOutstanding,
    &backdated_approval::BackdatedApproval,
    &bypassed_procedure::BypassedProcedure,
    &deceased_payee::DeceasedPayee,
    &duplicate_claim::DuplicateClaim,
    &entered_at_night::EnteredAtNight,
    &ghost_payee::GhostPayee,
    &held_back_vouchers::HeldBackVouchers,
    &hollow_signatures::HollowSignatures,
    &income_off_book::IncomeOffBook,
    &invented_amounts::InventedAmounts,
    &kin_supplier::KinSupplier,
    &lease_below_market::LeaseBelowMarket,
    &limit_hugging::LimitHugging,
    &misposting::Misposting,
    &self_approval::SelfApproval,
    &shared_account::SharedAccount,
    &signed_out_of_term::SignedOutOfTerm,
    &split_purchase::SplitPurchase,
    &stamped_in_bulk::StampedInBulk,
    &subsidy_diverted::SubsidyDiverted,
    &year_end_rush::YearEndRush,
];
