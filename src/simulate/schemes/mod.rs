//! The schemes that are planted, one file each, with the look-alike beside the act.

mod advance_outstanding;
mod backdated_approval;
mod burst_of_claims;
mod captured_trade;
mod deceased_payee;
mod duplicate_claim;
mod ghost_payee;
mod income_off_book;
mod inflated_invoice;
mod invented_amounts;
mod kin_supplier;
mod lease_below_market;
mod limit_hugging;
mod misposting;
mod phantom_firm;
mod revived_payee;
mod reworked_claim;
mod round_trip;
pub(crate) mod scheme;
mod self_approval;
mod shared_account;
mod split_purchase;
mod subsidy_diverted;
mod trail;
mod year_end_rush;

use scheme::Scheme;

/// Every scheme, in the order of their names.
pub(crate) static SCHEMES: &[&dyn Scheme] = &[
    &advance_outstanding::AdvanceOutstanding,
    &backdated_approval::BackdatedApproval,
    &burst_of_claims::BurstOfClaims,
    &captured_trade::CapturedTrade,
    &deceased_payee::DeceasedPayee,
    &duplicate_claim::DuplicateClaim,
    &ghost_payee::GhostPayee,
    &income_off_book::IncomeOffBook,
    &inflated_invoice::InflatedInvoice,
    &invented_amounts::InventedAmounts,
    &kin_supplier::KinSupplier,
    &lease_below_market::LeaseBelowMarket,
    &limit_hugging::LimitHugging,
    &misposting::Misposting,
    &phantom_firm::PhantomFirm,
    &revived_payee::RevivedPayee,
    &reworked_claim::ReworkedClaim,
    &round_trip::RoundTrip,
    &self_approval::SelfApproval,
    &shared_account::SharedAccount,
    &split_purchase::SplitPurchase,
    &subsidy_diverted::SubsidyDiverted,
    &year_end_rush::YearEndRush,
];
