//! Statistics on plain slices: digit laws, null distributions, exact tails, robust location and scale, combination of
//! p-values.

pub mod amounts;
pub(crate) mod cholesky;
pub mod combine;
pub mod conformity;
pub mod correlation;
pub mod decimal;
pub mod digits;
pub mod exact;
pub mod false_leads;
pub mod guess;
pub mod huber;
pub mod interval;
pub mod mantissa;
pub mod metrics;
pub mod null;
pub mod peers;
pub mod pooled;
pub mod posterior;
pub mod profile;
pub mod robust;
pub mod tail;
