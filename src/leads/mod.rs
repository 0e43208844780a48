//! From readings to a short list: evidence by scheme, ranks for each grain, and the lines of the list.

pub mod counts;
pub mod judge;
pub mod list;
pub mod rank;
pub mod standing;
pub mod trained;
pub mod weighed;
