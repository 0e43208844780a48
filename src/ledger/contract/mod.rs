//! What a dataset may hold: tables and columns, what a cell can be, and how a value of an export becomes one.

pub mod amount;
pub mod cell;
pub mod clean;
pub mod coerce;
pub mod defect;
pub mod fault;
pub mod names;
pub mod parse;
mod raw;
pub mod schema;
pub mod table;
