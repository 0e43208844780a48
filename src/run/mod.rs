//! The nightly job, and publishing: a run becomes visible whole, in one step, or not at all.

pub mod job;
pub mod publish;
