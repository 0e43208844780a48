//! Pure mathematics, shared by both wings.

pub mod metrics;
