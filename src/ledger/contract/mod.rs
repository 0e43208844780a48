//! The data contract: tables, columns and cell types, and the conversion of exported values to cells.

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
