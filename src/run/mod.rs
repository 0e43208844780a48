//! Publishing: a run becomes visible whole, in one step, or not at all.

pub mod publish;
