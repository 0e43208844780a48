//! The schemes, one file each, with the act and its look-alike.

mod advance_outstanding;
mod backdated_approval;
mod burst_of_claims;
mod bypassed_procedure;
mod captive_supplier;
mod captured_trade;
mod copied_amounts;
pub(crate) mod cover;
mod deceased_payee;
mod duplicate_claim;
mod election_treats;
mod entered_at_night;
mod ghost_payee;
mod held_back_vouchers;
mod hollow_signatures;
mod income_off_book;
mod inflated_invoice;
mod invented_amounts;
mod invoice_reused;
mod kin_supplier;
mod late_invention;
mod lease_below_market;
mod limit_hugging;
mod misposting;
mod mutual_favours;
mod new_regime;
mod papers_out_of_order;
mod phantom_firm;
mod revived_payee;
mod reworked_claim;
mod round_sums;
mod round_trip;
pub(crate) mod scheme;
mod self_approval;
mod shared_account;
mod shell_ring;
mod shifted_costs;
mod signed_out_of_term;
mod split_accounts;
mod split_approvers;
mod split_invoices;
mod split_purchase;
mod stamped_in_bulk;
mod stepped_amounts;
mod subsidy_diverted;
mod township_ring;
mod trail;
mod vague_expenses;
mod white_slips;
mod works_rebilled;
mod works_supplement;
mod wrong_account;
mod year_end_rush;

use scheme::Scheme;

/// Every scheme, ordered by name.
pub(crate) static SCHEMES: &[&dyn Scheme] = &[
    &advance_outstanding::AdvanceOutstanding,
    &backdated_approval::BackdatedApproval,
    &burst_of_claims::BurstOfClaims,
    &bypassed_procedure::BypassedProcedure,
    &captive_supplier::CaptiveSupplier,
    &captured_trade::CapturedTrade,
    &copied_amounts::CopiedAmounts,
    &deceased_payee::DeceasedPayee,
    &duplicate_claim::DuplicateClaim,
    &election_treats::ElectionTreats,
    &entered_at_night::EnteredAtNight,
    &ghost_payee::GhostPayee,
    &held_back_vouchers::HeldBackVouchers,
    &hollow_signatures::HollowSignatures,
    &income_off_book::IncomeOffBook,
    &inflated_invoice::InflatedInvoice,
    &invented_amounts::InventedAmounts,
    &invoice_reused::InvoiceReused,
    &kin_supplier::KinSupplier,
    &late_invention::LateInvention,
    &lease_below_market::LeaseBelowMarket,
    &limit_hugging::LimitHugging,
    &misposting::Misposting,
    &mutual_favours::MutualFavours,
    &new_regime::NewRegime,
    &papers_out_of_order::PapersOutOfOrder,
    &phantom_firm::PhantomFirm,
    &revived_payee::RevivedPayee,
    &reworked_claim::ReworkedClaim,
    &round_sums::RoundSums,
    &round_trip::RoundTrip,
    &self_approval::SelfApproval,
    &shared_account::SharedAccount,
    &shell_ring::ShellRing,
    &shifted_costs::ShiftedCosts,
    &signed_out_of_term::SignedOutOfTerm,
    &split_accounts::SplitAccounts,
    &split_approvers::SplitApprovers,
    &split_invoices::SplitInvoices,
    &split_purchase::SplitPurchase,
    &stamped_in_bulk::StampedInBulk,
    &stepped_amounts::SteppedAmounts,
    &subsidy_diverted::SubsidyDiverted,
    &township_ring::TownshipRing,
    &vague_expenses::VagueExpenses,
    &white_slips::WhiteSlips,
    &works_rebilled::WorksRebilled,
    &works_supplement::WorksSupplement,
    &wrong_account::WrongAccount,
    &year_end_rush::YearEndRush,
];
