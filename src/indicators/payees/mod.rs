//! Who was paid: who is behind a payee, what repeats, what stands out.

mod duplicate_exact;
mod duplicate_fuzzy;
mod new_payee_large;
mod one_off_payee;
mod payee_concentration;
mod relative_size_factor;
mod standing;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] = &[
    &duplicate_exact::INDICATOR,
    &duplicate_fuzzy::INDICATOR,
    &new_payee_large::INDICATOR,
    &one_off_payee::INDICATOR,
    &payee_concentration::INDICATOR,
    &relative_size_factor::INDICATOR,
];
