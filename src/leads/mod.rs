//! From readings to a short list: evidence by scheme, ranks for each grain, and the lists of each office.

mod act;
pub mod counts;
mod desk;
pub mod judge;
mod known;
pub mod lead;
pub mod level;
pub mod list;
pub mod rank;
pub mod register;
mod route;
pub mod settings;
pub mod standing;
pub mod trained;
pub mod weighed;
mod worth;
