//! Pure mathematics on plain slices: digit laws, null laws, exact tails, robust location, combination.

pub mod amounts;
pub mod combine;
pub mod conformity;
pub mod correlation;
pub mod decimal;
pub mod digits;
pub mod exact;
pub mod false_leads;
pub mod guess;
pub mod interval;
pub mod mantissa;
pub mod metrics;
pub mod null;
pub mod peers;
pub mod pooled;
pub mod profile;
pub mod robust;
pub mod tail;
