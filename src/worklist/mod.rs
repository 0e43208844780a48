//! The work lists: which points each office verifies, in which order, by when, and what is drawn at random.

mod act;
mod facts;
pub mod lead;
pub mod list;
mod lookup;
pub mod party;
pub mod previous;
mod route;
pub mod settings;
