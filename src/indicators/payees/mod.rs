//! Who was paid: who is behind a payee, what repeats, what stands out.

mod bank_account_flipflop;
mod conflict_vendor;
mod deceased_payee;
mod duplicate_exact;
mod duplicate_fuzzy;
mod equal_claim;
mod ghost_payee;
mod new_payee_large;
mod one_off_payee;
mod payee_concentration;
mod payee_is_cadre_or_kin;
mod payee_multi_village_pattern;
mod recipient_status;
mod relative_size_factor;
mod reversals;
mod same_same_different;
mod shared_identifier;
mod unregistered_payee;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] = &[
    &bank_account_flipflop::INDICATOR,
    &conflict_vendor::INDICATOR,
    &deceased_payee::INDICATOR,
    &duplicate_exact::INDICATOR,
    &duplicate_fuzzy::INDICATOR,
    &equal_claim::INDICATOR,
    &ghost_payee::INDICATOR,
    &new_payee_large::INDICATOR,
    &one_off_payee::INDICATOR,
    &payee_concentration::INDICATOR,
    &payee_is_cadre_or_kin::INDICATOR,
    &payee_multi_village_pattern::INDICATOR,
    &recipient_status::INDICATOR,
    &relative_size_factor::INDICATOR,
    &same_same_different::INDICATOR,
    &shared_identifier::INDICATOR,
    &unregistered_payee::INDICATOR,
];
